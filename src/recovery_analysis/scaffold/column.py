"""One raw column: its kind, its codes, and how many people have each."""

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from ..ingest.cells import Cells
from ..ingest.dates import ISO_DATE
from ..ingest.values import as_text

FEW = 5
MOST_CODES = 20
FIRST_LOOK = 10_000
MOSTLY, MOST_VARY = 0.95, 0.03


@dataclass(frozen=True, eq=False)
class Column:
    """One raw column.

    Attributes
    ----------
    name, label : its name, and what the file says it means (may be empty).
    labels : code as text → label, as the file declares them.
    missing : codes that the file declares to mean 'no answer', in words.
    refused : further codes whose label says so, such as -9 'Refused'.
    cells : the cells, each distinct value once where there are few; all of these codes are missing.
    people : number of the person that each row belongs to, shape (n,); None where each row counts as one of its own.
    """

    name: str
    label: str
    labels: dict[str, str]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    cells: Cells
    people: np.ndarray | None = field(default=None, repr=False)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.cells)

    @cached_property
    def known(self) -> int:
        """Rows that hold something."""
        return self.cells.rows(self.cells.known)

    @cached_property
    def _numeric(self) -> np.ndarray:
        """Which distinct values are numbers."""
        return ~np.isnan(self.cells.number)

    @cached_property
    def number(self) -> np.ndarray:
        """Each row as a number, shape (n,); missing where it is none."""
        return self.cells.spread(self.cells.number)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The rows that are numbers."""
        return self.number[~np.isnan(self.number)]

    @property
    def not_numbers(self) -> int:
        """Rows that hold something that is no number."""
        return self.known - self.cells.rows(self._numeric)

    def share_within(self, low: float, high: float) -> float:
        """Share of the numbers that lie in a range; 0 if there are none."""
        n = self.cells.rows(self._numeric)
        return self.cells.rows((self.cells.number >= low) & (self.cells.number <= high)) / n if n else 0.0

    @cached_property
    def texts(self) -> "pd.Series[int]":
        """How many rows hold each text."""
        text = pd.Series(self.cells.text[self.cells.known], dtype=object).astype(str)
        return pd.Series(self.cells.times[self.cells.known]).groupby(text.to_numpy(), sort=False).sum()

    @cached_property
    def forms(self) -> "pd.Series[int]":
        """How many rows hold each text, 9 standing for every digit: few, where there are many texts. What a date or a
        number looks like does not depend on which digits it has."""
        known = self.cells.known
        texts = pa.array(self.cells.text[known], pa.string())
        _, ends, held = texts.buffers()
        letters = np.frombuffer(held, np.uint8).copy() if held else np.empty(0, np.uint8)
        letters[(letters >= ord("0")) & (letters <= ord("9"))] = ord("9")
        whole = pa.Array.from_buffers(pa.string(), len(texts), [None, ends, pa.py_buffer(letters)]).dictionary_encode()
        rows = np.bincount(whole.indices.to_numpy(), self.cells.times[known], len(whole.dictionary))
        return pd.Series(rows.astype(int), whole.dictionary.to_numpy(zero_copy_only=False))

    @cached_property
    def kind(self) -> str:
        """A key of KIND; a column of numbers may hold a few cells that are not."""
        if not self.known:
            return "empty"
        if self.cells.values.dtype.kind == "M":
            return "date"
        if self.known - self.not_numbers >= MOSTLY * self.known:
            return "whole" if (np.mod(self.cells.number[self._numeric], 1) == 0).all() else "number"
        return "date" if share_written(self.forms, ISO_DATE) >= MOSTLY else "text"

    @cached_property
    def sound(self) -> bool:
        """Whether every cell is of the column's kind."""
        return self.kind not in ("whole", "number") or not self.not_numbers

    @cached_property
    def codes(self) -> pd.Categorical:
        """Each row as text, whole numbers the same whether 7 was typed as 7 or 7.0."""
        text, numbers = self.cells.text, self.cells.number
        if self.kind == "whole":
            text = np.where(self._numeric, as_text(np.where(self._numeric, numbers, 0)), text)
        return self.cells.spread_texts(text)

    @property
    def different(self) -> int:
        """Number of different codes."""
        return len(self.codes.categories)

    @cached_property
    def counts(self) -> "pd.Series[int]":
        """People per code, in the order of the codes."""
        counts = pd.Series(self._people_per_code, self.codes.categories, name="count")
        return counts.loc[sorted(counts.index, key=_as_sorted)]

    @cached_property
    def _people_per_code(self) -> np.ndarray:
        known, codes = self.codes.codes >= 0, self.codes.codes.astype(np.int64)
        if self.people is not None:
            pairs = np.sort(self.people[known] * self.different + codes[known])
            codes = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]] % self.different
        else:
            codes = codes[known]
        return np.bincount(codes, minlength=self.different)

    @cached_property
    def coded(self) -> bool:
        """Whether it has few different values, or labels for them."""
        if self.kind == "number" and len(np.unique(self.cells.number[:FIRST_LOOK])) > MOST_CODES + 1:
            return False
        return self.kind not in ("empty", "date") and 0 < self.different <= MOST_CODES

    @cached_property
    def same_within_people(self) -> bool:
        """Whether nearly every person has one value in all rows."""
        if self.people is None:
            return True
        known, n = self.codes.codes >= 0, self.people.max(initial=-1) + 1
        people, codes = self.people[known], self.codes.codes[known]
        first, varies = np.zeros(n, dtype=codes.dtype), np.zeros(n, dtype=bool)
        first[people] = codes
        varies[people[codes != first[people]]] = True
        return varies.sum() <= MOST_VARY * (np.bincount(people, minlength=n) > 0).sum()

    @property
    def common(self) -> list[str]:
        """Codes that at least FEW people have."""
        return [str(code) for code, n in self.counts.items() if n >= FEW]

    @property
    def rare(self) -> list[str]:
        """Codes that fewer people have: they are never written down."""
        return [str(code) for code, n in self.counts.items() if n < FEW]

    @property
    def shown(self) -> str:
        """Its label, or its name in words."""
        return self.label or re.sub(r"[\W_]+", " ", self.name).strip() or self.name

    def has_words(self, *words: str) -> bool:
        """Whether its name or its label holds one of the words."""
        return bool(set(words) & tokens(f"{self.name} {self.label}"))


def tokens(text: str) -> set[str]:
    """Words of a name or label in lower case: ``visitDate_2`` → visit, date, 2."""
    return set(re.findall(r"[^\W\d_]+|\d+", parted(text).lower()))


def parted(text: str) -> str:
    """A name with its words apart: ``visitDate_2`` → visit_Date_2."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)


def _as_sorted(code: str) -> tuple[int, float, str]:
    try:
        return (0, float(code), code)
    except ValueError:
        return (1, 0.0, code)


def share_written(forms: "pd.Series[int]", pattern: str) -> float:
    """Share of cells that are written so, given how often each form occurs."""
    return float(forms[forms.index.str.fullmatch(pattern)].sum() / forms.sum())
