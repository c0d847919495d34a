"""Two extracts of the same study → what changed in their codebooks, as lines and as csv."""

from pathlib import Path

import pandas as pd

from ..errors import ResearchError
from ..ingest.formats import RawTable
from ..ingest.tables import wanted_columns
from ..io import write_table
from ..scaffold.column import Column
from ..scaffold.compare import compare
from ..scaffold.names import any_source
from ..scaffold.profile import about, counted_in_people, profile
from ..scaffold.read import read_whole
from ..scaffold.roles import guess_person
from ..scaffold.values import no_answer_codes
from ..study import Study

HEADS = {
    "gone": "Columns that are gone",
    "new": "Columns that are new",
    "type": "Types that changed",
    "new_codes": "New codes",
    "lost_codes": "Codes that are lost",
    "labels": "Labels that changed",
    "missing": "Answers that are missing more often, or less",
    "distribution": "Distributions that shifted",
}


def compare_codebooks(root: Path, old: str, new: str, csv: Path, study: Study | None = None) -> str:
    """Compare two extracts, write the changes, and return them as lines.

    Parameters
    ----------
    root : folder that paths are relative to.
    old, new : paths, or data sets of an installed package.
    csv : written; its column `used` says whether the study's settings read the column.
    study : the study that the extracts belong to; then only its codes for 'no answer' are left out of counts.

    Raises
    ------
    ResearchError
        If a file cannot be read, or has nothing in common with the other.
    """
    first, second = (read_whole(root, "extract", any_source(root, name)) for name in (old, new))
    if not set(first.columns) & set(second.columns):
        raise ResearchError(f"{old} and {new} have no column in common. Are they extracts of the same study?")
    none = sorted({str(code) for file in study.files.values() for code in file.missing}) if study else None
    changes = compare(_profile(first, none), _profile(second, none))
    used = {column for name in study.files for column in wanted_columns(study, name)} if study else set()
    changes["used"] = changes["column"].isin(used) if study else pd.NA
    write_table(changes, csv)
    sized = (f"{name} ({about(raw.came_in)} rows)" for name, raw in ((old, first), (new, second)))
    return in_lines(changes, *sized, csv)


def _profile(raw: RawTable, no_answer: list[str] | None) -> list[Column]:
    codes = no_answer if no_answer is not None else no_answer_codes(profile(raw))
    columns = profile(raw, codes)
    person = guess_person(columns)
    return counted_in_people(columns, person.column) if person else columns


def in_lines(changes: pd.DataFrame, old: str, new: str, csv: Path) -> str:
    """The changes as lines of a terminal; columns that the study reads have a star."""
    if changes.empty:
        return f"{new} has the columns, types, codes, labels and distributions of {old}."
    lines = [f"From {old} to {new}:"]
    for change, head in HEADS.items():
        part = changes[changes["change"] == change]
        lines += ["", f"{head} ({len(part)})"] if len(part) else []
        lines += [f"  {'*' if row.used is True else ' '} {row.sentence}" for row in part.itertuples()]
    if changes["used"].eq(True).any():
        lines += ["", "* The study's settings read this column: look at it before you put the new file in place."]
    return "\n".join([*lines, "", f"The same as a table: {csv}"])
