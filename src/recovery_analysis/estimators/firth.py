"""The Cox model with Firth's penalty: finite estimates and honest intervals where outcomes separate."""

from collections.abc import Callable
from dataclasses import replace

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
    beta, hazard, value, iteration = _climb(x, fit.sets, np.zeros(len(x)), np.ones(len(x), bool))
    variance = inverse(information(x, fit.sets, hazard))
    if iteration == ITERATIONS or variance is None or np.ptp(beta @ x) > FARTHEST:
        return replace(fit, iterations=iteration, status="not_converged", message=NO_TOP, penalised=True)
    variance /= np.outer(spread, spread)
    return replace(
        fit,
        coefficients=beta / spread,
        variance=variance,
        model_variance=variance,
        log_likelihood=value + np.log(spread).sum(),
        log_likelihood_null=_penalised(fit.x, fit.sets, hazard_at(np.zeros(x.shape[1]), fit.sets)),
        iterations=iteration,
        status="ok",
        message="",
        penalised=True,
        hazard=hazard,
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
    highest = _penalised(x, fit.sets, fit.hazard)

    def deviance(value: float, begin: np.ndarray) -> float:
        """`begin` is left where the climb ended: the next value is not far from it."""
        begin[position] = value * spread[position]
        begin[:], _, reached, _ = _climb(x, fit.sets, begin.copy(), free)
        return 2 * (highest - reached)

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


@np.errstate(over="ignore", invalid="ignore")
def _climb(x: np.ndarray, sets: RiskSets, beta: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, Hazard, float, int]:
    """Maximise over the free coefficients; the information stands in for the second derivative as long as it serves."""
    hazard = hazard_at(beta @ x, sets)
    value = _penalised(x, sets, hazard)
    for iteration in range(1, ITERATIONS + 1):
        slope, step = _slope(x, sets, hazard), np.zeros(len(beta))
        matrix = information(x, sets, hazard) if iteration <= PATIENCE else _curvature(x, sets, beta, hazard)
        step[free] = np.linalg.solve(matrix[np.ix_(free, free)], slope[free])
        if float(slope[free] @ step[free]) <= TOLERANCE:
            return beta, hazard, value, iteration
        direction, step = step, step / max(1.0, np.abs(step).max() / LONGEST_STEP)
        beta, hazard, value, moved = _uphill(x, sets, beta, step, hazard, value)
        if not moved:
            # Short of the top, it is rounding that lets nothing rise.
            return beta, hazard, value, iteration if float(slope[free] @ direction[free]) < STUCK else ITERATIONS
    return beta, hazard, value, ITERATIONS


def _slope(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(p,) derivative of the penalised likelihood."""
    variance = np.linalg.inv(information(x, sets, hazard))
    return gradient(x, sets, hazard) + penalty_gradient(x, sets, hazard, variance)


def _curvature(x: np.ndarray, sets: RiskSets, beta: np.ndarray, hazard: Hazard) -> np.ndarray:
    """(p, p) minus the second derivative of the penalised likelihood, or the information where it is no maximum's.

    Where one or two people alone have a level, the penalty is most of the curvature, and steps by the information alone
    would take thousands of iterations. Central differences of the gradient.
    """
    columns = []
    for shift in DIFFERENCE * np.eye(len(beta)):
        ends = (_slope(x, sets, hazard_at((beta + sign * shift) @ x, sets)) for sign in (-1, 1))
        columns.append(np.subtract(*ends) / (2 * DIFFERENCE))
    matrix = (np.array(columns) + np.array(columns).T) / 2
    return matrix if inverse(matrix) is not None else information(x, sets, hazard)


def _uphill(
    x: np.ndarray, sets: RiskSets, beta: np.ndarray, step: np.ndarray, hazard: Hazard, value: float
) -> tuple[np.ndarray, Hazard, float, bool]:
    """Take the step, halved until the penalised likelihood rises."""
    for _ in range(30):
        tried = hazard_at((beta + step) @ x, sets)
        reached = _penalised(x, sets, tried)
        if reached > value:
            return beta + step, tried, reached, True
        step = step / 2
    return beta, hazard, value, False


def _penalised(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> float:
    sign, log_determinant = np.linalg.slogdet(information(x, sets, hazard))
    value = hazard.log_likelihood + log_determinant / 2
    return value if sign > 0 and np.isfinite(value) else -np.inf


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
