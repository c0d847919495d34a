"""The thin module between the library `survival` (a port of R's) and the rest, so that it can be changed."""

from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

MAX_ITERATIONS = 30
TOLERANCE = 1e-12


@cache
def engine_name(function: str) -> str:
    """Library, version and `function`, for the tables of fits and diagnostics."""
    return f"survival {version('survival')} {function}"


def second_fit(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    stratum: np.ndarray | None,
    cluster: np.ndarray | None,
    weight: np.ndarray | None = None,
    near: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and standard errors (p,) of this engine, for comparison; arguments as `cox.fit_cox`.

    Parameters
    ----------
    near : (p,) coefficients to start from where the first step from nought runs out of the range of numbers, as in R,
        which takes such a step whole. The likelihood has one maximum, so where the search begins does not move it.
    """
    rows, settings = (start, stop, event, x, stratum), {"iter_max": MAX_ITERATIONS, "eps": TOLERANCE}
    settings |= {"cluster": cluster, "weights": weight}
    try:
        fit = _raw(*rows, **settings)
    except RuntimeError:
        if near is None:
            raise
        fit = _raw(*rows, **settings, init=near)
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
