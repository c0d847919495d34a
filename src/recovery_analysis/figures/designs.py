"""One time seen with several methods: naive, read backwards, right-truncated, and the truth where it is known."""

from collections.abc import Sequence
from math import exp, log

import pandas as pd
from matplotlib.lines import Line2D

from .. import formats, labels
from ..study import GENDERS
from .care import care
from .context import Context
from .method_rows import GROUPS, LOOK, METHODS, MethodRow, draw_rows, method_rows, number
from .risk import cumulative, time_ticks
from .sheet import BODY, MARGIN, WIDTH, Drawing, Sheet, line_height, style, wrap

LEFT, RIGHT, SAMPLE = 0.72, 0.3, 0.42
HEIGHT, COMPACT_HEIGHT = 2.6, 1.7
# Which model gives the adjusted ratio of everyone, and of each gender.
RATIO_MODELS = {"adjusted": "right_truncated", "interaction": "right_truncated", "naive": "naive", "truth": "truth"}


def draw_designs(
    curves: pd.DataFrame,
    estimates: pd.DataFrame,
    context: Context,
    analysis: str,
    title: str | None = None,
    caption: str = "",
) -> Drawing:
    """Draw one analysis of right-truncated times: curves for everyone, then medians and peer effects by gender.

    Parameters
    ----------
    curves, estimates : released tables.
    context : words of the study.
    analysis : an analysis of kind recovery_time.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    """
    plan, outcome = context.analyses[analysis], context.outcome_of(analysis)
    own = curves[(curves["analysis"] == analysis) & (curves["by"] == "design")]
    steps = {method: cumulative(own[own["group"] == method], plan.horizon) for method in METHODS}
    steps = {method: rows for method, rows in steps.items() if not rows.empty}
    found, effects = medians(estimates, analysis), ratios(estimates, analysis)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        if steps:
            _key(sheet, steps)
            axis = f"{outcome.unit.capitalize()} since {outcome.since}"
            _curves(sheet, steps, plan.horizon, outcome.unit, axis, COMPACT_HEIGHT if context.compact else HEIGHT)
            draw_rows(sheet, f"Half of the people are there by ({outcome.unit})", _shown(found, context), 1)
            _ratios(sheet, _shown(effects, context))
        else:
            sheet.paragraph(labels.EMPTY["curves"])
        said = [f"{labels.DESIGN_SHORT[m]}. {words}" for m in METHODS for words in care(estimates, analysis, [m])]
        shown = set(steps) | {row.method for row in (*found, *effects)}
        others = [] if context.compact else [*_others(estimates, analysis), *_without(estimates, analysis)]
        others += [labels.TICKS] if any(row.ticks for row in _shown(effects, context)) else []
        sheet.notes([*_notes(outcome, plan.horizon, context, shown), *others, *said, caption, *context.closing()])
    return sheet.finish(title or f"{outcome.label} over time", describe(found, effects, outcome))


def medians(estimates: pd.DataFrame, analysis: str) -> list[MethodRow]:
    """Time by which half of the people of a group are there, by each method."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "conditional_median")]
    return method_rows(rows, rows["model"])


def ratios(estimates: pd.DataFrame, analysis: str) -> list[MethodRow]:
    """Hazard ratio of peers, adjusted, by each method that has one; reverse time has none."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "hazard_ratio")]
    rows = rows[(rows["term"] == "peer") & rows["model"].isin(RATIO_MODELS)]
    return method_rows(rows, rows["model"].map(RATIO_MODELS), exp)


def _shown(found: list[MethodRow], context: Context) -> list[MethodRow]:
    return [row for row in found if row.group == "all"] if context.compact else found


def _ratios(sheet: Sheet, found: list[MethodRow]) -> None:
    if found:
        draw_rows(sheet, labels.PEER_RATIO, found, 2, no_effect=1.0)


def _others(estimates: pd.DataFrame, analysis: str) -> list[str]:
    """A note that names the genders that are not drawn; none if all are."""
    known = set(estimates.loc[(estimates["analysis"] == analysis) & (estimates["term"] == "time"), "group"])
    names = [labels.inside(labels.gender(gender)) for gender in GENDERS if gender in known.difference(GROUPS)]
    return [f"Not drawn, few people: {formats.listed(names)}; estimates.csv has what can be told."] if names else []


