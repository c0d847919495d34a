"""Regressions with people as clusters against R (lm and glm with sandwich::vcovCL, HC1)."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.glm import fit_logistic
from recovery_analysis.models.regression import RegressionSpec, analyse_regression
from recovery_analysis.models.spec import Covariate

CLOSED_FORM = 1e-8
ITERATED = 1e-6
PREVIOUS = Covariate("support_previous", "previous", "Support at the wave before")
GENDER = Covariate("gender", "gender", "Gender", {"woman": "Women", "man": "Men"})
AGE = Covariate("age", "age", "Age", per=10)


def estimates_of(dataset, measure: str, family: str, *covariates: Covariate):
    waves = dataset("help_waves").rename(columns={"peer_previous": "peer"})
    waves["gender"] = np.where(waves["female"] == 1, "woman", "man")
    waves["wave"] = waves["wave"].astype(str)
    return analyse_regression(waves, RegressionSpec("y", "Outcome", measure, family, covariates), 0.95)


def compare(estimates: pd.DataFrame, model: str, group: str, expected: pd.DataFrame, term: str, rtol: float):
    found = estimates.query("model == @model and term == 'peer' and group == @group").iloc[0]
    want = expected.set_index("term").loc[term]
    assert found["estimate"] == pytest.approx(want["estimate"], rel=rtol)
    assert found["std_error"] == pytest.approx(want["std_error"], rel=rtol)
    assert found["p_value"] == pytest.approx(want["p_value"], rel=rtol * 100)


def test_linear_equals_r(dataset, reference):
    result = estimates_of(dataset, "support_now", "linear", PREVIOUS, GENDER, AGE)
    compare(
        result.estimates,
        "crude",
        "all",
        reference("regression", "linear_crude"),
        "peer_previous",
        CLOSED_FORM,
    )
    adjusted = reference("regression", "linear_adjusted")
    compare(result.estimates, "adjusted", "all", adjusted, "peer_previous", CLOSED_FORM)
    age = result.estimates.query("model == 'adjusted' and term == 'age'").iloc[0]
    assert age["std_error"] == pytest.approx(adjusted.set_index("term")["std_error"]["I(age/10)"], rel=CLOSED_FORM)
    fits = result.fits.set_index("model")
    assert fits.loc["adjusted", "concordance"] == pytest.approx(adjusted["r_squared"][0], rel=CLOSED_FORM)
    assert fits.loc["adjusted", "log_likelihood"] == pytest.approx(adjusted["log_likelihood"][0], rel=CLOSED_FORM)


@pytest.mark.parametrize(
    ("family", "measure", "covariates"),
    [("linear", "support_now", (PREVIOUS, AGE)), ("logistic", "any_use", ())],
)
def test_effects_within_each_gender_equal_r(family, measure, covariates, dataset, reference):
    estimates = estimates_of(dataset, measure, family, *covariates).estimates
    expected = reference("regression", f"{family}_interaction")
    compare(estimates, "interaction", "woman", expected, "I(peer_previous * female)", ITERATED)
    compare(estimates, "interaction", "man", expected, "I(peer_previous * (1 - female))", ITERATED)
    test = estimates.query("term == 'peer:gender'").iloc[0]
    assert test["statistic"] == pytest.approx(
        reference("interaction", f"{family}_interaction")["statistic"][0], rel=ITERATED
    )


def test_logistic_equals_r(dataset, reference):
    estimates = estimates_of(dataset, "any_use", "logistic", GENDER, AGE).estimates
    expected = reference("regression", "logistic_adjusted")
    compare(estimates, "adjusted", "all", expected, "peer_previous", ITERATED)


@pytest.mark.parametrize(("exposure", "odds_ratio"), [("same_months", 0.22), ("months_before", 1.15)])
def test_attendance_in_the_same_months_is_not_attendance_before(exposure, odds_ratio, dataset, reference):
    """HELP at six months: any use (T1, T2 or T3) on attendance, adjusted for gender."""
    frame, expected = dataset("help_six_months"), reference("regression", exposure)
    x = frame[[exposure, "female"]].to_numpy(float)
    fit = fit_logistic(frame["any_use"].to_numpy(float), x, [exposure, "female"], np.arange(len(frame)))
    assert round(float(np.exp(fit.coefficients[0])), 2) == odds_ratio
    np.testing.assert_allclose(fit.coefficients, expected["estimate"][1:], rtol=ITERATED)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.variance)), expected["std_error"][1:], rtol=ITERATED)
