"""Linear and logistic regression with people, or sites, as clusters, and sampling weights.

Closed forms and a few Newton steps in NumPy: importing a regression library would take longer than every fit of a
study together. The tests hold them equal to R's `lm`, `glm` and `sandwich`, and to statsmodels.
"""

from dataclasses import dataclass

import numpy as np

from .checked import column_names, covariates, finite, refuse
from .cox_data import alike
from .risk_table import checked_weights

ENGINE = {"linear": "least squares, cluster-robust (CR1)", "logistic": "maximum likelihood, cluster-robust (CR1)"}
MAX_ITERATIONS = 50
TOLERANCE = 1e-12
RUNAWAY, GROWN = 50.0, 100.0


@dataclass(frozen=True)
class GlmFit:
    """A fitted regression without its intercept, or the reason why there is none; as cox.CoxFit.

    `df`, for Student's t, is the number of clusters less one; with weights, less the number of coefficients, as R's
    survey counts. `r_squared` is missing for a logistic model.
    """

    coefficients: np.ndarray
    variance: np.ndarray
    df: float
    log_likelihood: float
    r_squared: float
    iterations: int
    status: str
    message: str


def engine_name(family: str) -> str:
    """What computes the fit, for the table of fits."""
    return f"recovery_analysis: {ENGINE[family]}"


def fit_linear(y: np.ndarray, x: np.ndarray, person: np.ndarray, weight: np.ndarray | None = None) -> GlmFit:
    """Least squares with the cluster-robust variance of Liang & Zeger 1986, which also allows for
    heteroscedasticity.

    The variance is multiplied by G/(G-1) (N-1)/(N-K) (CR1, as Stata and R's sandwich with HC1), and read with
    Student's t on G-1 degrees of freedom (Cameron & Miller 2015, J Human Resources 50: 317-372, section VI). With
    sampling weights it is the linearised variance of a design with replacement (Binder 1983, Int Stat Rev 51: 279-292):
    the factor is G/(G-1) and the degrees of freedom G-K, as in `svyglm` of R's survey.

    Parameters
    ----------
    y : (n,) outcome; x : (n, p) design without intercept; person : (n,) integer code of the cluster.
    weight : (n,) sampling weights above 0, scaled to a mean of about 1; 1 if left out.

    Raises
    ------
    ResearchError
        If a value is not a finite number, or a weight not above 0.
    """
    y, x = finite(y, "outcome"), covariates(x)
    design, w = _with_intercept(x), np.ones(len(y)) if weight is None else checked_weights(weight)
    if problem := alike(x, column_names(x)):
        return no_fit(x.shape[1], *problem)
    bread = np.linalg.inv(design.T @ (design * w[:, None]))
    beta = bread @ (design.T @ (w * y))
    residual = y - design @ beta
    squares = float(w @ residual**2)
    n = float(w.sum())
    with np.errstate(divide="ignore"):  # nothing is left where the outcome follows exactly
        log_likelihood = -n / 2 * (np.log(2 * np.pi * squares / n) + 1)
    r_squared = 1 - squares / float(w @ (y - np.average(y, weights=w)) ** 2)
    variance = _clustered(bread, design * (w * residual)[:, None], person, weight is not None)
    df = _degrees_of_freedom(person, len(beta), weight is not None)
    return _answer(beta, variance, df, log_likelihood, r_squared, 0, "ok", "")


def fit_logistic(
    y: np.ndarray, x: np.ndarray, names: list[str], person: np.ndarray, weight: np.ndarray | None = None
) -> GlmFit:
    """Logistic regression by Newton's method, with the same cluster-robust variance and degrees of freedom.

    Parameters
    ----------
    y : (n,) 0 or 1; x, person, weight : as for `fit_linear`; names : what the columns are, for messages.

    Raises
    ------
    ResearchError
        As `fit_linear`.
    """
    y, x = finite(y, "outcome"), covariates(x, names)
    refuse((y != 0) & (y != 1), "outcome", "neither 0 nor 1", y, "code it 1 where it is so")
    problem = _data_problem(y, x, names)
    if problem is not None:
        return no_fit(x.shape[1], *problem)
    design = _with_intercept(x)
    w = np.ones(len(y)) if weight is None else checked_weights(weight)
    beta, bread, before, iterations, converged = _newton(y, design, w)
    probability = _probability(design, beta)
    if bread is None:
        return no_fit(x.shape[1], "separated", _separation("The covariates together"))
    status, message = _verdict(bread, before, x, names, converged)
    chosen = np.where(y == 1, probability, 1 - probability)
    log_likelihood = float(w @ np.log(np.maximum(chosen, np.finfo(float).tiny)))
    variance = _clustered(bread, design * (w * (y - probability))[:, None], person, weight is not None)
    df = _degrees_of_freedom(person, len(beta), weight is not None)
    return _answer(beta, variance, df, log_likelihood, np.nan, iterations, status, message)


