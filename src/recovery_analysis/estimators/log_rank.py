"""The log-rank test with delayed entry; exact with ties."""

import numpy as np

from .kaplan_meier import at_risk
from .numerics import chi_square_p


def log_rank(start: np.ndarray, stop: np.ndarray, event: np.ndarray, group: np.ndarray) -> dict[str, float]:
    """Log-rank test of equal hazards in two groups or more (Mantel 1966; Peto & Peto 1972).

    With delayed entry, or groups that people move between, it is the score test of the Cox model with the
    exact (discrete) treatment of ties.

    Parameters
    ----------
    start, stop, event : (n,) as for `kaplan_meier`.
    group : (n,) label of the group of each row.

    Returns
    -------
    dict with statistic (chi-square), df and p_value; missing if the groups were never at risk together.
    """
    labels, code = np.unique(group, return_inverse=True)
    times = np.unique(stop[event == 1])
    risk = np.array([at_risk(start[code == g], stop[code == g], times) for g in range(len(labels))])
    where = np.searchsorted(times, stop[event == 1])
    events = np.zeros_like(risk)
    np.add.at(events, (code[event == 1], where), 1)
    n, d = risk.sum(axis=0), events.sum(axis=0)
    share = risk / n
    tied = d * (n - d) / np.maximum(n - 1, 1)
    kept = np.flatnonzero((d * share).sum(axis=1) > 0)[1:]
    difference = (events - d * share).sum(axis=1)[kept]
    variance = (np.diag((tied * share).sum(axis=1)) - (tied * share) @ share.T)[np.ix_(kept, kept)]
    if not len(kept) or np.linalg.matrix_rank(variance, tol=1e-9, hermitian=True) < len(kept):
        return {"statistic": np.nan, "df": np.nan, "p_value": np.nan}
    statistic = float(difference @ np.linalg.solve(variance, difference))
    return {"statistic": statistic, "df": float(len(kept)), "p_value": chi_square_p(statistic, len(kept))}
