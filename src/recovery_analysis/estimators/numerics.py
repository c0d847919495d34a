"""Wald intervals and tests, without scipy.stats, which takes longer to import than a model takes to fit."""

from statistics import NormalDist

import numpy as np
from scipy import special


def critical_value(conf_level: float, df: float | None = None) -> float:
    """Two-sided critical value of the normal distribution, or of Student's t with `df` degrees of freedom."""
    upper = 0.5 + conf_level / 2
    return NormalDist().inv_cdf(upper) if df is None else float(special.stdtrit(df, upper))


def chi_square_p(statistic: float, df: float) -> float:
    """Upper tail of the chi-square distribution."""
    return float(special.chdtrc(df, statistic))


def wald(estimate: float, std_error: float, conf_level: float, df: float | None = None) -> dict[str, float]:
    """Estimate, standard error, interval, statistic and p-value as columns of an estimates row.

    Parameters
    ----------
    estimate, std_error : on the scale of the model.
    df : degrees of freedom of Student's t; the normal distribution if left out.
    """
    half = critical_value(conf_level, df) * std_error
    statistic = estimate / std_error
    tail = special.ndtr(-abs(statistic)) if df is None else special.stdtr(df, -abs(statistic))
    return {
        "estimate": estimate,
        "std_error": std_error,
        "conf_low": estimate - half,
        "conf_high": estimate + half,
        "conf_level": conf_level,
        "statistic": statistic,
        "df": np.nan if df is None else df,
        "p_value": 2 * float(tail),
    }


def wald_test(
    contrasts: np.ndarray, coefficients: np.ndarray, variance: np.ndarray, df: float | None = None
) -> dict[str, float]:
    """Test that every contrast of the coefficients is zero.

    Parameters
    ----------
    contrasts : (q, p) matrix; its rows must be linearly independent.
    df : denominator degrees of freedom of an F test; the chi-square distribution if left out.

    Returns
    -------
    dict with statistic (chi-square), df (q) and p_value.
    """
    value = contrasts @ coefficients
    statistic = float(value @ np.linalg.solve(contrasts @ variance @ contrasts.T, value))
    q = len(contrasts)
    p_value = chi_square_p(statistic, q) if df is None else float(special.fdtrc(q, df, statistic / q))
    return {"statistic": statistic, "df": float(q), "p_value": p_value}


def log_log_interval(
    probability: np.ndarray, std_error: np.ndarray, conf_level: float, df: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a probability that is symmetric for log(-log p); missing where it is 0 or 1, as in R.

    `df` : degrees of freedom of Student's t; the normal distribution if left out.
    """
    inside = (probability > 0) & (probability < 1)
    p = np.where(inside, probability, 0.5)
    half = critical_value(conf_level, df) * std_error / (p * np.abs(np.log(p)))
    with np.errstate(over="ignore"):  # an end of 0 where the error is beyond measure
        return tuple(np.where(inside, p ** np.exp(sign * half), np.nan) for sign in (1, -1))


def sandwich(bread: np.ndarray, scores: np.ndarray, cluster: np.ndarray | None) -> np.ndarray:
    """Robust variance (p, p) of estimates that solve equations (Huber 1967; Binder 1983, Int Stat Rev 51: 279-292).

    Parameters
    ----------
    bread : (p, p) inverse information. `scores` : (n, p) weighted score of each row, at the estimates.
    cluster : (n,) integer codes of rows that belong together; None for each on its own.
    """
    if cluster is not None:
        scores = np.column_stack([np.bincount(cluster, weights=column) for column in scores.T])
    return bread @ (scores.T @ scores) @ bread
