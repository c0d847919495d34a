"""Where people are after a first event, predicted for each of them: hazards that run since the state was entered."""

from dataclasses import dataclass

import numpy as np

from .cox import CoxFit
from .product_integral import product_integral
from .transitions import StateRows, transition_hazards

NO_LIMIT = 10**9


@dataclass(frozen=True)
class Move:
    """Hazard (T + 1, n) of n people to move from state `origin` to `target`, in each step since they entered `origin`;
    nobody moves in step 0."""

    origin: int
    target: int
    hazard: np.ndarray


@dataclass(frozen=True)
class Stage:
    """A state as it is shown: in `state` for `begin` steps or more, and fewer than `end`."""

    state: int
    begin: int = 0
    end: int = NO_LIMIT


def step_hazard(fit: CoxFit, x: np.ndarray, step: float, steps: int) -> np.ndarray:
    """(steps + 1, n) increments of the cumulative hazard of people with covariates `x` (n, p), in steps of time.

    An outcome counts in the step that is nearest to its time, the first at the earliest: what is found for a step is
    what holds half a step later. With times that are whole steps nothing is rounded.
    """
    place = np.clip(np.rint(fit.sets.times / step).astype(int), 1, None)
    inside = place <= steps
    baseline = np.bincount(place[inside], fit.hazard.increment[inside], minlength=steps + 1)
    return np.outer(baseline, np.exp((x - fit.centre) @ fit.coefficients))


def course(moves: list[Move], n_states: int, weight: np.ndarray) -> np.ndarray:
    """Shares of people who entered a state in a step and are still in it so many steps later.

    Everybody enters state 0 in step 0. The chance to enter a state in a step is a sum over the states before it and
    the steps in which these were entered: the renewal equations of a semi-Markov process (Andersen & Keiding 2002,
    Statistical Methods in Medical Research 11: 91-115; Putter, Fiocco & Geskus 2007, Statistics in Medicine 26:
    2389-2430, section 4.3, clock reset). Within a step hazards compete: the chance to leave is 1 - exp(-sum), shared
    out in proportion. The mean over people is g-computation (Robins 1986).

    Parameters
    ----------
    weight : (g, n) weights of the people in each group, each summing to one.

    Returns
    -------
    (g, n_states, T + 1, T + 1) share by state, step of entry, and steps since.
    """
    steps, people = moves[0].hazard.shape[0] - 1, moves[0].hazard.shape[1]
    stay, leave = _stays(moves, n_states)
    entered = np.zeros((n_states, steps + 1, people))
    entered[0, 0] = 1.0
    fed = {move.target for move in moves}
    for t in range(1, steps + 1):
        for move, out in zip(moves, leave, strict=True):
            if move.origin in fed:
                entered[move.target, t] += np.einsum("sn,sn->n", entered[move.origin, :t], out[t:0:-1])
            else:
                entered[move.target, t] += entered[move.origin, 0] * out[t]
    shares = np.empty((len(weight), n_states, steps + 1, steps + 1))
    for g, own in enumerate(weight):
        for state in range(n_states):
            known = stay.get(state)
            if known is None:
                shares[g, state] = (entered[state] @ own)[:, None]
            else:
                shares[g, state] = (entered[state] * own) @ known.T
    return shares


def _stays(moves: list[Move], n_states: int) -> tuple[dict[int, np.ndarray], list[np.ndarray]]:
    """(T + 1, n) chance to be in each state that is left still, by steps since entry; chance of each move in a step."""
    total: dict[int, np.ndarray] = {}
    for move in moves:
        total[move.origin] = total.get(move.origin, 0.0) + move.hazard
    stay = {state: np.exp(-np.cumsum(hazard, axis=0)) for state, hazard in total.items()}
    leave = []
    for move in moves:
        left = -np.diff(stay[move.origin], axis=0, prepend=np.ones((1, move.hazard.shape[1])))
        several = total[move.origin] is not move.hazard
        ratio = np.divide(move.hazard, total[move.origin], out=np.zeros_like(left), where=total[move.origin] > 0)
        leave.append(left * ratio if several else left)
    return stay, leave


def occupancy_since(shares: np.ndarray, stages: list[Stage]) -> np.ndarray:
    """(g, T + 1, m) share of people in each stage, by steps since the first event; `shares` as from `course`."""
    groups, _, count, _ = shares.shape
    found = np.zeros((groups, count, len(stages)))
    for t in range(count):
        entry, since = np.arange(t + 1), np.arange(t, -1, -1)
        for m, stage in enumerate(stages):
            kept = (since >= stage.begin) & (since < stage.end)
            found[:, t, m] = shares[:, stage.state, entry[kept], since[kept]].sum(axis=1)
    return found


def until_first(before: StateRows, times: np.ndarray) -> np.ndarray:
    """(m, k) Aalen-Johansen occupancy at `times`, all starting in state 0 at 0; without errors, so that it is quick."""
    hazards = transition_hazards(before)
    start = np.eye(before.n_states)[0]
    stretch = product_integral(hazards.increments, hazards.times, 0.0, hazards.times[-1], start)
    levels = np.vstack([stretch.before, start @ stretch.whole[:, : before.n_states]])
    return levels[np.searchsorted(hazards.times, times, side="right")]


def since_origin(before: StateRows, opening: int, after: np.ndarray, step: float) -> np.ndarray:
    """(a, T + 1, k) occupancy in steps since the origin of `before`, put together at the first event.

    The time of that event and the course since then are taken to be independent. The event is taken to happen in the
    middle of a step; the course, in which times are rounded to the nearest step, is half a step ahead to meet it.

    Parameters
    ----------
    before : histories until the event, which is the move into state `opening`.
    after : (a, T + 1, k) occupancy of each arm in steps since the event, beginning in `opening`.
    """
    count = after.shape[1]
    levels = until_first(before, step * np.arange(count))
    chance = np.diff(levels[:, opening])
    levels[:, opening] = 0.0
    found = np.tile(levels, (len(after), 1, 1))
    for t in range(1, count):
        found[:, t] += np.einsum("s,ask->ak", chance[:t], after[:, t - 1 :: -1])
    return found


def time_in_states(occupancy: np.ndarray, step: float) -> np.ndarray:
    """Time in each state until each step, (..., T + 1, k) as the occupancy is (trapezoid rule)."""
    areas = step * (occupancy[..., 1:, :] + occupancy[..., :-1, :]) / 2
    return np.concatenate([np.zeros_like(areas[..., :1, :]), np.cumsum(areas, axis=-2)], axis=-2)
