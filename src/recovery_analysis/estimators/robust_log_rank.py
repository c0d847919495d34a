"""A log-rank test for sampling weights and clusters: the score test of a Cox model with a robust variance."""

import numpy as np

from .cox_data import check_rows
from .cox_residuals import score_residuals
from .log_rank import IMPOSSIBLE
from .numerics import chi_square_p
from .partial_likelihood import hazard_at
from .risk_sets import lay_out


def robust_log_rank(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    group: np.ndarray,
    cluster: np.ndarray,
    weight: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
) -> dict[str, float]:
    """Test of equal hazards in two groups or more where people have weights, or are alike within clusters.

    Observed less expected outcomes of each group, weighted, with the variance from the clusters' own contributions
    (Lin & Wei 1989, JASA 84: 1074-1078; Rader et al. 2014, Stat Med 33: 1929-1944): the robust score test of R's
    `coxph` with Breslow's treatment of ties.

    Parameters
    ----------
    start, stop, event : (n,) as for `kaplan_meier`; group : (n,) label of the group of each row.
    cluster : (n,) integer codes from 0 of the person or site.
    weight : (n,) sampling weights; 1 if left out. stratum : (n,) integer codes; groups are compared within each.

    Returns
    -------
    dict with statistic (chi-square), df and p_value; missing if the groups were never at risk together, or there are
    too few clusters.

    Raises
    ------
    ResearchError
        If a row or a weight cannot be used.
    """
    labels = np.unique(group)
    x = np.column_stack([group == label for label in labels[1:]]).astype(float) if len(labels) > 1 else np.empty((0, 0))
    if not x.size or not (event == 1).any():
        return dict(IMPOSSIBLE)
    check_rows(start, stop, event, x, [str(label) for label in labels[1:]], weight)
    sets = lay_out(start, stop, event, weight, stratum, "breslow")
    columns = np.ascontiguousarray(x[sets.order].T)
    residuals = score_residuals(columns, sets, hazard_at(np.zeros(len(stop)), sets))
    summed = np.array([np.bincount(cluster[sets.order], column) for column in residuals])
    score, variance = summed.sum(axis=1), summed @ summed.T
    if np.linalg.matrix_rank(variance, tol=1e-9, hermitian=True) < len(score):
        return dict(IMPOSSIBLE)
    statistic = float(score @ np.linalg.solve(variance, score))
    return {"statistic": statistic, "df": float(len(score)), "p_value": chi_square_p(statistic, len(score))}
