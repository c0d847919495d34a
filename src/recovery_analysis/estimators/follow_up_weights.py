"""Weights for histories that end at a time which counts from a first event, not from their own origin."""

from dataclasses import replace

import numpy as np

from .kaplan_meier import kaplan_meier
from .transitions import NO_MOVE, StateRows
from .two_clocks import DECIMALS, first_times, since

STEP = 1.0
MOST_GROUPS, FEWEST_IN_GROUP = 4, 50
ANY_LEVEL = 0.95
# Sums of weights that should end at a border between groups do so but for rounding.
BORDER = 1e-9


def weighted_for_follow_up(rows: StateRows, state: int, until: float, step: float = STEP) -> StateRows:
    """Histories whose rows are weighted by the inverse of the chance to be followed for so long since a first event.

    Where the end of follow-up is independent of the course given the time at which people first entered `state`, and
    counts from there, those followed for longest since the origin entered it late, so that censoring on the clock of
    the origin is dependent. State occupancy of the weighted rows is consistent, without the Markov assumption (Datta &
    Satten 2002, Biometrics 58: 792-802; Robins & Rotnitzky 1992). Before the event nobody's follow-up ends, and the
    weight is 1; after it the chance is a Kaplan-Meier estimate among those who took about as long to it (fourths of
    them, of 50 people at least), so that follow-up may depend on how long that was. Errors that take the weights as
    known are a little too large, if anything.

    Parameters
    ----------
    rows : histories from 0 on; sampling weights, if any, are multiplied.
    until : time since the origin up to which the rows will be used: later weights do not change.
    step : rows are cut at each multiple of it since the event; the chance is the mean of both ends of a piece.

    Returns
    -------
    The rows, cut, in the order of the rows given, with weights; the same rows where nobody enters `state`.
    """
    codes, entered = first_times(rows, state)
    if not np.isfinite(entered).any():
        return rows
    person, last = np.searchsorted(codes, rows.person), int(np.ceil(until / step))
    began = entered[person]
    later = rows.start >= began
    begin, end = (np.where(later, time - np.where(later, began, 0.0), 0.0) / step for time in (rows.start, rows.stop))
    first = np.clip(np.floor(begin + 1e-9), 0, last).astype(int)
    final = np.maximum(np.clip(np.ceil(end - 1e-9) - 1, 0, last).astype(int), first)
    pieces = final - first + 1
    of = np.repeat(np.arange(len(pieces)), pieces)
    piece = first[of] + np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cut, opens, ends = rows.where(of), piece == first[of], piece == final[of]
    # Rounded, as times are elsewhere: a cut on the day of another's move is not before it or after it.
    cuts = [np.round(began[of] + step * edge, DECIMALS) for edge in (piece, piece + 1)]
    weight = np.ones(len(of)) if cut.weight is None else cut.weight
    chance = _chances(rows, person, entered, step * np.arange(last + 2))
    followed = (chance[person[of], piece] + chance[person[of], piece + 1]) / 2
    return replace(
        cut,
        start=np.where(opens, cut.start, cuts[0]),
        stop=np.where(ends, cut.stop, cuts[1]),
        target=np.where(ends, cut.target, NO_MOVE),
        weight=weight / np.where(later[of], followed, 1.0),
    )


def fourths(length: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """(n,) group of each by its length, from 0: fourths, or fewer groups so that each has 50 people or more.

    With weights, of their sum: a person of weight 2 counts as two people.
    """
    groups = int(np.clip(len(length) // FEWEST_IN_GROUP, 1, MOST_GROUPS))
    _, place = np.unique(length, return_inverse=True)
    mass = np.bincount(place, weights=weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.floor(groups * middle[place] + BORDER).astype(int)


def _chances(rows: StateRows, person: np.ndarray, entered: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(people, m) chance to be followed for longer than each time since the event, by the fourth of the time to it.

    Whoever is in an absorbing state at the end could have been followed for longer: that ends what is known of it.
    """
    end, final = np.zeros(len(entered)), np.zeros(len(entered), dtype=int)
    np.maximum.at(end, person, rows.stop)
    at_end = rows.stop == end[person]
    final[person[at_end]] = rows.target[at_end]
    weight = None if rows.weight is None else rows.weight[np.unique(person, return_index=True)[1]]
    reached = np.flatnonzero(np.isfinite(entered))
    group = fourths(entered[reached], None if weight is None else weight[reached])
    found = np.ones((len(entered), len(times)))
    for number in np.unique(group):
        own = reached[group == number]
        length, ended = since(entered[own], end[own]), (final[own] == NO_MOVE).astype(float)
        curve = kaplan_meier(np.zeros(len(own)), length, ended, ANY_LEVEL, None if weight is None else weight[own])
        place = np.searchsorted(curve["time"].to_numpy(), times, side="right") - 1
        found[own] = curve["estimate"].to_numpy()[place]
    return found
