"""The Cox model: Efron or Breslow ties, strata, delayed entry, case weights, cluster-robust variance."""

from dataclasses import dataclass, field, replace

import numpy as np

from .concordance import in_order
from .cox_data import AT_RISK, EVERY_ROW, check_rows, dependent, too_few
from .cox_residuals import clustered_variance
from .partial_likelihood import Hazard, gradient, hazard_at, information, inverse
from .risk_sets import RiskSets, lay_out

ENGINE = "recovery_analysis.estimators.cox"
MAX_ITERATIONS = 30
TOLERANCE = 1e-14
RUNAWAY, GROWN = 50.0, 100.0
LARGEST = 300.0


@dataclass(frozen=True)
class CoxFit:
    """A fitted Cox model, or the reason why there is none.

    `status` is ok, not_converged, separated or too_few_events; where it is not ok, `message` says why and the
    coefficients must not be used. `variance` is the robust one if clusters were given, else the model-based one.
    `x` (p, n) is centred at `centre`, its rows as in `sets`; `sets` and `hazard` are for residuals.
    """

    coefficients: np.ndarray
    variance: np.ndarray
    model_variance: np.ndarray
    log_likelihood: float
    log_likelihood_null: float
    score: float
    n_rows: int
    n_events: int
    iterations: int
    robust: bool
    status: str
    message: str
    penalised: bool = False
    x: np.ndarray | None = field(repr=False, default=None)
    centre: np.ndarray | None = field(repr=False, default=None)
    sets: RiskSets | None = field(repr=False, default=None)
    hazard: Hazard | None = field(repr=False, default=None)


def fit_cox(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    names: list[str],
    ties: str = "efron",
    cluster: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
) -> CoxFit:
    """Maximise Cox's partial likelihood by Newton's method with step halving.

    Cox 1972 (JRSS B 34: 187-220); ties by Efron 1977 (JASA 72: 557-565); delayed entry and covariates that change
    over time as rows (start, stop] (Andersen & Gill 1982, Ann Stat 10: 1100-1120); robust variance by Lin & Wei 1989
    (JASA 84: 1074-1078).

    Parameters
    ----------
    start, stop, event : (n,) times, and 1 where the outcome happened at `stop`.
    x : (n, p) design without intercept; `names` say what its columns are, for messages.
    ties : efron or breslow.
    cluster : (n,) integer code of the person or site: the variance is then robust. Needed only if a person can have
        several events, or weights are not counts: where each person has at most one event, each risk set holds at
        most one row of a person and the model-based variance is right (Therneau & Grambsch 2000, section 3.7).
    weight : (n,) case weights, as R's `weights`.
    stratum : (n,) integer codes of strata, each with a baseline hazard of its own.

    Raises
    ------
    ResearchError
        If a time, weight or value is not a finite number, or a row does not stop after it starts.
    """
    check_rows(start, stop, event, x, names, weight)
    problem = too_few(stop, event, weight, stratum)
    if problem is None:
        sets = lay_out(start, stop, event, weight, stratum, ties)
        centred, centre, spread = standardise(x, sets.order)
        problem = dependent(centred @ centred.T / centred.shape[1], names, EVERY_ROW)
    if problem is None:
        at_zero = hazard_at(np.zeros(len(stop)), sets)
        matrix = information(centred, sets, at_zero)
        problem = dependent(matrix / sets.weight[: sets.d].sum(), names, AT_RISK)
    if problem is not None:
        return no_fit(x.shape[1], len(stop), int((event == 1).sum()), *problem)
    fit = _newton(centred, sets, names, at_zero, matrix)
    if fit.status == "ok" and cluster is not None:
        variance = clustered_variance(fit.x, fit.sets, fit.hazard, fit.variance, cluster)
        fit = replace(fit, variance=variance, robust=True)
    return on_own_scale(fit, centre, spread)


def _newton(x: np.ndarray, sets: RiskSets, names: list[str], hazard: Hazard, matrix: np.ndarray) -> CoxFit:
    """Newton's method from zero, whose hazard and information are given, for covariates of standard deviation 1."""
    beta, before, null, score, converged = np.zeros(len(x)), inverse(matrix), hazard.log_likelihood, 0.0, False
    variance, came_from = before, (beta, hazard)
    for iteration in range(1, MAX_ITERATIONS + 1):
        matrix = information(x, sets, hazard) if iteration > 1 else matrix
        now = inverse(matrix)
        if now is None:
            beta, hazard, now = _informed(x, sets, *came_from, beta)
        if now is None:
            break
        slope = gradient(x, sets, hazard)
        variance, step = now, now @ slope
        decrement = float(slope @ step)
        score = decrement if iteration == 1 else score
        converged = decrement <= TOLERANCE
        if converged:
            break
        came_from = beta, hazard
        beta, hazard = _halved(x, sets, hazard, beta, step)
    status, message = _verdict(variance, before, x, names, converged)
    if status != "ok":
        status, message = _in_order(beta, x, sets, names, status == "separated") or (status, message)
    fitted = (hazard.log_likelihood, null, score, x.shape[1], sets.d, iteration, False, status, message)
    return CoxFit(beta, variance, variance, *fitted, x=x, sets=sets, hazard=hazard)


