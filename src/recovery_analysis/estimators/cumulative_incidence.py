"""Aalen-Johansen estimate of the cumulative incidence of competing outcomes; exact with ties."""

from dataclasses import dataclass

import numpy as np

from .kaplan_meier import squared_influence
from .numerics import log_log_interval
from .risk_table import RiskTable, risk_table


@dataclass(frozen=True)
class CumulativeIncidence:
    """Probability of having had each outcome first, by each time.

    Attributes
    ----------
    time, n_risk, n_censor, survival : (k,) distinct exit times, at risk just before, leaving without an outcome,
        and probability that no outcome has happened.
    n_event, estimate, std_error, conf_low, conf_high : (k, causes). The interval is on the log-log scale, and
        missing where the estimate is 0 or 1.
    """

    time: np.ndarray
    n_risk: np.ndarray
    n_censor: np.ndarray
    survival: np.ndarray
    n_event: np.ndarray
    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray


@dataclass(frozen=True)
class Steps:
    """The curves at their times: hazards and incidences (k, causes), survival just before (k,), 1 / (1 - hazard)."""

    hazards: np.ndarray
    incidence: np.ndarray
    before: np.ndarray
    onward: np.ndarray


def cumulative_incidence(
    start: np.ndarray,
    stop: np.ndarray,
    cause: np.ndarray,
    conf_level: float,
    weights: np.ndarray | None = None,
    causes: int | None = None,
) -> CumulativeIncidence:
    """Aalen & Johansen 1978 (Scand J Stat 5: 141-150), with the infinitesimal-jackknife variance.

    The variance is that of R's `survfit` of a multi-state `Surv`: the sum of squares of each row's influence.
    Without weights or delayed entry it is the delta method on multinomial hazards, Greenwood's formula where
    there is one cause. (cmprsk's `cuminc` uses Aalen's variance with a correction for ties; it differs in the
    third digit at n = 200.)

    Parameters
    ----------
    start, stop : (n,) entry and exit, one unit of time; a person is at risk at t if start < t <= stop.
    cause : (n,) 0 where censored at exit, else 1, 2, ... for the outcome that happened.
    weights : (n,) sampling or inverse-probability weights; 1 if left out.
    causes : how many causes there are; the largest found if left out.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used.
    """
    table = risk_table(start, stop, cause, weights, causes)
    steps = curve_steps(table)
    std_error = np.column_stack([_std_error(table, steps, j, cause, weights) for j in range(table.n_event.shape[1])])
    estimate = steps.incidence
    low, high = log_log_interval(estimate, std_error, conf_level)
    survival = steps.before * (1 - steps.hazards.sum(axis=1))
    survival[table.exhausted] = 0.0
    return CumulativeIncidence(
        table.time, table.n_risk, table.n_censor, survival, table.n_event, estimate, std_error, low, high
    )


def curve_steps(table: RiskTable) -> Steps:
    """Hazards, survival just before each time, and incidence after it."""
    hazards = table.hazards()
    left = np.where(table.exhausted, 0.0, 1 - hazards.sum(axis=1))
    before = np.concatenate([[1.0], np.cumprod(left)[:-1]])
    incidence = np.cumsum(before[:, None] * hazards, axis=0)
    onward = np.divide(1.0, left, out=np.zeros_like(left), where=left > 0)
    return Steps(hazards, incidence, before, onward)


def _std_error(table: RiskTable, steps: Steps, j: int, cause: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """(k,) root of the sum of squared influences on F_j(t).

    The influence is A(t) - F_j(t) B(t), where A and B do not depend on later times; so three running sums of
    products are enough.
    """
    f, any_hazard = steps.incidence[:, j], steps.hazards.sum(axis=1)
    at = table.exit_index
    gain_any, gain_own = f * steps.onward / table.n_risk, steps.before / table.n_risk
    scale = steps.onward / table.n_risk
    a = (
        np.cumsum(gain_own * steps.hazards[:, j] + gain_any * any_hazard),
        (cause == j + 1) * gain_own[at] + (cause > 0) * gain_any[at],
    )
    b = np.cumsum(scale * any_hazard), (cause > 0) * scale[at]
    aa, ab, bb = (squared_influence(table, weights, *pair) for pair in ((a, a), (a, b), (b, b)))
    return np.sqrt(np.maximum(aa - 2 * f * ab + f**2 * bb, 0.0))
