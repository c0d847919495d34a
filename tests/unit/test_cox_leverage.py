"""What each row knows of the coefficients, and the robust variance that is corrected by it."""

import numpy as np
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.cox_leverage import corrected_variance, row_information
from recovery_analysis.estimators.partial_likelihood import hazard_at
from recovery_analysis.estimators.risk_sets import lay_out


def rows(n: int = 80) -> tuple[np.ndarray, ...]:
    """Late entry, ties, censoring; a rare covariate beside a common one."""
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.normal(size=n), (rng.random(n) < 0.2) * 1.0])
    stop = np.ceil(6 * rng.exponential(size=n) * np.exp(-0.5 * x[:, 0])) + 2
    return np.floor(rng.random(n) * 2.5), stop, (rng.random(n) < 0.8) * 1.0, x


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("weighted", [False, True])
def test_what_the_rows_know_adds_up_to_the_information(ties: str, weighted: bool) -> None:
    weight = np.random.default_rng(5).uniform(0.5, 2.0, 80) if weighted else None
    stratum = np.arange(80) % 2
    fit = fit_cox(*rows(), ["common", "rare"], ties, weight=weight, stratum=stratum)
    own = row_information(fit.x, fit.sets, fit.hazard)
    np.testing.assert_allclose(own.sum(axis=0) @ fit.model_variance, np.eye(2), atol=1e-10)
    assert np.linalg.eigvalsh(own).min() > -1e-12


def test_one_outcome_by_hand() -> None:
    """Three people at risk, x 0, 0, 1, the one with x at the first of two times, no effect: shares about the mean 1/3.

    At the second time two people with x 0 are left, and nothing is to be known.
    """
    x = np.array([0.0, 0.0, 1.0])
    sets = lay_out(np.zeros(3), np.array([2.0, 3.0, 1.0]), np.array([1.0, 0.0, 1.0]))
    own = sets.as_given(row_information(x[None, sets.order], sets, hazard_at(np.zeros(3), sets)).ravel())
    np.testing.assert_allclose(own, [1 / 27, 1 / 27, 4 / 27])


def test_corrected_variance_is_near_the_jackknife() -> None:
    data, names = rows(), ["common", "rare"]
    fit = fit_cox(*data, names)
    without = [fit_cox(*(np.delete(part, i, axis=0) for part in data), names).coefficients for i in range(80)]
    jackknife = np.sqrt(((np.array(without) - fit.coefficients) ** 2).sum(axis=0))
    corrected = np.sqrt(np.diag(corrected_variance(fit)))
    np.testing.assert_allclose(corrected, jackknife, rtol=0.06)
    robust = fit_cox(*data, names, cluster=np.arange(80))
    assert (np.sqrt(np.diag(robust.variance)) < corrected).all()
