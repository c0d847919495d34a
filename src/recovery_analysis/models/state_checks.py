"""Gates of a multi-state analysis: dates told to the year, people missing by design, when people were interviewed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit, fit_cox
from ..estimators.follow_up_weights import fourths
from ..estimators.numerics import wald_test
from ..estimators.transitions import StateRows, move_counts
from ..estimators.two_clocks import first_times, split_at_first
from ..labels import states
from .diagnostics import ALPHA, gate, largest_weight, recall_heaping, row
from .sampling import design_rows
from .spec import FEWEST_PEOPLE
from .state_groups import HELPED, StateGroup, StatesSpec, coded, only_helped, stands_for

DESCRIBED = ("states", "rates", "stays", "milestones")
# Their clock starts at onset, or at first help, which everybody in the file may have sought.
FROM_ONSET = ("states", "rates", "milestones", "standardised")
SAME_PEERS = (
    " Among people with the same peers at the time there is no such sign: peers may have become more common, or less, "
    "over the years."
)


def state_checks(frame: pd.DataFrame, spec: StatesSpec, models: Iterable[str] = DESCRIBED) -> list[dict]:
    """Rows of `diagnostics` of these models.

    Those of the term `global` hold for everyone and each gender, those of `peer` for courses with peers and without.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time.
    """
    rows, found = coded(frame, spec.states), []
    missing, interviews = only_helped(rows), _interviews(rows, frame["peer"].to_numpy(float))
    for model in models:
        found.append(told_to_the_year(model, frame, frame["target"].notna()))
        found += [truncation_at_help(model, missing)] if model in FROM_ONSET else []
        found += design_rows(model, frame, spec.sampling)
        found += [_people(model, rows, spec)] if model in ("states", "stays") else []
        asked = {"states": ("global", "peer"), "standardised": ("peer",)}.get(model, ())
        found += [informative_interviews(model, term, interviews, spec) for term in asked if term in interviews]
    return found


def told_to_the_year(model: str, rows: pd.DataFrame, moved: pd.Series) -> dict:
    """The gate of dates that are told to the year, among the rows at whose end somebody moved."""
    share = float(rows.loc[moved, "told_to_year"].mean()) if moved.any() and "told_to_year" in rows else 0.0
    return recall_heaping(model, share, as_intervals=False)


def follow_up_checks(everyone: StateGroup, spec: StatesSpec) -> list[dict]:
    """The row of the largest weight, where everyone's occupancy is weighted for follow-up; courses by peers are not."""
    if everyone.weighed is None:
        return []
    return [largest_weight("states", stands_for(everyone, spec.horizons[-1])), largest_weight("states", 1.0, "peer")]


def gates(checks: list[dict]) -> dict[tuple[str, bool], str]:
    """The gate of each model's estimates of everyone and genders (False), and of courses by peers (True)."""
    terms = {False: ("global",), True: ("peer",)}
    own = {(c["model"], c["diagnostic"]) for c in checks if c["term"] == "peer"}

    def of(model: str, peers: bool) -> str:
        return gate([c for c in checks if c["model"] == model and (
            c["term"] in terms[peers] or (peers and (model, c["diagnostic"]) not in own))])  # fmt: skip

    return {(model, peers): of(model, peers) for model in {c["model"] for c in checks} for peers in (False, True)}


def truncation_at_help(model: str, missing: bool) -> dict:
    """Whether people who have not sought help yet are missing, so that all times are of those who did."""
    meaning = (
        "Everybody in the file had sought help: people who had not yet are missing, so that times from onset to help "
        "come out too short, and shares since onset are of people who did seek help."
        if missing
        else "People who have not sought help yet are in the file too."
    )
    return row(model, "truncation_at_help", float(missing), not missing, meaning)


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


@dataclass(frozen=True)
class Bearing:
    """Test of whether the length of follow-up bears on the moves; `move` is the one it bears on most, if they were told
    apart, `fewer` whether people followed for longer make it less. `since` : the event that the clock starts at."""

    statistic: float
    df: float
    p: float
    move: tuple[int, int] | None
    fewer: bool
    since: str


