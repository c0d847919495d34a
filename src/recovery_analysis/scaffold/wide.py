"""Interviews that stand side by side in one row: found by the names of columns, and taken as interviews where the names
speak of them."""

import re
from dataclasses import dataclass, replace
from os.path import commonprefix

from .column import Column
from .guess import Draft, Own, WideWaves, choose_peer
from .values import identifier

MARK = r"(?:[_.](?:w|t|v|m|y|fu)|[_.]?(?:wave|visit|time|month|year))"
UNIT = r"m|mo|months?|w|wks?|weeks?|y|yrs?|years?"
SUFFIX = re.compile(rf"(?P<stem>.*?[A-Za-z])(?P<mark>{MARK}?[_.]?)(?P<n>\d{{1,2}})(?P<unit>{UNIT})?", re.IGNORECASE)
PREFIX = re.compile(
    r"(?P<mark>(?:w|t|v|m|y|wave|visit|time|fu|month|year)[_.]?)(?P<n>\d{1,2})[_.](?P<stem>.+)", re.IGNORECASE
)
UNITS = {"m": "months", "w": "weeks", "y": "years"}
MARKED_UNITS = {"m": "months", "month": "months", "y": "years", "year": "years"}
MOST_WAVES, FEWEST_MEASURES, FEWEST_ALONE = 12, 2, 3
FEWEST_LETTERS = 8
LAST_WORDS = re.compile(
    r"[\W_]*\b(?:at|in|of|on|after|for|wave|visit|time|month|week|year|interview|baseline|follow|up|the|\d+)?\W*$"
)


@dataclass(frozen=True)
class _Name:
    pattern: str
    stem: str
    n: str
    unit: str | None
    marked: bool


def _numbered(name: str) -> _Name | None:
    """A name with ``{wave}`` where its number stands, and what says that the number is that of an interview."""
    found = PREFIX.fullmatch(name) or SUFFIX.fullmatch(name)
    if found is None:
        return None
    unit = found.groupdict().get("unit") or ""
    mark = found["mark"].strip("_.").lower()
    pattern = f"{name[: found.start('n')]}{{wave}}{name[found.end('n') :]}"
    counted = UNITS.get(unit[:1].lower()) or MARKED_UNITS.get(mark)
    return _Name(pattern, found["stem"].strip("_."), found["n"], counted, bool(mark or unit))


def wide_waves(draft: Draft) -> WideWaves | None:
    """The questions that most interviews have in common; None where rows are interviews already, or none is seen."""
    if draft.wave is not None:
        return None
    own = {o.column.name: o for o in draft.own}
    groups: dict[str, dict[str, Column]] = {}
    names: dict[str, _Name] = {}
    for column in draft.columns:
        if (found := _numbered(column.name)) is not None:
            groups.setdefault(found.pattern, {})[found.n] = column
            names.setdefault(found.pattern, found)
    by_texts: dict[tuple[str, ...], list[str]] = {}
    for pattern, columns in groups.items():
        if 2 <= len(columns) <= MOST_WAVES:
            by_texts.setdefault(tuple(sorted(columns, key=int)), []).append(pattern)
    for texts, patterns in sorted(by_texts.items(), key=lambda item: -len(item[1])):
        measures = {p: tuple(own[groups[p][t].name] for t in texts) for p in patterns if _alike(groups[p], own)}
        dates = {p: tuple(groups[p][t] for t in texts) for p in patterns if _dates(groups[p])}
        marked = all(names[p].marked for p in (*measures, *dates))
        several = len(measures) + len(dates) >= FEWEST_MEASURES or (marked and len(texts) >= FEWEST_ALONE)
        if measures and several:
            stems = {p: names[p].stem for p in (*measures, *dates)}
            unit = next((names[p].unit for p in measures), None)
            return WideWaves(texts, measures, dates, stems, unit, marked or bool(dates))
    return None


def _dates(columns: dict[str, Column]) -> bool:
    return all(c.kind == "date" for c in columns.values())


def _alike(columns: dict[str, Column], own: dict[str, Own]) -> bool:
    """Whether all of the columns are answers of the same kind."""
    if not all(c.name in own for c in columns.values()):
        return False
    meanings = [own[c.name].meaning for c in columns.values()]
    first = meanings[0]
    kind = (first.type, first.recode, first.levels)
    return first.type is not None and all((m.type, m.recode, m.levels) == kind for m in meanings)


def as_interviews(draft: Draft) -> Draft:
    """The same draft, with one measure in place of the columns of its interviews, where their names are sure."""
    found = wide_waves(draft)
    if found is None or not found.sure:
        return draft
    taken = {own.column.name for several in found.measures.values() for own in several}
    kept = [own for own in draft.own if own.column.name not in taken]
    names = {own.name for own in kept}
    measures = [_measure(found, pattern, names) for pattern in found.measures]
    changed = replace(draft, own=[*kept, *measures], wide=found)
    choose_peer(changed)
    return changed


def _measure(found: WideWaves, pattern: str, names: set[str]) -> Own:
    several = found.measures[pattern]
    first, stem = several[0], found.stems[pattern]
    column = replace(first.column, name=pattern, label=_label([own.column.label for own in several]) or _words(stem))
    name = identifier(stem, "measure")
    name = name if name not in names else f"{name}_by_wave"
    names.add(name)
    return Own(name, column, first.meaning, True, all(own.meaning.confidence == "exact" for own in several))


def _label(labels: list[str]) -> str:
    """What the labels of one question at several interviews have in common; empty if that is next to nothing."""
    if len(set(labels)) == 1:
        return labels[0]
    text = commonprefix(labels)
    while (shorter := LAST_WORDS.sub("", text)) != text:
        text = shorter
    return text if len(text) >= FEWEST_LETTERS else ""


def _words(stem: str) -> str:
    return re.sub(r"[\W_]+", " ", stem).strip() or stem
