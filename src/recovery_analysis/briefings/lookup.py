"""Find the rows of the released tables that a sentence is built from."""

from dataclasses import dataclass

import pandas as pd

from ..errors import ResearchError
from ..study import GENDERS


@dataclass(frozen=True)
class Estimate:
    """One row of the estimates: numbers on the scale of the model, NaN where there are none."""

    model: str
    group: str
    scale: str
    estimate: float
    conf_low: float
    conf_high: float
    conf_level: float
    p_value: float
    p_adjusted: float
    n: float
    n_events: float
    status: str
    gate: str
    note: str
    detectable: float
    estimand: str = "hazard_ratio"


@dataclass(frozen=True)
class Evidence:
    """What the estimates say of one analysis: for everyone, for each gender, and the test between genders."""

    everyone: Estimate
    genders: dict[str, Estimate]
    interaction: Estimate | None


def as_estimate(row: pd.Series) -> Estimate:
    """Turn a row of the estimates table into an `Estimate`; an effect without an interval has failed."""
    values = {name: row[name] for name in Estimate.__dataclass_fields__}
    unknown = row[["estimate", "conf_low", "conf_high"]].isna().any()
    if row["estimand"] != "test" and row["status"] == "ok" and unknown:
        values["status"] = "failed"
    return Estimate(**values | {"note": "" if pd.isna(row["note"]) else row["note"]})


def evidence(estimates: pd.DataFrame, analysis: str) -> Evidence:
    """Pick the rows of one analysis: the adjusted effect of peers (crude if the plan adjusts for nothing),
    the effects by gender of the interaction model, and its test.

    Raises
    ------
    ResearchError
        If the released table has no effect of peers for this analysis.
    """
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["cohort"] == "all")]
    effects = rows[(rows["term"] == "peer") & (rows["estimand"] != "test")]
    for model in ("adjusted", "crude"):
        main = effects[(effects["model"] == model) & (effects["group"] == "all")]
        if len(main):
            break
    else:
        raise ResearchError(
            f"briefing.findings: the table of estimates has no row for '{analysis}' (model adjusted or "
            "crude, term peer, group all). Run this analysis again, or take it out of briefing.findings."
        )
    by_gender = effects[effects["model"] == "interaction"].set_index("group", drop=False)
    tests = rows[(rows["model"] == "interaction") & (rows["term"] == "peer:gender")]
    return Evidence(
        as_estimate(main.iloc[0]),
        {g: as_estimate(by_gender.loc[g]) for g in GENDERS if g in by_gender.index},
        as_estimate(tests.iloc[0]) if len(tests) else None,
    )


def conditional_median(estimates: pd.DataFrame, analysis: str) -> Estimate | None:
    """The reverse-time median for everyone, of an analysis of right-truncated times; None if there is none to tell."""
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "conditional_median")]
    rows = rows[(rows["model"] == "reverse_time") & (rows["group"] == "all")]
    found = as_estimate(rows.iloc[0]) if len(rows) else None
    return found if found is not None and found.status == "ok" else None


def people(table_one: pd.DataFrame, peer: str = "all", gender: str = "all") -> tuple[float | None, bool]:
    """Number of people at the start in one cell of Table 1, and whether it is withheld.

    Returns
    -------
    (n, withheld) : n is None where the table has no such cell, NaN where it is withheld.
    """
    rows = table_one[
        (table_one["variable"] == "people") & (table_one["peer"] == peer) & (table_one["gender"] == gender)
    ]
    if rows.empty:
        return None, False
    row = rows.iloc[0]
    return float(row["n"]), bool(row["suppressed"]) or pd.isna(row["n"])