def _interviews(rows: StateRows, peer: np.ndarray) -> dict[str, Bearing]:
    """The test for everyone and genders (global), and for courses by peers (peer), each on the clock of its estimates.

    Empty where it has no meaning: somebody died, so that the day of their interview is not known, or all were followed
    for as long.
    """
    if (rows.target == rows.n_states - 1).any():
        return {}
    _, after, kept = split_at_first(rows, HELPED)
    engaged = np.nan_to_num(peer[kept], nan=2.0).astype(int)
    parts = {"global": (rows, np.zeros(len(rows.person), dtype=int), "onset"), "peer": (after, engaged, "first help")}
    if only_helped(rows) and len(after.person):
        codes, waited = first_times(rows, HELPED)
        own = np.isfinite(waited)
        group = np.zeros(len(codes), dtype=int)
        group[own] = fourths(waited[own])
        parts["global"] = after, group[np.searchsorted(codes, after.person)], "first help"
    tests = {term: _length_bears(*part) for term, part in parts.items()}
    return {term: test for term, test in tests.items() if test is not None}


def _length_bears(rows: StateRows, alike: np.ndarray, since: str) -> Bearing | None:
    """Wald test, robust by person, that no move's hazard depends on the time to the interview; `alike` : (n,) codes of
    groups whose baseline hazards differ."""
    moves = np.argwhere(move_counts(rows) >= FEWEST_PEOPLE)
    follow_up = pd.Series(rows.stop).groupby(rows.person).transform("max").to_numpy()
    if not len(moves) or np.ptp(follow_up) == 0:
        return None
    length = (follow_up - follow_up.mean()) / follow_up.std()
    of = [np.flatnonzero(rows.origin == origin) for origin, _ in moves]
    number, of = np.repeat(np.arange(len(moves)), [len(part) for part in of]), np.concatenate(of)
    event = (rows.target[of] == moves[number, 1]).astype(float)
    stratum = number * (alike.max() + 1) + alike[of]
    # One coefficient for all moves where those of each cannot be found, as where follow-up follows from a move.
    for columns in (number[:, None] == np.arange(len(moves)), np.ones((len(of), 1))):
        x, names = length[of][:, None] * columns, [f"follow_up_{n}" for n in range(columns.shape[1])]
        # A fit that runs away says so in its status.
        with np.errstate(invalid="ignore", over="ignore"):
            fit = fit_cox(rows.start[of], rows.stop[of], event, x, names, cluster=rows.person[of], stratum=stratum)
        if fit.status == "ok":
            return _bearing(fit, moves, since)
    return None


def _bearing(fit: CoxFit, moves: np.ndarray, since: str) -> Bearing:
    test = wald_test(np.eye(len(fit.coefficients)), fit.coefficients, fit.variance)
    z = fit.coefficients / np.sqrt(np.diag(fit.variance))
    most = int(np.argmax(np.abs(z)))
    move = (int(moves[most, 0]), int(moves[most, 1])) if len(z) == len(moves) else None
    return Bearing(test["statistic"], test["df"], test["p_value"], move, bool(z[most] < 0), since)


def informative_interviews(model: str, term: str, tests: dict[str, Bearing], spec: StatesSpec) -> dict:
    """Whether the time to the interview bears on the moves: then censoring at it is not independent of them.

    The hazard of each move, at any time, must be the same whenever the interview is to come: the Wald test of its time
    in a Cox model of all moves, stratified by move (quasi-independence; Tsai 1990, Biometrika 77: 169-177). On the
    clock since first help, people are compared with those who took about as long to it, where these are weighted for
    follow-up; for courses by peers, with those of the same peers at the time.
    """
    found = tests[term]
    passes = found.p >= ALPHA
    if passes:
        meaning = f"By years since {found.since}, when people were interviewed shows no sign of bearing on the course."
    else:
        peers = term == "global" and found.since != "onset" and "peer" in tests and tests["peer"].p >= ALPHA
        meaning = (
            f"By years since {found.since}, people interviewed early and late move at different rates"
            f"{_most_clearly(found, spec)}: shares late on are of those who could be followed for so long."
            f"{SAME_PEERS if peers else ''}"
        )
    numbers = {"statistic": found.statistic, "df": found.df, "threshold": ALPHA}
    return row(model, "informative_interviews", found.p, passes, meaning, term, **numbers)


def _most_clearly(found: Bearing, spec: StatesSpec) -> str:
    if found.move is None:
        return ""
    words = list(states([float(stage.removeprefix("recovery_")) for stage in spec.stages]).values())
    origin, target = (words[state][0].lower() + words[state][1:] for state in found.move)
    often = "less" if found.fewer else "more"
    return f", most clearly from '{origin}' to '{target}', {often} often the longer people were followed"
