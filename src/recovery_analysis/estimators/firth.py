"""The Cox model with Firth's penalty: finite estimates and honest intervals where outcomes separate."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .cox import CoxFit
from .numerics import chi_square_p, critical_value
from .partial_likelihood import Hazard, gradient, hazard_at, information, inverse, risk_set_sums
from .risk_sets import RiskSets

ITERATIONS = 200
PATIENCE = 10
DIFFERENCE = 1e-4
TOLERANCE = 1e-14
LONGEST_STEP = 5.0
FARTHEST = 60.0
CLOSE = 1e-8
STUCK = 1e-6
NO_TOP = "Even with Firth's penalty no finite estimate was found."


@dataclass(frozen=True)
class Point:
    """Where a climb is: coefficients (p,), the hazard there, its information (p, p), the penalised likelihood."""

    beta: np.ndarray
    hazard: Hazard
    information: np.ndarray
    value: float


def fit_firth(fit: CoxFit) -> CoxFit:
    """Maximise the log partial likelihood plus half the log determinant of its information.

    Firth 1993 (Biometrika 80: 27-38); Heinze & Schemper 2001 (Biometrics 57: 114-119). Intervals and tests of the
    answer come from `profile_interval`: its variance is only a guide.

    Parameters
    ----------
    fit : an unpenalised fit to the same rows with status separated; its laid-out rows are used again.

    Returns
    -------
    CoxFit
        Status not_converged, with the coefficients as they were, where the penalty does not keep the hazard ratio of
        two people within e^60.
    """
    x, spread = _scaled(fit)
    top, iteration = _climb(x, fit.sets, np.zeros(len(x)), np.ones(len(x), bool))
    variance = inverse(top.information)
    if iteration == ITERATIONS or variance is None or np.ptp(top.beta @ x) > FARTHEST:
        return replace(fit, iterations=iteration, status="not_converged", message=NO_TOP, penalised=True)
    variance /= np.outer(spread, spread)
    return replace(
        fit,
        coefficients=top.beta / spread,
        variance=variance,
        model_variance=variance,
        log_likelihood=top.value + np.log(spread).sum(),
        log_likelihood_null=_point(fit.x, fit.sets, np.zeros(len(x))).value,
        iterations=iteration,
        status="ok",
        message="",
        penalised=True,
        hazard=top.hazard,
    )


def profile_interval(fit: CoxFit, position: int, conf_level: float) -> tuple[float, float, float]:
    """Interval and p-value of one coefficient from the profile of the penalised likelihood.

    Venzon & Moolgavkar 1988 (Appl Stat 37: 87-94); Heinze & Schemper 2001. An end that does not exist within a
    hazard ratio of e^60 is infinite.

    Returns
    -------
    (low, high, p_value) on the scale of the coefficient; p from the penalised likelihood ratio test of zero.
    """
    x, spread = _scaled(fit)
    free = np.arange(len(x)) != position
    highest = _point(x, fit.sets, fit.coefficients * spread).value

    def deviance(value: float, begin: np.ndarray) -> float:
        """`begin` is left where the climb ended: the next value is not far from it."""
        begin[position] = value * spread[position]
        reached, _ = _climb(x, fit.sets, begin.copy(), free)
        begin[:] = reached.beta
        return 2 * (highest - reached.value)

    limit = critical_value(conf_level) ** 2
    std_error = float(np.sqrt(fit.model_variance[position, position]))
    centre, found = float(fit.coefficients[position]), []
    for sign in (-1, 1):
        begin = fit.coefficients * spread
        found.append(_end(lambda b, begin=begin: deviance(b, begin) - limit, centre, sign * std_error))
    return found[0], found[1], chi_square_p(max(deviance(0.0, fit.coefficients * spread), 0.0), 1)


def _scaled(fit: CoxFit) -> tuple[np.ndarray, np.ndarray]:
    """Covariates with standard deviation 1, and the standard deviations they had."""
    spread = np.sqrt(np.einsum("ij,ij->i", fit.x, fit.x) / fit.x.shape[1])
    return fit.x / spread[:, None], spread


def _end(excess: Callable[[float], float], centre: float, step: float) -> float:
    """Where the excess over the limit crosses zero from the estimate in the direction of `step` (Illinois method)."""
    inside, outside, below = centre, centre + 2 * step, excess(centre)
    while (above := excess(outside)) < 0:
        inside, outside, below = outside, outside + 2 * step, above
        if abs(outside - centre) > FARTHEST:
            return float(np.sign(step) * np.inf)
    for _ in range(ITERATIONS):
        # Too far out the information is lost in rounding, and the excess with it: half the way then.
        middle = (inside * above - outside * below) / (above - below) if above < np.inf else (inside + outside) / 2
        value = excess(middle)
        if abs(value) < CLOSE or abs(outside - inside) < CLOSE * abs(step):
            return float(middle)
        if value < 0:
            inside, below, above = middle, value, above / 2
        else:
            outside, above, below = middle, value, below / 2
    return float(middle)


def _point(x: np.ndarray, sets: RiskSets, beta: np.ndarray) -> Point:
    hazard = hazard_at(beta @ x, sets)
    matrix = information(x, sets, hazard)
    sign, log_determinant = np.linalg.slogdet(matrix)
    value = hazard.log_likelihood + log_determinant / 2
    return Point(beta, hazard, matrix, value if sign > 0 and np.isfinite(value) else -np.inf)


@np.errstate(over="ignore", invalid="ignore")
def _climb(x: np.ndarray, sets: RiskSets, beta: np.ndarray, free: np.ndarray) -> tuple[Point, int]:
    """Maximise over the free coefficients; the information stands in for the second derivative as long as it serves.

    Returns the highest point, and the iterations it took: ITERATIONS if it is not the top.
    """
    here = _point(x, sets, beta)
    for iteration in range(1, ITERATIONS + 1):
        slope, step = _slope(x, sets, here), np.zeros(len(beta))
        matrix = here.information if iteration <= PATIENCE else _curvature(x, sets, here)
        step[free] = np.linalg.solve(matrix[np.ix_(free, free)], slope[free])
        promised = float(slope[free] @ step[free])
        if promised <= TOLERANCE:
            return here, iteration
        there = _uphill(x, sets, here, step / max(1.0, np.abs(step).max() / LONGEST_STEP))
        if there is None:
            # Short of the top, it is rounding that lets nothing rise.
            return here, iteration if promised < STUCK else ITERATIONS
        here = there
    return here, ITERATIONS


def _slope(x: np.ndarray, sets: RiskSets, here: Point) -> np.ndarray:
    """(p,) derivative of the penalised likelihood."""
    variance = np.linalg.inv(here.information)
    return gradient(x, sets, here.hazard) + penalty_gradient(x, sets, here.hazard, variance)


def _curvature(x: np.ndarray, sets: RiskSets, here: Point) -> np.ndarray:
    """(p, p) minus the second derivative of the penalised likelihood, or the information where it is no maximum's.

    Where one or two people alone have a level, the penalty is most of the curvature, and steps by the information alone
    would take thousands of iterations. Central differences of the gradient.
    """
    columns = []
    for shift in DIFFERENCE * np.eye(len(here.beta)):
        ends = (_slope(x, sets, _point(x, sets, here.beta + sign * shift)) for sign in (-1, 1))
        columns.append(np.subtract(*ends) / (2 * DIFFERENCE))
    matrix = (np.array(columns) + np.array(columns).T) / 2
    return matrix if inverse(matrix) is not None else here.information


def _uphill(x: np.ndarray, sets: RiskSets, here: Point, step: np.ndarray) -> Point | None:
    """Where the step leads, halved until the penalised likelihood rises; None if it does not."""
    for _ in range(30):
        there = _point(x, sets, here.beta + step)
        if there.value > here.value:
            return there
        step = step / 2
    return None


def penalty_gradient(x: np.ndarray, sets: RiskSets, hazard: Hazard, variance: np.ndarray) -> np.ndarray:
    """(p,) derivative of half the log determinant of the information.

    Half the trace of `variance` times the third central moments of the covariates over the risk sets, with the sums
    over risk sets turned into sums over rows.
    """
    u, f, d = hazard.u, sets.share, sets.d
    s1, d1 = risk_set_sums(x, sets, hazard.risk)
    c0, c1, c2 = hazard.squares(sets) * sets.mean_weight
    through, back = s1 * c0 - d1 * c1, s1 * c1 - d1 * c2
    passed = hazard.risk * np.array([sets.along_rows(row) for row in through])
    passed[:, :d] -= hazard.risk[:d] * back[:, sets.tie]
    carried = variance @ x
    length = np.einsum("ij,ij->j", x, carried)
    mean = u * (s1[:, sets.tie] - f * d1[:, sets.tie])
    cube = mean @ (np.einsum("ij,ij->j", mean, variance @ mean) * sets.mean_weight[sets.tie])
    cross = np.einsum("ij,ij->j", carried, passed)
    return (x @ (hazard.passed * length) - passed @ length) / 2 - x @ cross + cube
