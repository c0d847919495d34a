"""Survival curves: coarsened until every step stands for enough people."""

import numpy as np
import pandas as pd

from .rules import Rules


def release_curves(curves: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Coarsen each curve until every step stands for more events than are withheld, and show it only while enough
    people are at risk: it may begin late where people enter late."""
    if not rules.protects or curves.empty:
        return curves
    # The truth behind simulated data rests on no person in the file.
    invented = curves["group"] == "truth"
    if invented.any():
        return pd.concat([release_curves(curves[~invented], rules), curves[invented]], ignore_index=True)
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
