"""Where people are since one origin, when what follows a first event runs on a clock of its own."""

from dataclasses import replace

import numpy as np

from .multistate import Occupancy, state_occupancy
from .transitions import StateRows

DECIMALS = 9


def since(origin: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Time since `origin`, rounded so that stays of the same length stay tied: 3.1 - 2.1 is not 4.1 - 3.1 in floats."""
    return np.round(time - origin, DECIMALS)


def first_times(rows: StateRows, state: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the people, sorted, and when each was first in `state`; infinite if never."""
    codes, person = np.unique(rows.person, return_inverse=True)
    first, inside = np.full(len(codes), np.inf), rows.origin == state
    np.minimum.at(first, person[inside], rows.start[inside])
    return codes, first


def split_at_first(rows: StateRows, state: int) -> tuple[StateRows, StateRows, np.ndarray]:
    """Part each history where the person is first in `state`.

    Returns
    -------
    before : rows until then; the move into `state` is their last.
    after : rows from then on, with time counted from then.
    kept : (n,) True for the rows that `after` holds, in their order.
    """
    codes, first = first_times(rows, state)
    reached = first[np.searchsorted(codes, rows.person)]
    kept = rows.start >= reached
    later = rows.where(kept)
    shift = reached[kept]
    start, stop = (since(shift, edge) for edge in (later.start, later.stop))
    after = replace(later, start=start, stop=stop)
    return rows.where(~kept), after, kept


def occupancy_on_two_clocks(
    before: StateRows, after: StateRows, opening: int, times: np.ndarray, step: float
) -> Occupancy:
    """Occupancy since the origin of `before`, all starting in state 0, as a mixture over the time of the first event.

    The probability of a state is that of being in it before the event, plus the sum, over the time d of the event, of
    the chance of that time and the Aalen-Johansen probability of the state t - d after it. What is assumed is that
    the course after the event does not depend on how long it took; nothing is assumed of how the hazards after it
    change with time since it (a semi-Markov model with one renewal; Andersen & Keiding 2002, Statistical Methods in
    Medical Research 11: 91-115). Errors by the infinitesimal jackknife of both parts.

    Parameters
    ----------
    before : histories until the event, which is the move into state `opening`.
    after : histories since the event, in a time of their own, beginning in `opening`; some may enter late.
    times : (m,) increasing multiples of `step`.
    step : width of the intervals within which the event is taken to happen where it does on average: in their middle
        where its times are spread out, at their end where these are whole years, as answers often are.
    """
    k, places = before.n_states, np.rint(np.asarray(times, dtype=float) / step).astype(int) - 1
    grid = step * np.arange(1, places.max() + 2)
    first = state_occupancy(before, grid, np.eye(k)[0], influence=True)
    ahead = np.round(grid - step + _left_on_average(before, opening, step), DECIMALS)
    then = state_occupancy(after, ahead, np.eye(k)[opening], influence=True)
    chance = np.diff(first.probability[:, opening], prepend=0.0)
    bent = np.diff(first.influence[:, :, opening], axis=0, prepend=np.zeros((1, len(first.people))))
    people = np.union1d(first.people, then.people)
    own, later = np.searchsorted(people, first.people), np.searchsorted(people, then.people)
    parts = {}
    for name, shifts in (("probability", "influence"), ("years", "years_influence")):
        level, moved = np.zeros((len(places), k)), np.zeros((len(places), len(people), k))
        course, bend = getattr(then, name), getattr(then, shifts)
        for m, j in enumerate(places):
            if j < 0:
                level[m, 0] = float(name == "probability")
                continue
            level[m] = _without(getattr(first, name)[j], opening) + chance[j::-1] @ course[: j + 1]
            moved[m, own] = _without(getattr(first, shifts)[j], opening) + bent[j::-1].T @ course[: j + 1]
            moved[m, later] += np.tensordot(chance[j::-1], bend[: j + 1], axes=1)
            if name == "years":
                # What one place in all intervals gets wrong of the time since the event is time in `opening`.
                left = then.times[: j + 1]
                level[m, opening] += first.years[j, opening] - chance[j::-1] @ left
                moved[m, own, opening] += first.years_influence[j, :, opening] - bent[j::-1].T @ left
        parts[name], parts[shifts] = level, moved
    errors = {name: np.sqrt((parts[name] ** 2).sum(axis=1)) for name in ("influence", "years_influence")}
    return Occupancy(
        np.asarray(times, dtype=float),
        parts["probability"],
        errors["influence"],
        parts["years"],
        errors["years_influence"],
        people,
        parts["influence"],
        parts["years_influence"],
    )


def _left_on_average(before: StateRows, opening: int, step: float) -> float:
    """Mean time from the event to the end of the interval (., .] that it is in; the half of one if nobody had it."""
    had = before.target == opening
    if not had.any():
        return step / 2
    weight = None if before.weight is None else before.weight[had]
    return float(np.average(np.mod(-before.stop[had], step), weights=weight))


def _without(values: np.ndarray, state: int) -> np.ndarray:
    out = values.copy()
    out[..., state] = 0.0
    return out
