"""One finding about a study as a whole, and the tables it is made from."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...study import Checks, StudyBlocks

EVERYONE = "Everyone"
PEER_NOT_KNOWN, GENDER_NOT_KNOWN = "Peer engagement not known", "Gender not known"
NOT_KNOWN = (PEER_NOT_KNOWN, GENDER_NOT_KNOWN)
TOO_FEW = "Too few people or answers to say."


@dataclass(frozen=True)
class StudyData:
    """The checked tables of a study, and who is analysed.

    Attributes
    ----------
    persons, spells, events, waves : checked canonical tables.
    cohort : eligible people, with `peer` (at the start) and `gender`.
    periods : follow-up of each outcome, schemas.cohort.PERIODS.
    state_paths : the way of each person through the stages of recovery, schemas.cohort.STATE_PATHS.
    plan : blocks variables, design, peer, outcomes and checks of the configuration.
    largest_withheld : largest count that the disclosure gate withholds; 0 if it withholds none.
    """

    persons: pd.DataFrame
    spells: pd.DataFrame
    events: pd.DataFrame
    waves: pd.DataFrame
    cohort: pd.DataFrame
    periods: pd.DataFrame
    state_paths: pd.DataFrame
    plan: StudyBlocks
    largest_withheld: int

    @property
    def settings(self) -> Checks:
        """Severities and thresholds."""
        return self.plan.checks

    def label(self, variable: str) -> str:
        """A column as the study prints it."""
        known = self.plan.variables.get(variable)
        return known.label if known else variable.replace("_", " ").capitalize()

    @property
    def baseline(self) -> pd.DataFrame:
        """Each person beside the answers of the first interview."""
        first = self.waves[self.waves["wave"] == self.waves["wave"].min()]
        measures = [name for name in first.columns if name in self.plan.variables and name not in self.persons]
        own = first[measures].set_axis(pd.Index(first["person_id"])).reindex(self.persons["person_id"])
        return pd.concat([self.persons, own.set_axis(self.persons.index)], axis=1)


def finding(check: str, what: str, value: float, unit: str, flagged: bool | None, meaning: str, **more: Any) -> dict:
    """One row of schemas.results.DATA_CHECK_ROWS without study and verdict.

    Parameters
    ----------
    flagged : whether it is to be looked at; None if it cannot be judged.
    more : by, group, threshold, n (people it rests on), count (people in the numerator of a share).
    """
    row = {"by": "all", "group": EVERYONE, "threshold": None, "n": None, "count": None}
    row |= {"check": check, "what": what, "value": value, "unit": unit, "flagged": flagged, "meaning": meaning}
    return row | more


def share(check: str, what: str, count: int, n: int, threshold: float, warns: str, passes: str, **more: Any) -> dict:
    """A finding that is a share of people, flagged above its threshold; cannot be judged where there is nobody."""
    if n == 0:
        return finding(check, what, float("nan"), "share", None, TOO_FEW, threshold=threshold, n=0, count=0, **more)
    value = count / n
    over = value > threshold
    words = warns if over else passes
    return finding(check, what, value, "share", over, words, threshold=threshold, n=n, count=count, **more)
