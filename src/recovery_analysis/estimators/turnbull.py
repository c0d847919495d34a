"""Distribution of times that are known only to an interval, without assuming its shape."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .checked import numbers
from .numerics import log_log_interval, sandwich
from .risk_table import checked_weights
from .turnbull_truncated import log_likelihood, maximise_truncated, slopes

MOST_ITERATIONS = 500
GAP = 1e-9
HALVINGS = 40
BROKEN = 1e-9


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


def innermost_intervals(
    lower: np.ndarray, upper: np.ndarray, entry: np.ndarray | None = None, window: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals on which all probability can lie, for half-open (lower, upper]; exact times where both are equal.

    Turnbull 1976 (J R Stat Soc B 38: 290-295). At one value an exact time opens first, then intervals close, then
    others open: (2, 3] and (3, 4] have nothing in common, and an exact 3 lies in the first. Where people could be seen
    only if their time was in (entry, window], an entry closes an interval too, and a window opens one (Frydman 1994,
    J R Stat Soc B 56: 71-74).
    """
    exact = lower == upper
    closes = np.concatenate([upper, [] if entry is None else entry[entry > 0]])
    opens = np.concatenate([lower, [] if window is None else window[np.isfinite(window)]])
    value = np.concatenate([opens, closes])
    opening = np.concatenate([np.where(exact, 0, 2), np.full(len(opens) - len(lower), 2)])
    order = np.concatenate([opening, np.full(len(closes), 1)])
    points = np.unique(np.column_stack([value, order]), axis=0)
    opens = points[:, 1] != 1
    keep = np.flatnonzero(opens[:-1] & ~opens[1:])
    return points[keep, 0], points[keep + 1, 0]


def turnbull(
    lower: np.ndarray,
    upper: np.ndarray,
    weights: np.ndarray | None = None,
    entry: np.ndarray | None = None,
    window: np.ndarray | None = None,
) -> TurnbullFit:
    """Nonparametric maximum likelihood for interval-censored times, with delayed entry and right truncation.

    Turnbull 1976, by the constrained Newton method of Wang 2007 (J R Stat Soc B 69: 185-198): each step is a
    non-negative least-squares problem. Stops when the Karush-Kuhn-Tucker conditions hold to 1e-9 (Gentleman & Geyer
    1994, Biometrika 81: 618-623), so the answer does not depend on where it began.

    Parameters
    ----------
    lower, upper : (n,) the time is in (lower, upper]; equal if exact, upper infinite if right-censored.
    weights : (n,) sampling weights, with a robust variance then; once each if not given.
    entry : (n,) the person is in the file because the time is later (delayed entry); 0 if none. What is estimated is
        then conditional on a time later than the first entry.
    window : (n,) the person is in the file because the time is not later (right truncation); infinite if none. What is
        estimated is then conditional on a time up to the last window.

    Raises
    ------
    ResearchError
        If nobody is given, or an interval is empty or not between entry and window; or if, at some time, everybody who
        could be seen had the outcome while others had it later, so that no curve leads across it.
    """
    lower, upper = numbers(lower, "lower"), numbers(upper, "upper")
    if not len(lower) or not (upper >= lower).all() or not ((lower >= 0) & (lower < np.inf)).all():
        raise ResearchError(
            "Interval-censored times: each needs a lower end of zero or later and an upper end that is not before it."
        )
    n = len(lower)
    weighted, weights = weights is not None, np.ones(n) if weights is None else checked_weights(weights)
    entry = np.zeros(n) if entry is None else numbers(entry, "entry")
    window = np.full(n, np.inf) if window is None else numbers(window, "window")
    if not (entry <= lower).all() or not ((upper <= window) | np.isinf(upper)).all() or not (entry < upper).all():
        raise ResearchError(
            "Interval-censored times: each must lie after the person could first be seen (delayed entry) and not after "
            "the person could last be (right truncation). Check the dates of entry and interview."
        )
    known, where = np.unique(np.column_stack([lower, upper, entry, window]), axis=0, return_inverse=True)
    count = np.bincount(where.ravel(), weights=weights)
    squares = np.bincount(where.ravel(), weights=weights**2) if weighted else None
    truncated = bool((entry > 0).any() or np.isfinite(window).any())
    left, right = innermost_intervals(known[:, 0], known[:, 1], known[:, 2], known[:, 3])
    covers = _inside(left, right, known[:, :1], known[:, 1:2])
    held = covers.any(axis=0)
    left, right, covers = left[held], right[held], covers[:, held].astype(float)
    if truncated:
        seen = _inside(left, right, known[:, 2:3], known[:, 3:]).astype(float)
        covers *= seen
        mass, iterations = maximise_truncated(covers, seen, count)
        _refuse_if_broken(covers, seen, mass, left)
        value, gap = log_likelihood(covers, seen, count, mass), float(slopes(covers, seen, count, mass).max())
        return TurnbullFit(left, right, mass, value, gap, iterations, _variance(covers, count, mass, seen, squares))
    mass, iterations = _maximise(covers, count)
    total = covers @ mass
    gap = float(np.max(covers.T @ (count / total)) / count.sum() - 1)
    variance = _variance(covers, count, mass, None, squares)
    return TurnbullFit(left, right, mass, float(count @ np.log(total)), gap, iterations, variance)


def _inside(left: np.ndarray, right: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether each innermost interval (columns) lies in the half-open (first, last] or exact time of each row."""
    opens_after = (left > first) | ((left == first) & ((left < right) | (first == last)))
    return opens_after & (right <= last)


def _refuse_if_broken(covers: np.ndarray, seen: np.ndarray, mass: np.ndarray, left: np.ndarray) -> None:
    """The people seen by then all had the outcome, and others entered later: nothing joins the two parts."""
    lost = covers @ mass < BROKEN * (seen @ mass)
    vanishing = seen @ mass < BROKEN
    if (lost | vanishing).any():
        at = left[int(np.argmax(mass))]
        raise ResearchError(
            f"Interval-censored times with delayed entry: around {at:.4g} everybody who could be seen by then had the "
            "outcome, and others are seen only later, so no curve leads from the one to the others. Valid here: a "
            "parametric model (kind parametric), which carries its shape across the gap."
        )


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


def _variance(
    covers: np.ndarray, count: np.ndarray, mass: np.ndarray, seen: np.ndarray | None, squares: np.ndarray | None
) -> np.ndarray:
    """Inverse information of the masses above zero, given that they sum to one; robust where people are weighted.

    `squares` : sums of the squared weights of the people behind each count; None if each counts once.
    """
    support = np.flatnonzero(mass > 1e-9)
    variance = np.zeros((len(mass), len(mass)))
    if len(support) < 2:
        return variance
    own = covers[:, support] / (covers @ mass)[:, None]
    contrast = np.vstack([np.eye(len(support) - 1), -np.ones(len(support) - 1)])
    information, score = own.T @ (count[:, None] * own), own
    if seen is not None:
        could = seen[:, support] / (seen @ mass)[:, None]
        information, score = information - could.T @ (count[:, None] * could), own - could
    inverse = np.linalg.pinv(contrast.T @ information @ contrast, hermitian=True)
    if squares is not None:
        inverse = sandwich(inverse, np.sqrt(squares)[:, None] * score @ contrast, None)
    variance[np.ix_(support, support)] = contrast @ inverse @ contrast.T
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
