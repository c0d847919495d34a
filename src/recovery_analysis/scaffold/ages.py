"""Which column is the age, and whether it is told in years, months or days."""

from dataclasses import dataclass

import numpy as np

from ..study import UNITS_PER_YEAR
from .column import MOSTLY, Column, tokens
from .roles import Guess
from .units import UNIT_OF, age_apart, told_unit

AGE_WORDS = {"age", "years", "yrs", "at", "entry", "baseline", "enrolment", "interview", "start", "c", "r"}
AGE_WORDS |= {"enrol", "enroll", "enrollment", "intake", "admission", "recruitment", "survey", "now", "current", "bl"}
OLDEST, MOST_ODD_CODES = 120, 3


@dataclass(frozen=True)
class AgeGuess(Guess):
    """An age, and the unit that it is told in."""

    unit: str


def guess_age(columns: list[Column]) -> AgeGuess | None:
    """Age: in years, else in a shorter unit that its name or label says or that makes its values ages."""
    called = [c for c in columns if c.kind in ("whole", "number")]
    named = [c for c in called if _is_age(age_apart(c.name))]
    named += [c for c in called if c not in named and _is_age(c.label)]
    found = [(c, unit) for c in named if (unit := _age_unit(c)) is not None]
    for column, unit in sorted(found, key=lambda pair: pair[1] != "years"):
        if unit != "years":
            return AgeGuess(column, "by label", f"called age; is it in {unit}? They become years", unit)
        plain = column.name.lower() == "age" and column.share_within(0, OLDEST) == 1 and column.sound
        return AgeGuess(column, "exact" if plain else "by label", f"called age, from 0 to {OLDEST}", unit)
    return None


def _is_age(text: str) -> bool:
    words = tokens(text)
    return "age" in words and words <= AGE_WORDS | {"in"} | UNIT_OF.keys()


def _age_unit(column: Column) -> str | None:
    """The unit that is said, or in which the values are ages; None if they are in none. A few odd codes beside ages in
    years are codes."""
    said = told_unit(column)
    if said is not None and column.share_within(0, OLDEST * UNITS_PER_YEAR[said]) > 0.5:
        return said
    numbers = column.cells.number
    odd = len(np.unique(numbers[(numbers < 0) | (numbers > OLDEST)])) <= MOST_ODD_CODES
    if column.share_within(0, OLDEST) >= (0.5 if odd else 0.9):
        return "years"
    return next((u for u in ("months", "days") if column.share_within(0, OLDEST * UNITS_PER_YEAR[u]) >= MOSTLY), None)
