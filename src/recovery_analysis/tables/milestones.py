"""Median years from milestone to milestone beside those that are widely quoted, each with its definition."""

from collections.abc import Mapping

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, About, Disclosure, StatesOutcome
from .grid import Grid, Head, Row

HEADS = ("Step", "Often quoted", "In this study", "People", "What is counted here")
QUOTED = {
    ("before_help", "after_help"): "5 years, from the start of the problem to asking for help",
    ("after_help", "recovery_1"): "8 years more, to the first full year without use",
    ("recovery_1", "recovery_5"): "5 years more, until a return to use is unlikely",
}
UNLIKELY = "5 years on, a return to use is unlikely: a risk under 15 %"
NO_QUOTE = "None is quoted for this step"
SOURCE = (
    "Quoted: five, eight and five years, as J. F. Kelly sums up what is known; a risk of return under 15 % after "
    "five years, after W. L. White. The three mix definitions, as the last column shows ours do not."
)
READ = (
    "Medians: half of the people took longer. People who are not there yet count until they were last heard of, which "
    "an average of those who arrived would leave out."
)


def milestones_grid(
    estimates: pd.DataFrame,
    title: str,
    analysis: str,
    outcome: StatesOutcome,
    about: About,
    disclosure: Disclosure,
) -> Grid:
    """Lay out the milestones of one multi-state analysis, and how surely people stay in recovery.

    Parameters
    ----------
    estimates : the released estimates.
    title : the caption.
    analysis, outcome : which analysis, and the states it counts.
    about, disclosure : words of the study.
    """
    label = labels.SIMULATED if about.simulated else None
    own = estimates[(estimates["analysis"] == analysis) & estimates["term"].isin(["everyone", "gender"])]
    medians, stays = own[own["model"] == "milestones"], own[own["model"] == "stays"]
    rows: list[Row] = []
    for move, group in medians.groupby("state", sort=False):
        origin, target = move.split(">")
        rows += _median_rows(_in_order(group), origin, target, outcome)
    if len(stays):
        rows.append(Row("How many stay, once they are there"))
    for stage, group in stays.groupby("state", sort=False):
        rows += _stay_rows(_in_order(group), stage)
    level = formats.level(own["conf_level"].max())
    heads = tuple(Head(f"{text} ({level} interval)" if text == HEADS[2] else text) for text in HEADS)
    notes = [READ, SOURCE] if rows else [labels.EMPTY["milestones"]]
    notes += labels.weighted_notes(own["note"])
    notes += labels.care(own.loc[(own["status"] == "ok") & own["model"].isin(["milestones", "stays"]), "gate"])
    notes += [labels.WITHHELD] if pd.concat([medians, stays])["n"].isna().any() else []
    notes += [labels.disclosure(disclosure.preset, disclosure.reason), f"Source: {about.label}. {about.citation}"]
    tidy = _tidy(pd.concat([medians, stays]), outcome, label)
    return Grid(title, label, (heads,), tuple(rows), tuple(notes), tidy, words=True)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Everyone, then each gender in the usual order."""
    place = {"all": -1} | {name: i for i, name in enumerate(GENDERS)}
    return rows.sort_values("group", key=lambda groups: groups.map(place), kind="stable")


def _median_rows(rows: pd.DataFrame, origin: str, target: str, outcome: StatesOutcome) -> list[Row]:
    quoted, counted = QUOTED.get((origin, target), NO_QUOTE), _counted(origin, target)
    found = []
    for row in rows.itertuples():
        first = row.group == "all"
        head = _step(origin, target) if first else labels.gender(row.group)
        cells = (quoted if first else "", _years(row), formats.count(row.n), counted if first else "")
        found.append(Row(head, cells, indent=not first))
    return found


def _stay_rows(rows: pd.DataFrame, stage: str) -> list[Row]:
    """One row per group; the shares after each number of years stand together."""
    years, found = labels.duration(_from(stage), "years"), []
    for group, own in rows.groupby("group", sort=False):
        first = group == "all"
        head = f"In recovery for {years}" if first else labels.gender(group)
        after = [f"{labels.duration(row.horizon, 'years')} on: {_share(row)}" for row in own.itertuples()]
        if (own["status"] != "ok").all():
            after = [labels.STATUS[own["status"].min()]]
        counted = f"People still in recovery, without a break, since it first lasted {years}"
        quoted = (UNLIKELY if _from(stage) == 5 else NO_QUOTE) if first else ""
        cells = (quoted, "; ".join(after), formats.count(own["n"].iloc[0]), counted if first else "")
        found.append(Row(head, cells, indent=not first))
    return found


def _from(stage: str) -> float:
    return float(stage.removeprefix("recovery_"))


def _step(origin: str, target: str) -> str:
    if target == "after_help":
        return "From onset to seeking help"
    begin = "first help" if origin == "after_help" else labels.duration(_from(origin), "years") + " in recovery"
    return f"From {begin} to {labels.duration(_from(target), 'years')} in recovery"


def _counted(origin: str, target: str) -> str:
    if target == "after_help":
        return "Years from onset to first help of any kind"
    begin = "first help" if origin == "after_help" else f"the first time that {_complete(origin)}"
    least = "" if origin == "after_help" else f"; {labels.duration(_from(target) - _from(origin), 'years')} at least"
    return f"Years from {begin} to the first time that {_complete(target)}{least}"


def _complete(stage: str) -> str:
    years = _from(stage)
    if not years:
        return "a spell of recovery began"
    return f"recovery had lasted {labels.duration(years, 'years')} without a break"


def _years(row: object) -> str:
    if row.status != "ok":
        return labels.STATUS[row.status]
    if formats.is_missing(row.estimate):
        return "not reached by half of the people"
    words = f"{formats.number(row.estimate)} years"
    if formats.is_missing(row.conf_low):
        return words
    upper = labels.NOT_REACHED if formats.is_missing(row.conf_high) else formats.number(row.conf_high)
    return f"{words} ({formats.number(row.conf_low)} to {upper})"


def _share(row: object) -> str:
    if row.status != "ok":
        return labels.STATUS[row.status]
    estimate, low, high = (
        formats.MISSING if formats.is_missing(value) else formats.percent(100 * value, digits=0)
        for value in (row.estimate, row.conf_low, row.conf_high)
    )
    return f"{estimate} ({low} to {high})"


def _tidy(rows: pd.DataFrame, outcome: StatesOutcome, label: str | None) -> pd.DataFrame:
    """One row per estimate; shares in percent."""
    medians = rows["model"] == "milestones"
    moves = rows["state"].str.split(">")
    words: Mapping[str, str] = labels.states(outcome.stages)
    scale = medians.map({True: 1.0, False: 100.0})
    columns = {
        "Data": label or "Released results",
        "Step": [_step(*m) if len(m) == 2 else f"Staying: {words[m[0]].lower()}" for m in moves],
        "For whom": rows["group"].map(labels.gender),
        "Years on": rows["horizon"].mask(medians),
        "Measure": medians.map({True: "Median years", False: "Percent still in recovery"}),
        "People": rows["n"],
        "Estimate": (rows["estimate"] * scale).round(4),
        "Low": (rows["conf_low"] * scale).round(4),
        "High": (rows["conf_high"] * scale).round(4),
        "Status": rows["status"],
    }
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)
