"""Whether a curve has levelled off while enough people are still followed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST_FOLLOWED = 20
LAST_SHARE = 0.25


@dataclass(frozen=True)
class Plateau:
    """Where a curve stands at the end of what can be seen of it.

    Attributes
    ----------
    time : last time with enough people at risk; missing if there is none.
    since : beginning of the last quarter of the time up to then.
    flat : whether no outcome happened after `since` and up to `time`.
    """

    time: float
    since: float
    flat: bool


def plateau(curve: pd.DataFrame, at_least: int = FEWEST_FOLLOWED) -> Plateau:
    """The rule: with T the last time at which 20 people or more are at risk, a curve is flat if no outcome happened
    in the last quarter of the time up to T, so after 0.75 T and up to T.

    Sufficient follow-up is what makes a plateau mean "never" (Maller & Zhou 1992, Biometrika 79: 731-739).

    Parameters
    ----------
    curve : columns time, n_risk and n_event, as from `kaplan_meier`.
    """
    time, n_risk, n_event = (curve[name].to_numpy() for name in ("time", "n_risk", "n_event"))
    enough = np.flatnonzero(n_risk >= at_least)
    if not len(enough) or time[enough[-1]] <= 0:
        return Plateau(np.nan, np.nan, False)
    last = float(time[enough[-1]])
    since = (1 - LAST_SHARE) * last
    return Plateau(last, since, not n_event[(time > since) & (time <= last)].any())
