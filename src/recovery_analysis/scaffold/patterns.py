"""Columns that belong together by their names: parts of a date, ends of a period, keys of several files.

All are guesses by label: names say it, and the values do not speak against it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from .column import MOSTLY, Column
from .guess import Draft
from .roles import PERSON_WORDS

YEAR, MONTH, DAY = ("year", "yr", "yyyy", "y"), ("month", "mon", "mm", "m"), ("day", "dd", "d")
START = ("start", "started", "begin", "began", "from", "since", "entry", "in", "admission", "admitted")
STOP = ("stop", "stopped", "end", "ended", "until", "to", "exit", "out", "left", "discharge", "discharged")
LATEST_DAY, LATEST_MONTH = 31, 12
FIRST_YEAR, LAST_YEAR = 1900, 2100
SHARED = 0.5
KIND_WORDS = {
    "recovery": ("recover", "abstin", "sober", "remission"),
    "mutual_aid": ("aa", "na", "smart", "mutual", "selfhelp", "fellowship"),
    "peer_support": ("peer", "lero"),
    "residential": ("resid", "rehab", "inpatient", "detox"),
    "outpatient": ("outpat", "clinic", "counsel"),
    "medication": ("medic", "methadone", "bupren", "oat", "ost"),
    "use": ("use", "using", "drink", "heroin", "cocaine"),
}


@dataclass(frozen=True)
class Parts:
    """Columns that make up one date: the year, and where they are there the month and the day."""

    stem: str
    year: str
    month: str
    day: str | None


@dataclass(frozen=True)
class SpellPair:
    """Columns that say when a period started and stopped; a source is a date, a year, or parts of a date.

    `numbers` take the place of `{n}` in the names.
    """

    kind: str | None
    start: "Column | Parts"
    stop: "Column | Parts"
    numbers: tuple[str, ...] = ()


def date_parts(columns: list[Column]) -> list[Parts]:
    """Years and months, and days where they are there, of the same name but for the word."""
    years = {_without(c.name, YEAR): c for c in columns if _without(c.name, YEAR) is not None and _is_year(c)}
    months = {_without(c.name, MONTH): c for c in columns if _within(c, 1, LATEST_MONTH)}
    days = {_without(c.name, DAY): c for c in columns if _within(c, 1, LATEST_DAY)}
    return [
        Parts(stem, year.name, months[stem].name, days[stem].name if stem in days else None)
        for stem, year in years.items()
        if stem in months and stem is not None
    ]


def _without(name: str, words: tuple[str, ...]) -> str | None:
    """A name without one of the words at its start or end; None where none is there."""
    for word in words:
        edge = r"[_.]" if len(word) < len("day") else r"[_.]?"
        found = re.fullmatch(rf"(?:{word}{edge}(.+)|(.+?){edge}{word}|{word})", name, re.IGNORECASE)
        if found:
            return (found[1] or found[2] or "date").strip("_.").lower()
    return None


def _within(column: Column, low: int, high: int) -> bool:
    return column.kind == "whole" and column.share_within(low, high) >= MOSTLY


def _is_year(column: Column) -> bool:
    return _within(column, FIRST_YEAR, LAST_YEAR)


def spell_pairs(columns: list[Column]) -> list[SpellPair]:
    """Starts and stops of the same name but for the word, in dates, years, or parts of dates; numbered periods of one
    kind are told together."""
    times: dict[str, Column | Parts] = {c.name: c for c in columns if c.kind == "date" or _is_year(c)}
    for parts in date_parts(columns):
        times = {name: time for name, time in times.items() if name != parts.year} | {parts.stem: parts}
    starts = {_without(name, START): time for name, time in times.items()}
    stops = {_without(name, STOP): time for name, time in times.items()}
    pairs = {stem: (time, stops[stem]) for stem, time in starts.items() if stem is not None and stem in stops}
    return list(_together(pairs))


def _together(pairs: dict[str, tuple["Column | Parts", "Column | Parts"]]) -> Iterator[SpellPair]:
    numbered: dict[str, list[str]] = {}
    for stem in pairs:
        found = re.fullmatch(r"(.*?)_?(\d{1,2})", stem)
        numbered.setdefault(found[1] if found else stem, []).append(found[2] if found else "")
    for stem, numbers in numbered.items():
        own = [name for name in pairs if name == stem or re.fullmatch(rf"{re.escape(stem)}_?\d{{1,2}}", name)]
        start, stop = pairs[own[0]]
        several = tuple(numbers) if len(numbers) > 1 and isinstance(start, Column) and isinstance(stop, Column) else ()
        yield SpellPair(_kind(stem), start, stop, several)
        if len(own) > 1 and not several:
            yield from (SpellPair(_kind(stem), *pairs[name]) for name in own[1:])


def _kind(stem: str) -> str | None:
    tokens = re.findall(r"[a-z]+", stem.lower())
    for kind, words in KIND_WORDS.items():
        if any(
            token == word or (len(word) > len("oat") and token.startswith(word)) for token in tokens for word in words
        ):
            return kind
    return None


def shared_keys(drafts: dict[str, Draft]) -> dict[str, tuple[str, str, str]]:
    """File → (other file, key, how often it may occur): columns called an identifier in both, that tell the rows of the
    other apart, and that most rows find a partner by. The file with more rows is added to."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, draft in drafts.items():
        for other, theirs in drafts.items():
            if other == name or name in found or other in found:
                continue
            key = next((k for k in _common(draft, theirs) if _finds(draft, theirs, k)), None)
            if key is not None:
                once = not draft.raw.frame[key].duplicated().any()
                found[name] = (other, key, "one_to_one" if once else "many_to_one")
    return found


def _common(draft: Draft, theirs: Draft) -> list[str]:
    """Columns of both files that are called an identifier."""
    both = [name for name in draft.raw.columns if name in theirs.raw.columns]
    people = {d.person.column.name for d in (draft, theirs) if d.person}
    called = [n for n in both if n in people or n.lower().endswith("id") or set(n.lower().split("_")) & PERSON_WORDS]
    return sorted(called, key=lambda n: n not in people)


def _finds(draft: Draft, theirs: Draft, key: str) -> bool:
    ours, others = _codes(draft, key).dropna(), _codes(theirs, key)
    unique = others.notna().all() and not others.duplicated().any()
    return bool(unique and len(ours) and ours.isin(others).mean() > SHARED)


def _codes(draft: Draft, key: str) -> pd.Series:
    return pd.Series(next(c for c in draft.columns if c.name == key).codes).astype(object)
