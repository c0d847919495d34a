"""Files packed as gz, bz2, xz or zip: unpacked into a temporary folder, and never without a limit."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from ..errors import ResearchError

STREAMS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
PACKED = (*STREAMS, ".zip")
LARGEST = 8 * 2**30
PIECE = 2**22
BYTES_PER_GB = 2**30


def inner_kind(path: Path) -> str:
    """Kind of the file inside a packed file, or of the file itself, such as `.csv`."""
    if path.suffix.lower() in STREAMS:
        return Path(path.stem).suffix.lower()
    if path.suffix.lower() == ".zip" and path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return PurePosixPath(_only_member(path, archive).filename).suffix.lower()
    return path.suffix.lower()


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or what is packed in it as a file of a temporary folder.

    Raises
    ------
    ResearchError
        If an archive holds more than one file, is locked, is damaged, or is larger than LARGEST once unpacked.
    """
    if path.suffix.lower() not in PACKED:
        yield path
        return
    with TemporaryDirectory() as folder:
        try:
            target = _unpack(path, Path(folder))
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError) as error:
            if getattr(error, "errno", None) is not None:
                raise
            raise ResearchError(
                f"{path.name} is damaged and cannot be unpacked ({error}). Copy or download it again."
            ) from None
        yield target


def _unpack(path: Path, folder: Path) -> Path:
    if path.suffix.lower() in STREAMS:
        target = folder / path.stem
        with STREAMS[path.suffix.lower()](path) as source:
            _copy(path, source, target)
        return target
    with zipfile.ZipFile(path) as archive:
        member = _only_member(path, archive)
        _refuse_large(path, member.file_size)
        target = folder / PurePosixPath(member.filename).name
        with archive.open(member) as source:
            _copy(path, source, target)
    return target


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5]) or "none"
        raise ResearchError(
            f"{path.name} holds {len(members)} files ({names}), and exactly one is expected. Unpack it, and name the "
            "file that you need."
        )
    if members[0].flag_bits & 0x1:
        raise ResearchError(f"{path.name} is locked with a password. Unpack it, and name the file inside.")
    return members[0]


def _copy(path: Path, source: BinaryIO, target: Path) -> None:
    """Copy piece by piece: what an archive says of its size is not believed."""
    size = 0
    with target.open("wb") as out:
        while piece := source.read(PIECE):
            size += len(piece)
            _refuse_large(path, size)
            out.write(piece)


def _refuse_large(path: Path, size: int) -> None:
    if size > LARGEST:
        raise ResearchError(
            f"{path.name} holds more than {LARGEST / BYTES_PER_GB:g} GB once unpacked, which is more than is read from "
            "an archive. If that is right, unpack it yourself and name the file; if not, the archive is faulty."
        )
