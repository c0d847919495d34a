"""One row per person: what is known of the time, when the person could be seen, from when on with peers."""

import numpy as np
import pandas as pd

from ..cohort.periods import SIX_DECIMALS
from ..errors import CannotAnalyse
from ..estimators.times import Times, known_times
from ..study import UNITS_PER_YEAR

TOLERANCE = 1e-6


def person_times(rows: pd.DataFrame, cohort: pd.DataFrame, unit: str, changing: bool) -> pd.DataFrame:
    """Join each person's periods to one row.

    Parameters
    ----------
    rows : counting-process rows of one outcome from `person_periods`, with peers as at the start unless `changing`.
    cohort : columns person_id and peer; `window` and `peer_from` (years) where the study has dates.
    unit : unit of the outcome.
    changing : True if peers count from their first date on (`switch`), False if as at the start.

    Returns
    -------
    The columns of the person, with entry, stop, event, earliest, latest, window and switch (infinite where there is
    none) in the unit of the outcome, and peer: ever where changing. Peers of an unknown date make it missing.
    """
    ordered = rows.sort_values(["person_id", "start"], kind="stable")
    dated = ["window", "peer_from"]
    people = ordered.drop_duplicates("person_id", keep="last").drop(
        columns=["peer", *dated] if changing else dated, errors="ignore"
    )
    taken = ["person_id", "peer", *dated] if changing else ["person_id", *dated]
    people = people.rename(columns={"start": "entry"}).merge(
        cohort.reindex(columns=taken), on="person_id", validate="1:1"
    )
    people["entry"] = people["person_id"].map(ordered.groupby("person_id")["start"].min())
    # Rounded as the periods are: whoever meets peers at the time of the outcome has not met them before it.
    people[["window", "peer_from"]] = (people[["window", "peer_from"]] * UNITS_PER_YEAR[unit]).round(SIX_DECIMALS)
    people["switch"] = people["peer_from"].where(people["peer"] == 1, np.inf)
    if changing:
        people["peer"] = people["peer"].mask(people["switch"].isna())
    exact = people["stop"].where(people["event"] == 1)
    known = people.reindex(columns=["earliest", "latest"])
    people["earliest"] = np.minimum(known["earliest"].fillna(exact), exact)
    people["latest"] = np.maximum(known["latest"].fillna(exact), exact)
    return people.drop(columns=["peer_from"])


def exact_times(people: pd.DataFrame, truncated: bool = False) -> Times:
    """Times as dated, right-censored where the outcome did not happen; right-truncated at `window` if asked."""
    stop = people["stop"].to_numpy(float)
    window = people["window"].to_numpy(float) if truncated else None
    upper = np.where(people["event"] == 1, stop, np.inf)
    return known_times(stop, upper, people["entry"].to_numpy(float), window)


def interval_times(people: pd.DataFrame, truncated: bool = False) -> Times:
    """Times as intervals, as exactly as they were told, cut where the person could not have been seen."""
    happened = (people["event"] == 1).to_numpy()
    entry, stop = people["entry"].to_numpy(float), people["stop"].to_numpy(float)
    window = people["window"].to_numpy(float) if truncated else np.full(len(people), np.inf)
    lower = np.where(happened, np.maximum(people["earliest"], entry), stop)
    upper = np.where(happened, np.minimum(people["latest"], window), np.inf)
    tight = happened & (upper - lower < TOLERANCE)
    lower = np.where(tight, upper, lower)
    return known_times(lower, upper, entry, window if truncated else None)


def uncertain_share(people: pd.DataFrame, year: float) -> float:
    """Share of outcomes whose time is known to a year or less exactly; `year` in the unit of the outcome."""
    happened = people[people["event"] == 1]
    width = happened["latest"] - happened["earliest"]
    return float((width >= year * (1 - TOLERANCE)).mean()) if len(happened) else 0.0


def within_reach(people: pd.DataFrame, horizon: float, where: str) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """People whose outcome came by the horizon and before the interview, windows closed at the horizon; and the others.

    Raises
    ------
    ResearchError
        If no window reaches the horizon: nothing is known of times that late.
    """
    longest = float(people["window"].max())
    if horizon > longest:
        late = f"{horizon:g} is later than the longest time from the start of the clock to an interview"
        raise CannotAnalyse(
            f"{where}.horizon: {late} ({longest:.4g}), so nobody could be seen to take that long. Set it to "
            f"{np.floor(longest):g} or less.",
            f"`horizon`: {late}, so nobody could be seen to take that long.",
        )
    there = people["event"] == 1
    early = there & (people["stop"] <= horizon)
    lost = [
        ("Outcome not met by the interview, so outside this sample", int((~there).sum())),
        ("Outcome later than the horizon", int((there & ~early).sum())),
    ]
    kept = people[early].reset_index(drop=True)
    kept["latest"] = np.minimum(kept["latest"], kept["window"])
    return kept.assign(window=np.minimum(kept["window"], horizon)), [(label, n) for label, n in lost if n]
