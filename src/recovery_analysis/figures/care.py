"""The gates behind a curve or a table of times: what a reader must know before relying on it."""

from collections.abc import Collection

import pandas as pd

from .. import labels

# The models whose estimates are read off the curves of each grouping; those of a predicted curve are one.
CRUDE = ("kaplan_meier", "aalen_johansen", "turnbull", "log_rank", "gray_test")
MODELS = {"peer": CRUDE, "gender": CRUDE, labels.OUTCOMES: CRUDE, "strategy": ("clone_censor_weight",)}
PREDICTED = ("standardised",)


def models_behind(by: str) -> tuple[str, ...]:
    """Models whose gates a figure of curves carries, by its grouping."""
    return MODELS.get(by, PREDICTED)


def care(estimates: pd.DataFrame, analysis: str, models: Collection[str], group: str | None = None) -> list[str]:
    """One sentence with every reason to read the usable estimates of these models with care; none if all passed.

    Parameters
    ----------
    estimates : the released estimates.
    group : of these people only, where groups come from different models.
    """
    own = estimates[(estimates["analysis"] == analysis) & estimates["model"].isin(models)]
    own = own if group is None else own[own["group"] == group]
    return labels.care(own.loc[own["status"] == "ok", "gate"])
