"""Rows (start, stop] cut in two at given times, so that a covariate or its coefficient may change there."""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError

MOST_ROWS = 20_000_000


@dataclass(frozen=True)
class SplitRows:
    """Rows after the cut: `row` is the row they came from, `segment` counts the cuts at or before `start`."""

    row: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    segment: np.ndarray


def split_rows(start: np.ndarray, stop: np.ndarray, event: np.ndarray, cuts: np.ndarray) -> SplitRows:
    """Cut rows at times; the outcome stays with the last piece, as R's `survSplit`.

    Parameters
    ----------
    start, stop, event : (n,) rows (start, stop].
    cuts : (k,) times, any order.

    Raises
    ------
    ResearchError
        If there would be more than twenty million rows.
    """
    cuts = np.unique(cuts)
    first = np.searchsorted(cuts, start, side="right")
    last = np.searchsorted(cuts, stop, side="left")
    pieces = last - first + 1
    if pieces.sum() > MOST_ROWS:
        raise ResearchError(
            f"A coefficient that changes at every outcome time would need {int(pieces.sum())} rows, over the limit of "
            f"{MOST_ROWS}. Let it change in steps (`step`) instead."
        )
    row = np.repeat(np.arange(len(start)), pieces)
    piece = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    segment = first[row] + piece
    bounds = np.concatenate([cuts, [np.inf]])
    begins = np.where(piece == 0, start[row], bounds[segment - 1])
    ends = np.minimum(stop[row], bounds[segment])
    last_piece = piece == pieces[row] - 1
    return SplitRows(row, begins, ends, np.where(last_piece, event[row], 0), segment)
