"""One likelihood for parametric models of a time, however the time is known and however people came to be seen."""

from dataclasses import dataclass, field

import numpy as np

from .checked import covariates
from .cox_data import alike
from .families import AT_ONCE, Family
from .newton import Maximum, maximise, scores
from .numerics import sandwich
from .risk_table import checked_weights
from .times import Times

RUNAWAY = 50.0
NEAR_ZERO = 1e-300
WORDS = {
    "location": "Where the times lie",
    "log_scale": "How far the times are spread",
    "q": "The shape of the generalised gamma",
    "logit_never": "The share who never have the outcome",
}


@dataclass(frozen=True)
class ParametricFit:
    """A fitted parametric model.

    Attributes
    ----------
    coefficients, variance : all parameters, named by `names`: covariates of the location, then the shapes.
    model_variance : the inverse information; `variance` is another where people are weighted, or clustered.
    status : ok, not_converged, separated, failed or too_few_events; `message` says why where it is not ok.
    unlimited : names of the parameters to which the data put no limit, where it is separated.
    """

    family: Family
    names: tuple[str, ...]
    coefficients: np.ndarray
    variance: np.ndarray
    log_likelihood: float
    n: int
    n_events: int
    iterations: int
    status: str
    message: str
    designs: tuple[np.ndarray, ...] = field(repr=False, default=())
    unlimited: tuple[str, ...] = ()
    model_variance: np.ndarray | None = field(repr=False, default=None)
    weights: np.ndarray | None = field(repr=False, default=None)
    cluster: np.ndarray | None = field(repr=False, default=None)

    @property
    def aic(self) -> float:
        """Akaike's information criterion, on the scale of time.

        With weights or clusters, each parameter costs what they make of its variance (Lumley & Scott 2015, Journal of
        Survey Statistics and Methodology 3: 1-18).
        """
        cost = float(len(self.coefficients))
        if self.status == "ok" and (self.weights is not None or self.cluster is not None):
            cost = float(np.trace(np.linalg.solve(self.model_variance, self.variance)))
        return 2 * cost - 2 * self.log_likelihood

    def position(self, name: str) -> int:
        """Where a parameter stands among the coefficients."""
        return self.names.index(name)


def log_difference(larger: np.ndarray, smaller: np.ndarray) -> np.ndarray:
    """log(exp(larger) - exp(smaller)) without leaving the logarithmic scale; -inf where they are equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(np.isneginf(smaller), -np.inf, smaller - larger)
        return np.where(gap < 0, larger + np.log(-np.expm1(np.minimum(gap, 0.0))), -np.inf)


def person_log_likelihood(family: Family, times: Times, parameters: np.ndarray) -> np.ndarray:
    """Log-likelihood contribution of each person, (n,), at `parameters` (1 + shapes, n)."""
    exact = times.exact
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        total = np.zeros(len(exact))
        if not exact.all():
            inside = (log_survival(family, edge, parameters) for edge in (times.lower, times.upper))
            total = log_difference(*inside)
        if exact.any():
            total = np.where(exact, family.log_density(_log(np.where(exact, times.upper, 1.0)), parameters), total)
        if (times.entry > 0).any() or np.isfinite(times.window).any():
            seen = (log_survival(family, edge, parameters) for edge in (times.entry, times.window))
            total = total - log_difference(*seen)
    return total


def _log(time: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(time, NEAR_ZERO))


def log_survival(family: Family, time: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Log survival, 0 at time zero and -inf at infinity."""
    usable, known = np.isfinite(time) & (time > 0), np.where(time > 0, -np.inf, 0.0)
    if not usable.any():
        return known
    own = family.log_survival(_log(np.where(usable, time, 1.0)), parameters)
    return np.where(usable, own, known)


def fit_parametric(
    family: Family,
    times: Times,
    x: np.ndarray,
    names: tuple[str, ...],
    shape_designs: dict[str, tuple[np.ndarray, tuple[str, ...]]] | None = None,
    weights: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
) -> ParametricFit:
    """Maximum likelihood by damped Newton steps, with the observed information.

    Exact, right-, left- and interval-censored times, delayed entry and right truncation enter one likelihood: the
    probability of what is known of the time, given that the person could be seen (Klein & Moeschberger 2003,
    Survival Analysis, sections 3.5 and 3.6; for right truncation Kalbfleisch & Lawless 1989, J Am Stat Assoc 84: 360).
    With sampling weights it is a pseudo-likelihood and the variance is robust (Binder 1983, Int Stat Rev 51: 279).

    Parameters
    ----------
    x : (n, p) covariates of the location, without intercept; `names` are theirs.
    shape_designs : shape → covariates of it and their names; without an entry a shape is one number.
    weights : (n,) sampling weights; once each if not given. `cluster` : (n,) codes of rows that belong together.
    """
    x, weights = covariates(x, names), None if weights is None else checked_weights(weights)
    n, intercept = len(times.lower), np.ones((len(times.lower), 1))
    designs, parameter_names = [np.hstack([intercept, x])], ["location", *names]
    for shape in family.shapes:
        design, own = (shape_designs or {}).get(shape, (intercept, (shape,)))
        designs.append(design)
        parameter_names += own
    n_events = int(times.happened.sum())
    if n_events < max(2, len(parameter_names)):
        message = f"{n_events} outcomes for {len(parameter_names)} parameters: too few to estimate them."
        return no_fit(family, parameter_names, n, n_events, message)
    if _at_once(times):
        return no_fit(family, parameter_names, n, n_events, AT_ONCE)
    if problem := alike(x, list(names)):
        return no_fit(family, parameter_names, n, n_events, problem[1], problem[0])
    counts = np.ones(n) if weights is None else weights

    def contribution(parameters: np.ndarray) -> np.ndarray:
        return counts * person_log_likelihood(family, times, parameters)

    starts = _starts(family, times, designs, counts)
    best = max((maximise(contribution, tuple(designs), first) for first in starts), key=_rank)
    status, message, unlimited = _verdict(best, designs, parameter_names)
    variance = best.variance
    if status == "ok" and (weights is not None or cluster is not None):
        variance = sandwich(variance, scores(contribution, tuple(designs), best.theta), cluster)
    return ParametricFit(
        family, tuple(parameter_names), best.theta, variance, best.value, n, n_events, best.iterations,
        status, message, tuple(designs), unlimited, best.variance, weights, cluster,
    )  # fmt: skip


