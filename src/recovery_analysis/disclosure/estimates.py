"""Estimates and the fits they come from: withheld where they rest on few people."""

import numpy as np
import pandas as pd

from .rules import Rules

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted"]


def release_estimates(estimates: pd.DataFrame, fits: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold estimates that rest on few people, with the outcome or, for odds, without it, or on few degrees of
    freedom; round their counts."""
    if not rules.protects:
        return estimates
    without = (estimates["scale"] == "log_odds") & rules.small(estimates["n"] - estimates["n_events"])
    few = rules.small(estimates["n"]) | rules.small(estimates["n_events"]) | without
    few |= _starved(estimates, fits, rules)
    out = estimates.copy()
    out.loc[few, NUMBERS] = np.nan
    out.loc[few & (out["status"] == "ok"), "status"] = "suppressed"
    for column in ("n", "n_events"):
        out[column] = rules.rounded(out[column]).mask(rules.small(estimates[column]))
    out["n_events"] = out["n_events"].mask(without)
    return out


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
