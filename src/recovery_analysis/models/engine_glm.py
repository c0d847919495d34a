"""The thin module between statsmodels and the rest: linear and logistic regression, people as clusters."""

import warnings
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np

ENGINE = {"linear": "statsmodels.OLS", "logistic": "statsmodels.GLM"}
MAX_ITERATIONS = 50
TOLERANCE = 1e-12
RUNAWAY = 50.0
CERTAIN = 1e-9


@dataclass(frozen=True)
class GlmFit:
    """A fitted regression without its intercept, or the reason why there is none; as engine_cox.CoxFit.

    `df` is the number of people less one, for Student's t. `r_squared` is missing for a logistic model.
    """

    coefficients: np.ndarray
    variance: np.ndarray
    df: float
    log_likelihood: float
    r_squared: float
    iterations: int
    status: str
    message: str


@cache
def engine_name(family: str) -> str:
    """Library, version and function, for the table of fits."""
    return f"statsmodels {version('statsmodels')} {ENGINE[family].split('.')[1]}"


def fit_linear(y: np.ndarray, x: np.ndarray, person: np.ndarray) -> GlmFit:
    """Least squares with the cluster-robust variance of Liang & Zeger 1986, which also allows for
    heteroscedasticity.

    The variance is multiplied by G/(G-1) (N-1)/(N-K) (CR1, as Stata and R's sandwich with HC1), and read with
    Student's t on G-1 degrees of freedom (Cameron & Miller 2015, J Human Resources 50: 317-372, section VI).

    Parameters
    ----------
    y : (n,) outcome; x : (n, p) design without intercept; person : (n,) integer code of the person.
    """
    from statsmodels.regression.linear_model import OLS

    fit = OLS(y, _with_intercept(x)).fit(cov_type="cluster", cov_kwds={"groups": person}, use_t=True)
    return _answer(fit, person, 0, "ok", "", r_squared=float(fit.rsquared))


def fit_logistic(y: np.ndarray, x: np.ndarray, names: list[str], person: np.ndarray) -> GlmFit:
    """Logistic regression with the same cluster-robust variance, correction and degrees of freedom.

    Parameters
    ----------
    y : (n,) 0 or 1; x, person : as for `fit_linear`; names : what the columns are, for messages.
    """
    problem = _data_problem(y, x, names)
    if problem is not None:
        return no_fit(x.shape[1], *problem)
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = GLM(y, _with_intercept(x), family=Binomial()).fit(
            maxiter=MAX_ITERATIONS,
            tol=TOLERANCE,
            tol_criterion="deviance",
            cov_type="cluster",
            cov_kwds={"groups": person},
        )
        status, message = _verdict(fit, x, names)
        return _answer(fit, person, int(fit.fit_history["iteration"]), status, message)


def no_fit(p: int, status: str, message: str) -> GlmFit:
    """A model that could not be fitted, with the reason."""
    return GlmFit(np.full(p, np.nan), np.full((p, p), np.nan), np.nan, np.nan, np.nan, 0, status, message)


def _with_intercept(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(x)), x])


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


def _verdict(fit: object, x: np.ndarray, names: list[str]) -> tuple[str, str]:
    """Status and message, after a look for coefficients that ran away (Albert & Anderson 1984)."""
    model_based = np.sqrt(np.diag(fit.normalized_cov_params))[1:]
    runaway = ~np.isfinite(model_based) | (model_based * np.ptp(x, axis=0) > RUNAWAY)
    certain = bool(((fit.fittedvalues < CERTAIN) | (fit.fittedvalues > 1 - CERTAIN)).any())
    if runaway.any() or certain:
        which = ", ".join(n for n, flag in zip(names, runaway, strict=True) if flag) or "The covariates together"
        return (
            "separated",
            f"{which}: the data separate people with and without the outcome, so no finite estimate.",
        )
    if not fit.converged:
        return "not_converged", f"No convergence in {MAX_ITERATIONS} iterations."
    return "ok", ""


def _answer(
    fit: object, person: np.ndarray, iterations: int, status: str, message: str, r_squared: float = np.nan
) -> GlmFit:
    return GlmFit(
        coefficients=np.asarray(fit.params)[1:],
        variance=np.asarray(fit.cov_params())[1:, 1:],
        df=float(len(np.unique(person)) - 1),
        log_likelihood=float(fit.llf),
        r_squared=r_squared,
        iterations=iterations,
        status=status,
        message=message,
    )
