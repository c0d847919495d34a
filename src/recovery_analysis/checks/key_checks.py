"""Checks of keys: every row belongs to one person, and says something once."""

from functools import partial

from . import near_duplicates, rules
from .check import Check
from .tables import TABLES


def _without_person(table: str) -> Check:
    return Check(
        "person_id_missing",
        table,
        "a row without a person's identifier",
        "person_id",
        "This row has no identifier of a person.",
        "Fill in the identifier in the file.",
        "Nothing can be linked to the row, so what it says is missing from the analysis.",
        partial(rules.without_person, table=table),
        row_only=True,
    )


def _repeated(table: str) -> Check:
    return Check(
        "duplicate_row",
        table,
        "a row that repeats an earlier one",
        "person_id",
        "Person '{person_id}' is in the file more than once, with the same answers.",
        "Remove it from the file.",
        "Counted twice, a person would make intervals too narrow.",
        partial(rules.repeated_rows, table=table),
        row_only=True,
        aside="The first row is kept, this one is set aside.",
    )


def _unknown(table: str) -> Check:
    return Check(
        "unknown_person",
        table,
        "a row of a person who is not among the people of the study",
        "person_id",
        "Person '{person_id}' is not among the people of the study, whose identifiers look like '{example}'.",
        "Correct the identifier, or add the person to the file that fills `persons`.",
        "If it is a misspelt identifier, somebody's periods or interviews are missing.",
        partial(rules.unknown_person, table=table),
        row_only=True,
    )


KEY_CHECKS: tuple[Check, ...] = (
    *(_without_person(table) for table in TABLES),
    *(_repeated(table) for table in TABLES),
    Check(
        "duplicate_person",
        "persons",
        "a person with two rows that differ",
        "person_id",
        "Person '{person_id}' has more than one row, and the rows differ.",
        "Keep the right row in the file, give one of them another identifier, or let `first_by` take the first.",
        "It is not known which answers are the person's.",
        rules.different_persons,
    ),
    Check(
        "duplicate_event",
        "events",
        "an event with two different dates",
        "time",
        "Person '{person_id}' has the event '{event}' more than once, and the rows differ.",
        "Keep the right one in the file, or let `first_by` take the first.",
        "Times are counted from or to the event, and there are two.",
        rules.different_events,
    ),
    Check(
        "duplicate_wave",
        "waves",
        "two interviews with the same number that differ",
        "wave",
        "Person '{person_id}' has interview {wave} more than once, and the answers differ.",
        "Keep the right one in the file, or correct its number.",
        "An outcome could be paired with the wrong interview before it.",
        rules.different_waves,
        aside="All of these interviews are set aside.",
    ),
    Check(
        "wave_missing",
        "waves",
        "an interview without a number",
        "wave",
        "It is not known which interview this is.",
        "Fill in the number of the interview in the file.",
        "The interview cannot be put in order, so it is not analysed.",
        rules.without_wave,
    ),
    *(_unknown(table) for table in TABLES[1:]),
    Check(
        "near_duplicate",
        "persons",
        "a person whose answers are nearly those of another person",
        "person_id",
        "Person '{person_id}' gives {equal} of {compared} answers just as person '{other}' does, and has the same "
        "{same}.",
        "See whether it is one person under two identifiers; if so, remove one from the file.",
        "One person counted as two makes intervals too narrow, and follow-up look worse than it is.",
        near_duplicates.near_duplicates,
    ),
)
