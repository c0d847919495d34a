"""Estimators that are given what cannot be: a sentence that names the column, or a status, and never a number."""

import re

import numpy as np
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.clone_censor_weight import target_trial
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.families import WEIBULL
from recovery_analysis.estimators.fine_gray import fit_fine_gray
from recovery_analysis.estimators.follow_up import sufficient_follow_up
from recovery_analysis.estimators.frailty import fit_frailty
from recovery_analysis.estimators.glm import fit_linear, fit_logistic
from recovery_analysis.estimators.kaplan_meier import kaplan_meier
from recovery_analysis.estimators.landmark import landmark_rows
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.pseudo_values import pseudo_incidence, pseudo_regression
from recovery_analysis.estimators.reverse_time import conditional_curve
from recovery_analysis.estimators.times import known_times
from recovery_analysis.estimators.transitions import StateRows
from recovery_analysis.estimators.turnbull import turnbull

N = 40
NAMES = ["peer", "age"]


def people() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    stop = rng.integers(2, 60, N) / 10.0
    x = np.column_stack([rng.integers(0, 2, N), rng.normal(40, 10, N)])
    return {
        "start": np.zeros(N),
        "stop": stop,
        "event": rng.integers(0, 2, N).astype(float),
        "x": x,
        "weight": np.ones(N),
    }


def parametric(d: dict):
    upper = np.where(d["event"] == 1, d["stop"], np.inf)
    return fit_parametric(WEIBULL, known_times(d["stop"], upper, d["start"]), d["x"], tuple(NAMES), weights=d["weight"])


def histories(d: dict):
    codes = np.zeros(N, int), np.where(d["event"] == 1, 1, -1)
    return StateRows(np.arange(N), d["start"], d["stop"], *codes, 2, d["weight"])


def trial(d: dict):
    engaged = np.where(np.arange(N) % 2, 0.5, np.inf)
    return target_trial(d["stop"], d["event"], engaged, d["x"], 1.0, 3.0, sampling=d["weight"])


def regression(d: dict):
    return pseudo_regression(pseudo_incidence(d["stop"], d["event"], np.array([3.0])), d["x"], "identity", d["weight"])


ESTIMATORS = {
    "kaplan_meier": lambda d: kaplan_meier(d["start"], d["stop"], d["event"], 0.95, d["weight"]),
    "cox": lambda d: fit_cox(d["start"], d["stop"], d["event"], d["x"], NAMES, weight=d["weight"]),
    "fine_gray": lambda d: fit_fine_gray(d["start"], d["stop"], d["event"], d["x"], NAMES, 1, weight=d["weight"]),
    "frailty": lambda d: fit_frailty(d["start"], d["stop"], d["event"], d["x"], np.arange(N) % 4, names=NAMES),
    "parametric": parametric,
    "turnbull": lambda d: turnbull(d["stop"], np.where(d["event"] == 1, d["stop"], np.inf), d["weight"], d["start"]),
    "pseudo_values": regression,
    "multistate": histories,
    "target_trial": trial,
    "landmark": lambda d: landmark_rows(d["stop"], d["event"], np.full(N, np.inf), 1.0),
    "reverse_time": lambda d: conditional_curve(d["stop"], d["start"] + 6, 0.95),
    "follow_up": lambda d: sufficient_follow_up(d["stop"], d["event"]),
    "linear": lambda d: fit_linear(d["stop"], d["x"], np.arange(N), d["weight"]),
    "logistic": lambda d: fit_logistic(d["event"], d["x"], NAMES, np.arange(N), d["weight"]),
}
NO_WEIGHTS, NO_X = {"frailty", "landmark", "reverse_time", "follow_up"}, {"kaplan_meier", "turnbull", "multistate"}
NO_X |= NO_WEIGHTS - {"frailty"}
NO_EVENT = {"parametric", "turnbull", "multistate", "reverse_time", "linear"}
FAULTS = [
    *[("stop", value, {"linear", "logistic"}) for value in (-2.0, np.nan)],
    *[("event", value, NO_EVENT) for value in (np.nan, 0.5)],
    *[("weight", value, NO_WEIGHTS) for value in (np.nan, np.inf, -1.0)],
    *[("x", value, NO_X) for value in (np.nan, np.inf)],
]


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_good_people_are_no_reason_to_complain(kind: str):
    assert ESTIMATORS[kind](people()) is not None


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(("column", "value", "unasked"), FAULTS, ids=[f"{c}-{v}" for c, v, _ in FAULTS])
def test_one_value_that_cannot_be_is_told(kind: str, column: str, value: float, unasked: set[str]):
    if kind in unasked:
        return
    given = people()
    given[column][4] = value
    with pytest.raises(ResearchError) as told:
        ESTIMATORS[kind](given)
    assert re.search(f"{column}|time|length|weight|outcome|age|peer|column", str(told.value), re.IGNORECASE)


