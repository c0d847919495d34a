"""Little's test of whether answers are missing completely at random."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from .normal_em import Patterns, inverses, normal_em, pattern_of, steps_at_most


@dataclass(frozen=True)
class Little:
    """Little's test.

    Attributes
    ----------
    statistic, df, p_value : the chi-square statistic d², its degrees of freedom, and the p-value.
    patterns : number of patterns of missing answers, the complete one among them.
    settled : whether the means and covariances could be estimated; statistic and p-value are missing otherwise.
    too_many : whether they were not even begun with, for there are too many patterns.
    """

    statistic: float
    df: int
    p_value: float
    patterns: int
    settled: bool
    too_many: bool = False


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
    which = pattern_of(x)
    n, p = int(which.max()) + 1, x.shape[1]
    if not steps_at_most(n, p):
        return Little(np.nan, 0, np.nan, n, settled=False, too_many=True)
    patterns = Patterns.of(x, which)
    mean, covariance, settled = normal_em(x, patterns)
    df = int(patterns.seen.sum()) - p
    if not settled:
        return Little(np.nan, df, np.nan, n, settled=False)
    statistic = 0.0
    for part in patterns.parts():
        away = np.where(patterns.seen[part], patterns.mean[part] - mean, 0.0)
        inverse = inverses(covariance, patterns.seen[part])
        statistic += float(patterns.n[part] @ (away[:, None, :] @ inverse @ away[:, :, None]).ravel())
    p_value = float(chdtrc(df, statistic)) if df > 0 else float("nan")
    return Little(statistic, df, p_value, n, settled=True)
