"""What is separated, and what only looks so: wild units, covariates that say nearly the same, strata that hide one."""

import numpy as np
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.cox_zph import proportional_hazards
from recovery_analysis.estimators.families import FAMILIES
from recovery_analysis.estimators.fine_gray import fit_fine_gray
from recovery_analysis.estimators.glm import fit_linear, fit_logistic
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.pseudo_values import pseudo_incidence, pseudo_regression
from recovery_analysis.estimators.times import known_times

N = 400
NEARLY = 1e-4
NAMES = ["one", "other"]


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two independent covariates, times that depend on the first, and who had the outcome."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(N, 2))
    stop = np.ceil(10 * rng.exponential(np.exp(-0.5 * z[:, 0])))
    return z, stop, (rng.random(N) < 0.7).astype(float)


def nearly_alike(z: np.ndarray) -> np.ndarray:
    return np.column_stack([z[:, 0], z[:, 0] + NEARLY * z[:, 1]])


def in_their_terms(beta: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The model on `z` told in the terms of `nearly_alike(z)`: the same model with other coordinates."""
    turn = np.array([[1.0, -1 / NEARLY], [0.0, 1 / NEARLY]])
    return turn @ beta, np.sqrt(np.diag(turn @ variance @ turn.T))


@pytest.mark.parametrize("seed", range(3))
def test_cox_of_covariates_that_say_nearly_the_same_is_not_separated(seed: int):
    """Its standard errors are wide, and right: R gives the same. Nothing separates anybody."""
    z, stop, event = drawn(seed)
    plain, alike = (fit_cox(np.zeros(N), stop, event, x, NAMES) for x in (z, nearly_alike(z)))
    beta, error = in_their_terms(plain.coefficients, plain.variance)
    assert alike.status == "ok"
    np.testing.assert_allclose(alike.coefficients, beta, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(alike.variance)), error, rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_logistic_of_covariates_that_say_nearly_the_same_is_not_separated(seed: int):
    z, _, y = drawn(seed)
    plain, alike = (fit_logistic(y, x, NAMES, np.arange(N)) for x in (z, nearly_alike(z)))
    beta, error = in_their_terms(plain.coefficients, plain.variance)
    assert alike.status == "ok"
    np.testing.assert_allclose(alike.coefficients, beta, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(alike.variance)), error, rtol=1e-5)


def test_logistic_with_a_far_outlier_is_not_separated():
    """The outlier's probability is 1 to twelve digits; the slope is told by the others, and they overlap."""
    rng = np.random.default_rng(3)
    x = np.append(rng.normal(size=N), 60.0)[:, None]
    y = np.append((rng.random(N) < 1 / (1 + np.exp(-x[:N, 0]))).astype(float), 1.0)
    with_it = fit_logistic(y, x, ["x"], np.arange(N + 1))
    without = fit_logistic(y[:N], x[:N], ["x"], np.arange(N))
    assert with_it.status == "ok"
    np.testing.assert_allclose(with_it.coefficients, without.coefficients, rtol=1e-6)


@pytest.mark.parametrize("rare", [2, 8])
def test_separation_is_still_found_beside_covariates_that_say_nearly_the_same(rare: int):
    z, stop, event = drawn(5)
    apart = (np.arange(N) < rare).astype(float)
    event = np.where(apart == 1, 0.0, event)
    stop = np.where(apart == 1, stop.max(), stop)
    x = np.column_stack([nearly_alike(z), apart])
    found = fit_cox(np.zeros(N), stop, event, x, [*NAMES, "apart"])
    assert (found.status, found.message[:6]) == ("separated", "apart:")


def test_covariate_that_is_hidden_by_the_strata_is_named():
    """R gives a missing coefficient. The information is 0 at every outcome, so no number says anything."""
    z, stop, event = drawn(6)
    stratum = np.arange(N) % 4
    x = np.column_stack([z[:, 0], stratum == 2]).astype(float)
    found = fit_cox(np.zeros(N), stop, event, x, NAMES, stratum=stratum)
    assert found.status == "failed"
    assert found.message.startswith("other has the same value in all people who are at risk together")
    both = np.column_stack([x[:, 0], x[:, 0] + (stratum == 2)])
    found = fit_cox(np.zeros(N), stop, event, both, NAMES, stratum=stratum)
    assert found.message.startswith("other adds nothing to the other covariates in all people who are at risk together")


def test_tests_of_proportional_hazards_do_not_depend_on_units():
    z, stop, event = drawn(7)
    groups = {"one": [0], "other": [1]}
    plain, scaled = (
        proportional_hazards(fit_cox(np.zeros(N), stop, event, x, NAMES), np.zeros(N), stop, event, groups)
        for x in (z, z * [1e-6, 1e6])
    )
    for one, other in zip(plain, scaled, strict=True):
        assert one.statistic == pytest.approx(other.statistic, rel=1e-6)
        assert one.df == other.df


@pytest.mark.parametrize("units", [(1e4, 1e-4), (1e6, 1e-6), (1.0, 1e6)])
@pytest.mark.parametrize("link", ["identity", "cloglog"])
def test_regression_of_pseudo_values_does_not_depend_on_units(units: tuple[float, float], link: str):
    """Incomes beside shares: standard errors came out at half of what they are, or nought."""
    z, stop, event = drawn(8)
    values = pseudo_incidence(stop, event, np.array([4.0, 9.0]))
    plain, scaled = (pseudo_regression(values, x, link) for x in (z, z * units + 100.0))
    np.testing.assert_allclose(scaled.coefficients[2:] * units, plain.coefficients[2:], rtol=1e-6)
    errors = [np.sqrt(np.diag(fit.covariance))[2:] for fit in (plain, scaled)]
    np.testing.assert_allclose(errors[1] * units, errors[0], rtol=1e-6)


def test_intercepts_of_pseudo_values_stay_where_the_covariates_are_zero():
    z, stop, event = drawn(9)
    values = pseudo_incidence(stop, event, np.array([9.0]))
    design = np.column_stack([np.ones(N), z + 3.0])
    direct = np.linalg.lstsq(design, values[:, 0], rcond=None)[0]
    residual = values[:, 0] - design @ direct
    bread = np.linalg.inv(design.T @ design)
    sandwich = bread @ (design.T * residual**2) @ design @ bread
    found = pseudo_regression(values, z + 3.0, "identity")
    np.testing.assert_allclose(found.coefficients, direct, rtol=1e-9)
    np.testing.assert_allclose(found.covariance, sandwich, rtol=1e-9)


def test_linear_regression_on_a_covariate_far_from_zero():
    """A time stamp: squares of it leave no digits for its spread."""
    z, stop, _ = drawn(10)
    near, far = (fit_linear(stop, x, np.arange(N)) for x in (z, z + 1e7))
    np.testing.assert_allclose(far.coefficients, near.coefficients, rtol=1e-6)
    np.testing.assert_allclose(far.variance, near.variance, rtol=1e-6)


def test_fine_gray_where_nobody_is_followed_any_more_before_the_last_outcome():
    """R leaves the rows out whose weight is 0 / 0, and answers; here there is a reason and no number."""
    stop = np.array([1.0, 1.0, 1.0, 1.0, 3.0, 4.0, 5.0, 6.0])
    start = np.where(stop > 1, 2.0, 0.0)
    cause = np.array([1, 2, 0, 0, 1, 2, 1, 1])
    found = fit_fine_gray(start, stop, cause, np.arange(8.0)[:, None] % 3, ["x"], of=1)
    assert found.status == "failed"
    assert found.message.startswith("At some time everybody at risk is censored")
    assert np.isnan(found.coefficients).all()


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_parametric_models_of_covariates_far_from_zero_or_nearly_alike(family):
    """A year of birth, and two covariates that say nearly the same, put as much of a limit to a model as any other."""
    z, stop, event = drawn(11)
    times = known_times(stop, np.where(event == 1, stop, np.inf))
    plain, far, alike = (fit_parametric(family, times, x, ("a", "b")) for x in (z, z + 1970.0, nearly_alike(z)))
    assert (far.status, alike.status) == ("ok", "ok")
    np.testing.assert_allclose(far.coefficients[1:], plain.coefficients[1:], rtol=1e-4, atol=1e-5)
    beta, error = in_their_terms(plain.coefficients[1:3], plain.variance[1:3, 1:3])
    np.testing.assert_allclose(alike.coefficients[1:3], beta, rtol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(alike.variance))[1:3], error, rtol=1e-4)
