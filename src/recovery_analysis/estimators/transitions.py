"""Histories of people who move between states: who is at risk of what, transition hazards, landmarks."""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import ResearchError
from .checked import TIMES, finite, refuse
from .kaplan_meier import at_risk
from .risk_table import checked_weights

NO_MOVE = -1


@dataclass(frozen=True)
class StateRows:
    """Counting-process rows: a person is in state `origin` during (start, stop], then moves to `target`.

    Attributes
    ----------
    person : (n,) integer code of the person; a person's rows are one cluster.
    start, stop : (n,) times; a row that starts late is delayed entry.
    origin, target : (n,) integer codes of states from 0; a target of -1 means that no move was seen at `stop`.
    n_states : how many states there are.
    weight : (n,) sampling weight of each row, the same for all rows of a person; None if each counts once.
    """

    person: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    origin: np.ndarray
    target: np.ndarray
    n_states: int
    weight: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("start", "stop"):
            finite(getattr(self, name), name, TIMES)
        if self.weight is not None:
            checked_weights(self.weight)
        for name, lowest in (("origin", 0), ("target", NO_MOVE)):
            codes = getattr(self, name)
            refuse((codes < lowest) | (codes >= self.n_states), name, "not the code of a state", codes, "check it")
        if not (self.stop > self.start).all():
            raise ResearchError("Histories between states: a row does not stop after it starts. Check its dates.")
        if (self.origin == self.target).any():
            raise ResearchError("Histories between states: a row moves to the state that it is in already.")

    def where(self, kept: np.ndarray) -> "StateRows":
        """Return the rows that are `kept`, a mask or positions."""
        columns = (self.person, self.start, self.stop, self.origin, self.target)
        weight = None if self.weight is None else self.weight[kept]
        return StateRows(*(column[kept] for column in columns), self.n_states, weight)


@dataclass(frozen=True)
class TransitionHazards:
    """Increments of the transition hazards at each time at which somebody moved; numbers are sums of weights, if any.

    Attributes
    ----------
    times : (T,) distinct times.
    n_risk : (T, k) rows in each state just before the time.
    n_event : (T, k, k) moves from state j to state l.
    increments : (T, k, k) moves per row at risk; the diagonal makes each row sum to nought.
    """

    times: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray
    increments: np.ndarray


def transition_hazards(rows: StateRows) -> TransitionHazards:
    """Nelson-Aalen increments of every transition, exact with ties and delayed entry.

    Aalen 1978 (Annals of Statistics 6: 701-726); Andersen, Borgan, Gill & Keiding 1993, section IV.1.
    """
    k = rows.n_states
    moved = rows.target >= 0
    times, when = np.unique(rows.stop[moved], return_inverse=True)
    cell = (when * k + rows.origin[moved]) * k + rows.target[moved]
    weight = None if rows.weight is None else rows.weight[moved]
    n_event = np.bincount(cell, weights=weight, minlength=len(times) * k * k).reshape(-1, k, k).astype(float)
    n_risk = np.column_stack([_at_risk(rows.where(rows.origin == state), times) for state in range(k)])
    there = np.broadcast_to((n_risk > 0)[:, :, None], n_event.shape)
    increments = np.divide(n_event, n_risk[:, :, None], out=np.zeros_like(n_event), where=there)
    diagonal = np.arange(k)
    increments[:, diagonal, diagonal] = -increments.sum(axis=2)
    return TransitionHazards(times, n_risk, n_event, increments)


def _at_risk(rows: StateRows, times: np.ndarray) -> np.ndarray:
    """Rows at risk at each time, or the sum of their weights, exactly 0 where there is none."""
    number = at_risk(rows.start, rows.stop, times)
    if rows.weight is None:
        return number
    sums = []
    for edge in (rows.start, rows.stop):
        order = np.argsort(edge, kind="stable")
        total = np.concatenate([[0.0], np.cumsum(rows.weight[order])])
        sums.append(total[np.searchsorted(edge[order], times, side="left")])
    return np.where(number > 0, sums[0] - sums[1], 0.0)


def cumulative_hazard(hazards: TransitionHazards, origin: int, target: int) -> tuple[np.ndarray, np.ndarray]:
    """Nelson-Aalen cumulative hazard of one transition at `hazards.times`, and its standard error.

    The variance is the sum of d/n^2 (Aalen 1978); with weights n, a sum of them, may be less than 1.
    """
    events, risk = hazards.n_event[:, origin, target], hazards.n_risk[:, origin]
    risk = np.where(risk > 0, risk, 1.0)
    return np.cumsum(events / risk), np.sqrt(np.cumsum(events / risk**2))


def person_time(rows: StateRows) -> np.ndarray:
    """(k,) time spent in each state, each person's times their weight."""
    time = (rows.stop - rows.start) * (1.0 if rows.weight is None else rows.weight)
    return np.bincount(rows.origin, weights=time, minlength=rows.n_states)


def move_counts(rows: StateRows) -> np.ndarray:
    """(k, k) moves from each state to each; not weighted."""
    moved = rows.target >= 0
    cell = rows.origin[moved] * rows.n_states + rows.target[moved]
    return np.bincount(cell, minlength=rows.n_states**2).reshape(rows.n_states, rows.n_states)


def landmark(rows: StateRows, at: float, state: int) -> StateRows:
    """Histories after time `at` of the people who are in `state` then.

    Their state occupancy estimates P(at, t) without the Markov assumption (Putter & Spitoni 2018, Statistical
    Methods in Medical Research 27: 2081-2092). A person is in `state` at `at` if they are known to be so just
    after it.
    """
    holds = (rows.start <= at) & (rows.stop > at) & (rows.origin == state)
    later = rows.where(np.isin(rows.person, rows.person[holds]) & (rows.stop > at))
    start = np.maximum(later.start, at)
    return replace(later, start=start)
