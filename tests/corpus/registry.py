"""Every fault of the corpus, and the formats that it is tried in."""

from . import packed
from .faults import Fault
from .faults_cells import CELLS, TEXTS, TYPED_DATES
from .faults_files import DAMAGED, DISGUISED, ENCODINGS, SHAPES
from .faults_formats import OF_ONE_FORMAT
from .faults_packed import PACKED
from .faults_rows import CONTRADICTIONS, IDENTIFIERS, ROWS

SECTIONS: dict[str, tuple[Fault, ...]] = {
    "Cells": tuple(map(packed.portable, CELLS)),
    "Text": tuple(map(packed.portable, TEXTS)),
    "Dates of the format": TYPED_DATES,
    "Identifiers": IDENTIFIERS,
    "Rows and columns": tuple(map(packed.portable, ROWS)),
    "Answers that contradict one another": tuple(map(packed.portable, CONTRADICTIONS)),
    "Encodings": ENCODINGS,
    "Shapes of text files": SHAPES,
    "Damaged files": DAMAGED,
    "Disguised files": DISGUISED,
    "What one format can have": OF_ONE_FORMAT,
    "Packed files": PACKED,
}
CASES = [(fault, kind) for faults in SECTIONS.values() for fault in faults for kind in fault.formats]


def _alone() -> set[tuple[str, str]]:
    """The one format, each in turn, in which a fault that fits into a pack is the only one of its file instead."""
    fitting = [fault for faults in SECTIONS.values() for fault in faults if packed.fits(fault)]
    formats = [[kind for kind in fault.formats if kind != "por"] for fault in fitting]
    return {(fault.name, own[i % len(own)]) for i, (fault, own) in enumerate(zip(fitting, formats, strict=True))}


ALONE = _alone()
TOGETHER = [(fault, kind) for fault, kind in CASES if packed.fits(fault) and (fault.name, kind) not in ALONE]
BY_ITSELF = [(fault, kind) for fault, kind in CASES if not packed.fits(fault) or (fault.name, kind) in ALONE]
