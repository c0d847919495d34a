"""What is known of the time of each person: exactly, within an interval, from when on, and until when."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .checked import numbers


@dataclass(frozen=True)
class Times:
    """What is known of each person's time; all (n,), one unit.

    The time lies in (lower, upper]: exact where both are equal, right-censored where upper is infinite, left-censored
    where lower is 0. The person is in the file because the time is later than `entry` (delayed entry; 0 if none) and
    not later than `window` (right truncation; infinite if none).
    """

    lower: np.ndarray
    upper: np.ndarray
    entry: np.ndarray
    window: np.ndarray

    @property
    def exact(self) -> np.ndarray:
        """Whether the time is known exactly."""
        return self.lower == self.upper

    @property
    def happened(self) -> np.ndarray:
        """Whether the outcome happened while the person was observed."""
        return np.isfinite(self.upper)


def known_times(
    lower: np.ndarray, upper: np.ndarray, entry: np.ndarray | None = None, window: np.ndarray | None = None
) -> Times:
    """Times after a check that each can be.

    Raises
    ------
    ResearchError
        If an interval is empty or negative, or does not lie between entry and window.
    """
    n = len(lower)
    entry = np.zeros(n) if entry is None else numbers(entry, "entry")
    window = np.full(n, np.inf) if window is None else numbers(window, "window")
    lower, upper = numbers(lower, "lower"), numbers(upper, "upper")
    wrong = {
        "do not begin at zero or later": ~((lower >= 0) & (lower < np.inf)),
        "are of people for whom it is not known from when on they could be seen": ~((entry >= 0) & (entry < np.inf)),
        "are of people for whom it is not known until when they could be seen": ~(window > 0),
        "end before they begin, or at time zero": ~(upper >= lower) | (upper <= 0),
        "begin before the person could be seen (delayed entry)": lower < entry,
        "end when the person could first be seen (delayed entry)": (entry > 0) & (upper <= entry),
        "end after the person could be seen (right truncation)": np.isfinite(window) & (upper > window),
    }
    for words, rows in wrong.items():
        if rows.any():
            first = int(np.flatnonzero(rows)[0])
            raise ResearchError(
                f"Times of a parametric model: {int(rows.sum())} {words} (first: from {lower[first]:g} to "
                f"{upper[first]:g}, seen from {entry[first]:g} to {window[first]:g}). Check the dates behind them."
            )
    return Times(lower, upper, entry, window)
