"""State occupancy, time in each state and transition hazards: R's survival, by hand, and a chain known by heart."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.engine_states import occupancy_again
from recovery_analysis.estimators.follow_up_weights import weighted_for_follow_up
from recovery_analysis.estimators.multistate import state_occupancy
from recovery_analysis.estimators.numerics import log_log_interval
from recovery_analysis.estimators.transitions import (
    StateRows,
    cumulative_hazard,
    landmark,
    move_counts,
    person_time,
    transition_hazards,
)

CLOSED_FORM = 1e-9
STATES = {
    "mgus2": ["mgus", "malignancy", "death"],
    "heart": ["waiting", "transplanted", "death"],
    "colon": ["well", "recurrence", "death"],
    "pbcseq": ["low", "middle", "high", "death"],
}


def rows_of(frame, states):
    code = {name: number for number, name in enumerate(states)} | {"": -1}
    person = frame["person_id"].astype("category").cat.codes.to_numpy()
    times = frame["start"].to_numpy(float), frame["stop"].to_numpy(float)
    return StateRows(person, *times, *(frame[c].map(code).to_numpy(int) for c in ("origin", "target")), len(states))


def compare(found, expected, states):
    """Probability, its error and interval, years and their error, at every time and state that R was asked for."""
    expected = expected.set_index(["time", "state"])
    low, high = log_log_interval(found.probability, found.std_error, 0.95)
    columns = {"estimate": found.probability, "std_error": found.std_error, "conf_low": low, "conf_high": high}
    columns |= {"years": found.years, "years_std_error": found.years_std_error}
    for name, values in columns.items():
        want = expected[name].unstack()[states].to_numpy(float)
        known = ~np.isnan(want)
        assert known.any()
        np.testing.assert_allclose(values[known], want[known], rtol=CLOSED_FORM, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("case", STATES)
def test_occupancy_equals_survfit(case, dataset, reference):
    """One-way and to-and-fro histories; every second one of pbcseq starts in a state of its own."""
    expected = reference("occupancy", case)
    rows = rows_of(dataset(f"{case}_states"), STATES[case])
    compare(state_occupancy(rows, expected["time"].unique()), expected, STATES[case])


def test_occupancy_with_delayed_entry_equals_survfit(dataset, reference):
    rows, states = rows_of(dataset("pbcseq_delayed"), STATES["pbcseq"]), STATES["pbcseq"]
    expected = reference("occupancy", "pbcseq_delayed")
    compare(state_occupancy(rows, expected["time"].unique()), expected, states)
    expected = reference("occupancy", "pbcseq_given")
    given = np.array([0.5, 0.25, 0.25, 0])
    compare(state_occupancy(rows, expected["time"].unique(), given), expected, states)


@pytest.mark.parametrize(("case", "data"), [("colon_weighted", "colon_states"), ("pbcseq_weighted", "pbcseq_delayed")])
def test_occupancy_with_sampling_weights_equals_survfit(case, data, dataset, reference):
    """Weights of people, late entry among them; the second engine agrees."""
    frame, states = dataset(data), STATES[case.split("_")[0]]
    number = pd.factorize(frame["person_id"])[0] + 1
    rows = replace(rows_of(frame, states), weight=0.5 + number % 4 / 2)
    expected = reference("occupancy", case)
    compare(state_occupancy(rows, expected["time"].unique()), expected, states)
    given, at = np.eye(len(states))[0], expected["time"].unique()
    found, again = state_occupancy(rows, at, given), occupancy_again(rows, at)
    for one, other in zip((found.probability, found.std_error, found.years), again, strict=True):
        np.testing.assert_allclose(one, other, rtol=CLOSED_FORM, atol=1e-12)


def test_occupancy_weighted_for_follow_up_equals_survfit_with_its_weights(dataset, reference):
    """Colon cancer, follow-up counted from recurrence: chances by fourths of the time to it, in steps of 200 days. R cuts
    the rows and finds the chances by itself; the second engine has the errors too."""
    rows, expected = rows_of(dataset("colon_states"), STATES["colon"]), reference("occupancy_followed", "colon")
    weighed = weighted_for_follow_up(rows, 1, until=2900.0, step=200.0)
    at = expected["time"].unique()
    found, again = state_occupancy(weighed, at, np.eye(3)[0]), occupancy_again(weighed, at)
    want = expected.pivot(index="time", columns="state", values="estimate")[STATES["colon"]]
    np.testing.assert_allclose(found.probability, want, rtol=CLOSED_FORM)
    for one, other in zip((found.probability, found.std_error, found.years), again, strict=True):
        np.testing.assert_allclose(one, other, rtol=CLOSED_FORM, atol=1e-12)


def test_landmark_equals_survfit_of_the_people_there(dataset, reference):
    """From day 1,000 on, people whose bilirubin was high on it (Putter & Spitoni 2018)."""
    rows, states = rows_of(dataset("pbcseq_states"), STATES["pbcseq"]), STATES["pbcseq"]
    expected = reference("occupancy", "pbcseq_landmark")
    there = landmark(rows, 1000.0, states.index("high"))
    found = state_occupancy(there, expected["time"].unique(), np.array([0, 0, 1.0, 0]), since=1000.0)
    compare(found, expected, states)


@pytest.mark.parametrize("case", ["mgus2", "colon", "pbcseq_delayed"])
def test_transition_hazards_equal_survfit(case, dataset, reference):
    expected = reference("transition_hazards", case)
    states = STATES[case.split("_")[0]]
    hazards = transition_hazards(rows_of(dataset(case if "_" in case else f"{case}_states"), states))
    for (origin, target), want in expected.groupby(["origin", "target"]):
        total, _ = cumulative_hazard(hazards, states.index(origin), states.index(target))
        at = np.searchsorted(hazards.times, want["time"], side="right") - 1
        np.testing.assert_allclose(total[at], want["estimate"], rtol=CLOSED_FORM)


def by_hand():
    """Four people. A: 0 to 1 at time 1, dies (2) at 3. B: 0 to 1 at 2, seen to 5. C: dies at 2. D enters at 1.5,
    seen to 4."""
    table = [(0, 0, 1, 0, 1), (0, 1, 3, 1, 2), (1, 0, 2, 0, 1), (1, 2, 5, 1, -1), (2, 0, 2, 0, 2), (3, 1.5, 4, 0, -1)]
    person, start, stop, origin, target = np.array(table).T
    return StateRows(person.astype(int), start, stop, origin.astype(int), target.astype(int), 3)


def test_occupancy_worked_by_hand():
    """At 1 one of three in state 0 moves to 1: (2/3, 1/3, 0). At 2, of B, C and D, one to 1 and one to 2:
    (2/9, 5/9, 2/9). At 3 one of two in state 1 dies: (2/9, 5/18, 1/2). Time in state 0 by 4: 1 + 2/3 + 2 x 2/9.
    """
    found = state_occupancy(by_hand(), [1.0, 2.5, 4.0], np.array([1.0, 0, 0]))
    np.testing.assert_allclose(found.probability, [[2 / 3, 1 / 3, 0], [2 / 9, 5 / 9, 2 / 9], [2 / 9, 5 / 18, 1 / 2]])
    np.testing.assert_allclose(found.years[-1], [19 / 9, 1 / 3 + 5 / 9 + 5 / 18, 2 / 9 + 1 / 2])
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)
    # One of three moved: the influences on state 0 are (-2/9, 1/9, 1/9).
    assert found.std_error[0, 0] == pytest.approx(sqrt(6) / 9)


def test_counts_and_times_worked_by_hand():
    assert move_counts(by_hand()).tolist() == [[0, 2, 1], [0, 0, 1], [0, 0, 0]]
    assert person_time(by_hand()).tolist() == [1 + 2 + 2 + 2.5, 2 + 3, 0]
    total, error = cumulative_hazard(transition_hazards(by_hand()), 0, 1)
    np.testing.assert_allclose(total, [1 / 3, 2 / 3, 2 / 3])
    np.testing.assert_allclose(error, np.sqrt([1 / 9, 2 / 9, 2 / 9]))


def test_hazards_where_those_at_risk_stand_for_less_than_one_person():
    """Two people of weight 1/2: at 1 one of them moves (1/2 of 1), at 2 the other one (1/2 of 1/2)."""
    one, half = np.ones(2), np.full(2, 0.5)
    rows = StateRows(np.arange(2), 0 * one, np.array([1.0, 2.0]), np.zeros(2, int), np.ones(2, int), 2, half)
    total, error = cumulative_hazard(transition_hazards(rows), 0, 1)
    np.testing.assert_allclose(total, [0.5, 1.5])
    np.testing.assert_allclose(error, np.sqrt([0.5, 2.5]))


def test_influence_gives_the_errors_and_sums_to_nothing(dataset):
    rows = rows_of(dataset("pbcseq_states"), STATES["pbcseq"])
    found = state_occupancy(rows, [400.0, 2000.0], influence=True)
    np.testing.assert_allclose(np.sqrt((found.influence**2).sum(axis=1)), found.std_error)
    np.testing.assert_allclose(np.sqrt((found.years_influence**2).sum(axis=1)), found.years_std_error)
    np.testing.assert_allclose(found.influence.sum(axis=1), 0, atol=1e-12)


def test_times_between_do_not_change_later_ones(dataset):
    """The years until then are one sum, wherever time is cut."""
    rows = rows_of(dataset("mgus2_states"), STATES["mgus2"])
    once, often = state_occupancy(rows, [240.0]), state_occupancy(rows, np.arange(0.0, 241, 7.5))
    for name in ("probability", "std_error", "years", "years_std_error"):
        np.testing.assert_allclose(getattr(once, name)[-1], getattr(often, name)[-1], rtol=1e-10, atol=1e-14)


def test_bad_histories_are_refused():
    one = np.array([0])
    with pytest.raises(ResearchError, match="does not stop after it starts"):
        StateRows(one, one * 1.0, one * 1.0, one, one + 1, 2)
    with pytest.raises(ResearchError, match="the state that it is in already"):
        StateRows(one, one * 1.0, one + 2.0, one, one, 2)
    with pytest.raises(ResearchError, match="since 3"):
        state_occupancy(by_hand(), [4.0], since=3.0)


INTENSITIES = np.array(
    [[-0.25, 0.25, 0, 0, 0], [0, -0.4, 0.4, 0, 0], [0, 0.3, -0.8, 0.5, 0], [0, 0.1, 0, -0.15, 0.05], [0, 0, 0, 0, 0]]
)


def draw_chain(n, seed, intensities=INTENSITIES):
    """Histories of a Markov chain from state 0; half enter late; everybody is censored between 4 and 25."""
    rng = np.random.default_rng(seed)
    entry = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0, 2, n))
    end, rows = rng.uniform(4, 25, n), []
    person, at, state = np.arange(n), np.zeros(n), np.zeros(n, dtype=int)
    while len(person):
        rate = -intensities[state, state]
        after = at + rng.exponential(size=len(person)) / rate
        until, moved = np.minimum(after, end), after < end
        chance = np.cumsum(np.maximum(intensities[state], 0), axis=1) / rate[:, None]
        target = (rng.random(len(person))[:, None] > chance).sum(axis=1)
        rows.append(np.column_stack([person, np.maximum(at, entry[person]), until, state, np.where(moved, target, -1)]))
        goes_on = moved & (intensities[target, target] < 0)
        person, at, state, end = person[goes_on], until[goes_on], target[goes_on], end[goes_on]
    person, start, stop, origin, target = np.concatenate(rows).T
    seen = stop > start
    codes = (column[seen].astype(int) for column in (origin, target))
    return StateRows(person[seen].astype(int), start[seen], stop[seen], *codes, len(intensities))


def test_occupancy_of_a_known_chain():
    """P(t) = exp(Qt) and the time in each state is its integral: 200 samples of 300 people, half entering late.

    The mean over samples must be within 4 of its own errors of the truth; the mean standard error near the spread
    between samples, and the 95 % intervals cover the truth, of all states that more than 3 % are in.
    """
    times = np.array([3.0, 12.0])
    truth, years = chain_truth(times)
    found = [state_occupancy(draw_chain(300, seed), times, np.eye(5)[0]) for seed in range(200)]
    for name, error, want in (("probability", "std_error", truth), ("years", "years_std_error", years)):
        values, errors = (np.array([getattr(f, n) for f in found]) for n in (name, error))
        assert (np.abs(values.mean(axis=0) - want) < 4 * values.std(axis=0) / sqrt(200)).all()
        cover = (np.abs(values - want) < 1.96 * errors).mean(axis=0)
        often = truth > 0.03
        np.testing.assert_allclose(errors.mean(axis=0)[often], values.std(axis=0)[often], rtol=0.2)
        assert (cover[often] > 0.89).all()


def chain_truth(times, intensities=INTENSITIES):
    """exp(Qt) from state 0 and its integral, by 60,000 small steps of the forward equation (midpoint rule)."""
    k = len(intensities)
    h, p, total, out = 2e-4, np.eye(k)[0], np.zeros(k), {}
    step = np.eye(k) + h * intensities + (h * intensities) @ (h * intensities) / 2
    for i in range(1, round(times[-1] / h) + 1):
        after = p @ step
        total, p = total + h * (p + after) / 2, after
        if i in (round(t / h) for t in times):
            out[i] = (p, total)
    return tuple(np.array(rows) for rows in zip(*out.values(), strict=True))


WITHOUT = np.array([[-0.3, 0.3, 0, 0], [0, -0.15, 0.15, 0], [0, 0.2, -0.3, 0.1], [0, 0.05, 0, -0.05]])
WITH = np.array([[-0.3, 0.3, 0, 0], [0, -0.3, 0.3, 0], [0, 0.1, -0.3, 0.2], [0, 0.02, 0, -0.02]])


def test_courses_with_and_without_an_exposure_that_comes_later():
    """People meet peers at a rate of 0.12 a year and have other intensities from then on. The time before and the
    time after, each on its own, give the courses of those who never or always have peers: 60 samples of 400."""
    both = np.zeros((8, 8))
    both[:4, :4], both[4:, 4:] = WITHOUT - 0.12 * np.eye(4), WITH
    both[:4, 4:] = 0.12 * np.eye(4)
    found = {0: [], 1: []}
    for seed in range(60):
        rows = draw_chain(400, seed, both)
        origin, target = rows.origin % 4, np.where(rows.target >= 0, rows.target % 4, -1)
        target = np.where(target == origin, -1, target)
        for arm in (0, 1):
            own = (rows.origin // 4 == arm) | (origin == 0)
            course = StateRows(rows.person[own], rows.start[own], rows.stop[own], origin[own], target[own], 4)
            found[arm].append(state_occupancy(course, [4.0, 12.0], np.eye(4)[0]).probability)
    for arm, intensities in ((0, WITHOUT), (1, WITH)):
        values, truth = np.array(found[arm]), chain_truth(np.array([4.0, 12.0]), intensities)[0]
        assert (np.abs(values.mean(axis=0) - truth) < 4 * values.std(axis=0) / sqrt(60)).all()
