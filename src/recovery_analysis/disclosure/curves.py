"""Survival curves: coarsened until every step stands for enough people."""

import numpy as np
import pandas as pd

from .precision import in_steps, share_step
from .rules import Rules

WIDEST_STEP = 5
NUMBERS = ["estimate", "conf_low", "conf_high"]
# Predicted from a model, so that no step of theirs is somebody's.
PREDICTED = ("standardised", "right_truncated")


def release_curves(curves: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Coarsen each curve until every step stands for more events than are withheld, and show it only while enough
    people are at risk: it may begin late where people enter late."""
    if not rules.protects or curves.empty:
        return curves
    # The truth behind simulated data rests on no person in the file.
    invented = curves["group"] == "truth"
    if invented.any():
        return pd.concat([release_curves(curves[~invented], rules), curves[invented]], ignore_index=True)
    keys, staged, cloned = ["analysis", "by", "group"], curves["state"].notna(), curves["by"] == "strategy"
    parts = [_counted(curve, rules) for _, curve in curves[~staged & ~cloned].groupby(keys, sort=False)]
    parts += [_cloned(curve, rules) for _, curve in curves[cloned].groupby(keys, sort=False)]
    parts += [_whole(curve, rules) for _, curve in curves[staged].groupby(keys, sort=False)]
    return pd.concat(parts, ignore_index=True)


def _whole(curve: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Where people are, year by year: shares in whole percent; where few are in a state, in steps so wide that nobody
    can tell how few. Nothing is shown once such a step would be over WIDEST_STEP percent."""
    followed = curve.groupby("time")["n_risk"].transform("sum")
    wide = np.ceil(100 * (rules.largest + 1) / followed.clip(lower=1))
    step = wide.where(curve["n_risk"] <= rules.largest, 1.0)
    shares = curve[NUMBERS].mul(100).div(step, axis=0).add(0.5).apply(np.floor).mul(step, axis=0).div(100).clip(upper=1)
    few = wide > WIDEST_STEP
    counts = curve[["n_risk", "n_event", "n_censor"]]
    hidden = counts.apply(rules.small) & (counts > 0)
    out = curve.assign(**shares.mask(few, axis=0), suppressed=few | hidden.any(axis=1))
    return out.assign(**counts.apply(rules.rounded).mask(hidden))


def _counted(curve: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """A curve of people as they were, in shares of as many people as counts are rounded to."""
    shown = _coarse(curve, rules)
    if rules.all_digits or curve["method"].isin(PREDICTED).all():
        return shown
    return shown.assign(**in_steps(shown[NUMBERS], share_step(float(curve["n_risk"].max()), rules)))


def _cloned(curve: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """A strategy of a target trial: the same people are under the other one as well, so what is between the two curves
    are people. Shares are rounded to those of as many people as may be shown, and so are the counts. The curve ends
    at the horizon, at which the risk is an estimate too."""
    share = share_step(float(curve["n_risk"].max()), rules.overlapping)
    shown, end = _coarse(curve, rules.overlapping), curve.sort_values("time").tail(1)
    if end["n_risk"].iloc[0] > rules.largest and end["time"].iloc[0] > shown["time"].max():
        counts = {"n_risk": rules.overlapping.rounded(end["n_risk"]), "n_event": np.nan, "n_censor": np.nan}
        shown = pd.concat([shown, end.assign(**counts, suppressed=True)])
    return shown.assign(**(1 - in_steps(1 - shown[NUMBERS], share)).clip(0.0, 1.0))


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
