"""Estimators for truncated and interval-censored times against a known truth, and against cases worked by hand."""

import numpy as np
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.cox_residuals import clustered_variance
from recovery_analysis.estimators.families import FAMILIES, WEIBULL, spline_family, with_cure, with_switch
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.parametric_quantities import delta_method, quantile_of, survival_of
from recovery_analysis.estimators.reverse_time import (
    conditional_curve,
    conditional_quantile,
    retro_hazard,
    reverse_rows,
)
from recovery_analysis.estimators.times import known_times
from recovery_analysis.estimators.turnbull import innermost_intervals, turnbull, turnbull_curve, turnbull_quantile

NO_COVARIATES = ()


def nothing(n):
    return np.empty((n, 0))


@pytest.fixture(scope="module")
def people_in_recovery():
    """Only people whose time is over at the interview; peers were available more recently; no effect of peers."""
    rng = np.random.default_rng(8)
    n = 24_000
    peer = rng.integers(0, 2, n).astype(float)
    window = np.where(peer == 1, rng.uniform(0.2, 10.0, n), rng.uniform(0.2, 30.0, n))
    time = 9.0 * rng.exponential(size=n) ** (1 / 1.3)
    kept = time <= window
    return time[kept], window[kept], peer[kept]


def test_naive_cox_finds_an_effect_that_is_not_there(people_in_recovery):
    time, _, peer = people_in_recovery
    fit = fit_cox(np.zeros(len(time)), time, np.ones(len(time)), peer[:, None], ["peer"])
    assert np.exp(fit.coefficients[0]) > 1.5


def test_reverse_time_cox_finds_none(people_in_recovery):
    time, window, peer = people_in_recovery
    rows = reverse_rows(time, window)
    fit = fit_cox(rows.start, rows.stop, np.ones(len(time)), peer[:, None], ["peer"])
    assert abs(fit.coefficients[0]) < 2 * np.sqrt(fit.variance[0, 0]) < 0.15


@pytest.mark.parametrize("interior", [0, 1])
def test_right_truncated_proportional_hazards_find_none(people_in_recovery, interior):
    time, window, peer = people_in_recovery
    family = spline_family(np.log(time), interior)
    fit = fit_parametric(family, known_times(time, time, window=window), peer[:, None], ("peer",))
    at = fit.position("peer")
    assert fit.status == "ok"
    assert abs(fit.coefficients[at]) < 2 * np.sqrt(fit.variance[at, at]) < 0.2


def test_reverse_time_curve_meets_the_truth_where_the_naive_one_does_not(people_in_recovery):
    time, window, _ = people_in_recovery
    horizon, at = 25.0, 10.0
    kept = time <= horizon
    curve = conditional_curve(time[kept], np.minimum(window, horizon)[kept], 0.95)
    truth = (1 - np.exp(-((at / 9) ** 1.3))) / (1 - np.exp(-((horizon / 9) ** 1.3)))
    where = np.searchsorted(curve.time, at, side="right") - 1
    assert curve.conf_low[where] < truth < curve.conf_high[where]
    assert curve.conf_high[where] - curve.conf_low[where] < 0.1
    assert np.mean(time <= at) > truth + 0.15
    median, low, high = conditional_quantile(curve, 0.5)
    true_median = 9 * (-np.log(1 - 0.5 * (1 - np.exp(-((horizon / 9) ** 1.3))))) ** (1 / 1.3)
    assert low < true_median < high and low < median < high


def test_right_truncated_weibull_gives_the_median_with_no_window(people_in_recovery):
    time, window, _ = people_in_recovery
    fit = fit_parametric(WEIBULL, known_times(time, time, window=window), nothing(len(time)), NO_COVARIATES)
    log_median, std_error = delta_method(fit, lambda theta: np.log([quantile_of(fit, theta, 0.5)]))
    assert abs(log_median[0] - np.log(9 * np.log(2) ** (1 / 1.3))) < 2 * std_error[0] < 0.1


def test_peers_joined_later_in_a_right_truncated_sample():
    """Each person's peers begin at a known time; hazard ratio 1.7 after it, Weibull hazard before."""
    rng = np.random.default_rng(5)
    n = 9_000
    switch, window = rng.exponential(8.0, n), rng.uniform(1.0, 20.0, n)
    needed, scale, shape = rng.exponential(size=n), 10.0, 1.2
    before = (switch / scale) ** shape
    total = np.where(needed <= before, needed, before + (needed - before) / 1.7)
    time = scale * total ** (1 / shape)
    kept = time <= window
    time, window, switch = time[kept], window[kept], switch[kept]
    family = with_switch(spline_family(np.log(time), 0), np.log(switch))
    fit = fit_parametric(family, known_times(time, time, window=window), nothing(len(time)), NO_COVARIATES)
    at = fit.position("switch")
    std_error = np.sqrt(fit.variance[at, at])
    assert fit.status == "ok"
    assert abs(fit.coefficients[at] - np.log(1.7)) < 2 * std_error < 0.2


def test_years_taken_as_exact_are_too_early_and_as_intervals_are_right():
    """Completed years y: the time is in (y, y + 1]."""
    rng = np.random.default_rng(3)
    time = 3.0 * rng.exponential(size=4_000) ** (1 / 1.2)
    year = np.ceil(time) - 1
    shape = -np.log(1.2)
    interval = fit_parametric(WEIBULL, known_times(year, year + 1), nothing(len(time)), NO_COVARIATES)
    exact = np.maximum(year, 0.5)
    naive = fit_parametric(WEIBULL, known_times(exact, exact), nothing(len(time)), NO_COVARIATES)
    std_error = np.sqrt(np.diag(interval.variance))
    assert (np.abs(interval.coefficients - [np.log(3.0), shape]) < 2.5 * std_error).all()
    assert naive.coefficients[0] < np.log(3.0) - 5 * std_error[0]
    curve = turnbull_curve(turnbull(year, year + 1), 0.95)
    assert np.abs(curve["estimate"] - np.exp(-((curve["time"] / 3) ** 1.2))).max() < 0.02
    assert turnbull_quantile(curve, 0.5)[0] == 3.0


