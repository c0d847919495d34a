"""The Cox estimators against R: models, tests, residuals, predicted curves, changing coefficients, Firth's penalty."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.concordance import concordance
from recovery_analysis.estimators.cox import CoxFit, fit_cox
from recovery_analysis.estimators.cox_residuals import dfbeta, martingale_residuals, schoenfeld_residuals
from recovery_analysis.estimators.cox_zph import proportional_hazards
from recovery_analysis.estimators.firth import fit_firth, profile_interval
from recovery_analysis.estimators.standardised import Segment, standardise
from recovery_analysis.estimators.time_split import split_rows

EXACT, ITERATED = 1e-7, 1e-4
NONE = np.array([])
ROSSI = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
PBC = ["age", "edema", "bili", "protime", "albumin"]
CASES = {
    "linkage": ("helprct_linkage", ["treat", "age", "female", "cesd"], {}),
    "linkage_breslow": ("helprct_linkage", ["treat", "age", "female", "cesd"], {"ties": "breslow"}),
    "delayed": ("helprct_delayed", ["treat", "age", "female"], {}),
    "rossi": ("rossi", ROSSI, {}),
    "weekly": ("rossi_weekly", [*ROSSI, "employed"], {}),
    "weekly_person": ("rossi_weekly", [*ROSSI, "employed"], {"cluster": "person_id"}),
    "heart": ("heart", ["transplant", "age", "year", "surgery"], {}),
    "veteran": ("veteran", ["trt", "karno"], {}),
    "lung_strata": ("lung", ["age", "ecog", "karno"], {"stratum": "sex"}),
    "lung_site": ("lung", ["age", "ecog", "karno", "sex"], {"cluster": "site"}),
    "pbc": ("pbc", PBC, {}),
    "pbc_weighted": ("pbc", PBC, {"weight": "weight", "cluster": "person_id"}),
    "colon": ("colon", ["levamisole", "nodes", "sex", "age"], {"stratum": "etype", "cluster": "person_id"}),
}


def rows_of(frame: pd.DataFrame) -> list[np.ndarray]:
    return [frame[name].to_numpy(float) for name in ("start", "stop", "event")]


def fitted(case: str, dataset) -> tuple[CoxFit, list[np.ndarray], list[str]]:
    name, covariates, options = CASES[case]
    frame = dataset(name)
    known = {key: value if key == "ties" else frame[value].to_numpy() for key, value in options.items()}
    known |= {key: pd.factorize(frame[options[key]])[0] for key in ("cluster", "stratum") if key in options}
    rows = rows_of(frame)
    return fit_cox(*rows, frame[covariates].to_numpy(float), covariates, **known), rows, covariates


@pytest.mark.parametrize("case", CASES)
def test_model_equals_r(case, dataset, reference):
    (fit, _, covariates), expected = fitted(case, dataset), reference("cox_models", case)
    assert (fit.status, list(expected["term"])) == ("ok", covariates)
    np.testing.assert_allclose(fit.coefficients, expected["estimate"], rtol=EXACT)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.variance)), expected["std_error"], rtol=EXACT)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.model_variance)), expected["model_std_error"], rtol=EXACT)
    assert fit.log_likelihood == pytest.approx(expected["log_likelihood"][0], rel=1e-11)
    assert fit.log_likelihood_null == pytest.approx(expected["null"][0], rel=1e-11)
    assert fit.score == pytest.approx(expected["score"][0], rel=EXACT)
    assert concordance(fit.coefficients @ fit.x, fit.sets) == pytest.approx(expected["concordance"][0], rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_proportional_hazards_equal_r(case, dataset, reference):
    fit, rows, covariates = fitted(case, dataset)
    found = proportional_hazards(fit, *rows, {name: [i] for i, name in enumerate(covariates)})
    expected = reference("cox_zph", case)
    assert [test.term for test in found] == list(expected["term"])
    np.testing.assert_allclose([test.statistic for test in found], expected["statistic"], rtol=EXACT)
    np.testing.assert_allclose([test.df for test in found], expected["df"])
    np.testing.assert_allclose([test.p_value for test in found], expected["p_value"], rtol=EXACT)


@pytest.mark.parametrize("case", CASES)
def test_residuals_equal_r(case, dataset, reference):
    fit, _, covariates = fitted(case, dataset)
    expected = reference("cox_residuals", case)
    influence = dfbeta(fit.x, fit.sets, fit.hazard, fit.model_variance)
    column = expected["term"].map(covariates.index)
    np.testing.assert_allclose(influence[expected["row"], column], expected["dfbeta"], rtol=EXACT, atol=1e-12)
    martingale = martingale_residuals(fit.sets, fit.hazard)
    np.testing.assert_allclose(martingale[expected["row"]], expected["martingale"], rtol=EXACT, atol=1e-12)
    schoenfeld = schoenfeld_residuals(fit.x, fit.sets, fit.hazard)
    assert (schoenfeld**2).sum() == pytest.approx(expected["schoenfeld_squares"][0], rel=EXACT)


@pytest.mark.parametrize("case", ["linkage", "heart", "pbc"])
def test_predicted_curves_equal_r(case, dataset, reference):
    """One person at a time: then nothing comes from the people being a sample."""
    fit, _, covariates = fitted(case, dataset)
    x = dataset(CASES[case][0])[covariates].to_numpy(float)[[0, 29]]
    for person, expected in reference("cox_curves", case).groupby("person"):
        curve = standardise(fit, {"own": [Segment(np.inf, x[[person - 1]])]}, NONE, NONE)["own"]
        at = np.searchsorted(curve.times, expected["time"], side="right") - 1
        np.testing.assert_allclose(curve.survival[at], expected["survival"], rtol=EXACT)
        np.testing.assert_allclose(curve.std_error[at], expected["std_error"], rtol=EXACT)


def test_predicted_curves_with_strata_equal_r(dataset, reference):
    fit, _, covariates = fitted("lung_strata", dataset)
    frame = dataset("lung")
    sex = pd.factorize(frame["sex"])[0][[0, 29]]
    x = frame[covariates].to_numpy(float)[[0, 29]]
    for person, expected in enumerate(reference("cox_curves", "lung_strata").groupby("person", sort=False).__iter__()):
        curve = standardise(fit, {"own": [Segment(np.inf, x[[person]])]}, NONE, NONE, sex[[person]])["own"]
        at = np.searchsorted(curve.times, expected[1]["time"], side="right") - 1
        np.testing.assert_allclose(curve.survival[at], expected[1]["survival"], rtol=EXACT)
        np.testing.assert_allclose(curve.std_error[at], expected[1]["std_error"], rtol=EXACT)


def test_coefficient_that_changes_in_steps_equals_r(dataset, reference):
    frame, expected = dataset("veteran"), reference("cox_time_varying", "step")
    split = split_rows(*rows_of(frame), np.array([60.0, 150.0]))
    karno = frame["karno"].to_numpy()[split.row]
    x = np.column_stack([frame["trt"].to_numpy()[split.row], *(karno * (split.segment == k) for k in range(3))])
    fit = fit_cox(split.start, split.stop, split.event, x, ["trt", "early", "middle", "late"])
    _assert_changing(fit, expected)


def test_coefficient_that_changes_with_log_time_equals_r(dataset, reference):
    frame, expected = dataset("veteran"), reference("cox_time_varying", "log_time")
    start, stop, event = rows_of(frame)
    split = split_rows(start, stop, event, stop[event == 1])
    karno = frame["karno"].to_numpy()[split.row]
    x = np.column_stack([frame["trt"].to_numpy()[split.row], karno, karno * np.log(split.stop)])
    _assert_changing(fit_cox(split.start, split.stop, split.event, x, ["trt", "karno", "log"]), expected)


def _assert_changing(fit: CoxFit, expected: pd.DataFrame) -> None:
    assert fit.status == "ok"
    np.testing.assert_allclose(fit.coefficients, expected["estimate"], rtol=EXACT)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.variance)), expected["std_error"], rtol=EXACT)
    assert fit.log_likelihood == pytest.approx(expected["log_likelihood"][0], rel=1e-11)


def test_firth_equals_the_maximum_that_r_finds(dataset, cox_firth):
    frame = dataset("separated")
    names = ["rare", "karno", "trt"]
    plain = fit_cox(*rows_of(frame), frame[names].to_numpy(), names)
    assert plain.status == "separated"
    assert "rare" in plain.message
    fit = fit_firth(plain)
    assert (fit.status, fit.penalised) == ("ok", True)
    np.testing.assert_allclose(fit.coefficients, cox_firth["estimate"], rtol=ITERATED)
    assert fit.log_likelihood == pytest.approx(cox_firth["log_likelihood"][0], rel=1e-9)
    low, high, p_value = profile_interval(fit, 0, 0.95)
    assert low == pytest.approx(cox_firth["conf_low"][0], rel=ITERATED)
    assert high == pytest.approx(cox_firth["conf_high"][0], rel=ITERATED)
    assert p_value == pytest.approx(cox_firth["p_value"][0], rel=ITERATED)
