"""Diagnostics of models: those that are counts, or give one back, are rounded."""

import pandas as pd

from .rules import Rules, same_people

COUNT_DIAGNOSTICS = (
    "people",
    "clusters",
    "events",
    "events_per_parameter",
    "delayed_entry",
    "followed_to_horizon",
    "people_in_states",
)
# With the share of people with peers, this one gives back the number of outcomes.
FROM_COUNTS = ("minimum_detectable_hazard_ratio", "minimum_detectable_effect")


def release_diagnostics(diagnostics: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the diagnostics that are counts, or from which a count could be worked out."""
    if not rules.protects:
        return diagnostics
    value, named = diagnostics["value"], diagnostics["diagnostic"]
    counts = rules.rounded(value).mask(same_people(diagnostics), rules.overlapping.rounded(value))
    released = value.mask(named.isin(COUNT_DIAGNOSTICS), counts).mask(named.isin(FROM_COUNTS), value.round(2))
    return diagnostics.assign(value=released)