def test_generalised_gamma_contains_the_others():
    rng = np.random.default_rng(2)
    time, stop = np.exp(1 + 0.7 * rng.standard_normal(1_500)), rng.uniform(1, 12, 1_500)
    times = known_times(np.minimum(time, stop), np.where(time <= stop, time, np.inf))
    fits = {name: fit_parametric(family, times, nothing(1_500), NO_COVARIATES) for name, family in FAMILIES.items()}
    whole = fits["generalised_gamma"]
    assert whole.status == "ok"
    assert abs(whole.coefficients[2]) < 2 * np.sqrt(whole.variance[2, 2])
    assert max(fit.log_likelihood for fit in fits.values()) == whole.log_likelihood
    assert min(fits, key=lambda name: fits[name].aic) == "log_normal"
    slope = np.gradient(survival_of(whole, whole.coefficients, np.linspace(0.5, 9, 50)))
    assert (slope < 0).all()


def test_cure_fraction():
    rng = np.random.default_rng(4)
    n = 2_000
    time = np.where(rng.random(n) < 0.3, np.inf, 2.0 * rng.exponential(size=n) ** (1 / 1.5))
    stop = rng.uniform(6, 12, n)
    times = known_times(np.minimum(time, stop), np.where(time <= stop, time, np.inf))
    fit = fit_parametric(with_cure(WEIBULL), times, nothing(n), NO_COVARIATES)
    at = fit.position("logit_never")
    assert abs(1 / (1 + np.exp(-fit.coefficients[at])) - 0.3) < 0.03


def test_conditional_curve_by_hand():
    """Times 1, 2, 3 with windows 2, 4, 5. At 3 two are at risk and one ends, at 2 two (window 2 reaches it): 1/4."""
    curve = conditional_curve(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 5.0]), 0.95)
    np.testing.assert_array_equal(curve.at_risk, [1, 2, 2])
    np.testing.assert_allclose(curve.estimate, [0.25, 0.5, 1.0])
    assert curve.horizon == 5.0


def test_adjoining_years_share_nothing():
    """Two people in (2, 3] and one in (3, 4]: two thirds and one third; closed intervals would put all at 3."""
    fit = turnbull(np.array([2.0, 2.0, 3.0]), np.array([3.0, 3.0, 4.0]))
    np.testing.assert_array_equal(fit.left, [2, 3])
    np.testing.assert_allclose(fit.mass, [2 / 3, 1 / 3], atol=1e-9)
    np.testing.assert_allclose(fit.variance, np.array([[2, -2], [-2, 2]]) / 27, atol=1e-9)


def test_an_exact_time_lies_in_the_interval_that_ends_there():
    left, right = innermost_intervals(np.array([2.0, 3.0, 3.0]), np.array([3.0, 3.0, 4.0]))
    np.testing.assert_array_equal(left, [3, 3])
    np.testing.assert_array_equal(right, [3, 4])
    fit = turnbull(np.array([2.0, 3.0, 3.0]), np.array([3.0, 3.0, 4.0]))
    np.testing.assert_allclose(fit.mass, [2 / 3, 1 / 3], atol=1e-9)


def test_turnbull_of_right_censored_exact_times_is_kaplan_meier():
    fit = turnbull(np.array([1.0, 2.0, 2.0, 4.0]), np.array([1.0, np.inf, 2.0, 4.0]))
    np.testing.assert_allclose(turnbull_curve(fit, 0.95)["estimate"], [0.75, 0.5, 0.0], atol=1e-9)


def test_a_time_after_the_interview_cannot_be_in_the_file():
    with pytest.raises(ResearchError, match="up to the interview"):
        reverse_rows(np.array([1.0, 5.0]), np.array([2.0, 4.0]))
    with pytest.raises(ResearchError, match="right truncation"):
        known_times(np.array([5.0]), np.array([5.0]), window=np.array([4.0]))


def test_corrected_error_of_the_retro_hazard_is_that_of_many_samples():
    """Effects in proportion on the hazard, 120 people in each of 400 samples; the robust error alone is too small."""
    rng, n, found = np.random.default_rng(3), 120, []
    for _ in range(400):
        x = np.column_stack([rng.random(n) < 0.3, rng.normal(size=(n, 3))]).astype(float)
        window, rate = rng.uniform(2.0, 12.0, n), np.exp(-1.5 + x[:, 1:] @ [0.8, -0.5, 0.3])
        seen = -np.expm1(-rate * window)
        time = -np.log1p(-rng.random(n) * seen) / rate
        fit = retro_hazard(time, window, x, ["peer", "a", "b", "c"])
        robust = clustered_variance(fit.x, fit.sets, fit.hazard, fit.model_variance, np.arange(n))
        found.append((fit.coefficients[0], fit.variance[0, 0], robust[0, 0]))
    estimate, corrected, robust = np.array(found).T
    spread = estimate.std(ddof=1)
    assert 0.97 < np.sqrt(corrected.mean()) / spread < 1.1
    assert np.sqrt(robust.mean()) / spread < 0.96