def _newton(
    y: np.ndarray, design: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None, int, bool]:
    """Coefficients, inverse information (None if singular), the one at the start, iterations, whether they ended."""
    beta, at_start = np.zeros(design.shape[1]), None
    share = np.average(y, weights=w)
    beta[0] = np.log(share / (1 - share))
    before = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        probability = _probability(design, beta)
        information = w * probability * (1 - probability)
        chosen = np.where(y == 1, probability, 1 - probability)
        deviance = -2 * float(w @ np.log(np.maximum(chosen, np.finfo(float).tiny)))
        try:
            bread = np.linalg.inv(design.T @ (design * information[:, None]))
        except np.linalg.LinAlgError:
            return beta, None, at_start, iteration, False
        at_start = bread if at_start is None else at_start
        if abs(before - deviance) <= TOLERANCE * (abs(deviance) + TOLERANCE):
            return beta, bread, at_start, iteration, True
        beta = beta + bread @ (design.T @ (w * (y - probability)))
        before = deviance
    return beta, bread, at_start, MAX_ITERATIONS, False


def _probability(design: np.ndarray, beta: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(design @ beta, -700, 700)))


def _degrees_of_freedom(person: np.ndarray, k: int, weighted: bool) -> float:
    groups = len(np.unique(person))
    return float(groups - k if weighted else groups - 1)


def _clustered(bread: np.ndarray, scores: np.ndarray, person: np.ndarray, weighted: bool) -> np.ndarray:
    """Sandwich variance: scores added up within clusters; CR1 correction, or that of a sample with weights."""
    people, code = np.unique(person, return_inverse=True)
    summed = np.column_stack([np.bincount(code, weights=column) for column in scores.T])
    n, k, groups = len(scores), scores.shape[1], len(people)
    correction = groups / (groups - 1) * (1.0 if weighted else (n - 1) / (n - k))
    return correction * bread @ (summed.T @ summed) @ bread


def no_fit(p: int, status: str, message: str) -> GlmFit:
    """A model that could not be fitted, with the reason."""
    return GlmFit(np.full(p, np.nan), np.full((p, p), np.nan), np.nan, np.nan, np.nan, 0, status, message)


def _with_intercept(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(x)), x - x.mean(axis=0)])


def _data_problem(y: np.ndarray, x: np.ndarray, names: list[str]) -> tuple[str, str] | None:
    if min((y == 1).sum(), (y == 0).sum()) < 2:
        return "too_few_events", "An odds ratio needs at least two answers of each kind; there are fewer."
    for name, column in zip(names, x.T, strict=True):
        values = np.unique(column)
        if len(values) != 2:
            continue
        for value in values:
            if len(np.unique(y[column == value])) == 1:
                return (
                    "separated",
                    f"{name}: the outcome never varies at the value {value:g}, so no finite estimate.",
                )
    return None


def _verdict(
    bread: np.ndarray, before: np.ndarray, x: np.ndarray, names: list[str], converged: bool
) -> tuple[str, str]:
    """Status and message, after a look for coefficients that ran away (Albert & Anderson 1984); see `cox._verdict`."""
    std_error, at_start = (np.sqrt(np.diag(matrix))[1:] for matrix in (bread, before))
    wide = std_error * np.ptp(x, axis=0) > RUNAWAY
    grown = wide & (std_error > GROWN * at_start)
    runaway = grown if grown.any() or converged else wide
    if runaway.any() or not np.isfinite(std_error).all():
        which = ", ".join(n for n, flag in zip(names, runaway, strict=True) if flag) or "The covariates together"
        return "separated", _separation(which)
    if not converged:
        return "not_converged", f"No convergence in {MAX_ITERATIONS} iterations."
    return "ok", ""


def _separation(which: str) -> str:
    return f"{which}: the data separate people with and without the outcome, so no finite estimate."


def _answer(
    beta: np.ndarray,
    variance: np.ndarray,
    df: float,
    log_likelihood: float,
    r_squared: float,
    iterations: int,
    status: str,
    message: str,
) -> GlmFit:
    return GlmFit(
        coefficients=beta[1:],
        variance=variance[1:, 1:],
        df=df,
        log_likelihood=log_likelihood,
        r_squared=r_squared,
        iterations=iterations,
        status=status,
        message=message,
    )
