"""Landmark models and the steps of clone-censor-weight against R, on the Stanford heart transplants."""

import numpy as np
import pytest

from recovery_analysis.estimators.clone_censor_weight import ESTIMANDS, Emulation, TargetTrial, emulate, target_trial
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.landmark import landmark_rows
from recovery_analysis.estimators.trial_bootstrap import strategy_curve

CASES = {
    "clone_censor_weight": (30.0, 730.0, 6),
    "two_months": (60.0, 1000.0, 4),
    "sampled": (30.0, 730.0, 6),
    "competing": (60.0, 1000.0, 4),
}


@pytest.fixture(scope="module")
def people(dataset):
    frame = dataset("jasa")
    return {name: frame[name].to_numpy(float) for name in frame.columns}


def reference_values(reference, case: str) -> dict[str, float]:
    rows = reference("target_trial", case)
    return dict(zip(rows["quantity"], rows["estimate"], strict=True))


def emulated(people, case: str) -> tuple[TargetTrial, Emulation]:
    grace, horizon, intervals = CASES[case]
    covariates = np.column_stack([people["age"], people["surgery"]])
    length, event, engaged = (people[name] for name in ("length", "event", "engaged"))
    number = np.arange(1, len(length) + 1)
    sampling = 0.5 + number % 4 / 2 if case in ("sampled", "competing") else None
    event = event * np.where(number % 3 == 0, 2, 1) if case == "competing" else event
    trial = target_trial(length, event, engaged, covariates, grace, horizon, intervals, sampling)
    return trial, emulate(trial)


@pytest.mark.parametrize("at", [30, 90])
def test_landmark_cox_model_equals_r(at, people, reference):
    expected = reference("target_trial", f"landmark_{at}").iloc[0]
    rows = landmark_rows(people["length"], people["event"], people["engaged"], at)
    design = np.column_stack([rows.exposed, people["age"][rows.person], people["surgery"][rows.person]])
    fit = fit_cox(rows.start, rows.stop, rows.event, design, ["exposed", "age", "surgery"])
    assert len(rows.person) == expected["n"]
    assert fit.n_events == expected["events"]
    assert fit.coefficients[0] == pytest.approx(expected["estimate"], rel=1e-6)
    assert np.sqrt(fit.variance[0, 0]) == pytest.approx(expected["std_error"], rel=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_model_of_engaging_equals_rs_glm(case, people, reference):
    _, found = emulated(people, case)
    expected = reference_values(reference, case)
    assert found.model.converged
    # ours: intercept, share, share squared, time zero, age, surgery
    np.testing.assert_allclose(found.model.coefficients, [expected[f"model_{i}"] for i in range(1, 7)], rtol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_clones_and_weights_equal_r(case, people, reference):
    trial, found = emulated(people, case)
    row = reference("target_trial", case).set_index("quantity").loc["log_hazard_ratio"]
    expected, clones = reference_values(reference, case), trial.clones
    assert (clones.event == 1).sum() == row["events"]
    assert found.weights.max() == pytest.approx(expected["largest_weight"], rel=1e-6)
    time = clones.stop - clones.start
    assert found.weights @ time == pytest.approx(expected["weighted_time"], rel=1e-6)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ESTIMANDS)
def test_estimates_equal_r(case, name, people, reference):
    _, found = emulated(people, case)
    assert found.estimates[name] == pytest.approx(reference_values(reference, case)[name], rel=1e-6)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("arm", [0, 1])
def test_curves_of_the_strategies_equal_rs_weighted_survfit(case, arm, people, reference):
    trial, found = emulated(people, case)
    rows = reference("target_trial_curves", case)
    rows = rows[rows["arm"] == arm]
    curve = strategy_curve(trial, found, arm, np.zeros_like(found.survival), 0.95)
    own = curve.n_event > 0
    np.testing.assert_array_equal(curve.time[own], rows["time"])
    np.testing.assert_allclose(curve.survival[own], rows["survival"], rtol=1e-9)
    # whoever engaged by time zero has no clone that does not
    clones = len(people["age"]) - (0 if arm else int((people["engaged"] <= 0).sum()))
    assert curve.time[-1] == CASES[case][1] and curve.n_risk[0] == clones
    assert curve.n_event.sum() + curve.n_censor.sum() == clones
