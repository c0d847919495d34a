"""Kaplan-Meier and Simon-Makuch curves with delayed entry and weights, and their quantiles; exact with ties."""

import numpy as np
import pandas as pd

from .numerics import log_log_interval
from .risk_table import RiskTable, risk_table

FLAT = 1e-9


def kaplan_meier(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, conf_level: float, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Probability that the outcome has not happened, with log-log intervals.

    Kaplan & Meier 1958; with delayed entry a person is at risk at t if start < t <= stop (Tsai, Jewell & Wang
    1987, Biometrika 74: 883-886). With a group that people move into and out of, each row being the time
    spent in it, this is the curve of Simon & Makuch 1984 (Stat Med 3: 35-44). The variance is Greenwood's;
    with weights, it is robust: the sum of squares of each row's influence (R's `survfit(robust = TRUE)`).

    Parameters
    ----------
    start, stop, event : (n,) entry, exit, and 1 where the outcome happened at exit; one unit of time.
    weights : (n,) sampling or inverse-probability weights; 1 if left out.

    Returns
    -------
    One row per distinct exit time after a row at time 0: time, estimate, std_error, conf_low, conf_high,
    n_risk, n_event, n_censor. The interval is missing where the estimate is 0 or 1, as in R. Numbers are
    sums of the weights.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used.
    """
    table = risk_table(start, stop, event, weights, causes=1)
    hazard = table.hazards()[:, 0]
    estimate = np.cumprod(1 - hazard)
    if weights is None:
        relative = np.sqrt(np.cumsum(greenwood_terms(table)))
    else:
        relative = _robust_relative_error(table, weights, event)
    std_error = np.where(estimate > 0, estimate * np.where(estimate > 0, relative, 0.0), np.nan)
    low, high = log_log_interval(estimate, std_error, conf_level)
    at_zero = start <= 0
    columns = {
        "time": (0.0, table.time),
        "estimate": (1.0, estimate),
        "std_error": (0.0, std_error),
        "conf_low": (np.nan, low),
        "conf_high": (np.nan, high),
        "n_risk": (float(np.sum(at_zero if weights is None else weights[at_zero])), table.n_risk),
        "n_event": (0.0, table.n_event[:, 0]),
        "n_censor": (0.0, table.n_censor),
    }
    return pd.DataFrame({name: np.concatenate([[first], rest]) for name, (first, rest) in columns.items()})


def at_risk(start: np.ndarray, stop: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Number of rows with start < t <= stop at each time."""
    entered = np.searchsorted(np.sort(start), times, side="left")
    left = np.searchsorted(np.sort(stop), times, side="left")
    return (entered - left).astype(float)


def greenwood_terms(table: RiskTable) -> np.ndarray:
    """(k,) terms d / (n (n - d)) of Greenwood's sum; infinite where everybody at risk has the outcome."""
    d, n = table.n_event[:, 0], table.n_risk
    with np.errstate(divide="ignore"):
        return np.where(table.exhausted, np.inf, d / (n * np.where(table.exhausted, 1, n - d)))


def _robust_relative_error(table: RiskTable, weights: np.ndarray, event: np.ndarray) -> np.ndarray:
    """(k,) robust standard error of log S(t): the root of the sum of squared weighted influences."""
    left = 1 - table.hazards()[:, 0]
    share = 1 / (table.n_risk * np.where(left > 0, left, np.inf))
    own = np.where(event == 1, share[table.exit_index], 0.0)
    drift = np.cumsum(share * table.hazards()[:, 0])
    return np.sqrt(squared_influence(table, weights, (drift, own), (drift, own)))


def squared_influence(
    table: RiskTable,
    weights: np.ndarray | None,
    one: tuple[np.ndarray, np.ndarray],
    other: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """(k,) sum over rows of weight squared times the product of two running influences, at every time at once.

    While at risk a row's influence falls with `drift`; at its exit it gains `own` and then stays. So the sum is
    a running total of those who left and a quadratic in the drift for those who have not: sorted sums only.

    Parameters
    ----------
    one, other : drift (k,) and own (n,) of each of the two influences.
    """
    squared = np.ones(len(table.start)) if weights is None else weights**2
    entry, exit_at = table.entry_index, table.exit_index
    (drift_a, own_a), (drift_b, own_b) = one, other
    from_a, from_b = (np.concatenate([[0.0], drift])[entry] for drift in (drift_a, drift_b))
    final = squared * (own_a - drift_a[exit_at] + from_a) * (own_b - drift_b[exit_at] + from_b)
    done = np.cumsum(table.total(final))
    inside = (_running(table, entry, squared * value) for value in (1.0, from_a, from_b, from_a * from_b))
    people, sum_a, sum_b, sum_ab = inside
    return np.maximum(done + people * drift_a * drift_b - drift_a * sum_b - drift_b * sum_a + sum_ab, 0.0)


def _running(table: RiskTable, entry: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(k,) sum of a value over the rows that have entered and not left after each time."""
    entered = np.cumsum(np.bincount(entry, weights=values, minlength=len(table.time) + 1))[:-1]
    return entered - np.cumsum(table.total(values))


def quantile_time(curve: pd.DataFrame, share: float) -> tuple[float, float, float]:
    """Time by which a share has had the outcome, and its interval: where the curve and its limits cross.

    Brookmeyer & Crowley 1982 (Biometrics 38: 29-41), on the log-log scale of the limits. A curve that is flat
    at exactly that height gives the middle of the flat stretch, which may end with the follow-up, as R does. Missing
    where it is not crossed.
    """
    times = curve["time"].to_numpy()
    return tuple(
        crossing(times, curve[column].to_numpy(), 1 - share) for column in ("estimate", "conf_low", "conf_high")
    )


def median_time(curve: pd.DataFrame) -> tuple[float, float, float]:
    """Median and its interval; see `quantile_time`."""
    return quantile_time(curve, 0.5)


def crossing(times: np.ndarray, values: np.ndarray, height: float) -> float:
    """First time at which a falling curve is at a height or under it; see `quantile_time`."""
    known = np.isfinite(values)
    times, values = times[known], values[known]
    reached = np.flatnonzero(values <= height + FLAT)
    if not len(reached):
        return np.nan
    first = reached[0]
    below = np.flatnonzero(values < height - FLAT)
    if abs(values[first] - height) <= FLAT:
        return float((times[first] + times[below[0] if len(below) else -1]) / 2)
    return float(times[first])


def value_at(curve: pd.DataFrame, time: float) -> dict[str, float]:
    """Estimate, error, interval and number at risk at one time; all missing after the end of follow-up.

    Returns
    -------
    dict with estimate, std_error, conf_low, conf_high, and n_risk: people still at risk just before `time`.
    """
    names = ["estimate", "std_error", "conf_low", "conf_high", "n_risk"]
    times = curve["time"].to_numpy()
    if time > times[-1]:
        return dict.fromkeys(names, np.nan)
    row = curve.iloc[int(np.searchsorted(times, time, side="right")) - 1]
    following = curve["n_risk"].iloc[int(np.searchsorted(times, time, side="left"))]
    return {name: float(row[name]) for name in names} | {"n_risk": float(following)}
