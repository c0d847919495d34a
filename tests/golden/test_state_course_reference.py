"""Predicted state occupancy: R's survival on MGUS and cirrhosis, by hand, and what the same simulated people would have lived."""

from math import exp

import numpy as np
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.state_course import (
    Move,
    Stage,
    course,
    occupancy_since,
    since_origin,
    step_hazard,
    time_in_states,
    until_first,
)
from recovery_analysis.estimators.transitions import StateRows

TERMS = ["age", "male", "mspike"]
PROFILES = np.array([[55, 0, 0.8], [70, 1, 1.4], [82, 1, 2.1]])
STATES = {"mgus": 0, "malignancy": 1, "death": 2}
MOVES = ["mgus>malignancy", "mgus>death", "malignancy>death"]
MONTHS = 360
FROM_ITERATIONS = 1e-7


def fitted(data, ties="efron", unit=1.0):
    """Cox models of the three moves of MGUS, by the time since the state was entered."""
    found = {}
    for move in MOVES:
        origin, target = move.split(">")
        own = data[data["origin"] == origin]
        stop, event = (own["stop"] - own["start"]).to_numpy() / unit, (own["target"] == target).to_numpy(float)
        found[move] = fit_cox(0 * stop, stop, event, own[TERMS].to_numpy(), TERMS, ties)
    return found


@pytest.fixture(scope="module")
def moves(dataset):
    return fitted(dataset("mgus2_course"))


def predicted(moves, names):
    """(profile, month, stage): each profile on its own."""
    given = [
        Move(*(STATES[s] for s in name.split(">")), step_hazard(moves[name], PROFILES, 1.0, MONTHS)) for name in names
    ]
    return occupancy_since(course(given, 3, np.eye(len(PROFILES))), [Stage(state) for state in range(3)])


@pytest.mark.parametrize("case", ["competing", "reset"])
def test_models_of_the_moves_equal_coxph(case, moves, reference):
    for move, want in reference("state_course_cox", case).groupby("move"):
        want = want.set_index("term").loc[TERMS]
        np.testing.assert_allclose(moves[move].coefficients, want["estimate"], rtol=1e-6)
        np.testing.assert_allclose(np.sqrt(np.diag(moves[move].variance)), want["std_error"], rtol=1e-6)


@pytest.mark.parametrize(("case", "names"), [("competing", 2), ("reset", 3)])
def test_occupancy_of_profiles_equals_survfit(case, names, dataset, reference):
    """Two competing moves: `survfit` of R's multi-state `coxph`, which has Breslow's ties only (docs/methods.md). Clock
    reset, Efron's ties: R's curves of each move, put together by the law of total probability."""
    found = predicted(fitted(dataset("mgus2_course"), "breslow" if case == "competing" else "efron"), MOVES[:names])
    for row in reference("state_course", case).itertuples():
        assert found[row.profile - 1, int(row.time), STATES[row.state]] == pytest.approx(
            row.estimate, rel=FROM_ITERATIONS
        )


def test_to_and_fro_equals_curves_of_coxph_carried_forward(dataset, reference):
    """Cirrhosis: low prothrombin, normal, low again, and death; 488 people, of whom many move more than once. Models robust
    by person, shares by state and months since it was entered."""
    data, states = dataset("prothr_course"), {"low": 0, "normal": 1, "death": 2}
    given = []
    for want in reference("state_course_cox", "returns").itertuples():
        origin, target = want.move.split(">")
        own = data[data["origin"] == origin]
        stop, event = own["stop"].to_numpy(), (own["target"] == target).to_numpy(float)
        cluster = own["person_id"].astype("category").cat.codes.to_numpy()
        fit = fit_cox(0 * stop, stop, event, own[["treated"]].to_numpy(), ["treated"], cluster=cluster)
        assert fit.coefficients[0] == pytest.approx(want.estimate, rel=1e-6)
        assert np.sqrt(fit.variance[0, 0]) == pytest.approx(want.std_error, rel=1e-6)
        given.append(Move(states[origin], states[target], step_hazard(fit, np.array([[0.0], [1.0]]), 1.0, 72)))
    found = occupancy_since(course(given, 3, np.eye(2)), [Stage(state) for state in range(3)])
    for row in reference("state_course", "returns").itertuples():
        assert found[row.profile - 1, int(row.time), states[row.state]] == pytest.approx(
            row.estimate, rel=FROM_ITERATIONS
        )


def test_to_and_fro_worked_by_hand():
    """From 0 to 1 with a hazard of 0.5 in the first step, back with 0.2 a step. After three steps in state 1: who came
    in the first step and stayed, and who left it in the second step and came again in the third."""
    out, back = np.zeros((4, 1)), np.zeros((4, 1))
    out[1], back[1:] = 0.5, 0.2
    shares = course([Move(0, 1, out), Move(1, 0, back)], 2, np.ones((1, 1)))
    found = occupancy_since(shares, [Stage(0), Stage(1, 0, 2), Stage(1, 2)])[0]
    came = 1 - exp(-0.5)
    again = came * (1 - exp(-0.2)) * came
    np.testing.assert_allclose(found[3], [1 - came * exp(-0.4) - again, again, came * exp(-0.4)])
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_hazards_in_one_step_compete():
    """0.3 to one state and 0.1 to another: three in four of those who leave go to the first."""
    hazard = np.array([[0.0], [0.3]])
    shares = course([Move(0, 1, hazard), Move(0, 2, hazard / 3)], 3, np.ones((1, 1)))
    left = 1 - exp(-0.4)
    np.testing.assert_allclose(shares[0, :, :, 0].T[1], [0, 0.75 * left, 0.25 * left])


def test_joined_to_the_time_of_the_first_event_by_hand():
    """Two of four have the event at 1, one at 2; then state 2 is entered a step later. In steps of one: at 2 the two
    are in 2, the third has just had the event; at 3 all three are in 2."""
    person, zero = np.arange(4), np.zeros(4)
    stop = np.array([1.0, 1.0, 2.0, 5.0])
    before = StateRows(person, zero, stop, zero.astype(int), np.array([1, 1, 1, -1]), 3)
    after = np.zeros((1, 4, 3))
    after[0, 0, 1] = after[0, 1:, 2] = 1.0
    found = since_origin(before, 1, after, 1.0)[0]
    np.testing.assert_allclose(found, [[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5], [0.25, 0, 0.75]])
    np.testing.assert_allclose(time_in_states(found, 1.0)[-1], [1.375, 0.75, 0.875])
    np.testing.assert_allclose(until_first(before, np.array([0.5, 1.0])), [[1, 0, 0], [0.5, 0.5, 0]])


def test_a_finer_step_changes_little(moves, dataset):
    """Times in years, by the month and by the quarter: shares by the quarter are those half a quarter later, within
    0.3 percent of people."""
    years = fitted(dataset("mgus2_course"), unit=12.0)
    given = [
        Move(*(STATES[s] for s in name.split(">")), step_hazard(fit, PROFILES, 0.25, 80)) for name, fit in years.items()
    ]
    coarse = occupancy_since(course(given, 3, np.eye(3)), [Stage(state) for state in range(3)])
    fine = predicted(moves, MOVES)
    np.testing.assert_allclose(coarse[:, 20:81:20], (fine[:, 61:242:60] + fine[:, 62:243:60]) / 2, atol=0.003)
