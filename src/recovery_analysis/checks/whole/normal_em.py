"""Mean and covariance of a normal sample with missing values."""

from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-8
# Multiplications after which the steps are given up: some ten seconds.
MOST_STEPS, MOST_WORK = 600, 2e9
# Numbers held at a time, of patterns × answers × answers.
LARGEST = 5_000_000


@dataclass(frozen=True)
class Patterns:
    """Rows of a sample, by which answers they hold; 0 where an answer is missing.

    Attributes
    ----------
    seen : array of shape (patterns, p): whether a pattern has each answer.
    n : array of shape (patterns,): its rows.
    mean : array of shape (patterns, p): their means.
    rows : for each pattern, its rows of the sample.
    """

    seen: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    rows: list[np.ndarray]

    @classmethod
    def of(cls, x: np.ndarray) -> "Patterns":
        """Of an array of shape (people, p)."""
        known = ~np.isnan(x)
        words = _as_words(known)
        first, which = np.unique(words, axis=0 if words.ndim > 1 else None, return_index=True, return_inverse=True)[1:]
        seen, which = known[first], which.ravel()
        n = np.bincount(which, minlength=len(seen))
        rows = np.split(np.nan_to_num(x)[np.argsort(which, kind="stable")], np.cumsum(n)[:-1])
        return cls(seen, n.astype(float), np.array([own.mean(axis=0) for own in rows]), rows)

    def parts(self) -> list[slice]:
        """Patterns that are worked out at a time."""
        step = max(LARGEST // self.seen.shape[1] ** 2, 1)
        return [slice(i, i + step) for i in range(0, len(self.seen), step)]


def _as_words(known: np.ndarray) -> np.ndarray:
    """Which answers each row has, 64 to a whole number, in an order that is that of the rows; the numbers alone where
    one is enough, which are told apart many times as fast."""
    packed = np.packbits(known, axis=1)
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    words = padded.view(">u8").astype(np.uint64)
    return words[:, 0] if words.shape[1] == 1 else words


def inverses(covariance: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The inverse of the covariance of the answers that each pattern has, 0 elsewhere; shape (patterns, p, p)."""
    both = seen[:, :, None] & seen[:, None, :]
    blocks = np.where(both, covariance, 0.0)
    at = np.arange(len(covariance))
    blocks[:, at, at] += ~seen
    try:
        found = np.linalg.inv(blocks)
    except np.linalg.LinAlgError:
        found = np.linalg.pinv(blocks, hermitian=True)
    return np.where(both, found, 0.0)


def normal_em(x: np.ndarray, patterns: Patterns) -> tuple[np.ndarray, np.ndarray, bool]:
    """Maximum likelihood mean and covariance, by the EM algorithm (Dempster AP, Laird NM, Rubin DB. J R Stat Soc B
    1977; 39: 1-38; Little RJA, Rubin DB. Statistical analysis with missing data, chapter 11), in longer steps where
    these lead to a covariance (Varadhan R, Roland C. Simple and globally convergent methods for accelerating the
    convergence of any EM algorithm. Scand J Stat 2008; 35: 335-353).

    Parameters
    ----------
    x : array of shape (n, p); no row and no column is missing altogether.
    patterns : the same rows by which answers they hold.

    Returns
    -------
    The mean, the covariance, and whether the steps came to rest before there were too many.
    """
    here = np.vstack([np.nanmean(x, axis=0), np.diag(np.nanvar(x, axis=0))])
    work = len(patterns.n) * x.shape[1] ** 3
    for _ in range(min(MOST_STEPS, int(MOST_WORK / work))):
        once = _step(here, patterns)
        twice = _step(once, patterns)
        if np.abs(twice - once).max() < TOLERANCE:
            return twice[0], twice[1:], True
        here = _farther(here, once, twice)
    return here[0], here[1:], False


def _farther(here: np.ndarray, once: np.ndarray, twice: np.ndarray) -> np.ndarray:
    """Where two steps lead to if they go on as they began; the second step, if there is no covariance there."""
    change = once - here
    bend = twice - once - change
    length = -np.sqrt((change**2).sum() / max((bend**2).sum(), np.finfo(float).tiny))
    if length > -1:
        return twice
    there = here - 2 * length * change + length**2 * bend
    try:
        np.linalg.cholesky(there[1:])
    except np.linalg.LinAlgError:
        return twice
    return there


def _step(here: np.ndarray, patterns: Patterns) -> np.ndarray:
    """One step from a mean (first row) and a covariance (the others)."""
    mean, covariance = here[0], here[1:]
    total, squares = np.zeros(len(mean)), np.zeros(covariance.shape)
    for part in patterns.parts():
        inverse = inverses(covariance, patterns.seen[part])
        slope = inverse @ covariance
        n, seen = patterns.n[part], patterns.seen[part]
        away = n[:, None] * np.where(seen, patterns.mean[part] - mean, 0.0)
        total += (away[:, None, :] @ slope).sum(axis=(0, 1))
        squares += n.sum() * covariance - covariance @ (n[:, None, None] * slope).sum(axis=0)
        for own, has, by in zip(patterns.rows[part], seen, slope, strict=True):
            filled = np.where(has, own - mean, 0.0) @ by
            squares += filled.T @ filled
    people = patterns.n.sum()
    shift = total / people
    new = squares / people - np.outer(shift, shift)
    return np.vstack([mean + shift, (new + new.T) / 2])
