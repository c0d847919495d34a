"""The second fit: regressions equal to statsmodels, coefficients and cluster-robust variances."""

import numpy as np
import pytest

from recovery_analysis.estimators.glm import fit_linear, fit_logistic


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """900 answers of 300 people whose answers go together; covariates on very different scales."""
    rng = np.random.default_rng(11)
    person = np.repeat(np.arange(300), 3)
    x = np.column_stack([rng.integers(0, 2, 900), rng.normal(40, 12, 900), rng.normal(0, 1e-3, 900)])
    score = -1.5 + 0.6 * x[:, 0] + 0.03 * x[:, 1] + 200 * x[:, 2] + np.repeat(rng.normal(0, 1, 300), 3)
    return score, x, person


def test_least_squares(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    import statsmodels.api as sm

    score, x, person = data
    y = score + np.random.default_rng(1).normal(size=len(score))
    ours = fit_linear(y, x, person)
    theirs = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": person})
    np.testing.assert_allclose(ours.coefficients, theirs.params[1:], rtol=1e-8)
    np.testing.assert_allclose(ours.variance, theirs.cov_params()[1:, 1:], rtol=1e-7)
    assert ours.log_likelihood == pytest.approx(theirs.llf) and ours.r_squared == pytest.approx(theirs.rsquared)


def test_logistic(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    import statsmodels.api as sm

    score, x, person = data
    y = (np.random.default_rng(2).random(len(score)) < 1 / (1 + np.exp(-score))).astype(float)
    ours = fit_logistic(y, x, ["a", "b", "c"], person)
    theirs = sm.Logit(y, sm.add_constant(x)).fit(disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": person})
    np.testing.assert_allclose(ours.coefficients, theirs.params[1:], rtol=1e-8)
    np.testing.assert_allclose(ours.variance, theirs.cov_params()[1:, 1:], rtol=1e-7)
    assert ours.log_likelihood == pytest.approx(theirs.llf) and ours.status == "ok"
