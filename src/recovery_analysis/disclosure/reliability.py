"""Reliability of scores, by wave and gender."""

import pandas as pd

from .rules import Rules


def release_reliability(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold alpha where it rests on few people, and what would give their number back; round the rest."""
    if not rules.protects or table.empty:
        return table
    few = rules.small(table["n"])
    keys, everyone = ["measure", "wave"], table["gender"] == "all"
    for _, group in table.groupby(keys, sort=False):
        genders = group[~everyone[group.index]]
        unknown = group.loc[everyone[group.index], "n"].sum() - genders["n"].sum()
        hidden = genders.index[few[genders.index]]
        shown = genders.drop(index=hidden)
        alone = len(hidden) == 1 and unknown == 0
        if len(shown) and (alone or (len(hidden) == 0 and 0 < unknown <= rules.largest)):
            few[shown["n"].idxmin()] = True
    shown = table.round({"alpha": 3, "conf_low": 3, "conf_high": 3})
    shown["n"] = rules.rounded(table["n"])
    numbers = ["n", "alpha", "conf_low", "conf_high"]
    shown[numbers] = shown[numbers].mask(few, axis=0)
    return shown.assign(suppressed=few)
