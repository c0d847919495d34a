"""Times by which a quarter, half or three quarters of the people have had the outcome; none is told of few people."""

import numpy as np
import pandas as pd

from ..estimators.kaplan_meier import quantile_time
from ..estimators.restricted_mean import FEWEST_AT_RISK
from .curve_group import FEW, CurveGroup, model_of
from .periods import SurvivalSpec
from .rows import estimate_row

QUARTILES = {"median_time": 0.5, "lower_quartile_time": 0.25, "upper_quartile_time": 0.75}
SAID = {"lower_quartile_time": "a quarter", "median_time": "half", "upper_quartile_time": "three quarters"}


def quantile_row(
    group: CurveGroup, estimand: str, spec: SurvivalSpec, shared: dict[str, object], note: str | None
) -> dict:
    """The row of one quartile of a group."""
    estimate, low, high = quantile_time(group.curve, QUARTILES[estimand])
    few = time_problem(group.n, group.curve, np.zeros(0) if group.moving else group.start, estimate)
    values = {"estimate": estimate, "conf_low": low, "conf_high": high, "horizon": group.curve["time"].iloc[-1]}
    values["n_events"] = int((group.cause == 1).sum())
    if not np.isfinite(estimate):
        note = _join(f"Not reached: {SAID[estimand]} of the people had not had the outcome by the end.", note)
    if few is not None:
        values, note = {"status": "too_few_events"}, _join(few, note)
    return estimate_row(spec.outcome, model_of(group), group.by, estimand, **shared, **values, note=note)


def time_problem(n: int, curve: pd.DataFrame, start: np.ndarray, time: float) -> str | None:
    """Why a time cannot be read off a curve, as a sentence; None if it can.

    Parameters
    ----------
    n : people of the curve. `curve` : as from `kaplan_meier`, with numbers of people.
    start : when each enters; empty where people move between groups. `time` : the time; not finite if not reached.
    """
    if n < FEWEST_AT_RISK:
        return FEW.format(at_least=FEWEST_AT_RISK, time=0)
    return _few_before_entries(curve, time) if (start > 0).any() else None


def _few_before_entries(curve: pd.DataFrame, time: float) -> str | None:
    """Why a time cannot be read where people enter late: an outcome before it among few people, more coming later."""
    risk = curve["n_risk"]
    later = risk[::-1].cummax()[::-1]
    few = curve[(curve["n_event"] > 0) & (risk < FEWEST_AT_RISK) & (later >= FEWEST_AT_RISK)]
    few = few[~(few["time"] > time)]
    return FEW.format(at_least=FEWEST_AT_RISK, time=few["time"].iloc[0]) if len(few) else None


def _join(first: str, note: str | None) -> str:
    return " ".join(filter(None, [first, note]))
