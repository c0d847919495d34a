"""Log-rank tests: plain, stratified and weighted (G-rho), with delayed entry; exact with ties."""

import numpy as np

from ..errors import ResearchError
from .numerics import chi_square_p
from .risk_table import checked_rows

IMPOSSIBLE = {"statistic": np.nan, "df": np.nan, "p_value": np.nan}
NOBODY_LEFT = -800.0  # exp(-800) is 0


def log_rank(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    group: np.ndarray,
    strata: np.ndarray | None = None,
    rho: float = 0.0,
) -> dict[str, float]:
    """Log-rank test of equal hazards in two groups or more (Mantel 1966; Peto & Peto 1972).

    With delayed entry, or groups that people move between, it is the score test of the Cox model with the
    exact (discrete) treatment of ties.

    Parameters
    ----------
    start, stop, event : (n,) as for `kaplan_meier`.
    group : (n,) label of the group of each row.
    strata : (n,) groups are compared within each stratum, and the differences are added up.
    rho : times are weighted by S(t-) to this power, S being the Kaplan-Meier curve of everybody in the stratum
        (G-rho; Harrington & Fleming 1982, Biometrika 69: 553-566). 0 is the log-rank test; 1, Peto and Peto's
        Wilcoxon test, looks at early differences.

    Returns
    -------
    dict with statistic (chi-square), df and p_value; missing if the groups were never at risk together.

    Raises
    ------
    ResearchError
        If a row cannot be used or `rho` is negative.
    """
    if not 0 <= rho < np.inf:
        raise ResearchError(f"rho of a weighted log-rank test must be 0 or more; found {rho:g}.")
    start, stop, event, _ = checked_rows(start, stop, event, None)
    labels, code = np.unique(group, return_inverse=True)
    stratum = np.zeros(len(stop), dtype=np.intp) if strata is None else np.unique(strata, return_inverse=True)[1]
    time, within, where = _event_times(stop[event == 1], stratum[event == 1])
    events, risk = np.empty((2, len(labels), len(time)))
    for g in range(len(labels)):
        own = code == g
        events[g] = np.bincount(where[own[event == 1]], minlength=len(time))
        risk[g] = _at_risk(start[own], stop[own], stratum[own], time, within)
    return _chi_square(events, risk, _weights(events.sum(axis=0), risk.sum(axis=0), within, rho))


def _event_times(stop: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct times of outcomes within a stratum, their strata, and which of them each outcome is at."""
    order = np.lexsort((stop, stratum))
    time, within = stop[order], stratum[order]
    new = np.concatenate([[True], (time[1:] != time[:-1]) | (within[1:] != within[:-1])])[: len(time)]
    where = np.empty(len(time), dtype=np.intp)
    where[order] = np.cumsum(new) - 1
    return time[new], within[new], where


def _at_risk(
    start: np.ndarray, stop: np.ndarray, stratum: np.ndarray, time: np.ndarray, within: np.ndarray
) -> np.ndarray:
    """Rows of a group with start < t <= stop, in the same stratum, at each time of an outcome."""
    entered, left, at = start, stop, time
    if len(within) and within[-1] > 0:
        levels = np.unique(np.concatenate([start, stop, time]))
        width = len(levels)
        columns = ((start, stratum), (stop, stratum), (time, within))
        entered, left, at = (np.searchsorted(levels, t) + width * s for t, s in columns)
    return np.searchsorted(np.sort(entered), at, side="left") - np.searchsorted(np.sort(left), at, side="left")


def _weights(d: np.ndarray, n: np.ndarray, within: np.ndarray, rho: float) -> np.ndarray:
    """S(t-) to the power rho, S starting at 1 in each stratum."""
    if rho == 0 or not len(d):
        return np.ones(len(d))
    with np.errstate(divide="ignore"):
        steps = np.maximum(np.log1p(-d / n), NOBODY_LEFT)
    before = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    first = np.concatenate([[True], within[1:] != within[:-1]])
    return np.exp(rho * (before - before[first][np.cumsum(first) - 1]))


def _chi_square(events: np.ndarray, risk: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    n, d = risk.sum(axis=0), events.sum(axis=0)
    share = risk / n
    tied = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    kept = np.flatnonzero((d * share).sum(axis=1) > 0)[1:]
    apart = (weight * (events - d * share)).sum(axis=1)[kept]
    variance = (np.diag((tied * share).sum(axis=1)) - (tied * share) @ share.T)[np.ix_(kept, kept)]
    if not len(kept) or np.linalg.matrix_rank(variance, tol=1e-9, hermitian=True) < len(kept):
        return dict(IMPOSSIBLE)
    statistic = float(apart @ np.linalg.solve(variance, apart))
    return {"statistic": statistic, "df": float(len(kept)), "p_value": chi_square_p(statistic, len(kept))}
