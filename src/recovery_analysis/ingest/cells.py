"""The cells of one raw column: seen as text and as numbers, and compared with codes.

Arrays and not series: a study has hundreds of mapped columns, and most of the work on each is a comparison.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd

from ..study import Scalar

LARGEST_EXACT = 2**53


class Cells:
    """A column of cells; missing is null, text has no spaces at its ends.

    Parameters
    ----------
    values : array of shape (n,) as `plain` gives: numbers, dates or objects (None where missing).
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @cached_property
    def known(self) -> np.ndarray:
        """Which cells hold something."""
        return pd.notna(self.values)

    @cached_property
    def number(self) -> np.ndarray:
        """The cells as float64; what is not a finite number is missing."""
        if self.values.dtype == object:
            numbers = pd.to_numeric(pd.Series(self.values), errors="coerce").to_numpy(dtype=float)
            return np.where(np.isfinite(numbers), numbers, np.nan)
        if self.values.dtype.kind == "M":
            return np.full(len(self.values), np.nan)
        return self.values.astype(float)

    @cached_property
    def text(self) -> np.ndarray:
        """The cells as text; whole numbers without a decimal point, dates as YYYY-MM-DD."""
        return as_text(self.values)

    def among(self, codes: Iterable[Scalar]) -> np.ndarray:
        """Which cells hold one of the codes: compared as numbers where both are, otherwise as text."""
        codes = list(codes)
        numbers = [n for n in map(as_number, codes) if n is not None]
        words = [str(code).strip() for code in codes if as_number(code) is None]
        found = np.isin(self.number, numbers) if numbers else np.zeros(len(self.values), dtype=bool)
        if words and self.values.dtype == object:
            found |= np.asarray(pd.Series(self.text).isin(words))
        return found

    def within(self, low: Scalar, high: Scalar) -> np.ndarray:
        """Which cells hold a number from low to high, both included; a text code only matches itself."""
        lowest, highest = as_number(low), as_number(high)
        if lowest is None or highest is None:
            return self.among([low])
        return (self.number >= lowest) & (self.number <= highest)

    def without(self, mask: np.ndarray) -> "Cells":
        """The same cells, missing where the mask is true."""
        if not mask.any():
            return self
        values = as_text(self.values) if self.values.dtype.kind in "iu" else self.values.copy()
        values[mask] = {"f": np.nan, "M": np.datetime64("NaT")}.get(values.dtype.kind)
        return Cells(values)


def plain(column: pd.Series) -> np.ndarray:
    """A raw column as an array: numbers, dates, or objects with stripped text; blank is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    if pd.api.types.is_numeric_dtype(column):
        whole = column.dtype.kind in "iu" and not pd.api.types.is_extension_array_dtype(column)
        return column.to_numpy() if whole else column.to_numpy(dtype=float, na_value=np.nan)
    column = column.astype(object)
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        cells = column.str.strip().to_numpy(dtype=object)
    else:
        cells = np.array([v.strip() if isinstance(v, str) else v for v in column] + [None], dtype=object)[:-1]
    cells[pd.isna(cells) | (cells == "")] = None
    return cells


def as_number(code: Scalar) -> float | None:
    """The code as a number, or None if it is not one."""
    try:
        return float(code)
    except ValueError:
        return None


def as_text(values: np.ndarray) -> np.ndarray:
    """Text of each cell (object; None where missing), the same whether 7 was typed as 7, 7.0 or '7'."""
    missing = pd.isna(values)
    kind = values.dtype.kind
    if kind == "M":
        text = np.datetime_as_string(values, unit="D").astype(object)
    elif kind in "iu":
        text = values.astype(str).astype(object)
    elif kind == "f":
        whole = (np.mod(values, 1) == 0) & (np.abs(values) < LARGEST_EXACT)
        text = np.empty(len(values), dtype=object)
        text[whole] = values[whole].astype("int64").astype(str)
        text[~whole] = values[~whole].astype(str)
    elif pd.api.types.infer_dtype(values, skipna=True) == "string":
        return values
    else:
        text = np.array([_cell_text(value) for value in values] + [None], dtype=object)[:-1]
    text[missing] = None
    return text


def _cell_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")
