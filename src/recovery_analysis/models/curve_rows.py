"""Curves by peers and by gender, and the rows of `estimates` that are read from them."""

import numpy as np
import pandas as pd

from ..estimators.kaplan_meier import kaplan_meier, median_time
from ..estimators.log_rank import log_rank
from .periods import SurvivalSpec, join_neighbours
from .rows import estimate_row

ARMS = {1.0: "peer", 0.0: "no_peer"}
DELAYED = "Score test of the Cox model with exact ties: people are compared while they are in each group."


def describe_curves(
    frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, note: str | None
) -> tuple[list[pd.DataFrame], list[dict]]:
    """Curves by peers and by gender, and their rows of `estimates`: medians and log-rank tests."""
    moving = spec.exposure == "time_varying"
    grouped = {
        "peer": (frame["peer"].map(ARMS), "simon_makuch" if moving else "kaplan_meier"),
        "gender": (frame["gender"], "kaplan_meier"),
    }
    curves, rows = [], []
    for by, (group, method) in grouped.items():
        for level in dict.fromkeys(sorted(group.dropna())):
            curve, row = _group_curve(frame[group == level], by, level, method, spec, conf_level, note)
            curves.append(curve)
            rows.append(row)
        rows.append(_log_rank_row(frame, group, by, spec, note))
    return curves, rows


def _group_curve(
    rows: pd.DataFrame,
    by: str,
    level: str,
    method: str,
    spec: SurvivalSpec,
    conf_level: float,
    note: str | None,
) -> tuple[pd.DataFrame, dict]:
    if by == "gender":
        rows = join_neighbours(rows.assign(peer=0.0, lower=np.nan).sort_values(["person_id", "start"]), spec.outcome)
    curve = kaplan_meier(*(rows[name].to_numpy() for name in ("start", "stop", "event")), conf_level)
    estimate, low, high = median_time(curve)
    if not np.isfinite(estimate):
        note = " ".join(filter(None, ["Not reached: half of the people had not had the outcome by the end.", note]))
    row = estimate_row(
        spec.outcome,
        "kaplan_meier",
        by,
        "median_time",
        level=level,
        group=level if by == "gender" else "all",
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        horizon=curve["time"].iloc[-1],
        n=rows["person_id"].nunique(),
        n_events=rows["event"].sum(),
        engine="recovery_analysis.estimators.kaplan_meier.kaplan_meier",
        note=note,
    )
    return curve.assign(outcome=spec.outcome, by=by, group=level, method=method, suppressed=False), row


def _log_rank_row(frame: pd.DataFrame, group: pd.Series, by: str, spec: SurvivalSpec, note: str | None) -> dict:
    columns = (frame[name].to_numpy() for name in ("start", "stop", "event"))
    known = group.notna().to_numpy()
    test = log_rank(*(c[known] for c in columns), group[known].to_numpy(str))
    empty = not np.isfinite(test["statistic"])
    if (frame["start"] > 0).any() and by == "peer":
        note = " ".join(filter(None, [DELAYED, note]))
    return estimate_row(
        spec.outcome,
        "log_rank",
        by,
        "test",
        engine="recovery_analysis.estimators.log_rank.log_rank",
        n=frame["person_id"].nunique(),
        n_events=frame["event"].sum(),
        status="too_few_events" if empty else "ok",
        note="Fewer than two groups with people at risk when an outcome happened." if empty else note,
        **test,
    )
