"""What the cells of raw columns say: as text, as numbers, and as plain arrays."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..study import Scalar

LARGEST_EXACT = 2**53
NUMBERS_BEGIN = tuple("0123456789+-.")


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


def as_objects(column: pd.Series) -> pd.Series:
    """A raw column with its texts as objects, and not-a-number where there is none; other columns as they are."""
    if isinstance(column.dtype, pd.ArrowDtype):
        return pd.Series(column.to_numpy(dtype=object, na_value=np.nan), column.index, name=column.name)
    return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column


def typed_in(values: np.ndarray) -> np.ndarray:
    """Numbers kept in two or four bytes as somebody typed them in: 99.9 and not 99.90000152587891; as float64."""
    numbers = values.astype(float)
    decimal = np.isfinite(numbers) & (np.mod(numbers, 1, where=np.isfinite(numbers), out=np.zeros(len(numbers))) != 0)
    numbers[decimal] = values[decimal].astype(str).astype(float)
    return numbers


def numbers_among(values: np.ndarray) -> np.ndarray:
    """Objects as float64; what is not a finite number is missing. How a text begins tells most of them, quickly."""
    try:
        begins = pc.utf8_slice_codeunits(pa.array(values, pa.string()), 0, 1)
        may_be = pc.is_in(begins, pa.array(NUMBERS_BEGIN)).to_numpy(zero_copy_only=False)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        may_be = np.array([not isinstance(v, str) or v[:1] in NUMBERS_BEGIN for v in values], dtype=bool)
    numbers = np.full(len(values), np.nan)
    numbers[may_be] = _read_as_numbers(values[may_be])
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _read_as_numbers(values: np.ndarray) -> np.ndarray:
    """Arrow reads texts that are all numbers, and quickly; pandas makes what is none not-a-number."""
    try:
        return pc.cast(pa.array(values, pa.string()), pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(dtype=float)


def constant(word: str | None, n: int) -> np.ndarray:
    """The same text, or none, in each of n rows; held once."""
    return np.broadcast_to(np.array(word, dtype=object), n)


def coded_texts(texts: np.ndarray) -> pd.Categorical:
    """An array of texts as categories."""
    codes, distinct = pd.factorize(texts[:1] if texts.strides == (0,) else texts)
    codes = codes.astype(np.min_scalar_type(-len(distinct) - 1))
    return pd.Categorical.from_codes(np.broadcast_to(codes, len(texts)) if len(codes) == 1 else codes, distinct)
