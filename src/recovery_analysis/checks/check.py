"""What a check is, and the words for what was done with what it found."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .tables import Tables

ASIDE = {
    "persons": "The person is set aside.",
    "spells": "The person is set aside.",
    "events": "The person is set aside.",
    "waves": "This interview is set aside.",
}
ROW_ASIDE = "The row is set aside."
KEPT = "Kept as it is."


@dataclass(frozen=True)
class Check:
    """One check of rows.

    Attributes
    ----------
    id : identifier, the same in every table of issues; its severity is `checks.severity.<id>`.
    table : canonical table whose rows it finds.
    label : what is wrong, as a noun phrase for counts.
    column : canonical column that is shown to the researcher; where empty, the column `column` of what `find`
        returns.
    message : the sentence; names in braces are columns of what `find` returns.
    todo : what to do.
    meaning : what it would mean for the analysis.
    find : tables → rows at fault, with a column `value`.
    calendar_only : whether it makes sense only where the clock is the calendar.
    row_only : whether the row is set aside alone, whatever the severity, and told once per row of the file.
    aside, kept : what was done where the severity is an error, and where it is less.
    """

    id: str
    table: str
    label: str
    column: str
    message: str
    todo: str
    meaning: str
    find: Callable[[Tables], pd.DataFrame]
    calendar_only: bool = False
    row_only: bool = False
    aside: str = ""
    kept: str = KEPT

    def action(self, severity: str) -> str:
        """What was done, and what to do."""
        if self.row_only:
            return f"{self.aside or ROW_ASIDE} {self.todo}"
        done = self.aside or ASIDE[self.table] if severity in ("error", "fatal") else self.kept
        return f"{done} {self.todo}"
