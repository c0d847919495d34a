"""Distribution of times that are known only to an interval, without assuming its shape."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .numerics import log_log_interval

MOST_ITERATIONS = 500
GAP = 1e-9
HALVINGS = 40


@dataclass(frozen=True)
class TurnbullFit:
    """Maximum likelihood estimate of the distribution.

    Attributes
    ----------
    left, right : (m,) the innermost intervals (left, right] that carry probability (left = right for an exact time;
        right infinite for what lies after the last interview). Within one the curve is not known.
    mass : (m,) their probabilities.
    log_likelihood : its value.
    gap : largest directional derivative left, per person: 0 at the maximum (Gentleman & Geyer 1994).
    variance : (m, m) of the masses, from the information of those above zero.
    """

    left: np.ndarray
    right: np.ndarray
    mass: np.ndarray
    log_likelihood: float
    gap: float
    iterations: int
    variance: np.ndarray

    @property
    def converged(self) -> bool:
        """Whether the Karush-Kuhn-Tucker conditions hold."""
        return self.gap < 1e-6


def innermost_intervals(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intervals on which all probability can lie, for half-open (lower, upper]; exact times where both are equal.

    Turnbull 1976 (J R Stat Soc B 38: 290-295). At one value an exact time opens first, then intervals close, then
    others open: (2, 3] and (3, 4] have nothing in common, and an exact 3 lies in the first.
    """
    exact = lower == upper
    value = np.concatenate([lower, upper])
    order = np.concatenate([np.where(exact, 0, 2), np.full(len(upper), 1)])
    points = np.unique(np.column_stack([value, order]), axis=0)
    opens = points[:, 1] != 1
    keep = np.flatnonzero(opens[:-1] & ~opens[1:])
    return points[keep, 0], points[keep + 1, 0]


def turnbull(lower: np.ndarray, upper: np.ndarray, weights: np.ndarray | None = None) -> TurnbullFit:
    """Nonparametric maximum likelihood for interval-censored times.

    Turnbull 1976, by the constrained Newton method of Wang 2007 (J R Stat Soc B 69: 185-198): each step is a
    non-negative least-squares problem. Stops when the Karush-Kuhn-Tucker conditions hold to 1e-9 (Gentleman & Geyer
    1994, Biometrika 81: 618-623), so the answer does not depend on where it began.

    Parameters
    ----------
    lower, upper : (n,) the time is in (lower, upper]; equal if exact, upper infinite if right-censored.
    weights : (n,) how often each row counts; once if not given.

    Raises
    ------
    ResearchError
        If nobody is given, or an interval is empty.
    """
    lower, upper = np.asarray(lower, float), np.asarray(upper, float)
    if not len(lower) or not (upper >= lower).all() or not (lower >= 0).all():
        raise ResearchError(
            "Interval-censored times: each needs a lower end of zero or later and an upper end that is not before it."
        )
    weights = np.ones(len(lower)) if weights is None else np.asarray(weights, float)
    pairs, where = np.unique(np.column_stack([lower, upper]), axis=0, return_inverse=True)
    count = np.bincount(where.ravel(), weights=weights)
    left, right = innermost_intervals(pairs[:, 0], pairs[:, 1])
    first, last = pairs[:, :1], pairs[:, 1:]
    opens_after = (left > first) | ((left == first) & ((left < right) | (first == last)))
    covers = (opens_after & (right <= last)).astype(float)
    mass, iterations = _maximise(covers, count)
    total = covers @ mass
    gap = float(np.max(covers.T @ (count / total)) / count.sum() - 1)
    variance = _variance(covers, count, mass)
    return TurnbullFit(left, right, mass, float(count @ np.log(total)), gap, iterations, variance)


def _maximise(covers: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, int]:
    from scipy.optimize import nnls

    n, m = count.sum(), covers.shape[1]
    mass = np.full(m, 1 / m)
    root = np.sqrt(count / n)
    for iteration in range(1, MOST_ITERATIONS + 1):
        total = covers @ mass
        slopes = covers.T @ (count / total) / n
        if slopes.max() - 1 < GAP:
            return mass, iteration
        rows = root[:, None] * covers / total[:, None]
        # The row of ones, heavily weighted, holds the sum at one (Dax 1990).
        problem = np.vstack([rows, np.full(m, 1e3)])
        target = np.concatenate([2 * root, [1e3]])
        aim = nnls(problem, target, maxiter=30 * m)[0]
        mass = _line_search(covers, count, mass, aim / aim.sum())
    return mass, MOST_ITERATIONS


def _line_search(covers: np.ndarray, count: np.ndarray, mass: np.ndarray, aim: np.ndarray) -> np.ndarray:
    value = count @ np.log(covers @ mass)
    share = 1.0
    for _ in range(HALVINGS):
        candidate = (1 - share) * mass + share * aim
        total = covers @ candidate
        if (total > 0).all() and count @ np.log(total) >= value:
            return candidate
        share /= 2
    # An EM step always leads uphill.
    return mass * (covers.T @ (count / (covers @ mass))) / count.sum()


def _variance(covers: np.ndarray, count: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Inverse information of the masses above zero, given that they sum to one."""
    support = np.flatnonzero(mass > 1e-9)
    variance = np.zeros((len(mass), len(mass)))
    if len(support) < 2:
        return variance
    own = covers[:, support] / (covers @ mass)[:, None]
    contrast = np.vstack([np.eye(len(support) - 1), -np.ones(len(support) - 1)])
    information = contrast.T @ (own.T @ (count[:, None] * own)) @ contrast
    free = contrast @ np.linalg.pinv(information, hermitian=True) @ contrast.T
    variance[np.ix_(support, support)] = free
    return variance


def turnbull_curve(fit: TurnbullFit, conf_level: float) -> dict[str, np.ndarray]:
    """Probability that the outcome has not happened, at the right end of each interval that has one.

    Complementary log-log intervals from the information. They suit times known to a few common intervals, such as
    the interviews of a study or whole years; with many different exact times use Kaplan-Meier.

    Returns
    -------
    time, estimate, std_error, conf_low, conf_high : (m,) or one less.
    """
    finite = np.isfinite(fit.right)
    upto = np.tril(np.ones((len(fit.mass), len(fit.mass))))[finite]
    survival = np.clip(1 - upto @ fit.mass, 0.0, 1.0)
    survival[survival < 1e-12] = 0.0
    std_error = np.sqrt(np.maximum(np.einsum("mi,ij,mj->m", upto, fit.variance, upto), 0.0))
    low, high = log_log_interval(survival, std_error, conf_level)
    return {
        "time": fit.right[finite],
        "estimate": survival,
        "std_error": std_error,
        "conf_low": low,
        "conf_high": high,
    }


def turnbull_quantile(curve: dict[str, np.ndarray], probability: float) -> tuple[float, float, float]:
    """Time by which a share `probability` have had the outcome, and its interval; missing where not reached.

    The right end of the interval in which the curve falls to 1 - probability, so never too early.
    """

    def crossing(values: np.ndarray) -> float:
        reached = np.flatnonzero(np.nan_to_num(values, nan=2.0) <= 1 - probability + 1e-9)
        return float(curve["time"][reached[0]]) if len(reached) else np.nan

    return crossing(curve["estimate"]), crossing(curve["conf_low"]), crossing(curve["conf_high"])
