"""Peer effects by analysis and gender: ratios on a log axis, each difference in its own unit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .. import formats, labels
from .context import Context
from .effects import Effect, Panel, Study, panels
from .sheet import (
    BODY,
    DASHES,
    MARGIN,
    MARKERS,
    PALETTE,
    QUIET,
    RULE,
    SMALL,
    WIDTH,
    Drawing,
    Sheet,
    line_height,
    style,
    text_width,
    wrap,
)

INDENT, ROW = 0.14, 0.168
RATIO_TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8)
WIDEST_RATIO = math.log(10)
# The group of an estimate that is drawn to show its bias.
BIASED = "biased"
MARKER = {"all": "D", "woman": "o", "man": "s", "non_binary": "^", "other": "v", "undisclosed": "X", BIASED: "X"}


def draw_forest(
    estimates: pd.DataFrame, context: Context, analyses: Sequence[str], title: str | None, caption: str = ""
) -> Drawing:
    """Draw the peer effects of the analyses named.

    Parameters
    ----------
    estimates : the released estimates, on the scale of the model.
    context : words of the study.
    analyses : in the order in which they are drawn within a panel.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    """
    shown = [panel for panel in panels(estimates, context, analyses) if any(s.effects for s in panel.studies)]
    level = formats.level(estimates["conf_level"].max())
    plans = [context.analyses[name] for name in analyses]
    notes = [*labels.conditional(plans, context.outcomes), *labels.weighted(plans), caption]
    return draw_panels(shown, context, title, _words(shown, context, level), " ".join(filter(None, notes)))


def draw_panels(shown: Sequence[Panel], context: Context, title: str | None, words: str, caption: str = "") -> Drawing:
    """Draw effects that are sorted into panels, with their numbers beside them.

    Parameters
    ----------
    words : the first note under the figure: what is compared, and what point and line are.
    """
    effects = [effect for panel in shown for study in panel.studies for effect in study.effects]
    marks = formats.marks(reason for effect in effects for reason in effect.reasons)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        if not shown:
            sheet.paragraph(labels.EMPTY["forest"])
        frame = _frame(effects, marks)
        for panel in shown:
            _panel(sheet, panel, frame, marks)
        care = [f"{mark} Read with care: {reason}." for reason, mark in marks.items()]
        found = [labels.TICKS] if any(effect.could_find for effect in effects) else []
        sheet.notes([words, *found, *care, caption, *context.closing()])
    return sheet.finish(title or "Peer effects", describe(shown))


def describe(shown: Sequence[Panel]) -> str:
    """Every line of the figure as a sentence."""
    lines = [
        f"{study.title}, {effect.label.lower()}: {effect.words}{missed(effect)}."
        for panel in shown
        for study in panel.studies
        for effect in study.effects
    ]
    return " ".join(lines) or labels.EMPTY["forest"]


def missed(effect: Effect) -> str:
    """What a null could have found, as the end of a sentence; empty for other effects."""
    return f"; four of five such studies would find {effect.could_find}" if effect.could_find else ""


def _words(shown: Sequence[Panel], context: Context, level: str) -> str:
    if not shown:
        return ""
    words = [
        f"{context.peer.label}, compared with: {labels.inside(context.peer.reference)}. "
        f"Point: estimate; line: {level} interval, adjusted. By gender: one model with one effect each."
    ]
    if {panel.scale for panel in shown} & {"log_hazard", "log_odds"}:
        words.append("A ratio of 1 means no difference.")
    return " ".join(words)


@dataclass(frozen=True)
class Frame:
    """Where the columns stand, inches from the edges, and half the width of every ratio axis, log scale."""

    left: float
    right: float
    reach: float


def _frame(effects: Sequence[Effect], marks: dict[str, str]) -> Frame:
    """As narrow as the words allow; one reach for all ratios, so that they can be compared between panels."""
    usable = [effect for effect in effects if effect.usable]
    label = max((text_width(effect.label, SMALL) for effect in usable), default=0)
    printed = max((text_width(_printed(effect, marks), SMALL) for effect in usable), default=0)
    ends = [e for effect in usable if effect.ratio for e in _ends(effect)]
    reach = min(max([math.log(2), *ends]) * 1.08, WIDEST_RATIO)
    return Frame(max(MARGIN + INDENT + label + 0.12, 1.9), printed + 0.1 + MARGIN, reach)


def _ends(effect: Effect) -> list[float]:
    ends = (effect.estimate, effect.low, effect.high, effect.detectable)
    return [abs(end) for end in ends if math.isfinite(end)]


def _printed(effect: Effect, marks: dict[str, str]) -> str:
    return effect.words + formats.marked(effect.reasons, marks)


def _reach(panel: Panel) -> float:
    """Half the width of the axis of a difference, its own unit."""
    effects = [effect for study in panel.studies for effect in study.effects if effect.usable]
    return max((end for effect in effects for end in _ends(effect)), default=0) * 1.15 or 1.0


def _panel(sheet: Sheet, panel: Panel, frame: Frame, marks: dict[str, str]) -> None:
    """The analyses of one panel, one under another, over their axis."""
    top = sheet.y
    spans: list[tuple[float, float]] = []
    points: list[tuple[float, Effect]] = []
    for study in panel.studies:
        start = len(points)
        points += _study(sheet, study, frame, marks)
        own = [y for y, _ in points[start:]]
        if own:
            spans.append((own[0] - ROW / 2, own[-1] + ROW / 2))
        sheet.y += 0.05
    if points:
        depth = sheet.y - top
        sheet.y = top
        axes = sheet.axes(depth, frame.left, frame.right)
        reach = frame.reach if formats.is_log(panel.scale) else _reach(panel)
        _marks(axes, points, spans, top, depth, reach)
        _ticks(axes, panel, reach, WIDTH - frame.left - frame.right)
        _under_axis(sheet, panel, frame)
    sheet.y += 0.1


def _study(sheet: Sheet, study: Study, frame: Frame, marks: dict[str, str]) -> list[tuple[float, Effect]]:
    """Title, labels and printed numbers of one analysis; returns the depth of each line to be drawn."""
    points = []
    for line in wrap(study.title, WIDTH - 2 * MARGIN, BODY, "bold"):
        sheet.text(MARGIN, sheet.y, line, BODY, weight="bold")
        sheet.y += line_height(BODY)
    for effect in [effect for effect in study.effects if effect.usable]:
        middle = sheet.y + ROW / 2
        sheet.text(MARGIN + INDENT, middle, effect.label, SMALL, va="center_baseline")
        printed = _printed(effect, marks)
        sheet.text(WIDTH - frame.right + 0.1, middle, printed, SMALL, va="center_baseline")
        points.append((middle, effect))
        sheet.y += ROW
    sheet.y += 0.02
    for words in dict.fromkeys(effect.words for effect in study.effects if not effect.usable):
        first, *others = [e.label for e in study.effects if not e.usable and e.words == words]
        who = formats.listed([first, *map(labels.inside, others)])
        for line in wrap(f"{who}: {words}", WIDTH - 2 * MARGIN - INDENT, SMALL):
            sheet.text(MARGIN + INDENT, sheet.y, line, SMALL, color=QUIET)
            sheet.y += line_height(SMALL)
    return points


def _marks(
    axes: Axes,
    points: list[tuple[float, Effect]],
    spans: list[tuple[float, float]],
    top: float,
    depth: float,
    reach: float,
) -> None:
    """Points and intervals; an interval that leaves the axis ends in an arrow."""
    axes.set_xlim(-reach, reach)
    axes.set_ylim(depth, 0)
    axes.vlines([0] * len(spans), [a - top for a, _ in spans], [b - top for _, b in spans], color=RULE, linewidth=1)
    for middle, effect in points:
        y = middle - top
        color, dash = (PALETTE[1], DASHES[1]) if effect.group == BIASED else (PALETTE[0], DASHES[0])
        if math.isfinite(effect.low) and math.isfinite(effect.high):
            ends = [max(effect.low, -reach), min(effect.high, reach)]
            axes.plot(ends, [y, y], color=color, linewidth=1.8, linestyle=dash)
            for end, edge, arrow in ((effect.low, -reach, "<"), (effect.high, reach, ">")):
                if abs(end) > reach and end * edge > 0:
                    axes.plot([edge], [y], marker=arrow, color=color, markersize=6, clip_on=False)
        for end in (-effect.detectable, effect.detectable):
            if abs(end) <= reach:
                axes.plot([end], [y], marker="|", color=QUIET, markersize=7, markeredgewidth=1)
        if abs(effect.estimate) <= reach:
            axes.plot(
                [effect.estimate],
                [y],
                marker=MARKER.get(effect.group, MARKERS[0]),
                markersize=6.5,
                markerfacecolor=color if effect.group == "all" else "white",
                markeredgecolor=color,
                markeredgewidth=1.5,
            )


def _ticks(axes: Axes, panel: Panel, reach: float, width: float) -> None:
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    if formats.is_log(panel.scale):
        ticks = [tick for tick in RATIO_TICKS if abs(math.log(tick)) <= reach + 1e-9]
        if text_width("0.125", SMALL) * 1.3 * len(ticks) > width:
            ticks = [tick for tick in ticks if tick in (0.25, 1, 4)]
        axes.set_xticks([math.log(tick) for tick in ticks], [f"{tick:g}" for tick in ticks])
        return
    places = [p for p in MaxNLocator(nbins=4, steps=[1, 2, 5, 10], symmetric=True).tick_values(-reach, reach)]
    places = [place for place in places if abs(place) <= reach]
    digits = max((len(f"{abs(p):g}".partition(".")[2]) for p in places), default=0)
    axes.set_xticks(places, [formats.number(place, digits) for place in places])


def _under_axis(sheet: Sheet, panel: Panel, frame: Frame) -> None:
    """Under the ticks, the words at both ends; to their left, the name of the axis."""
    below = sheet.y + 0.23
    middle = frame.left + (WIDTH - frame.left - frame.right) / 2
    sheet.text(middle - 0.08, below, panel.left, SMALL, ha="right")
    sheet.text(middle + 0.08, below, panel.right, SMALL, ha="left")
    room = middle - 0.08 - text_width(panel.left, SMALL) - MARGIN - INDENT
    y = sheet.y + 0.06
    for line in wrap(panel.axis, min(frame.left - MARGIN - INDENT - 0.05, room), SMALL):
        sheet.text(MARGIN + INDENT, y, line, SMALL)
        y += line_height(SMALL)
    sheet.y = max(y, below + line_height(SMALL))
