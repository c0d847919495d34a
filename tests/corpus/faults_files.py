"""Faults of whole files: encodings, separators, damaged and disguised files, what only one format can have."""

import codecs
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .faults import PERSON, Fault, Issues, Read, Refused
from .study import FORMATS, TEXT_FORMATS, delimited, people, uniform, write

BINARY = ("xlsx", "sav", "dta", "parquet")


def _text(change: Any) -> Any:
    return lambda content: change(content.decode("utf-8")).encode("utf-8")


def _recoded(encoding: str, mark: bytes = b"") -> Any:
    return lambda content: mark + content.decode("utf-8").encode(encoding)


def _again(separator: str) -> Any:
    """The file of people with another separator."""
    return lambda content: delimited(people(), separator).encode("utf-8")


def _line(number: int, change: Any) -> Any:
    def damage(content: bytes) -> bytes:
        lines = content.decode("utf-8").split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines).encode("utf-8")

    return damage


def _wide(content: bytes) -> bytes:
    header, *rows = content.decode("utf-8").rstrip("\n").split("\n")
    mark = "\t" if "\t" in header else ","
    names = "".join(f"{mark}x{i}" for i in range(10_000))
    return "\n".join([header + names, *(row + f"{mark}0" * 10_000 for row in rows)]).encode("utf-8")


NOT_UTF8 = Refused(("people.", "not in UTF-8", "CSV UTF-8"))
NO_HEADER = Refused(("people.", "Line 1 must hold the names"))
NO_COLUMN = Refused(("no column 'pid'",))
ENCODINGS = (
    Fault("Latin-1", NOT_UTF8, TEXT_FORMATS, damage=_recoded("latin-1")),
    Fault("Windows-1252", NOT_UTF8, TEXT_FORMATS, damage=_recoded("cp1252")),
    Fault("Mac Roman", NOT_UTF8, TEXT_FORMATS, damage=_recoded("mac-roman")),
    Fault("DOS code page 850", NOT_UTF8, TEXT_FORMATS, damage=_recoded("cp850")),
    Fault("UTF-16 with a mark", NOT_UTF8, TEXT_FORMATS, damage=_recoded("utf-16")),
    Fault("UTF-16 without a mark", NOT_UTF8, TEXT_FORMATS, damage=_recoded("utf-16-le")),
    Fault("UTF-32 with a mark", NOT_UTF8, TEXT_FORMATS, damage=_recoded("utf-32")),
    Fault("half a character at the end", NOT_UTF8, TEXT_FORMATS, damage=lambda content: content + b"\xc3"),
    Fault("UTF-8 with a mark", Read(), TEXT_FORMATS, damage=lambda content: codecs.BOM_UTF8 + content),
    Fault("line ends of Windows", Read(), TEXT_FORMATS, damage=_text(lambda text: text.replace("\n", "\r\n"))),
    Fault("line ends of old Macs", Read(), TEXT_FORMATS, damage=_text(lambda text: text.replace("\n", "\r"))),
    Fault("no line end at the end", Read(), TEXT_FORMATS, damage=_text(str.rstrip)),
    Fault("blank lines at the end", Read(), TEXT_FORMATS, damage=_text(lambda text: text + "\n\n\n")),
    Fault("a zero byte in a cell", Refused(("people.", "zero byte")), TEXT_FORMATS,
          damage=lambda content: content.replace(b"room 4", b"room\x00 4")),
    Fault("zero bytes at the end", Refused(("people.", "zero byte")), TEXT_FORMATS, damage=lambda content: content + bytes(64)),
)  # fmt: skip
SHAPES = (
    Fault("a semicolon as separator", Read(), ("csv",), damage=_again(";")),
    Fault("a tab as separator in a csv", NO_HEADER, ("csv",), damage=_again("\t")),
    Fault("a bar as separator", {"csv": NO_HEADER, "tsv": NO_COLUMN}, TEXT_FORMATS, damage=_again("|")),
    Fault("a comma as separator in a tsv", NO_COLUMN, ("tsv",), damage=_again(",")),
    Fault("every cell in quotes", Read(), ("csv",), damage=_text(lambda _: people().to_csv(index=False, quoting=1))),
    Fault("a row with a cell too many", Refused(("line 5", "16 cells", "15 names")), TEXT_FORMATS,
          damage=lambda content: _line(4, lambda line: line + (",x" if b"," in content[:5] else "\tx"))(content)),
    Fault("a row with cells missing at its end", Refused(("line 5", "2 cells", "15 names")), TEXT_FORMATS,
          damage=_line(4, lambda line: re.match(r"[^,\t]*[,\t][^,\t]*", line)[0])),
    Fault("a file cut off in the middle of a row", Refused(("line 13", "15 names")), TEXT_FORMATS,
          damage=lambda content: content[: content.rindex(b"P12") + 8]),
    Fault("a quote that never ends", Refused(("people.", "line ", "double quotes")), TEXT_FORMATS,
          damage=lambda content: content.replace(b"P04", b'"P04')),
    Fault("ten thousand columns", Read(), TEXT_FORMATS, damage=lambda content: _wide(content)),
    Fault("commas at the end of every row", Read(), ("csv",),
          damage=_text(lambda text: text.replace("\n", ",,\n"))),
    Fault("a title above the header", NO_HEADER, TEXT_FORMATS, damage=lambda content: b"Export of 1 June 2019\n" + content),
    Fault("a blank line above the header", NO_HEADER, TEXT_FORMATS, damage=lambda content: b"\n" + content),
    Fault("no header", NO_COLUMN, TEXT_FORMATS, damage=lambda content: content.split(b"\n", 1)[1]),
    Fault("the line sep=, above the header", NO_HEADER, ("csv",), damage=lambda content: b"sep=,\n" + content),
)  # fmt: skip

