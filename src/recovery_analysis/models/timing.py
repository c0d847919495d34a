"""Follow-up as the ways of counting peer engagement need it: cut at a horizon, one row per person, landmarks."""

import numpy as np
import pandas as pd

from ..estimators.landmark import landmark_rows


def cut_at(rows: pd.DataFrame, horizon: float) -> pd.DataFrame:
    """Rows (start, stop] up to the horizon; an outcome after it, or what competes with it, does not count."""
    kept = rows[rows["start"] < horizon].reset_index(drop=True)
    late = kept["stop"] > horizon
    ends = {name: kept[name].mask(late, 0) for name in ("event", "competing") if name in kept}
    return kept.assign(stop=kept["stop"].clip(upper=horizon), **ends)


def one_row_each(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per person in the order of their first rows: covariates, length, event, and first engagement.

    Parameters
    ----------
    rows : person_id, start, stop, event, peer (0/1), covariates; sorted by person and start.

    Returns
    -------
    The first row's covariates with `length`, `event`, `competing` where it is given, and `engaged`: the time from which
    peers count, infinity for those who did not engage before the end of their follow-up.
    """
    by_person = rows.groupby("person_id", sort=False)
    people = by_person.first().drop(columns=["start", "stop", "event", "peer", "lower"], errors="ignore")
    joined = rows[rows["peer"] == 1].groupby("person_id")["start"].min()
    ends = {"length": by_person["stop"].max()}
    ends |= {name: by_person[name].max() for name in ("event", "competing") if name in rows}
    return people.assign(**ends, engaged=joined.reindex(people.index).fillna(np.inf)).reset_index()


def ever_never_frame(people: pd.DataFrame) -> pd.DataFrame:
    """Rows of the naive comparison: whoever engaged at any time counts as with peers from time zero on."""
    return people.assign(start=0.0, stop=people["length"], peer=np.isfinite(people["engaged"]).astype(float))


def landmark_frame(people: pd.DataFrame, landmark: float) -> pd.DataFrame:
    """Rows of those at risk at the landmark, with peers if they had engaged by then."""
    columns = (people[name].to_numpy(float) for name in ("length", "event", "engaged"))
    rows = landmark_rows(*columns, landmark)
    own = people.iloc[rows.person].reset_index(drop=True)
    return own.assign(start=rows.start, stop=rows.stop, event=rows.event, peer=rows.exposed)


def immortal_share(people: pd.DataFrame) -> float:
    """Share of the follow-up of people who ever engaged that came before they did; 0 if nobody did."""
    own = people[np.isfinite(people["engaged"])]
    total = float(own["length"].sum())
    return float(own["engaged"].sum()) / total if total else 0.0
