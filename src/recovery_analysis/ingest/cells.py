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

LARGEST_EXACT = 2**53
MOST_CODES = 2**16
MOSTLY, FIRST_LOOK = 0.5, 1000
NUMBERS_BEGIN = tuple("0123456789+-.")


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

    def texts(self, texts: np.ndarray) -> pd.Categorical | np.ndarray:
        """Texts, one per row, from an array of shape (m,); as categories unless each row has its own."""
        if self.at is None:
            return texts
        codes, distinct = pd.factorize(texts)
        codes = codes.astype(np.min_scalar_type(-len(distinct) - 1))
        return pd.Categorical.from_codes(self.spread(codes), distinct)

    def rows(self, mask: np.ndarray) -> int:
        """How many rows hold a value where the mask of shape (m,) is true."""
        return int(mask.sum()) if self.at is None else int(self.spread(mask).sum())

    def take(self, rows: np.ndarray) -> "Cells":
        """The cells of some of the rows."""
        if self.at is not None:
            return _used(self.values, self.at[rows])
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
            return _numbers_among(self.values)
        if self.values.dtype.kind == "M":
            return np.full(len(self.values), np.nan)
        numbers = self.values.astype(float, copy=False)
        finite = np.isfinite(numbers)
        return numbers if finite.all() else np.where(finite, numbers, np.nan)

    @cached_property
    def text(self) -> np.ndarray:
        """The values as text; whole numbers without a decimal point, dates as YYYY-MM-DD."""
        return as_text(self.values) if self.written is None else self.written.to_numpy(zero_copy_only=False)

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


