"""Cumulative probability that the outcome has happened, by group, with numbers at risk under the axis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .. import formats, labels
from ..study import GENDERS
from .context import Context, in_order
from .risk import at_risk, common_time, cumulative, joined, time_ticks, value_at
from .sheet import (
    BODY,
    DASHES,
    MARGIN,
    PALETTE,
    SMALL,
    WIDTH,
    Drawing,
    Sheet,
    line_height,
    style,
    text_width,
    wrap,
)

ORDER = {"gender": GENDERS, labels.OUTCOMES: ("outcome",)}
PEERS = ("peer", "no_peer")
RISK = {
    "peer": "People still followed, without the outcome so far",
    "strategy": "People who have kept to the strategy so far, without the outcome",
}
LEFT, RIGHT, SAMPLE = 0.72, 0.3, 0.42
HEIGHT, COMPACT_HEIGHT = 2.9, 2.2
PLOT_WIDTH = WIDTH - LEFT - RIGHT
# Highest percentage of the axis, and the step of its ticks.
TOPS = {10: 2, 20: 5, 40: 10, 60: 20, 80: 20, 100: 20}


@dataclass(frozen=True)
class Curve:
    """One group: its name, its steps up to the horizon, how it is drawn."""

    name: str
    rows: pd.DataFrame
    steps: pd.DataFrame
    color: str
    dash: str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class View:
    """What is drawn: every group, those with a line, the time axis, the time at which they are compared."""

    groups: list[Curve]
    drawn: list[Curve]
    unit: str
    axis: str
    horizon: float
    ticks: list[float]
    common: float
    exact: bool


def draw_curves(
    curves: pd.DataFrame,
    context: Context,
    analysis: str,
    by: str,
    horizon: float | None = None,
    title: str | None = None,
    caption: str = "",
    care: Sequence[str] = (),
) -> Drawing:
    """Draw one analysis by peer engagement, by gender, or by strategy.

    Parameters
    ----------
    curves : the released curves table.
    context : words of the study.
    analysis, by : which curves of it: peer, gender, strategy, outcomes, standardised, or standardised_ and a gender.
    horizon : last time drawn, in the unit of the outcome; None draws all that was released.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    care : what its gates say, as sentences.
    """
    rows = curves[(curves["analysis"] == analysis) & (curves["by"] == by)]
    outcome = context.outcome_of(analysis)
    view = _view(rows, context, analysis, by, horizon)
    dashes = False
    with style():
        sheet = Sheet()
        sheet.heading(title, context.warning(analysis))
        if view.drawn:
            _key(sheet, view)
            _plot(sheet, view, COMPACT_HEIGHT if context.compact else HEIGHT, context.naive(analysis))
            together = by == labels.OUTCOMES or by.startswith(labels.STANDARDISED)
            dashes = _risk_table(sheet, _followed(view) if together else view, RISK.get(by, RISK["peer"]))
        else:
            sheet.paragraph(labels.EMPTY["curves"])
        sheet.notes([*_notes(rows, view, outcome, context, by), *care, caption, *context.closing(dashes)])
    return sheet.finish(title or f"{outcome.label} over time", describe(view, outcome.label))


def describe(view: View, outcome: str) -> str:
    """What each curve has reached, as sentences."""
    if not view.drawn:
        return labels.EMPTY["curves"]
    ends = [f"{curve.name}: {_reached(curve, view)}." for curve in view.drawn]
    return f"Cumulative probability of: {outcome}. " + " ".join(ends)


def _view(rows: pd.DataFrame, context: Context, analysis: str, by: str, horizon: float | None) -> View:
    outcome = context.outcome_of(analysis)
    known = rows.loc[rows["estimate"].notna(), "time"]
    planned, horizon = horizon, horizon or (float(known.max()) if len(known) else 0.0)
    groups = []
    for i, name in enumerate(in_order(rows["group"], ORDER.get(by, PEERS))):
        own = rows[rows["group"] == name]
        look = (PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)])
        groups.append(Curve(context.group(by, name, analysis), own, cumulative(own, horizon), *look))
    drawn = [group for group in groups if not group.steps.empty]
    widest = max((text_width(formats.count(group.rows["n_risk"].max()), SMALL) for group in groups), default=0)
    ticks = time_ticks(horizon, outcome.unit, min(8, int(PLOT_WIDTH / (max(widest, 0.3) + 0.14)))) if drawn else []
    common = common_time([curve.steps for curve in drawn], ticks, planned) if drawn else 0.0
    axis = f"{outcome.unit.capitalize()} since {outcome.since}"
    return View(groups, drawn, outcome.unit, axis, horizon, ticks, common, context.disclosure.preset == "open")


def _reached(curve: Curve, view: View) -> str:
    """``62 % (55 % to 69 %) within 180 days``, at a time at which every curve is still there."""
    row = value_at(curve.steps, view.common)
    estimate, low, high = (formats.percent(row[name], digits=0) for name in ("percent", "low", "high"))
    words = estimate if formats.is_missing(row["low"]) else f"{estimate} ({low} to {high})"
    return f"{words} within {labels.duration(round(view.common, 1), view.unit)}"


def _key(sheet: Sheet, view: View) -> None:
    """A line of the key per group: a sample of its line, its name, what it has reached."""
    for curve in view.drawn:
        _sample(sheet, MARGIN, curve)
        for line in wrap(f"{curve.name}: {_reached(curve, view)}", WIDTH - SAMPLE - 3 * MARGIN, BODY):
            sheet.text(MARGIN * 2 + SAMPLE, sheet.y, line, BODY)
            sheet.y += line_height(BODY)
    sheet.y += 0.12


def _sample(sheet: Sheet, x: float, curve: Curve, size: float = BODY) -> None:
    middle = -sheet.y - 0.5 * size / 72
    line = Line2D(
        [x, x + SAMPLE],
        [middle, middle],
        color=curve.color,
        linestyle=curve.dash,
        linewidth=2.2,
        transform=sheet.inches,
    )
    sheet.figure.add_artist(line)


def _plot(sheet: Sheet, view: View, height: float, naive: bool) -> None:
    """Axes, curves, and the name of the time axis; a watermark behind them if the analysis is naive."""
    axes = sheet.axes(height, LEFT, RIGHT)
    if naive:
        where = {"transform": axes.transAxes, "ha": "center", "va": "center", "rotation": 18}
        axes.text(0.5, 0.5, "NAIVE", fontsize=54, color="#ececec", weight="bold", zorder=0, **where)
    highest = max(curve.steps[["percent", "high"]].max().max() for curve in view.drawn)
    top = next(limit for limit in TOPS if highest <= limit or limit == 100)
    for curve in view.drawn:
        _steps(axes, curve)
    axes.set_xlim(0, view.horizon)
    axes.set_ylim(0, top)
    axes.set_yticks(range(0, top + 1, TOPS[top]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{formats.NBSP}%")
    axes.grid(axis="y", color="#d9d9d9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xticks(view.ticks, [f"{tick:g}" for tick in view.ticks])
    sheet.y += 0.24
    sheet.text(LEFT + PLOT_WIDTH / 2, sheet.y, view.axis, BODY, ha="center")
    sheet.y += line_height(BODY) + 0.06


def _steps(axes: Axes, curve: Curve) -> None:
    steps = curve.steps
    axes.step(
        steps["time"],
        steps["percent"],
        where="post",
        color=curve.color,
        linestyle=curve.dash,
        linewidth=2.0,
        zorder=3,
    )
    known = steps.dropna(subset=["low", "high"])
    axes.fill_between(
        known["time"],
        known["low"],
        known["high"],
        step="post",
        color=curve.color,
        alpha=0.16,
        linewidth=0,
        zorder=2,
    )


def _followed(view: View) -> View:
    """The people behind all curves, once: each curve rests on all of them."""
    return replace(view, groups=[replace(view.groups[0], name="Everyone behind the curves", color="none")])


def _risk_table(sheet: Sheet, view: View, heading: str) -> bool:
    """Numbers under the ticks they belong to, each group under its name; True if one is withheld."""
    sheet.text(MARGIN, sheet.y, heading, SMALL, weight="bold")
    sheet.y += line_height(SMALL) + 0.03
    withheld = False
    for curve in view.groups:
        if not curve.steps.empty:
            _sample(sheet, MARGIN, curve, SMALL)
        for line in wrap(curve.name, WIDTH - SAMPLE - 3 * MARGIN, SMALL):
            sheet.text(MARGIN * 2 + SAMPLE, sheet.y, line, SMALL)
            sheet.y += line_height(SMALL)
        for tick, n in zip(view.ticks, at_risk(curve.rows, view.ticks, view.exact), strict=True):
            withheld = withheld or n is None
            x = LEFT + PLOT_WIDTH * tick / view.horizon
            sheet.text(x, sheet.y, formats.count(n), SMALL, ha="center", gid="risk")
        sheet.y += line_height(SMALL) + 0.03
    sheet.y += 0.05
    return withheld


def _notes(rows: pd.DataFrame, view: View, outcome: object, context: Context, by: str) -> list[str]:
    """What the outcome is, how the curves were computed, what is not shown."""
    shown = [] if context.compact else sorted(rows["method"].unique())
    words = [labels.METHOD.get(method, method) for method in shown]
    words += [f"{labels.gender(by.partition('_')[2])} only."] if by.startswith(f"{labels.STANDARDISED}_") else []
    hidden = [curve.name for curve in view.groups if curve.steps.empty]
    if view.drawn:
        words.append(f"Shaded: {formats.level(context.conf_level)} intervals, at each time on its own.")
        words += [labels.not_drawn([labels.inside(name) for name in hidden])] if hidden else []
    if context.compact:
        return [" ".join(words)]
    notes = [f"{outcome.label}: {outcome.definition}", " ".join(words)]
    if view.exact:
        return [*notes, labels.JOINING] if any(joined(curve.rows) for curve in view.drawn) else notes
    return [*notes, labels.CLONED if by == "strategy" else labels.COARSE] if view.drawn else notes
