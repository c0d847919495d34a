"""Distributions of a time, each as its log survival and log density, for one likelihood in `parametric`.

A distribution has a location, to which covariates are added, and shapes. `log_survival` and `log_density` take the
logarithm of time, (n,), and the parameters, (1 + shapes, n), one column for each person.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..errors import ResearchError

LOG_2_PI = np.log(2 * np.pi)
SMALLEST_SHAPE = 1e-5
STIRLING = 50.0
SERIES = 0.05
AT_ONCE = "All outcomes happened at the same time: they say nothing of how times are spread."
Curve = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Family:
    """A distribution of a positive time.

    Attributes
    ----------
    scale : log_time if covariates multiply time (accelerated failure time), log_hazard if they multiply the hazard.
    shapes : names of the parameters after the location.
    start : function of the mean and standard deviation of log time, giving first values of all parameters.
    contains : simpler families that it becomes where some shapes have a value, with these shapes and values.
    """

    name: str
    scale: str
    shapes: tuple[str, ...]
    log_survival: Curve
    log_density: Curve
    start: Callable[[float, float], tuple[float, ...]]
    contains: tuple[tuple["Family", dict[str, float]], ...] = ()


def _standard(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return (log_time - parameters[0]) / np.exp(parameters[1])


def _weibull_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return -np.exp(_standard(log_time, parameters))


def _weibull_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    z = _standard(log_time, parameters)
    return z - np.exp(z) - parameters[1] - log_time


def _normal_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return special.log_ndtr(-_standard(log_time, parameters))


def _normal_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return -0.5 * (_standard(log_time, parameters) ** 2 + LOG_2_PI) - parameters[1] - log_time


def _logistic_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0.0, _standard(log_time, parameters))


def _logistic_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    z = _standard(log_time, parameters)
    return z - 2 * np.logaddexp(0.0, z) - parameters[1] - log_time


def _gamma_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    z, q = _standard(log_time, parameters), parameters[2]
    near_zero = np.abs(q) < SMALLEST_SHAPE
    q = np.where(near_zero, 1.0, q)
    a = q**-2
    with np.errstate(over="ignore", divide="ignore"):
        x = a * np.exp(q * z)
        other = np.log(np.where(q > 0, special.gammaincc(a, x), special.gammainc(a, x)))
    return np.where(near_zero, special.log_ndtr(-z), other)


def _gamma_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    z, q = _standard(log_time, parameters), parameters[2]
    near_zero = np.abs(q) < SMALLEST_SHAPE
    q = np.where(near_zero, 1.0, q)
    a, w = q**-2, q * z
    with np.errstate(over="ignore"):
        far = np.expm1(w) - w
    close = w**2 * (1 / 2 + w / 6 + w**2 / 24 + w**3 / 120 + w**4 / 720 + w**5 / 5040)
    exponent = -a * np.where(np.abs(w) < SERIES, close, far)
    stirling = -0.5 * LOG_2_PI - 1 / (12 * a) + 1 / (360 * a**3) - 1 / (1260 * a**5)
    constant = np.where(a > STIRLING, stirling, np.log(np.abs(q)) + a * np.log(a) - a - special.gammaln(a))
    constant = np.where(near_zero, -0.5 * LOG_2_PI, constant)
    return constant + np.where(near_zero, -0.5 * z**2, exponent) - parameters[1] - log_time


def _location_scale(factor: float, *more: float) -> Callable[[float, float], tuple[float, ...]]:
    return lambda mean, sd: (mean, float(np.log(factor * sd)), *more)


WEIBULL = Family("weibull", "log_time", ("log_scale",), _weibull_survival, _weibull_density, _location_scale(0.78))
LOG_NORMAL = Family("log_normal", "log_time", ("log_scale",), _normal_survival, _normal_density, _location_scale(1.0))
LOG_LOGISTIC = Family(
    "log_logistic", "log_time", ("log_scale",), _logistic_survival, _logistic_density, _location_scale(0.55)
)
GENERALISED_GAMMA = Family(
    "generalised_gamma",
    "log_time",
    ("log_scale", "q"),
    _gamma_survival,
    _gamma_density,
    _location_scale(0.9, 0.5),
    ((LOG_NORMAL, {"q": 0.0}), (WEIBULL, {"q": 1.0})),
)
FAMILIES = {family.name: family for family in (WEIBULL, LOG_NORMAL, LOG_LOGISTIC, GENERALISED_GAMMA)}


def spline_basis(u: np.ndarray, interior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Natural cubic spline without intercept, and its derivative: (1 + knots, n) each.

    Royston & Parmar 2002 (Stat Med 21: 2175-2197), boundary knots at 0 and 1: linear outside them.
    """
    values, slopes = [u], [np.ones_like(u)]
    for knot in interior:
        weight = 1 - knot
        above = [np.maximum(u - k, 0.0) for k in (knot, 0.0, 1.0)]
        values.append(above[0] ** 3 - weight * above[1] ** 3 - (1 - weight) * above[2] ** 3)
        slopes.append(3 * (above[0] ** 2 - weight * above[1] ** 2 - (1 - weight) * above[2] ** 2))
    return np.array(values), np.array(slopes)


