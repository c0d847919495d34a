"""People with several rows, each from a start to a stop: which columns say so."""

import re
from dataclasses import dataclass

import numpy as np

from .column import MOSTLY, Column
from .roles import is_status, is_zero_one, several_rows

START, STOP = r"start|begin|entry|enter|from", r"stop|end|exit|until|to"


@dataclass(frozen=True)
class StartStop:
    """The columns where each row starts and stops, and what happened at its end (missing where no column says so)."""

    start: Column
    stop: Column
    status: Column | None

    @property
    def columns(self) -> list[Column]:
        """All that are there."""
        return [column for column in (self.start, self.stop, self.status) if column is not None]


def start_stop(columns: list[Column], person: Column) -> StartStop | None:
    """Numbers of the same name but for the word (tstart and tstop), of which the second is the larger in nearly every
    row and the first differs between the rows of a person; None where people have one row."""
    if not several_rows(person):
        return None
    numbers = [c for c in columns if c.kind in ("whole", "number") and c.sound]
    stops = {stem: c for c in numbers if (stem := _stem(c.name, STOP)) is not None}
    for start in numbers:
        stop = stops.get(_stem(start.name, START))
        if stop is not None and _longer(start, stop) and not start.same_within_people:
            return StartStop(start, stop, next((c for c in numbers if is_status(c) and is_zero_one(c)), None))
    return None


def _stem(name: str, words: str) -> str | None:
    found = re.fullmatch(rf"(.*?)[_.]?(?:{words})(?:[_.]?time)?", name, re.IGNORECASE)
    return found[1].lower() if found else None


def _longer(start: Column, stop: Column) -> bool:
    with np.errstate(invalid="ignore"):
        return float((stop.number > start.number).mean()) >= MOSTLY
