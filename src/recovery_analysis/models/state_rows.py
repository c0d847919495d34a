"""Rows of `estimates` and `curves` of a multi-state analysis, and the rates of its moves."""

import numpy as np
import pandas as pd

from ..estimators.numerics import critical_value
from ..estimators.transitions import move_counts, person_time
from .rows import estimate_row
from .spec import FEWEST_PEOPLE
from .state_groups import StateGroup, StatesSpec, followed, seen_in_state

SHORT = "Too few people were followed for so long."
ALL_ALIKE = "Every such move took the same time, so that no interval can be given."
SAME = "Nobody was in this state by then, or everybody all the time, so nothing says how certain a difference is."
SMALLEST_ERROR = 1e-9
FEW_MOVES = "Fewer than two such moves were seen."
FEW_PEOPLE = f"Fewer than {FEWEST_PEOPLE} people were in the state that it leaves."
RATES = "recovery_analysis.models.state_rows.rate_rows"


def state_row(
    spec: StatesSpec,
    model: str,
    estimand: str,
    engine: str,
    shared: dict,
    values: dict,
    conf_level: float,
    problem: str,
) -> dict:
    """One row; where there is a `problem`, without a number and with the problem as its note.

    What is the same for everybody has no error: it is told without an interval, and a difference of such is not told.

    Parameters
    ----------
    shared : columns that say who and what the row is of.
    values : estimate, std_error, conf_low, conf_high, n_events, and a note if there is one.
    """
    row = estimate_row(spec.outcome, model, estimand=estimand, engine=engine, conf_level=conf_level, **shared)
    if not values.get("std_error", np.inf) > SMALLEST_ERROR:
        values = values | {"conf_low": np.nan, "conf_high": np.nan}
        problem = problem or (SAME if row["scale"] == "difference" else "")
    if problem:
        return row | {"n_events": values["n_events"], "status": "too_few_events", "note": problem}
    return row | values


def rate_rows(group: StateGroup, spec: StatesSpec, conf_level: float) -> list[dict]:
    """Log rate of each move that was seen, per person-year in the state that it leaves.

    The rate is that of a constant hazard; its error comes from people's own events and time, so that it holds for
    rates that change and for people who move more than once.
    """
    rows, spent, moves = group.rows, person_time(group.rows), move_counts(group.rows)
    weight = np.ones(len(rows.start)) if rows.weight is None else rows.weight
    person, critical, found = np.unique(rows.person, return_inverse=True)[1], critical_value(conf_level), []
    for origin, target in np.argwhere(moves > 0):
        if group.term == "peer" and origin == 0:
            continue
        own, n_events = rows.origin == origin, int(moves[origin, target])
        total = weight[own & (rows.target == target)].sum()
        rate = total / spent[origin]
        residual = weight * ((rows.target == target) - rate * (rows.stop - rows.start))
        error = np.sqrt((np.bincount(person[own], weights=residual[own]) ** 2).sum()) / total
        n = len(np.unique(rows.person[own]))
        shared = group.labels | {"state": f"{spec.states[origin]}>{spec.states[target]}", "n": n}
        values = {"estimate": np.log(rate), "std_error": error, "n_events": n_events}
        values |= {"conf_low": np.log(rate) - critical * error, "conf_high": np.log(rate) + critical * error}
        problem = "" if n >= FEWEST_PEOPLE else FEW_PEOPLE
        problem = problem or ("" if n_events >= 2 else FEW_MOVES)
        problem = problem or ("" if error > SMALLEST_ERROR else ALL_ALIKE)
        found.append(state_row(spec, "rates", "transition_rate", RATES, shared, values, conf_level, problem))
    return found


def curve_blocks(
    group: StateGroup, spec: StatesSpec, times: np.ndarray, numbers: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> pd.DataFrame:
    """Rows of `curves` while enough people are followed, one block per state that anybody is in.

    Parameters
    ----------
    group : the people whose numbers stand beside the shares.
    times : (m,) whole years.
    numbers : (m, k) shares, and both ends of their intervals.
    """
    rows, (shares, low, high) = group.rows, numbers
    seen, year = seen_in_state(group, times), np.ceil(rows.stop).astype(int)
    last = np.append(rows.person[1:] != rows.person[:-1], True) & (rows.target < 0)
    blocks = []
    for number, state in enumerate(spec.states):
        moved = np.bincount(year[rows.target == number], minlength=len(times))[: len(times)]
        ended = np.bincount(year[last & (rows.origin == number)], minlength=len(times))[: len(times)]
        columns = {"time": times, "estimate": shares[:, number], "conf_low": low[:, number]}
        columns |= {"conf_high": high[:, number], "n_risk": seen[:, number], "n_event": moved, "n_censor": ended}
        blocks.append(pd.DataFrame(columns).assign(state=state))
    curve = pd.concat([block for block in blocks if block["estimate"].max() > 0])
    until = np.flatnonzero(followed(group, times))
    known = np.tile(times <= (times[until[-1]] if len(until) else -1.0), len(curve) // len(times))
    return curve.astype({"n_risk": float, "n_event": float, "n_censor": float})[known].assign(suppressed=False)
