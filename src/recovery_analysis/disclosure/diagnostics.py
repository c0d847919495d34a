"""Diagnostics of models: those that are counts, or give one back, are rounded."""

import pandas as pd

from .rules import Rules

COUNT_DIAGNOSTICS = ("people", "clusters", "events", "events_per_parameter")


def release_diagnostics(diagnostics: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round the diagnostics that are counts, or from which a count could be worked out."""
    if not rules.protects:
        return diagnostics
    counted = diagnostics["diagnostic"].isin(COUNT_DIAGNOSTICS)
    return diagnostics.assign(value=diagnostics["value"].where(~counted, rules.rounded(diagnostics["value"])))
