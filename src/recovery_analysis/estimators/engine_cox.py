"""The thin module between the library `survival` (a port of R's) and the rest, so that it can be changed."""

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

ENGINE = "survival.coxph_fit"
MAX_ITERATIONS = 30
TOLERANCE = 1e-9
RUNAWAY = 50.0


@dataclass(frozen=True)
class CoxFit:
    """A fitted Cox model, or the reason why there is none.

    `status` is ok, not_converged, separated or too_few_events; where it is not ok, `message` says why and
    the coefficients must not be used. `variance` is the robust one if clusters were given, else the
    model-based one.
    """

    coefficients: np.ndarray
    variance: np.ndarray
    model_variance: np.ndarray
    log_likelihood: float
    log_likelihood_null: float
    score: float
    concordance: float
    n_rows: int
    n_events: int
    iterations: int
    robust: bool
    status: str
    message: str
    engine: Any = field(repr=False, default=None)


@cache
def engine_name() -> str:
    """Library, version and function, for the table of fits."""
    return f"survival {version('survival')} coxph_fit"


def fit_cox(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    names: list[str],
    ties: str = "efron",
    cluster: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> CoxFit:
    """Fit a Cox model to counting-process rows; delayed entry where `start` is above the first one.

    Parameters
    ----------
    start, stop, event : (n,) times, and 1 where the outcome happened at `stop`.
    x : (n, p) design without intercept; `names` say what its columns are, for messages.
    ties : efron or breslow.
    cluster : (n,) integer code of the person. Needed only if a person can have several events: where each
    person
        has at most one, each risk set holds at most one row of a person and the model-based variance is
        right (Therneau & Grambsch 2000, Modeling Survival Data, section 3.7; Lin & Wei 1989 for the robust
        variance).
    weights : (n,) positive weights of the rows; their model-based variance is not right, so give clusters too.
    """
    problem = _data_problem(stop, event, x, names)
    if problem is not None:
        return no_fit(x.shape[1], len(stop), int(event.sum()), *problem)
    from survival import regression

    fit = regression.coxph_fit(
        stop.astype(float),
        event.astype(int),
        np.ascontiguousarray(x, dtype=float),
        entry=start.astype(float) if (start > 0).any() else None,
        method=ties,
        iter_max=MAX_ITERATIONS,
        eps=TOLERANCE,
        weights=weights,
        cluster=cluster,
        robust=cluster is not None,
    )
    return _checked(fit, x, names)


def proportional_hazards(fit: CoxFit, groups: dict[str, list[int]]) -> list[tuple[str, float, float, float]]:
    """Score tests for proportional hazards on the Kaplan-Meier scale of time, one per term, and `global`.

    Grambsch & Therneau 1994 (Biometrika 81: 515-526), as in R's cox.zph since survival 3.0.

    Parameters
    ----------
    groups : term → its columns in the design.

    Returns
    -------
    list of (term, chi-square, degrees of freedom, p-value)
    """
    from survival import regression

    test = regression.cox_zph(fit.engine, transform="km", assign=list(groups.values()))
    rows = [(term, r.chisq, r.df, r.p) for term, r in zip(groups, test.table, strict=True)]
    overall = test.global_test
    return rows + [("global", overall.chisq, overall.df, overall.p)]


def _data_problem(stop: np.ndarray, event: np.ndarray, x: np.ndarray, names: list[str]) -> tuple[str, str] | None:
    """Return (status, message) for data from which no hazard ratio can be estimated."""
    happened = event == 1
    if happened.sum() < 2:
        return "too_few_events", "A hazard ratio needs at least two outcomes; there are fewer."
    if len(np.unique(stop[happened])) == 1:
        return "too_few_events", "All outcomes happened at the same time: their order says nothing."
    for name, column in zip(names, x.T, strict=True):
        values = np.unique(column)
        if len(values) == 2 and len(np.unique(column[happened])) == 1:
            empty = values[0] if column[happened][0] == values[1] else values[1]
            return "separated", f"{name}: too few outcomes at the value {empty:g}, so no finite estimate."
    return None


def _checked(fit: Any, x: np.ndarray, names: list[str]) -> CoxFit:
    """Turn the library's answer into a CoxFit, after looking for coefficients that ran away."""
    coefficients, variance = np.array(fit.coefficients), np.array(fit.var)
    naive = variance if fit.naive_var is None else np.array(fit.naive_var)
    status, message = "ok", ""
    # As R: the likelihood is flat but the coefficient still moves. Or: an error wider than any effect.
    step = np.abs(np.array(fit.first) @ naive)
    moving = (step > TOLERANCE) & (step > np.sqrt(TOLERANCE) * np.abs(coefficients))
    runaway = moving | (np.sqrt(np.diag(naive)) * np.ptp(x, axis=0) > RUNAWAY) | ~np.isfinite(coefficients)
    if fit.iter >= MAX_ITERATIONS:
        status, message = "not_converged", f"No convergence in {MAX_ITERATIONS} iterations."
    if runaway.any():
        which = ", ".join(name for name, flag in zip(names, runaway, strict=True) if flag)
        status, message = (
            "separated",
            f"{which}: the data separate people with and without it, so no finite estimate.",
        )
    return CoxFit(
        coefficients=coefficients,
        variance=variance,
        model_variance=naive,
        log_likelihood=fit.loglik[-1],
        log_likelihood_null=fit.loglik[0],
        score=fit.score,
        concordance=fit.concordance.concordance[0],
        n_rows=fit.n,
        n_events=fit.nevent,
        iterations=fit.iter,
        robust=fit.naive_var is not None,
        status=status,
        message=message,
        engine=fit,
    )


def no_fit(p: int, n_rows: int, n_events: int, status: str, message: str) -> CoxFit:
    """A model that could not be fitted, with the reason."""
    nothing, matrix = np.full(p, np.nan), np.full((p, p), np.nan)
    return CoxFit(nothing, matrix, matrix, np.nan, np.nan, np.nan, np.nan, n_rows, n_events, 0, False, status, message)


def second_fit(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    stratum: np.ndarray | None,
    cluster: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and standard errors (p,) of this engine, for comparison; arguments as `cox.fit_cox`."""
    fit = _raw(start, stop, event, x, stratum, iter_max=MAX_ITERATIONS, eps=1e-12, cluster=cluster)
    return np.array(fit.coefficients), np.sqrt(np.diag(np.array(fit.var)))


def second_likelihood(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    stratum: np.ndarray | None,
    beta: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Log partial likelihood and inverse information (p, p) of this engine at given coefficients."""
    fit = _raw(start, stop, event, x, stratum, iter_max=0, init=beta)
    return fit.loglik[0], np.array(fit.var)


def _raw(start: np.ndarray, stop: np.ndarray, event: np.ndarray, x: np.ndarray, stratum: object, **options: Any) -> Any:
    from survival import regression

    return regression.coxph_fit(
        stop.astype(float),
        event.astype(int),
        np.ascontiguousarray(x, dtype=float),
        entry=start.astype(float) if (start > 0).any() else None,
        strata=stratum,
        method="efron",
        robust=options.get("cluster") is not None,
        **options,
    )
