"""What is true in a scenario, by integration over the population."""

from functools import cache

import numpy as np

from ..simulate.parameters import LifeParameters
from ..simulate.pathways import draw_pathways
from ..simulate.people import draw_calendar, draw_covariates, linear_predictor
from ..simulate.recovery import cumulative_baseline, peer_log_hazard_ratio
from ..simulate.truth import true_survival
from .scenarios import ARREST, SOCIAL, Scenario

POPULATION, BATCHES, SEED = 10_000, 10, 20_250_102
STEP = 0.1
PROBABILITY_AT, RESTRICTED_TO = 10.0, 20.0


def true_value(scenario: Scenario, estimand: str) -> float:
    """True value of an estimand; missing where no single value is true (a hazard ratio that changes over time)."""
    parameters = scenario.parameters
    match estimand:
        case "log_hazard_ratio":
            proportional = parameters.log_hr_peer[0] == 0 or parameters.peer_effect_until > RESTRICTED_TO
            return parameters.log_hr_peer[0] if proportional else np.nan
        case "probability":
            return 1 - float(np.interp(PROBABILITY_AT, _grid(), _as_lived(parameters)))
        case "restricted_mean_difference":
            return _contrast(parameters)
        case "mean_difference":
            return SOCIAL
        case "log_odds_ratio":
            return ARREST
    raise ValueError(estimand)


def _grid() -> np.ndarray:
    return np.arange(0.0, RESTRICTED_TO + STEP / 2, STEP)


@cache
def _as_lived(parameters: LifeParameters) -> np.ndarray:
    """Probability of not having reached stable recovery yet, with peers as people engage with them.

    The mean of each person's own survival function given covariates and engagement, so that only these are drawn.
    """
    total = np.zeros(len(_grid()))
    for batch in range(BATCHES):
        rng = np.random.default_rng([SEED, batch])
        people = draw_calendar(parameters, draw_covariates(parameters, POPULATION, rng), rng)
        start = draw_pathways(parameters, people, rng)["peer_start"].to_numpy()[:, None]
        relative = np.exp(linear_predictor(parameters.recovery_effects, people))[:, None]
        ratio = np.exp(peer_log_hazard_ratio(parameters, people))[:, None]
        whole = cumulative_baseline(parameters, _grid())
        until = np.minimum(_grid(), parameters.peer_effect_until)
        before = cumulative_baseline(parameters, np.minimum(start, until))
        with_peers = cumulative_baseline(parameters, until) - before
        total += np.exp(-relative * (whole + (ratio - 1) * with_peers)).mean(axis=0)
    return total / BATCHES


@cache
def _contrast(parameters: LifeParameters) -> float:
    """Restricted mean time to stable recovery, everybody with peers from first help on minus nobody ever."""
    people = draw_covariates(parameters, POPULATION * BATCHES, np.random.default_rng([SEED, BATCHES]))
    always, never = (true_survival(parameters, people, _grid(), peers) for peers in (True, False))
    return float(np.trapezoid(always - never, _grid()))
