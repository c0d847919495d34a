"""How people remember dates: with a month, by the year alone, or as a round year."""

import numpy as np
import pandas as pd

from .codebook import UNKNOWN_MONTH

HEAPED_TO = 5
LONG_PAST = 8
RECENT = 1.5


def year_and_month(at: np.ndarray, month_known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split decimal calendar years into year and month (98 where only the year is known)."""
    year = np.floor(at)
    month = np.where(month_known, np.floor((at - year) * 12) + 1, UNKNOWN_MONTH)
    return year, np.where(np.isnan(at), np.nan, month)


def knows_month(
    rng: np.random.Generator, year_only: float, interview_at: np.ndarray, dates: list[np.ndarray]
) -> np.ndarray:
    """Whether a person gives months for a group of dates; always so if one of them is recent.

    Parameters
    ----------
    rng : numpy.random.Generator
    year_only : float
        Share of people who give years alone for dates that lie further back.
    interview_at : array of shape (n,)
        Decimal calendar year of the interview.
    dates : list of arrays of shape (n,)
        The dates that are told together (such as start and stop), nan where there is none.
    """
    latest = np.fmax.reduce(dates)
    return (rng.random(len(interview_at)) >= year_only) | (interview_at - latest < RECENT)


def heap(
    frame: pd.DataFrame,
    name: str,
    chosen: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    interview_at: np.ndarray,
) -> None:
    """Move `<name>_year` of the chosen people to the nearest whole five years, in place.

    A date moves only if it is long past and stays strictly inside `bounds` (years), so that heaping alone
    never puts dates in the wrong order.
    """
    year = frame[f"{name}_year"].to_numpy()
    rounded = HEAPED_TO * np.rint(year / HEAPED_TO)
    low, high = (np.where(np.isnan(bound), year, bound) for bound in bounds)
    moves = chosen & (interview_at - year > LONG_PAST) & (rounded > low) & (rounded < high)
    frame.loc[moves, f"{name}_year"] = rounded[moves]
    frame.loc[moves, f"{name}_month"] = UNKNOWN_MONTH
