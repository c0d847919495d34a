"""Peer effects with intervals, people and events, for everyone and by gender."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, About, Analysis, Disclosure, Outcome, Peer
from .grid import Grid, Head, Row

HEADS = ("For whom", "Measure", "People", "With the outcome", "Estimate", "p", "Could have been found")
MODELS = ("crude", "adjusted", "interaction")


def effects_grid(
    estimates: pd.DataFrame,
    title: str,
    analyses: Sequence[str],
    known: Mapping[str, Analysis],
    outcomes: Mapping[str, Outcome],
    about: About,
    peer: Peer,
    disclosure: Disclosure,
) -> Grid:
    """Lay out the effects of the analyses named.

    Parameters
    ----------
    estimates : the released estimates, on the scale of the model; ratios are exponentiated here.
    title : the caption.
    analyses : which of them, in which order.
    known, outcomes, about, peer, disclosure : words of the study.
    """
    label = labels.SIMULATED if about.simulated else None
    chosen = {name: _chosen(estimates, name) for name in analyses}
    shown = pd.concat(chosen.values()) if chosen else estimates.head(0)
    marks = formats.marks(text for row in shown.itertuples() for text in _footnotes(row))
    level = formats.level(shown["conf_level"].max())
    rows = []
    for name, own in chosen.items():
        if len(own):
            counted = not (own["scale"] == "difference").any()
            rows.append(Row(f"{known[name].title}. Outcome: {outcomes[known[name].outcome].label}"))
            rows += [_row(row, marks, counted) for row in own.itertuples()]
    heads = tuple(Head(f"{text} ({level} interval)" if text == "Estimate" else text) for text in HEADS)
    plans = [known[name] for name in analyses]
    asked = [*labels.conditional(plans, outcomes), *labels.weighted(plans)]
    notes = [*asked, *_notes(shown, marks, about, peer, disclosure)] if rows else [labels.EMPTY["effects"]]
    return Grid(title, label, (heads,), tuple(rows), tuple(notes), _tidy(shown, known, outcomes, label))


def _chosen(estimates: pd.DataFrame, analysis: str) -> pd.DataFrame:
    """Everyone not adjusted, everyone adjusted, each gender, and the test of a difference between genders."""
    rows = estimates[(estimates["analysis"] == analysis) & estimates["model"].isin(MODELS)]
    effects = rows[(rows["term"] == "peer") & rows["scale"].isin(labels.SCALE)]
    tests = rows[(rows["term"] == "peer:gender") & (rows["estimand"] == "test")]
    chosen = pd.concat([effects, tests])
    place = {"all": -1} | {name: i for i, name in enumerate(GENDERS)}
    keys = pd.DataFrame(
        {
            "test": chosen["estimand"] == "test",
            "model": chosen["model"].map(MODELS.index),
            "group": chosen["group"].map(place).fillna(len(GENDERS)),
        }
    )
    chosen = chosen.loc[keys.sort_values(["test", "model", "group"], kind="stable").index]
    return chosen.drop_duplicates(["model", "term", "group"])


def _who(row: object) -> str:
    if row.estimand == "test":
        return "Difference between genders"
    if row.group == "all":
        return f"{labels.EVERYONE}, {labels.MODEL.get(row.model, row.model)}"
    return labels.gender(row.group)


def _reasons(row: object) -> list[str]:
    return labels.gate(row.gate) if row.status == "ok" else []


def _footnotes(row: object) -> list[str]:
    """What stands against an estimate; or why there is none, for which the words in its place have no room."""
    why = "" if row.status in ("ok", "suppressed") else formats.first_sentence(row.note)
    return [f"Read with care: {reason}." for reason in _reasons(row)] + ([f"No number: {why}"] if why else [])


def _words(row: object) -> str:
    if row.status != "ok":
        return labels.STATUS[row.status]
    if row.estimand == "test":
        return "test only"
    return formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)


def _row(row: object, marks: Mapping[str, str], counted: bool) -> Row:
    """One estimate; `counted` is False where the outcome is a measure, which nobody has or has not."""
    words = _words(row) + formats.marked(_footnotes(row), marks)
    events = formats.count(row.n_events) if counted else "does not apply"
    least = formats.detectable(row.detectable, row.scale)
    cells = (_measure(row), formats.count(row.n), events, words, formats.p_value(row.p_value), least)
    return Row(_who(row), cells, indent=True)


def _measure(row: object) -> str:
    return labels.SCALE.get(row.scale, "Interaction")


def _notes(
    shown: pd.DataFrame, marks: Mapping[str, str], about: About, peer: Peer, disclosure: Disclosure
) -> list[str]:
    notes = [
        f"{peer.label}, compared with: {labels.inside(peer.reference)}. "
        "A ratio of 1 and a difference of 0 mean no difference. "
        "Estimates by gender come from one model with an effect for each gender."
    ]
    if shown["detectable"].notna().any():
        notes.append(labels.COULD_FIND)
    notes += [f"{mark} {text}" for text, mark in marks.items()]
    effects = shown[shown["estimand"] != "test"]
    events = effects.loc[effects["scale"] != "difference", "n_events"]
    if events.isna().any() or effects["n"].isna().any():
        notes.append(labels.WITHHELD)
    rule = labels.disclosure(disclosure.preset, disclosure.reason)
    return [*notes, rule, f"Source: {about.label}. {about.citation}"]


def _tidy(
    shown: pd.DataFrame,
    known: Mapping[str, Analysis],
    outcomes: Mapping[str, Outcome],
    label: str | None,
) -> pd.DataFrame:
    """One row per estimate; ratios exponentiated, numbers as numbers."""
    rows = list(shown.itertuples())

    def natural(column: str) -> list[float]:
        values = (formats.natural(getattr(row, column), row.scale) for row in rows)
        return [float(f"{value:.6g}") for value in values]

    columns = {
        "Data": label or "Released results",
        "Analysis": [known[row.analysis].title for row in rows],
        "Outcome": [outcomes[known[row.analysis].outcome].label for row in rows],
        "For whom": [_who(row) for row in rows],
        "Measure": [_measure(row) for row in rows],
        "People": [row.n for row in rows],
        "With the outcome": [row.n_events for row in rows],
        "Estimate": natural("estimate"),
        "Low": natural("conf_low"),
        "High": natural("conf_high"),
        "Level": [row.conf_level for row in rows],
        "Could have been found": natural("detectable"),
        "p": [float(f"{row.p_value:.4g}") for row in rows],
        "As printed": [formats.plain(_words(row)) for row in rows],
        "Read with care": ["; ".join(_reasons(row)) for row in rows],
        "Note": [row.note if isinstance(row.note, str) else "" for row in rows],
    }
    return pd.DataFrame(columns)
