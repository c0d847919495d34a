"""Reading raw extracts as they are: text stays text and codes stay codes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import ResearchError, nearest
from ..study import Scalar, SourceFile
from .archives import PACKED, inner_kind, unpacked
from .cells import Cells
from .distinct import cells_of
from .extract import Declared, Extract
from .readers import READERS, read_package

BLANK = "Blank in every column that is read"


@dataclass(frozen=True, eq=False)
class RawTable:
    """One raw file.

    Attributes
    ----------
    file : name as it is printed.
    frame : the columns asked for that exist.
    rows : row in the file of each row of the frame, the first data row being 1.
    columns : every column of the file.
    missing : codes that the study's configuration lists for the whole file, by column.
    declared : what the file itself says of its codes.
    left_out : why rows of the file are not among `rows`, and how many; the mapping's own rules come later.
    chosen : which rows of the frame count; all of them if missing.
    """

    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    columns: tuple[str, ...]
    missing: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)
    declared: Declared = Declared()
    left_out: dict[str, int] = field(default_factory=dict)
    chosen: np.ndarray | None = None
    _seen: dict[str, Cells] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def came_in(self) -> int:
        """Number of rows of the file, those left out included."""
        return self.n + sum(self.left_out.values())

    def cells(self, column: str) -> Cells:
        """The cells of a raw column; several canonical columns may come from one."""
        if column not in self._seen:
            self._seen[column] = cells_of(self.frame[column])
        cells = self._seen[column]
        return cells if self.chosen is None else cells.take(self.chosen)

    def where(self, mask: np.ndarray) -> "RawTable":
        """The same file with some of its rows."""
        rows = np.flatnonzero(mask)
        return replace(self, rows=self.rows[rows], chosen=rows if self.chosen is None else self.chosen[rows])


def read_source(name: str, source: SourceFile, root: Path, wanted: set[str] | None) -> RawTable:
    """Read one entry of `files`.

    Parameters
    ----------
    name : the key under `files`.
    source : where the data are.
    root : the folder that paths are relative to.
    wanted : the columns to read, all if None; those that the file lacks are left to the caller.

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
    frame = extract.frame
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    filled = _filled(frame)
    if filled.empty and len(frame.columns):
        raise ResearchError(f"{where}: {file} has no rows of data. Check that the export was complete.")
    missing = dict.fromkeys(extract.columns, source.missing)
    blank = {BLANK: len(frame) - len(filled)}
    return RawTable(file, filled, filled.index.to_numpy(), extract.columns, missing, extract.declared, blank)


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that are not blank in every column."""
    filled = np.zeros(len(frame), dtype=bool)
    for i in range(len(frame.columns)):
        filled |= frame.iloc[:, i].notna().to_numpy()
        if filled.all():
            return frame
    return frame[filled]


def _extract(source: SourceFile, root: Path, wanted: set[str] | None) -> tuple[str, Extract]:
    if source.package is not None:
        return source.package, read_package(source.package, wanted)
    path = _existing(root, str(source.path))
    with unpacked(path) as file:
        return path.name, READERS[inner_kind(path)](file, source.sheet, wanted)


def _existing(root: Path, written: str) -> Path:
    path = root / written
    if not written.strip():
        raise ResearchError("`path` is blank. Write the path of a file, from the project's folder on.")
    if Path(written).is_absolute() or ".." in Path(written).parts:
        raise ResearchError(
            f"{written} leads out of the project's folder. Copy the file into data/raw, and write its path from the "
            "project's folder on."
        )
    if path.is_dir():
        inside = ", ".join(sorted(p.name for p in path.iterdir() if p.is_file())[:10]) or "none"
        raise ResearchError(f"{written} is a folder. Name a file in it; it has: {inside}.")
    kind = inner_kind(path)
    if kind not in READERS and not (kind in ("", *PACKED) and not path.is_file()):
        kinds = ", ".join(kind.removeprefix(".") for kind in READERS)
        inside = " inside" if path.suffix.lower() in PACKED else ""
        raise ResearchError(f"{written} is of the kind '{kind}'{inside}, which cannot be read. Save it as {kinds}.")
    if path.is_file() and path.stat().st_size:
        return path
    if path.is_file():
        raise ResearchError(f"{written} is empty (0 bytes). Export it again.")
    folder = path.parent
    if not folder.is_dir():
        raise ResearchError(f"{written} does not exist, nor does its folder {Path(written).parent}. Correct `path`.")
    files = [file.name for file in folder.iterdir() if file.suffix.lower() in (*READERS, *PACKED)]
    beside = nearest(path.name, files) if files else "No file that can be read is in that folder."
    raise ResearchError(f"{written} does not exist. {beside}".replace("Valid names are", "In that folder are"))


def _plain(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return f"{text}. Open it in the program it comes from and save it again."


def _refuse_twins(file: str, columns: tuple[str, ...], wanted: set[str] | None) -> None:
    twins = [name for name in sorted(set(columns) if wanted is None else wanted) if columns.count(name) > 1]
    if twins and not twins[0]:
        raise ResearchError(
            f"{file} has {columns.count('')} columns without a name in its first row, which must hold the names of all "
            "columns. Delete titles and merged cells above the names, and name the columns that have none."
        )
    if twins:
        raise ResearchError(f"{file} has more than one column named '{twins[0]}'. Rename all but one of them.")
