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
    events, risk, within = _counts(start, stop, event, code, stratum, len(labels))
    return _chi_square(events, risk, _weights(events.sum(axis=0), risk.sum(axis=0), within, rho))


def _counts(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, code: np.ndarray, stratum: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes and people at risk (groups, times) at each time of an outcome within a stratum, and its stratum."""
    order = np.lexsort((stop, stratum)) if stratum.any() else np.argsort(stop)
    time, within = stop[order], stratum[order]
    first = np.flatnonzero(np.concatenate([[True], (time[1:] != time[:-1]) | (within[1:] != within[:-1])]))
    time, within = time[first], within[first]
    who, happened = code[order], event[order] == 1
    kept = np.add.reduceat(happened, first, dtype=np.intp) > 0
    events, risk = np.empty((2, groups, int(kept.sum())))
    for g in range(groups):
        own = who == g
        left = np.add.reduceat(own, first, dtype=np.intp)
        entered = _entered(start[code == g], stratum[code == g], time, within)
        risk[g] = (entered - (np.cumsum(left) - left))[kept]
        events[g] = np.add.reduceat(own & happened, first, dtype=np.intp)[kept]
    return events, risk, within[kept]


def _entered(start: np.ndarray, stratum: np.ndarray, time: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Rows of earlier strata, or that started before each time in the same one.

    Those of earlier strata have all left by then, so that taking away who left gives the number at risk.
    """
    if not within[-1]:
        late = start.size and start.max() >= time[0]
        return np.searchsorted(np.sort(start), time, side="left") if late else np.full(len(time), len(start))
    levels = np.unique(np.concatenate([start, time]))
    place = np.searchsorted(levels, start) + len(levels) * stratum
    return np.searchsorted(np.sort(place), np.searchsorted(levels, time) + len(levels) * within, side="left")


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
