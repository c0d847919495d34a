"""Multi-state analysis: where people are in the years since onset, and what they can expect."""

import numpy as np
import pandas as pd

from ..estimators.multistate import Occupancy
from ..estimators.numerics import critical_value, log_log_interval
from .flow import Selection
from .rows import AnalysisFrames, analysis_frames
from .standardised_state_rows import standardised_part
from .state_checks import follow_up_checks, gates, state_checks
from .state_groups import StateGroup, StatesSpec, followed, occupancy_of, seen_in_state, state_groups
from .state_rows import SHORT, curve_blocks, rate_rows, state_row
from .state_second_fit import occupancy_difference, states_row, stays_rows
from .stays import milestone_rows, stay_rows

ENGINE = "recovery_analysis.estimators.multistate.state_occupancy"
ARM = (
    "The course of people who go from first help on with peers, or without, as far as people who are so at the time "
    "show it, by years since first help: not adjusted for who meets peers."
)
FOLLOWED = (
    "Everybody in the file had sought help, and is known about until then. After it, those who were followed for so "
    "long stand for others, who took about as long to seek help, as well (weights)."
)
MODELS = {
    "states": "Aalen-Johansen estimate of the state since onset; variance by person (infinitesimal jackknife).",
    "stays": "Aalen-Johansen estimate of staying in recovery from the first time that a stage is reached.",
    "milestones": "Kaplan-Meier estimate of the time from one milestone to the next.",
    "rates": "Moves per person-year; variance by person.",
}


def analyse_states(
    frame: pd.DataFrame, spec: StatesSpec, conf_level: float, n_missing: int = 0, complete: Selection | None = None
) -> AnalysisFrames:
    """Everything that one multi-state analysis gives.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time, with gender and known peer.
    n_missing : people left out before, for the table of fits.
    complete : of these, the people of whom all that is adjusted for is known; None where nothing is.
    """
    estimates, curves, arms, apart, stayed = [], [], {}, [], []
    groups = list(state_groups(frame, spec))
    checks = state_checks(frame, spec) + follow_up_checks(groups[0], spec)
    passed = gates(checks)
    for group in groups:
        if not (group.term == "peer" and group.group != "all"):
            curves.append(_curves(group, spec, conf_level))
        found = occupancy_of(group, np.array(spec.horizons, dtype=float), influence=group.term == "peer")
        estimates += _occupancy_rows(group, found, spec, conf_level)
        apart.append(occupancy_difference(group, found))
        estimates += rate_rows(group, spec, conf_level)
        if group.term == "peer":
            arms.setdefault(group.group, []).append((group, found))
    for (with_peers, one), (without, other) in arms.values():
        estimates += _contrast_rows(with_peers, one, without, other, spec, conf_level)
    estimates += stay_rows(frame, spec, conf_level, stayed) + milestone_rows(frame, spec, conf_level)
    estimates = [
        row | {"gate": passed[row["model"], row["term"] == "peer"], "note": spec.sampling.said(row.get("note"))}
        for row in estimates
    ]
    checks += [states_row(apart, spec), *stays_rows(stayed, spec)]
    people, moves = frame["person_id"].nunique(), int(frame["target"].notna().sum())
    fits = [
        {"model": model, "engine": ENGINE, "formula": spec.sampling.said(formula), "n": people, "n_rows": len(frame)}
        | {"n_events": moves}
        | {"n_missing": n_missing, "parameters": 0, "status": "ok"}
        for model, formula in MODELS.items()
    ]
    later = []
    if complete is not None:
        rest = n_missing + complete.missing
        parts = standardised_part(complete.rows, complete.covariates, spec, conf_level, rest)
        estimates, curves, fits = estimates + parts[0], curves + parts[1], fits + parts[2]
        checks += parts[3]
        later = [(f"{label} (not in what is adjusted)", n) for label, n in complete.lost]
    return analysis_frames(estimates, curves, fits, checks, later)


