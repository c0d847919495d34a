"""Findings about the study as a whole."""

import pandas as pd

from .rules import Rules


def release_data_checks(rows: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold what rests on few people, and one more share where a total would give a single one back; work the
    other shares out from rounded counts."""
    if rules.protects:
        count, left = rows["count"], rows["n"] - rows["count"]
        few = rules.small(rows["n"]) | (rules.small(count) & (count > 0)) | rules.small(left)
        parts = rows[(rows["unit"] == "share") & (rows["by"] != "all")]
        for _, group in parts.groupby(["check", "what", "by"]):
            if few[group.index].sum() == 1 and len(group) > 1:
                few[group.loc[~few[group.index], "n"].idxmin()] = True
        shares = rules.rounded(count) / rules.rounded(rows["n"])
        n = rules.rounded(rows["n"]).mask(few)
        value = rows["value"].round(3).mask(rows["unit"] == "share", shares).mask(few)
        rows = rows.assign(n=n, value=value, suppressed=few)
        rows["verdict"] = rows["verdict"].mask(few, "not_applicable")
        rows["meaning"] = rows["meaning"].mask(few, "Withheld: it rests on few people.")
    return rows.drop(columns="count")
