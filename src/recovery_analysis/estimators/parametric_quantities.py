"""What a parametric model says of a distribution, with standard errors: shares and quantiles, window and all."""

from collections.abc import Callable

import numpy as np

from .parametric import ParametricFit, log_survival


def delta_method(fit: ParametricFit, quantity: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """A function of the parameters and its standard error, by central differences.

    Parameters
    ----------
    quantity : from all parameters, (p,), to values, (m,).
    """
    theta = fit.coefficients
    value = np.atleast_1d(quantity(theta))
    jacobian = np.empty((len(value), len(theta)))
    for j in range(len(theta)):
        step = 1e-5 * max(1.0, abs(theta[j]))
        moved = np.zeros(len(theta))
        moved[j] = step
        jacobian[:, j] = (np.atleast_1d(quantity(theta + moved)) - np.atleast_1d(quantity(theta - moved))) / (2 * step)
    return value, np.sqrt(np.einsum("mi,ij,mj->m", jacobian, fit.variance, jacobian))


def survival_of(fit: ParametricFit, theta: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Probability that the time is later than each of `times`, all covariates being zero."""
    first = [0] + list(np.cumsum([design.shape[1] for design in fit.designs])[:-1])
    parameters = np.repeat(theta[first][:, None], len(times), axis=1)
    return np.exp(log_survival(fit.family, np.asarray(times, float), parameters))


def quantile_of(fit: ParametricFit, theta: np.ndarray, probability: float, window: float = np.inf) -> float:
    """Time by which a share `probability` have had the outcome, of those who have it by `window`; bisection."""
    reached = probability * (1 - float(survival_of(fit, theta, np.array([window]))[0]))
    low, high = -60.0, 60.0
    for _ in range(200):
        middle = (low + high) / 2
        below = 1 - survival_of(fit, theta, np.array([np.exp(middle)]))[0] < reached
        low, high = (middle, high) if below else (low, middle)
    return float(np.exp((low + high) / 2))
