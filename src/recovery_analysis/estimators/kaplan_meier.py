"""Kaplan-Meier and Simon-Makuch curves with delayed entry, and their medians; exact with ties."""

import numpy as np
import pandas as pd

from .numerics import critical_value

HALF = 0.5
FLAT = 1e-9


def kaplan_meier(start: np.ndarray, stop: np.ndarray, event: np.ndarray, conf_level: float) -> pd.DataFrame:
    """Probability that the outcome has not happened, with Greenwood's variance and log-log intervals.

    Kaplan & Meier 1958; with delayed entry a person is at risk at t if start < t <= stop (Tsai, Jewell & Wang
    1987, Biometrika 74: 883-886). With a group that people move into and out of, each row being the time
    spent in it, this is the curve of Simon & Makuch 1984 (Stat Med 3: 35-44).

    Parameters
    ----------
    start, stop, event : (n,) entry, exit, and 1 where the outcome happened at exit; one unit of time.

    Returns
    -------
    One row per distinct exit time after a row at time 0: time, estimate, std_error, conf_low, conf_high,
    n_risk, n_event, n_censor. The interval is missing where the estimate is 0 or 1, as in R.
    """
    times, where = np.unique(stop, return_inverse=True)
    n_event = np.bincount(where, weights=event, minlength=len(times))
    n_censor = np.bincount(where, weights=1 - event, minlength=len(times))
    n_risk = at_risk(start, stop, times)
    estimate = np.cumprod(1 - n_event / n_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(n_event / (n_risk * (n_risk - n_event)))
        log_s = np.log(estimate)
        half = critical_value(conf_level) * np.sqrt(greenwood) / np.abs(log_s)
        inside = (estimate > 0) & (estimate < 1)
        low, high = (np.where(inside, np.exp(log_s * np.exp(sign * half)), np.nan) for sign in (1, -1))
        std_error = np.where(estimate > 0, estimate * np.sqrt(greenwood), np.nan)
    columns = {
        "time": (0.0, times),
        "estimate": (1.0, estimate),
        "std_error": (0.0, std_error),
        "conf_low": (np.nan, low),
        "conf_high": (np.nan, high),
        "n_risk": (float(np.sum(start <= 0)), n_risk),
        "n_event": (0.0, n_event),
        "n_censor": (0.0, n_censor),
    }
    return pd.DataFrame({name: np.concatenate([[first], rest]) for name, (first, rest) in columns.items()})


def at_risk(start: np.ndarray, stop: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Number of rows with start < t <= stop at each time."""
    entered = np.searchsorted(np.sort(start), times, side="left")
    left = np.searchsorted(np.sort(stop), times, side="left")
    return (entered - left).astype(float)


def median_time(curve: pd.DataFrame) -> tuple[float, float, float]:
    """Median and its interval: where the curve and its limits cross one half; missing where they do not.

    Brookmeyer & Crowley 1982 (Biometrics 38: 29-41). A curve that is flat at exactly one half gives the
    middle of the flat stretch, as R does.
    """
    times = curve["time"].to_numpy()
    return tuple(_crossing(times, curve[column].to_numpy()) for column in ("estimate", "conf_low", "conf_high"))


def _crossing(times: np.ndarray, values: np.ndarray) -> float:
    known = np.isfinite(values)
    times, values = times[known], values[known]
    reached = np.flatnonzero(values <= HALF + FLAT)
    if not len(reached):
        return np.nan
    first = reached[0]
    below = np.flatnonzero(values < HALF - FLAT)
    if abs(values[first] - HALF) <= FLAT and len(below):
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])
