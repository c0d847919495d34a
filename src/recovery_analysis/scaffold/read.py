"""Reading a file that no settings describe yet: all its columns, and what it says of each."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import ResearchError
from ..ingest.formats import RawTable, read_source
from ..study import SourceFile

LABELLED = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".dta": "read_dta",
    ".por": "read_por",
    ".sas7bdat": "read_sas7bdat",
}


@dataclass(frozen=True)
class Whole:
    """A file with all its columns.

    Attributes
    ----------
    raw : the file as ingest reads it.
    told : column → what the file says it means, where it says so.
    """

    raw: RawTable
    told: dict[str, str]


def read_whole(root: Path, key: str, source: SourceFile) -> Whole:
    """One file with all its columns.

    Raises
    ------
    ResearchError
        If it cannot be read; without the place in the settings, which are not written yet.
    """
    try:
        columns = read_source(key, source, root, set()).columns
        raw = read_source(key, source, root, set(columns))
    except ResearchError as error:
        raise ResearchError(str(error).removeprefix(f"files.{key}: ")) from None
    return Whole(raw, _told(root, source))


def _told(root: Path, source: SourceFile) -> dict[str, str]:
    """Labels of the columns; only files of SPSS, Stata and SAS have them."""
    suffix = Path(source.path).suffix.lower() if source.path else ""
    if suffix not in LABELLED:
        return {}
    import pyreadstat

    _, meta = getattr(pyreadstat, LABELLED[suffix])(str(root / str(source.path)), metadataonly=True)
    return {name: label for name, label in meta.column_names_to_labels.items() if label}
