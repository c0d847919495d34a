"""Jackknife pseudo-values of a cumulative incidence, and their regression on covariates."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import ResearchError
from .checked import covariates
from .cumulative_incidence import curve_steps
from .risk_table import RiskTable, checked_rows, checked_weights, risk_table

MOST_ITERATIONS = 50
CONVERGED = 1e-10
SAME = 1e-12


@dataclass(frozen=True)
class PseudoFit:
    """Coefficients with their sandwich covariance; `converged` is False where the iterations did not end."""

    coefficients: np.ndarray
    covariance: np.ndarray
    converged: bool


def pseudo_incidence(stop: np.ndarray, cause: np.ndarray, times: np.ndarray, of: int = 1) -> np.ndarray:
    """Each person's pseudo-value of the probability of the outcome by each time.

    Andersen, Klein & Rosthoj 2003 (Biometrika 90: 15-27): n times the estimate from everybody, less n - 1 times
    the estimate without the person. Their mean is the estimate itself, and where nobody is censored they are the
    0/1 outcomes. Leaving a person out changes the curve before their exit in the same way for everybody, and
    after it by one factor; so all n jackknife estimates take one pass, and are exact. Censoring must not depend
    on the covariates. Delayed entry is not covered: these pseudo-values are biased under it.

    Parameters
    ----------
    stop, cause : (n,) exit, and 0 where censored, else the outcome that happened (1, 2, ...).
    times : (m,) times at which the probability is wanted, none after the last exit.
    of : the cause that is wanted.

    Returns
    -------
    (n, m) pseudo-values; 1 - Kaplan-Meier's where there is one cause, Aalen-Johansen's where there are more.

    Raises
    ------
    ResearchError
        If a row cannot be used, there are fewer than two people, or a time is after the last exit.
    """
    times = np.atleast_1d(np.asarray(times, dtype=float))
    _, stop, cause, _ = checked_rows(np.zeros(len(stop)), stop, cause, None)
    table = risk_table(np.zeros(len(stop)), stop, cause, causes=int(max(np.max(cause), of)))
    if len(stop) < 2 or not ((times > 0) & (times <= table.time[-1])).all():
        raise ResearchError(
            "Pseudo-values need two people or more, and times above 0 and no later than the end of follow-up "
            f"({table.time[-1]:g}); found {len(stop)} people and times {', '.join(f'{t:g}' for t in times)}."
        )
    f_gone, f_exit, s_exit = _leaving_each_out(table, cause, of)
    f, at, n = curve_steps(table).incidence[:, of - 1], table.exit_index, len(stop)
    survival = np.cumprod(1 - table.hazards().sum(axis=1))
    left = np.divide(s_exit, survival[at], out=np.zeros(n), where=~table.exhausted[at])
    values = np.zeros((n, len(times)))
    for m, time in enumerate(times):
        last = int(np.searchsorted(table.time, time, side="right")) - 1
        if last >= 0:
            without = np.where(at <= last, f_exit + left * (f[last] - f[at]), f_gone[last])
            values[:, m] = n * f[last] - (n - 1) * without
    return values


def _leaving_each_out(table: RiskTable, cause: np.ndarray, of: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Curves without one person: incidence (k,) while they are at risk, and at their exit (n,) incidence and survival.

    Where nobody else is at risk, nothing happens without the person.
    """
    at, others = table.exit_index, table.n_risk - 1
    share = np.divide(1.0, others, out=np.zeros_like(others), where=others > 0)
    wanted, any_cause = table.n_event[:, of - 1], table.n_event.sum(axis=1)
    survival = np.concatenate([[1.0], np.cumprod(1 - any_cause * share)])
    f_gone = np.cumsum(survival[:-1] * wanted * share)
    before = np.concatenate([[0.0], f_gone])[at]
    f_exit = before + survival[at] * (wanted[at] - (cause == of)) * share[at]
    s_exit = survival[at] * (1 - (any_cause[at] - (cause > 0)) * share[at])
    return f_gone, f_exit, s_exit