def _curves(group: StateGroup, spec: StatesSpec, conf_level: float) -> pd.DataFrame:
    """Occupancy at each whole year up to the last horizon."""
    times = np.arange(0.0, np.floor(spec.horizons[-1]) + 1)
    found = occupancy_of(group, times)
    low, high = log_log_interval(found.probability, found.std_error, conf_level)
    method = f"{'weighted_' * spec.sampling.weighted}state_occupancy"
    names = {"outcome": spec.outcome, "by": group.term, "group": group.level or "all", "method": method}
    return curve_blocks(group, spec, times, (found.probability, low, high)).assign(**names)


def _reachable(group: StateGroup, spec: StatesSpec) -> list[int]:
    """States that somebody of the group was in."""
    return [number for number in range(len(spec.states)) if number in group.rows.origin or number in group.rows.target]


def _occupancy_rows(group: StateGroup, found: Occupancy, spec: StatesSpec, conf_level: float) -> list[dict]:
    """State probabilities, and expected years in each state, at each horizon."""
    low, high = log_log_interval(found.probability, found.std_error, conf_level)
    half = critical_value(conf_level) * found.years_std_error
    seen, known = seen_in_state(group, found.times), followed(group, found.times)
    rows = []
    for m, horizon in enumerate(found.times):
        for number in _reachable(group, spec):
            at = m, number
            shared = group.labels | {"state": spec.states[number], "horizon": horizon, "n": group.people}
            probability = {"estimate": found.probability[at], "std_error": found.std_error[at]}
            probability |= {"conf_low": low[at], "conf_high": high[at], "n_events": seen[at]}
            years = {"estimate": found.years[at], "std_error": found.years_std_error[at]}
            years |= {
                "conf_low": max(found.years[at] - half[at], 0),
                "conf_high": min(found.years[at] + half[at], horizon),
            }
            ever = group.rows.person[(group.rows.origin == number) & (group.rows.start < horizon)]
            years["n_events"] = len(np.unique(ever))
            problem = "" if known[m] else SHORT
            for estimand, values in (("state_probability", probability), ("expected_years", years)):
                values |= {"note": ARM} if group.term == "peer" else {"note": FOLLOWED} if group.weighed else {}
                rows.append(state_row(spec, "states", estimand, ENGINE, shared, values, conf_level, problem))
    return rows


def _contrast_rows(
    with_peers: StateGroup,
    one: Occupancy,
    without: StateGroup,
    other: Occupancy,
    spec: StatesSpec,
    conf_level: float,
) -> list[dict]:
    """With peers minus without; people who were in both arms count once in the error."""
    people = int(max(one.people.max(), other.people.max())) + 1
    seen = np.minimum(*(seen_in_state(arm, one.times) for arm in (with_peers, without)))
    known = followed(with_peers, one.times) & followed(without, one.times)
    rows = []
    for estimand, name in (("state_probability", "influence"), ("expected_years", "years_influence")):
        level = "probability" if name == "influence" else "years"
        difference = getattr(one, level) - getattr(other, level)
        shift = np.zeros((len(one.times), people, len(spec.states)))
        shift[:, one.people] += getattr(one, name)
        shift[:, other.people] -= getattr(other, name)
        error = np.sqrt((shift**2).sum(axis=1))
        for m, horizon in enumerate(one.times):
            for number in sorted({*_reachable(with_peers, spec), *_reachable(without, spec)} - {0}):
                at, half = (m, number), critical_value(conf_level) * error[m, number]
                shared = {"term": "peer", "level": "peer", "reference": "no_peer", "group": with_peers.group}
                shared |= {"state": spec.states[number], "horizon": horizon, "scale": "difference"}
                values = {"estimate": difference[at], "std_error": error[at], "n_events": seen[at]}
                values |= {"conf_low": difference[at] - half, "conf_high": difference[at] + half}
                shared["n"] = min(with_peers.people, without.people)
                values["note"] = ARM
                problem = "" if known[m] else SHORT
                rows.append(state_row(spec, "states", estimand, ENGINE, shared, values, conf_level, problem))
    return rows