def spline_family(log_times: np.ndarray, n_interior: int) -> Family:
    """Proportional hazards whose log cumulative hazard is a natural cubic spline of log time.

    Knots at equally spaced quantiles of `log_times` (those of the outcomes), as Royston & Parmar 2002; where so many
    outcomes share a time that knots fall together, of their different times. Without an interior knot it is the Weibull
    distribution.

    Raises
    ------
    ResearchError
        If there are fewer different times than knots.
    """
    knots = spline_knots(log_times, n_interior)
    low, width = knots[0], knots[-1] - knots[0]
    interior = (knots[1:-1] - low) / width

    def log_hazard_parts(log_time: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, slopes = spline_basis((log_time - low) / width, interior)
        slope = np.einsum("kn,kn->n", parameters[1:], slopes) / width
        return parameters[0] + np.einsum("kn,kn->n", parameters[1:], values), slope

    def log_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        return -np.exp(log_hazard_parts(log_time, parameters)[0])

    def log_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        level, slope = log_hazard_parts(log_time, parameters)
        log_slope = np.log(np.where(slope > 0, slope, 1.0))
        return np.where(slope > 0, log_slope + level - np.exp(level) - log_time, -np.inf)

    def start(mean: float, sd: float) -> tuple[float, ...]:
        slope = 1.28 / sd
        return (-0.58 - slope * (mean - low), slope * width, *([0.0] * n_interior))

    name = f"spline_{n_interior}" if n_interior else "weibull_hazard"
    shapes = tuple(f"spline_{k + 1}" for k in range(n_interior + 1))
    return Family(name, "log_hazard", shapes, log_survival, log_density, start)


def spline_knots(log_times: np.ndarray, n_interior: int) -> np.ndarray:
    """Knots of `spline_family`, the boundary knots first and last."""
    different = np.unique(log_times.round(9))
    if len(different) == 1:
        raise ResearchError(AT_ONCE)
    if len(different) < n_interior + 2:
        raise ResearchError(
            f"A spline with {n_interior} interior {'knot' if n_interior == 1 else 'knots'} needs outcomes "
            f"at {n_interior + 2} different times or more, and there are {len(different)}. Leave it out of `families`, "
            "and ask for fewer `knots`."
        )
    shares = np.linspace(0, 1, n_interior + 2)
    knots = np.quantile(log_times, shares)
    return knots if np.min(np.diff(knots)) > 1e-9 else np.quantile(different, shares)


def with_switch(family: Family, log_switch: np.ndarray) -> Family:
    """Proportional hazards in which each person's hazard changes once, at a known time, by exp(parameter 1).

    The cumulative hazard is H(t) up to the switch s and H(s) + exp(d) (H(t) - H(s)) after it; an outcome at s itself
    is one before the change. `log_switch` is (n,), infinite for people whose hazard never changes.
    """

    def without(parameters: np.ndarray) -> np.ndarray:
        return np.delete(parameters, 1, axis=0)

    def log_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        before = family.log_survival(np.minimum(log_time, log_switch), without(parameters))
        whole = family.log_survival(log_time, without(parameters))
        return before + np.exp(parameters[1]) * (whole - before)

    def log_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        own = without(parameters)
        log_hazard = family.log_density(log_time, own) - family.log_survival(log_time, own)
        after = np.where(log_time > log_switch, parameters[1], 0.0)
        return log_hazard + after + log_survival(log_time, parameters)

    def start(mean: float, sd: float) -> tuple[float, ...]:
        first, *rest = family.start(mean, sd)
        return (first, 0.0, *rest)

    return Family(family.name, family.scale, ("switch", *family.shapes), log_survival, log_density, start)


def with_cure(family: Family) -> Family:
    """Mixture cure model: a share never has the outcome, the last shape being the logit of that share.

    Boag 1949 (J R Stat Soc B 11: 15-53); Farewell 1982 (Biometrics 38: 1041-1046).
    """

    def shares(parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -np.logaddexp(0.0, -parameters[-1]), -np.logaddexp(0.0, parameters[-1])

    def log_survival(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        never, ever = shares(parameters)
        return np.logaddexp(never, ever + family.log_survival(log_time, parameters[:-1]))

    def log_density(log_time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        return shares(parameters)[1] + family.log_density(log_time, parameters[:-1])

    return Family(
        f"{family.name}_cure",
        family.scale,
        (*family.shapes, "logit_never"),
        log_survival,
        log_density,
        lambda mean, sd: (*family.start(mean, sd), -1.0),
        tuple((with_cure(simpler), fixed) for simpler, fixed in family.contains),
    )
