"""Pooled logistic regression: one yes/no answer per person and interval, on time and on what is known of the person."""

from dataclasses import dataclass

import numpy as np

MAX_ITERATIONS = 30
TOLERANCE = 1e-9
RIDGE = 1e-12
FARTHEST = 30.0


@dataclass(frozen=True)
class PooledLogistic:
    """Coefficients of the clock's columns, then of the covariates; whether the iterations ended."""

    coefficients: np.ndarray
    iterations: int
    converged: bool


def fit_pooled_logistic(
    answers: np.ndarray,
    weights: np.ndarray,
    clock: np.ndarray,
    covariates: np.ndarray,
    start: np.ndarray | None = None,
) -> PooledLogistic:
    """Maximum likelihood by iteratively reweighted least squares (D'Agostino et al. 1990, Stat Med 9: 1501-1515).

    People and intervals stay a matrix, so that the information is summed over people and over intervals, and never
    over both: a bootstrap sample takes milliseconds.

    It is used for its probabilities. Where a group never (or always) says yes, its coefficient runs away and its
    probability goes to 0 (or 1), which is the right answer for the weights; linear predictors stop at 30.

    Parameters
    ----------
    answers : (n, k) 0 or 1 for each person and interval.
    weights : (n, k) weight of each answer; 0 where the person is not asked.
    clock : (k, q) columns of time, with the intercept; covariates : (n, p).
    start : (q + p,) first coefficients; zeros if left out.
    """
    q = clock.shape[1]
    beta = np.zeros(q + covariates.shape[1]) if start is None else start.copy()
    before = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        eta = linear_predictor(beta, clock, covariates)
        probability = 1 / (1 + np.exp(-eta))
        deviance = -2 * float((weights * (answers * eta + np.log1p(-probability))).sum())
        if abs(before - deviance) <= TOLERANCE * (abs(deviance) + TOLERANCE):
            return PooledLogistic(beta, iteration, True)
        spread, error = weights * probability * (1 - probability), weights * (answers - probability)
        cross = clock.T @ (spread.T @ covariates)
        of_clock = clock.T @ (clock * spread.sum(axis=0)[:, None])
        of_people = covariates.T @ (covariates * spread.sum(axis=1)[:, None])
        information = np.block([[of_clock, cross], [cross.T, of_people]])
        information[np.diag_indices_from(information)] += RIDGE * (1 + np.diag(information))
        score = np.concatenate([clock.T @ error.sum(axis=0), covariates.T @ error.sum(axis=1)])
        beta = beta + np.linalg.solve(information, score)
        before = deviance
    return PooledLogistic(beta, MAX_ITERATIONS, False)


def linear_predictor(coefficients: np.ndarray, clock: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Log odds of each person (rows) in each interval (columns)."""
    q = clock.shape[1]
    eta = (covariates @ coefficients[q:])[:, None] + clock @ coefficients[:q]
    return np.clip(eta, -FARTHEST, FARTHEST)
