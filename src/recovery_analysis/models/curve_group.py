"""The people of one line of a figure, the line, and whether so many of them are there that it can be read."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..estimators.kaplan_meier import value_at
from ..estimators.restricted_mean import FEWEST_AT_RISK
from .periods import SurvivalSpec

FEW = "Fewer than {at_least} people are at risk at {time:g}, so the curve says too little there."


@dataclass(frozen=True)
class CurveGroup:
    """The people of one line of a figure, and the line.

    `cause` : 0 censored, 1 the outcome, 2 and on the outcomes that compete with it. `curve` : probability that the
    outcome has not happened, as from `kaplan_meier`, with numbers of people. `moving` : whether people enter it and
    leave it over time. `weights` : sampling weights of the rows, which the curve allows for.
    """

    by: str
    level: str
    start: np.ndarray
    stop: np.ndarray
    cause: np.ndarray
    person: np.ndarray
    curve: pd.DataFrame
    method: str
    moving: bool
    weights: np.ndarray | None = None

    @cached_property
    def n(self) -> int:
        """How many people."""
        return len(np.unique(self.person))


def model_of(group: CurveGroup) -> str:
    """Column `model` of what is read from a curve."""
    return "aalen_johansen" if group.method == "aalen_johansen" else "kaplan_meier"


def shared_columns(group: CurveGroup, spec: SurvivalSpec, conf_level: float) -> dict[str, object]:
    """Columns that all rows of a group have in common."""
    engine = {"aalen_johansen": "cumulative_incidence.cumulative_incidence"}.get(
        group.method, "kaplan_meier.kaplan_meier"
    )
    return {
        "level": group.level,
        "group": group.level if group.by == "gender" else "all",
        "conf_level": conf_level,
        "n": group.n,
        "engine": f"recovery_analysis.estimators.{engine}",
    }


def events_by(group: CurveGroup, time: float) -> int:
    """How many had the outcome up to a time."""
    return int(((group.cause == 1) & (group.stop <= time)).sum())


def too_few(group: CurveGroup, time: float) -> str | None:
    """Why the curve is not to be read at a time: too few people at risk then, or at an outcome before."""
    there = value_at(group.curve, time)["n_risk"]
    if not there >= FEWEST_AT_RISK:
        return FEW.format(at_least=FEWEST_AT_RISK, time=time)
    own = group.curve[(group.curve["time"] <= time) & (group.curve["n_event"] > 0)]
    early = own[own["n_risk"] < FEWEST_AT_RISK]
    return FEW.format(at_least=FEWEST_AT_RISK, time=early["time"].iloc[0]) if len(early) else None
