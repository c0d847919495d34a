"""Spells as a definition of the outcome counts them: lapses that do not end one, medication that does not count."""

import numpy as np
import pandas as pd

from ..study import UNITS_PER_YEAR, SpellOutcome

SAME_DAY = 1e-9


def criterion_met(outcome: SpellOutcome, spells: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """When each person first met the criterion of a spell outcome, and from when on that is in doubt.

    Parameters
    ----------
    outcome : the definition.
    spells : canonical spells of all kinds; one that goes on stops at the interview.

    Returns
    -------
    when : person_id → time at which a spell had lasted long enough; only those who met the criterion.
    doubt : person_id → start of the first spell whose start or end is not known (minus infinity for the start); with
        medication that does not count, also whoever has medication of unknown dates.
    """
    columns = ["person_id", "start", "stop"]
    own = spells.loc[spells["kind"] == outcome.spell, columns]
    unknown = own["start"].isna() | own["stop"].isna()
    doubts = [own[unknown].fillna({"start": -np.inf})]
    own = own[~unknown]
    if outcome.lapse_days > 0:
        own = join_spells(own, outcome.lapse_days / UNITS_PER_YEAR["days"])
    if not outcome.medication_counts:
        medication = spells.loc[spells["kind"] == "medication", columns]
        undated = medication["start"].isna() | medication["stop"].isna()
        doubts.append(medication[undated].assign(start=-np.inf))
        own = outside_of(own, medication[~undated])
    met = own.loc[own["stop"] - own["start"] >= outcome.lasting_years - SAME_DAY]
    when = met.groupby("person_id")["start"].min() + outcome.lasting_years
    return when, pd.concat(doubts).groupby("person_id")["start"].min()


def join_spells(spells: pd.DataFrame, gap: float) -> pd.DataFrame:
    """Spells of known dates, those of a person joined that overlap or lie at most `gap` years apart.

    Parameters
    ----------
    spells : person_id, start, stop.
    """
    spells = spells.sort_values(["person_id", "start", "stop"], kind="stable")
    person = spells["person_id"]
    latest = spells.groupby("person_id")["stop"].cummax().groupby(person).shift()
    apart = latest.isna() | (spells["start"] > latest + gap + SAME_DAY)
    joined = spells.groupby(apart.cumsum().to_numpy())
    return joined.agg({"person_id": "first", "start": "min", "stop": "max"}).reset_index(drop=True)


def outside_of(spells: pd.DataFrame, taken: pd.DataFrame) -> pd.DataFrame:
    """What is left of spells when the time in `taken` is cut out; both of known dates, with person_id, start, stop."""
    taken = join_spells(taken, 0.0)
    before = taken.groupby("person_id")["stop"].shift().fillna(-np.inf)
    gaps = pd.DataFrame({"person_id": taken["person_id"], "opens": before, "closes": taken["start"]})
    last = taken.groupby("person_id", as_index=False)["stop"].max().rename(columns={"stop": "opens"})
    others = spells.loc[~spells["person_id"].isin(taken["person_id"]), ["person_id"]].drop_duplicates()
    free = pd.concat([gaps, last.assign(closes=np.inf), others.assign(opens=-np.inf, closes=np.inf)])
    cut = spells.merge(free, on="person_id")
    cut["start"], cut["stop"] = cut[["start", "opens"]].max(axis=1), cut[["stop", "closes"]].min(axis=1)
    return cut.loc[cut["stop"] > cut["start"], ["person_id", "start", "stop"]].reset_index(drop=True)
