"""Score tests for proportional hazards, term by term and global, as R's cox.zph since survival 3.0."""

from dataclasses import dataclass

import numpy as np

from .cox import CoxFit
from .cox_residuals import schoenfeld_residuals
from .kaplan_meier import at_risk
from .numerics import chi_square_p
from .partial_likelihood import hazard_at, information
from .risk_sets import RiskSets


@dataclass(frozen=True)
class HazardsTest:
    """Test that the effect of a term does not change over time; `term` is `global` for all of them together."""

    term: str
    statistic: float
    df: float
    p_value: float


def proportional_hazards(
    fit: CoxFit, start: np.ndarray, stop: np.ndarray, event: np.ndarray, groups: dict[str, list[int]]
) -> list[HazardsTest]:
    """Score tests of covariates times g(t), where g is one minus Kaplan-Meier just before t.

    Grambsch & Therneau 1994 (Biometrika 81: 515-526), with the information matrix of the enlarged model rather
    than its approximation (Therneau & Grambsch 2000, section 6.2).

    Parameters
    ----------
    fit : a model with status ok. start, stop, event : (n,) the rows it was fitted to.
    groups : term → positions of its columns.
    """
    sets, eta = fit.sets, fit.coefficients @ fit.x
    g = km_transform(start, stop, event, sets)
    moments = [information(fit.x, sets, hazard_at(eta, sets, g**power), g**power) for power in (0, 1, 2)]
    residuals = schoenfeld_residuals(fit.x, sets, fit.hazard)
    score = residuals.T @ (g[sets.tie] * sets.weight[: sets.d])
    left = moments[2] - moments[1] @ np.linalg.solve(moments[0], moments[1])
    chosen = groups | {"global": list(range(len(fit.coefficients)))}
    return [_test(term, columns, score, left) for term, columns in chosen.items()]


def _test(term: str, columns: list[int], score: np.ndarray, left: np.ndarray) -> HazardsTest:
    u, v = score[columns], left[np.ix_(columns, columns)]
    scale = 1 / np.sqrt(np.where(np.diag(v) > 0, np.diag(v), 1.0))
    u, v = u * scale, v * np.outer(scale, scale)
    rank = int(np.linalg.matrix_rank(v, hermitian=True))
    statistic = float(u @ np.linalg.pinv(v, hermitian=True) @ u)
    return HazardsTest(term, statistic, float(rank), chi_square_p(statistic, rank))


def km_transform(start: np.ndarray, stop: np.ndarray, event: np.ndarray, sets: RiskSets) -> np.ndarray:
    """(m,) one minus the Kaplan-Meier estimate of everyone together just before each outcome time, centred."""
    times, counts = np.unique(stop[event == 1], return_counts=True)
    surviving = np.cumprod(1 - counts / at_risk(start, stop, times))
    g = 1 - np.concatenate([[1.0], surviving[:-1]])[np.searchsorted(times, sets.times)]
    return g - np.average(g, weights=sets.deaths)
