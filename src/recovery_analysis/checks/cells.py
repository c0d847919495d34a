"""Severities of the cells that could not be read, and what was done with them."""

import pandas as pd

from ..ingest.findings import SET_ASIDE
from ..study import Severities

NOT_USED = "The cell counts as not answered"


def with_severities(issues: pd.DataFrame, severities: Severities) -> pd.DataFrame:
    """Ingest's issues with the severities of the study; a cell that sets nobody aside counts as not answered.

    Parameters
    ----------
    issues : schemas.results.ISSUE_ROWS.
    """
    wanted = [
        getattr(severities, check, found) for check, found in zip(issues["check"], issues["severity"], strict=True)
    ]
    action = issues["action"]
    lowered = (issues["severity"] == "error") & pd.Series(wanted, issues.index, dtype=object).isin(["info", "warning"])
    for words in dict.fromkeys(SET_ASIDE.values()):
        action = action.where(~lowered, action.str.replace(words, NOT_USED, regex=False))
    return issues.assign(severity=wanted, action=action)
