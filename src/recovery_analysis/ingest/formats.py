"""Reading raw extracts as they are: text stays text and codes stay codes."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..errors import ResearchError, nearest
from ..study import Scalar, SourceFile
from .cells import Cells, plain
from .readers import READERS, Declared, Extract, read_package


@dataclass(frozen=True, eq=False)
class RawTable:
    """One raw file.

    Attributes
    ----------
    file : name as it is printed.
    frame : the columns asked for that exist; the index is the row in the file, the first data row being 1.
    columns : every column of the file.
    missing : codes that the study's configuration lists for the whole file.
    declared : what the file itself says of its codes.
    """

    file: str
    frame: pd.DataFrame
    columns: tuple[str, ...]
    missing: tuple[Scalar, ...] = ()
    declared: Declared = Declared()
    _seen: dict[str, Cells] = field(default_factory=dict)

    def cells(self, column: str) -> Cells:
        """The cells of a raw column; several canonical columns may come from one."""
        if column not in self._seen:
            self._seen[column] = Cells(plain(self.frame[column]))
        return self._seen[column]


def read_source(name: str, source: SourceFile, root: Path, wanted: set[str]) -> RawTable:
    """Read one entry of `files`.

    Parameters
    ----------
    name : the key under `files`.
    source : where the data are.
    root : the folder that paths are relative to.
    wanted : the columns to read; those that the file lacks are left to the caller.

    Raises
    ------
    ResearchError
        A sentence that begins with `files.<name>: `, for anything that keeps the file from being read.
    """
    where = f"files.{name}"
    try:
        file, extract = _extract(source, Path(root), wanted)
        _refuse_twins(file, extract.columns, wanted)
    except ResearchError as error:
        raise ResearchError(f"{where}: {error}") from None
    except Exception as error:
        written = source.path or source.package
        raise ResearchError(f"{where}: {written} could not be read: {_plain(error)}") from None
    frame = extract.frame.set_axis(pd.RangeIndex(1, len(extract.frame) + 1), axis=0)
    filled = frame[frame.notna().any(axis=1)]
    if filled.empty and len(frame.columns):
        raise ResearchError(f"{where}: {file} has no rows of data. Check that the export was complete.")
    return RawTable(file, filled, extract.columns, source.missing, extract.declared)


def _extract(source: SourceFile, root: Path, wanted: set[str]) -> tuple[str, Extract]:
    if source.package is not None:
        return source.package, read_package(source.package, wanted)
    path = _existing(root, str(source.path))
    return path.name, READERS[path.suffix.lower()](path, source.sheet, wanted)


def _existing(root: Path, written: str) -> Path:
    path = root / written
    if path.suffix.lower() not in READERS:
        kinds = ", ".join(kind.removeprefix(".") for kind in READERS)
        raise ResearchError(f"{written} is of the kind '{path.suffix}', which cannot be read. Save it as {kinds}.")
    if path.is_file() and path.stat().st_size:
        return path
    if path.is_file():
        raise ResearchError(f"{written} is empty (0 bytes). Export it again.")
    folder = path.parent
    if not folder.is_dir():
        raise ResearchError(f"{written} does not exist, nor does its folder {Path(written).parent}. Correct `path`.")
    files = [file.name for file in folder.iterdir() if file.suffix.lower() in READERS]
    beside = nearest(path.name, files) if files else "No file that can be read is in that folder."
    raise ResearchError(f"{written} does not exist. {beside}".replace("Valid names are", "In that folder are"))


def _plain(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return f"{text}. Open it in the program it comes from and save it again."


def _refuse_twins(file: str, columns: tuple[str, ...], wanted: set[str]) -> None:
    twins = [name for name in sorted(wanted) if columns.count(name) > 1]
    if twins:
        raise ResearchError(f"{file} has more than one column named '{twins[0]}'. Rename all but one of them.")
