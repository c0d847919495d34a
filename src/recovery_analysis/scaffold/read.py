"""Reading a file that no settings describe yet: all its columns, and what it says of each."""

from pathlib import Path

from ..errors import ResearchError
from ..ingest.formats import RawTable, read_source
from ..study import SourceFile


def read_whole(root: Path, key: str, source: SourceFile) -> RawTable:
    """One file with all its columns.

    Raises
    ------
    ResearchError
        If it cannot be read; without the place in the settings, which are not written yet.
    """
    try:
        return read_source(key, source, root, None)
    except ResearchError as error:
        raise ResearchError(str(error).removeprefix(f"files.{key}: ")) from None
