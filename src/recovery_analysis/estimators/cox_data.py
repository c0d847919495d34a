"""What must hold of the rows of a Cox model: a sentence if it does not, never a number that looks like an answer."""

from contextlib import suppress

import numpy as np

from ..errors import ResearchError
from .checked import numbers

UNEXPLAINED = 1e-10
EVERY_ROW, AT_RISK = "every row", "all people who are at risk together (within strata)"


def check_rows(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    names: list[str],
    weight: np.ndarray | None,
) -> None:
    """Raise ResearchError for times, weights or values that cannot be right."""
    columns = {"start": start, "stop": stop, "event": event}
    columns |= {} if weight is None else {"weight": weight}
    for name, values in (columns | {"x": x}).items():
        if values.dtype.kind not in "fiub":
            named = dict(zip(names, x.T, strict=True)) if name == "x" else {name: values}
            for column, held in named.items():
                numbers(held, column)
    if not all(np.isfinite(values).all() for values in (*columns.values(), x)):
        for name, values in (columns | dict(zip(names, x.T, strict=True))).items():
            _refuse(~np.isfinite(values), name, "not a finite number", values, "give finite numbers")
    _refuse(start < 0, "start", "negative", start, "count time from time zero on")
    _refuse(~(stop > start), "stop", "not after start", stop, "check the dates behind this outcome")
    _refuse((event != 0) & (event != 1), "event", "neither 0 nor 1", event, "code it 1 where the outcome happened")
    if weight is not None:
        _refuse(weight < 0, "weight", "negative", weight, "use weights of 0 or more")


def _refuse(bad: np.ndarray, name: str, what: str, values: np.ndarray, advice: str) -> None:
    if bad.any():
        first = np.asarray(values)[bad][0]
        raise ResearchError(f"Cox model: '{name}' is {what} in {int(bad.sum())} rows (first: {first:g}); {advice}.")


def too_few(
    stop: np.ndarray, event: np.ndarray, weight: np.ndarray | None, stratum: np.ndarray | None
) -> tuple[str, str] | None:
    """Return (status, message) where the outcomes are too few, or all tied, for any hazard ratio; else None."""
    happened = event == 1 if weight is None else (event == 1) & (weight > 0)
    if happened.sum() < 2:
        return "too_few_events", "A hazard ratio needs at least two outcomes; there are fewer."
    if stop[happened].min() == stop[happened].max() and (stratum is None or happened.all()):
        return "too_few_events", "All outcomes happened at the same time: their order says nothing."
    return None


def alike(x: np.ndarray, names: list[str]) -> tuple[str, str] | None:
    """Return (status, message) for the first column of x (n, p) that is constant or follows from others, or None."""
    if not x.shape[1]:
        return None
    centred = (x - x.mean(axis=0)) / np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)
    return dependent(centred.T @ centred / len(x), names, EVERY_ROW)


def dependent(matrix: np.ndarray, names: list[str], among: str) -> tuple[str, str] | None:
    """Return (status, message) for the first column that is constant or a combination of the ones before it.

    Parameters
    ----------
    matrix : (p, p) covariance of columns whose standard deviation over all rows is 1 (0 for a constant one).
    names : of the columns. among : the rows that it is the covariance of, in words.
    """
    with suppress(np.linalg.LinAlgError):
        if (np.diag(np.linalg.cholesky(matrix)) ** 2).min() > UNEXPLAINED:
            return None
    for last, name in enumerate(names):
        if matrix[last, last] < UNEXPLAINED:
            return "failed", f"{name} has the same value in {among}: leave it out."
        before, own = matrix[:last, :last], matrix[:last, last]
        if last and matrix[last, last] - float(own @ np.linalg.solve(before, own)) < UNEXPLAINED:
            within = "" if among == EVERY_ROW else f" in {among}"
            return "failed", f"{name} adds nothing to the other covariates{within}: leave one of them out."
    return None
