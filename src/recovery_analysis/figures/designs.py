"""One time seen with several methods: naive, read backwards, right-truncated, and the truth where it is known."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .. import formats, labels
from .context import Context
from .risk import cumulative, time_ticks
from .sheet import BODY, MARGIN, PALETTE, SMALL, WIDTH, Drawing, Sheet, line_height, style, wrap

METHODS = ("reverse_time", "right_truncated", "naive", "truth")
GROUPS = ("all", "woman", "man")
LOOK = {
    "reverse_time": (PALETTE[0], "-", "o"),
    "right_truncated": (PALETTE[4], (0, (5, 1.6)), "s"),
    "naive": (PALETTE[1], "-.", "^"),
    "truth": (PALETTE[2], (0, (1, 1.2)), "D"),
}
LEFT, RIGHT, SAMPLE = 0.72, 0.3, 0.42
HEIGHT, COMPACT_HEIGHT, ROW = 2.6, 1.7, 0.19
NAME_WIDTH, NUMBER_WIDTH = 1.85, 1.45


@dataclass(frozen=True)
class Median:
    """One row under the curves: the time by which half of the people of a group are there, by one method."""

    group: str
    method: str
    estimate: float
    low: float
    high: float


def draw_designs(
    curves: pd.DataFrame,
    estimates: pd.DataFrame,
    context: Context,
    analysis: str,
    title: str | None = None,
    caption: str = "",
) -> Drawing:
    """Draw one analysis of right-truncated times: curves for everyone above, medians by gender below.

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
    found = medians(estimates, analysis)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        if steps:
            _key(sheet, steps)
            axis = f"{outcome.unit.capitalize()} since {outcome.since}"
            _curves(sheet, steps, plan.horizon, outcome.unit, axis, COMPACT_HEIGHT if context.compact else HEIGHT)
            _medians(sheet, found, context, outcome.unit)
        else:
            sheet.paragraph(labels.EMPTY["curves"])
        sheet.notes([*_notes(outcome, plan.horizon, context), caption, *context.closing()])
    return sheet.finish(title or f"{outcome.label} over time", describe(found, outcome))


def medians(estimates: pd.DataFrame, analysis: str) -> list[Median]:
    """Medians that can be shown, group after group, method after method."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "conditional_median")]
    known = rows[(rows["status"] == "ok") & rows["estimate"].notna()].set_index(["group", "model"])
    keys = [(group, method) for group in GROUPS for method in METHODS if (group, method) in known.index]
    return [Median(*key, *known.loc[key, ["estimate", "conf_low", "conf_high"]].astype(float)) for key in keys]


def describe(found: list[Median], outcome: object) -> str:
    """The medians of everyone as sentences."""
    everyone = [f"{labels.DESIGN[m.method]}: {_number(m)}" for m in found if m.group == "all"]
    return f"{outcome.label}, half of the people by ({outcome.unit}): {'; '.join(everyone)}." if everyone else ""


def _number(median: Median) -> str:
    if formats.is_missing(median.low) or formats.is_missing(median.high):
        return formats.number(median.estimate, 1)
    low, high = (formats.number(value, 1) for value in (median.low, median.high))
    return f"{formats.number(median.estimate, 1)} ({low} to {high})"


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


def _medians(sheet: Sheet, found: list[Median], context: Context, unit: str) -> None:
    """A dot and an interval for each method in each group, its name at the left, its number at the right."""
    shown = [m for m in found if m.group == "all"] if context.compact else found
    sheet.text(MARGIN, sheet.y, f"Half of the people are there by ({unit})", SMALL, weight="bold")
    sheet.y += line_height(SMALL) + 0.04
    highest = max(max(m.high, m.estimate) if not formats.is_missing(m.high) else m.estimate for m in shown)
    for group in dict.fromkeys(m.group for m in shown):
        own = [m for m in shown if m.group == group]
        sheet.text(MARGIN, sheet.y, labels.gender(group), SMALL, weight="bold")
        sheet.y += line_height(SMALL)
        top = sheet.y
        axes = sheet.axes(ROW * len(own), NAME_WIDTH, NUMBER_WIDTH)
        _dots(axes, own, highest)
        for i, median in enumerate(own):
            y = top + ROW * (i + 0.5)
            sheet.text(MARGIN * 3, y, labels.DESIGN_SHORT[median.method], SMALL, va="center")
            sheet.text(WIDTH - MARGIN, y, _number(median), SMALL, va="center", ha="right")
        sheet.y += 0.04
    sheet.y += 0.06


def _dots(axes: Axes, own: list[Median], highest: float) -> None:
    for i, median in enumerate(own):
        color, _, marker = LOOK[median.method]
        if not formats.is_missing(median.low) and not formats.is_missing(median.high):
            axes.plot([median.low, median.high], [i, i], color=color, linewidth=1.8, solid_capstyle="butt")
        axes.plot([median.estimate], [i], color=color, marker=marker, markersize=6, linestyle="none")
    axes.set_xlim(0, highest * 1.05)
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    truth = [m.estimate for m in own if m.method == "truth"]
    for value in truth:
        axes.axvline(value, color=LOOK["truth"][0], linewidth=0.8, linestyle=LOOK["truth"][1], zorder=0)


def _notes(outcome: object, horizon: float, context: Context) -> list[str]:
    """What all of it is conditional on, and what each method assumes."""
    reach = labels.duration(horizon, outcome.unit)
    conditional = f"All of this is about people who get there within {reach}: this sample cannot tell of later times."
    if context.compact:
        return [conditional]
    words = [labels.METHOD[method] for method in ("reverse_time", "right_truncated", "naive")]
    shaded = f"Shaded, and in brackets: {formats.level(0.95)} intervals."
    return [f"{outcome.label}: {outcome.definition}", conditional, " ".join([*words, shaded])]
