"""Which of several rows of one person a draft takes."""

from collections.abc import Iterator
from dataclasses import dataclass

from .guess import Draft
from .roles import several_rows
from .text import WRITE, name


@dataclass(frozen=True)
class FirstRow:
    """How the first of several rows of a person is told: a line of a block, how sure that is, and why."""

    line: str
    confidence: str
    why: str


def first_row(draft: Draft) -> FirstRow | None:
    """By the number of the interview, else a start or date that differs within people; None where rows are people."""
    if draft.wave:
        column = draft.wave.column
        first = min(int(c) for c in column.common) if column.common else 0
        return FirstRow(f"rows: {{{name(column.name)}: [{first}]}}", draft.wave.confidence, "the first interview")
    if draft.person is None or draft.wide or not several_rows(draft.person.column):
        return None
    if draft.start_stop is not None:
        first = name(draft.start_stop.start.name)
        return FirstRow(
            f"first_by: {first}", "by label", "people have several rows: is the one that starts first meant?"
        )
    dated = next((d for d in draft.dates if not d.same_within_people), None)
    if dated is None:
        return FirstRow(f"first_by: {WRITE}", "unknown", "people have several rows: which of them is the first?")
    return FirstRow(
        f"first_by: {{date: {name(dated.name)}}}", "by label", "people have several rows: is the first meant?"
    )


def first_rows(draft: Draft) -> Iterator[str]:
    """The same rule in another block; it is confirmed once, under `persons`."""
    if (rule := first_row(draft)) is not None:
        yield f"      {rule.line}"
