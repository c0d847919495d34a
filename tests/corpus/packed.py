"""Many faults of single cells in one study: each hits a person of its own, so that each is judged on its own.

Reading a study takes longer than making it, so every format reads two studies instead of one for each fault: one whose
damaged cells are text, which turns a whole column of a statistics program into text, and one where they are not.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from tests.unit.tiny_study import check

from .faults import Cell, Fault, Refused
from .study import FORMATS, PEOPLE, Facts, facts, people, plan, visits, write

MODEL = "P04"
VISITS = 3


def fits(fault: Fault) -> bool:
    """Whether a fault is one cell of one person, and leaves the rest of the file to be read."""
    change, others = fault.people or fault.visits, (fault.damage, fault.files, fault.settings)
    alone = (
        isinstance(change, Cell) and change.column != "pid" and not any(others) and not (fault.people and fault.visits)
    )
    return alone and not any(isinstance(fault.expect(kind), Refused) for kind in fault.formats)


@dataclass(frozen=True)
class Person:
    """What the checked study says of the person that a fault hit.

    Attributes
    ----------
    facts : values by (table, MODEL, ..., column), as if the person were MODEL.
    issues : what is told of the person.
    aside : rows of the person set aside, per canonical table.
    row : row of the damaged cell in its file, the first data row being 1.
    """

    facts: Facts
    issues: pd.DataFrame
    aside: dict[str, int]
    row: int


@dataclass(frozen=True)
class Pack:
    """A checked study with one person for each fault, beside the people of the clean study.

    Attributes
    ----------
    hit : what it says of the person of each fault, by the fault's name.
    others : values of the people whom no fault hit.
    strays : messages of errors that are about nobody whom a fault hit.
    """

    hit: dict[str, Person]
    others: Facts
    strays: list[str]


def damaged_cell(fault: Fault) -> Cell:
    """The cell of a fault that fits into a pack."""
    change = fault.people or fault.visits
    assert isinstance(change, Cell)
    return change


def portable(fault: Fault) -> Fault:
    """The fault in portable files of SPSS as well, where it fits into a pack and its cell is plain text or a number."""
    plain = fits(fault) and fault.formats == FORMATS and str(damaged_cell(fault).value).isprintable()
    return replace(fault, formats=(*FORMATS, "por")) if plain and str(damaged_cell(fault).value).isascii() else fault


def as_written(value: object, kind: str) -> object:
    """A value of the clean study as a format can hold it."""
    return value.replace("ü", "u") if kind == "por" and isinstance(value, str) else value


def is_text(fault: Fault) -> bool:
    """Whether the damaged cell is text."""
    return isinstance(damaged_cell(fault).value, str)


def pack(faults: Iterable[Fault], kind: str) -> Pack:
    """Write a study with all these faults in one format, read it and check it."""
    faults = tuple(faults)
    names = {f"F{i:03d}": fault for i, fault in enumerate(faults)}
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in (("people", people()), ("visits", visits())):
            damaged = _damaged(frame, name, names).map(lambda value: as_written(value, kind))
            write(damaged, Path(folder) / f"{name}.{kind}")
        tables = check(Path(folder), plan(kind))
    found, issues = facts(tables), tables["issues"]
    aside = tables["quarantine"].groupby("person_id")["table"].value_counts()
    hit = {}
    for i, (pid, fault) in enumerate(names.items()):
        own = {(key[0], MODEL, *key[2:]): value for key, value in found.items() if key[1] == pid}
        counts = aside[pid].to_dict() if pid in aside.index else {}
        row = PEOPLE + i if fault.people else (PEOPLE + i) * VISITS
        hit[fault.name] = Person(own, issues[issues["person_id"] == pid], counts, row + 1)
    strays = issues[(issues["severity"] == "error") & ~issues["person_id"].isin(list(names))]
    others = {key: value for key, value in found.items() if key[1] not in names}
    return Pack(hit, others, strays["message"].tolist())


def _damaged(frame: pd.DataFrame, name: str, names: dict[str, Fault]) -> pd.DataFrame:
    """The clean rows, and for each fault those of MODEL under another identifier, the first of them damaged."""
    rows = frame[frame["pid"] == MODEL]
    added = []
    for pid, fault in names.items():
        copy = rows.assign(pid=pid).astype(object).reset_index(drop=True)
        change = fault.people if name == "people" else fault.visits
        if isinstance(change, Cell):
            copy.at[0, change.column] = change.value
        added.append(copy)
    return pd.concat([frame, *added], ignore_index=True).astype(object)
