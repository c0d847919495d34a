"""The only reader and writer of tables: validates on read and before write, and always writes the same bytes."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from . import formats
from .errors import ResearchError

FLOAT_FORMAT = "%.10g"


def validate(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> pd.DataFrame:
    """Return the frame as the schema wants it.

    Raises
    ------
    ResearchError
        With every failing column, not only the first.
    """
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        failures = error.failure_cases
        lines = [
            f"  {column}: {check} (found {', '.join(map(str, cases['failure_case'].unique()[:5]))})"
            for (column, check), cases in failures.groupby(["column", "check"], dropna=False)
        ]
        raise ResearchError(f"{where} is not a valid {schema.name} table:\n" + "\n".join(lines)) from None


def read_table(path: str | Path, schema: pa.DataFrameSchema | None = None) -> pd.DataFrame:
    """Read a parquet or csv table written by this package; validated if a schema is given."""
    path = Path(path)
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    else:
        frame = pd.read_csv(
            path, dtype=text_columns(schema), keep_default_na=False, na_values=[""], lineterminator="\n"
        )
        frame = _each_text(frame, formats.from_spreadsheet)
    return frame if schema is None else validate(frame, schema, str(path))


def text_columns(schema: pa.DataFrameSchema | None) -> dict[str, type] | None:
    """Columns that a csv reader must leave as text, such as an identifier made of digits."""
    if schema is None:
        return None
    return {name: str for name, column in schema.columns.items() if str(column.dtype) == "str"}


def write_table(frame: pd.DataFrame, path: str | Path, schema: pa.DataFrameSchema | None = None) -> None:
    """Write a parquet or csv table; columns of a result table come in the order of its schema."""
    path = Path(path)
    if schema is not None:
        if schema.ordered:
            frame = frame.reindex(columns=list(schema.columns))
        frame = validate(frame, schema, str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame = _each_text(frame, formats.for_spreadsheet)
        frame.to_csv(path, index=False, float_format=FLOAT_FORMAT, lineterminator="\n", encoding="utf-8")


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    texts = [name for name, dtype in frame.dtypes.items() if pd.api.types.is_object_dtype(dtype)]
    return frame.assign(
        **{n: frame[n].map(lambda cell: change(cell) if isinstance(cell, str) else cell) for n in texts}
    )


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """A table without rows that satisfies the schema."""
    return schema.coerce_dtype(pd.DataFrame(columns=list(schema.columns)))
