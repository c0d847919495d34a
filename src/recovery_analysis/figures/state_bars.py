"""Bars of 100 people, year by year, with the states by name beside them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from .. import labels
from ..study import StatesOutcome
from .sheet import BODY, MARGIN, SMALL, WIDTH, Sheet, line_height, wrap

LEFT, RIGHT, BETWEEN = 0.42, 2.05, 0.2
NARROW_RIGHT, NARROW_HEIGHT, ABREAST = 1.62, 1.75, 2
HEIGHT, COMPACT_HEIGHT = 2.15, 1.7
EVERY = 5
# White figures on each are 4.5:1 and more; white lines keep neighbours apart.
BEFORE, AFTER, DIED = "#767676", "#b35000", "#1a1a1a"
STAGES = ("#12436d", "#2f72a8", "#5b7f1f", "#8a3a7c")
MOST_PEOPLE = 100


@dataclass(frozen=True)
class Panel:
    """One course: its name, the years, and whole people in each state (years × states, rows summing to 100).

    `whose` is the gender it is of, in words; empty for everyone.
    """

    name: str
    years: np.ndarray
    people: np.ndarray
    whose: str = ""


def width_of(panel: Panel) -> float:
    """Width of the axes of a panel, inches: those of a gender share a line."""
    if not panel.whose:
        return WIDTH - LEFT - RIGHT
    return (WIDTH - LEFT - NARROW_RIGHT - BETWEEN * (ABREAST - 1)) / ABREAST


def draw_line(sheet: Sheet, line: list[Panel], states: list[str], outcome: StatesOutcome, compact: bool) -> None:
    """A heading, and panels side by side; the states by name beside the last bar of the last."""
    for text in wrap(line[0].name, WIDTH - 2 * MARGIN, BODY, "bold") if line[0].name else []:
        sheet.text(MARGIN, sheet.y, text, BODY, weight="bold")
        sheet.y += line_height(BODY)
    narrow, width = bool(line[0].whose), width_of(line[0])
    height = COMPACT_HEIGHT if compact else NARROW_HEIGHT if narrow else HEIGHT
    lefts = [LEFT + number * (width + BETWEEN) for number in range(len(line))]
    for left, panel in zip(lefts, line, strict=True):
        if panel.whose:
            sheet.text(left, sheet.y, panel.whose, SMALL, weight="bold")
    sheet.y += 0.06 + (line_height(SMALL) if narrow else 0.0)
    top = sheet.y
    for left, panel in zip(lefts, line, strict=True):
        sheet.y = top
        axes = sheet.axes(height, left, WIDTH - left - width)
        _draw_panel(axes, panel, states, outcome, height)
        if left > LEFT:
            axes.set_yticklabels([])
    _names(sheet, line[-1], states, outcome, (lefts[-1] + width, top, height))
    sheet.y += line_height(SMALL) + 0.06


def _draw_panel(axes: Axes, panel: Panel, states: list[str], outcome: StatesOutcome, height: float) -> None:
    """A bar of 100 people for each year."""
    bottom = np.zeros(len(panel.years))
    line = "none" if panel.whose else "white"
    for state, people in zip(states, panel.people.T, strict=True):
        color = _color(state, outcome)
        axes.bar(panel.years, people, bottom=bottom, width=1.0, color=color, edgecolor=line, linewidth=0.7)
        bottom += people
        if panel.whose:
            edges = np.append(panel.years - 0.5, panel.years[-1] + 0.5)
            axes.stairs(bottom, edges, baseline=None, color="white", linewidth=1.0)
        _figures_inside(axes, panel, people, bottom - people, height)
    axes.set_xlim(panel.years[0] - 0.5, panel.years[-1] + 0.5)
    axes.set_ylim(0, MOST_PEOPLE)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xticks([year for year in panel.years if year % EVERY == 0])
    axes.tick_params(length=2)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _figures_inside(axes: Axes, panel: Panel, people: np.ndarray, bottom: np.ndarray, height: float) -> None:
    """Numbers in every fifth bar, where there is room for them; the last within the frame."""
    narrow = bool(panel.whose)
    least = MOST_PEOPLE * (1.6 if narrow else 1.15) * SMALL / 72 / height
    for year, n, base in zip(panel.years, people, bottom, strict=True):
        if year % EVERY == 0 and least <= n < MOST_PEOPLE:
            last = narrow and year == panel.years[-1]
            place, side = (year + 0.4, "right") if last else (year, "center")
            axes.text(place, base + n / 2, f"{n}", fontsize=SMALL, color="white", ha=side, va="center")


def _names(
    sheet: Sheet, panel: Panel, states: list[str], outcome: StatesOutcome, place: tuple[float, float, float]
) -> None:
    """Each state by name beside the last bar, in its colour and with its number; moved apart where they would touch.

    `place` : right edge, top and height of the axes, inches.
    """
    words, line, (edge, top, height) = labels.states(outcome.stages), line_height(SMALL), place
    people = panel.people[-1]
    middles = top + height * (1 - (np.cumsum(people) - people / 2) / MOST_PEOPLE)
    left = edge + 0.22
    texts = [
        wrap(f"{n}  {words[s]}", WIDTH - left - MARGIN, SMALL, "bold") for s, n in zip(states, people, strict=True)
    ]
    heights = np.array([len(text) * line for text in texts])
    places = _apart(middles[::-1], heights[::-1], top, top + height)[::-1]
    for state, text, middle, at in zip(states, texts, middles, places, strict=True):
        color = _color(state, outcome)
        sheet.line(edge + 0.02, middle, left - 0.04, at, color)
        for number, part in enumerate(text):
            sheet.text(left, at + (number - len(text) / 2) * line, part, SMALL, color=color, weight="bold")


def _color(state: str, outcome: StatesOutcome) -> str:
    before, after, *stages, died = outcome.states
    fixed = {before: BEFORE, after: AFTER, died: DIED}
    return fixed.get(state) or STAGES[list(reversed(stages)).index(state) % len(STAGES)]


def _apart(middles: np.ndarray, heights: np.ndarray, top: float, bottom: float) -> np.ndarray:
    """Places for labels as near to their middles as they can be without touching, from top to bottom."""
    places = middles.astype(float).copy()
    for i in range(len(places)):
        least = top if i == 0 else places[i - 1] + heights[i - 1] / 2
        places[i] = max(places[i], least + heights[i] / 2)
    for i in range(len(places) - 1, -1, -1):
        most = bottom + 0.1 if i == len(places) - 1 else places[i + 1] - heights[i + 1] / 2
        places[i] = min(places[i], most - heights[i] / 2)
    return places
