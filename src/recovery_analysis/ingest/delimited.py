"""Reading csv and tsv files: every cell as text, in UTF-8, with the line named where a row does not fit."""

import codecs
import csv
import re
from collections.abc import Container
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.csv

from ..columnar import codes_and_texts
from ..errors import ResearchError
from ..side_by_side import side_by_side
from .extract import Extract

LONGEST_CELL = 100_000_000
# Bytes read at a time, which stay close to the processor; each block has a list of its own of the distinct texts.
BLOCK = 2**20
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
    if quick is not None and len(quick.frame) >= _lines(content) - 1:
        return quick
    header = _fitting_rows(path, separator)
    return Extract(_read_delimited(path, separator, header, wanted), header) if quick is None else quick


def _lines(content: bytes) -> int:
    return _times(b"\n", content) + (not content.endswith(b"\n"))


def _times(mark: bytes, content: bytes) -> int:
    """How often a byte is there, as `bytes.count` says in several times the time."""
    held = np.frombuffer(content, np.uint8)
    parts = (held[start : start + BLOCK] for start in range(0, len(held), BLOCK))
    return sum(int(np.count_nonzero(part == ord(mark))) for part in parts)


def _read_quickly(content: bytes, first: str, separator: str, wanted: set[str] | None) -> Extract | None:
    """The table as pyarrow reads it, each distinct text once; None where a row has too many or too few cells, or
    quotes do not match: the slow reader tells what is wrong, and where."""
    quotes = _times(b'"', content)
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
    columns = side_by_side(_column, table.columns)
    frame = pd.DataFrame(dict(zip(positions, columns, strict=True)), copy=False)
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
        pyarrow.csv.ParseOptions(
            delimiter=separator,
            quote_char='"' if quoted else False,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
        ),
        # The bytes are known to be UTF-8.
        pyarrow.csv.ConvertOptions(
            check_utf8=False,
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
        return pd.arrays.ArrowExtensionArray(column)
    codes, texts = codes_and_texts(column)
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype=object))


def _fitting_rows(path: Path, separator: str) -> tuple[str, ...]:
    """The names of the columns, where each row has a cell for each of them and no cell holds other rows.

    Raises
    ------
    ResearchError
        If a row has too many or too few cells, or a quote is missing; with the line.
    """
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.reader(handle, delimiter=separator, strict=True)
        header = tuple(name.strip() for name in next(rows))
        try:
            before = rows.line_num
            for row in rows:
                if len(row) > len(header) and any(row[len(header) :]):
                    raise ResearchError(_too_long(path, rows.line_num, len(row), len(header), separator))
                if len(row) < len(header) and any(cell.strip() for cell in row):
                    raise ResearchError(_too_short(path, rows.line_num, len(row), len(header)))
                if rows.line_num > before + 1 and _holds_rows(row, separator):
                    raise ResearchError(_quote_missing(path, before + 1, rows.line_num))
                before = rows.line_num
        except csv.Error:
            raise ResearchError(_quote_missing(path, before + 1, rows.line_num)) from None
    return header


def _holds_rows(row: list[str], separator: str) -> bool:
    """Whether a cell ends in what looks like the beginning of another row, as it does where two quotes are stray: as
    many cells as stand before it, most of digits, letters and marks in the same order, and digits in one of these."""
    for at, cell in enumerate(row):
        lines = cell.splitlines()
        if at and len(lines) > 1:
            last = next(csv.reader(lines[-1:], delimiter=separator))
            pairs = zip(map(_shape, last), map(_shape, row[:at]), strict=False)
            same = [one for one, other in pairs if one == other]
            if len(last) == at + 1 and 2 * len(same) >= at and any("9" in shape for shape in same):
                return True
    return False


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip()))


def _quote_missing(path: Path, first: int, last: int) -> str:
    where = f"line {first}" if first >= last else f"lines {first} to {last}"
    return (
        f"{path.name}, {where}: a text in double quotes goes on where it should have ended, and rows are lost in it. "
        "Is a quote missing or too many? Write a quote within a text twice, or export the file again."
    )


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
