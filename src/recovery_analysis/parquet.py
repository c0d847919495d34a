"""Tables in parquet files: what a text column says is turned into text once for each distinct value.

Files are written without compression, and with a list of distinct values for text alone: a table of a million rows is
written and read several times in one run, and that takes longer than any other part of reading and checking it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .errors import ResearchError

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_EXACT = 2**53
# Cells written at a time.
BATCH = 2**16
# A text column of more bytes than this for each row holds hardly any text twice.
CODE_BYTES = 4
MOSTLY, FIRST_LOOK = 0.5, 10_000


def read_raw(path: str | Path, columns: list[str]) -> pd.DataFrame:
    """Some columns of a file that any program wrote; text as categories, unless hardly any is there twice.

    What pandas made the index is a column like others. Whole numbers too large for floats are text where some are
    missing, and so is text that is not declared to be text.

    Raises
    ------
    ResearchError
        If a column holds bytes that are no text.
    """
    table = _read(path, columns)
    for i, name in enumerate(table.column_names):
        column = table.column(i)
        if (text := _as_text(column, name, Path(path).name)) is not column:
            table = table.set_column(i, name, text)
    return table.to_pandas(split_blocks=True, ignore_metadata=True)


def _as_text(column: "pa.ChunkedArray", name: str, file: str) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            what = "bytes that are no text in UTF-8"
            raise ResearchError(f"{file}, column '{name}' holds {what}. Save it again as text or numbers.") from None
    if pa.types.is_integer(kind) and column.null_count:
        limits = pc.min_max(column).as_py()
        if limits["max"] is not None and max(-limits["min"], limits["max"]) >= LARGEST_EXACT:
            return column.cast(pa.string())
    return column


def read_written(path: str | Path) -> pd.DataFrame:
    """A table that `write` wrote; text as objects, whole numbers that may be missing as Int64."""
    table = _read(path)
    columns = {name: _values(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def read_coded(paths: dict[str, str | Path], shared: str) -> dict[str, pd.DataFrame]:
    """Tables that `write` wrote, each distinct text once, as categories; those of the column `shared`, which is text in
    each table, are the same in all of them."""
    import pyarrow as pa

    tables = {name: _read(path, plain=(shared,)) for name, path in paths.items()}
    texts = [chunk for table in tables.values() for chunk in table.column(shared).cast(pa.large_string()).chunks]
    whole = pa.concat_arrays([pa.array([], pa.large_string()), *texts]).dictionary_encode()
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    kind = pd.CategoricalDtype(pd.Index(whole.dictionary.to_numpy(zero_copy_only=False), dtype=object))
    ends = np.cumsum([table.num_rows for table in tables.values()])
    frames = {}
    for (name, table), own in zip(tables.items(), np.split(codes, ends[:-1]), strict=True):
        ids = pd.Categorical.from_codes(own, dtype=kind)
        columns = {n: ids if n == shared else _coded(table.column(n)) for n in table.column_names}
        frames[name] = pd.DataFrame(columns, pd.RangeIndex(table.num_rows), copy=False)
    return frames


def codes_and_texts(column: "pa.ChunkedArray") -> tuple[np.ndarray, np.ndarray]:
    """Which text each row of a dictionary column holds (-1: none), and the distinct texts as objects."""
    import pyarrow as pa

    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes, whole.dictionary.to_numpy(zero_copy_only=False)


def _coded(column: "pa.ChunkedArray") -> np.ndarray | pd.Series | pd.Categorical:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return _values(column)
    codes, texts = codes_and_texts(column)
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype=object))


def _read(path: str | Path, columns: list[str] | None = None, plain: tuple[str, ...] | None = None) -> "pa.Table":
    """The table. Where it is said which columns stay plain text, every other text column has each distinct text once;
    otherwise those with few distinct texts have."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        types, size = file.schema_arrow, dict.fromkeys(file.schema_arrow.names, 0)
        for group in map(file.metadata.row_group, range(file.num_row_groups)):
            for part in map(group.column, range(group.num_columns)):
                size[part.path_in_schema] = size.get(part.path_in_schema, 0) + part.total_uncompressed_size
        few = CODE_BYTES * file.metadata.num_rows
    text = [field.name for field in types if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    coded = [name for name in text if (size[name] <= few if plain is None else name not in plain)]
    # Read whole and not in batches, each column is one piece, which numpy takes as it is.
    with pq.ParquetFile(path, read_dictionary=coded) as file:
        return file.read(columns, use_pandas_metadata=True)


def _values(column: "pa.ChunkedArray") -> np.ndarray | pd.Series:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        codes, texts = codes_and_texts(column)
        # A missing cell has the code -1, which is the last text.
        return np.append(texts, None).take(codes)
    if pa.types.is_integer(column.type) and column.null_count:
        return column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return column.to_pandas()


def write(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table without its index; where a column holds floats, a missing number is written as not-a-number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: _column(frame[name]) for name in frame.columns}
    text = [name for name, column in columns.items() if pa.types.is_dictionary(column.type)]
    written = {"compression": "none", "use_dictionary": text, "write_statistics": False, "write_batch_size": BATCH}
    pq.write_table(pa.table(columns), path, store_schema=False, **written)


def _repeats(values: pd.Series) -> bool:
    """Whether the beginning of a column of text holds many a text twice; an identifier does not."""
    first = values.iloc[:FIRST_LOOK]
    return first.nunique() <= MOSTLY * len(first)


def _column(values: pd.Series) -> "pa.Array":
    import pyarrow as pa

    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        return pa.array(values.to_numpy(), from_pandas=False)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    elif values.dtype == object and _repeats(values):
        codes, distinct = pd.factorize(values)
    else:
        return pa.array(values, from_pandas=True)
    texts = pa.array(np.asarray(distinct, dtype=object), from_pandas=True)
    if not pa.types.is_string(texts.type):
        return pa.array(values.astype(object), from_pandas=True)
    column = pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
    return column.dictionary_decode() if len(texts) > MOSTLY * len(values) else column