def _without(estimates: pd.DataFrame, analysis: str) -> list[str]:
    """Who has no ratio of peers, though they have a heading, and why."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "hazard_ratio")]
    rows = rows[(rows["term"] == "peer") & rows["group"].isin(GROUPS[1:]) & (rows["status"] != "ok")]
    return [
        f"{labels.DESIGN_SHORT[RATIO_MODELS[row.model]]}, {labels.inside(labels.gender(row.group))}: "
        f"{labels.STATUS[row.status]}."
        for row in rows[rows["model"].isin(RATIO_MODELS)].itertuples()
    ]


def describe(found: Sequence[MethodRow], effects: Sequence[MethodRow], outcome: object) -> str:
    """The numbers of everyone as sentences."""
    said = []
    for heading, rows, digits in (
        (f"{outcome.label}, half of the people by ({outcome.unit})", found, 1),
        (labels.PEER_RATIO, effects, 2),
    ):
        told = [(row, labels.DESIGN[row.method]) for row in rows if row.group == "all"]
        everyone = [f"{name}: {number(row, digits)}{_missed(row)}" for row, name in told]
        said += [f"{heading}: {'; '.join(everyone)}."] if everyone else []
    return " ".join(said)


def _missed(row: MethodRow) -> str:
    """What a null could have found, in words; empty for other numbers."""
    least = "" if formats.is_missing(row.detectable) else formats.detectable(log(row.detectable), "log_hazard")
    return f" (four of five such studies would find {least})" if least else ""


def _key(sheet: Sheet, steps: dict[str, pd.DataFrame]) -> None:
    for method in steps:
        color, dash, marker = LOOK[method]
        middle = -sheet.y - 0.5 * BODY / 72
        sample = Line2D(
            [MARGIN, MARGIN + SAMPLE / 2, MARGIN + SAMPLE],
            [middle] * 3,
            color=color,
            linestyle=dash,
            linewidth=2.2,
            marker=marker,
            markevery=[1],
            markersize=5,
            transform=sheet.inches,
        )
        sheet.figure.add_artist(sample)
        for line in wrap(labels.DESIGN[method], WIDTH - SAMPLE - 3 * MARGIN, BODY):
            sheet.text(MARGIN * 2 + SAMPLE, sheet.y, line, BODY)
            sheet.y += line_height(BODY)
    sheet.y += 0.12


def _curves(sheet: Sheet, steps: dict[str, pd.DataFrame], horizon: float, unit: str, axis: str, height: float) -> None:
    axes = sheet.axes(height, LEFT, RIGHT)
    for method, rows in steps.items():
        color, dash, _ = LOOK[method]
        smooth = method in ("right_truncated", "truth")
        where = "default" if smooth else "steps-post"
        axes.plot(rows["time"], rows["percent"], drawstyle=where, color=color, linestyle=dash, linewidth=2.0, zorder=3)
        if method == "reverse_time":
            band = rows.dropna(subset=["low", "high"])
            axes.fill_between(
                band["time"], band["low"], band["high"], step="post", color=color, alpha=0.16, linewidth=0
            )
    axes.set_xlim(0, horizon)
    axes.set_ylim(0, 100)
    axes.set_yticks(range(0, 101, 20))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{formats.NBSP}%")
    axes.grid(axis="y", color="#d9d9d9", linewidth=0.6)
    axes.set_axisbelow(True)
    ticks = time_ticks(horizon, unit)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    sheet.y += 0.24
    sheet.text(LEFT + (WIDTH - LEFT - RIGHT) / 2, sheet.y, axis, BODY, ha="center")
    sheet.y += line_height(BODY) + 0.1


def _notes(outcome: object, horizon: float, context: Context, shown: set[str]) -> list[str]:
    """What all of it is conditional on, and what each method assumes."""
    reach = labels.duration(horizon, outcome.unit)
    conditional = f"All of this is about people who get there within {reach}: this sample cannot tell of later times."
    if context.compact:
        return [conditional]
    words = [labels.METHOD[method] for method in METHODS if method in shown and method != "truth"]
    shaded = f"Shaded, and in brackets: {formats.level(context.conf_level)} intervals."
    return [f"{outcome.label}: {outcome.definition}", conditional, " ".join([*words, shaded]), labels.PEER_RATIO_NOTE]
