"""Tables in parquet files: what a text column says is turned into text once for each distinct value.

Files are written without compression, and with a list of distinct values for text alone: a table of a million rows is
written and read several times in one run, and that takes longer than any other part of reading and checking it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa


def read_raw(path: str | Path, columns: list[str]) -> pd.DataFrame:
    """Some columns of a file that any program wrote; text as categories."""
    return _read(path, columns).to_pandas(split_blocks=True)


def read_written(path: str | Path) -> pd.DataFrame:
    """A table that `write` wrote; text as objects, whole numbers that may be missing as Int64."""
    import pyarrow as pa

    table = _read(path)
    frame = table.to_pandas(split_blocks=True)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            frame[name] = _as_objects(frame[name])
        elif pa.types.is_integer(column.type) and column.null_count:
            frame[name] = column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return frame


def _read(path: str | Path, columns: list[str] | None = None) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = pq.read_schema(path)
    text = [field.name for field in types if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    return pq.read_table(path, columns=columns, use_pandas_metadata=True, read_dictionary=text)


def _as_objects(values: pd.Series) -> np.ndarray:
    texts = np.append(values.cat.categories.to_numpy(dtype=object), None)
    # A missing cell has the code -1, which is the last text.
    return texts.take(values.cat.codes)


def write(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table without its index; where a column holds floats, a missing number is written as not-a-number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: _column(frame[name]) for name in frame.columns}
    text = [name for name, column in columns.items() if pa.types.is_dictionary(column.type)]
    pq.write_table(pa.table(columns), path, compression="none", use_dictionary=text, store_schema=False)


def _column(values: pd.Series) -> "pa.Array":
    import pyarrow as pa

    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        return pa.array(values.to_numpy(), from_pandas=False)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    elif values.dtype == object:
        codes, distinct = pd.factorize(values)
    else:
        return pa.array(values, from_pandas=True)
    texts = pa.array(np.asarray(distinct, dtype=object), from_pandas=True)
    if not pa.types.is_string(texts.type):
        return pa.array(values.astype(object), from_pandas=True)
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
