"""The last gate before results/: small cells withheld, counts rounded, percentages recomputed.

Row-level data never passes. What is withheld is missing and flagged; a total never gives it back, since the next
smallest cell of the same total is withheld too (secondary suppression), and every count is rounded on its own.

Presets: `ons10` (Office for National Statistics, Secure Research Service: counts under 10 withheld, the others
rounded to 5), `opensafely` (1 to 7 withheld, then rounded to 5), `hes` (Hospital Episode Statistics: 1 to 7 withheld,
rounded to 5), `ndtms` (National Drug Treatment Monitoring System: 1 to 4 withheld), `open` (public data).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted"]
CONTRASTS = ("_difference", "_ratio")
DESCRIBED = ("kaplan_meier", "aalen_johansen", "pseudo_values", "pseudo_values_adjusted")
ALL_FILES = "several files"
SET_ASIDE_TOGETHER = "Set aside: not usable as recorded"
COUNT_DIAGNOSTICS = ("people", "clusters", "events", "events_per_parameter")


@dataclass(frozen=True)
class Rules:
    """What a preset withholds and rounds.

    Attributes
    ----------
    smallest, largest : counts from `smallest` to `largest` are withheld; none if largest < smallest.
    base : the other counts are rounded to a multiple of this.
    residual_df : fewest residual degrees of freedom of a released model.
    """

    smallest: int
    largest: int
    base: int
    residual_df: int

    @property
    def protects(self) -> bool:
        """False for public data, which pass unchanged."""
        return self.largest >= self.smallest

    def small(self, counts: pd.Series) -> pd.Series:
        """True where a count must be withheld."""
        return counts.between(self.smallest, self.largest)

    def rounded(self, counts: pd.Series) -> pd.Series:
        """Counts rounded to the base, half up."""
        return np.floor(counts / self.base + 0.5) * self.base


PRESETS = {
    "ons10": Rules(0, 9, 5, 10),
    "opensafely": Rules(1, 7, 5, 1),
    "hes": Rules(1, 7, 5, 1),
    "ndtms": Rules(1, 4, 1, 1),
    "open": Rules(1, 0, 1, 0),
}


def release_counts(frame: pd.DataFrame, rules: Rules, column: str = "n") -> pd.DataFrame:
    """Withhold and round one count; for flow and issues, whose rows stand alone. Zero stays zero."""
    if not rules.protects:
        return frame
    small = rules.small(frame[column]) & (frame[column] > 0)
    counts = rules.rounded(frame[column]).mask(small)
    return frame.assign(**{column: counts, "suppressed": small})


def release_flow(flow: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold and round the counts of the flow; reasons that are too rare on their own are told together."""
    aside = flow["kind"] == "quarantined"
    if rules.protects and rules.small(flow.loc[aside, "n"]).any():
        together = flow[aside].iloc[:1].assign(n=flow.loc[aside, "n"].sum(), label=SET_ASIDE_TOGETHER)
        flow = pd.concat([flow[~aside], together]).sort_values("step", kind="stable")
    return release_counts(flow, rules)


