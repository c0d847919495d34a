"""Diagnostics of models: those that are counts, or give one back, are rounded."""

import pandas as pd

from ..schemas.results import DETECTABLE
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


def release_diagnostics(diagnostics: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the diagnostics that are counts, and what a null could have found: with the share of people with peers, it
    gives back the number of outcomes."""
    if not rules.protects:
        return diagnostics
    value, named = diagnostics["value"], diagnostics["diagnostic"]
    counts = rules.rounded(value).mask(same_people(diagnostics), rules.overlapping.rounded(value))
    released = value.mask(named.isin(COUNT_DIAGNOSTICS), counts).mask(named.isin(DETECTABLE), value.round(2))
    return diagnostics.assign(value=released)
