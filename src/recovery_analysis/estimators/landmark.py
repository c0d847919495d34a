"""The landmark method: exposure as known at a stated time, outcomes counted from then on."""

from dataclasses import dataclass

import numpy as np

from .checked import causes, numbers, positive, refuse


@dataclass(frozen=True)
class LandmarkRows:
    """Those at risk at the landmark: their positions in the arrays given, and their rows (start, stop].

    `exposed` is 1 for those who had engaged by the landmark, whatever they did later.
    """

    person: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    exposed: np.ndarray


def landmark_rows(length: np.ndarray, event: np.ndarray, engaged: np.ndarray, landmark: float) -> LandmarkRows:
    """Rows of a landmark analysis (Anderson, Cain & Gelber 1983, J Clin Oncol 1: 710-719).

    People who had the outcome, or were last heard of, by the landmark are not in it: nobody's later engagement is
    known at the landmark. The others enter there (delayed entry), so a Cox model of these rows compares people who
    were without the outcome at the same time.

    Parameters
    ----------
    length, event : (n,) time to the outcome (event 1) or to the end of follow-up (0).
    engaged : (n,) time of first engagement, infinity if never; the same clock and unit.
    landmark : time at which exposure is fixed.

    Raises
    ------
    ResearchError
        If a value is none of the above.
    """
    length, event, landmark = positive(length, "length"), causes(event, "event"), float(landmark)
    engaged = numbers(engaged, "engaged")
    refuse(np.isnan(engaged), "engaged", "missing", engaged, "give infinity for people who never engaged")
    person = np.flatnonzero(length > landmark)
    return LandmarkRows(
        person=person,
        start=np.full(len(person), float(landmark)),
        stop=length[person].astype(float),
        event=event[person].astype(int),
        exposed=(engaged[person] <= landmark).astype(float),
    )
