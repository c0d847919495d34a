"""What is predicted from a Cox model, and pseudo-values, by their definitions: for second fits only."""

import numpy as np

MOST_PEOPLE = 1_000


def mean_survival_again(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
    x: np.ndarray,
    stratum: np.ndarray | None,
    coefficients: np.ndarray,
    people: tuple[np.ndarray, np.ndarray | None],
    times: np.ndarray,
) -> np.ndarray:
    """(t,) mean over people of exp(-H0(t) exp(x b)), H0 being Efron's hazard (1977), outcome by outcome.

    Parameters
    ----------
    rows : start, stop and event that the model was fitted to; x : (n, p) their covariates; stratum : (n,) or None.
    people : covariates (N, p) and strata (N,) of those it is predicted for.
    """
    codes = np.zeros(len(x), dtype=int) if stratum is None else stratum
    where = np.zeros(len(people[0]), dtype=int) if stratum is None else people[1]
    # Taking the mean away changes nothing, and keeps the exponentials small.
    risk, own = (np.exp((values - x.mean(axis=0)) @ coefficients) for values in (x, people[0]))
    total = np.zeros(len(times))
    for code in np.unique(where):
        mine = codes == code
        hazard = _efron(*(column[mine] for column in rows), risk[mine], times)
        for factor in np.array_split(own[where == code], 1 + int((where == code).sum()) // MOST_PEOPLE):
            total += np.exp(-np.outer(factor, hazard)).sum(axis=0)
    return total / len(where)


def _efron(start: np.ndarray, stop: np.ndarray, event: np.ndarray, risk: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(t,) cumulative baseline hazard at `times`."""
    moments, at = np.unique(stop[event == 1], return_inverse=True)
    events = np.bincount(at, minlength=len(moments))
    tied = np.bincount(at, weights=risk[event == 1], minlength=len(moments))
    there = _before(start, risk, moments) - _before(stop, risk, moments)
    steps = [sum(1 / (r - j / d * e) for j in range(d)) for r, e, d in zip(there, tied, events, strict=True)]
    return np.append(0.0, np.cumsum(steps))[np.searchsorted(moments, times, side="right")]


def _before(edge: np.ndarray, risk: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Sum of the risks of those whose edge lies before each moment."""
    order = np.argsort(edge)
    return np.append(0.0, np.cumsum(risk[order]))[np.searchsorted(edge[order], moments, side="left")]


def pseudo_values_again(stop: np.ndarray, cause: np.ndarray, time: float, of: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a thousand people at most, spread over their times, and their pseudo-values by leaving each out.

    Andersen, Klein & Rosthoj 2003 (Biometrika 90: 15-27): arguments as `pseudo_values.pseudo_incidence`.
    """
    order = np.lexsort((cause, stop))
    chosen = order[np.unique(np.linspace(0, len(order) - 1, min(MOST_PEOPLE, len(order))).astype(int))]
    times, at = np.unique(stop, return_inverse=True)
    here = times <= time
    left, wanted, any_cause = (
        np.bincount(at, weights=values, minlength=len(times)) for values in (np.ones(len(stop)), cause == of, cause > 0)
    )
    at_risk = (len(stop) - np.append(0.0, np.cumsum(left)[:-1]))[here]
    wanted, any_cause, n = wanted[here], any_cause[here], len(stop)
    whole = _incidence(at_risk, wanted, any_cause)
    without = []
    for i in chosen:
        k = np.arange(len(at_risk))
        exits = k == at[i]
        parts = (at_risk - (k <= at[i]), wanted - exits * (cause[i] == of), any_cause - exits * (cause[i] > 0))
        without.append(_incidence(*parts))
    return chosen, n * whole - (n - 1) * np.array(without)


def _incidence(at_risk: np.ndarray, wanted: np.ndarray, any_cause: np.ndarray) -> float:
    """Aalen and Johansen's estimate after the last time; nothing happens where nobody is at risk."""
    people = np.maximum(at_risk, 1)
    before = np.append(1.0, np.cumprod(1 - any_cause / people)[:-1])
    return float((before * wanted / people).sum())