def _numbers_among(values: np.ndarray) -> np.ndarray:
    """Objects as float64; what is not a finite number is missing. How a text begins tells most of them, quickly."""
    try:
        begins = pc.utf8_slice_codeunits(pa.array(values, pa.string()), 0, 1)
        may_be = pc.is_in(begins, pa.array(NUMBERS_BEGIN)).to_numpy(zero_copy_only=False)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        may_be = np.array([not isinstance(v, str) or v[:1] in NUMBERS_BEGIN for v in values], dtype=bool)
    numbers = np.full(len(values), np.nan)
    numbers[may_be] = pd.to_numeric(pd.Series(values[may_be], dtype=object), errors="coerce").to_numpy(dtype=float)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def cells_of(column: pd.Series) -> Cells:
    """The cells of a raw column, each distinct value once."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names, codes = plain(pd.Series(column.cat.categories, dtype=object)), column.cat.codes.to_numpy()
        # A missing cell has the code -1, which is the last value.
        return _used(np.append(names, None) if codes.min(initial=0) < 0 else names, codes)
    if isinstance(column.dtype, pd.ArrowDtype):
        return _of_texts(pa.array(column.array))
    if column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) != "string":
        return Cells(plain(column))
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        lowest, highest = int(column.min()), int(column.max())
        if highest - lowest < MOST_CODES:
            return _of_few_numbers(column.to_numpy(), lowest, highest - lowest)
    if column.dtype == np.float64:
        return _of_floats(column.to_numpy())
    at, distinct = pd.factorize(column, use_na_sentinel=False)
    if len(distinct) > MOSTLY * len(column):
        return Cells(plain(column))
    return Cells(plain(pd.Series(distinct, dtype=column.dtype)), at)


def _of_texts(written: pa.Array) -> Cells:
    """Numbers where every text is one, worked out without an object for each; otherwise each distinct text once."""
    try:
        pc.cast(written[:FIRST_LOOK], pa.float64())
        values = pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = np.empty(0)
    if np.isfinite(values).sum() == len(written) - written.null_count:
        return Cells(values, None, written)
    return cells_of(pd.Series(written.to_numpy(zero_copy_only=False), dtype=object))


def _of_few_numbers(values: np.ndarray, lowest: int, width: int) -> Cells:
    """Whole numbers from `lowest` on, `width` apart at most, each once."""
    # The difference of two numbers of eight bits may need nine: signed ones are widened first.
    wide = values.dtype if values.dtype.kind == "u" else np.dtype(np.int64)
    at = np.subtract(values, wide.type(lowest), dtype=wide).astype(_smallest(width))
    return _used(np.arange(width + 1).astype(values.dtype) + values.dtype.type(lowest), at)


def _of_floats(values: np.ndarray) -> Cells:
    """Few whole numbers each once; measurements, of which hardly two are the same, as they are."""
    first = values[:FIRST_LOOK]
    if (first != np.floor(first))[np.isfinite(first)].any():
        return Cells(values)
    lowest, highest = np.fmin.reduce(values, initial=np.nan), np.fmax.reduce(values, initial=np.nan)
    if not (highest - lowest < MOST_CODES and lowest > -LARGEST_EXACT and highest < LARGEST_EXACT):
        return Cells(values)
    distinct = np.append(np.arange(lowest, highest + 1), np.nan)
    with np.errstate(invalid="ignore"):
        at = np.fmin(values - lowest, highest - lowest + 1).astype(_smallest(highest - lowest + 1))
    same = (distinct.take(at) == values) | np.isnan(values)
    return _used(distinct, at) if same.all() else Cells(values)


def _smallest(largest: float) -> np.dtype:
    """The smallest type for positions up to the largest."""
    return np.min_scalar_type(int(largest))


def _used(values: np.ndarray, at: np.ndarray) -> Cells:
    """Cells without values that no row holds."""
    used = np.zeros(len(values), dtype=bool)
    used[at] = True
    return Cells(values, at) if used.all() else Cells(values[used], (np.cumsum(used) - 1).astype(at.dtype).take(at))


def as_objects(column: pd.Series) -> pd.Series:
    """A raw column with its texts as objects, and not-a-number where there is none; other columns as they are."""
    if isinstance(column.dtype, pd.ArrowDtype):
        return pd.Series(column.to_numpy(dtype=object, na_value=np.nan), column.index, name=column.name)
    return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column


def plain(column: pd.Series) -> np.ndarray:
    """A raw column as an array: numbers, dates, or objects with stripped text; blank is missing."""
    column = as_objects(column)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.tz_localize(None).to_numpy()
    if pd.api.types.is_numeric_dtype(column):
        if column.dtype in (np.float32, np.float16):
            return typed_in(column.to_numpy())
        whole = column.dtype.kind in "iu" and not pd.api.types.is_extension_array_dtype(column)
        return column.to_numpy() if whole else column.to_numpy(dtype=float, na_value=np.nan)
    column = column.astype(object)
    if pd.api.types.infer_dtype(column, skipna=False) == "string":
        stripped = list(map(str.strip, column))
    else:
        stripped = [v.strip() if isinstance(v, str) else v for v in column]
    cells = np.array([*stripped, None], dtype=object)[:-1]
    cells[pd.isna(cells) | (cells == "")] = None
    return cells


def typed_in(values: np.ndarray) -> np.ndarray:
    """Numbers kept in two or four bytes as somebody typed them in: 99.9 and not 99.90000152587891; as float64."""
    numbers = values.astype(float)
    decimal = np.isfinite(numbers) & (np.mod(numbers, 1, where=np.isfinite(numbers), out=np.zeros(len(numbers))) != 0)
    numbers[decimal] = values[decimal].astype(str).astype(float)
    return numbers


def _can_be_missing(values: np.ndarray) -> np.ndarray:
    """A copy that can hold missing values; whole numbers become floats where these are exact, otherwise text."""
    if values.dtype.kind not in "iu":
        return values.copy()
    exact = len(values) == 0 or max(abs(int(values.min())), abs(int(values.max()))) < LARGEST_EXACT
    return values.astype(float) if exact else as_text(values)


def constant(word: str | None, n: int) -> np.ndarray:
    """The same text, or none, in each of n rows; held once."""
    return np.broadcast_to(np.array(word, dtype=object), n)


def few_texts(texts: np.ndarray) -> pd.Categorical:
    """An array of few texts as categories."""
    codes, distinct = pd.factorize(texts[:1] if texts.strides == (0,) else texts)
    codes = codes.astype(np.min_scalar_type(-len(distinct) - 1))
    return pd.Categorical.from_codes(np.broadcast_to(codes, len(texts)) if len(codes) == 1 else codes, distinct)


def as_number(code: Scalar) -> float | None:
    """The code as a number, or None if it is not one: as a cell is read, without underscores and with plain digits."""
    if isinstance(code, str) and ("_" in code or not code.isascii()):
        return None
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
        text = _whole_as_text(values)
    elif kind == "f":
        whole = np.abs(values) < LARGEST_EXACT
        whole[whole] = np.mod(values[whole], 1) == 0
        text = np.empty(len(values), dtype=object)
        text[whole] = _whole_as_text(values[whole].astype(np.int64))
        text[~whole] = values[~whole].astype(str)
    elif pd.api.types.infer_dtype(values, skipna=True) == "string":
        return values
    else:
        text = np.array([_cell_text(value) for value in values] + [None], dtype=object)[:-1]
    text[missing] = None
    return text


def _whole_as_text(values: np.ndarray) -> np.ndarray:
    return pc.cast(pa.array(values), pa.string()).to_numpy(zero_copy_only=False)


def _cell_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")
