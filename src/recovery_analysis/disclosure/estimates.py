"""Estimates and the fits they come from: withheld where they rest on few people."""

import numpy as np
import pandas as pd

from .precision import in_steps, second_digit, share_step
from .rules import EMULATED, Rules, same_people

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted", "detectable"]
CONTRASTS = ("_difference", "_ratio")
CURVES = ("kaplan_meier", "aalen_johansen", "pseudo_values", "pseudo_values_adjusted")
DESCRIBED = (*CURVES, EMULATED)
COUNTED = (*CURVES, "states", "stays")
SHARES = ("risk", "probability", "hazard")


def release_estimates(estimates: pd.DataFrame, fits: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold estimates that rest on few people, with the outcome or, for odds, without it, or on few degrees of
    freedom; round their counts."""
    if not rules.protects:
        return estimates
    without = (estimates["scale"] == "log_odds") & rules.small(estimates["n"] - estimates["n_events"])
    few = rules.small(estimates["n"]) | rules.small(estimates["n_events"]) | without
    few |= _starved(estimates, fits, rules) | _small_steps(estimates, rules)
    described = estimates["model"].isin(DESCRIBED)
    compared = described & estimates["estimand"].str.endswith(CONTRASTS) & (estimates["estimand"] != "hazard_ratio")
    few |= compared & _against_few(estimates, few & described)
    few |= _given_back(estimates, few)
    out = _as_counted(estimates, rules)
    out.loc[few, NUMBERS] = np.nan
    out.loc[few & (out["status"] == "ok"), "status"] = "suppressed"
    out["note"] = out["note"].mask(few & described & ~out["estimand"].str.endswith("_time"))
    coarse = same_people(estimates)
    for column in ("n", "n_events"):
        counts = rules.rounded(out[column]).mask(coarse, rules.overlapping.rounded(out[column]))
        out[column] = counts.mask(rules.small(estimates[column]) | compared)
    out["n_events"] = out["n_events"].mask(without)
    out["detectable"] = _two_decimals(out["detectable"].astype(float), out["scale"])
    return out


def _two_decimals(detectable: pd.Series, scale: pd.Series) -> pd.Series:
    """What could have been found, as told among the diagnostics: with the share of people with peers, more digits of it
    give back the number of outcomes."""
    return np.log(np.exp(detectable).round(2)).where(scale != "difference", detectable.round(2))


def _as_counted(estimates: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """What is told of people as they were, no more exactly than counts are: shares in steps of as many people as counts
    are rounded to, times to the second digit of their error."""
    if rules.all_digits:
        return estimates.copy()
    counted = estimates["model"].isin(COUNTED) & estimates["scale"].isin([*SHARES, "time"])
    digit = second_digit(estimates["std_error"])
    step = share_step(estimates["n"], rules).where(estimates["scale"].isin(SHARES), digit)
    told = counted & step.notna()
    rounded = in_steps(estimates[["estimate", "conf_low", "conf_high"]], step)
    rounded["std_error"] = in_steps(estimates[["std_error"]], digit)["std_error"]
    return estimates.assign(**{name: estimates[name].mask(told, rounded[name]) for name in rounded})


def _small_steps(estimates: pd.DataFrame, rules: Rules) -> pd.Series:
    """True where a probability stands for too few outcomes more than the last one shown, or leaves too few people."""
    told = estimates[estimates["estimand"].isin(["risk", "risk_ever"]) & estimates["model"].isin(CURVES)].sort_values(
        "horizon", kind="stable"
    )
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


def _given_back(estimates: pd.DataFrame, few: pd.Series) -> pd.Series:
    """True for the state of fewest people where one state alone is withheld: the shares of all states sum to one."""
    found = pd.Series(False, index=estimates.index)
    own = estimates[estimates["estimand"].isin(["state_probability", "expected_years"])]
    if own.empty:
        return found
    keys = ["analysis", "model", "term", "level", "reference", "group", "estimand", "scale", "horizon"]
    for _, group in own.groupby(keys, dropna=False, sort=False):
        shown = group[~few[group.index]]
        if len(shown) == len(group) - 1 and len(shown):
            found[shown["n_events"].idxmin()] = True
    return found


def _starved(estimates: pd.DataFrame, fits: pd.DataFrame, rules: Rules) -> pd.Series:
    """True where the model of an estimate leaves too few residual degrees of freedom."""
    left = fits.set_index(["analysis", "model"]).eval("n - parameters")
    keys = pd.MultiIndex.from_frame(estimates[["analysis", "model"]])
    return pd.Series(left.reindex(keys).to_numpy() < rules.residual_df, index=estimates.index)


def release_fits(fits: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the counts of each fit."""
    if not rules.protects:
        return fits
    coarse, released = same_people(fits), {}
    for column in ("n", "n_rows", "n_events", "n_missing"):
        own = fits[column]
        counts = rules.rounded(own).mask(coarse, rules.overlapping.rounded(own))
        released[column] = counts.mask(rules.small(own) & (own > 0))
    return fits.assign(**released)
