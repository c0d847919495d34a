"""Where 100 people are, year by year since onset: with peers above, without below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .. import labels
from ..study import StatesOutcome
from .context import Context
from .sheet import BODY, MARGIN, SMALL, WIDTH, Drawing, Sheet, line_height, style, wrap

LEFT, RIGHT, GAP = 0.42, 2.05, 0.16
HEIGHT, COMPACT_HEIGHT = 2.15, 1.7
EVERY = 5
# White figures on each are 4.5:1 and more; white lines keep neighbours apart.
BEFORE, AFTER, DIED = "#767676", "#b35000", "#1a1a1a"
STAGES = ("#12436d", "#2f72a8", "#5b7f1f", "#8a3a7c")
MOST_PEOPLE = 100
COURSES = {"peer": "from first help on", "no_peer": "throughout"}
METHOD = (
    "Moves after first help are counted by years since help, for the one picture while people were with peers, for the "
    "other while they were not, so nobody counts as with peers before they met them. Not adjusted for who meets peers."
)


@dataclass(frozen=True)
class Panel:
    """One course: its name, the years, and whole people in each state (years × states, rows summing to 100)."""

    name: str
    years: np.ndarray
    people: np.ndarray


def draw_states(
    curves: pd.DataFrame,
    context: Context,
    analysis: str,
    title: str | None = None,
    caption: str = "",
    care: Sequence[str] = (),
) -> Drawing:
    """Draw one multi-state analysis.

    Parameters
    ----------
    curves : the released curves table.
    context : words of the study.
    analysis : which analysis of it.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    care : what its gates say, as sentences.
    """
    outcome = context.outcome_of(analysis)
    rows = curves[(curves["analysis"] == analysis) & (curves["by"] == "peer") & curves["state"].notna()]
    states = [state for state in _upwards(outcome) if (rows["state"] == state).any()]
    panels = _panels(rows, states, context)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        for number, panel in enumerate(panels):
            sheet.y += GAP if number else 0.0
            _draw_panel(sheet, panel, states, outcome, COMPACT_HEIGHT if context.compact else HEIGHT)
        if panels:
            axis = f"Years since {outcome.since}"
            sheet.text(LEFT + (WIDTH - LEFT - RIGHT) / 2, sheet.y, axis, BODY, ha="center")
            sheet.y += line_height(BODY) + 0.08
        else:
            sheet.paragraph(labels.EMPTY["states"])
        notes = [METHOD] if context.compact else [f"{outcome.label}: {outcome.definition}", _method()]
        sheet.notes([*notes, *care, caption, *context.closing()])
    return sheet.finish(title or f"{outcome.label} since {outcome.since}", describe(panels, states, outcome))


def whole_people(shares: np.ndarray) -> np.ndarray:
    """Whole people in each state, 100 in all: rounded down, then one more where the remainder is largest.

    Parameters
    ----------
    shares : (k,) shares, none missing; they need not sum to one exactly.
    """
    exact = MOST_PEOPLE * shares / shares.sum()
    people = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(people - exact, kind="stable")
    people[order[: MOST_PEOPLE - people.sum()]] += 1
    return people


def describe(panels: list[Panel], states: list[str], outcome: StatesOutcome) -> str:
    """Where people are at the last year drawn, as sentences."""
    if not panels:
        return labels.EMPTY["states"]
    words, sentences = labels.states(outcome.stages), []
    for panel in panels:
        parts = [f"{words[s].lower()}, {n}" for s, n in zip(states, panel.people[-1], strict=True)]
        when = f"{panel.years[-1]:g} years after {outcome.since}"
        sentences.append(f"{panel.name}: of 100 people, {when}: {'; '.join(parts)}.")
    return " ".join(sentences)


def _upwards(outcome: StatesOutcome) -> list[str]:
    """States from the bottom of the picture to its top: the longest recovery is the ground."""
    before, after, *stages, died = outcome.states
    return [*reversed(stages), after, before, died]


def _color(state: str, outcome: StatesOutcome) -> str:
    before, after, *stages, died = outcome.states
    fixed = {before: BEFORE, after: AFTER, died: DIED}
    return fixed.get(state) or STAGES[list(reversed(stages)).index(state) % len(STAGES)]


def _panels(rows: pd.DataFrame, states: list[str], context: Context) -> list[Panel]:
    """The courses for which every state is known in some year, each up to its last such year."""
    panels = []
    for group, course in COURSES.items():
        wide = rows[rows["group"] == group].pivot(index="time", columns="state", values="estimate")
        wide = wide.reindex(columns=states)
        wide = wide.loc[:, wide.notna().any()].dropna().reindex(columns=states, fill_value=0.0)
        if len(wide):
            people = np.array([whole_people(row) for row in wide.to_numpy()])
            panels.append(Panel(f"{context.group('peer', group)}, {course}", wide.index.to_numpy(), people))
    return panels


def _method() -> str:
    return f"{labels.METHOD['state_occupancy']} {METHOD} Each bar is 100 people, rounded to whole people."


def _draw_panel(sheet: Sheet, panel: Panel, states: list[str], outcome: StatesOutcome, height: float) -> None:
    """Heading, a bar of 100 people for each year, and the states by name beside the last bar."""
    for line in wrap(panel.name, WIDTH - 2 * MARGIN, BODY, "bold"):
        sheet.text(MARGIN, sheet.y, line, BODY, weight="bold")
        sheet.y += line_height(BODY)
    sheet.y += 0.06
    top = sheet.y
    axes = sheet.axes(height, LEFT, RIGHT)
    bottom = np.zeros(len(panel.years))
    for state, people in zip(states, panel.people.T, strict=True):
        color = _color(state, outcome)
        axes.bar(panel.years, people, bottom=bottom, width=1.0, color=color, edgecolor="white", linewidth=0.7)
        _figures_inside(axes, panel, people, bottom, height)
        bottom += people
    axes.set_xlim(panel.years[0] - 0.5, panel.years[-1] + 0.5)
    axes.set_ylim(0, MOST_PEOPLE)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xticks([year for year in panel.years if year % EVERY == 0])
    axes.tick_params(length=2)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    _names(sheet, panel, states, outcome, top, height)
    sheet.y += line_height(SMALL) + 0.06


def _figures_inside(axes: Axes, panel: Panel, people: np.ndarray, bottom: np.ndarray, height: float) -> None:
    """Numbers in every fifth bar, where there is room for them."""
    least = MOST_PEOPLE * 1.15 * SMALL / 72 / height
    for year, n, base in zip(panel.years, people, bottom, strict=True):
        if year % EVERY == 0 and least <= n < MOST_PEOPLE:
            middle = base + n / 2
            axes.text(year, middle, f"{n}", fontsize=SMALL, color="white", ha="center", va="center")


def _names(sheet: Sheet, panel: Panel, states: list[str], outcome: StatesOutcome, top: float, height: float) -> None:
    """Each state by name beside the last bar, in its colour and with its number; moved apart where they would touch."""
    words, line = labels.states(outcome.stages), line_height(SMALL)
    people = panel.people[-1]
    middles = top + height * (1 - (np.cumsum(people) - people / 2) / MOST_PEOPLE)
    left = WIDTH - RIGHT + 0.22
    texts = [wrap(f"{n}  {words[s]}", RIGHT - 0.3, SMALL, "bold") for s, n in zip(states, people, strict=True)]
    places = _apart(middles[::-1], np.array([len(t) * line for t in texts])[::-1], top, top + height)[::-1]
    for state, text, middle, place in zip(states, texts, middles, places, strict=True):
        color = _color(state, outcome)
        sheet.line(WIDTH - RIGHT + 0.02, middle, left - 0.04, place, color)
        for number, part in enumerate(text):
            sheet.text(left, place + (number - len(text) / 2) * line, part, SMALL, color=color, weight="bold")


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
