"""Two arms of weighted rows (start, stop]: curves, restricted means and the hazard ratio, fast enough to bootstrap."""

from dataclasses import dataclass

import numpy as np

NEWTON_STEPS = 40
CLOSE = 1e-12


@dataclass(frozen=True)
class ArmRows:
    """Rows (start, stop] of two arms, sorted into the risk sets of `times`, the distinct times of an outcome.

    Row i is at risk at the times with positions `enters[i]` to `leaves[i] - 1`; `event` is 1 where the outcome
    happened at its stop, which is then the time before `leaves[i]`, and 2 where something else came first.
    """

    arm: np.ndarray
    event: np.ndarray
    times: np.ndarray
    enters: np.ndarray
    leaves: np.ndarray


def arm_rows(start: np.ndarray, stop: np.ndarray, event: np.ndarray, arm: np.ndarray) -> ArmRows:
    """Sort rows into risk sets; a row is at risk at t if start < t <= stop.

    Parameters
    ----------
    start, stop, event : (n,) entry, exit, and 1 where the outcome happened at exit, 2 where something competed with it.
    arm : (n,) 0 or 1.
    """
    times = np.unique(stop[event > 0])
    places = (np.searchsorted(times, values, side="right") for values in (start, stop))
    return ArmRows(arm.astype(int), event.astype(int), times, *places)


def weighted_counts(rows: ArmRows, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted numbers at risk, of outcomes, and of outcomes and what competes with them, each (2, times): arm 0 first.

    Parameters
    ----------
    weights : (n,) weight of each row.
    """
    m = len(rows.times)
    cells = 2 * (m + 1)
    shift = rows.arm * (m + 1)
    entered = np.bincount(shift + rows.enters, weights, cells) - np.bincount(shift + rows.leaves, weights, cells)
    events, ended = (
        np.bincount((shift + rows.leaves - 1)[which], weights[which], cells).reshape(2, m + 1)[:, :m]
        for which in (rows.event == 1, rows.event > 0)
    )
    at_risk = entered.reshape(2, m + 1).cumsum(axis=1)[:, :m]
    return np.maximum(at_risk, 0.0), events, ended


def event_free(at_risk: np.ndarray, events: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Weighted share without the outcome after each time, (2, times); as R's `survfit` with case weights.

    Kaplan-Meier's estimate where nothing competes; otherwise one minus Aalen and Johansen's of the outcome.

    Parameters
    ----------
    at_risk, events, ended : as from `weighted_counts`; `ended` is `events` where nothing competes.
    """
    share, left = (
        np.minimum(np.divide(part, at_risk, out=np.zeros(part.shape), where=part > 0), 1.0) for part in (events, ended)
    )
    still = np.cumprod(1 - left, axis=1)
    if ended is events:
        return still
    before = np.hstack([np.ones((len(still), 1)), still[:, :-1]])
    return 1 - np.cumsum(before * share, axis=1)


def restricted_mean(times: np.ndarray, survival: np.ndarray, horizon: float) -> np.ndarray:
    """Area under each step function from 0 to the horizon.

    Parameters
    ----------
    times : (m,) increasing times of the steps, none later than the horizon.
    survival : (2, m) value after each step.
    """
    steps = np.hstack([np.ones((len(survival), 1)), survival])
    return steps @ np.diff(np.concatenate([[0.0], times, [horizon]]))


def log_hazard_ratio(at_risk: np.ndarray, events: np.ndarray) -> float:
    """Cox model of arm 1 against arm 0, Breslow's treatment of ties, weighted (Binder 1992, Biometrika 79: 139-147).

    Cause-specific where something competes: only outcomes count as `events`.

    Returns
    -------
    The log hazard ratio; missing where, while both arms are at risk, one of them has no outcome: none is finite then.
    """
    both = (at_risk > 0).all(axis=0)
    if (events[:, both].sum(axis=1) <= 0).any():
        return np.nan
    at_risk, events = at_risk[:, both], events[:, both]
    total = events.sum(axis=0)
    target = float(events[1].sum())
    beta = 0.0
    for _ in range(NEWTON_STEPS):
        relative = np.exp(beta) * at_risk[1]
        with np.errstate(invalid="ignore"):
            share = np.where(total > 0, relative / (relative + at_risk[0]), 0.0)
        step = (target - total @ share) / max(float(total @ (share * (1 - share))), CLOSE)
        beta += float(np.clip(step, -2.0, 2.0))
        if abs(step) < CLOSE:
            break
    return beta
