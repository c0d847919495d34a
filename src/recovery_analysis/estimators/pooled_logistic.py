"""Pooled logistic regression: one yes/no answer per person and interval, with weights."""

from dataclasses import dataclass

import numpy as np

MAX_ITERATIONS = 30
TOLERANCE = 1e-11
RIDGE = 1e-12
FARTHEST = 30.0


@dataclass(frozen=True)
class PooledLogistic:
    """Coefficients in the order of the design's columns, and whether the iterations ended."""

    coefficients: np.ndarray
    iterations: int
    converged: bool


def fit_pooled_logistic(
    y: np.ndarray, design: np.ndarray, weights: np.ndarray, start: np.ndarray | None = None
) -> PooledLogistic:
    """Maximum likelihood by iteratively reweighted least squares (D'Agostino et al. 1990, Stat Med 9: 1501-1515).

    It is used for its probabilities. Where a group never (or always) says yes, its coefficient runs away and its
    probability goes to 0 (or 1), which is the right answer for the weights; linear predictors stop at 30.

    Parameters
    ----------
    y : (n,) 0 or 1.
    design : (n, p) with its intercept.
    weights : (n,) case weights, such as how often a person was drawn in a bootstrap sample.
    start : (p,) first coefficients; zeros if left out.
    """
    beta = np.zeros(design.shape[1]) if start is None else start.copy()
    before = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        eta = np.clip(design @ beta, -FARTHEST, FARTHEST)
        probability = 1 / (1 + np.exp(-eta))
        deviance = 2 * float(weights @ (np.logaddexp(0, eta) - y * eta))
        if abs(before - deviance) <= TOLERANCE * (abs(deviance) + TOLERANCE):
            return PooledLogistic(beta, iteration, True)
        information = design.T @ (design * (weights * probability * (1 - probability))[:, None])
        information[np.diag_indices_from(information)] += RIDGE * (1 + np.diag(information))
        beta = beta + np.linalg.solve(information, design.T @ (weights * (y - probability)))
        before = deviance
    return PooledLogistic(beta, MAX_ITERATIONS, False)
