"""Faults of whole files: encodings, separators, damaged and disguised files, what only one format can have."""

import codecs
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from .faults import Fault, Read, Refused
from .study import FORMATS, TEXT_FORMATS, delimited, people, write

SPSS = ("sav", "zsav")
BINARY = ("xlsx", "sav", "zsav", "dta", "parquet")


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


def _notes(*notes: str) -> Any:
    """The last cells of the first people, as they are written in the file."""

    def damage(content: bytes) -> bytes:
        lines = content.decode("utf-8").split("\n")
        for i, note in enumerate(notes, 1):
            lines[i] = re.sub(r"seen in room \d+$", lambda _, note=note: note, lines[i])
        return "\n".join(lines).encode("utf-8")

    return damage


STRAY = Refused(("people.", "line", "double quotes", "rows are lost"))
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
    Fault("a stray quote, and a quoted text below it", STRAY, TEXT_FORMATS, damage=_notes('"seen', 'seen', '"seen"')),
    Fault("two stray quotes, rows between them", STRAY, TEXT_FORMATS, damage=_notes('"seen', 'seen', 'seen"')),
    Fault("two stray quotes in neighbouring rows", STRAY, TEXT_FORMATS, damage=_notes('"seen', 'seen"', 'seen')),
    Fault("quotes escaped by a backslash", STRAY, TEXT_FORMATS, damage=_notes('"room \\" 1"', 'seen', 'seen')),
    Fault("line breaks and commas in a quoted text", Read(), TEXT_FORMATS,
          damage=_notes('"came late,\n and left, early, at 3\nP02, he said, was there"', 'seen', 'seen')),
    Fault("a quote that never ends", Refused(("people.", "lines 5 to", "double quotes")), TEXT_FORMATS,
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
    Fault("a file without its last fifty bytes", CANNOT, BINARY, damage=lambda c: c[:-50]),
    Fault("a file of zeros", CANNOT, BINARY, damage=lambda content: bytes(len(content))),
    Fault("a file of chance bytes", CANNOT, BINARY,
          damage=lambda content: np.random.default_rng(4).integers(0, 256, 4096, dtype=np.uint8).tobytes()),
    Fault("a web page instead of a file", CANNOT, BINARY,
          damage=lambda _: b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    Fault("a web page instead of a text file", NO_COLUMN, TEXT_FORMATS,
          damage=lambda _: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
    Fault("a folder instead of a file", Refused(("people.", "is a folder")), files=lambda folder, kind: _as_folder(folder, kind)),
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
    if real in SPSS:
        expected |= dict.fromkeys(SPSS, Read())
    expected.pop(real, None)
    return Fault(f"a {real} file under another name", expected, tuple(expected), files=_disguised(real))


DISGUISED = tuple(_disguise(real) for real in FORMATS)
