"""Where people are over time: state occupancy, time in each state, and their errors."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .product_integral import Stretch, product_integral
from .transitions import StateRows, TransitionHazards, transition_hazards


@dataclass(frozen=True)
class Occupancy:
    """State occupancy at chosen times, and the time spent in each state until then.

    Attributes
    ----------
    times : (m,) chosen times.
    probability, std_error : (m, k) probability to be in each state.
    years, years_std_error : (m, k) expected time in each state between the origin of time and `times`.
    people : (p,) codes of the people.
    influence, years_influence : (m, p, k) influence of each person on both, if it was asked for: the error of a
        contrast of two estimates is the root of the sum of squared differences of their influences.
    """

    times: np.ndarray
    probability: np.ndarray
    std_error: np.ndarray
    years: np.ndarray
    years_std_error: np.ndarray
    people: np.ndarray
    influence: np.ndarray | None
    years_influence: np.ndarray | None


def state_occupancy(
    rows: StateRows,
    times: np.ndarray,
    initial: np.ndarray | None = None,
    since: float = 0.0,
    influence: bool = False,
) -> Occupancy:
    """Aalen-Johansen state occupancy and restricted mean time in each state.

    Aalen & Johansen 1978 (Scandinavian Journal of Statistics 5: 141-150). Occupancy is consistent without the
    Markov assumption if censoring does not depend on the history (Datta & Satten 2001, Statistics & Probability
    Letters 55: 403-411). Errors are from the infinitesimal jackknife with the person as the unit, as in
    `survfit` of R's survival, but no cost grows with people times times.

    Parameters
    ----------
    rows : histories; those who enter late count from then on. With weights, as `survfit` with weights and `id`.
    times : (m,) increasing times, none before `since`.
    initial : (k,) probabilities of the states at `since`, taken as known; if left out, the share of each among
        people at risk at the first move, with the error of that share.
    since : origin of time; no row starts before it.

    Raises
    ------
    ResearchError
        If there are no rows, `times` do not increase from `since`, or a row starts before it.
    """
    times = np.asarray(times, dtype=float)
    if not len(rows.start) or (np.diff(times, prepend=since) < 0).any() or (rows.start < since).any():
        raise ResearchError(f"State occupancy since {since:g}: no rows, or a time or row before it, or times go back.")
    hazards, k = transition_hazards(rows), rows.n_states
    people, person = np.unique(rows.person, return_inverse=True)
    now = np.concatenate(
        [_initial(rows, person, len(people), hazards, initial), np.zeros((1 + len(people), k))], axis=1
    )
    reached = np.searchsorted(hazards.times, np.stack([rows.start, rows.stop]), side="right")
    level, error, each = [], [], []
    done, begin = int(np.searchsorted(hazards.times, since, side="right")), since
    for end in times:
        until = int(np.searchsorted(hazards.times, end, side="right"))
        moves = hazards.increments[done:until]
        stretch = product_integral(moves, hazards.times[done:until], begin, end, now[0, :k])
        carried = now[:, :k] @ stretch.whole
        carried[:, k:] += now[:, k:]
        carried[1:] += _influence(rows, person, reached - done, stretch, moves, hazards.n_risk[done:until], len(people))
        now, done, begin = carried, until, end
        level.append(now[0])
        error.append(np.sqrt((now[1:] ** 2).sum(axis=0)))
        each.append(now[1:] if influence else now[:0])
    return _occupancy(times, np.array(level), np.array(error), people, np.array(each) if influence else None)


def _occupancy(
    times: np.ndarray, level: np.ndarray, error: np.ndarray, people: np.ndarray, each: np.ndarray | None
) -> Occupancy:
    k = level.shape[1] // 2
    influence, years_influence = (None, None) if each is None else (each[:, :, :k], each[:, :, k:])
    return Occupancy(times, level[:, :k], error[:, :k], level[:, k:], error[:, k:], people, influence, years_influence)


def _initial(
    rows: StateRows, person: np.ndarray, people: int, hazards: TransitionHazards, initial: np.ndarray | None
) -> np.ndarray:
    """(1 + people, k): occupancy at the origin of time, then each person's influence on it."""
    k = rows.n_states
    shift = np.zeros((people, k))
    if initial is not None:
        return np.vstack([np.asarray(initial, dtype=float), shift])
    first = hazards.times[0] if len(hazards.times) else rows.stop.max()
    there = (rows.start < first) & (rows.stop >= first)
    weight = np.ones(len(rows.start)) if rows.weight is None else rows.weight
    total = weight[there].sum()
    shares = np.bincount(rows.origin[there], weights=weight[there], minlength=k) / total
    shift[person[there]] = weight[there][:, None] * (np.eye(k)[rows.origin[there]] - shares) / total
    return np.vstack([shares, shift])


def _influence(
    rows: StateRows,
    person: np.ndarray,
    reached: np.ndarray,
    stretch: Stretch,
    moves: np.ndarray,
    n_risk: np.ndarray,
    people: int,
) -> np.ndarray:
    """What the rows of each person add, within one stretch, to occupancy and time in each state at its end.

    The derivative of the hazard out of state j by the weight of a row at risk in it is (move - hazard) / n_j; what the
    row adds is that times its weight. The second part is the same for all at risk, so its sum over a row is a
    difference of running sums.

    Parameters
    ----------
    reached : (2, n) how many of the times of the stretch lie up to each row's start and stop; may lie outside it.
    moves, n_risk : hazard increments and people at risk at these times.
    """
    k = rows.n_states
    per_row = np.divide(stretch.before, n_risk, out=np.zeros_like(stretch.before), where=n_risk > 0)
    drift = -per_row[:, :, None] * (moves @ stretch.ahead)
    running = np.concatenate([np.zeros((1, k, 2 * k)), np.cumsum(drift, axis=0)])
    entered, left = np.clip(reached, 0, len(moves))
    seen = np.flatnonzero(left > entered)
    origin = rows.origin[seen]
    added = running[left[seen], origin] - running[entered[seen], origin]
    moved = (rows.target[seen] >= 0) & (reached[1, seen] <= len(moves))
    at, here, there = left[seen][moved] - 1, origin[moved], rows.target[seen][moved]
    added[moved] += per_row[at, here][:, None] * (stretch.ahead[at, there] - stretch.ahead[at, here])
    if rows.weight is not None:
        added *= rows.weight[seen][:, None]
    return np.column_stack([np.bincount(person[seen], weights=column, minlength=people) for column in added.T])
