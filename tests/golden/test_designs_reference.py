"""Interval-censored, truncated and parametric estimates against R on real data."""

import numpy as np
import pytest

from recovery_analysis.estimators.families import FAMILIES, spline_family, with_cure
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.reverse_time import conditional_curve, retro_hazard
from recovery_analysis.estimators.times import known_times
from recovery_analysis.estimators.turnbull import turnbull

ITERATED = 1e-4
SURVREG = ("weibull", "log_normal", "log_logistic")


def censored(frame):
    stop, event = frame["stop"].to_numpy(), frame["event"].to_numpy()
    return stop, np.where(event == 1, stop, np.inf)


def assert_equal_fit(fit, want, terms):
    assert fit.status == "ok", fit.message
    want = want.set_index("term")
    for ours, theirs in terms.items():
        at = fit.position(ours)
        np.testing.assert_allclose(fit.coefficients[at], want.loc[theirs, "estimate"], rtol=ITERATED, err_msg=ours)
        std_error = np.sqrt(fit.variance[at, at])
        np.testing.assert_allclose(std_error, want.loc[theirs, "std_error"], rtol=ITERATED, err_msg=ours)
    np.testing.assert_allclose(fit.log_likelihood, want["log_likelihood"].iloc[0], rtol=1e-8)


@pytest.mark.parametrize("name", SURVREG)
def test_right_censored_equals_survreg(name, dataset, reference):
    frame = dataset("helprct_linkage")
    covariates = ("treat", "female")
    fit = fit_parametric(FAMILIES[name], known_times(*censored(frame)), frame[list(covariates)].to_numpy(), covariates)
    terms = {"location": "(intercept)", "log_scale": "log_scale"} | {c: c for c in covariates}
    assert_equal_fit(fit, reference("parametric", f"linkage_{name}"), terms)


@pytest.mark.parametrize("name", SURVREG)
def test_interval_censored_equals_survreg(name, dataset, reference):
    frame = dataset("bcdeter")
    times = known_times(frame["lower"], frame["upper"].fillna(np.inf))
    fit = fit_parametric(FAMILIES[name], times, frame[["chemotherapy"]].to_numpy(), ("chemotherapy",))
    terms = {"location": "(intercept)", "log_scale": "log_scale", "chemotherapy": "chemotherapy"}
    assert_equal_fit(fit, reference("parametric", f"cosmesis_{name}"), terms)


@pytest.mark.parametrize("name", ["weibull", "log_normal"])
def test_delayed_entry(name, dataset, reference):
    frame = dataset("channing")
    times = known_times(*censored(frame), entry=frame["start"].to_numpy())
    fit = fit_parametric(FAMILIES[name], times, frame[["man"]].to_numpy(), ("man",))
    terms = {term: term for term in ("location", "man", "log_scale")}
    assert_equal_fit(fit, reference("parametric", f"channing_{name}"), terms)


def test_generalised_gamma(dataset, reference):
    frame = dataset("helprct_linkage")
    family = FAMILIES["generalised_gamma"]
    fit = fit_parametric(family, known_times(*censored(frame)), frame[["treat"]].to_numpy(), ("treat",))
    terms = {term: term for term in ("location", "treat", "log_scale", "q")}
    assert_equal_fit(fit, reference("parametric", "linkage_generalised_gamma"), terms)


def test_generalised_gamma_finds_the_higher_of_two_places_to_stop(dataset, reference):
    """For q above 3 the likelihood is a plateau, 0.9 under its maximum; the log-normal lies on the way to that."""
    family, times = FAMILIES["generalised_gamma"], known_times(*censored(dataset("kidney_transplants")))
    fit = fit_parametric(family, times, np.empty((len(times.lower), 0)), ())
    terms = {term: term for term in ("location", "log_scale", "q")}
    assert_equal_fit(fit, reference("parametric", "kidneys_generalised_gamma"), terms)


def test_spline_has_the_likelihood_of_the_same_spline_in_r(dataset, reference):
    """R's ns() spans the same functions with other coefficients, so the effect and the likelihood must agree."""
    frame = dataset("helprct_linkage")
    family = spline_family(np.log(frame.loc[frame["event"] == 1, "stop"].to_numpy()), 2)
    fit = fit_parametric(family, known_times(*censored(frame)), frame[["treat"]].to_numpy(), ("treat",))
    want = reference("parametric", "linkage_spline_2")
    assert_equal_fit(fit, want, {"treat": "treat"})