@pytest.mark.parametrize("kind", sorted(set(ESTIMATORS) - {"multistate"}))
@pytest.mark.parametrize("column", ["stop", "event", "weight"])
def test_a_word_where_a_number_should_be_is_named(kind: str, column: str):
    given = people()
    changed = given[column].astype(object)
    changed[4] = "soon"
    unasked = {"stop": {"logistic", "parametric", "target_trial"}, "weight": NO_WEIGHTS, "event": NO_EVENT}
    if kind in unasked[column]:
        return
    with pytest.raises(ResearchError, match="'soon', which is no number"):
        ESTIMATORS[kind](given | {column: changed})


@pytest.mark.parametrize("kind", ["frailty", "parametric", "cox", "fine_gray"])
def test_covariates_that_say_nothing_of_their_own_are_named(kind: str):
    given = people()
    constant = ESTIMATORS[kind](given | {"x": np.column_stack([given["x"][:, 0], np.full(N, 7.0)])})
    twice = ESTIMATORS[kind](given | {"x": np.column_stack([given["x"][:, 1], 3 * given["x"][:, 1] - 2])})
    assert (constant.status, twice.status) == ("failed", "failed")
    assert constant.message.startswith("age has the same value")
    assert twice.message.startswith("age adds nothing")


def test_no_covariates_at_all_are_no_problem():
    assert (
        fit_parametric(WEIBULL, known_times(np.arange(1.0, 9), np.arange(1.0, 9)), np.empty((8, 0)), ()).status == "ok"
    )


@pytest.mark.parametrize("kind", ["frailty", "parametric", "cox", "fine_gray"])
@pytest.mark.parametrize("events", [0, 1])
def test_no_outcome_or_one_is_a_status(kind: str, events: int):
    assert ESTIMATORS[kind](people() | {"event": (np.arange(N) < events).astype(float)}).status == "too_few_events"


def test_pseudo_values_that_are_all_the_same_are_not_compared():
    with pytest.raises(ResearchError, match="same for everybody"):
        regression(people() | {"event": np.zeros(N)})


def test_everybody_at_one_time_in_strata_says_nothing_of_the_order():
    given = people()
    fit = fit_cox(given["start"], np.full(N, 3.0), np.ones(N), given["x"], NAMES, stratum=np.arange(N) % 3)
    assert (fit.status, fit.message) == (
        "too_few_events",
        "All outcomes happened at the same time: their order says nothing.",
    )


def test_nobody_at_all_is_told():
    nobody = np.empty(0)
    for run in (
        lambda: conditional_curve(nobody, nobody, 0.95),
        lambda: turnbull(nobody, nobody),
        lambda: target_trial(nobody, nobody, nobody, np.empty((0, 1)), 1.0, 3.0),
    ):
        with pytest.raises(ResearchError):
            run()


@pytest.mark.parametrize(("entry", "upper"), [(np.nan, 2.0), (2.0, 2.0), (-1.0, 2.0)])
def test_when_a_person_could_first_be_seen_must_be_known_and_before_the_outcome(entry: float, upper: float):
    with pytest.raises(ResearchError, match="could (first )?be seen"):
        known_times(np.array([2.0]), np.array([upper]), np.array([entry]))


def test_a_state_that_does_not_exist_is_told():
    with pytest.raises(ResearchError, match="'target' is not the code of a state in 1 rows"):
        StateRows(np.arange(2), np.zeros(2), np.ones(2), np.zeros(2, int), np.array([1, 2]), 2)
