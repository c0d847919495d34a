"""The project's own tables in columnar files: parquet for what is kept, Arrow for what one step hands to the next.

An Arrow file holds the columns as they lie in memory, each distinct text once, so that the next step takes them without
copying any. Neither kind is compressed: a table of a million rows is written and read several times in one run, and
that takes longer than any other part of reading and checking it.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .side_by_side import side_by_side

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = ".arrow"
SUFFIXES = (".parquet", ARROW)
# Cells written at a time.
BATCH = 2**16
# The longest list of distinct texts, in bytes, that parquet keeps of a column.
LIST_BYTES = 2**20
# A text column of more bytes than this for each row holds hardly any text twice.
CODE_BYTES = 4
MOSTLY, FIRST_LOOK = 0.5, 10_000


def read_written(path: str | Path) -> pd.DataFrame:
    """A table that `write` wrote; text as objects, whole numbers that may be missing as Int64."""
    table = _stored(path)
    columns = {name: _values(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def read_coded(paths: dict[str, str | Path], shared: str) -> dict[str, pd.DataFrame]:
    """Tables that `write` wrote, each distinct text once, as categories; those of the column `shared`, which is text in
    each table, are the same in all of them."""
    tables = {name: _stored(path) for name, path in paths.items()}
    codes, kind = _alike([_once(table.column(shared)) for table in tables.values()])
    frames = {}
    for (name, table), own in zip(tables.items(), codes, strict=True):
        ids = pd.Categorical.from_codes(own, dtype=kind)
        columns = {n: ids if n == shared else _coded(table.column(n)) for n in table.column_names}
        frames[name] = pd.DataFrame(columns, pd.RangeIndex(table.num_rows), copy=False)
    return frames


def _alike(columns: list["pa.DictionaryArray"]) -> tuple[list[np.ndarray], pd.CategoricalDtype]:
    """Which text each row of each column holds (-1: none), and all the texts, those of the first column first."""
    import pyarrow as pa

    texts = columns[0].dictionary
    if not all(column.dictionary.equals(texts) for column in columns[1:]):
        whole = pa.concat_arrays([column.dictionary for column in columns]).dictionary_encode()
        texts = whole.dictionary
        ends = np.cumsum([len(column.dictionary) for column in columns])
        places = np.split(whole.indices.to_numpy(), ends[:-1])
        codes = [np.append(place, -1).take(_codes(own)) for place, own in zip(places, columns, strict=True)]
    else:
        codes = [_codes(column) for column in columns]
    return codes, pd.CategoricalDtype(pd.Index(texts.to_numpy(zero_copy_only=False), dtype=object))


def _once(column: "pa.ChunkedArray") -> "pa.DictionaryArray":
    """A column of text with each text once."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        return whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    return whole


def _codes(column: "pa.DictionaryArray") -> np.ndarray:
    return column.indices.fill_null(-1).to_numpy(zero_copy_only=False)


def codes_and_texts(column: "pa.ChunkedArray") -> tuple[np.ndarray, np.ndarray]:
    """Which text each row of a dictionary column holds (-1: none), and the distinct texts as objects."""
    whole = _once(column)
    return _codes(whole), whole.dictionary.to_numpy(zero_copy_only=False)


def texts_of(values: pd.Series) -> np.ndarray:
    """The texts of a column of categories, as objects; not-a-number where there is none. Pandas makes an object anew of
    each category, however few of them are there."""
    codes, texts = values.cat.codes.to_numpy(), values.cat.categories.to_numpy(dtype=object)
    missing = codes < 0
    held = texts.take(codes) if len(texts) else np.empty(len(codes), dtype=object)
    held[missing] = np.nan
    return held


def _coded(column: "pa.ChunkedArray") -> np.ndarray | pd.Series | pd.Categorical:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return _values(column)
    codes, texts = codes_and_texts(column)
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype=object))