CANNOT = Refused(("people.", "could not be read", "save it again"))
DAMAGED = (
    Fault("an empty file", Refused(("people.", "is empty (0 bytes)")), damage=lambda _: b""),
    Fault("a file cut in half", CANNOT, BINARY, damage=lambda content: content[: len(content) // 2]),
    Fault("a file without its last byte", CANNOT, ("xlsx", "parquet"), damage=lambda content: content[:-1]),
    Fault("a file without its last fifty bytes", CANNOT, ("xlsx", "sav", "dta", "parquet"), damage=lambda c: c[:-50]),
    Fault("a file of zeros", CANNOT, BINARY, damage=lambda content: bytes(len(content))),
    Fault("a file of chance bytes", CANNOT, BINARY,
          damage=lambda content: np.random.default_rng(4).integers(0, 256, 4096, dtype=np.uint8).tobytes()),
    Fault("a web page instead of a file", CANNOT, BINARY,
          damage=lambda _: b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    Fault("a web page instead of a text file", NO_COLUMN, TEXT_FORMATS,
          damage=lambda _: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
    Fault("a folder instead of a file", Refused(("people.", "does not exist")), files=lambda folder, kind: _as_folder(folder, kind)),
    Fault("a link that leads nowhere", Refused(("people.", "does not exist")), files=lambda folder, kind: _as_link(folder, kind, "gone")),
    Fault("a link to itself", Refused(("people.",)), files=lambda folder, kind: _as_link(folder, kind, f"people.{kind}")),
    Fault("a link to the file", Read(), files=lambda folder, kind: _linked(folder, kind)),
    Fault("a pipe instead of a file", Refused(("people.", "does not exist")), files=lambda folder, kind: _as_pipe(folder, kind)),
)  # fmt: skip


def _path(folder: Path, kind: str) -> Path:
    return folder / f"people.{kind}"


def _as_folder(folder: Path, kind: str) -> None:
    _path(folder, kind).unlink()
    _path(folder, kind).mkdir()


def _as_link(folder: Path, kind: str, target: str) -> None:
    _path(folder, kind).unlink()
    _path(folder, kind).symlink_to(target)


def _linked(folder: Path, kind: str) -> None:
    _path(folder, kind).rename(folder / f"kept.{kind}")
    _path(folder, kind).symlink_to(f"kept.{kind}")


def _as_pipe(folder: Path, kind: str) -> None:
    _path(folder, kind).unlink()
    os.mkfifo(_path(folder, kind))


def _disguised(real: str) -> Any:
    """The file holds another format than its name says."""

    def files(folder: Path, kind: str) -> None:
        write(people(), folder / f"real.{real}")
        (folder / f"real.{real}").replace(_path(folder, kind))

    return files


def _disguise(real: str) -> Fault:
    expected = {kind: CANNOT for kind in BINARY if kind != real}
    expected |= {kind: Refused(("files.people", "people.")) for kind in TEXT_FORMATS}
    if real in TEXT_FORMATS:
        expected |= {"csv": NO_HEADER, "tsv": NO_COLUMN}
    expected.pop(real, None)
    return Fault(f"a {real} file under another name", expected, tuple(expected), files=_disguised(real))


DISGUISED = tuple(_disguise(real) for real in FORMATS)


def _rezip(path: Path, change: Any) -> None:
    """Write a zip file anew, with what a function makes of each part."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def _bomb(folder: Path, kind: str) -> None:
    def grow(name: str, content: bytes) -> bytes:
        return content.replace(b"<sheetData>", b"<sheetData>" + b" " * 150_000_000) if "sheet1" in name else content

    _rezip(_path(folder, kind), grow)


def _nested(folder: Path, kind: str) -> None:
    content = _path(folder, kind).read_bytes()
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
            for i in range(5):
                book.writestr(f"{i}.xlsx", content)
        content = out.getvalue()[:2_000_000]
    _path(folder, kind).write_bytes(content)


def _formula(cached: str, kind: str = "n") -> Any:
    """P04's age becomes a formula; `cached` is its result as the file keeps it, or nothing."""

    def change(name: str, content: bytes) -> bytes:
        if "sheet1" not in name:
            return content
        old = re.search(rb'<c r="C5"[^>]*>.*?</c>', content)[0]
        return content.replace(old, f'<c r="C5" t="{kind}"><f>50+6</f>{cached}</c>'.encode())

    return lambda folder, kind: _rezip(_path(folder, kind), change)


def _merged(folder: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    sheet = book.worksheets[0]
    sheet.insert_rows(1)
    sheet["A1"] = "About the person"
    sheet.merge_cells("A1:D1")
    book.save(_path(folder, kind))


def _hidden_first(folder: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    book.create_sheet("Notes", 0)["A1"] = "Exported by the survey team"
    book.save(_path(folder, kind))


def _statistics(age: object = 56, **options: Any) -> Any:
    """Write the people again as sav or dta, P04 of this age, with options of the writer."""

    def files(folder: Path, kind: str) -> None:
        import pyreadstat

        frame = uniform(people())
        frame["age"] = pd.Series([age if i == 3 else float(a) for i, a in enumerate(frame["age"])])
        {"sav": pyreadstat.write_sav, "dta": pyreadstat.write_dta}[kind](frame, str(_path(folder, kind)), **options)

    return files


NO_AGE = Read({("persons", "P04", "age"): None})
LABELS = {"sex": {1: "man", 2: "woman", 7: "other", 8: "refused"}}
OF_ONE_FORMAT = (
    Fault("a zip bomb", Refused(("people.xlsx", "unpacks to")), ("xlsx",), files=_bomb),
    Fault("workbooks inside workbooks", CANNOT, ("xlsx",), files=_nested),
    Fault("a formula with its result", Read(), ("xlsx",), files=_formula("<v>56</v>")),
    Fault("a formula without its result", Refused(("people.xlsx", "formula", "C5")), ("xlsx",), files=_formula("")),
    Fault("a formula that ended in an error", Issues({"unreadable_value": 1}, PERSON), ("xlsx",),
          files=lambda folder, kind: _formula("<v>#DIV/0!</v>", "e")(folder, kind)),
    Fault("merged cells above the header", NO_COLUMN, ("xlsx",), files=_merged),
    Fault("a sheet of notes before the data", NO_COLUMN, ("xlsx",), files=_hidden_first),
    Fault("labels of codes that nobody gave", Read(), ("sav", "dta"), files=_statistics(variable_value_labels=LABELS)),
    Fault("a user-missing code", NO_AGE, ("sav",),
          files=_statistics(99, missing_ranges={"age": [99]})),
    Fault("a user-missing range", NO_AGE, ("sav",),
          files=_statistics(95, missing_ranges={"age": [{"lo": 90, "hi": 99}]})),
    Fault("a user-missing range without a lower end", NO_AGE, ("sav",),
          files=_statistics(-7, missing_ranges={"age": [{"lo": float("-inf"), "hi": -1}]})),
    Fault("the extended missing .a", NO_AGE, ("dta",), files=_statistics("a", missing_user_values={"age": ["a"]})),
    Fault("the extended missing .z", NO_AGE, ("dta",), files=_statistics("z", missing_user_values={"age": ["z"]})),
    Fault("booleans for a yes/no answer", Read(), ("xlsx", "parquet"),
          visits=lambda frame: frame.assign(met=frame["met"].astype(bool).astype(object))),
    Fault("categories", Read(), ("parquet",),
          files=lambda folder, kind: people().assign(arm=people()["arm"].astype("category"), sex=people()["sex"].astype(int).astype("category"),
                age=people()["age"].astype(int)).astype({"aa_stop": float, "w": float}).to_parquet(_path(folder, kind))),
    Fault("a day in the year 9999 as a real date", Issues({"impossible_date": 1}, PERSON | {"events": 2}), ("parquet",),
          files=lambda folder, kind: _far_dates(folder, kind)),
)  # fmt: skip


def _far_dates(folder: Path, kind: str) -> None:
    days = ["9999-12-31" if i == 3 else "2019-06-15" for i in range(len(people()))]
    frame = uniform(people()).assign(seen=pd.Series(np.array(days, dtype="datetime64[us]")))
    frame.to_parquet(_path(folder, kind))
