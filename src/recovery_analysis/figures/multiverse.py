"""A specification curve: the peer effect under every definition of an outcome, over a matrix of what each one asks.

Simonsohn, Simmons & Nelson 2020 (Nat Hum Behav 4: 1208-1214).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from .. import formats, labels
from ..study import SpellOutcome, every_definition
from .context import Context
from .effects import Effect, axis_of, effect_of
from .forest import RATIO_TICKS, missed
from .sheet import MARGIN, PALETTE, QUIET, RULE, SMALL, WIDTH, Drawing, Sheet, line_height, style, text_width

HEIGHT, ROW = 1.7, 0.19
SPELL = {"recovery": "Recovery as people tell it", "abstinence": "Abstinence"}


@dataclass(frozen=True)
class Column:
    """One definition: its rules, its effect, the median time of everyone in words, whether it is the study's own."""

    rules: SpellOutcome
    effect: Effect
    median: str
    own: bool


def draw_multiverse(
    estimates: pd.DataFrame, context: Context, analysis: str, title: str | None, caption: str = ""
) -> Drawing:
    """Draw one analysis of kind multiverse, the definitions sorted by the effect.

    Parameters
    ----------
    estimates : the released estimates, on the scale of the model.
    context : words of the study.
    analysis : its name.
    title : None leaves it out, for a document that has a heading of its own.
    """
    outcome = context.outcome_of(analysis)
    columns = _columns(estimates[estimates["analysis"] == analysis], context.analyses[analysis].outcome, outcome)
    marks = formats.marks(reason for column in columns for reason in column.effect.reasons)
    level = formats.level(estimates["conf_level"].max())
    numbers, choices = _numbers(columns, marks, outcome.unit), _choices(columns)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        if columns:
            left = max(text_width(label, SMALL) for label in (*numbers, *choices)) + 2 * MARGIN
            left = max([left, *(text_width(f"{words} 1.25", SMALL) + 3 * MARGIN for words in _ends(outcome))])
            _curve(sheet, columns, left, outcome)
            _number_rows(sheet, numbers, left)
            _matrix(sheet, choices, left)
        else:
            sheet.paragraph(labels.EMPTY["forest"])
        care = [f"{mark} Read with care: {reason}." for reason, mark in marks.items()]
        weighted = labels.weighted([context.analyses[analysis]])
        found = [labels.TICKS] if any(column.effect.could_find for column in columns) else []
        sheet.notes([_words(context, outcome, level), *weighted, *found, *care, caption, *context.closing()])
    return sheet.finish(title or "Definitions side by side", describe(columns))


def describe(columns: Sequence[Column]) -> str:
    """Every definition as a sentence."""
    lines = [
        f"{c.rules.label}: hazard ratio {c.effect.words}{missed(c.effect)}, median time {c.median}." for c in columns
    ]
    return " ".join(lines) or labels.EMPTY["forest"]


def _columns(rows: pd.DataFrame, name: str, outcome: SpellOutcome) -> list[Column]:
    ratios = {row.outcome: effect_of(row) for row in rows[rows["estimand"] == "hazard_ratio"].itertuples()}
    medians = {row.outcome: _median(row) for row in rows[rows["estimand"] == "median_time"].itertuples()}
    columns = [
        Column(rules, ratios[key], medians.get(key, formats.MISSING), key == name)
        for key, rules in every_definition(name, outcome).items()
        if key in ratios
    ]
    return sorted(columns, key=lambda c: -c.effect.estimate if c.effect.usable else math.inf)


def _median(row: object) -> str:
    if row.status != "ok":
        return formats.MISSING
    return "none" if formats.is_missing(row.estimate) else formats.number(row.estimate)


def _numbers(columns: Sequence[Column], marks: Mapping[str, str], unit: str) -> dict[str, list[str]]:
    """Rows of numbers under the curve: label → one text for each definition."""
    effects = [column.effect for column in columns]

    def printed(values: list[float]) -> list[str]:
        shown = zip(values, effects, strict=True)
        return [formats.ratio(formats.natural(v, "log_hazard") if e.usable else None) for v, e in shown]

    ratios = printed([e.estimate for e in effects])
    marked = [text + formats.marked(e.reasons, marks) for text, e in zip(ratios, effects, strict=True)]
    return {
        "Hazard ratio": marked,
        "from": printed([e.low for e in effects]),
        "to": printed([e.high for e in effects]),
        f"Median time, {labels.UNIT[unit][1]}": [column.median for column in columns],
    }


def _choices(columns: Sequence[Column]) -> dict[str, list[bool]]:
    """Rows of the matrix: a rule → whether each definition has it. Rules that all share are left out."""
    rules = [column.rules for column in columns]
    rows = {f"Lasting {labels.span(y)}": [r.lasting_years == y for r in rules] for y in _values(rules, "lasting_years")}
    for kind in _values(rules, "spell"):
        rows[SPELL.get(kind, labels.PATHWAY.get(kind, kind))] = [r.spell == kind for r in rules]
    for days in _values(rules, "lapse_days"):
        words = f"Lapses of up to {labels.duration(days, 'days')} allowed" if days else "No lapse allowed"
        rows[words] = [r.lapse_days == days for r in rules]
    rows["Time on medication counts"] = [r.medication_counts for r in rules]
    rows["Time on medication does not count"] = [not r.medication_counts for r in rules]
    for years in _values(rules, "follow_up_years"):
        words = f"Followed for {labels.span(years)} or more" if years else "However long followed"
        rows[words] = [r.follow_up_years == years for r in rules]
    return {label: chosen for label, chosen in rows.items() if any(chosen) and not all(chosen)}


