"""The second likelihood and the second curves agree with the first, and notice where the first is wrong."""

import numpy as np
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.families import FAMILIES, spline_family, with_cure, with_switch
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.parametric_again import Model, refit
from recovery_analysis.estimators.parametric_quantities import delta_method, survival_of
from recovery_analysis.estimators.times import known_times
from recovery_analysis.models.second_fit_times import parametric_differences

NO_KNOTS = np.empty(0)


def people(truncated=True, n=600, seed=1):
    """Times of which some are known to a year, and one covariate; seen from an entry on and up to a window."""
    rng = np.random.default_rng(seed)
    time, entry, window = 5 * rng.weibull(1.3, n), rng.uniform(0, 1, n), rng.uniform(3, 14, n)
    entry, window = (entry, window) if truncated else (np.zeros(n), np.full(n, np.inf))
    kept = (time > entry) & (time < window)
    time, entry, window = time[kept], entry[kept], window[kept]
    rough = rng.random(len(time)) < 0.4
    lower = np.where(rough, np.maximum(np.floor(time), entry), time)
    upper = np.where(rough, np.minimum(np.floor(time) + 1, window), time)
    return known_times(lower, upper, entry, window), rng.normal(size=(len(time), 1))


def assert_agree(model, times, fit):
    assert fit.status == "ok", fit.message
    theta, std_error = refit(model, times, fit.coefficients, fit.variance)
    np.testing.assert_allclose(std_error, np.sqrt(np.diag(fit.variance)), rtol=2e-6)
    np.testing.assert_allclose((theta - fit.coefficients) / std_error, 0, atol=1e-6)


@pytest.mark.parametrize("name", ["weibull", "log_normal", "log_logistic"])
def test_each_distribution_under_truncation_and_intervals(name):
    times, x = people()
    fit = fit_parametric(FAMILIES[name], times, x, ("x",))
    assert_agree(Model(name, fit.designs, NO_KNOTS), times, fit)


def test_generalised_gamma():
    times, x = people(truncated=False)
    fit = fit_parametric(FAMILIES["generalised_gamma"], times, x, ("x",))
    assert_agree(Model("generalised_gamma", fit.designs, NO_KNOTS), times, fit)


@pytest.mark.parametrize("interior", [0, 1, 2])
def test_splines_whose_hazard_changes_at_a_time_of_each_persons_own(interior):
    times, x = people()
    rng = np.random.default_rng(2)
    switch = np.where(rng.random(len(x)) < 0.5, rng.uniform(0, 6, len(x)), np.inf)
    switch[:20] = 0.0
    middle = np.log((times.lower + times.upper) / 2)
    with np.errstate(divide="ignore"):
        family = with_switch(spline_family(middle, interior), np.log(switch))
    fit = fit_parametric(family, times, x, ("x",))
    knots = np.quantile(middle, np.linspace(0, 1, interior + 2))
    assert_agree(Model(family.name, fit.designs, knots, switch), times, fit)


def test_cure_model_of_censored_times():
    rng = np.random.default_rng(4)
    time, stop = np.where(rng.random(500) < 0.3, np.inf, 2 * rng.weibull(1.5, 500)), rng.uniform(6, 12, 500)
    times = known_times(np.minimum(time, stop), np.where(time <= stop, time, np.inf))
    fit = fit_parametric(with_cure(FAMILIES["weibull"]), times, np.empty((500, 0)), ())
    assert_agree(Model("weibull_cure", fit.designs, NO_KNOTS), times, fit)


def test_a_wrong_answer_is_noticed():
    times, x = people()
    fit = fit_parametric(FAMILIES["weibull"], times, x, ("x",))
    moved = fit.coefficients + [0, 0.01, 0]
    theta, _ = refit(Model("weibull", fit.designs, NO_KNOTS), times, moved, fit.variance)
    assert np.abs(theta - fit.coefficients).max() < 0.1 * np.abs(theta - moved).max()


@pytest.mark.parametrize("seed", range(4))
def test_generalised_gamma_of_log_normal_times(seed: int):
    """At the log-normal limit a density is the difference of terms of millions: the second engine lost its digits."""
    rng = np.random.default_rng(seed)
    stop, ends = np.exp(rng.normal(size=2000)), rng.exponential(3, 2000)
    times = known_times(np.minimum(stop, ends), np.where(stop <= ends, stop, np.inf))
    fit = fit_parametric(FAMILIES["generalised_gamma"], times, np.empty((2000, 0)), ())
    assert fit.status == "ok" and abs(fit.coefficients[2]) < 0.3
    assert parametric_differences([fit], times)[0] < 1e-6


@pytest.mark.parametrize("interior", [2, 3])
@pytest.mark.parametrize("n", [200, 2000])
def test_splines_of_ordinary_times_have_an_answer(n: int, interior: int):
    """Their coefficients are known together, not each for itself, which was taken for having no limit."""
    rng = np.random.default_rng(7)
    stop, ends = rng.exponential(2, n), rng.exponential(3, n)
    happened = stop <= ends
    times = known_times(np.minimum(stop, ends), np.where(happened, stop, np.inf))
    fit = fit_parametric(spline_family(np.log(stop[happened]), interior), times, np.empty((n, 0)), ())
    assert fit.status == "ok"
    assert parametric_differences([fit], times)[0] < 1e-6
    at = np.array([0.5, 1.0, 2.0, 4.0])
    share, error = delta_method(fit, lambda theta: survival_of(fit, theta, at))
    assert (np.abs(share - np.exp(-at / 2)) < 4 * error).all()


def test_a_generalised_gamma_is_no_less_likely_than_the_families_it_contains():
    """Its own search from rough values ended on a plateau far from the log-normal in one sample of ten."""
    stop = np.exp(np.random.default_rng(3).normal(3.0, 1.6, 300))
    seen = np.minimum(stop, 12.0)
    times = known_times(seen, np.where(stop <= 12.0, seen, np.inf))
    fits = {n: fit_parametric(FAMILIES[n], times, np.empty((300, 0)), ()) for n in ("generalised_gamma", "log_normal")}
    assert fits["generalised_gamma"].status == "ok"
    assert fits["generalised_gamma"].log_likelihood >= fits["log_normal"].log_likelihood


def test_many_outcomes_at_one_time_leave_a_spline_its_knots():
    """Half of the outcomes at 1: quantiles of all fall together, so those of the different times are taken."""
    log_times = np.log(np.r_[np.ones(50), np.arange(2.0, 12.0)])
    times = known_times(np.exp(log_times), np.exp(log_times))
    fit = fit_parametric(spline_family(log_times, 2), times, np.empty((60, 0)), ())
    assert fit.status == "ok", fit.message
    assert parametric_differences([fit], times)[0] < 1e-5
    with pytest.raises(ResearchError, match="outcomes at 5 different times or more, and there are 4"):
        spline_family(np.log([1.0, 2.0, 3.0, 4.0, 4.0]), 3)