def _at_once(times: Times) -> bool:
    """Whether all outcomes have one time, or are known to lie in one interval: the likelihood then rises without an end
    as the spread goes to nought, or has no single top."""
    known = np.column_stack([times.lower, times.upper])[times.happened]
    return bool((np.ptp(known, axis=0) == 0).all())


def _rank(best: Maximum) -> tuple[bool, float]:
    """A maximum that was found goes before one that was not, then the higher one."""
    return best.converged, best.value


def _starts(family: Family, times: Times, designs: list[np.ndarray], counts: np.ndarray) -> list[np.ndarray]:
    """Where to begin: at the maximum of each family that this one contains, so that it is no less likely than they are.

    A likelihood with several maxima would otherwise be left at the one that is next to some rough first values.
    """
    blocks, starts = dict(zip(family.shapes, designs[1:], strict=True)), []
    for simpler, fixed in family.contains:
        own = [designs[0], *(blocks[shape] for shape in simpler.shapes)]
        first = _first_values(simpler, times, own)
        best = maximise(lambda p, s=simpler: counts * person_log_likelihood(s, times, p), tuple(own), first)
        if best.converged:
            parts = np.split(best.theta, np.cumsum([design.shape[1] for design in own])[:-1])
            parts = {None: parts[0]} | dict(zip(simpler.shapes, parts[1:], strict=True))
            parts |= {shape: np.full(blocks[shape].shape[1], value) for shape, value in fixed.items()}
            starts.append(np.concatenate([parts[shape] for shape in (None, *family.shapes)]))
    return starts or [_first_values(family, times, designs)]


def _first_values(family: Family, times: Times, designs: list[np.ndarray]) -> np.ndarray:
    """Moments of log time, ends of intervals and times of censoring standing for the times."""
    middle = np.where(times.happened & (times.lower > 0), (times.lower + np.minimum(times.upper, 1e300)) / 2, np.nan)
    known = np.where(np.isfinite(middle), middle, np.where(times.happened, times.upper / 2, times.lower))
    log_time = np.log(known[known > 0])
    spread = max(float(np.std(log_time)), 0.1) if len(log_time) else 1.0
    values = family.start(float(np.mean(log_time)) if len(log_time) else 0.0, spread)
    parts = []
    for value, design in zip(values, designs, strict=True):
        constant = np.ptp(design, axis=0) == 0
        parts.append(np.where(constant, value, 0.0))
    return np.concatenate(parts)


def _verdict(best: Maximum, designs: list[np.ndarray], names: list[str]) -> tuple[str, str, tuple[str, ...]]:
    if not best.converged:
        return "not_converged", f"The likelihood has no clear maximum after {best.iterations} steps; {best.reason}", ()
    edges = np.cumsum([design.shape[1] for design in designs])[:-1]
    blocks = (np.split(rows, edges, axis=1)[i] for i, rows in enumerate(np.split(best.variance, edges)))
    reach = np.concatenate([_reach(design, block) for design, block in zip(designs, blocks, strict=True)])
    # Coefficients of a spline stand for each other: what counts is how well each is known, given the others.
    given = np.array([name.startswith("spline_") for name in names])
    reach[given] = np.diag(np.linalg.inv(best.variance))[given] ** -0.5
    runaway = ~(reach <= RUNAWAY)
    which = tuple(name for name, flag in zip(names, runaway, strict=True) if flag)
    if which:
        told = ", ".join(WORDS.get(name, name) for name in which)
        return "separated", f"{told}: the data put no limit to it, so no finite estimate.", which
    return "ok", "", ()


def _reach(design: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Standard error of each coefficient times the range of its column; of a constant one, at the mean of the others.

    A covariate that nearly follows from the others has a wide error, and a right one: it is divided by the root of its
    variance inflation, since that is no lack of a limit.
    """
    reach, mean = np.ptp(design, axis=0), design.mean(axis=0)
    own = np.flatnonzero(reach > 0)
    if len(own) > 1:
        inflation = np.diag(np.linalg.inv(np.corrcoef(design[:, own], rowvar=False)))
        reach[own] /= np.sqrt(np.maximum(inflation, 1.0))
    return np.where(reach > 0, reach * np.sqrt(np.diag(variance)), np.sqrt(mean @ variance @ mean))


def no_fit(
    family: Family, names: list[str], n: int, n_events: int, message: str, status: str = "too_few_events"
) -> ParametricFit:
    """A model that is not fitted, since these people say too little; `message` says why."""
    p = len(names)
    nothing, matrix = np.full(p, np.nan), np.full((p, p), np.nan)
    return ParametricFit(family, tuple(names), nothing, matrix, np.nan, n, n_events, 0, status, message)
