"""The peer effect and the median time under every definition of an outcome, sorted by the effect."""

from dataclasses import replace

import pandas as pd

from .. import formats, labels
from ..study import every_definition
from .context import Context
from .effects import Effect, Panel, Study, axis_of, effect_of
from .forest import draw_panels
from .sheet import Drawing

OTHER = "other_definition"


def draw_multiverse(
    estimates: pd.DataFrame, context: Context, analysis: str, title: str | None, caption: str = ""
) -> Drawing:
    """Draw one analysis of kind multiverse.

    Parameters
    ----------
    estimates : the released estimates, on the scale of the model.
    context : words of the study.
    analysis : its name.
    title : None leaves it out, for a document that has a heading of its own.
    """
    own = estimates[estimates["analysis"] == analysis]
    name, outcome = context.analyses[analysis].outcome, context.outcome_of(analysis)
    stated = {key: definition.label for key, definition in every_definition(name, outcome).items()}
    ratios = {row.outcome: row for row in own[own["estimand"] == "hazard_ratio"].itertuples()}
    medians = {row.outcome: row for row in own[own["estimand"] == "median_time"].itertuples()}
    effects = [
        _effect(ratios[key], medians.get(key), stated[key], key == name, outcome.unit)
        for key in stated
        if key in ratios
    ]
    effects.sort(key=lambda effect: (not effect.usable, -effect.estimate if effect.usable else 0.0))
    panel = Panel("log_hazard", *axis_of("log_hazard", outcome), (Study(outcome.label, tuple(effects)),))
    level = formats.level(estimates["conf_level"].max())
    return draw_panels([panel] if effects else [], context, title, _words(context, outcome, level), caption)


def _effect(row: object, median: object | None, label: str, own: bool, unit: str) -> Effect:
    effect = effect_of(row)
    words = f"{effect.words}; {_median(median, unit)}" if effect.usable else effect.words
    return replace(effect, label=label, words=words, group="all" if own else OTHER)


def _median(row: object | None, unit: str) -> str:
    if row is None or row.status != "ok":
        return formats.MISSING
    if formats.is_missing(row.estimate):
        return "not reached"
    return f"{formats.number(row.estimate)} {labels.UNIT[unit][1]}"


def _words(context: Context, outcome: object, level: str) -> str:
    return (
        f"{context.peer.label}, compared with: {context.peer.reference.lower()}. Point: adjusted hazard ratio; line: "
        f"{level} interval. Filled: the study's own definition. Beside it, after the ratio: median time from "
        f"{outcome.since}, everyone. A ratio of 1 means no difference. All are fitted to the same people, as far as a "
        "definition can judge them."
    )
