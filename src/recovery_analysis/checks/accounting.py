"""Nothing is lost: what came in is what is kept, set aside or left out by a stated rule, at every step."""

import pandas as pd

from ..errors import account


def account_for_flow(flow: pd.DataFrame) -> None:
    """Hold that the flow of a study adds up, before any count is withheld.

    People read are set aside, left out by a rule of the study, or eligible; of the eligible, each analysis leaves some
    out for a stated reason and analyses the others.

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
    n = common.groupby("kind")["n"].sum()
    eligible = int(n.get("eligible", 0))
    account(
        "The flow of the study",
        "people",
        int(n.get("read", 0)),
        set_aside=int(n.get("quarantined", 0)),
        left_out=int(n.get("excluded", 0)),
        eligible=eligible,
    )
    for analysis, rows in own.groupby("analysis", sort=False):
        analysed = rows["kind"] == "analysed"
        before = ~analysed.cumsum().astype(bool)
        left_out = int(rows.loc[before, "n"].sum())
        account(
            f"Analysis {analysis}", "people", eligible, left_out=left_out, analysed=int(rows.loc[analysed, "n"].sum())
        )
