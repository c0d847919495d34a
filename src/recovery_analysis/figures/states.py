"""Where 100 people are, year by year since onset: with peers above, without below; by gender side by side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .. import labels
from ..study import GENDERS, StatesOutcome
from .context import Context
from .sheet import BODY, Drawing, Sheet, line_height, style
from .state_bars import ABREAST, LEFT, MOST_PEOPLE, Panel, draw_line, width_of

GAP = 0.16
COURSES = {"peer": "from first help on", "no_peer": "throughout"}
ADJUSTED = (
    "The same people, as if each had gone on with peers from first help, or without: predicted from Cox models of each "
    "move since first help, adjusted for what is known of the people. It holds if nothing else drives both engagement "
    "and the course."
)
CRUDE = (
    "Moves after first help are counted by years since help, for the one picture while people were with peers, for the "
    "other while they were not, so nobody counts as with peers before they met them. Not adjusted for who meets peers."
)
AS_THEY_ARE = "People as they are, some with peers and some without."
BARS = "Each bar is 100 people, rounded to whole people."


def draw_states(
    curves: pd.DataFrame,
    context: Context,
    analysis: str,
    title: str | None = None,
    caption: str = "",
    by: str = "peer",
    care: Sequence[str] = (),
) -> Drawing:
    """Draw one multi-state analysis: what is adjusted, where there is such; otherwise people as they are.

    Parameters
    ----------
    curves : the released curves table.
    context : words of the study.
    analysis : which analysis of it.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    by : peer, or gender: the genders for which there are curves, side by side.
    care : what its gates say, as sentences.
    """
    outcome = context.outcome_of(analysis)
    rows = curves[(curves["analysis"] == analysis) & curves["state"].notna()]
    adjusted = is_adjusted(curves, analysis)
    states = [state for state in _upwards(outcome) if (rows["state"] == state).any()]
    lines = (
        _by_gender(rows, states, context, adjusted) if by == "gender" else _by_peers(rows, states, context, adjusted)
    )
    panels = [panel for line in lines for panel in line]
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        for number, line in enumerate(lines):
            sheet.y += GAP if number else 0.0
            draw_line(sheet, line, states, outcome, context.compact)
        if panels:
            axis = f"Years since {outcome.since}"
            sheet.text(LEFT + width_of(panels[0]) / 2, sheet.y, axis, BODY, ha="center")
            sheet.y += line_height(BODY) + 0.08
        else:
            sheet.paragraph(labels.EMPTY["states"])
        how = ADJUSTED if adjusted else AS_THEY_ARE if by == "gender" else CRUDE
        hidden = _hidden(rows, panels) if panels and by == "gender" else []
        weighted = labels.weighted([context.analyses[analysis]])
        sheet.notes([*_notes(how, outcome, context.compact), *hidden, *weighted, *care, caption, *context.closing()])
    return sheet.finish(title or f"{outcome.label} since {outcome.since}", describe(panels, states, outcome))


def is_adjusted(curves: pd.DataFrame, analysis: str) -> bool:
    """Whether there are adjusted courses, which are then drawn in place of people as they are."""
    return bool(((curves["analysis"] == analysis) & (curves["by"] == labels.STANDARDISED)).any())


def whole_people(shares: np.ndarray) -> np.ndarray:
    """Whole people in each state, 100 in all: the first rounded, the others down, then one more where the remainder is
    largest.

    Parameters
    ----------
    shares : (k,) shares, none missing, of which the first is told in words elsewhere; they need not sum to one exactly.
    """
    first = int(np.floor(MOST_PEOPLE * shares[0] + 0.5)) if shares[1:].any() else MOST_PEOPLE
    others = (MOST_PEOPLE - first) * shares[1:] / (shares[1:].sum() or 1.0)
    people = np.append(first, np.floor(others + 1e-9)).astype(int)
    order = 1 + np.argsort(people[1:] - others, kind="stable")
    people[order[: MOST_PEOPLE - people.sum()]] += 1
    return people


def describe(panels: list[Panel], states: list[str], outcome: StatesOutcome) -> str:
    """Where people are at the last year drawn, as sentences."""
    if not panels:
        return labels.EMPTY["states"]
    words, sentences = labels.states(outcome.stages), []
    for panel in panels:
        parts = [f"{words[s].lower()}, {n}" for s, n in zip(states, panel.people[-1], strict=True)]
        when = f"{labels.duration(panel.years[-1], 'years')} after {outcome.since}"
        name = ": ".join(filter(None, [panel.whose, panel.name]))
        sentences.append(f"{name}: of 100 people, {when}: {'; '.join(parts)}.")
    return " ".join(sentences)


def _upwards(outcome: StatesOutcome) -> list[str]:
    """States from the bottom of the picture to its top: the longest recovery is the ground."""
    before, after, *stages, died = outcome.states
    return [*reversed(stages), after, before, died]


def _by_peers(rows: pd.DataFrame, states: list[str], context: Context, adjusted: bool) -> list[list[Panel]]:
    """One line for each course, everyone together."""
    own = rows[rows["by"] == (labels.STANDARDISED if adjusted else "peer")]
    lines = [
        [_panel(own[own["group"] == group], states, f"{context.group('peer', group)}, {course}")]
        for group, course in COURSES.items()
    ]
    return [found for line in lines if (found := [panel for panel in line if panel is not None])]


def _by_gender(rows: pd.DataFrame, states: list[str], context: Context, adjusted: bool) -> list[list[Panel]]:
    """Genders side by side, two at a time, a line for each course; one line of people as they are if not adjusted."""
    groups = {g: f"{context.group('peer', g)}, {course}" for g, course in COURSES.items()} if adjusted else {None: ""}
    found = {}
    for gender in GENDERS:
        for group, name in groups.items():
            by, own = (f"{labels.STANDARDISED}_{gender}", group) if adjusted else ("gender", gender)
            curve = rows[(rows["by"] == by) & (rows["group"] == own)]
            found[gender, group] = _panel(curve, states, name, labels.gender(gender))
    shown = [gender for gender in GENDERS if all(found[gender, group] is not None for group in groups)]
    sets = [shown[i : i + ABREAST] for i in range(0, len(shown), ABREAST)]
    return [[found[gender, group] for gender in few] for few in sets for group in groups]


def _hidden(rows: pd.DataFrame, panels: list[Panel]) -> list[str]:
    """A note that names the genders of the study without a picture; none if all have one."""
    groups, drawn = set(rows.loc[rows["by"] == "gender", "group"]), {panel.whose for panel in panels}
    names = [labels.gender(gender) for gender in GENDERS if gender in groups]
    left = [labels.inside(name) for name in names if name not in drawn]
    return [labels.not_drawn(left)] if left else []


def _panel(rows: pd.DataFrame, states: list[str], name: str, whose: str = "") -> Panel | None:
    """A course up to the last year in which every state is known; None if there is none."""
    wide = rows.pivot(index="time", columns="state", values="estimate").reindex(columns=states)
    wide = wide.loc[:, wide.notna().any()].dropna()
    if wide.empty:
        return None
    wide = wide.reindex(columns=states, fill_value=0.0)
    people = np.array([whole_people(row) for row in wide.to_numpy()])
    return Panel(name, wide.index.to_numpy(), people, whose)


def _notes(how: str, outcome: StatesOutcome, compact: bool) -> list[str]:
    if compact:
        return [how]
    method = "" if how == ADJUSTED else f"{labels.METHOD['state_occupancy']} "
    return [f"{outcome.label}: {outcome.definition}", f"{method}{how} {BARS}"]
