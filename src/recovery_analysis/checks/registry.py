"""Every check of rows in one place, and running them with the study's severities."""

from string import Formatter

import pandas as pd

from ..errors import ResearchError
from ..io import texts_as_objects
from ..schemas.results import ISSUE_ROWS
from ..side_by_side import side_by_side
from ..study import Checks
from .answer_checks import ANSWER_CHECKS
from .check import Check
from .date_checks import DATE_CHECKS
from .key_checks import KEY_CHECKS
from .tables import Tables

CHECKS: tuple[Check, ...] = (*KEY_CHECKS, *DATE_CHECKS, *ANSWER_CHECKS)
FATAL_SHOWN = 5


def run_checks(tables: Tables, checks: tuple[Check, ...] = CHECKS) -> pd.DataFrame:
    """Run every check.

    Returns
    -------
    DataFrame
        Columns of schemas.results.ISSUE_ROWS, and three more: `at`, the index of the row in its canonical
        table, `key`, the kind of spell or name of event (missing elsewhere), and `row_only`.
    """
    applied = [check for check in checks if _applies(check, tables)]
    rows = side_by_side(lambda check: texts_as_objects(check.find(tables)), applied)
    found = [
        _as_issues(check, at_fault, tables.settings)
        for check, at_fault in zip(applied, rows, strict=True)
        if not at_fault.empty
    ]
    columns = [*ISSUE_ROWS.columns, "at", "key", "row_only"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def _applies(check: Check, tables: Tables) -> bool:
    return not tables[check.table].empty and (tables.calendar or not check.calendar_only)


def _as_issues(check: Check, rows: pd.DataFrame, settings: Checks) -> pd.DataFrame:
    key = rows.get("kind", rows.get("event"))
    named = {name for _, name, _, _ in Formatter().parse(check.message)}
    words = [name for name in rows.columns if name in named or name == "person_id"]
    severity = getattr(settings.severity, check.id)
    return pd.DataFrame(
        {
            "check": check.id,
            "severity": severity,
            "table": check.table,
            "person_id": rows["person_id"],
            "column": check.column or rows["column"],
            "value": rows["value"].map(str, na_action="ignore"),
            "file": rows["source_file"],
            "row": rows["source_row"].astype(int),
            "message": [check.message.format(**row) for row in rows[words].to_dict("records")],
            "action": check.action(severity),
            "at": rows.index,
            "key": key,
            "row_only": check.row_only,
        },
        index=rows.index,
    )


def stop_if_fatal(issues: pd.DataFrame) -> None:
    """Stop the study where a check whose severity is `fatal` found something.

    Raises
    ------
    ResearchError
        One message that names each such check, how many rows it found, and the first of them.
    """
    fatal = issues[issues["severity"] == "fatal"]
    if fatal.empty:
        return
    lines = []
    for check, rows in fatal.groupby("check", sort=False):
        count = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
        lines.append(f"  {check}: {count} (checks.severity.{check} is fatal)")
        first = rows.head(FATAL_SHOWN)
        told = zip(first["file"], first["row"], first["message"], strict=True)
        lines += [f"    {file}, row {row}: {message}" for file, row, message in told]
        if len(rows) > FATAL_SHOWN:
            lines.append(f"    and {len(rows) - FATAL_SHOWN} more.")
    raise ResearchError(
        "The checks stopped the study. Correct the rows in the files, or choose another severity:\n" + "\n".join(lines)
    )
