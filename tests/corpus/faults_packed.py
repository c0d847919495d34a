"""Faults of packed files, and formats that only some programs write."""

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

from .faults import Fault, Read, Refused
from .study import FORMATS

TWO = ("csv", "sav")


def _at(suffix: str) -> Any:
    """The study reads the packed file."""

    def settings(study: dict[str, Any]) -> None:
        study["files"]["people"]["path"] += suffix

    return settings


def _packed(suffix: str, pack: Any) -> Any:
    """Put the file of people into a packed file; `pack` is given its name and content."""

    def files(folder: Path, kind: str) -> None:
        path = folder / f"people.{kind}"
        content = pack(path.name, path.read_bytes())
        path.unlink()
        (folder / (path.name + suffix)).write_bytes(content)

    return files


def _gz(name: str, content: bytes) -> bytes:
    return gzip.compress(content)


def _zip(*names: str, locked: bool = False) -> Any:
    """A zip file with the content under each of these names; a star stands for the name of the file."""

    def pack(name: str, content: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for written in names:
                archive.writestr(written.replace("*", name), content)
        packed = out.getvalue()
        if locked:
            for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
                at = packed.index(mark) + place
                packed = packed[:at] + b"\x01" + packed[at + 1 :]
        return packed

    return pack


def _cut(pack: Any, keep: int = 2) -> Any:
    return lambda name, content: (lambda packed: packed[: len(packed) // keep])(pack(name, content))


def _spoilt(pack: Any) -> Any:
    """One byte in the middle is another."""

    def change(name: str, content: bytes) -> bytes:
        packed = bytearray(pack(name, content))
        packed[len(packed) // 2] ^= 0xFF
        return bytes(packed)

    return change


def _fault(name: str, expected: Any, suffix: str, pack: Any, formats: tuple[str, ...] = TWO) -> Fault:
    return Fault(name, expected, formats, files=_packed(suffix, pack), settings=_at(suffix))


DAMAGED = Refused(("files.people", "damaged and cannot be unpacked"))
PACKED = (
    _fault("packed with gzip", Read(), ".gz", _gz, FORMATS),
    _fault("packed with zip", Read(), ".zip", _zip("*"), FORMATS),
    _fault("a zip with a folder around the file", Read(), ".zip", _zip("export/*")),
    _fault("a zip with what a Mac adds", Read(), ".zip", _zip("*", "__MACOSX/._*")),
    _fault("a path out of the folder inside a zip", Read(), ".zip", _zip("../../*")),
    _fault("an absolute path inside a zip", Read(), ".zip", _zip("/tmp/gone/*")),
    _fault("a zip with two files", Refused(("holds 2 files", "exactly one")), ".zip", _zip("*", "other-*")),
    _fault("a zip without a file", Refused(("holds 0 files",)), ".zip", _zip()),
    _fault("a zip with a password", Refused(("locked with a password",)), ".zip", _zip("*", locked=True)),
    _fault("a zip cut in half", Refused(("files.people", "cannot be")), ".zip", _cut(_zip("*"))),
    _fault("a zip with a spoilt byte", Refused(("files.people", "people.")), ".zip", _spoilt(_zip("*"))),
    _fault("a gzip file cut in half", DAMAGED, ".gz", _cut(_gz)),
    _fault("a gzip file with a spoilt byte", DAMAGED, ".gz", _spoilt(_gz)),
    _fault("a gzip file that is not packed", DAMAGED, ".gz", lambda name, content: content),
    _fault("a packed file without a byte", Refused(("is empty (0 bytes)",)), ".gz", lambda name, content: b""),
)
