"""Gray's test of equal cumulative incidence of one outcome where others compete."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .log_rank import IMPOSSIBLE
from .numerics import chi_square_p
from .risk_table import checked_rows


@dataclass(frozen=True)
class GroupCounts:
    """Numbers (groups, times) at each distinct time of any outcome: at risk, outcome of interest, others."""

    n_risk: np.ndarray
    wanted: np.ndarray
    others: np.ndarray


def gray_test(stop: np.ndarray, cause: np.ndarray, group: np.ndarray, of: int = 1) -> dict[str, float]:
    """Test that the cumulative incidence of one cause is equal in all groups (Gray 1988, Ann Stat 16: 1141-1154).

    Equal to cmprsk's `cuminc` (rho = 0), its correction of the variance for ties included. All are followed from
    time 0: the test is not defined for delayed entry.

    Parameters
    ----------
    stop, cause : (n,) exit, and 0 where censored, else the outcome that happened.
    group : (n,) label of the group of each row.
    of : the cause that is compared.

    Returns
    -------
    dict with statistic (chi-square), df and p_value; missing if the groups were never at risk together, or nobody
    had the outcome.

    Raises
    ------
    ResearchError
        If a row cannot be used.
    """
    stop, cause = checked_rows(np.zeros(len(stop)), stop, cause, None)[1:3]
    if len(group) != len(stop):
        raise ResearchError(f"Gray's test needs a group for each of {len(stop)} rows; found {len(group)}.")
    labels, code = np.unique(group, return_inverse=True)
    counts = _counts(stop, cause, code, len(labels), of)
    if len(labels) < 2 or not counts.wanted.any():
        return dict(IMPOSSIBLE)
    # A common curve that ends at 1 before the last outcome leaves nothing to compare after it.
    with np.errstate(divide="ignore", invalid="ignore"):
        score, variance = _score(counts)
    if not (np.isfinite(score).all() and np.isfinite(variance).all()):
        return dict(IMPOSSIBLE)
    kept = np.arange(len(labels) - 1)
    if np.linalg.matrix_rank(variance[np.ix_(kept, kept)], tol=1e-9, hermitian=True) < len(kept):
        return dict(IMPOSSIBLE)
    statistic = float(score[kept] @ np.linalg.solve(variance[np.ix_(kept, kept)], score[kept]))
    return {"statistic": statistic, "df": float(len(kept)), "p_value": chi_square_p(statistic, len(kept))}


def _counts(stop: np.ndarray, cause: np.ndarray, code: np.ndarray, groups: int, of: int) -> GroupCounts:
    times = np.unique(stop[cause > 0])
    n_risk, wanted, others = np.zeros((3, groups, len(times)))
    for g in range(groups):
        own, what = stop[code == g], cause[code == g]
        n_risk[g] = len(own) - np.searchsorted(np.sort(own), times, side="left")
        for counted, which in ((wanted, what == of), (others, (what > 0) & (what != of))):
            counted[g] = np.bincount(np.searchsorted(times, own[which]), minlength=len(times))
    return GroupCounts(n_risk, wanted, others)


def _score(counts: GroupCounts) -> tuple[np.ndarray, np.ndarray]:
    """Score (groups,) and its variance (groups, groups)."""
    n, wanted, others = counts.n_risk, counts.wanted, counts.others
    there = n > 0
    people = np.where(there, n, 1.0)
    survival = np.cumprod(1 - (wanted + others) / people, axis=1)
    before = _left(survival, 1.0)
    incidence = np.cumsum(before * wanted / people, axis=1)
    entered = np.divide(n, before, out=np.zeros_like(n), where=there)
    everyone, total = entered.sum(axis=0), wanted.sum(axis=0)
    subset = entered * (1 - _left(incidence, 0.0))
    score = (wanted - total * subset / subset.sum(axis=0)).sum(axis=1)
    common = np.cumsum(total / everyone)
    gain = _gains(entered, everyone)
    rate = total / (everyone * (1 - _left(common, 0.0)))
    done = np.cumsum(gain * rate, axis=2)
    rest = done[:, :, -1:] - done
    return score, _variance(counts, gain, rest, before, survival, common, everyone)


def _left(values: np.ndarray, at_zero: float) -> np.ndarray:
    """Left-continuous version of curves along the last axis."""
    return np.concatenate([np.full((*values.shape[:-1], 1), at_zero), values[..., :-1]], axis=-1)


def _gains(entered: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """(groups, groups, times) what an outcome in group k adds to the score of group i, but for its rate."""
    return np.eye(len(entered))[:, :, None] * entered - entered[:, None, :] * entered[None, :, :] / everyone


def _variance(
    counts: GroupCounts,
    gain: np.ndarray,
    rest: np.ndarray,
    before: np.ndarray,
    survival: np.ndarray,
    common: np.ndarray,
    everyone: np.ndarray,
) -> np.ndarray:
    """Variance of the score: outcomes of interest under the common curve, and the others as they were seen.

    `rest` is what later times add; (1 - common) / survival is the weight of the people still without any outcome.
    """
    n, total = counts.n_risk, counts.wanted.sum(axis=0)
    there = n > 0
    people = np.where(there, n, 1.0)
    weight = np.divide(1 - common, survival, out=np.zeros_like(survival), where=survival > 0)
    expected = everyone * before
    tied = 1 - np.divide(total - 1, expected - 1, out=np.zeros_like(n), where=(total > 1) & (expected > 1))
    of_interest = np.where(there, tied * before * total / (everyone * people), 0.0)
    tied = 1 - np.divide(counts.others - 1, n - 1, out=np.zeros_like(n), where=counts.others > 1)
    of_others = np.where(there & (survival > 0), tied * before**2 * counts.others / people**2, 0.0)
    moved = gain + (1 - weight) * rest
    held = weight * rest
    return np.einsum("ikt,jkt,kt->ij", moved, moved, of_interest) + np.einsum("ikt,jkt,kt->ij", held, held, of_others)
