"""What is true in a scenario, by integration over the population."""

from functools import cache

import numpy as np

from ..simulate.parameters import LifeParameters
from ..simulate.people import draw_covariates, linear_predictor
from ..simulate.recovery import cumulative_baseline, draw_stable_time, peer_log_hazard_ratio, stable_spells
from ..simulate.truth import true_survival
from .designs import draw_people, incidence, relative_hazard
from .scenarios import ARREST, SOCIAL, Scenario

POPULATION, BATCHES, SEED = 10_000, 10, 20_250_102
STEP = 0.1
EARLY, PROBABILITY_AT, RESTRICTED_TO = 5.0, 10.0, 20.0
STAGE_BATCHES = 30


def true_value(scenario: Scenario, estimand: str) -> float:
    """True value of an estimand; missing where no single value is true (a hazard ratio that changes over time)."""
    parameters = scenario.parameters
    match estimand:
        case "log_hazard_ratio":
            proportional = parameters.log_hr_peer[0] == 0 or parameters.peer_effect_until > RESTRICTED_TO
            return parameters.log_hr_peer[0] if proportional else np.nan
        case "log_time_ratio":
            return -parameters.log_hr_peer[0] / parameters.baseline_shape
        case "log_subdistribution_ratio":
            return parameters.log_hr_peer[0]
        case "probability" if scenario.kind == "deaths":
            return _with_deaths(parameters)[0]
        case "risk_difference":
            return _with_deaths(parameters)[1]
        case "probability":
            return 1 - float(np.interp(PROBABILITY_AT, _grid(), _as_lived(parameters)))
        case "probability_within":
            early, late = 1 - np.interp([EARLY, RESTRICTED_TO], _grid(), _as_lived(parameters))
            return float(early / late)
        case "state_probability" | "state_years":
            return _in_recovery(parameters)[estimand == "state_years"]
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
        people, start = draw_people(parameters, POPULATION, rng)
        start = start[:, None]
        relative = np.exp(linear_predictor(parameters.recovery_effects, people))[:, None]
        ratio = np.exp(peer_log_hazard_ratio(parameters, people))[:, None]
        whole = cumulative_baseline(parameters, _grid())
        until = np.minimum(_grid(), parameters.peer_effect_until)
        before = cumulative_baseline(parameters, np.minimum(start, until))
        with_peers = cumulative_baseline(parameters, until) - before
        total += np.exp(-relative * (whole + (ratio - 1) * with_peers)).mean(axis=0)
    return total / BATCHES


@cache
def _with_deaths(parameters: LifeParameters) -> tuple[float, float]:
    """Probability of recovery within ten years where some die, and its difference between all with peers and none."""
    people, peer_start = draw_people(parameters, POPULATION * BATCHES, np.random.default_rng([SEED, BATCHES]))
    lived, always, never = (
        incidence(parameters, relative_hazard(parameters, people, peers), PROBABILITY_AT).mean()
        for peers in (peer_start <= 0, True, False)
    )
    return float(lived), float(always - never)


@cache
def _in_recovery(parameters: LifeParameters) -> tuple[float, float]:
    """Share of many lives in stable recovery ten years after first help, and mean years in it until then."""
    share, years = 0.0, 0.0
    for batch in range(STAGE_BATCHES):
        rng = np.random.default_rng([SEED, batch])
        people, peer_start = draw_people(parameters, POPULATION, rng)
        long = stable_spells(parameters, draw_stable_time(parameters, people, peer_start, rng), peer_start, rng)
        met = np.minimum(long["start"].to_numpy() + parameters.stable_after, PROBABILITY_AT)
        left = np.minimum(long["stop"].to_numpy(), PROBABILITY_AT)
        share += ((met < PROBABILITY_AT) & (long["stop"] > PROBABILITY_AT)).sum() / POPULATION
        years += (left - met).sum() / POPULATION
    return float(share / STAGE_BATCHES), float(years / STAGE_BATCHES)


@cache
def _contrast(parameters: LifeParameters) -> float:
    """Restricted mean time to stable recovery, everybody with peers from first help on minus nobody ever."""
    people = draw_covariates(parameters, POPULATION * BATCHES, np.random.default_rng([SEED, BATCHES]))
    always, never = (true_survival(parameters, people, _grid(), peers) for peers in (True, False))
    return float(np.trapezoid(always - never, _grid()))
