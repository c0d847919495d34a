"""Which genders can have an effect of their own: none is dropped or merged, and none is given a number by
chance.

Text that is published names no small count: how many people there were stands in the count columns, which
pass the disclosure gate.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..labels import GENDER
from ..study import GENDERS
from .spec import FEWEST_PEOPLE

FEWEST_IN_ARM = 5


@dataclass(frozen=True)
class GenderGroup:
    """One gender in the data.

    `estimable`: it can have a main effect. `own_effect`: it can have a peer effect of its own; if not,
    `reason` says why.
    """

    level: str
    label: str
    n: int
    n_events: float
    estimable: bool
    own_effect: bool
    reason: str


def gender_groups(frame: pd.DataFrame, outcome: str, family: str) -> tuple[GenderGroup, ...]:
    """Assess each gender that is present.

    Parameters
    ----------
    frame : rows with person_id, gender, peer and the outcome column.
    outcome : column of the outcome: 1 for an event (cox, logistic) or a number (linear).
    family : cox, logistic or linear. Each peer arm of a gender needs five people: with fewer on one side a robust
        variance is far too small (MacKinnon & Webb 2017, J Appl Econometrics 32: 233-254), and the estimate is one
        person's answer. For cox each arm needs an outcome too; for logistic, an outcome and a person-wave without one.
    """
    return tuple(
        _assess(frame[frame["gender"] == level], level, outcome, family)
        for level in GENDERS
        if (frame["gender"] == level).any()
    )


def _assess(rows: pd.DataFrame, level: str, outcome: str, family: str) -> GenderGroup:
    n = rows["person_id"].nunique()
    events = np.nan if family == "linear" else rows.loc[rows[outcome] == 1, "person_id"].nunique()
    arms = [_arm_is_enough(rows[rows["peer"] == arm], outcome, family) for arm in (0, 1)]
    reason = ""
    if not all(arms):
        reason = "Too few people or outcomes with peers, or without, for an effect of their own."
    if n < FEWEST_PEOPLE:
        reason = f"Fewer than {FEWEST_PEOPLE} people: too few for an effect of their own."
    estimable = family == "linear" or bool((rows[outcome] == 1).any())
    if family == "logistic":
        estimable &= bool((rows[outcome] == 0).any())
    return GenderGroup(level, GENDER[level], n, events, estimable, not reason, reason)


def _arm_is_enough(arm: pd.DataFrame, outcome: str, family: str) -> bool:
    if arm["person_id"].nunique() < FEWEST_IN_ARM:
        return False
    happened, did_not = (bool((arm[outcome] == value).any()) for value in (1, 0))
    return family == "linear" or (happened and (family == "cox" or did_not))
