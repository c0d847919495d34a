"""What a fault is, and what must come of it; the registry that every kind of fault is entered in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .study import FORMATS

Change = Callable[[pd.DataFrame], pd.DataFrame]
Damage = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Issues:
    """The study is read; the issues of these checks are told, this often, and no other error.

    Attributes
    ----------
    counts : check → number of issues.
    aside : rows set aside per canonical table; a table that is not named loses none.
    changed : values that the fault changes rightly: (table, person, ..., column) → value.
    """

    counts: Mapping[str, int]
    aside: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[tuple[str, ...], object] = field(default_factory=dict)
    outcome = "told row by row"


@dataclass(frozen=True)
class Refused:
    """Nothing is read; one error says what is wrong, with these words among others."""

    words: tuple[str, ...]
    outcome = "refused with a sentence"


@dataclass(frozen=True)
class Read:
    """The study is read in full, and says what the clean study says, but for these values.

    Attributes
    ----------
    changed : (table, person, ..., column) → value.
    people : identifiers as they come out, where they are not those of the clean study.
    gone : people and interviews that the file no longer has.
    """

    changed: Mapping[tuple[str, ...], object] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[tuple[str, ...], ...] = ()
    outcome = "read right"


Expected = Issues | Refused | Read


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes
    ----------
    name : words for the table of the corpus.
    expected : what must come of it; by format where formats differ.
    formats : formats that can have the fault.
    people, visits : how it changes a clean frame, before it is written.
    damage : how it changes the bytes of the file of people.
    files : anything else; is given the folder and the format once the files are written.
    settings : how it changes the configuration.
    """

    name: str
    expected: Expected | Mapping[str, Expected]
    formats: tuple[str, ...] = FORMATS
    people: Change | None = None
    visits: Change | None = None
    damage: Damage | None = None
    files: Callable[[Path, str], None] | None = None
    settings: Callable[[dict[str, Any]], None] | None = None

    def expect(self, kind: str) -> Expected:
        """What must come of it in one format."""
        return self.expected[kind] if isinstance(self.expected, Mapping) else self.expected


@dataclass(frozen=True)
class Cell:
    """Put a value into one cell: by default that of the fourth row, person P04."""

    column: str
    value: object
    row: int = 3

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the value in its cell."""
        frame = frame.astype(object)
        frame.at[self.row, self.column] = self.value
        return frame


def column(name: str, value: object) -> Change:
    """Fill a column: with one value, or with what a function makes of each cell."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[name] = frame[name].map(value) if callable(value) else pd.Series([value] * len(frame), dtype=object)
        return frame

    return change


# One person set aside: a row of persons, one period, three events, three interviews.
PERSON = {"persons": 1, "spells": 1, "events": 3, "waves": 3}