def _stored(path: str | Path) -> "pa.Table":
    import pyarrow as pa

    if Path(path).suffix != ARROW:
        return stored_in_parquet(path)
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def stored_in_parquet(path: str | Path, columns: list[str] | None = None) -> "pa.Table":
    """Some or all columns of a parquet file, which any program may have written; text columns with few distinct texts
    have each once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        types, size = file.schema_arrow, dict.fromkeys(file.schema_arrow.names, 0)
        for group in map(file.metadata.row_group, range(file.num_row_groups)):
            for part in map(group.column, range(group.num_columns)):
                size[part.path_in_schema] = size.get(part.path_in_schema, 0) + part.total_uncompressed_size
        few = CODE_BYTES * file.metadata.num_rows
    text = [field.name for field in types if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    # Read whole and not in batches, each column is one piece, which numpy takes as it is.
    with pq.ParquetFile(path, read_dictionary=[name for name in text if size[name] <= few]) as file:
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


def write_all(frames: dict[str, pd.DataFrame], paths: dict[str, str | Path]) -> None:
    """Write several tables side by side; categories that two of them share, as identifiers are, become arrow's once."""
    kinds = [kind for frame in frames.values() for kind in frame.dtypes if isinstance(kind, pd.CategoricalDtype)]
    times = Counter(id(kind.categories) for kind in kinds)
    shared = {id(k.categories): _texts(k.categories) for k in kinds if times.pop(id(k.categories), 0) > 1}
    largest_first = sorted(frames, key=lambda name: frames[name].size, reverse=True)
    side_by_side(lambda name: write(frames[name], paths[name], shared), largest_first)


def write(frame: pd.DataFrame, path: str | Path, known: "Mapping[int, pa.Array]" = MappingProxyType({})) -> None:
    """Write a table without its index; where a column holds floats, a missing number is written as not-a-number.

    Parameters
    ----------
    frame : the table.
    path : of an Arrow or a parquet file.
    known : categories that are arrow's already, by their identity.
    """
    import pyarrow as pa

    table = pa.table({name: _column(frame[name], known) for name in frame.columns})
    if Path(path).suffix != ARROW:
        _store_in_parquet(table, path)
        return
    # A reader may still hold the file that was there.
    Path(path).unlink(missing_ok=True)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as sink:
        sink.write_table(table)


def _store_in_parquet(table: "pa.Table", path: str | Path) -> None:
    """Texts are written out where there are more of them than parquet keeps a list of; to say that a column lacks
    nothing halves the time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, listed = dict(zip(table.column_names, table.columns, strict=True)), []
    for name, column in columns.items():
        if pa.types.is_dictionary(column.type):
            if column.chunk(0).dictionary.nbytes > LIST_BYTES:
                columns[name] = column.cast(pa.string())
            else:
                listed.append(name)
    lacking = {name: column.null_count > 0 or pa.types.is_null(column.type) for name, column in columns.items()}
    fields = [pa.field(name, column.type, lacking[name]) for name, column in columns.items()]
    table = pa.table(list(columns.values()), pa.schema(fields))
    written = {"compression": "none", "use_dictionary": listed, "write_statistics": False, "write_batch_size": BATCH}
    pq.write_table(table, path, store_schema=False, **written)


def _repeats(values: pd.Series) -> bool:
    """Whether the beginning of a column of text holds many a text twice; an identifier does not."""
    first = values.iloc[:FIRST_LOOK]
    return first.nunique() <= MOSTLY * len(first)


def _texts(distinct: np.ndarray | pd.Index) -> "pa.Array":
    import pyarrow as pa

    return pa.array(np.asarray(distinct, dtype=object), from_pandas=True)


def _column(values: pd.Series, known: "Mapping[int, pa.Array]") -> "pa.Array":
    import pyarrow as pa

    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        return pa.array(values.to_numpy(), from_pandas=False)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    elif values.dtype == object and _repeats(values):
        codes, distinct = pd.factorize(values)
    else:
        return pa.array(values, from_pandas=True)
    texts = known.get(id(distinct))
    texts = _texts(distinct) if texts is None else texts
    if not pa.types.is_string(texts.type):
        return pa.array(values.astype(object), from_pandas=True)
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
