"""How surely people stay in recovery once a stage is reached, and how long it takes from milestone to milestone."""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..estimators.kaplan_meier import kaplan_meier, median_time
from ..estimators.multistate import state_occupancy
from ..estimators.numerics import log_log_interval
from ..estimators.transitions import NO_MOVE, StateRows
from ..estimators.two_clocks import since
from ..study import GENDERS
from .curve_rows import ARMS
from .quantile_rows import time_problem
from .spec import FEWEST_PEOPLE
from .state_groups import StatesSpec
from .state_rows import SHORT, SMALLEST_ERROR, state_row
from .state_second_fit import stay_difference

STAYS = "recovery_analysis.estimators.multistate.state_occupancy"
MEDIANS = "recovery_analysis.estimators.kaplan_meier.kaplan_meier"
STAYED, RETURNED, DIED = 0, 1, 2
NOT_REACHED = "Not reached: half of the people had not got there by the end."
ALL_STAY = "Nobody had left recovery by then, so nothing says how certain the share is."
BY_THEN = "Peers: engaged by the time that the stage was reached."


def stays(frame: pd.DataFrame, stage: str, spec: StatesSpec) -> pd.DataFrame:
    """One row per person who reached a stage: years from the first time until they left recovery, and how they did.

    Returns
    -------
    DataFrame with person_id, gender, peer (by the time the stage was reached), years and end (-1 while it goes on).
    """
    recovery = frame["origin"].isin(spec.stages)
    person = frame["person_id"]
    run = ((recovery != recovery.shift()) | (person != person.shift())).cumsum()
    last = frame.assign(run=run).drop_duplicates("run", keep="last").set_index("run")
    left = np.select([last["target"].isna(), last["target"] == "died"], [NO_MOVE, DIED], RETURNED)
    reached = frame[frame["origin"] == stage].drop_duplicates("person_id")
    number = run[reached.index]
    return reached.drop(columns=["start", "stop", "origin", "target"]).assign(
        years=since(reached["start"], number.map(last["stop"])), end=number.map(pd.Series(left, index=last.index))
    )


def stay_rows(frame: pd.DataFrame, spec: StatesSpec, conf_level: float, apart: list[float]) -> list[dict]:
    """Probability of having stayed in recovery without a break, by the years since a stage was first reached.

    The people who reached it are the landmark, and its time the origin (Putter & Spitoni 2018): nothing is assumed
    of how the past bears on the future. How far each share is from its second fit is added to `apart`.
    """
    rows = []
    for stage in spec.stages:
        reached = stays(frame, stage, spec)
        for labels, own in _groups(reached, peers=True):
            if own.empty:
                continue
            histories = StateRows(
                np.arange(len(own)), np.zeros(len(own)), own["years"].to_numpy(), np.zeros(len(own), int),
                own["end"].to_numpy(), 3, own["weight"].to_numpy(float) if spec.sampling.weighted else None,
            )  # fmt: skip
            found = state_occupancy(histories, np.array(spec.stay_years), np.eye(3)[STAYED])
            apart.append(stay_difference(histories, np.array(spec.stay_years), found, STAYED))
            low, high = (v[:, STAYED] for v in log_log_interval(found.probability, found.std_error, conf_level))
            for m, years in enumerate(spec.stay_years):
                shared = labels | {"state": stage, "horizon": years, "n": len(own)}
                returned = int(((own["end"] == RETURNED) & (own["years"] <= years)).sum())
                values = {"estimate": found.probability[m, STAYED], "std_error": found.std_error[m, STAYED]}
                values |= {"conf_low": low[m], "conf_high": high[m], "n_events": returned}
                values |= {"note": BY_THEN} if labels["term"] == "peer" else {}
                problem = "" if (own["years"] >= years).sum() >= FEWEST_PEOPLE else SHORT
                problem = problem or ("" if values["std_error"] > SMALLEST_ERROR else ALL_STAY)
                row = state_row(spec, "stays", "still_in_recovery", STAYS, shared, values, conf_level, problem)
                rows.append(row)
    return rows


def milestone_rows(frame: pd.DataFrame, spec: StatesSpec, conf_level: float) -> list[dict]:
    """Median years from onset to first help, from first help to each stage but the last, and from there to the last."""
    first = frame.pivot_table(index="person_id", columns="origin", values="start", aggfunc="min")
    first = first.reindex(columns=list(spec.states)).assign(end=frame.groupby("person_id")["stop"].max())
    columns = ["gender", *(["weight"] if spec.sampling.weighted else [])]
    first[columns] = frame.groupby("person_id")[columns].first()
    rows = []
    for origin, target in _milestones(spec):
        there = first[first[origin].notna() & ~(first[target] < first[origin])]
        years = since(there[origin], there[target].fillna(there["end"]))
        timed = there.assign(years=years, event=there[target].notna().astype(float))[years > 0]
        for labels, own in _groups(timed, peers=False):
            if not own.empty:
                rows.append(_median_row(own, f"{origin}>{target}", labels, spec, conf_level))
    return rows


def _milestones(spec: StatesSpec) -> list[tuple[str, str]]:
    before, helped, *stages = spec.states[:-1]
    later = [(helped, stage) for stage in stages[:-1] or stages]
    return [(before, helped), *later, *itertools.pairwise(stages[-2:])]


def _median_row(own: pd.DataFrame, move: str, labels: dict, spec: StatesSpec, conf_level: float) -> dict:
    weights = own["weight"].to_numpy(float) if spec.sampling.weighted else None
    curve = kaplan_meier(np.zeros(len(own)), own["years"].to_numpy(), own["event"].to_numpy(), conf_level, weights)
    estimate, low, high = median_time(curve)
    few = time_problem(len(own), curve, np.zeros(len(own)), estimate) or ""
    note = None if np.isfinite(estimate) else NOT_REACHED
    values = {"estimate": estimate, "conf_low": low, "conf_high": high, "n_events": own["event"].sum(), "note": note}
    shared = labels | {"state": move, "horizon": curve["time"].iloc[-1], "n": len(own)}
    return state_row(spec, "milestones", "median_time", MEDIANS, shared, values, conf_level, few)


def _groups(people: pd.DataFrame, peers: bool) -> Iterator[tuple[dict, pd.DataFrame]]:
    """Everyone, each gender, and each arm of peers, as columns of `estimates` and the people."""
    yield {"term": "everyone", "level": None, "group": "all"}, people
    for gender in GENDERS:
        yield {"term": "gender", "level": gender, "group": gender}, people[people["gender"] == gender]
    for value, arm in ARMS.items() if peers else ():
        yield {"term": "peer", "level": arm, "group": "all"}, people[people["peer"] == value]
