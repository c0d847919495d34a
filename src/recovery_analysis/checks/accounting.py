"""Nothing is lost: what came in is what is kept, set aside or left out by a stated rule, at every step."""

import pandas as pd

from ..errors import account
from ..labels import rows_of

ROWS_OF_A_TABLE = rows_of("")


def account_for_flow(flow: pd.DataFrame) -> None:
    """Hold that the flow of a study adds up, before any count is withheld.

    Rows of each canonical table that are looked at are left out by a stated rule, set aside, or those of eligible
    people. People read are set aside, left out by a rule of the study, or eligible; of the eligible, each analysis
    leaves some out for a stated reason and analyses the others.

    Parameters
    ----------
    flow : schemas.results.FLOW, exact.

    Raises
    ------
    ResearchError
        If it does not add up.
    """
    people = flow[flow["unit"] == "people"].sort_values("step", kind="stable")
    common, own = people[people["analysis"].isna()], people[people["analysis"].notna()]
    for unit, rows in flow[flow["unit"].str.startswith(ROWS_OF_A_TABLE)].groupby("unit", sort=False):
        _adds_up(rows, str(unit))
    eligible = _adds_up(common, "people")
    for analysis, rows in own.groupby("analysis", sort=False):
        analysed = rows["kind"] == "analysed"
        before = ~analysed.cumsum().astype(bool)
        left_out = int(rows.loc[before, "n"].sum())
        account(
            f"Analysis {analysis}", "people", eligible, left_out=left_out, analysed=int(rows.loc[analysed, "n"].sum())
        )


def _adds_up(steps: pd.DataFrame, unit: str) -> int:
    """Hold that what was read is set aside, left out or eligible; returns how many are eligible."""
    n = steps.groupby("kind")["n"].sum()
    read, aside, out, eligible = (int(n.get(k, 0)) for k in ("read", "quarantined", "excluded", "eligible"))
    account("The flow of the study", unit, read, set_aside=aside, left_out=out, eligible=eligible)
    return eligible
