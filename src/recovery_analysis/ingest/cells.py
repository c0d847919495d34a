"""The cells of one raw column: seen as text and as numbers, and compared with codes.

A survey column holds few distinct values, and what a cell means depends on nothing but its value. So everything is
worked out once per distinct value, and spread over the rows at the end.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..study import Scalar, span
from .values import LARGEST_EXACT, as_number, as_text, coded_texts, numbers_among


class Cells:
    """A column of cells; missing is null, text has no spaces at its ends.

    Parameters
    ----------
    values : array of shape (m,) of values: numbers, dates or objects (None where missing).
    at : array of shape (n,): which of the values each row holds. Without it, each value is a row.
    written : of numbers read from text, the texts as arrow holds them, shape (m,): an identifier keeps its noughts.
    """

    def __init__(self, values: np.ndarray, at: np.ndarray | None = None, written: pa.Array | None = None) -> None:
        self.values = values
        self.at = at
        self.written = written

    def __len__(self) -> int:
        return len(self.values if self.at is None else self.at)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """An array of shape (n,), one cell per row, from one of shape (m,)."""
        return values if self.at is None else values.take(self.at)

    def spread_texts(self, texts: np.ndarray) -> pd.Categorical:
        """Texts, one per row, from an array of shape (m,)."""
        coded = self._text_coded if texts is self.text else coded_texts(texts)
        return coded if self.at is None else pd.Categorical.from_codes(self.spread(coded.codes), dtype=coded.dtype)

    @cached_property
    def times(self) -> np.ndarray:
        """How many rows hold each value; shape (m,)."""
        m = len(self.values)
        return np.ones(m, dtype=int) if self.at is None else np.bincount(np.arange(m).take(self.at), minlength=m)

    def rows(self, mask: np.ndarray) -> int:
        """How many rows hold a value where the mask of shape (m,) is true."""
        return int(mask.sum()) if self.at is None else int(self.times[mask].sum())

    def take(self, rows: np.ndarray) -> "Cells":
        """The cells of some of the rows."""
        if self.at is not None:
            return only_held(self.values, self.at[rows])
        return Cells(self.values[rows], None, None if self.written is None else self.written.take(pa.array(rows)))

    def holding(self, values: np.ndarray) -> "Cells":
        """Cells with other values in the same rows."""
        return Cells(values, self.at)

    @cached_property
    def known(self) -> np.ndarray:
        """Which values are something; shape (m,), as in all that follows."""
        return pd.notna(self.values)

    @cached_property
    def number(self) -> np.ndarray:
        """The values as float64; what is not a finite number is missing."""
        if self.values.dtype == object:
            return numbers_among(self.values)
        if self.values.dtype.kind == "M":
            return np.full(len(self.values), np.nan)
        numbers = self.values.astype(float, copy=False)
        infinite = np.isinf(numbers)
        return np.where(infinite, np.nan, numbers) if infinite.any() else numbers

    @cached_property
    def text(self) -> np.ndarray:
        """The values as text; whole numbers without a decimal point, dates as YYYY-MM-DD."""
        return as_text(self.values) if self.written is None else self.written.to_numpy(zero_copy_only=False)

    @cached_property
    def _text_coded(self) -> pd.Categorical:
        """Several tables hold the identifiers of one file, each of which is there once."""
        names = pd.Index(self.text, dtype=object)
        if self.at is None or names.hasnans or not names.is_unique:
            return coded_texts(self.text)
        return pd.Categorical.from_codes(np.arange(len(names)), dtype=pd.CategoricalDtype(names))

    def among(self, codes: Iterable[Scalar]) -> np.ndarray:
        """Which values are one of the codes, or in a range `lo..hi`: compared as numbers where both are, otherwise as
        text; a date is the text YYYY-MM-DD."""
        numbers, words = [], []
        found = np.zeros(len(self.values), dtype=bool)
        for code in codes:
            number, limits = as_number(code), span(code)
            if number is None or not np.isfinite(number):
                words.append(str(code).strip())
            else:
                numbers.append(number)
            if limits is not None:
                found |= (self.number >= limits[0]) & (self.number <= limits[1])
        if numbers:
            found |= np.isin(self.number, numbers)
        if words and self.values.dtype.kind in "OM":
            found |= np.asarray(pd.Series(self.text).isin(words))
        return found

    def within(self, low: Scalar, high: Scalar) -> np.ndarray:
        """Which values are a number from low to high, both included; a text code only matches itself."""
        lowest, highest = as_number(low), as_number(high)
        if lowest is None or highest is None:
            return self.among([low])
        return (self.number >= lowest) & (self.number <= highest)

    def without(self, mask: np.ndarray) -> "Cells":
        """The same cells, missing where the mask is true."""
        if not mask.any():
            return self
        values = _can_be_missing(self.values)
        values[mask] = {"f": np.nan, "M": np.datetime64("NaT")}.get(values.dtype.kind)
        if self.written is None:
            return self.holding(values)
        return Cells(values, self.at, pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), self.written))


def _can_be_missing(values: np.ndarray) -> np.ndarray:
    """A copy that can hold missing values; whole numbers become floats where these are exact, otherwise text."""
    if values.dtype.kind not in "iu":
        return values.copy()
    exact = len(values) == 0 or max(abs(int(values.min())), abs(int(values.max()))) < LARGEST_EXACT
    return values.astype(float) if exact else as_text(values)


def only_held(values: np.ndarray, at: np.ndarray) -> Cells:
    """Cells without values that no row holds."""
    used = np.zeros(len(values), dtype=bool)
    used[at] = True
    return Cells(values, at) if used.all() else Cells(values[used], (np.cumsum(used) - 1).astype(at.dtype).take(at))
