"""Groups of peer engagement and gender in which too few people had an outcome."""

import pandas as pd

from ... import labels
from ...study import MeasureOutcome, Outcome, StatesOutcome
from .attrition import gender_groups, peer_groups
from .finding import NOT_KNOWN, StudyData, finding

ENOUGH = "In every group enough people had the outcome for its estimates to be published."


def small_cells(data: StudyData) -> list[dict]:
    """For each outcome that happens or does not: how many groups have too few people with it."""
    rows = []
    for name, outcome in data.plan.outcomes.items():
        people = _people_with(data, name, outcome)
        if people is not None:
            rows.append(_cells(data, _label(outcome), data.cohort["person_id"].isin(people)))
    return rows


def _people_with(data: StudyData, name: str, outcome: Outcome) -> pd.Series | None:
    """People who had the outcome, of stages of recovery the last; None where it is a score."""
    if isinstance(outcome, StatesOutcome):
        own = data.state_paths[data.state_paths["outcome"] == name]
        return own.loc[own["origin"] == outcome.states[-2], "person_id"]
    if not isinstance(outcome, MeasureOutcome):
        own = data.periods[(data.periods["outcome"] == name) & (data.periods["event"] == 1)]
        return own["person_id"]
    later = data.waves[data.waves["wave"] > data.waves["wave"].min()]
    if not later[outcome.measure].dropna().isin([0, 1]).all():
        return None
    return later.loc[later[outcome.measure] == 1, "person_id"]


def _label(outcome: Outcome) -> str:
    if not isinstance(outcome, StatesOutcome):
        return outcome.label
    return f"{outcome.label}: {labels.states(outcome.stages)[outcome.states[-2]]}"


def _cells(data: StudyData, label: str, happened: pd.Series) -> dict:
    peer, gender = peer_groups(data), gender_groups(data)
    known = ~peer.isin(NOT_KNOWN) & ~gender.isin(NOT_KNOWN)
    counts = happened[known].groupby([gender[known], peer[known]]).sum()
    small = counts[counts <= data.largest_withheld]
    groups = "; ".join(f"{g}, {p[:1].lower()}{p[1:]}" for g, p in small.index)
    who = "Nobody" if data.largest_withheld == 0 else f"Fewer than {data.largest_withheld + 1} people"
    told = (
        f"{who} had the outcome in: {groups}. Estimates for them are withheld or cannot be made; consider fewer groups."
    )
    return finding(
        "small_cells",
        label,
        float(len(small)),
        "groups",
        bool(len(small)),
        told if len(small) else ENOUGH,
        by="peer and gender",
        threshold=float(data.largest_withheld),
    )
