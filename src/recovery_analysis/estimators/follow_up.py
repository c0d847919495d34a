"""Whether follow-up is long enough to believe that some people never have the outcome."""

import numpy as np

from .risk_table import checked_rows


def sufficient_follow_up(stop: np.ndarray, event: np.ndarray) -> float:
    """Chance of a stretch without outcomes as long as the one at the end, if follow-up were too short.

    Maller & Zhou 1996 (Survival Analysis with Long-Term Survivors, chapter 4): with t the last time and u the last
    outcome, alpha = (1 - N / n) ** n, N being the outcomes in (2 u - t, u]. Follow-up is sufficient where it is small,
    under 0.05.

    Parameters
    ----------
    stop, event : (n,) times, and 1 where the outcome happened.

    Returns
    -------
    alpha; 1 where nobody had the outcome, or the last time is an outcome.

    Raises
    ------
    ResearchError
        If there are no times, or one is not above 0.
    """
    _, stop, event, _ = checked_rows(np.zeros(len(stop)), stop, event, None)
    if not event.any():
        return 1.0
    last, last_event = stop.max(), stop[event == 1].max()
    if last_event >= last:
        return 1.0
    late = (event == 1) & (stop > 2 * last_event - last)
    return float((1 - late.sum() / len(stop)) ** len(stop))
