"""The likelihood of a parametric model written a second time, from its survival function alone.

For the second fit only; it shares no formula with `families` and `parametric`: survival functions are on the natural
scale, densities are their slopes by complex differentiation (Squire & Trapp 1998, SIAM Rev 40: 110-112), and its
derivatives by the parameters are taken along the axes of the first fit's own uncertainty.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from .numerics import sandwich
from .times import Times

TINY, STEP, LONGEST = 1e-25, 4e-3, 2.0
LARGE_SHAPE = 30.0
Survival = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Model:
    """What is fitted: the family by name, a design for each of its parameters, and what a spline and a switch need.

    Attributes
    ----------
    family : as `families.Family.name`, `_cure` at its end for a mixture cure model.
    designs : (n, p) each: of the location, of the switch if there is one, of the shapes.
    knots : of a spline, log times, the boundary knots first and last.
    switch : (n,) time at which a person's hazard changes; None where hazards do not.
    weights : (n,) sampling weights; None if people count once. `cluster` : (n,) codes of people who belong together.
    """

    family: str
    designs: tuple[np.ndarray, ...]
    knots: np.ndarray
    switch: np.ndarray | None = None
    weights: np.ndarray | None = None
    cluster: np.ndarray | None = None


def refit(model: Model, times: Times, theta: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (p,) after the Newton step that this likelihood still takes from `theta`, and standard errors.

    At its maximum the step is nothing; the standard errors come from this likelihood's own curvature, from differences
    of two lengths whose leading errors cancel (Richardson 1911). `variance`, the inverse information of the first fit,
    only sets their axes, none of which changes a parameter by more than STEP times LONGEST: a likelihood is no parabola
    further out. With weights or clusters the errors are robust, from the scores of this likelihood.
    """
    axes = np.linalg.cholesky(variance)
    axes /= np.maximum(1.0, np.abs(axes).max(axis=0) / LONGEST)
    edges = np.cumsum([design.shape[1] for design in model.designs])[:-1]

    def value(u: np.ndarray) -> np.ndarray:
        parts = np.split(theta + axes @ u, edges)
        parameters = np.array([design @ part for design, part in zip(model.designs, parts, strict=True)])
        found = contributions(model, times, parameters)
        return found if model.weights is None else model.weights * found

    near, far = _differences(value, len(theta), STEP), _differences(value, len(theta), 2 * STEP)
    slopes, curve = ((4 * one - other) / 3 for one, other in zip(near, far, strict=True))
    own = np.linalg.inv(-curve)
    robust = model.weights is not None or model.cluster is not None
    spread = sandwich(own, slopes, model.cluster) if robust else own
    return theta + axes @ own @ slopes.sum(axis=0), np.sqrt(np.diag(axes @ spread @ axes.T))


