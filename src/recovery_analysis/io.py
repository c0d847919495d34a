"""The only reader and writer of tables: validates before write and on read, and always writes the same bytes.

A result table has been validated when it was written; on read its columns and types are looked at, no more.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from . import columnar, formats
from .errors import ResearchError
from .schemas.sound import sound
from .schemas.tables import ResultTable
from .side_by_side import side_by_side

if TYPE_CHECKING:
    import pandera.pandas as pa

FLOAT_FORMAT = "%.10g"


def validate(frame: pd.DataFrame, schema: "ResultTable | pa.DataFrameSchema", where: str) -> pd.DataFrame:
    """Return the frame as the schema wants it.

    Raises
    ------
    ResearchError
        With every failing column, not only the first.
    """
    checked = sound(frame, schema)
    if checked is not None:
        return checked
    from pandera.errors import SchemaErrors

    full = schema.schema if isinstance(schema, ResultTable) else schema
    try:
        return full.validate(texts_as_objects(frame), lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases
        lines = [
            f"  {column}: {check} (found {', '.join(map(str, cases['failure_case'].unique()[:5]))})"
            for (column, check), cases in failures.groupby(["column", "check"], dropna=False)
        ]
        raise ResearchError(f"{where} is not a valid {schema.name} table:\n" + "\n".join(lines)) from None


def read_table(path: str | Path, schema: "ResultTable | pa.DataFrameSchema | None" = None) -> pd.DataFrame:
    """Read a columnar or csv table written by this package; validated if a schema is given."""
    path = Path(path)
    if path.suffix in columnar.SUFFIXES:
        frame = columnar.read_written(path)
    else:
        frame = pd.read_csv(
            path, dtype=text_columns(schema), keep_default_na=False, na_values=[""], lineterminator="\n"
        )
        frame = _each_text(frame, formats.from_spreadsheet)
    if isinstance(schema, ResultTable):
        return _as_described(frame, schema, str(path))
    return frame if schema is None else validate(frame, schema, str(path))


def read_coded(paths: dict[str, str], shared: str) -> dict[str, pd.DataFrame]:
    """Read columnar tables of this package, each distinct text once, as categories; those of the column `shared`
    are the same in all tables."""
    return columnar.read_coded(paths, shared)


def texts_as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with texts as objects where they are categories."""
    coded = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]
    return frame.assign(**{name: columnar.texts_of(frame[name]) for name in coded}) if coded else frame


def _as_described(frame: pd.DataFrame, table: ResultTable, where: str) -> pd.DataFrame:
    """The frame with the types of a result table, if it has its columns."""
    if list(frame.columns) != list(table.columns):
        expected, found = ", ".join(table.columns), ", ".join(map(str, frame.columns))
        raise ResearchError(f"{where} is not a table of {table.name}: expected the columns {expected}; found {found}.")
    types = {name: field.dtype for name, field in table.columns.items() if field.dtype is not str}
    try:
        return frame.astype(types)
    except (TypeError, ValueError) as error:
        raise ResearchError(f"{where} is not a table of {table.name}: {error}.") from None


def text_columns(schema: "ResultTable | pa.DataFrameSchema | None") -> dict[str, type] | None:
    """Columns that a csv reader must leave as text, such as an identifier made of digits."""
    if schema is None:
        return None
    return {name: str for name, column in schema.columns.items() if column.dtype is str or str(column.dtype) == "str"}


def write_table(
    frame: pd.DataFrame, path: str | Path, schema: "ResultTable | pa.DataFrameSchema | None" = None
) -> None:
    """Write a columnar or csv table; columns of a result table come in the order of its schema."""
    path = Path(path)
    if isinstance(schema, ResultTable):
        frame = frame.reindex(columns=list(schema.columns))
    if schema is not None:
        frame = validate(frame, schema, str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in columnar.SUFFIXES:
        columnar.write(frame, path)
    else:
        frame = _each_text(frame, formats.for_spreadsheet)
        frame.to_csv(path, index=False, float_format=FLOAT_FORMAT, lineterminator="\n", encoding="utf-8")


def write_tables(
    frames: dict[str, pd.DataFrame], paths: dict[str, str], schemas: "dict[str, pa.DataFrameSchema] | None" = None
) -> None:
    """Write the columnar tables of a study, by name; validated where schemas are given."""
    if schemas is not None:
        checked = side_by_side(lambda name: validate(frames[name], schemas[name], paths[name]), frames)
        frames = dict(zip(frames, checked, strict=True))
    for path in paths.values():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    columnar.write_all(frames, paths)


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    texts = [name for name, dtype in frame.dtypes.items() if pd.api.types.is_object_dtype(dtype)]
    return frame.assign(**{n: pd.Series(_changed(frame[n], change), frame.index, dtype=object) for n in texts})


def _changed(cells: pd.Series, change: Callable[[str], str]) -> list[object]:
    return [change(c) if isinstance(c, str) and c.startswith(formats.MAY_CHANGE) else c for c in cells.tolist()]


def empty(table: ResultTable) -> pd.DataFrame:
    """A result table without rows."""
    types = {name: object if field.dtype is str else field.dtype for name, field in table.columns.items()}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})
