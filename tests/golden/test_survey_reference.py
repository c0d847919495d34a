"""Sampling weights and clusters equal R's survey and survival (tests/golden/r/make_survey.R)."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.families import FAMILIES
from recovery_analysis.estimators.fine_gray import fit_fine_gray
from recovery_analysis.estimators.frailty import fit_frailty, remaining_step
from recovery_analysis.estimators.glm import fit_linear, fit_logistic
from recovery_analysis.estimators.kaplan_meier import kaplan_meier, value_at
from recovery_analysis.estimators.nelson_aalen import nelson_aalen
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.robust_log_rank import robust_log_rank
from recovery_analysis.estimators.times import known_times
from recovery_analysis.models.second_fit_times import parametric_differences

CLOSED, ITERATED = 1e-6, 1e-4
REGRESSIONS = {
    "died": ["seatbelt", "airbag", "frontal", "age"],
    "year": ["seatbelt", "frontal", "age"],
}


def weighted(dataset, name: str) -> pd.DataFrame:
    """The data with the weights that make_survey.R gives them."""
    frame = dataset(name)
    if name == "lung":
        return frame.assign(weight=0.5 + np.arange(len(frame)) % 7 / 4)
    if name == "heart":
        return frame.assign(weight=1.0 + (pd.factorize(frame["person_id"])[0] + 1) % 3)
    if name == "mgus2_risks":
        return frame.assign(weight=0.5 + np.arange(len(frame)) % 5 / 3)
    return frame


def codes(frame: pd.DataFrame, column: str) -> np.ndarray:
    return pd.factorize(frame[column])[0]


@pytest.mark.parametrize("case", ["died", "died_by_unit", "year", "year_by_unit"])
def test_weighted_regression_equals_svyglm(case, dataset, reference):
    frame, outcome = dataset("crashes"), case.removesuffix("_by_unit")
    unit = codes(frame, "psu") if case.endswith("unit") else np.arange(len(frame))
    y, x = frame[outcome].to_numpy(float), frame[REGRESSIONS[outcome]].to_numpy(float)
    weight = frame["weight"].to_numpy(float)
    names = REGRESSIONS[outcome]
    fit = fit_logistic(y, x, names, unit, weight) if outcome == "died" else fit_linear(y, x, unit, weight)
    want = reference("survey_regression", case)
    assert fit.status == "ok"
    assert fit.coefficients == pytest.approx(want["estimate"].to_numpy(), rel=CLOSED)
    assert np.sqrt(np.diag(fit.variance)) == pytest.approx(want["std_error"].to_numpy(), rel=CLOSED)
    assert fit.df == want["df"].iloc[0]


@pytest.mark.parametrize(
    ("case", "unit", "stratum"),
    [
        ("pbc", "person_id", None),
        ("lung_site", "site", None),
        ("lung_strata", "site", "sex"),
        ("heart", "person_id", None),
    ],
)
def test_weighted_cox_model_equals_coxph_and_svycoxph(case, unit, stratum, dataset, reference):
    frame, want = weighted(dataset, case.split("_")[0]), reference("survey_cox", case)
    x = frame[list(want["term"])].to_numpy(float)
    rows = (frame[name].to_numpy(float) for name in ("start", "stop", "event"))
    strata = None if stratum is None else codes(frame, stratum)
    weight = frame["weight"].to_numpy(float)
    fit = fit_cox(*rows, x, list(want["term"]), cluster=codes(frame, unit), weight=weight, stratum=strata)
    errors, groups = np.sqrt(np.diag(fit.variance)), want["clusters"].iloc[0]
    assert fit.coefficients == pytest.approx(want["estimate"].to_numpy(), rel=ITERATED)
    assert errors == pytest.approx(want["std_error"].to_numpy(), rel=ITERATED)
    as_survey = errors * np.sqrt(groups / (groups - 1))
    assert as_survey == pytest.approx(want["survey_std_error"].to_numpy(), rel=ITERATED)


@pytest.mark.parametrize("family", ["weibull", "log_normal", "log_logistic"])
@pytest.mark.parametrize(("case", "unit"), [("pbc", "person_id"), ("lung_site", "site")])
def test_weighted_parametric_model_equals_survreg_and_svysurvreg(case, unit, family, dataset, reference):
    """Coefficients, robust errors by person and by site, and what each parameter costs in the AIC; the second
    likelihood finds the same."""
    frame, want = weighted(dataset, case.split("_")[0]), reference("survey_parametric", f"{case}_{family}")
    terms = list(want["term"][1:-1])
    stop = frame["stop"].to_numpy(float)
    times = known_times(stop, np.where(frame["event"] == 1, stop, np.inf))
    counted = {"weights": frame["weight"].to_numpy(float), "cluster": codes(frame, unit)}
    fit = fit_parametric(FAMILIES[family], times, frame[terms].to_numpy(float), tuple(terms), **counted)
    errors, groups = np.sqrt(np.diag(fit.variance)), want["clusters"].iloc[0]
    assert fit.coefficients == pytest.approx(want["estimate"].to_numpy(), rel=ITERATED)
    assert errors == pytest.approx(want["std_error"].to_numpy(), rel=ITERATED)
    as_survey = errors * np.sqrt(groups / (groups - 1))
    assert as_survey == pytest.approx(want["survey_std_error"].to_numpy(), rel=ITERATED)
    likelihood, penalty = want[["log_likelihood", "penalty"]].iloc[0]
    assert fit.aic == pytest.approx(2 * penalty - 2 * likelihood, rel=CLOSED)
    assert max(parametric_differences([fit], times)) < CLOSED


@pytest.mark.parametrize(
    ("case", "group", "unit", "stratum"),
    [
        ("colon", "rx", "person_id", None),
        ("lung_site", "sex", "site", None),
        ("lung_strata", "sex", "person_id", "ecog"),
        ("heart", "transplant", "person_id", None),
    ],
)
def test_robust_log_rank_equals_coxph(case, group, unit, stratum, dataset, reference):
    frame, want = (
        weighted(dataset, "colon_recurrence" if case == "colon" else case.split("_")[0]),
        reference("survey_log_rank", case),
    )
    rows = (frame[name].to_numpy(float) for name in ("start", "stop", "event"))
    strata = None if stratum is None else codes(frame, stratum)
    found = robust_log_rank(
        *rows, frame[group].to_numpy(str), codes(frame, unit), frame["weight"].to_numpy(float), strata
    )
    assert found["statistic"] == pytest.approx(want["statistic"].iloc[0], rel=CLOSED)
    assert found["df"] == want["df"].iloc[0]


@pytest.mark.parametrize("case", ["pbc", "colon"])
def test_weighted_curves_equal_survfit_and_svykm(case, dataset, reference):
    """svykm's curve is exp(-H), H being Nelson and Aalen's; its variance has the factor n / (n - 1)."""
    frame, want = dataset("colon_recurrence" if case == "colon" else case), reference("survey_curves", case)
    rows = tuple(frame[name].to_numpy(float) for name in ("start", "stop", "event"))
    weight = frame["weight"].to_numpy(float)
    curve, hazard = kaplan_meier(*rows, 0.95, weight), nelson_aalen(*rows, 0.95, weight)
    for row in want.itertuples():
        found = value_at(curve, row.time)
        assert found["estimate"] == pytest.approx(row.estimate, rel=CLOSED)
        assert found["std_error"] == pytest.approx(row.std_error, rel=CLOSED)
        at = np.searchsorted(hazard.time, row.time, side="right") - 1
        survival = np.exp(-hazard.estimate[at])
        assert survival == pytest.approx(row.survey_estimate, rel=CLOSED)
        factor = np.sqrt(row.n / (row.n - 1))
        assert survival * hazard.std_error[at] * factor == pytest.approx(row.survey_std_error, rel=CLOSED)


def test_weighted_fine_gray_equals_finegray(dataset, reference):
    frame, want = weighted(dataset, "mgus2_risks"), reference("survey_fine_gray", "mgus2")
    columns = (frame[name].to_numpy(float) for name in ("start", "stop"))
    x, names = frame[list(want["term"])].to_numpy(float), list(want["term"])
    fit = fit_fine_gray(*columns, frame["cause"].to_numpy(int), x, names, 1, weight=frame["weight"].to_numpy(float))
    assert fit.coefficients == pytest.approx(want["estimate"].to_numpy(), rel=ITERATED)
    assert np.sqrt(np.diag(fit.variance)) == pytest.approx(want["std_error"].to_numpy(), rel=ITERATED)


@pytest.mark.parametrize(
    ("case", "unit"), [("kidney", "site"), ("cgd", "person_id"), ("lung", "site"), ("diabetic", "site")]
)
def test_gamma_frailty_equals_coxph_and_our_own_likelihood(case, unit, dataset, reference):
    """In lung, institutions do not differ: the variance is 0 (R's search stops at 3e-9)."""
    frame, want = dataset(case), reference("frailty", case)
    rows = [frame[name].to_numpy(float) for name in ("start", "stop", "event")]
    arguments = (*rows, frame[list(want["term"])].to_numpy(float), codes(frame, unit))
    fit = fit_frailty(*arguments)
    assert fit.status == "ok"
    assert fit.coefficients == pytest.approx(want["estimate"].to_numpy(), rel=ITERATED)
    assert np.sqrt(np.diag(fit.variance)) == pytest.approx(want["std_error"].to_numpy(), rel=ITERATED)
    assert fit.theta == pytest.approx(want["theta"].iloc[0], rel=ITERATED, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(want["log_likelihood"].iloc[0], rel=1e-8)
    assert (fit.p_value == pytest.approx(0.5)) == (case == "lung")
    assert remaining_step(fit, *arguments) < 1e-6
