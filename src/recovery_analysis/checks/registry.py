"""Every check in one place: its id, severity and words, and the function that finds the rows at fault."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from ..schemas.results import ISSUE_ROWS
from . import rules
from .tables import TABLES, Tables

PERSON_ASIDE = "The person is set aside. "
WAVE_ASIDE = "This interview is set aside. "
ROW_ASIDE = "The row is set aside. "


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    id : identifier, the same in every table of issues.
    table : canonical table whose rows it finds.
    severity : `error` sets aside the person, or in waves the interview; `warning` does not.
    label : what is wrong, as a noun phrase for counts.
    column : canonical column that is shown to the researcher.
    message : the sentence; names in braces are columns of what `find` returns.
    action : what was done, and what to do.
    find : tables → rows at fault, with a column `value`.
    calendar_only : whether it makes sense only where the clock is the calendar.
    row_only : whether the row is set aside alone, and told once per row of the file.
    """

    id: str
    table: str
    severity: str
    label: str
    column: str
    message: str
    action: str
    find: Callable[[Tables], pd.DataFrame]
    calendar_only: bool = False
    row_only: bool = False


def _without_person(table: str) -> Check:
    return Check(
        "person_id_missing",
        table,
        "error",
        "a row without a person's identifier",
        "person_id",
        "This row has no identifier of a person.",
        ROW_ASIDE + "Fill in the identifier in the file.",
        partial(rules.without_person, table=table),
        row_only=True,
    )


def _repeated(table: str) -> Check:
    return Check(
        "duplicate_row",
        table,
        "warning",
        "a row that repeats an earlier one",
        "person_id",
        "Person '{person_id}' is in the file more than once, with the same answers.",
        "The first row is kept, this one is set aside. Remove it from the file.",
        partial(rules.repeated_rows, table=table),
        row_only=True,
    )


def _unknown(table: str) -> Check:
    return Check(
        "unknown_person",
        table,
        "error",
        "a row of a person who is not among the people of the study",
        "person_id",
        "Person '{person_id}' is not among the people of the study, whose identifiers look like '{example}'.",
        ROW_ASIDE + "Correct the identifier, or add the person to the file that fills `persons`.",
        partial(rules.unknown_person, table=table),
        row_only=True,
    )


CHECKS: tuple[Check, ...] = (
    *(_without_person(table) for table in TABLES),
    *(_repeated(table) for table in TABLES),
    Check(
        "duplicate_person",
        "persons",
        "error",
        "a person with two rows that differ",
        "person_id",
        "Person '{person_id}' has more than one row, and the rows differ.",
        PERSON_ASIDE + "Keep the right row in the file, or give one of them another identifier.",
        rules.different_persons,
    ),
    Check(
        "duplicate_event",
        "events",
        "error",
        "an event with two different dates",
        "time",
        "Person '{person_id}' has the event '{event}' more than once, and the rows differ.",
        PERSON_ASIDE + "Keep the right one in the file.",
        rules.different_events,
    ),
    Check(
        "duplicate_wave",
        "waves",
        "error",
        "two interviews with the same number that differ",
        "wave",
        "Person '{person_id}' has interview {wave} more than once, and the answers differ.",
        "All of these interviews are set aside. Keep the right one in the file, or correct its number.",
        rules.different_waves,
    ),
    Check(
        "wave_missing",
        "waves",
        "error",
        "an interview without a number",
        "wave",
        "It is not known which interview this is.",
        WAVE_ASIDE + "Fill in the number of the interview in the file.",
        rules.without_wave,
    ),
    *(_unknown(table) for table in TABLES[1:]),
    Check(
        "ends_before_start",
        "spells",
        "error",
        "a period that ends before it starts",
        "stop",
        "A period of {what_kind} ends ({stop_words}) before it starts ({start_words}).",
        PERSON_ASIDE + "Correct one of the two dates in the file.",
        rules.ends_before_start,
    ),
    Check(
        "spell_after_interview",
        "spells",
        "error",
        "a period dated after the interview",
        "start",
        "A period of {what_kind} ({start_words} to {stop_words}) {what} after the interview ({other}).",
        PERSON_ASIDE + "Correct the date of the period or of the interview in the file.",
        rules.spell_after_interview,
        calendar_only=True,
    ),
    Check(
        "spell_before_birth",
        "spells",
        "error",
        "a period dated before the person was born",
        "start",
        "A period of {what_kind} starts ({start_words}) before the person was born ({born}).",
        PERSON_ASIDE + "Correct the date or the year of birth in the file.",
        rules.spell_before_birth,
        calendar_only=True,
    ),
    Check(
        "recovery_before_onset",
        "spells",
        "error",
        "a recovery dated before the problem began",
        "start",
        "A period of recovery starts ({start_words}) before the problem began ({other}).",
        PERSON_ASIDE + "Correct one of the two dates in the file.",
        rules.recovery_before_onset,
    ),
    Check(
        "event_after_interview",
        "events",
        "error",
        "an event dated after the interview",
        "time",
        "The event '{name}' ({value}) lies after the interview ({other}).",
        PERSON_ASIDE + "Correct one of the two dates in the file.",
        rules.event_after_interview,
        calendar_only=True,
    ),
    Check(
        "event_before_birth",
        "events",
        "error",
        "an event dated before the person was born",
        "time",
        "The event '{name}' ({value}) lies before the person was born ({born}).",
        PERSON_ASIDE + "Correct the date or the year of birth in the file.",
        rules.event_before_birth,
        calendar_only=True,
    ),
    Check(
        "onset_after_first_help",
        "events",
        "error",
        "a problem that began after help was sought for it",
        "time",
        "The problem began ({value}) after help was first sought for it ({other}).",
        PERSON_ASIDE + "Correct one of the two dates in the file.",
        rules.onset_after_first_help,
    ),
    Check(
        "age_against_birth_year",
        "persons",
        "warning",
        "an age that does not agree with the year of birth",
        "age",
        "Age {value} does not agree with a birth in {born} and an interview in {other}.",
        "Both are kept as they are. Correct one of them in the file.",
        rules.age_against_birth_year,
        calendar_only=True,
    ),
)


def run_checks(tables: Tables, checks: tuple[Check, ...] = CHECKS) -> pd.DataFrame:
    """Run every check.

    Returns
    -------
    DataFrame
        Columns of schemas.results.ISSUE_ROWS, and three more: `at`, the index of the row in its canonical
        table, `key`, the kind of spell or name of event (missing elsewhere), and `row_only`.
    """
    found = [_as_issues(check, check.find(tables)) for check in checks if _applies(check, tables)]
    found = [frame for frame in found if not frame.empty]
    columns = [*ISSUE_ROWS.columns, "at", "key", "row_only"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def _applies(check: Check, tables: Tables) -> bool:
    return not tables[check.table].empty and (tables.calendar or not check.calendar_only)


def _as_issues(check: Check, rows: pd.DataFrame) -> pd.DataFrame:
    key = rows.get("kind", rows.get("event"))
    return pd.DataFrame(
        {
            "check": check.id,
            "severity": check.severity,
            "table": check.table,
            "person_id": rows["person_id"],
            "column": check.column,
            "value": rows["value"].map(str, na_action="ignore"),
            "file": rows["source_file"],
            "row": rows["source_row"].astype(int),
            "message": [check.message.format(**row) for row in rows.to_dict("records")],
            "action": check.action,
            "at": rows.index,
            "key": key,
            "row_only": check.row_only,
        },
        index=rows.index,
    )
