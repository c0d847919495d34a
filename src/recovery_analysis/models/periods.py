"""Counting-process rows of one outcome: one person's neighbouring rows joined, covariates beside them."""

from dataclasses import dataclass

import pandas as pd

from ..errors import ResearchError
from .sampling import SIMPLE, Sampling
from .spec import Covariate

DECIMALS = 9


@dataclass(frozen=True)
class SurvivalSpec:
    """One survival analysis: outcome, whether peers change over time, covariates.

    `naive` : everybody in the file has had the outcome, and that is not allowed for.
    `interval` : the outcome is known only to lie between two interviews. `year` : a year in the unit of the outcome.
    `where` : dotted path, for messages.
    `horizon` : of the mean times of curves; None for the longest that all groups support. `times` : at which the share
    with the outcome is told. `competing` : whether other outcomes compete. `sampling` : weights, clusters and strata.
    The rest is what the plan says under the same names.
    """

    outcome: str
    label: str
    exposure: str
    covariates: tuple[Covariate, ...] = ()
    interval: bool = False
    naive: bool = False
    year: float = 1.0
    where: str = "analysis"
    horizon: float | None = None
    times: tuple[float, ...] = ()
    if_not_proportional: str = "report"
    step_at: float | None = None
    if_separated: str = "report"
    second_fit_tolerance: float = 1e-5
    competing: bool = False
    sampling: Sampling = SIMPLE
    rho: tuple[float, ...] = ()
    frailty: str | None = None


def person_periods(cohort: pd.DataFrame, periods: pd.DataFrame, outcome: str, exposure: str) -> pd.DataFrame:
    """Rows (start, stop] of one outcome with the covariates of the person; neighbours with the same peers
    joined.

    Parameters
    ----------
    cohort, periods : tables of schemas.cohort.
    exposure : time_varying takes peer from the periods; baseline where each person's first one stands, or from the
        cohort where peers have no dates (`peer_from`) but are a measure of the first interview.

    Raises
    ------
    ResearchError
        If a period does not stop after it starts, or a person's periods overlap.
    """
    own = periods[periods["outcome"] == outcome].drop(columns=["outcome"])
    own = own.assign(competing=own.get("competing", 0))
    if exposure == "baseline":
        own = own.assign(peer=own["person_id"].map(_peer_at_first(own, cohort)))
    own = own.assign(start=own["start"].round(DECIMALS), stop=own["stop"].round(DECIMALS))
    backwards = ~(own["stop"] > own["start"])
    if backwards.any():
        first = own[backwards].iloc[0]
        raise ResearchError(
            f"periods of '{outcome}': {int(backwards.sum())} rows do not stop after they start (first: "
            f"start {first['start']:g}, stop {first['stop']:g}). Check the dates behind this outcome."
        )
    joined = join_neighbours(own.sort_values(["person_id", "start"], kind="stable"), outcome)
    return joined.merge(cohort.drop(columns=["peer"]), on="person_id", validate="m:1")


def _peer_at_first(rows: pd.DataFrame, cohort: pd.DataFrame) -> pd.Series:
    """Peers of each person when their follow-up begins; whoever has peers later only is without them then."""
    if "peer_from" not in cohort:
        return cohort.set_index("person_id")["peer"]
    return rows.sort_values(["person_id", "start"]).drop_duplicates("person_id").set_index("person_id")["peer"]


def join_neighbours(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Rows of a person that follow each other with the same peers, as one."""
    before = rows.groupby("person_id")[["stop", "event", "peer"]].shift()
    if (rows["start"] < before["stop"]).any():
        raise ResearchError(f"periods of '{outcome}': the periods of a person overlap. Is a spell written twice?")
    same_peer = (rows["peer"] == before["peer"]) | (rows["peer"].isna() & before["peer"].isna())
    goes_on = (rows["start"] == before["stop"]) & same_peer & (before["event"] == 0)
    ends = {
        "person_id": "first",
        "start": "first",
        "stop": "last",
        "event": "last",
        "competing": "last",
        "peer": "first",
    } | {name: "last" for name in ("lower", "earliest", "latest", "weight") if name in rows}
    return rows.groupby((~goes_on).cumsum()).agg(ends).reset_index(drop=True)
