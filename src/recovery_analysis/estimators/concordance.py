"""Harrell's concordance of a linear predictor with times to an outcome, with delayed entry, strata and weights."""

import numpy as np

from .risk_sets import RiskSets

DECIMALS = 10


def concordance(eta: np.ndarray, sets: RiskSets) -> float:
    """Share of comparable pairs in which the earlier outcome has the higher predictor; ties in it count one half.

    A pair is comparable if one has the outcome while the other is at risk and stays so: Harrell et al. 1982 (JAMA
    247: 2543-2546), as R's `concordance`. Counted in O(n log m) by halving the outcome times, not pair by pair.

    Parameters
    ----------
    eta : (n,) linear predictor of the rows as laid out in `sets`.

    Returns
    -------
    float between 0 and 1, missing if no pair is comparable.
    """
    total, below, tied = _compared(eta, sets)
    return float((below + tied / 2) / total) if total > 0 else np.nan


def in_order(eta: np.ndarray, sets: RiskSets) -> bool:
    """Whether a linear predictor, as for `concordance`, ranks no comparable pair the wrong way, and some the right way:
    the steeper it is, the likelier the outcomes, without an end."""
    total, below, tied = _compared(eta, sets)
    return bool(below > 0 and total - below - tied <= 1e-9 * total)


def _compared(eta: np.ndarray, sets: RiskSets) -> tuple[float, float, float]:
    """Weighted comparable pairs: all, those ranked rightly, those with an equal predictor."""
    at, weight = sets.last.copy(), sets.weight
    at[: sets.d] = sets.tie
    rank = np.unique(np.round(eta, DECIMALS), return_inverse=True)[1]
    own = (sets.tie, rank[: sets.d], weight[: sets.d])
    pairs = np.array(_pairs(at, rank, weight, *own))
    if sets.entered:
        late = np.flatnonzero(sets.first > 0)
        pairs -= np.array(_pairs(sets.first[late], rank[late], weight[late], *own))
    return tuple(map(float, pairs))


def _pairs(
    at: np.ndarray, rank: np.ndarray, weight: np.ndarray, tie: np.ndarray, own: np.ndarray, own_weight: np.ndarray
) -> tuple[float, float, float]:
    """Weighted pairs of an outcome and a point `at` a later time: all, with a lower rank, with an equal rank."""
    by_time = np.cumsum(np.bincount(at, weight)[::-1])[::-1]
    total = float(own_weight @ np.append(by_time, [0.0, 0.0])[np.minimum(tie + 1, len(by_time))])
    below = tied = 0.0
    for bit in range(int(at.max(initial=0)).bit_length()):
        points, asked = (at >> bit) & 1 == 1, (tie >> bit) & 1 == 0
        if points.any() and asked.any():
            block = (at[points] >> (bit + 1), tie[asked] >> (bit + 1))
            lower, up_to = _counts(block, (rank[points], own[asked]), weight[points])
            below += float(own_weight[asked] @ lower)
            tied += float(own_weight[asked] @ (up_to - lower))
    return total, below, tied


def _counts(
    block: tuple[np.ndarray, np.ndarray], rank: tuple[np.ndarray, np.ndarray], weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each question, the weight of points in its block with a lower rank, and with a lower or equal one."""
    width = int(max(rank[0].max(), rank[1].max())) + 1
    keys = block[0] * width + rank[0]
    order = np.argsort(keys)
    running = np.concatenate([[0.0], np.cumsum(weight[order])])
    keys, asked = keys[order], block[1] * width
    begins, lower, up_to = (running[np.searchsorted(keys, q)] for q in (asked, asked + rank[1], asked + rank[1] + 1))
    return lower - begins, up_to - begins
