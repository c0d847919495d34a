"""Restricted mean times: mean time without an outcome up to a horizon, and mean time lost to each outcome."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .cumulative_incidence import curve_steps
from .kaplan_meier import greenwood_terms
from .numerics import critical_value, wald
from .risk_table import RiskTable, risk_table

FEWEST_AT_RISK = 10


@dataclass(frozen=True)
class RestrictedMean:
    """A mean time between the start of the clock and the horizon, in the unit of time.

    Attributes
    ----------
    estimate, std_error : the error is missing where the data show none: no outcome before the horizon, or everybody's
        at one time.
    horizon : last time looked at.
    n_event : outcomes up to the horizon (weighted).
    """

    estimate: float
    std_error: float
    horizon: float
    n_event: float


def largest_horizon(groups: list[tuple[np.ndarray, np.ndarray]], at_least: int = FEWEST_AT_RISK) -> float:
    """Latest time at which every group still has people at risk: the longest horizon that they all support.

    Parameters
    ----------
    groups : (start, stop) of each group.
    at_least : people who must still be at risk. With one or two, the end of a curve is noise.

    Returns
    -------
    The horizon; missing if a group never has that many people at risk at once.
    """
    return float(np.min([_last_supported(start, stop, at_least) for start, stop in groups]))


def _last_supported(start: np.ndarray, stop: np.ndarray, at_least: int) -> float:
    if len(stop) < at_least:
        return np.nan
    table = risk_table(start, stop, np.zeros(len(stop)))
    enough = np.flatnonzero(table.n_risk >= at_least)
    return float(table.time[enough[-1]]) if len(enough) else np.nan


def restricted_mean(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, horizon: float, weights: np.ndarray | None = None
) -> RestrictedMean:
    """Area under the Kaplan-Meier curve up to the horizon: mean time without the outcome.

    Royston & Parmar 2013 (BMC Med Res Methodol 13: 152); Uno et al. 2014 (J Clin Oncol 32: 2380-2385). The
    variance is the sum over times up to the horizon of (area from that time on) squared times d / (n (n - d)),
    as in R's `survRM2` and `print(survfit, rmean =)`; with weights it is robust, from each row's influence.
    The time lost is the horizon less this, with the same error.

    Parameters
    ----------
    start, stop, event : (n,) entry, exit, and 1 where the outcome happened at exit; one unit of time.
    horizon : positive time, no later than the last time at which anybody is followed.
    weights : (n,) positive weights; 1 if left out.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used, or nobody is followed up to the horizon.
    """
    table = risk_table(start, stop, event, weights, causes=1)
    _check_horizon(table, horizon)
    steps = curve_steps(table)
    survival = 1 - steps.incidence[:, 0]
    areas = _area(table.time, survival, horizon)
    first = min(float(table.time[0]), horizon)
    inside = table.time <= horizon
    n_event = float(table.n_event[inside].sum())
    if weights is None:
        happened = inside & (table.n_event[:, 0] > 0) & ~table.exhausted
        variance = float(np.sum(areas[happened] ** 2 * greenwood_terms(table)[happened]))
    else:
        variance = _influence_variance(table, 0, event, weights, horizon)
    return RestrictedMean(first + float(areas[0]), _root(variance), float(horizon), n_event)


def restricted_mean_lost(
    start: np.ndarray,
    stop: np.ndarray,
    cause: np.ndarray,
    horizon: float,
    weights: np.ndarray | None = None,
    causes: int | None = None,
) -> tuple[RestrictedMean, ...]:
    """Area under each cumulative incidence curve up to the horizon: mean time since each outcome.

    Andersen 2013 (Stat Med 32: 5278-5285). Where the outcome is recovery, this is the mean time in recovery
    within the horizon. The variance is the infinitesimal jackknife's, as in R's `print(survfit, rmean =)`.

    Parameters
    ----------
    start, stop : (n,) entry and exit; one unit of time.
    cause : (n,) 0 where censored at exit, else 1, 2, ... for the outcome that happened.
    horizon, weights : as for `restricted_mean`.

    Returns
    -------
    One for each cause.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used, or nobody is followed up to the horizon.
    """
    table = risk_table(start, stop, cause, weights, causes)
    _check_horizon(table, horizon)
    steps, inside = curve_steps(table), table.time <= horizon
    found = []
    for j in range(table.n_event.shape[1]):
        n_event = float(table.n_event[inside, j].sum())
        variance = _influence_variance(table, j, cause, weights, horizon)
        estimate = float(_area(table.time, steps.incidence[:, j], horizon)[0])
        found.append(RestrictedMean(estimate, _root(variance), float(horizon), n_event))
    return tuple(found)


def _root(variance: float) -> float:
    return float(np.sqrt(variance)) if variance > 0 else np.nan


def _check_horizon(table: RiskTable, horizon: float) -> None:
    if not 0 < horizon <= table.time[-1]:
        raise ResearchError(
            f"The horizon must be above 0 and no later than {table.time[-1]:g}, the last time at which anybody in this "
            f"group is followed; found {horizon:g}. Choose an earlier horizon."
        )


def _area(time: np.ndarray, height: np.ndarray, horizon: float) -> np.ndarray:
    """(k,) area under a right-continuous step curve from each time to the horizon; 0 from the horizon on."""
    clipped = np.minimum(np.append(time, horizon), horizon)
    return np.cumsum((height * np.diff(clipped))[::-1])[::-1]


def _influence_variance(
    table: RiskTable, j: int, cause: np.ndarray, weights: np.ndarray | None, horizon: float
) -> float:
    """Sum of the squared influences of the rows on the area under the incidence of cause j."""
    steps = curve_steps(table)
    to_go = np.maximum(horizon - table.time, 0.0)
    later = _area(table.time, steps.incidence[:, j], horizon) - steps.incidence[:, j] * to_go
    own, lost = steps.before * to_go / table.n_risk, later * steps.onward / table.n_risk
    drift = np.cumsum(own * steps.hazards[:, j] - lost * steps.hazards.sum(axis=1))
    at, entry = table.exit_index, table.entry_index
    influence = (cause == j + 1) * own[at] - (cause > 0) * lost[at]
    influence -= drift[at] - np.concatenate([[0.0], drift])[entry]
    return float(np.sum((influence if weights is None else weights * influence) ** 2))


def half_width(mean: RestrictedMean, conf_level: float) -> float:
    """Half the width of the normal interval of a mean."""
    return critical_value(conf_level) * mean.std_error


def difference(one: RestrictedMean, other: RestrictedMean, conf_level: float) -> dict[str, float]:
    """Difference of two independent restricted means, `one` less `other`, with its interval and test."""
    error = float(np.hypot(one.std_error, other.std_error))
    return wald(one.estimate - other.estimate, error, conf_level)


def log_ratio(one: RestrictedMean, other: RestrictedMean, conf_level: float) -> dict[str, float]:
    """Logarithm of the ratio of two independent restricted means, by the delta method (as in survRM2).

    Raises
    ------
    ResearchError
        If one of them is 0: a ratio does not exist.
    """
    if not (one.estimate > 0 and other.estimate > 0):
        raise ResearchError(
            "A ratio of mean times needs both above 0; in one group no time was lost. Read the difference."
        )
    error = float(np.hypot(one.std_error / one.estimate, other.std_error / other.estimate))
    return wald(float(np.log(one.estimate / other.estimate)), error, conf_level)
