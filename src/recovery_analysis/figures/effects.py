"""Peer effects picked from the estimates, and sorted into the panels of a forest figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, MeasureOutcome
from .context import Context, in_order


@dataclass(frozen=True)
class Effect:
    """One line of a forest: for whom, the interval on the scale of the model, what is printed beside it.

    `detectable` : what a null could have found, on the scale of the model and in words; missing and empty for others.
    """

    group: str
    label: str
    estimate: float
    low: float
    high: float
    words: str
    reasons: tuple[str, ...]
    usable: bool
    ratio: bool
    detectable: float
    could_find: str


@dataclass(frozen=True)
class Study:
    """The effects of one analysis under its title."""

    title: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Panel:
    """Analyses that share an axis: a ratio with one direction, or one difference in its own unit."""

    scale: str
    axis: str
    left: str
    right: str
    studies: tuple[Study, ...]


def panels(estimates: pd.DataFrame, context: Context, analyses: Sequence[str]) -> list[Panel]:
    """Group analyses, in the order given, into panels: hazard ratios, odds ratios, then each difference."""
    found: dict[tuple[str, ...], list[Study]] = {}
    for name in analyses:
        effects, scale = _effects(estimates, name)
        outcome = context.outcome_of(name)
        axis, left, right = axis_of(scale, outcome)
        own = name if scale == "difference" else ""
        found.setdefault((scale, axis, left, right, own), []).append(Study(context.analyses[name].title, effects))
    ratios_first = sorted(found.items(), key=lambda item: list(labels.SCALE).index(item[0][0]))
    return [Panel(*key[:4], tuple(studies)) for key, studies in ratios_first]


def peer_rows(estimates: pd.DataFrame, analysis: str) -> pd.DataFrame:
    """The adjusted effect for everyone, then one row per gender from the interaction model."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["term"] == "peer")]
    rows = rows[rows["scale"].isin(labels.SCALE)]
    everyone = rows[(rows["model"] == "adjusted") & (rows["group"] == "all")].head(1)
    by_gender = rows[(rows["model"] == "interaction") & (rows["group"] != "all")]
    order = in_order(by_gender["group"], GENDERS)
    parts = [everyone, *(by_gender[by_gender["group"] == name].head(1) for name in order)]
    return pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else rows.head(0)


def _effects(estimates: pd.DataFrame, analysis: str) -> tuple[tuple[Effect, ...], str]:
    rows = peer_rows(estimates, analysis)
    scale = rows["scale"].iloc[0] if len(rows) else "difference"
    return tuple(effect_of(row) for row in rows.itertuples()), scale


def effect_of(row: object) -> Effect:
    """One row of the estimates as a line of a forest, labelled by its group."""
    usable = row.status == "ok" and not formats.is_missing(row.estimate)
    words = formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)
    if not usable:
        words = labels.STATUS.get(row.status, labels.STATUS["suppressed"])
    reasons = tuple(labels.gate(row.gate)) if usable else ()
    return Effect(
        row.group,
        labels.gender(row.group),
        row.estimate,
        row.conf_low,
        row.conf_high,
        words,
        reasons,
        usable,
        formats.is_log(row.scale),
        float("nan") if formats.is_missing(row.detectable) else row.detectable,
        formats.detectable(row.detectable, row.scale),
    )


def axis_of(scale: str, outcome: object) -> tuple[str, str, str]:
    """Name of the axis and the words at its two ends; which end is better depends on the outcome."""
    if not isinstance(outcome, MeasureOutcome):
        ends = ("← sooner", "later →") if scale == "log_time" else ("← later", "sooner →")
        return (labels.SCALE[scale], *ends)
    better = {"lower": (" (better)", ""), "higher": ("", " (better)")}[outcome.better]
    low, high = ("less likely", "more likely") if scale == "log_odds" else ("lower", "higher")
    name = labels.SCALE[scale] if scale == "log_odds" else f"{labels.SCALE[scale]} {_unit(outcome.label)}"
    return name, f"← {low}{better[0]}", f"{high}{better[1]} →"


def _unit(label: str) -> str:
    """What stands in brackets at the end of a label, such as (0-14 points); otherwise the whole label."""
    return f"({label.rstrip(')').rpartition('(')[2]})" if label.endswith(")") and "(" in label else f"in: {label}"
