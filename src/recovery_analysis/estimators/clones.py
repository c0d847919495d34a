"""Two clones of everybody, one for each strategy of a target trial, and when each person could first engage."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Clones:
    """Rows (start, stop] of the clones: `arm` 1 is to engage within the grace period, 0 not to.

    `interval` is the number of intervals of the grace period that had ended when the row starts.
    """

    person: np.ndarray
    arm: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    interval: np.ndarray


def clone(length: np.ndarray, event: np.ndarray, engaged: np.ndarray, grace: float, intervals: int) -> Clones:
    """Rows of both clones of everybody, cut at the ends of the intervals and of the grace period.

    Parameters as for `target_trial`, the follow-up cut at the horizon.
    """
    in_time = engaged <= grace
    ends = np.arange(1, intervals + 1) * (grace / intervals)
    ends[-1] = grace
    stays_out = np.where(in_time, engaged, length)
    joins = np.where(in_time, length, np.minimum(length, grace))
    parts = [
        _cut(0, stays_out, np.where(in_time, 0, event), ends, np.arange(intervals + 1)),
        _cut(1, joins, np.where(joins == length, event, 0), np.array([grace]), np.array([0, intervals])),
    ]
    return Clones(*(np.concatenate([part[i] for part in parts]) for i in range(6)))


def _cut(
    arm: int, until: np.ndarray, event: np.ndarray, cuts: np.ndarray, interval: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Rows of one arm between 0, the cuts and infinity; nobody has a row of no length."""
    starts, stops = np.concatenate([[0.0], cuts]), np.concatenate([cuts, [np.inf]])
    person, piece = np.nonzero(until[:, None] > starts)
    stop = np.minimum(until[person], stops[piece])
    happened = np.where(stop == until[person], event[person], 0)
    return person, np.full(len(person), arm), starts[piece], stop, happened, interval[piece]


def first_engagements(
    length: np.ndarray, engaged: np.ndarray, grace: float, intervals: int
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each person could first engage in an interval, and did: two matrices of 0 and 1, interval 0 first.

    A person is asked if they are followed at the start of the interval and have not engaged; at time zero everybody
    is, if anybody had engaged by then.
    """
    edges = np.arange(intervals + 1) * (grace / intervals)
    edges[-1] = grace
    later = (engaged[:, None] > edges[:-1]) & (length[:, None] > edges[:-1])
    zero = np.full((len(length), 1), bool((engaged <= 0).any()))
    asked = np.hstack([zero, later])
    return asked.astype(float), (asked & (engaged[:, None] <= edges)).astype(float)
