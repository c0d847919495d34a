"""Counts of issues in words that name no person and no value."""

import pandas as pd

from ..ingest.findings import CELL_CHECKS, SET_ASIDE
from ..schemas.results import ISSUES
from .registry import CHECKS

LABELS = CELL_CHECKS | {check.id: check.label for check in CHECKS}
ACTIONS = {(check.id, check.table): check.action for check in CHECKS}
CORRECT = "Correct it in the file, or list the code under `missing` or `quarantine`."
REMEDIES = {
    "quarantined_code": "Correct it in the file, then take the code out of `quarantine`.",
    "going_on_and_ended": "Correct one of the two in the file.",
    "period_not_recorded": "Give the period a start in the file, or correct the answer that there was one.",
    "event_not_known": "Fill in the file whether the event had happened by its time.",
    "event_not_dated": "Fill in the file when the event happened, or whether it had.",
    "unmatched_row": "Correct the key in one of the files, or add the row that is not there.",
}
USED = ("going_on_and_ended", "unmatched_row")


def label_of(check: str) -> str:
    """What a check finds, as a noun phrase for people who do not know the file."""
    return LABELS[check]


def summarise_issues(issue_rows: pd.DataFrame) -> pd.DataFrame:
    """Count issue rows by check, file, table and column.

    Parameters
    ----------
    issue_rows : schemas.results.ISSUE_ROWS.

    Returns
    -------
    DataFrame
        schemas.results.ISSUES without `study`; messages carry no value and no identifier.
    """
    keys = ["check", "severity", "file", "table", "column"]
    counts = issue_rows.groupby(keys, dropna=False).size().reset_index(name="n")
    counts["message"] = [_message(LABELS[check]) for check in counts["check"]]
    pairs = zip(counts["check"], counts["table"], counts["severity"], strict=True)
    counts["action"] = [_action(check, table, severity) for check, table, severity in pairs]
    counts["suppressed"] = False
    return counts[[c for c in ISSUES.columns if c != "study"]]


def _message(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}." if label.startswith("a row ") else f"Rows with {label}."


def _action(check: str, table: str, severity: str) -> str:
    if (check, table) in ACTIONS:
        return ACTIONS[check, table](severity)
    kept = "Kept as it is." if check in USED else "The value is not used, and the row is kept."
    done = f"{SET_ASIDE[table]}." if severity in ("error", "fatal") else kept
    return f"{done} {REMEDIES.get(check, CORRECT)}"
