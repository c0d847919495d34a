"""The unit that a length of time or an age is told in, as its name or label says it."""

import re

from .column import Column, tokens

UNIT_WORDS = {"days": ("day",), "weeks": ("week", "wk"), "months": ("month", "mo", "mth"), "years": ("year", "yr")}
UNIT_OF = {word + s: unit for unit, words in UNIT_WORDS.items() for word in words for s in ("", "s")}
# ``in months``, ``(months)``, or a label that ends so.
UNIT_SAID = re.compile(rf"(?:\bin\s+|[(\[]\s*)({'|'.join(UNIT_OF)})\b|\b({'|'.join(UNIT_OF)})\W*$", re.IGNORECASE)


def unit_of(column: Column) -> str:
    """Unit of a length of time as its name or label says it; days where it does not."""
    words = re.findall(r"[a-z]+", column.label.lower())
    return told_unit(column) or next((UNIT_OF[word] for word in words if word in UNIT_OF), "days")


def age_apart(name: str) -> str:
    """A name that begins with age and goes on without a mark, with one between: agemonths is age_months."""
    return re.sub(r"(?i)^age(?=[a-z])", "age_", name)


def told_unit(column: Column) -> str | None:
    """The unit that a column's name holds, or that its label ends in or names as one: ``age in months``."""
    words = tokens(age_apart(column.name))
    named = next((unit for word, unit in UNIT_OF.items() if word in words), None)
    said = UNIT_SAID.search(column.label)
    return named or (UNIT_OF[(said[1] or said[2]).lower()] if said else None)
