"""Right-truncated times, read backwards: only people whose outcome came before the interview are in the file.

With M beyond every time, a person enters at M - window and has the outcome at M - time, so right truncation becomes
delayed entry. What can be estimated is conditional on the longest window: the distribution of times among people
whose time is not longer than that.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import ResearchError
from .checked import numbers
from .cox import CoxFit, fit_cox
from .cox_leverage import corrected_variance
from .numerics import log_log_interval

MARGIN = 1e-5


@dataclass(frozen=True)
class ReverseRows:
    """Counting-process rows in reverse time: everyone has the outcome at `stop`; `beyond` is M."""

    start: np.ndarray
    stop: np.ndarray
    beyond: float


@dataclass(frozen=True)
class ConditionalCurve:
    """Probability of the outcome by `time` among people who have it by `horizon`; all (m,) but the last.

    `at_risk` counts people whose time is not longer, and whose window is not shorter. Where it is 1 or the estimate
    is 0 or 1 there is no interval.
    """

    time: np.ndarray
    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    at_risk: np.ndarray
    n_event: np.ndarray
    horizon: float


def reverse_rows(time: np.ndarray, window: np.ndarray) -> ReverseRows:
    """Turn times and truncation windows into rows with delayed entry, in reverse time.

    Lagakos, Barraj & De Gruttola 1988 (Biometrika 75: 515-523). A Cox model on these rows estimates the retro-hazard,
    the rate of having had the outcome just before t given that it came no later than t: a *higher* retro-hazard ratio
    means *longer* times, so a coefficient's sign turns to be read as speed.

    Parameters
    ----------
    time, window : (n,) from the start of the clock to the outcome, and to the interview; one unit.

    Raises
    ------
    ResearchError
        If a time is not positive, or longer than its window: such a person cannot be in the file.
    """
    time, window = numbers(time, "time"), numbers(window, "window")
    if not len(time):
        raise ResearchError("Right-truncated times: there is nobody whose time is known.")
    wrong = ~((time > 0) & (time <= window) & np.isfinite(window))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ResearchError(
            f"Right-truncated times: {int(wrong.sum())} are not after zero and up to the interview (first: time "
            f"{time[first]:g}, interview at {window[first]:g}). Check the dates of these people."
        )
    beyond = float(np.ceil(window.max())) + 1.0
    return ReverseRows(beyond - window - MARGIN, beyond - time, beyond)


def retro_hazard(time: np.ndarray, window: np.ndarray, x: np.ndarray, names: list[str]) -> CoxFit:
    """Cox model of the retro-hazard, with a robust variance that is corrected for leverage.

    Lagakos, Barraj & De Gruttola 1988; variance by Mancl & DeRouen 2001 (`corrected_variance`). Covariates that act in
    proportion on the hazard do not on the retro-hazard, so the model-based variance, and the uncorrected robust one
    still more, is too small in samples of a few hundred people.

    Parameters
    ----------
    time, window : as `reverse_rows`.
    x : (n, p) design without intercept; `names` say what its columns are, for messages.

    Returns
    -------
    CoxFit of the reversed rows; above 0 means longer times.
    """
    rows = reverse_rows(time, window)
    fit = fit_cox(rows.start, rows.stop, np.ones(len(x)), x, names)
    return replace(fit, variance=corrected_variance(fit), robust=True) if fit.status == "ok" else fit


def conditional_curve(time: np.ndarray, window: np.ndarray, conf_level: float) -> ConditionalCurve:
    """Product-limit estimate of P(T <= t | T <= horizon) from right-truncated times.

    Lagakos, Barraj & De Gruttola 1988; Kalbfleisch & Lawless 1989 (J Am Stat Assoc 84: 360-372). Greenwood's variance
    in reverse time, intervals on the complementary log-log scale. The horizon is the longest window.

    Parameters
    ----------
    time, window : as `reverse_rows`.
    conf_level : level of the intervals.
    """
    rows = reverse_rows(time, window)
    distinct, where = np.unique(np.asarray(time, float), return_inverse=True)
    n_event = np.bincount(where).astype(float)
    early = np.searchsorted(np.sort(time), distinct, side="right")
    closed = np.searchsorted(np.sort(window), distinct, side="left")
    at_risk = (early - closed).astype(float)
    later = np.append((1 - n_event / at_risk)[1:], 1.0)
    estimate = np.cumprod(later[::-1])[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.append((n_event / (at_risk * (at_risk - n_event)))[1:], 0.0)
        greenwood = np.cumsum(terms[::-1])[::-1]
        inside = (estimate > 0) & (estimate < 1)
        std_error = np.where(inside, estimate * np.sqrt(greenwood), np.where(estimate > 0, 0.0, np.nan))
    low, high = log_log_interval(estimate, std_error, conf_level)
    horizon = float(rows.beyond - MARGIN - rows.start.min())
    return ConditionalCurve(distinct, estimate, std_error, low, high, at_risk, n_event, horizon)


def conditional_quantile(curve: ConditionalCurve, probability: float) -> tuple[float, float, float]:
    """Time by which `probability` of those counted have had the outcome, with its interval.

    Where the curve and its limits first reach the probability (Brookmeyer & Crowley 1982, Biometrics 38: 29-41);
    missing where they do not.
    """

    def crossing(values: np.ndarray) -> float:
        reached = np.flatnonzero(np.nan_to_num(values, nan=-1.0) >= probability - 1e-9)
        return float(curve.time[reached[0]]) if len(reached) else np.nan

    upper = np.where(np.isnan(curve.conf_high) & (curve.estimate >= 1), 1.0, curve.conf_high)
    lower = np.where(np.isnan(curve.conf_low) & (curve.estimate >= 1), 1.0, curve.conf_low)
    return crossing(curve.estimate), crossing(upper), crossing(lower)
