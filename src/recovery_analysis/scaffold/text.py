"""Pieces of YAML: every name, code and label is quoted so that it reads back as it was."""

import re
from collections.abc import Mapping

from ..study import PLACEHOLDER
from .column import Column
from .values import YAML_WORDS, Meaning

CONFIRM, ADD, WRITE = "#? ", "#+ ", PLACEHOLDER
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")


def quoted(text: str) -> str:
    """A text in double quotes; a character that YAML would fold or refuse is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def name(text: str) -> str:
    """A name, in quotes where YAML would read it as something else."""
    return text if PLAIN.fullmatch(text) and text.lower() not in YAML_WORDS else quoted(text)


def code(value: str | int | None) -> str:
    """A code: a whole number as it is, no answer as null, anything else as a name."""
    if value is None:
        return "null"
    return str(value) if WHOLE.fullmatch(str(value)) else name(str(value))


def flow(pairs: Mapping[str, str | int | None]) -> str:
    """``{1: man, 2: woman}``."""
    return "{" + ", ".join(f"{code(key)}: {code(value)}" for key, value in pairs.items()) + "}"


def source(column: Column, meaning: Meaning) -> str:
    """The right-hand side of a column of the mapping."""
    parts = [f"column: {name(column.name)}"]
    parts += [f"missing: [{', '.join(map(code, column.refused))}]"] if column.refused else []
    parts += [f"recode: {flow(meaning.recode)}"] if meaning.recode else []
    return "{" + ", ".join(parts) + "}" if len(parts) > 1 else name(column.name)


def variable(column: Column, meaning: Meaning) -> str:
    """The right-hand side of a variable."""
    levels = ", ".join(f"{name(value)}: {quoted(label)}" for value, label in meaning.levels.items())
    more = f", levels: {{{levels}}}" if meaning.type == "category" else ""
    return f"{{label: {quoted(column.shown)}, type: {meaning.type}{more}}}"


def listed(names: list[str]) -> str:
    """``[age, gender]``."""
    return "[" + ", ".join(names) + "]"
