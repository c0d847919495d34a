"""Weighted curves, quantiles, restricted means, competing outcomes and pseudo-values against R (make_curves.R)."""

import numpy as np
import pytest

from recovery_analysis.estimators import restricted_mean as rmst
from recovery_analysis.estimators.cumulative_incidence import cumulative_incidence
from recovery_analysis.estimators.gray_test import gray_test
from recovery_analysis.estimators.kaplan_meier import kaplan_meier, quantile_time
from recovery_analysis.estimators.log_rank import log_rank
from recovery_analysis.estimators.nelson_aalen import nelson_aalen
from recovery_analysis.estimators.pseudo_values import pseudo_incidence, pseudo_regression

CLOSED_FORM = 1e-6
ITERATED = 1e-4


NAMED = {"colon": "colon_recurrence", "pbc": "pbc_transplant"}


@pytest.fixture
def data(dataset):
    """Function from the name of a case to its data set."""
    return lambda case: dataset(NAMED.get(case, case))


def columns(frame, *names):
    return [frame[name].to_numpy(float) for name in names]


def thinned(length):
    """The times that make_curves.R keeps."""
    return np.arange(11, length, 12)


def assert_agree(found, want, name, rtol=CLOSED_FORM):
    np.testing.assert_allclose(found, want, rtol=rtol, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("case", ["colon", "mgus2_by_age"])
def test_weighted_curve_and_robust_error_equal_survfit(case, data, reference):
    frame, want = data(case), reference("weighted_curves", case)
    found = kaplan_meier(*columns(frame, "start", "stop", "event"), 0.95, frame["weight"].to_numpy()).iloc[1:]
    alive = (want["estimate"] > 0).to_numpy()  # a curve at 0 has no error and no interval here
    for name in ("time", "n_risk", "n_event", "estimate", "std_error", "conf_low", "conf_high"):
        assert_agree(found[name].to_numpy()[thinned(len(found))][alive], want[name][alive], name)


@pytest.mark.parametrize("case", ["colon", "veteran", "heart", "colon_weighted"])
def test_nelson_aalen_equals_survfit(case, data, reference):
    frame, want = data(case.removesuffix("_weighted")), reference("nelson_aalen", case)
    weights = frame["weight"].to_numpy() if case.endswith("weighted") else None
    found = nelson_aalen(*columns(frame, "start", "stop", "event"), 0.95, weights)
    for name in ("time", "n_risk", "n_event", "estimate", "std_error"):
        assert_agree(getattr(found, name)[thinned(len(found.time))], want[name], name)


@pytest.mark.parametrize("case", ["colon", "veteran", "pbc", "helprct_delayed"])
def test_quantiles_equal_survfit(case, data, reference):
    curve = kaplan_meier(*columns(data(case), "start", "stop", "event"), 0.95)
    for row in reference("quantiles", case).itertuples():
        assert_agree(quantile_time(curve, row.share), (row.estimate, row.conf_low, row.conf_high), f"{row.share}")


TESTS = {
    "veteran_rho1": ("veteran", "celltype", None, 1.0),
    "veteran_rho_half": ("veteran", "trt", None, 0.5),
    "colon_strata": ("colon", "rx", "site", 0.0),
    "colon_strata_rho1": ("colon", "rx", "site", 1.0),
    "mgus2_strata": ("mgus2", "sex", "decade", 0.0),
}


@pytest.mark.parametrize("case", TESTS)
def test_weighted_and_stratified_log_rank_equal_survdiff(case, data, reference):
    name, group, strata, rho = TESTS[case]
    frame, want = data(name), reference("log_rank_weighted", case).iloc[0]
    within = None if strata is None else frame[strata].to_numpy()
    found = log_rank(*columns(frame, "start", "stop", "event"), frame[group].to_numpy(), within, rho)
    assert_agree(found["statistic"], want["statistic"], "statistic")
    assert found["df"] == want["df"]


@pytest.mark.parametrize(("case", "group"), [("veteran", "trt"), ("colon", "rx"), ("pbc", "trt"), ("mgus2", "sex")])
def test_restricted_mean_equals_survrm2_and_survfit(case, group, data, reference):
    frame = data(case)
    for row in reference("restricted_mean", case).itertuples():
        own = frame[frame[group].astype(str).str.removesuffix(".0") == str(row.group)]
        found = rmst.restricted_mean(*columns(own, "start", "stop", "event"), row.horizon)
        for want in ((row.estimate, row.std_error), (row.survfit_estimate, row.survfit_std_error)):
            assert_agree((found.estimate, found.std_error), want, f"{row.group}")


@pytest.mark.parametrize("case", ["pbc", "mgus2", "mgus2_weighted", "mgus2_by_age"])
def test_time_lost_to_each_outcome_equals_survfit(case, data, reference):
    frame = data(case.removesuffix("_weighted"))
    weights = frame["weight"].to_numpy() if case.endswith("weighted") else None
    want = reference("restricted_mean_lost", case)
    found = rmst.restricted_mean_lost(*columns(frame, "start", "stop", "cause"), want["horizon"].iloc[0], weights)
    assert_agree([f.estimate for f in found], want["survfit_estimate"], "estimate")
    assert_agree([f.std_error for f in found], want["std_error"], "std_error")


@pytest.mark.parametrize("case", ["pbc", "mgus2", "mgus2_weighted", "mgus2_by_age"])
def test_cumulative_incidence_equals_survfit(case, data, reference):
    frame, want = data(case.removesuffix("_weighted")), reference("cumulative_incidence", case)
    weights = frame["weight"].to_numpy() if case.endswith("weighted") else None
    found = cumulative_incidence(*columns(frame, "start", "stop", "cause"), 0.95, weights)
    position = np.searchsorted(found.time, want["time"])
    assert_agree(found.time[position], want["time"], "time")
    if weights is None:  # survfit of several states counts people, not weights
        assert_agree(found.n_risk[position], want["n_risk"], "n_risk")
    for j, name in enumerate(("first", "second")):
        assert_agree(found.estimate[position, j], want[name], name)
        assert_agree(found.std_error[position, j], want[f"{name}_error"], f"{name}_error")
    inside = ((want["first"] > 0) & (want["first"] < 1)).to_numpy()
    assert_agree(found.conf_low[position, 0][inside], want["first_low"][inside], "conf_low")
    assert_agree(found.conf_high[position, 0][inside], want["first_high"][inside], "conf_high")


def test_cumulative_incidence_is_near_cuminc(data, reference):
    """The same estimate; cmprsk's variance is Aalen's, within 2 % here."""
    found = cumulative_incidence(*columns(data("pbc"), "start", "stop", "cause"), 0.95)
    for row in reference("cuminc", "pbc").itertuples():
        position = np.searchsorted(found.time, row.time, side="right") - 1
        assert_agree(found.estimate[position, row.cause - 1], row.estimate, "estimate")
        assert_agree(found.std_error[position, row.cause - 1] ** 2, row.variance, "variance", rtol=0.02)


@pytest.mark.parametrize(
    ("case", "group"), [("mgus2", "sex"), ("mgus2", "decade"), ("pbc", "trt"), ("pbc", "edema"), ("pbc", "stage")]
)
def test_grays_test_equals_cmprsk(case, group, data, reference):
    frame, want = data(case), reference("gray", case)
    for row in want[want["group"] == group].itertuples():
        found = gray_test(*columns(frame, "stop", "cause"), frame[group].to_numpy(), of=row.cause)
        assert_agree(found["statistic"], row.statistic, f"cause {row.cause}")
        assert found["df"] == row.df


PSEUDO = {"veteran": ("event", (50, 200), 1), "mgus2": ("cause", (60, 120, 240), 1), "pbc": ("cause", (1000, 3000), 2)}


def pseudo(case, data):
    what, times, of = PSEUDO[case]
    frame = data(case)
    return frame, pseudo_incidence(*columns(frame, "stop", what), np.array(times), of)


@pytest.mark.parametrize("case", PSEUDO)
def test_pseudo_values_equal_a_real_jackknife(case, data, reference):
    want = reference("pseudo_values", case)
    found = pseudo(case, data)[1]
    assert_agree(found[want["row"] - 1, want["time"] - 1], want["value"], "pseudo-value")


@pytest.mark.parametrize("link", ["identity", "cloglog"])
@pytest.mark.parametrize("case", ["veteran", "mgus2"])
def test_regression_of_pseudo_values_equals_geepack(case, link, data, reference):
    frame, values = pseudo(case, data)
    x = {"veteran": lambda f: [f["trt"], f["karno"] / 10], "mgus2": lambda f: [f["sex"] == "M", f["age"] / 10]}[case]
    fit = pseudo_regression(values, np.column_stack(x(frame)).astype(float), link)
    want = reference("pseudo_regression", case).query("link == @link")
    assert fit.converged
    rtol = CLOSED_FORM if link == "identity" else ITERATED
    assert_agree(fit.coefficients, want["estimate"], "estimate", rtol)
    assert_agree(np.sqrt(np.diag(fit.covariance)), want["std_error"], "std_error", rtol)