def release_issues(issues: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold and round the counts of issues; those that are rare in each file are told for all files together."""
    if not rules.protects:
        return issues
    keys = [name for name in issues.columns if name not in ("file", "n", "suppressed")]
    groups = issues.groupby(keys, dropna=False, sort=False)
    rare = groups["n"].transform("min").between(rules.smallest, rules.largest)
    files = groups["file"].transform("nunique")
    issues = issues.assign(file=issues["file"].mask(rare & (files > 1), ALL_FILES))
    summed = issues.groupby([*keys, "file"], dropna=False, sort=False, as_index=False)["n"].sum()
    return release_counts(summed.assign(suppressed=False), rules)


def release_estimates(estimates: pd.DataFrame, fits: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold estimates that rest on few people, events or degrees of freedom; round their counts."""
    if not rules.protects:
        return estimates
    few = rules.small(estimates["n"]) | rules.small(estimates["n_events"])
    few |= _starved(estimates, fits, rules) | _small_steps(estimates, rules)
    described = estimates["model"].isin(DESCRIBED)
    compared = described & estimates["estimand"].str.endswith(CONTRASTS)
    few |= compared & _against_few(estimates, few & described)
    out = estimates.copy()
    out.loc[few, NUMBERS] = np.nan
    out.loc[few & (out["status"] == "ok"), "status"] = "suppressed"
    out["note"] = out["note"].mask(few & described & ~out["estimand"].str.endswith("_time"))
    for column in ("n", "n_events"):
        out[column] = rules.rounded(out[column]).mask(rules.small(estimates[column]) | compared)
    return out


def _small_steps(estimates: pd.DataFrame, rules: Rules) -> pd.Series:
    """True where a probability stands for too few outcomes more than the last one shown, or leaves too few people."""
    told = estimates[
        estimates["estimand"].isin(["risk", "risk_ever"]) & estimates["model"].isin(DESCRIBED)
    ].sort_values("horizon", kind="stable")
    few = rules.small(told["n_events"]) | rules.small(told["n"] - told["n_events"])
    for _, own in told.groupby([told[key].fillna("") for key in ("analysis", "model", "term", "level")]):
        shown = 0.0
        for row, events in own["n_events"].items():
            few[row] |= 0 < events - shown <= rules.largest
            shown = shown if few[row] else events
    return few.reindex(estimates.index, fill_value=False)


def _against_few(estimates: pd.DataFrame, few: pd.Series) -> pd.Series:
    """True where a difference or ratio would give back what is withheld of one of its two groups."""
    base = estimates["estimand"].str.replace(r"_(difference|ratio)$", "", regex=True)
    rows = estimates.assign(estimand=base).astype({"horizon": str})
    keys = ["analysis", "term", "level", "estimand", "horizon"]
    withheld = set(rows.loc[few, keys].itertuples(index=False, name=None))
    either = []
    for side in ("level", "reference"):
        named = rows[["analysis", "term", side, "estimand", "horizon"]].itertuples(index=False, name=None)
        either.append([key in withheld for key in named])
    return pd.Series(np.any(either, axis=0), index=estimates.index)


def _starved(estimates: pd.DataFrame, fits: pd.DataFrame, rules: Rules) -> pd.Series:
    """True where the model of an estimate leaves too few residual degrees of freedom."""
    left = fits.set_index(["analysis", "model"]).eval("n - parameters")
    keys = pd.MultiIndex.from_frame(estimates[["analysis", "model"]])
    return pd.Series(left.reindex(keys).to_numpy() < rules.residual_df, index=estimates.index)


def release_fits(fits: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the counts of each fit."""
    if not rules.protects:
        return fits
    counts = ["n", "n_rows", "n_events", "n_missing"]
    return fits.assign(**{c: rules.rounded(fits[c]).mask(rules.small(fits[c]) & (fits[c] > 0)) for c in counts})


def release_diagnostics(diagnostics: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the diagnostics that are counts, or from which a count could be worked out."""
    if not rules.protects:
        return diagnostics
    counted = diagnostics["diagnostic"].isin(COUNT_DIAGNOSTICS)
    return diagnostics.assign(value=diagnostics["value"].where(~counted, rules.rounded(diagnostics["value"])))


def release_curves(curves: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Coarsen each curve until every step stands for more events than are withheld, and show it only while enough
    people are at risk: it may begin late where people enter late."""
    if not rules.protects or curves.empty:
        return curves
    keys = ["analysis", "by", "group"]
    return pd.concat([_coarse(curve, rules) for _, curve in curves.groupby(keys, sort=False)], ignore_index=True)


def _coarse(curve: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    curve = curve.sort_values("time").reset_index(drop=True)
    enough = (curve["n_risk"] > rules.largest).to_numpy()
    if not enough.any():
        hidden = dict.fromkeys(["estimate", "conf_low", "conf_high", "n_risk", "n_event", "n_censor"], np.nan)
        return curve.iloc[:1].assign(suppressed=True, **hidden)
    first = int(np.argmax(enough))
    last = first + int(np.argmin(np.r_[enough[first:], False]))
    curve = curve.iloc[first:last]
    step = _steps(curve["n_event"].to_numpy(), rules.largest + 1)
    kept = curve.groupby(step).last()
    kept["n_event"] = curve.groupby(step)["n_event"].sum()
    kept["n_censor"] = curve.groupby(step)["n_censor"].sum()
    few = kept["n_event"].to_numpy() <= rules.largest
    few[0] = False
    kept = kept[~few].copy()
    counts = kept[["n_event", "n_censor"]]
    hidden = counts.apply(rules.small) & (counts > 0)
    kept[["n_event", "n_censor"]] = counts.apply(rules.rounded).mask(hidden)
    kept["n_risk"] = rules.rounded(kept["n_risk"])
    kept["suppressed"] = hidden.any(axis=1)
    return kept[list(curve.columns)]


def _steps(events: np.ndarray, enough: int) -> np.ndarray:
    """Number the rows of a curve so that each number, the first aside, holds at least `enough` events.

    The first row (time zero) stands alone; an unfinished last step keeps its own number.
    """
    step = np.zeros(len(events), dtype=int)
    held, current = 0, 1
    for i in range(1, len(events)):
        step[i] = current
        held += events[i]
        if held >= enough:
            held, current = 0, current + 1
    return step


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


def release_table_one(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold small cells of table 1 and what would give them back; recompute percentages from rounded counts."""
    table = table.reset_index(drop=True)
    counted = table["mean"].isna()
    if rules.protects:
        withheld = _withheld(table, counted, rules)
        values = ["n", "mean", "sd", "median"]
        table[values] = table[values].mask(withheld, axis=0)
        hidden = rules.small(table["n_missing"]) & (table["n_missing"] > 0)
        table["n_missing"] = rules.rounded(table["n_missing"]).mask(hidden)
        table["total"] = rules.rounded(table["total"]).mask(rules.small(table["total"]))
        table["n"] = rules.rounded(table["n"])
        table["suppressed"] = withheld
    shown = counted & (table["variable"] != "people") & (table["total"] > 0)
    return table.assign(percent=(100 * table["n"] / table["total"]).where(shown))


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