def test_cure_model(dataset, reference):
    frame = dataset("helprct_linkage")
    family = with_cure(FAMILIES["weibull"])
    fit = fit_parametric(family, known_times(*censored(frame)), frame[["female"]].to_numpy(), ("female",))
    terms = {term: term for term in ("location", "female", "log_scale", "logit_never")}
    assert_equal_fit(fit, reference("parametric", "linkage_cure"), terms)


@pytest.mark.parametrize(("case", "name", "known_to"), [
    ("aids_weibull", "weibull", 0.0), ("aids_log_normal", "log_normal", 0.0), ("aids_quarters", "weibull", 0.25)
])  # fmt: skip
def test_right_truncation(case, name, known_to, dataset, reference):
    """Exact, and known to a quarter of a year: interval censoring and right truncation in one likelihood."""
    frame = dataset("aids").loc[lambda f: f["adult"] == 0]
    time, window = frame["time"].to_numpy(), frame["window"].to_numpy()
    times = known_times(time - known_to, time, window=window)
    fit = fit_parametric(FAMILIES[name], times, np.empty((len(frame), 0)), ())
    assert_equal_fit(fit, reference("parametric", case), {"location": "location", "log_scale": "log_scale"})


def test_right_truncation_without_a_maximum_is_said_not_estimated(dataset):
    """R's optim climbs to an adult coefficient of 9 with a standard error of 773, and reports it."""
    frame = dataset("aids")
    time = frame["time"].to_numpy()
    times = known_times(time, time, window=frame["window"].to_numpy())
    fit = fit_parametric(FAMILIES["weibull"], times, frame[["adult"]].to_numpy(), ("adult",))
    assert fit.status in ("separated", "not_converged")
    assert fit.message


@pytest.mark.parametrize(("case", "adult"), [("adults", 1.0), ("children", 0.0)])
def test_reverse_time_curve_equals_survfit_read_backwards(case, adult, dataset, reference):
    frame = dataset("aids").loc[lambda f: f["adult"] == adult]
    curve, want = conditional_curve(frame["time"], frame["window"], 0.95), reference("reverse_time", case)
    for column in ("time", "at_risk", "n_event", "estimate"):
        np.testing.assert_allclose(getattr(curve, column), want[column], rtol=1e-9, err_msg=column)
    inside = (want["estimate"] > 0) & (want["estimate"] < 1)
    for column in ("std_error", "conf_low", "conf_high"):
        np.testing.assert_allclose(getattr(curve, column)[inside], want[column][inside], rtol=1e-8, err_msg=column)


@pytest.mark.parametrize(("case", "terms"), [("aids", ["adult"]), ("aids_by_date", ["adult", "window"])])
def test_retro_hazard_equals_coxph_read_backwards(case, terms, dataset, reference):
    frame = dataset("aids")
    fit = retro_hazard(frame["time"], frame["window"], frame[terms].to_numpy(float), terms)
    want = reference("retro_hazard", case)
    np.testing.assert_allclose(fit.coefficients, want["estimate"], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.model_variance)), want["std_error"], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.variance)), want["corrected"], rtol=1e-6)
    np.testing.assert_allclose(fit.log_likelihood, want["log_likelihood"].iloc[0], rtol=1e-9)


def test_corrected_variance_is_between_the_robust_one_and_the_jackknife_of_r(dataset, reference):
    """Of 295 people, the jackknife refitted without each is the largest of the three, and the correction is near it."""
    want = reference("retro_hazard", "aids_by_date")
    assert (want["robust"] < want["corrected"]).all()
    assert (want["corrected"] < want["jackknife"]).all()
    np.testing.assert_allclose(want["corrected"], want["jackknife"], rtol=0.03)


@pytest.mark.parametrize(("case", "chemotherapy"), [("radiotherapy", 0.0), ("chemotherapy", 1.0)])
def test_turnbull_equals_em_run_to_its_end(case, chemotherapy, dataset, reference):
    """R's survfit stops its EM early: it is 0.001 away from the maximum, which both sides reach here."""
    frame = dataset("bcdeter").loc[lambda f: f["chemotherapy"] == chemotherapy]
    fit = turnbull(frame["lower"], frame["upper"].fillna(np.inf))
    assert fit.gap < 1e-8
    want = reference("turnbull", case)
    after = [fit.mass[fit.right > time].sum() for time in want["time"]]
    np.testing.assert_allclose(after, want["estimate"], atol=1e-8)
    np.testing.assert_allclose(fit.log_likelihood, want["log_likelihood"].iloc[0], rtol=1e-10)
    np.testing.assert_allclose(after, want["survfit"], atol=2e-3)
