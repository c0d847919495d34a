"""Reading csv and tsv files: every cell as text, in UTF-8, with the line named where a row does not fit."""

import codecs
import csv
from collections.abc import Container
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.csv

from ..errors import ResearchError
from ..parquet import codes_and_texts
from .extract import Extract

LONGEST_CELL = 100_000_000
# Bytes read at a time: each block has a list of its own of the distinct texts.
BLOCK = 2**22
# The beginning of a large file tells which of its columns hardly hold the same text twice.
BEGINNING, MOSTLY = 2**20, 0.5
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


def read_text(path: Path, sheet: str | None, wanted: set[str] | None) -> Extract:
    content = path.read_bytes()
    if content.startswith(UTF16) or content[:64].count(0) > 16:
        raise ResearchError(f"{path.name} is not in UTF-8 but in UTF-16 or UTF-32. Save it again as 'CSV UTF-8'.")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    if b"\0" in content:
        at = content.index(b"\0")
        raise ResearchError(f"{path.name} holds a zero byte (byte {at}): the file is damaged. Export it again.")
    if not content.isascii():
        _refuse_other_encodings(path, content)
    content = content.removeprefix(codecs.BOM_UTF8)
    end = content.find(b"\n")
    first = content[: end if end >= 0 else None].decode("utf-8")
    separator = _separator(path, first)
    quick = _read_quickly(content, first, separator, wanted)
    if quick is not None:
        return quick
    return _read_slowly(path, separator, wanted)


def _read_quickly(content: bytes, first: str, separator: str, wanted: set[str] | None) -> Extract | None:
    """The table as pyarrow reads it, each distinct text once; None where a row has too many or too few cells, or
    quotes do not match: the slow reader tells what is wrong, and where."""
    quotes = content.count(b'"')
    if quotes % 2 or first.count('"') % 2 or not first.strip():
        return None
    header = tuple(name.strip() for name in next(csv.reader([first], delimiter=separator)))
    positions = [str(i) for i, name in enumerate(header) if wanted is None or name in wanted]
    if not positions:
        return None
    options = {"names": len(header), "positions": positions, "separator": separator, "quoted": quotes > 0}
    try:
        plain = _hardly_twice(content, options) if len(content) > BEGINNING else set()
        table = _parsed(content, **options, plain=plain)
    except pyarrow.ArrowInvalid:
        return None
    with ThreadPoolExecutor() as pool:
        frame = pd.DataFrame(dict(zip(positions, pool.map(_column, table.columns), strict=True)), copy=False)
    frame.columns = [header[int(i)] for i in positions]
    return Extract(frame, header)


def _parsed(
    content: bytes, names: int, positions: list[str], separator: str, quoted: bool, plain: Container[str]
) -> pyarrow.Table:
    """The columns at these positions, each distinct text once unless it is among the plain ones."""
    once = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return pyarrow.csv.read_csv(
        pyarrow.BufferReader(content),
        pyarrow.csv.ReadOptions(skip_rows=1, column_names=[str(i) for i in range(names)], block_size=BLOCK),
        pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=quoted, ignore_empty_lines=False),
        pyarrow.csv.ConvertOptions(
            include_columns=positions,
            column_types={i: pyarrow.string() if i in plain else once for i in positions},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _hardly_twice(content: bytes, options: dict) -> set[str]:
    """Columns of which most cells at the beginning of the file, as far as they are known, differ from each other."""
    table = _parsed(content[: content.rfind(b"\n", 0, BEGINNING) + 1], **options, plain=options["positions"])
    known = {i: table.column(i).drop_null() for i in options["positions"]}
    return {i for i, texts in known.items() if len(texts.unique()) > MOSTLY * len(texts)}


def _column(column: pyarrow.ChunkedArray) -> pd.Categorical | pd.api.extensions.ExtensionArray:
    if pyarrow.types.is_string(column.type):
        return pd.array(column.combine_chunks(), dtype=pd.ArrowDtype(column.type))
    codes, texts = codes_and_texts(column)
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype=object))


def _read_slowly(path: Path, separator: str, wanted: set[str] | None) -> Extract:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.reader(handle, delimiter=separator)
        header = tuple(name.strip() for name in next(rows))
        for row in rows:
            if len(row) > len(header) and any(row[len(header) :]):
                raise ResearchError(_too_long(path, rows.line_num, len(row), len(header), separator))
            if len(row) < len(header) and any(cell.strip() for cell in row):
                raise ResearchError(_too_short(path, rows.line_num, len(row), len(header)))
    return Extract(_read_delimited(path, separator, header, wanted), header)


def _too_long(path: Path, line: int, cells: int, names: int, separator: str) -> str:
    found = f"{path.name}, line {line}: the row has {cells} cells, but the header has {names} names."
    mark = SEPARATORS[separator]
    if names <= cells // 2:
        return (
            f"{found} Line 1 must hold the names of the columns, with a {mark} between them: is there a title above "
            "them, or another mark between them?"
        )
    return f"{found} Is there a {mark} inside a text? Put that text in double quotes, or export the file again."


def _too_short(path: Path, line: int, cells: int, names: int) -> str:
    return (
        f"{path.name}, line {line}: the row has {cells} cells, but the header has {names} names. Was the file cut off, "
        "or is there a line break inside a text? Put that text in double quotes, or export the file again."
    )


def _separator(path: Path, header: str) -> str:
    """Tab in a tsv; otherwise a comma, or the semicolon that Excel writes where decimals have commas."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def _read_delimited(path: Path, separator: str, header: tuple[str, ...], wanted: set[str] | None) -> pd.DataFrame:
    positions = [i for i, name in enumerate(header) if wanted is None or name in wanted]
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


def _refuse_other_encodings(path: Path, content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ResearchError(
            f"{path.name} is not in UTF-8: byte {error.start} (line {line}, 0x{content[error.start]:02x}) cannot be "
            "read. Save it again as 'CSV UTF-8'; the encoding is not guessed, since names could come out wrong."
        ) from None
