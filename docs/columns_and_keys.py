"""Tables of the documents that say what a result or a setting is: columns from schemas, keys from the study room."""

import types
import typing
from collections.abc import Iterator
from typing import Any

import pandera.pandas as pa
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from recovery_analysis import study
from recovery_analysis.schemas import canonical, cohort, results

KINDS = {"str": "text", "float64": "number", "int64": "whole number", "bool": "true or false"}
SIMPLE = {str: "text", int: "whole number", float: "number", bool: "true or false"}
# Keys that the study room leaves to their names.
MEANINGS = {
    "Mapping.persons": "One row per person.",
    "Mapping.waves": "One row per person and interview.",
    "Mapping.spells": "One row per period of use, recovery or support.",
    "Mapping.events": "One row per person and dated event.",
    "SpellMap.kind": "What the person was doing.",
    "EventMap.event": "Name of the event, such as first_help; `interview` ends the follow-up in surveys.",
    "Variable.label": "What it is, as printed.",
    "Variable.type": "number, binary (0 or 1) or category.",
    "Design.kind": "How people came into the file; see docs/your-study.md.",
    "Eligibility.at_least": "Lowest value that is let in.",
    "Eligibility.at_most": "Highest value that is let in.",
    "Peer.spells": "Kinds of spells that count as peers.",
    "Peer.measure": "Yes/no measure of the waves that counts as peers.",
    "Disclosure.preset": "Which rules; see docs/disclosure.md.",
    "Briefing.question": "The question that the briefing answers, as a reader would ask it.",
    "Briefing.findings": "What it tells, in this order.",
    "Simulate.people": "How many people to draw.",
    "Simulate.seed": "Same seed, same people.",
}
SHARED = {
    "kind": "Which kind this block is.",
    "title": "Title, as printed.",
    "caption": "A sentence under the figure, beside what is said of the method.",
    "label": "Name, as printed.",
    "definition": "The rule in words, printed under each figure.",
    "unit": "Unit of time that results are given in.",
    "event": "Event under `mapping.events`.",
    "spell": "Kind of spell under `mapping.spells`.",
    "lasting_years": "Years that the spell must have lasted.",
    "measure": "A measure of the waves.",
    "better": "Whether more of it is good or bad news, for the words of the briefing.",
    "outcome": "Name under `outcomes`.",
    "exposure": "`baseline`: peers as they were at time zero. `time_varying`: from the day they are known.",
    "adjust": "Covariates to adjust for: columns of persons.",
    "required": "A model of a required analysis that fails, fails the run.",
    "family": "`linear` for a score, `logistic` for a yes/no measure.",
    "analysis": "Name under `analyses`.",
    "analyses": "Names under `analyses`, in the order to show.",
    "by": "Which groups get a curve each.",
    "variables": "Columns of persons to describe, in order.",
}
BLOCKS = {
    "about": "What the study is, in words.",
    "simulate": "Draws the extracts instead of reading real ones.",
    "files": "Name → raw extract.",
    "mapping": "From raw columns to the canonical tables.",
    "variables": "Name → meaning and valid values of the study's own columns.",
    "instruments": "Name → published instrument to score; see docs/instruments.md.",
    "design": "How people came into the file.",
    "eligibility": "Who is analysed.",
    "peer": "What counts as peers.",
    "outcomes": "Name → outcome.",
    "analyses": "Name → analysis.",
    "figures": "Name → figure.",
    "tables": "Name → table.",
    "checks": "Severities and thresholds of the checks, and what cannot be; see docs/checks.md.",
    "disclosure": "Rules for small numbers.",
    "briefing": "The briefing.",
}
SCHEMAS = {f"results.{name}": table.schema for name, table in results.RESULTS.items()}
SCHEMAS |= {"results.issue_rows": results.ISSUE_ROWS.schema}
SCHEMAS |= {f"canonical.{name}": canonical.canonical_schema(name, {}, []) for name in canonical.COLUMNS}
SCHEMAS |= {
    "cohort.cohort": cohort.COHORT,
    "cohort.periods": cohort.PERIODS,
    "cohort.wave_pairs": cohort.WAVE_PAIRS,
}


def column_table(schema: pa.DataFrameSchema) -> str:
    """Columns of a table: name, type, whether it may be missing, meaning and valid values."""
    rows = ["| column | type | may be missing | meaning |", "|---|---|---|---|"]
    for name, column in schema.columns.items():
        kind = KINDS[str(column.dtype)]
        valid = f" {values}." if (values := _valid(column)) else ""
        missing = "yes" if column.nullable else "no"
        rows.append(f"| `{name}` | {kind} | {missing} | {column.description}{valid} |")
    return "\n".join(rows) + "\n"


def _valid(column: pa.Column) -> str:
    """Valid values that the checks of a column state, in words."""
    for check in column.checks:
        facts = check.statistics or {}
        if "allowed_values" in facts:
            values = (f"{v:g}" if isinstance(v, float) else f"`{v}`" for v in facts["allowed_values"])
            return "One of " + ", ".join(values)
        if "min_value" in facts and "max_value" in facts:
            return f"From {facts['min_value']} to {facts['max_value']}"
    return ""


def key_table(model: type[BaseModel]) -> str:
    """Keys of a block: name, what may be written, what holds if it is left out, meaning."""
    rows = ["| key | what to write | if left out | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        meaning = field.description or _meaning(model.__name__, name)
        rows.append(f"| `{field.alias or name}` | {_words(field.annotation)} | {_default(field)} | {meaning} |")
    return "\n".join(rows) + "\n"


def _meaning(model: str, name: str) -> str:
    blocks = BLOCKS if model == "Study" else {}
    found = MEANINGS.get(f"{model}.{name}") or blocks.get(name) or SHARED.get(name)
    if found is None:
        raise SystemExit(f"{model}.{name} has no description: give it one in src/recovery_analysis/study/.")
    return found


def _default(field: Any) -> str:
    if field.is_required():
        return "needed"
    value = field.default if field.default is not PydanticUndefined else None
    if value in (None, (), {}, ""):
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, study.Checks | study.Severities | study.Thresholds):
        return "each as below"
    if isinstance(value, study.Disclosure):
        return f"`{value.preset}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _words(annotation: Any) -> str:
    """What may be written for a type, in words."""
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is typing.Annotated:
        return _words(inner[0])
    if origin is tuple and inner[-1] is not Ellipsis:
        return "two numbers"
    if origin is tuple:
        return f"list of {_words(inner[0])}"
    if origin is dict:
        return f"{_words(inner[0])} → {_words(inner[1])}"
    if origin in (typing.Union, types.UnionType):
        known = [part for part in inner if part is not type(None)]
        if set(known) == {str, int, float}:
            return "code"
        return " or ".join(dict.fromkeys(map(_words, known)))
    name = getattr(annotation, "__forward_arg__", None) or annotation.__name__
    return f"[{name}](#{name.lower()})"


def models() -> Iterator[type[BaseModel]]:
    """Every block that a researcher may write."""
    for value in vars(study).values():
        block = isinstance(value, type) and issubclass(value, study.Strict)
        if block and value not in (study.Strict, study.StudyBlocks):
            yield value
