"""Nelson-Aalen estimate of the cumulative hazard, with delayed entry and weights; exact with ties."""

from dataclasses import dataclass

import numpy as np

from .kaplan_meier import squared_influence
from .numerics import critical_value
from .risk_table import risk_table


@dataclass(frozen=True)
class CumulativeHazard:
    """Expected number of outcomes up to each time of a person who stays at risk.

    Attributes
    ----------
    time, estimate, std_error, conf_low, conf_high, n_risk, n_event : (k,) at each distinct exit time. The
        interval is on the log scale, and missing while the estimate is 0.
    """

    time: np.ndarray
    estimate: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray


def nelson_aalen(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, conf_level: float, weights: np.ndarray | None = None
) -> CumulativeHazard:
    """Sum of outcomes over people at risk (Nelson 1972; Aalen 1978, Ann Stat 6: 701-726).

    The variance is Aalen's, the sum of d / n squared; with weights it is robust, as in R's
    `survfit(robust = TRUE)`.

    Parameters
    ----------
    start, stop, event : (n,) entry, exit, and 1 where the outcome happened at exit; one unit of time.
    weights : (n,) positive weights; 1 if left out.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used.
    """
    table = risk_table(start, stop, event, weights, causes=1)
    hazard = table.hazards()[:, 0]
    estimate = np.cumsum(hazard)
    if weights is None:
        variance = np.cumsum(hazard / table.n_risk)
    else:
        own = np.where(event == 1, (1 / table.n_risk)[table.exit_index], 0.0)
        influence = (np.cumsum(hazard / table.n_risk), own)
        variance = squared_influence(table, weights, influence, influence)
    std_error = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.exp(critical_value(conf_level) * std_error / estimate)
    low, high = (np.where(estimate > 0, value, np.nan) for value in (estimate / factor, estimate * factor))
    return CumulativeHazard(table.time, estimate, std_error, low, high, table.n_risk, table.n_event[:, 0])
