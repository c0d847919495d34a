"""The cells of a raw column with each distinct value once, where there are few."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..columnar import codes_and_texts
from .cells import Cells, only_held
from .values import LARGEST_EXACT, plain

MOST_CODES = 2**16
MOSTLY, FIRST_LOOK = 0.5, 1000


def cells_of(column: pd.Series) -> Cells:
    """The cells of a raw column, each distinct value once."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _of_codes(plain(pd.Series(column.cat.categories, dtype=object)), column.cat.codes.to_numpy())
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


def _of_texts(written: pa.Array | pa.ChunkedArray) -> Cells:
    """Numbers where every text is one, worked out without an object for each; otherwise each distinct text once."""
    try:
        pc.cast(written[:FIRST_LOOK], pa.float64())
        values = pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = np.empty(0)
    if np.isfinite(values).sum() == len(written) - written.null_count:
        return Cells(values, None, written)
    if not _without_blanks(written):
        return cells_of(pd.Series(written.to_numpy(zero_copy_only=False), dtype=object))
    codes, texts = codes_and_texts(_in_one_piece(written))
    return _of_codes(texts, codes)


def _in_one_piece(written: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Of many pieces, arrow would make a longer list of distinct texts for each."""
    whole = written.combine_chunks() if isinstance(written, pa.ChunkedArray) else written
    return whole if isinstance(whole, pa.ChunkedArray) else pa.chunked_array([whole])


def _without_blanks(written: pa.Array | pa.ChunkedArray) -> bool:
    """Whether all bytes are visible marks of ASCII, and no text is empty: such texts are what they look like."""
    parts = written.chunks if isinstance(written, pa.ChunkedArray) else [written]
    held = [np.frombuffer(text, np.uint8) for part in parts if (text := part.buffers()[2])]
    shortest = pc.min(pc.binary_length(written)).as_py()
    visible = all(part.min() > ord(" ") and part.max() <= ord("~") for part in held if len(part))
    return bool(shortest) and visible


def _of_codes(names: np.ndarray, codes: np.ndarray) -> Cells:
    """Texts, each of which is there once; a missing cell has the code -1, which is the last value."""
    return only_held(np.append(names, None) if codes.min(initial=0) < 0 else names, codes)


def _of_few_numbers(values: np.ndarray, lowest: int, width: int) -> Cells:
    """Whole numbers from `lowest` on, `width` apart at most, each once."""
    # The difference of two numbers of eight bits may need nine: signed ones are widened first.
    wide = values.dtype if values.dtype.kind == "u" else np.dtype(np.int64)
    at = np.subtract(values, wide.type(lowest), dtype=wide).astype(_smallest(width))
    return only_held(np.arange(width + 1).astype(values.dtype) + values.dtype.type(lowest), at)


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
    return only_held(distinct, at) if same.all() else Cells(values)


def _smallest(largest: float) -> np.dtype:
    """The smallest type for positions up to the largest."""
    return np.min_scalar_type(int(largest))
