"""When each person started and stopped each pathway, in years since first help."""

import numpy as np
import pandas as pd

from .parameters import (
    CALENDAR_CENTRE,
    PATHWAYS,
    PEER_PATHWAYS,
    LifeParameters,
)
from .people import linear_predictor

NEVER = np.inf
MEDICATION_BY_PROBLEM = {"alcohol": 1.0, "opioids": 3.0, "stimulants": 0.2, "several": 1.2, "gambling": 0.1}


def draw_pathways(parameters: LifeParameters, people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw starts and stops of all pathways; several may run at once.

    Parameters
    ----------
    parameters : LifeParameters
    people : DataFrame
        From `draw_calendar`.
    rng : numpy.random.Generator

    Returns
    -------
    DataFrame
        `<pathway>_start` and `<pathway>_stop` for each of PATHWAYS and `peer_start` (the first of either peer
        pathway), in years since first help: infinity means never, a negative start is before first help.
    """
    starts = _peer_starts(parameters, people, rng) | _treatment_starts(parameters, people, rng)
    columns = {}
    for pathway, median in zip(PATHWAYS, parameters.duration_median, strict=True):
        length = median * np.exp(parameters.duration_log_sd * rng.standard_normal(len(people)))
        columns[f"{pathway}_start"] = starts[pathway]
        columns[f"{pathway}_stop"] = starts[pathway] + np.maximum(length, 0.02)
    columns["peer_start"] = np.minimum(*(starts[pathway] for pathway in PEER_PATHWAYS))
    return pd.DataFrame(columns, index=people.index)


def _peer_starts(parameters: LifeParameters, people: pd.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Invert a hazard that grows exponentially with calendar time (Gompertz), from first help on."""
    relative = np.exp(linear_predictor(parameters.uptake_effects, people))
    starts = {}
    for pathway, rate, growth in zip(PEER_PATHWAYS, parameters.peer_rate, parameters.peer_growth, strict=True):
        at_help = rate * relative * np.exp(growth * (people["help_at"].to_numpy() - CALENDAR_CENTRE))
        starts[pathway] = np.log1p(growth * rng.exponential(size=len(people)) / at_help) / growth
    early = rng.random(len(people)) < 1 - (1 - parameters.peer_before_help) ** relative
    before = -rng.random(len(people)) * (people["help_age"] - people["onset_age"]).to_numpy()
    starts["mutual_aid"] = np.where(early, before, starts["mutual_aid"])
    return starts


def _treatment_starts(
    parameters: LifeParameters, people: pd.DataFrame, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Treatment is first help itself, or starts at a constant rate afterwards."""
    starts = {}
    for pathway, at_once, rate in zip(
        PATHWAYS[2:], parameters.treatment_at_first_help, parameters.treatment_rate, strict=True
    ):
        factor = people["problem"].map(MEDICATION_BY_PROBLEM).to_numpy() if pathway == "medication" else 1.0
        later = rng.exponential(size=len(people)) / (rate * factor)
        starts[pathway] = np.where(rng.random(len(people)) < at_once * factor, 0.0, later)
    return starts
