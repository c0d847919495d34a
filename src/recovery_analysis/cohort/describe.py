"""Table 1: people at the start, by peer engagement and gender."""

from itertools import product

import numpy as np
import pandas as pd

from ..study import GENDERS, Variable

COLUMNS = ["variable", "level", "peer", "gender", "n", "total", "mean", "sd", "median", "n_missing"]
PEER_GROUPS = {"all": None, "peer": 1.0, "no_peer": 0.0}


def describe(
    cohort: pd.DataFrame, variables: list[str], known: dict[str, Variable], peer_kinds: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Rows of schemas.results.TABLE_ONE (without study and suppression) for every group.

    Parameters
    ----------
    cohort : one row per person, with peer and gender.
    variables : columns to describe, in order.
    known : their descriptions; a column that is not described is a category of text (country, site).
    peer_kinds : pathways that make a person a person with peers. Nobody without peers has used one, by definition:
        these cells have no row.
    """
    empty = {("no_peer", f"pathway_{kind}") for kind in peer_kinds} | {("peer", "pathway_natural")}
    genders = ["all", *(g for g in GENDERS if (cohort["gender"] == g).any())]
    rows = []
    for peer, gender in product(PEER_GROUPS, genders):
        members = cohort
        if PEER_GROUPS[peer] is not None:
            members = members[members["peer"] == PEER_GROUPS[peer]]
        if gender != "all":
            members = members[members["gender"] == gender]
        group = {"peer": peer, "gender": gender}
        rows.append(group | {"variable": "people", "n": len(members), "total": len(members), "n_missing": 0})
        for name in variables:
            if (peer, name) in empty:
                continue
            levels = _levels(cohort, name, known.get(name))
            rows += [group | {"variable": name} | row for row in _summaries(members[name], levels)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _levels(cohort: pd.DataFrame, name: str, variable: Variable | None) -> list[object] | None:
    """Values of a category in their stated order; None for a number; 1 for a yes/no variable."""
    if variable is None:
        return None if pd.api.types.is_numeric_dtype(cohort[name]) else sorted(cohort[name].dropna().unique())
    if variable.type == "binary":
        return [1.0]
    return list(variable.levels) if variable.levels else None


def _summaries(values: pd.Series, levels: list[object] | None) -> list[dict[str, object]]:
    total, n_missing = int(values.notna().sum()), int(values.isna().sum())
    if levels is None:
        known = values.dropna().to_numpy(float)
        spread = known.std(ddof=1) if total > 1 else np.nan
        centre = {"mean": known.mean(), "median": np.median(known)} if total else {}
        return [{"n": total, "total": total, "n_missing": n_missing, "sd": spread} | centre]
    counts = [(level, int((values == level).sum())) for level in levels]
    return [
        {"level": "yes" if levels == [1.0] else level, "n": n, "total": total, "n_missing": n_missing}
        for level, n in counts
    ]
