"""Gates of a multi-state analysis: dates told to the year, people missing by design, when people were interviewed."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..estimators.cox import fit_cox
from ..estimators.numerics import wald
from ..estimators.transitions import NO_MOVE, StateRows
from ..estimators.two_clocks import split_at_first
from .diagnostics import ALPHA, gate, recall_heaping, row
from .sampling import design_rows
from .spec import FEWEST_PEOPLE
from .state_groups import HELPED, StatesSpec, coded

DESCRIBED = ("states", "rates", "stays", "milestones")
# Their clock starts at onset, or at first help, which everybody in the file may have sought.
FROM_ONSET = ("states", "rates", "milestones", "standardised")
NOT_YET = 0.01


def state_checks(frame: pd.DataFrame, spec: StatesSpec, models: Iterable[str] = DESCRIBED) -> list[dict]:
    """Rows of `diagnostics` of these models.

    Those of the term `global` hold for everyone and each gender, those of `peer` for courses with peers and without.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time.
    """
    rows, found = coded(frame, spec.states), []
    missing, interviews = _truncated(rows), _interviews(rows)
    moved = frame["target"].notna()
    share = float(frame.loc[moved, "told_to_year"].mean()) if moved.any() and "told_to_year" in frame else 0.0
    for model in models:
        found.append(recall_heaping(model, share, as_intervals=False))
        found += [truncation(model, missing)] if model in FROM_ONSET else []
        found += design_rows(model, frame, spec.sampling)
        found += [_people(model, rows, spec)] if model in ("states", "stays") else []
        asked = {"states": ("global", "peer"), "standardised": ("peer",)}.get(model, ())
        found += [informative_interviews(model, term, *interviews[term]) for term in asked if term in interviews]
    return found


def gates(checks: list[dict]) -> dict[tuple[str, bool], str]:
    """The gate of each model's estimates of everyone and genders (False), and of courses by peers (True)."""
    terms = {False: ("global",), True: ("peer",)}
    own = {(c["model"], c["diagnostic"]) for c in checks if c["term"] == "peer"}

    def of(model: str, peers: bool) -> str:
        return gate([c for c in checks if c["model"] == model and (
            c["term"] in terms[peers] or (peers and (model, c["diagnostic"]) not in own))])  # fmt: skip

    return {(model, peers): of(model, peers) for model in {c["model"] for c in checks} for peers in (False, True)}


def _truncated(rows: StateRows) -> bool:
    """Whether (nearly) nobody is in the file who has not sought help yet: then who has not is missing by design."""
    last = np.append(rows.person[1:] != rows.person[:-1], True)
    return float((rows.origin[last & (rows.target == NO_MOVE)] == 0).mean()) < NOT_YET


def truncation(model: str, missing: bool) -> dict:
    """Whether people who have not sought help yet are missing, so that all times are of those who did."""
    meaning = (
        "Everybody in the file had sought help: people who had not yet are missing, so that times from onset to help "
        "come out too short, and shares since onset are of people who did seek help."
        if missing
        else "People who have not sought help yet are in the file too."
    )
    return row(model, "truncation", float(missing), not missing, meaning)


def _people(model: str, rows: StateRows, spec: StatesSpec) -> dict:
    """Fewest people who were ever in one of the states (of stays, of the stages of recovery) that anybody reached."""
    first = 2 if model == "stays" else 0
    ever = [len(np.unique(rows.person[(rows.origin == s) | (rows.target == s)])) for s in range(first, rows.n_states)]
    fewest = float(min((n for n in ever if n), default=0))
    passes = fewest >= FEWEST_PEOPLE
    meaning = (
        "Every state that anybody reached was reached by enough people."
        if passes
        else "One of the states was reached by few people: its shares, and intervals, rest on them."
    )
    return row(model, "people_in_states", fewest, passes, meaning, threshold=float(FEWEST_PEOPLE))


def _interviews(rows: StateRows) -> dict[str, tuple[float, float]]:
    """z and p of the test on each clock: since onset (global), and since first help (peer). None where it has no
    meaning: somebody died, so that the day of their interview is not known, or all were followed for as long."""
    if (rows.target == rows.n_states - 1).any():
        return {}
    ends = pd.Series(rows.stop).groupby(rows.person).transform("max").to_numpy()
    whole = rows.where(rows.origin > 0) if _truncated(rows) else rows
    parts = {"global": (whole, ends[rows.origin > 0] if whole is not rows else ends)}
    after = split_at_first(rows, HELPED)[1]
    parts["peer"] = after, pd.Series(after.stop).groupby(after.person).transform("max").to_numpy()
    tests = {term: _length_bears(*part) for term, part in parts.items()}
    return {term: test for term, test in tests.items() if test is not None}


def _length_bears(rows: StateRows, follow_up: np.ndarray) -> tuple[float, float] | None:
    moved = rows.target != NO_MOVE
    if moved.sum() < FEWEST_PEOPLE or np.ptp(follow_up) == 0:
        return None
    x = ((follow_up - follow_up.mean()) / follow_up.std())[:, None]
    names = ["follow_up"]
    fit = fit_cox(rows.start, rows.stop, moved.astype(float), x, names, cluster=rows.person, stratum=rows.origin)
    if fit.status != "ok":
        return None
    found = wald(float(fit.coefficients[0]), float(np.sqrt(fit.variance[0, 0])), 1 - ALPHA)
    return found["statistic"], found["p_value"]


def informative_interviews(model: str, term: str, statistic: float, p: float) -> dict:
    """Whether the time to the interview bears on the moves: then censoring at it is not independent of them.

    The hazard of moving, at any time and in any state, must be the same whenever the interview is to come: the Wald
    test of its time in a Cox model of all moves, stratified by state (quasi-independence; Tsai 1990, Biometrika 77:
    169-177).
    """
    passes = p >= ALPHA
    since = "onset" if term == "global" else "first help"
    meaning = (
        f"By years since {since}, when people were interviewed shows no sign of bearing on their course."
        if passes
        else f"By years since {since}, people interviewed early and late move at different rates: shares late on are "
        "of those who could be followed for so long."
    )
    return row(model, "informative_interviews", p, passes, meaning, term, statistic=statistic, threshold=ALPHA)
