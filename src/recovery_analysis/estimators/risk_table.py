"""Who is at risk, and what happens, at each distinct time: the sorted sums that every curve is made of."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import ResearchError
from .checked import causes as checked_causes
from .checked import numbers


@dataclass(frozen=True)
class RiskTable:
    """Weighted numbers at each distinct exit time.

    Attributes
    ----------
    time : (k,) distinct exit times, ascending.
    n_risk : (k,) at risk just before each: start < time <= stop.
    n_event : (k, causes) outcomes of each cause; one column where there is one outcome.
    n_censor : (k,) leaving without one.
    exhausted : (k,) True where every one at risk has an outcome, so that the hazard is exactly 1.
    start, stop : (n,) entry and exit of each row.
    first : (k,) where each time begins when the rows are in the order of their exit.
    """

    time: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray
    n_censor: np.ndarray
    exhausted: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    first: np.ndarray

    @cached_property
    def order(self) -> np.ndarray:
        """(n,) rows in the order of their exit; ties as they came, so that sums are the same on every machine."""
        return np.argsort(self.stop, kind="stable")

    def hazards(self) -> np.ndarray:
        """(k, causes) share of those at risk who have each outcome."""
        shares = self.n_event / self.n_risk[:, None]
        if shares.shape[1] == 1:
            shares[self.exhausted] = 1.0
        return shares

    def total(self, values: np.ndarray) -> np.ndarray:
        """(k,) sum of a value of the rows over those that exit at each time."""
        return np.add.reduceat(values[self.order], self.first)

    @cached_property
    def exit_index(self) -> np.ndarray:
        """(n,) position in `time` of the exit of each row."""
        lengths = np.diff(np.append(self.first, len(self.order)))
        where = np.empty(len(self.order), dtype=np.intp)
        where[self.order] = np.repeat(np.arange(len(self.time)), lengths)
        return where

    @cached_property
    def entry_index(self) -> np.ndarray:
        """(n,) number of times at or before the entry of each row."""
        if self.start.max() < self.time[0]:
            return np.zeros(len(self.start), dtype=np.intp)
        return np.searchsorted(self.time, self.start, side="right")


def risk_table(
    start: np.ndarray, stop: np.ndarray, cause: np.ndarray, weights: np.ndarray | None = None, causes: int | None = None
) -> RiskTable:
    """Sort the rows once and sum them at each distinct exit time.

    Parameters
    ----------
    start, stop : (n,) entry and exit of each row, one unit of time, 0 <= start < stop.
    cause : (n,) 0 where nothing happened at exit, else 1, 2, ... for which outcome did.
    weights : (n,) positive weights; 1 if left out.
    causes : number of columns of `n_event`; the largest cause if left out.

    Raises
    ------
    ResearchError
        If there are no rows, or a value is none of the above.
    """
    start, stop, cause, weights = checked_rows(start, stop, cause, weights)
    exits = np.sort(stop)
    first = np.flatnonzero(np.concatenate([[True], exits[1:] != exits[:-1]]))
    time, sizes = exits[first], np.diff(np.append(first, len(exits)))
    causes = causes or max(int(cause.max()), 1)
    happened = np.column_stack([_counts(stop[cause == j], time) for j in range(1, causes + 1)])
    people = _still_in(start, time, first, None)
    everything = happened.sum(axis=1)
    bare = RiskTable(time, people, happened, sizes - everything, people == everything, start, stop, first)
    return bare if weights is None else _weighted(bare, cause, weights)


def _counts(stop: np.ndarray, time: np.ndarray) -> np.ndarray:
    """How many of these exits are at each time."""
    return np.diff(np.searchsorted(np.sort(stop), time, side="right"), prepend=0).astype(float)


def _weighted(bare: RiskTable, cause: np.ndarray, weights: np.ndarray) -> RiskTable:
    """The same table with sums of weights for numbers; 0 people stay exactly 0."""
    n_exit = bare.total(weights)
    causes = range(1, bare.n_event.shape[1] + 1)
    n_event = np.column_stack([bare.total(np.where(cause == j, weights, 0.0)) for j in causes])
    n_risk = _still_in(bare.start, bare.time, np.cumsum(n_exit) - n_exit, weights)
    return replace(
        bare,
        n_risk=np.maximum(n_risk, n_event.sum(axis=1)),
        n_event=n_event,
        n_censor=np.where(bare.n_censor > 0, n_exit - n_event.sum(axis=1), 0.0),
    )


def _still_in(start: np.ndarray, time: np.ndarray, left: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Sum of the rows that have entered before each time, less those that `left` before it."""
    if start.max() < time[0]:
        return (float(len(start)) if weights is None else weights.sum()) - left
    if weights is None:
        return (np.searchsorted(np.sort(start), time, side="left") - left).astype(float)
    order = np.argsort(start)
    entered = np.concatenate([[0.0], np.cumsum(weights[order])])
    return entered[np.searchsorted(start[order], time, side="left")] - left


def checked_rows(
    start: np.ndarray, stop: np.ndarray, cause: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Rows as arrays of numbers, or a sentence that says what is wrong with them.

    Raises
    ------
    ResearchError
        If there are no rows, a time is missing, infinite or negative, a row does not stop after it starts, an
        outcome is not a whole number from 0, or a weight is not a positive finite number.
    """
    start, stop = numbers(start, "start"), numbers(stop, "stop")
    if not len(stop):
        raise ResearchError("A curve needs at least one person with follow-up, and there is none in this group.")
    usable = (start >= 0) & (stop > start) & (stop < np.inf)
    if not usable.all():
        row = int(np.argmin(usable))
        raise ResearchError(
            f"{int((~usable).sum())} rows of follow-up cannot be used (the first is row {row + 1}: from {start[row]:g} "
            f"to {stop[row]:g}). Times count from the start of the clock: each row must start at 0 or later, and stop "
            "after it starts. Check the dates behind this outcome."
        )
    return start, stop, checked_causes(cause, "event"), None if weights is None else checked_weights(weights)


def checked_weights(weights: np.ndarray) -> np.ndarray:
    """Weights as an array of positive finite numbers.

    Raises
    ------
    ResearchError
        If one is missing, infinite, zero or negative.
    """
    weights = numbers(weights, "weight")
    usable = (weights > 0) & (weights < np.inf)
    if not usable.all():
        raise ResearchError(
            f"{int((~usable).sum())} weights are not positive finite numbers (the first: {weights[~usable][0]:g}). "
            "Leave the people without a usable weight out of the study by an eligibility rule, or mend the weights."
        )
    return weights
