"""Products of many small matrices, forwards and backwards, in about the root of their number of steps.

Each run of matrices is cut into as many chunks as a chunk is long. All chunks advance together, one matrix at a
time; then the chunks are chained.
"""

from dataclasses import dataclass
from math import isqrt

import numpy as np


@dataclass(frozen=True)
class Stretch:
    """What happens between two times to somebody in each state.

    Attributes
    ----------
    before : (T, k) occupancy just before each time at which somebody moved.
    ahead : (T, k, 2k) for each state just after it: the probability of each state at the end of the stretch, and
        the time spent in each until then.
    whole : (k, 2k) the same from the beginning of the stretch.
    """

    before: np.ndarray
    ahead: np.ndarray
    whole: np.ndarray


def product_integral(
    increments: np.ndarray, times: np.ndarray, begin: float, end: float, occupancy: np.ndarray
) -> Stretch:
    """Product integral of transition hazards over (begin, end], seen from every time in it.

    Parameters
    ----------
    increments : (T, k, k) hazard increments at `times`, rows summing to nought.
    times : (T,) increasing, within (begin, end].
    occupancy : (k,) probability of each state at `begin`.
    """
    count, k = len(times), len(occupancy)
    length = isqrt(max(count - 1, 0)) + 1
    chunks = -(-count // length) if count else 1
    steps = np.zeros((chunks * length, k, k))
    steps[:count] = increments
    steps += np.eye(k)
    gaps = np.zeros(chunks * length)
    gaps[:count] = np.diff(np.append(times, end))
    steps, gaps = steps.reshape(chunks, length, k, k), gaps.reshape(chunks, length)
    ahead, totals = _backwards(steps, gaps)
    before = _forwards(steps, totals[..., :k], occupancy)
    ahead, whole = _chained(ahead, totals)
    first = times[0] if count else end
    whole[:, k:] += (first - begin) * np.eye(k)
    return Stretch(before.reshape(-1, k)[:count], ahead.reshape(-1, k, 2 * k)[:count], whole)


def _backwards(steps: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Within each chunk: probabilities at its end and time until then, after each matrix and before the first."""
    chunks, length, k, _ = steps.shape
    ahead = np.empty((chunks, length, k, 2 * k))
    now = np.tile(np.concatenate([np.eye(k), np.zeros((k, k))], axis=1), (chunks, 1, 1))
    diagonal = np.arange(k)
    for i in range(length - 1, -1, -1):
        now[:, diagonal, k + diagonal] += gaps[:, i, None]
        ahead[:, i] = now
        now = steps[:, i] @ now
    return ahead, now


def _forwards(steps: np.ndarray, totals: np.ndarray, occupancy: np.ndarray) -> np.ndarray:
    """Occupancy just before each matrix."""
    chunks, length, k, _ = steps.shape
    now = np.empty((chunks, k))
    for i, total in enumerate(totals):
        now[i] = occupancy
        occupancy = occupancy @ total
    before = np.empty((chunks, length, k))
    for i in range(length):
        before[:, i] = now
        now = (now[:, None, :] @ steps[:, i])[:, 0, :]
    return before


def _chained(ahead: np.ndarray, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Carry what each chunk sees to the end of the last one."""
    chunks, _, k, _ = ahead.shape
    carry = np.empty((chunks, k, 2 * k))
    now = np.concatenate([np.eye(k), np.zeros((k, k))], axis=1)
    for i in range(chunks - 1, -1, -1):
        carry[i] = now
        now = totals[i, :, :k] @ now
        now[:, k:] += totals[i, :, k:]
    chained = ahead[..., :k] @ carry[:, None]
    chained[..., k:] += ahead[..., k:]
    return chained, now
