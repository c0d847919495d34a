"""What is true in a scenario, by integration over the population."""

from functools import cache

import numpy as np

from ..simulate.parameters import LifeParameters
from ..simulate.people import draw_covariates, linear_predictor
from ..simulate.recovery import cumulative_baseline, draw_stable_time, peer_log_hazard_ratio, stable_spells
from ..simulate.truth import true_survival
from .designs import DEATH_RATE, EVER_RECOVER, draw_people, incidence, relative_hazard
from .scenarios import ARREST, SOCIAL, Scenario

POPULATION, BATCHES, SEED = 10_000, 10, 20_250_102
STEP = 0.1
EARLY, PROBABILITY_AT, RESTRICTED_TO, STAYS_FOR = 5.0, 10.0, 20.0, 5.0
STAGE_BATCHES = 250
NOTHING = ("log_hazard_ratio_late", "gender_difference", "trial_risk_difference", "trial_mean_difference")


def true_value(scenario: Scenario, estimand: str) -> float:
    """True value of an estimand; missing where no single value is true (a hazard ratio that changes over time)."""
    parameters = scenario.parameters
    match estimand:
        case "log_hazard_ratio":
            proportional = parameters.log_hr_peer[0] == 0 or parameters.peer_effect_until > RESTRICTED_TO
            return parameters.log_hr_peer[0] if proportional else np.nan
        case "log_hazard_ratio_early":
            return parameters.log_hr_peer[0]
        case "no_difference":
            return 0.0 if parameters.log_hr_peer[0] == 0 else np.nan
        case _ if estimand in NOTHING:
            return 0.0
        case "never_share":
            return 1 - EVER_RECOVER
        case "log_time_ratio":
            return -parameters.log_hr_peer[0] / parameters.baseline_shape
        case "log_subdistribution_ratio":
            return parameters.log_hr_peer[0]
        case "probability" if scenario.kind == "deaths":
            return _with_deaths(parameters)[0]
        case "risk_difference" | "mean_since_difference" | "mean_without_difference":
            names = ("risk_difference", "mean_since_difference", "mean_without_difference")
            return _with_deaths(parameters)[1 + names.index(estimand)]
        case "median":
            return float(np.interp(0.5, 1 - _as_lived(parameters), _grid()))
        case "median_within":
            reached = 1 - _as_lived(parameters)
            return float(np.interp(reached[-1] / 2, reached, _grid()))
        case "probability":
            return 1 - float(np.interp(PROBABILITY_AT, _grid(), _as_lived(parameters)))
        case "probability_within":
            early, late = 1 - np.interp([EARLY, RESTRICTED_TO], _grid(), _as_lived(parameters))
            return float(early / late)
        case "state_probability" | "state_years" | "stay_probability":
            return _in_recovery(parameters)[("state_probability", "state_years", "stay_probability").index(estimand)]
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
def _with_deaths(parameters: LifeParameters) -> tuple[float, float, float, float]:
    """Where some die, within ten years: probability of recovery; all with peers less none: its difference, that of the
    mean time since recovery, and that of the mean time until either recovery or death."""
    people, peer_start = draw_people(parameters, POPULATION * BATCHES, np.random.default_rng([SEED, BATCHES]))
    lived = incidence(parameters, relative_hazard(parameters, people, peer_start <= 0), PROBABILITY_AT).mean()
    grid = _grid()[_grid() <= PROBABILITY_AT + STEP / 2]
    reached, neither = [], []
    for peers in (True, False):
        relative = relative_hazard(parameters, people, peers)
        recovered = np.array([incidence(parameters, relative, at).mean() for at in grid])
        died = np.mean((1 - EVER_RECOVER) ** relative) * -np.expm1(-DEATH_RATE * grid)
        reached.append(recovered)
        neither.append(1 - recovered - died)
    since, without = (float(np.trapezoid(one - other, grid)) for one, other in (reached, neither))
    return float(lived), float(reached[0][-1] - reached[1][-1]), since, without


@cache
def _in_recovery(parameters: LifeParameters) -> tuple[float, float, float]:
    """Of many lives: share in stable recovery ten years after first help; mean years in it until then; and, of those
    who reached it by the interview, share still in it five years later."""
    share, years, reached, stayed = 0.0, 0.0, 0, 0
    for batch in range(STAGE_BATCHES):
        rng = np.random.default_rng([SEED, batch])
        people, peer_start = draw_people(parameters, POPULATION, rng)
        stable = draw_stable_time(parameters, people, peer_start, rng)
        long = stable_spells(parameters, stable, peer_start, rng)
        met = np.minimum(long["start"].to_numpy() + parameters.stable_after, PROBABILITY_AT)
        left = np.minimum(long["stop"].to_numpy(), PROBABILITY_AT)
        share += ((met < PROBABILITY_AT) & (long["stop"] > PROBABILITY_AT)).sum() / POPULATION
        years += (left - met).sum() / POPULATION
        first = long.drop_duplicates("person").set_index("person")["stop"].to_numpy()
        seen = stable < people["since_help"].to_numpy()
        reached += seen.sum()
        stayed += (first - stable > STAYS_FOR)[seen].sum()
    return float(share / STAGE_BATCHES), float(years / STAGE_BATCHES), float(stayed / reached)


@cache
def _contrast(parameters: LifeParameters) -> float:
    """Restricted mean time to stable recovery, everybody with peers from first help on minus nobody ever."""
    people = draw_covariates(parameters, POPULATION * BATCHES, np.random.default_rng([SEED, BATCHES]))
    always, never = (true_survival(parameters, people, _grid(), peers) for peers in (True, False))
    return float(np.trapezoid(always - never, _grid()))
