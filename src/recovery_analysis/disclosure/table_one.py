"""Table 1: small cells, and every further cell without which a total would give one back."""

import pandas as pd

from .precision import in_steps, place_of_means
from .rules import Rules


def release_table_one(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold small cells of table 1 and what would give them back; recompute percentages from rounded counts."""
    table = table.reset_index(drop=True)
    counted = table["mean"].isna()
    if rules.protects:
        withheld = _withheld(table, counted, rules)
        values = ["n", "mean", "sd", "median"]
        if not rules.all_digits:
            table[values[1:]] = in_steps(table[values[1:]], place_of_means(table["sd"], table["n"]))
        table[values] = table[values].mask(withheld, axis=0)
        hidden = rules.small(table["n_missing"]) & (table["n_missing"] > 0)
        table["n_missing"] = rules.rounded(table["n_missing"]).mask(hidden)
        table["total"] = rules.rounded(table["total"]).mask(rules.small(table["total"]) | _in_withheld(table, withheld))
        table["n"] = rules.rounded(table["n"])
        table["suppressed"] = withheld
    shown = counted & (table["variable"] != "people") & (table["total"] > 0)
    return table.assign(percent=(100 * table["n"] / table["total"]).where(shown))


def _in_withheld(table: pd.DataFrame, withheld: pd.Series) -> pd.Series:
    """True in columns of the table whose number of people is withheld: a total of theirs would give it back."""
    columns = pd.MultiIndex.from_frame(table[["peer", "gender"]])
    people = columns[withheld & (table["variable"] == "people")]
    return pd.Series(columns.isin(people), index=table.index) | (withheld & table["level"].isna())


def _withheld(table: pd.DataFrame, counted: pd.Series, rules: Rules) -> pd.Series:
    """Cells under the threshold, then every further cell without which a total would give one back."""
    withheld = rules.small(table["n"])
    alone = table.groupby(["variable", "peer", "gender"])["level"].transform("size") == 1
    rest = table["total"] - table["n"]
    withheld |= counted & alone & (table["variable"] != "people") & rules.small(rest)
    everything = pd.Series(True, index=table.index)
    sums = [
        (["variable", "peer", "gender"], counted & ~alone),
        (["variable", "level", "peer"], everything),
        (["variable", "level", "gender"], everything),
    ]
    for _ in range(len(table)):
        before = int(withheld.sum())
        for keys, cells in sums:
            withheld |= _secondary(table, withheld, keys, cells)
        if int(withheld.sum()) == before:
            return withheld
    return withheld


def _secondary(table: pd.DataFrame, withheld: pd.Series, keys: list[str], members: pd.Series) -> pd.Series:
    """The smallest shown member of each sum (parts and their total) of which exactly one member is withheld."""
    cells = table[members].assign(withheld=withheld[members])
    groups = [cells[key].fillna("") for key in keys]
    lonely = cells["withheld"].groupby(groups).transform("sum") == 1
    shown = cells[lonely & ~cells["withheld"]]
    smallest = shown.groupby([shown[key].fillna("") for key in keys])["n"].idxmin()
    return pd.Series(table.index.isin(smallest), index=table.index)
