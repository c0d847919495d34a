"""Second fits of curves, of what is read from them, and of the tests that compare them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..estimators.engine_curves import (
    CurveAgain,
    incidence_again,
    kaplan_meier_again,
    log_rank_again,
    robust_log_rank_again,
)
from .curve_group import CurveGroup
from .periods import SurvivalSpec
from .quantile_rows import QUARTILES
from .second_fit import relative_difference


def curve_difference(groups: list[CurveGroup], rows: Iterable[dict]) -> float:
    """Largest relative difference of what the rows tell of the groups from the same read off another engine's curves.

    Parameters
    ----------
    groups : the curves that are compared. rows : rows of `estimates` that were read from them; those without a number
        are passed over.
    """
    again = {group.level: _again(group) for group in groups}
    own = {group.level: group for group in groups}
    largest = 0.0
    for row in rows:
        if row["status"] == "ok" and np.isfinite(row.get("estimate", np.nan)):
            told = row["estimate"], row.get("std_error", np.nan)
            largest = max(largest, _apart(told, _expected(row, again, own)))
    return largest


def _apart(told: tuple[float, float], expected: tuple[float, float]) -> float:
    """Relative difference of estimates, and of standard errors where both engines give one."""
    error = told[1] if np.isfinite(told[1]) else 0.0
    scale = max(abs(told[0]), error) or 1.0
    between = [abs(told[0] - expected[0]) / scale]
    between += [abs(told[1] / expected[1] - 1)] if np.isfinite(told[1]) and expected[1] > 0 else []
    return float(np.max(between))


def _again(group: CurveGroup) -> CurveAgain:
    columns = group.start, group.stop
    if group.method == "aalen_johansen":
        return incidence_again(*columns, group.cause, group.weights)
    return kaplan_meier_again(*columns, group.cause == 1, group.weights)


def _expected(row: dict, again: dict[str, CurveAgain], groups: dict[str, CurveGroup]) -> tuple[float, float]:
    """Estimate and standard error of one row by the other engine; an error that it does not give is missing."""
    curve, horizon, estimand = again[row["level"]], row["horizon"], row["estimand"]
    if estimand in QUARTILES:
        return curve.quantile(QUARTILES[estimand]), np.nan
    if estimand in ("risk", "risk_ever"):
        return 1 - curve.at(curve.without, horizon), curve.at(curve.std_error, horizon)
    if estimand == "cumulative_hazard":
        return curve.at(curve.hazard, horizon), curve.at(curve.hazard_error, horizon)
    if estimand == "risk_competing":
        group = groups[row["level"]]
        cause = np.where(group.cause == 1, 2, np.minimum(group.cause, 1))
        other = incidence_again(group.start, group.stop, cause, group.weights)
        return 1 - other.at(other.without, horizon), other.at(other.std_error, horizon)
    one = _mean(estimand, curve, horizon)
    if row.get("reference") is None:
        return one
    other = _mean(estimand, again[row["reference"]], horizon)
    if estimand.endswith("_difference"):
        return one[0] - other[0], float(np.hypot(one[1], other[1]))
    return float(np.log(one[0] / other[0])), float(np.hypot(one[1] / one[0], other[1] / other[0]))


def _mean(estimand: str, curve: CurveAgain, horizon: float) -> tuple[float, float]:
    """Mean time without the outcome up to the horizon, or since it."""
    area, error = curve.area(horizon)
    return (horizon - area if "_lost" in estimand else area), error


def test_differences(
    frame: pd.DataFrame, labels: pd.Series, spec: SurvivalSpec, rows: Iterable[dict]
) -> dict[str, list[float]]:
    """Model → difference of the chi-square of each log-rank test from another engine's, relative if it is above 1."""
    known = frame[labels.notna()]
    times = tuple(known[name].to_numpy(float) for name in ("start", "stop", "event"))
    group, strata = np.unique(labels[labels.notna()].to_numpy(str), return_inverse=True)[1], list(spec.sampling.strata)
    within = known.groupby(strata, observed=True).ngroup().to_numpy() if strata else None
    unit = pd.factorize(known[spec.sampling.cluster or "person_id"])[0]
    weights = known["weight"].to_numpy(float) if spec.sampling.weighted else None
    found = {}
    for row in rows:
        if row["status"] != "ok":
            continue
        stratum = None if row["model"] == "log_rank" else within
        if spec.sampling.simple:
            rho = float(row["model"].partition("_rho_")[2] or 0)
            again = log_rank_again(*times, group, stratum, rho)
        else:
            again = robust_log_rank_again(*times, group, unit, weights, stratum)
        found[row["model"]] = [relative_difference(*(np.array([v]) for v in (row["statistic"], again, 1.0)))]
    return found