def pseudo_regression(
    values: np.ndarray,
    x: np.ndarray,
    link: Literal["identity", "cloglog"],
    weight: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
) -> PseudoFit:
    """Regression of pseudo-values with an intercept for each time (Andersen & Klein 2007, Scand J Stat 34: 3-16).

    Generalised estimating equations with working independence; the covariance is the sandwich by person, without
    a small-sample factor, as in R's geepack.

    Parameters
    ----------
    values : (n, m) pseudo-values at m times.
    x : (n, p) covariates, without an intercept.
    link : identity, whose coefficients are differences of probabilities; cloglog, whose coefficients are log ratios
        of cumulative hazards (of subdistribution hazards where outcomes compete).
    weight : (n,) sampling weights of the regression; 1 if left out. The pseudo-values themselves need none, as long as
        censoring has nothing to do with the covariates.
    cluster : (n,) integer codes of what belongs together in the covariance; each person if left out.

    Returns
    -------
    PseudoFit with m intercepts, then p coefficients.

    Raises
    ------
    ResearchError
        If a covariate says the same as the intercept or as the others, a value or weight is no usable number, or the
        pseudo-values are the same for everybody, so that there is nothing to compare.
    """
    values, x = covariates(values), covariates(x)
    weight = None if weight is None else checked_weights(weight)
    if (np.ptp(values, axis=0) < SAME).all():
        raise ResearchError("Pseudo-values: they are the same for everybody, so that people cannot be compared.")
    n, m = values.shape
    centre, spread = x.mean(axis=0), np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)
    design = np.hstack([np.tile(np.eye(m), (n, 1)), np.repeat((x - centre) / spread, m, axis=0)])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ResearchError("Pseudo-values: a covariate is constant, or follows from the others. Leave it out.")
    y = values.reshape(-1)
    counts = np.ones(n * m) if weight is None else np.repeat(weight, m)
    beta, converged = np.zeros(design.shape[1]), link == "identity"
    if link == "identity":
        root = np.sqrt(counts)
        beta = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
        mean, slope = design @ beta, np.ones(len(y))
    else:
        share = np.clip(values.mean(axis=0), 0.01, 0.99)
        beta[:m] = np.log(-np.log1p(-share))
        beta, converged = _least_squares(design, y, beta, np.sqrt(counts))
        mean, slope = _cloglog(design @ beta)
    gradient = design * slope[:, None]
    bread = np.linalg.pinv(gradient.T @ (gradient * counts[:, None]))
    scores = (gradient * (counts * (y - mean))[:, None]).reshape(n, m, -1).sum(axis=1)
    if cluster is not None:
        scores = np.array([np.bincount(cluster, column) for column in scores.T]).T
    own = np.diag(np.concatenate([np.ones(m), 1 / spread]))
    own[:m, m:] = -centre / spread
    return PseudoFit(own @ beta, own @ bread @ (scores.T @ scores) @ bread @ own.T, converged)


def _cloglog(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and its slope: 1 - exp(-exp(eta))."""
    hazard = np.exp(np.minimum(eta, 50.0))
    return -np.expm1(-hazard), hazard * np.exp(-hazard)


def _least_squares(design: np.ndarray, y: np.ndarray, beta: np.ndarray, root: np.ndarray) -> tuple[np.ndarray, bool]:
    """Gauss-Newton steps, halved until the fit is no worse."""
    for _ in range(MOST_ITERATIONS):
        mean, slope = _cloglog(design @ beta)
        step = np.linalg.lstsq(design * (slope * root)[:, None], (y - mean) * root, rcond=None)[0]
        before = np.sum((root * (y - mean)) ** 2)
        while (
            np.sum((root * (y - _cloglog(design @ (beta + step))[0])) ** 2) > before
            and np.max(np.abs(step)) > CONVERGED
        ):
            step = step / 2
        beta = beta + step
        if np.max(np.abs(step)) <= CONVERGED * (1 + np.max(np.abs(beta))):
            return beta, True
    return beta, False
