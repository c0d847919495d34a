"""Little's test of whether answers are missing completely at random."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from .normal_em import Patterns, inverses, normal_em


@dataclass(frozen=True)
class Little:
    """Little's test.

    Attributes
    ----------
    statistic, df, p_value : the chi-square statistic d², its degrees of freedom, and the p-value.
    patterns : number of patterns of missing answers, the complete one among them.
    settled : whether the means and covariances could be estimated; the p-value is missing otherwise.
    """

    statistic: float
    df: int
    p_value: float
    patterns: int
    settled: bool


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
    patterns = Patterns.of(x)
    mean, covariance, settled = normal_em(x, patterns)
    statistic = 0.0
    for part in patterns.parts():
        away = np.where(patterns.seen[part], patterns.mean[part] - mean, 0.0)
        inverse = inverses(covariance, patterns.seen[part])
        statistic += float(patterns.n[part] @ (away[:, None, :] @ inverse @ away[:, :, None]).ravel())
    df = int(patterns.seen.sum()) - x.shape[1]
    p_value = float(chdtrc(df, statistic)) if df > 0 and settled else float("nan")
    return Little(statistic, df, p_value, len(patterns.n), settled)
