"""Little's test of whether answers are missing completely at random."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

TOLERANCE = 1e-8
MOST_STEPS = 2000


@dataclass(frozen=True)
class Little:
    """Little's test.

    Attributes
    ----------
    statistic, df, p_value : the chi-square statistic d², its degrees of freedom, and the p-value.
    patterns : number of patterns of missing answers, the complete one among them.
    """

    statistic: float
    df: int
    p_value: float
    patterns: int


def little_test(x: np.ndarray) -> Little:
    """Little's test that answers are missing completely at random (Little RJA. A test of missing completely at random
    for multivariate data with missing values. J Am Stat Assoc 1988; 83: 1198-1202).

    Parameters
    ----------
    x : array of shape (people, answers), missing where not answered; every column varies.

    Returns
    -------
    Little
        df is 0 and p_value missing where nothing, or everything in a column, is missing.
    """
    x = x[~np.isnan(x).all(axis=1)]
    x = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)
    mean, covariance = normal_em(x)
    statistic, df = 0.0, -x.shape[1]
    groups = _patterns(x)
    for seen, rows in groups:
        away = rows.mean(axis=0) - mean[seen]
        statistic += len(rows) * away @ np.linalg.pinv(covariance[np.ix_(seen, seen)], hermitian=True) @ away
        df += int(seen.sum())
    p_value = float(chdtrc(df, statistic)) if df > 0 else float("nan")
    return Little(float(statistic), df, p_value, len(groups))


def _patterns(x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pattern: which answers are there, and these answers of its people."""
    known, which = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    return [(seen, x[which.ravel() == i][:, seen]) for i, seen in enumerate(known)]


def normal_em(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximum likelihood mean and covariance of a normal sample with missing values, by the EM algorithm (Dempster AP,
    Laird NM, Rubin DB. J R Stat Soc B 1977; 39: 1-38; Little RJA, Rubin DB. Statistical analysis with missing data,
    chapter 11).

    Parameters
    ----------
    x : array of shape (n, p); no row and no column is missing altogether.
    """
    n, p = x.shape
    mean, covariance = np.nanmean(x, axis=0), np.diag(np.nanvar(x, axis=0))
    groups = _patterns(x)
    for _ in range(MOST_STEPS):
        total, squares = np.zeros(p), np.zeros((p, p))
        for seen, rows in groups:
            filled = np.empty((len(rows), p))
            slope = np.linalg.pinv(covariance[np.ix_(seen, seen)], hermitian=True) @ covariance[np.ix_(seen, ~seen)]
            filled[:, seen] = rows
            filled[:, ~seen] = mean[~seen] + (rows - mean[seen]) @ slope
            left = covariance[np.ix_(~seen, ~seen)] - covariance[np.ix_(~seen, seen)] @ slope
            total += filled.sum(axis=0)
            squares += filled.T @ filled
            squares[np.ix_(~seen, ~seen)] += len(rows) * left
        new_mean = total / n
        new_covariance = squares / n - np.outer(new_mean, new_mean)
        change = max(np.abs(new_mean - mean).max(), np.abs(new_covariance - covariance).max())
        mean, covariance = new_mean, new_covariance
        if change < TOLERANCE:
            break
    return mean, covariance
