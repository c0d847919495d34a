"""Robust variance of a Cox model that small samples do not make too small."""

import numpy as np

from .cox import CoxFit
from .cox_residuals import score_residuals
from .partial_likelihood import Hazard, risk_set_sums
from .risk_sets import RiskSets


def corrected_variance(fit: CoxFit) -> np.ndarray:
    """(p, p) robust variance, each row's score residual divided by what is left without the row's information.

    Lin & Wei's (1989) sandwich is right where hazards are not quite proportional, but small in small samples: a row
    with much leverage pulls the fit towards itself, and its residual shrinks. Mancl & DeRouen 2001 (Biometrics 57:
    126-134) undo that by (I - H)^-1, with H the row's leverage; Wang, Turner & Li 2023 (Biometrical Journal 65:
    2200113) carry it over to Cox models. The row is the unit. It is close to the jackknife that leaves out one row at
    a time (HC3 of linear models), at the cost of a single fit.

    Parameters
    ----------
    fit : a fit with status ok.
    """
    scores, own = score_residuals(fit.x, fit.sets, fit.hazard), row_information(fit.x, fit.sets, fit.hazard)
    left = own.sum(axis=0) - own
    change = np.linalg.solve(left, scores.T[:, :, None])[:, :, 0]
    return change.T @ change


def row_information(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(n, p, p) share of each row, as laid out, in the information; it adds up to the information.

    The information is a sum over outcomes of the variance of the covariates in the risk set; a row's share is its
    weighted squared distance from the mean, at every outcome at which it is at risk.

    Parameters
    ----------
    x : (p, n) covariates as laid out in `sets`.
    """
    p, d, tie = len(x), sets.d, sets.tie
    s1, d1 = risk_set_sums(x, sets, hazard.risk)
    mean = (s1[:, tie] - sets.share * d1[:, tie]) * hazard.u
    step = hazard.u * sets.mean_weight[tie]

    def passed(values: np.ndarray) -> np.ndarray:
        """(n,) sum of the values of outcomes (d,), over those at which each row is at risk, times its risk."""
        total = sets.along_rows(sets.over_cases(values))
        total[:d] -= sets.over_cases(sets.share * values)[tie]
        return hazard.risk * total

    once = passed(step)
    first = np.array([passed(step * row) for row in mean])
    shares = np.empty((x.shape[1], p, p))
    for i in range(p):
        for j in range(i + 1):
            second = passed(step * mean[i] * mean[j])
            shares[:, i, j] = x[i] * x[j] * once - x[i] * first[j] - x[j] * first[i] + second
            shares[:, j, i] = shares[:, i, j]
    return shares
