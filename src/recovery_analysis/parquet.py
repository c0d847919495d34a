"""Parquet files that other programs wrote."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .columnar import stored_in_parquet
from .errors import ResearchError

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_EXACT = 2**53


def read_raw(path: str | Path, columns: list[str]) -> pd.DataFrame:
    """Some columns of a file that any program wrote; text as categories, or as arrow holds it where hardly any is there
    twice.

    What pandas made the index is a column like others. Whole numbers too large for floats are text where some are
    missing, and so is text that is not declared to be text.

    Raises
    ------
    ResearchError
        If a column holds bytes that are no text.
    """
    import pyarrow as pa

    table = stored_in_parquet(path, columns)
    for i, name in enumerate(table.column_names):
        column = _as_text(table.column(i), name, Path(path).name)
        if pa.types.is_string(column.type):
            column = column.combine_chunks()
        table = table.set_column(i, name, column)
    kinds = {pa.string(): pd.ArrowDtype(pa.string())}
    return table.to_pandas(split_blocks=True, ignore_metadata=True, types_mapper=kinds.get)


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