def _halved(
    x: np.ndarray, sets: RiskSets, before: Hazard, beta: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, Hazard]:
    """Take the step, halved until the likelihood does not fall."""
    for _ in range(MAX_ITERATIONS):
        eta = (beta + step) @ x
        if np.abs(eta).max() < LARGEST:
            hazard = hazard_at(eta, sets)
            lowest = before.log_likelihood - 1e-9 * abs(before.log_likelihood)
            # It is infinite where the sum over a risk set was lost in rounding.
            if lowest <= hazard.log_likelihood < np.inf:
                return beta + step, hazard
        step = step / 2
    return beta, before


def _informed(
    x: np.ndarray, sets: RiskSets, beta: np.ndarray, hazard: Hazard, reached: np.ndarray
) -> tuple[np.ndarray, Hazard, np.ndarray | None]:
    """Go back towards `beta` from where a step has `reached`, until something can be learnt there of every covariate.

    Where outcomes separate, the first step may go so far that the information is lost in rounding, and with it which
    covariate it is that runs away. The likelihood is concave: it is no lower on the way back than it was at `beta`.
    """
    for _ in range(MAX_ITERATIONS):
        reached = (beta + reached) / 2
        tried = hazard_at(reached @ x, sets)
        now = inverse(information(x, sets, tried)) if tried.log_likelihood < np.inf else None
        if now is not None:
            return reached, tried, now
    return beta, hazard, None


def _verdict(
    variance: np.ndarray, at_zero: np.ndarray, x: np.ndarray, names: list[str], converged: bool
) -> tuple[str, str]:
    """Status and message, after a look for standard errors wider than any effect that were not so at the start.

    Covariates that say nearly the same have wide errors at zero already; where outcomes separate, the information was
    there and has gone.
    """
    std_error, before = (np.sqrt(np.diag(matrix)) for matrix in (variance, at_zero))
    wide = std_error * np.ptp(x, axis=1) > RUNAWAY
    grown = wide & (std_error > GROWN * before)
    runaway = grown if grown.any() or converged else wide
    if runaway.any():
        which = ", ".join(name for name, flag in zip(names, runaway, strict=True) if flag)
        return "separated", f"{which}: the data separate people with and without it, so no finite estimate."
    if not converged:
        return "not_converged", f"No convergence in {MAX_ITERATIONS} iterations."
    return "ok", ""


def _in_order(
    beta: np.ndarray, x: np.ndarray, sets: RiskSets, names: list[str], separated: bool
) -> tuple[str, str] | None:
    """Status and message where people had the outcome in the very order of a covariate, or of all of them together.

    A covariate of few values that separates outcomes is in their order as well; it is told that it separates them.
    """
    many = (not separated or len(np.unique(own[: sets.d])) > len(sets.times) / 2 for own in x)
    which = [name for name, own, tells in zip(names, x, many, strict=True)
             if tells and (in_order(own, sets) or in_order(-own, sets))]  # fmt: skip
    if not which and (separated or not in_order(beta @ x, sets)):
        return None
    return "separated", (
        f"{', '.join(which) or 'The covariates together'}: people had the outcome in the very order of it, so no "
        "finite estimate. Is it made from the time of the outcome?"
    )


def standardise(x: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns as rows (p, n), laid out in `order`, of mean 0 and standard deviation 1; means; standard deviations."""
    columns = np.ascontiguousarray(x[order].T, dtype=float)
    centre = columns.mean(axis=1)
    columns -= centre[:, None]
    spread = np.sqrt(np.einsum("ij,ij->i", columns, columns) / columns.shape[1])
    columns /= np.where(spread > 0, spread, 1.0)[:, None]
    return columns, centre, spread


def on_own_scale(fit: CoxFit, centre: np.ndarray, spread: np.ndarray) -> CoxFit:
    """The fit to standardised covariates, told in the units of the covariates."""
    both = np.outer(spread, spread)
    fit.x[...] *= spread[:, None]
    return replace(
        fit,
        coefficients=fit.coefficients / spread,
        variance=fit.variance / both,
        model_variance=fit.model_variance / both,
        centre=centre,
    )


def no_fit(p: int, n_rows: int, n_events: int, status: str, message: str) -> CoxFit:
    """A model that could not be fitted, with the reason."""
    nothing, matrix = np.full(p, np.nan), np.full((p, p), np.nan)
    return CoxFit(nothing, matrix, matrix, np.nan, np.nan, np.nan, n_rows, n_events, 0, False, status, message)
