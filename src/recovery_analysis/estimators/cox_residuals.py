"""Residuals of a Cox model: martingale, score, dfbeta, Schoenfeld; and the robust variance made of them."""

import numpy as np

from .partial_likelihood import Hazard, risk_set_sums
from .risk_sets import RiskSets


def martingale_residuals(sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(n,) observed minus expected outcomes of each row, as R's `residuals(type = "martingale")`."""
    residual = -np.divide(hazard.passed, sets.weight, out=np.zeros_like(hazard.risk), where=sets.weight > 0)
    residual[: sets.d] += 1.0
    return sets.as_given(residual)


def schoenfeld_residuals(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(d, p) covariates of each outcome less their mean over its risk set, in order of time (Schoenfeld 1982)."""
    s1, d1 = risk_set_sums(x, sets, hazard.risk)
    mean = _mean_at_outcomes(s1, d1, sets, hazard)
    return (x[:, : sets.d] - mean[:, sets.tie]).T


def _mean_at_outcomes(s1: np.ndarray, d1: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(p, m) covariate mean of the risk set, averaged over the outcomes tied at each time."""
    u, f = hazard.u, sets.share
    return (s1 * sets.over_cases(u) - d1 * sets.over_cases(f * u)) / sets.deaths


def score_residuals(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(p, n) contribution of each row, as laid out, to the score, times its weight (Therneau & Grambsch 2000)."""
    s1, d1 = risk_set_sums(x, sets, hazard.risk)
    c0, c1, c2 = hazard.squares(sets) * sets.mean_weight
    mean = _mean_at_outcomes(s1, d1, sets, hazard)
    through, back = s1 * c0 - d1 * c1, s1 * c1 - d1 * c2
    d, tie = sets.d, sets.tie
    residuals = np.empty_like(x)
    for j, column in enumerate(x):
        residuals[j] = hazard.risk * sets.along_rows(through[j]) - column * hazard.passed
        residuals[j, :d] += sets.weight[:d] * (column[:d] - mean[j, tie]) - hazard.risk[:d] * back[j, tie]
    return residuals


def dfbeta(x: np.ndarray, sets: RiskSets, hazard: Hazard, model_variance: np.ndarray) -> np.ndarray:
    """(n, p) approximate change of the coefficients when a row is left out, times its weight."""
    return sets.as_given(score_residuals(x, sets, hazard)).T @ model_variance


def clustered_variance(
    x: np.ndarray, sets: RiskSets, hazard: Hazard, model_variance: np.ndarray, cluster: np.ndarray
) -> np.ndarray:
    """(p, p) variance of Lin & Wei 1989, residuals added up within each cluster (integer codes from 0)."""
    residuals, own = score_residuals(x, sets, hazard), cluster[sets.order]
    summed = np.array([np.bincount(own, column) for column in residuals])
    return model_variance @ (summed @ summed.T) @ model_variance
