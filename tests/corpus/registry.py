"""Every fault of the corpus, and the formats that it is tried in."""

from dataclasses import replace

from .faults import Fault
from .faults_cells import CELLS, TEXTS, TYPED_DATES
from .faults_files import DAMAGED, DISGUISED, ENCODINGS, SHAPES
from .faults_formats import OF_ONE_FORMAT
from .faults_packed import PACKED
from .faults_rows import CONTRADICTIONS, IDENTIFIERS, ROWS


def in_turn(faults: tuple[Fault, ...], n: int) -> tuple[Fault, ...]:
    """The faults, each in `n` of its formats in turn: what follows the reader is the same for every format."""
    chosen = []
    for i, fault in enumerate(faults):
        formats = [fault.formats[(i + j * len(fault.formats) // n) % len(fault.formats)] for j in range(n)]
        chosen.append(replace(fault, formats=tuple(dict.fromkeys(formats))))
    return tuple(chosen)


SECTIONS: dict[str, tuple[Fault, ...]] = {
    "Cells": in_turn(CELLS, 1),
    "Text": in_turn(TEXTS, 1),
    "Dates of the format": TYPED_DATES,
    "Identifiers": in_turn(IDENTIFIERS, 2),
    "Rows and columns": in_turn(ROWS, 1),
    "Answers that contradict one another": in_turn(CONTRADICTIONS, 1),
    "Encodings": ENCODINGS,
    "Shapes of text files": SHAPES,
    "Damaged files": DAMAGED,
    "Disguised files": DISGUISED,
    "What one format can have": OF_ONE_FORMAT,
    "Packed files": PACKED,
}
CASES = [(fault, kind) for faults in SECTIONS.values() for fault in faults for kind in fault.formats]