def _values(rules: Sequence[SpellOutcome], setting: str) -> list[object]:
    return sorted({getattr(rule, setting) for rule in rules})


def _curve(sheet: Sheet, columns: Sequence[Column], left: float, outcome: SpellOutcome) -> None:
    axes = sheet.axes(HEIGHT, left, MARGIN)
    usable = [column.effect for column in columns if column.effect.usable]
    ends = [end for e in usable for end in (e.low, e.high, e.estimate, e.detectable) if math.isfinite(end)]
    ends += [-e.detectable for e in usable if e.could_find]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = 0.12 * max(high - low, math.log(1.5))
    axes.set_ylim(min(low - room, -math.log(1.25)), max(high + room, math.log(1.25)))
    axes.set_xlim(0, len(columns))
    axes.axhline(0, color=RULE, linewidth=1)
    for place, column in enumerate(columns):
        if column.effect.usable:
            _point(axes, place + 0.5, column)
    ticks = [t for t in (*RATIO_TICKS, 0.67, 0.8, 1.25, 1.5) if axes.get_ylim()[0] <= math.log(t) <= axes.get_ylim()[1]]
    axes.set_yticks([math.log(tick) for tick in ticks], [f"{tick:g}" for tick in ticks])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    y = sheet.y - HEIGHT + 0.05
    sheet.text(MARGIN, y, axis_of("log_hazard", outcome)[0], SMALL)
    for line, words in enumerate(_ends(outcome), 1):
        sheet.text(MARGIN, y + line * line_height(SMALL), words, SMALL, color=QUIET)


def _ends(outcome: SpellOutcome) -> tuple[str, str]:
    """What a ratio above 1 and one below it mean, beside the axis."""
    _, lower, higher = axis_of("log_hazard", outcome)
    return f"above 1: {higher.removesuffix(' →')}", f"below 1: {lower.removeprefix('← ')}"


def _point(axes: Axes, x: float, column: Column) -> None:
    effect = column.effect
    if math.isfinite(effect.low) and math.isfinite(effect.high):
        axes.plot([x, x], [effect.low, effect.high], color=PALETTE[0], linewidth=1.8)
    for end in (-effect.detectable, effect.detectable):
        if math.isfinite(end):
            axes.plot([x], [end], marker="_", color=QUIET, markersize=7, markeredgewidth=1)
    axes.plot(
        [x],
        [effect.estimate],
        marker="D" if column.own else "o",
        markersize=6.5,
        markerfacecolor=PALETTE[0] if column.own else "white",
        markeredgecolor=PALETTE[0],
        markeredgewidth=1.5,
    )


def _number_rows(sheet: Sheet, numbers: Mapping[str, list[str]], left: float) -> None:
    sheet.y += 0.05
    for label, texts in numbers.items():
        middle, width = sheet.y + ROW / 2, (WIDTH - left - MARGIN) / len(texts)
        sheet.text(MARGIN, middle, label, SMALL, va="center_baseline")
        for place, text in enumerate(texts):
            sheet.text(left + (place + 0.5) * width, middle, text, SMALL, va="center_baseline", ha="center")
        sheet.y += ROW


def _matrix(sheet: Sheet, choices: Mapping[str, list[bool]], left: float) -> None:
    """A dot where a definition has the rule, under its estimate."""
    if not choices:
        return
    sheet.y += 0.08
    top, n = sheet.y, len(next(iter(choices.values())))
    axes = sheet.axes(ROW * len(choices), left, MARGIN)
    axes.set_xlim(0, n)
    axes.set_ylim(len(choices), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_axis_off()
    for line, (label, chosen) in enumerate(choices.items()):
        sheet.text(MARGIN, top + (line + 0.5) * ROW, label, SMALL, va="center_baseline")
        axes.plot([0, n], [line + 0.5] * 2, color="#d9d9d9", linewidth=0.8, zorder=0)
        dots = [place + 0.5 for place, yes in enumerate(chosen) if yes]
        axes.plot(dots, [line + 0.5] * len(dots), linestyle="", marker="o", markersize=6, color=PALETTE[0])
    sheet.y += 0.1


def _words(context: Context, outcome: SpellOutcome, level: str) -> str:
    return (
        f"{context.peer.label}, compared with: {labels.inside(context.peer.reference)}. Each column is one definition "
        "of the outcome, told by the dots under it. Point: hazard ratio, adjusted; line, and from and to: "
        f"{level} interval. Filled: the study's own definition, {outcome.label}. Median time: from {outcome.since}, "
        "everyone. The same people, as far as a definition can judge them."
    )
