"""Maximum of a sum of contributions, each a function of a few linear predictors of one person."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

FIRST_STEP, SECOND_STEP, LAST_STEP = 1e-5, 3e-4, 5e-3
LONGEST = 2.0
MOST_ITERATIONS = 100
SMALLEST_GAIN = 1e-9
MOST_DAMPING = 1e12
Contribution = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Maximum:
    """Where the sum is largest: theta (p,), its inverse observed information, and whether it was found."""

    theta: np.ndarray
    variance: np.ndarray
    value: float
    iterations: int
    converged: bool
    reason: str


def predictors(designs: tuple[np.ndarray, ...], theta: np.ndarray) -> np.ndarray:
    """Parameters of each person, (parameters, n), from the coefficients of all designs."""
    edges = np.cumsum([design.shape[1] for design in designs])[:-1]
    return np.array([design @ part for design, part in zip(designs, np.split(theta, edges), strict=True)])


def derivatives(
    contribution: Contribution, designs: tuple[np.ndarray, ...], theta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian of the sum.

    Each person's contribution is differentiated by its few parameters (central differences) and carried to the
    coefficients by the chain rule, so covariates cost nothing. Not finite where a difference leaves what is possible.
    """
    parameters = predictors(designs, theta)
    gradient = scores(contribution, designs, theta).sum(axis=0)
    return gradient, _hessian(contribution, designs, parameters, np.eye(len(parameters)), SECOND_STEP)


def scores(contribution: Contribution, designs: tuple[np.ndarray, ...], theta: np.ndarray) -> np.ndarray:
    """(n, p) derivative of each person's contribution by the coefficients, by central differences.

    Not finite where a difference leaves what is possible.
    """
    parameters = predictors(designs, theta)
    first = [contribution(parameters + FIRST_STEP * axis[:, None]) -
             contribution(parameters - FIRST_STEP * axis[:, None]) for axis in np.eye(len(parameters))]  # fmt: skip
    with np.errstate(invalid="ignore"):
        return np.hstack([design * (change / (2 * FIRST_STEP))[:, None]
                          for design, change in zip(designs, first, strict=True)])  # fmt: skip


def _hessian(
    contribution: Contribution, designs: tuple[np.ndarray, ...], parameters: np.ndarray, axes: np.ndarray, step: float
) -> np.ndarray:
    """Hessian of the sum by second differences along axes (k, k), one to a row, of each person's parameters."""
    moves, centre = step * axes[:, :, None], contribution(parameters)
    along = [np.hstack([part * design for part, design in zip(row, designs, strict=True)])
             for row in np.linalg.inv(axes).T]  # fmt: skip
    total = np.zeros((along[0].shape[1],) * 2)
    # Where a difference leaves what is possible, the sum is not finite, and whoever called looks for that.
    with np.errstate(invalid="ignore"):
        for i, move in enumerate(moves):
            bend = contribution(parameters + move) - 2 * centre + contribution(parameters - move)
            total += along[i].T @ ((bend / step**2)[:, None] * along[i])
            for j, other in enumerate(moves[:i]):
                corners = [contribution(parameters + a * move + b * other) * a * b for a in (1, -1) for b in (1, -1)]
                half = along[i].T @ ((sum(corners) / (4 * step**2))[:, None] * along[j])
                total += half + half.T
    return total


def maximise(contribution: Contribution, designs: tuple[np.ndarray, ...], theta: np.ndarray) -> Maximum:
    """Newton's method with Levenberg-Marquardt damping: a step is taken only if it is uphill.

    Converged when a full Newton step promises a gain of less than 1e-9 in log-likelihood, and the information is
    positive definite.
    """
    value, damping = float(contribution(predictors(designs, theta)).sum()), 1e-3
    if not np.isfinite(value):
        return _stopped(theta, value, 0, "the first values are impossible for these times.")
    for iteration in range(1, MOST_ITERATIONS + 1):
        gradient, hessian = derivatives(contribution, designs, theta)
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return _stopped(theta, value, iteration, "it ran to the edge of what is possible.")
        variance = _inverse(-hessian)
        if variance is not None and gradient @ variance @ gradient < 2 * SMALLEST_GAIN:
            theta = theta + variance @ gradient
            precise = _precise_variance(contribution, designs, theta, variance)
            variance = variance if precise is None else precise
            return Maximum(theta, variance, float(contribution(predictors(designs, theta)).sum()), iteration, True, "")
        theta, value, damping = _uphill(contribution, designs, theta, value, gradient, hessian, damping)
        if damping > MOST_DAMPING:
            return _stopped(theta, value, iteration, "no step leads uphill.")
    return _stopped(theta, value, MOST_ITERATIONS, "it keeps climbing slowly.")


def _precise_variance(
    contribution: Contribution, designs: tuple[np.ndarray, ...], theta: np.ndarray, variance: np.ndarray
) -> np.ndarray | None:
    """Inverse information from second differences of two steps, whose leading errors cancel (Richardson 1911).

    They are taken along axes in which a typical person's parameters are uncorrelated: where the data hardly tell two
    parameters apart, the little that they tell would drown in the errors of differences by one of them.
    """
    parameters, axes = predictors(designs, theta), _axes(designs, variance)
    near, far = (_hessian(contribution, designs, parameters, axes, step) for step in (LAST_STEP, 2 * LAST_STEP))
    return _inverse(-(4 * near - far) / 3)


def _axes(designs: tuple[np.ndarray, ...], variance: np.ndarray) -> np.ndarray:
    """Axes (k, k), one to a row, as long as what one person tells; none moves a parameter by more than LONGEST."""
    edges = np.cumsum([0, *(design.shape[1] for design in designs)])
    parts = [slice(*edge) for edge in pairwise(edges)]
    spread = [[np.mean(((a @ variance[i, j]) * b).sum(axis=1)) for b, j in zip(designs, parts, strict=True)]
              for a, i in zip(designs, parts, strict=True)]  # fmt: skip
    axes = np.linalg.cholesky(np.array(spread) * len(designs[0])).T
    return axes / np.maximum(1.0, np.abs(axes).max(axis=1) / LONGEST)[:, None]


def _uphill(
    contribution: Contribution,
    designs: tuple[np.ndarray, ...],
    theta: np.ndarray,
    value: float,
    gradient: np.ndarray,
    hessian: np.ndarray,
    damping: float,
) -> tuple[np.ndarray, float, float]:
    """One accepted step, with more damping until it leads uphill."""
    size = np.maximum(np.abs(np.diag(hessian)), 1e-6)
    while damping <= MOST_DAMPING:
        inverse = _inverse(-hessian + damping * np.diag(size))
        if inverse is not None:
            candidate = theta + inverse @ gradient
            with np.errstate(invalid="ignore"):
                gained = float(contribution(predictors(designs, candidate)).sum())
            if np.isfinite(gained) and gained >= value:
                return candidate, gained, max(damping / 10, 1e-12)
        damping *= 4
    return theta, value, damping


def _inverse(information: np.ndarray) -> np.ndarray | None:
    """Inverse of a positive definite matrix, scaled before it is judged; None if it is not one."""
    diagonal = np.diag(information)
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    try:
        root = np.linalg.inv(np.linalg.cholesky(information * np.outer(scale, scale)))
    except np.linalg.LinAlgError:
        return None
    if np.abs(root).max() > 1e5:
        return None
    return root.T @ root * np.outer(scale, scale)


def _stopped(theta: np.ndarray, value: float, iterations: int, reason: str) -> Maximum:
    return Maximum(theta, np.full((len(theta), len(theta)), np.nan), value, iterations, False, reason)