def _differences(value: Callable[[np.ndarray], np.ndarray], size: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Slopes (n, p) of the values at zero, and curvature (p, p) of their sum, by central differences."""
    unit = step * np.eye(size)
    middle, up, down = value(0 * unit[0]), [value(u) for u in unit], [value(-u) for u in unit]
    slopes = np.column_stack([a - b for a, b in zip(up, down, strict=True)]) / (2 * step)
    curve = np.diag([np.sum(a - 2 * middle + b) for a, b in zip(up, down, strict=True)]) / step**2
    for i in range(size):
        for j in range(i):
            same = value(unit[i] + unit[j]) + value(-unit[i] - unit[j])
            other = value(unit[i] - unit[j]) + value(unit[j] - unit[i])
            curve[i, j] = curve[j, i] = np.sum(same - other) / (4 * step**2)
    return slopes, curve


def contributions(model: Model, times: Times, parameters: np.ndarray) -> np.ndarray:
    """Log-likelihood of each person, (n,): density or probability of the interval, over that of being in the file."""
    survival = _survival(model)
    exact = times.lower == times.upper
    ends = [_at(survival, time, parameters) for time in (times.lower, times.upper, times.entry, times.window)]
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.where(exact, _density(model, survival, times.upper, parameters), ends[0] - ends[1])
        return np.log(known) - np.log(ends[2] - ends[3])


def _at(survival: Survival, time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    inside = (time > 0) & np.isfinite(time)
    return np.where(inside, survival(np.where(inside, time, 1.0), parameters), (time <= 0).astype(float))


def _density(model: Model, survival: Survival, time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    time = np.where((time > 0) & np.isfinite(time), time, 1.0)
    if not model.family.startswith("generalised_gamma"):
        return -survival(time + 1j * TINY * time, parameters).imag / (TINY * time)
    # Incomplete gamma functions take no complex argument; their slope is the gamma density of the scaled time.
    shape, scaled = _gamma_scale(time, parameters)
    density = np.exp(shape * np.log(scaled) - scaled - special.gammaln(shape))
    # A large shape is nearly a log-normal time: there the three terms are millions and differ by ones (Binet's series).
    w = parameters[2] * np.exp(-parameters[1]) * (np.log(time) - parameters[0])
    series = 0.5 * np.log(shape / (2 * np.pi)) - 1 / (12 * shape) + 1 / (360 * shape**3) - 1 / (1260 * shape**5)
    density = np.where(shape > LARGE_SHAPE, np.exp(series - shape * (np.expm1(w) - w)), density)
    density *= np.abs(parameters[2]) * np.exp(-parameters[1]) / time
    return density * special.expit(-parameters[3]) if model.family.endswith("_cure") else density


def _survival(model: Model) -> Survival:
    """S(t) of everybody at their own parameters, (n,)."""
    name = model.family.removesuffix("_cure")
    plain = SURVIVAL.get(name) or _spline_survival(model)
    if not model.family.endswith("_cure"):
        return plain

    def with_never(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        never = special.expit(parameters[-1])
        return never + (1 - never) * plain(time, parameters[:-1])

    return with_never


def _weibull(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return np.exp(-((time / np.exp(parameters[0])) ** np.exp(-parameters[1])))


def _log_normal(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return special.ndtr((parameters[0] - np.log(time)) * np.exp(-parameters[1]))


def _log_logistic(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return 1 / (1 + (time / np.exp(parameters[0])) ** np.exp(-parameters[1]))


def _generalised_gamma(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    shape, scaled = _gamma_scale(time, parameters)
    return np.where(parameters[2] > 0, special.gammaincc(shape, scaled), special.gammainc(shape, scaled))


def _gamma_scale(time: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = parameters[2] ** -2
    return shape, shape * (time / np.exp(parameters[0])) ** (parameters[2] * np.exp(-parameters[1]))


SURVIVAL = {
    "weibull": _weibull,
    "log_normal": _log_normal,
    "log_logistic": _log_logistic,
    "generalised_gamma": _generalised_gamma,
}


def _spline_survival(model: Model) -> Survival:
    """Proportional hazards: log H is a natural cubic spline of log time (Royston & Parmar 2002, equation 4)."""
    first, *inner, last = model.knots

    def basis(log_time: np.ndarray) -> list[np.ndarray]:
        x = (log_time - first) / (last - first)
        terms = [x]
        for knot in inner:
            share = (last - knot) / (last - first)
            terms.append(_cubed(x - (1 - share)) - share * _cubed(x) - (1 - share) * _cubed(x - 1))
        return terms

    def cumulative(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        slopes = parameters[len(parameters) - len(inner) - 1 :]
        return np.exp(parameters[0] + sum(g * v for g, v in zip(slopes, basis(np.log(time)), strict=True)))

    def survival(time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        whole = cumulative(time, parameters)
        if model.switch is None:
            return np.exp(-whole)
        early = time.real <= model.switch
        at = np.where(np.isfinite(model.switch) & (model.switch > 0), model.switch, 1.0)
        before = np.where(early, whole, np.where(model.switch > 0, cumulative(at, parameters), 0.0))
        return np.exp(-before - np.exp(parameters[1]) * np.where(early, 0.0, whole - before))

    return survival


def _cubed(x: np.ndarray) -> np.ndarray:
    return np.where(x.real > 0, x, 0.0) ** 3
