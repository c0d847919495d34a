"""Mean and covariance of a normal sample with missing values."""

from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-8
# Multiplications after which the steps are given up: some ten seconds.
MOST_STEPS, MOST_WORK = 600, 2e9
# Rows, times the answers, from which on a pattern is told by its sums.
MANY = 4
# Numbers held at a time, of patterns × answers × answers.
LARGEST = 5_000_000


@dataclass(frozen=True)
class Patterns:
    """A sample by which answers its rows hold; 0 where an answer is missing.

    Attributes
    ----------
    seen : array of shape (patterns, p): whether a pattern has each answer.
    n : array of shape (patterns,): its rows.
    mean : array of shape (patterns, p): their means.
    about : for each pattern, an array of shape (m, p) with the sums of squares and products of its rows about their
        mean: these rows themselves or, where there are many, as few as there are answers with the same sums, so that a
        step takes no longer for a million people than for a thousand.
    """

    seen: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    about: list[np.ndarray]

    @classmethod
    def of(cls, x: np.ndarray, which: np.ndarray) -> "Patterns":
        """Of an array of shape (people, p), and the pattern of each row as `pattern_of` numbers them."""
        n, order = np.bincount(which), np.argsort(which, kind="stable")
        starts = np.cumsum(n) - n
        seen, rows = ~np.isnan(x[order[starts]]), np.nan_to_num(x[order])
        mean = np.add.reduceat(rows, starts, axis=0) / n[:, None]
        rows -= np.repeat(mean, n, axis=0)
        return cls(seen, n.astype(float), mean, [_as_few(own) for own in np.split(rows, starts[1:])])

    def parts(self) -> list[slice]:
        """Patterns that are worked out at a time."""
        step = max(LARGEST // self.seen.shape[1] ** 2, 1)
        return [slice(i, i + step) for i in range(0, len(self.seen), step)]


def pattern_of(x: np.ndarray) -> np.ndarray:
    """A number for each row of an array of shape (people, p), from 0 on; the same for rows with the same answers."""
    words = _as_words(~np.isnan(x))
    return np.unique(words, axis=0 if words.ndim > 1 else None, return_inverse=True)[1].ravel()


def steps_at_most(patterns: int, p: int) -> int:
    """After how many steps the algorithm is given up; 0 where there are too many patterns for a single one."""
    return min(MOST_STEPS, int(MOST_WORK / (patterns * p**3)))


def _as_few(rows: np.ndarray) -> np.ndarray:
    """No row where there is only one, which is the mean; of many, the principal components of their sums."""
    n, p = rows.shape
    if n <= MANY * p:
        return rows[:0] if n == 1 else rows
    sizes, directions = np.linalg.eigh(rows.T @ rows)
    return np.sqrt(np.maximum(sizes, 0.0))[:, None] * directions.T


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
    for _ in range(steps_at_most(*patterns.seen.shape)):
        once = _step(here, patterns)
        twice = _step(once, patterns)
        if not np.isfinite(twice).all():
            return here[0], here[1:], False
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
        away = (np.where(seen, patterns.mean[part] - mean, 0.0)[:, None, :] @ slope)[:, 0]
        total += n @ away
        squares += n.sum() * covariance - covariance @ (n @ slope.reshape(len(n), -1)).reshape(covariance.shape)
        about = [own @ by for own, by in zip(patterns.about[part], slope, strict=True) if len(own)]
        filled = np.concatenate([np.sqrt(n)[:, None] * away, *about])
        squares += filled.T @ filled
    people = patterns.n.sum()
    shift = total / people
    new = squares / people - np.outer(shift, shift)
    return np.vstack([mean + shift, (new + new.T) / 2])
