"""What further designs tell of the same lives: sites that differ, unequal chances, people who never recover."""

from dataclasses import dataclass

import numpy as np

from ..simulate.recovery import inverse_baseline
from .designs import EVER_RECOVER, Deaths, draw_people, relative_hazard
from .sample import COVARIATES, Sample, covariates_of, draw_sample
from .scenarios import Scenario

SITES, FRAILTY = 50, 0.3
SEVERE, SELDOM = 6.0, 1 / 3


@dataclass(frozen=True, eq=False)
class Sites:
    """Years from first help to stable recovery or the interview, and the site; x : (n, 9) as in `Told`."""

    stop: np.ndarray
    event: np.ndarray
    x: np.ndarray
    site: np.ndarray


@dataclass(frozen=True, eq=False)
class Chosen:
    """A sample, and the inverse of each person's chance to be in it."""

    sample: Sample
    weight: np.ndarray


def draw_sites(scenario: Scenario, people: int, rng: np.random.Generator) -> Sites:
    """People of one site share a factor of their hazard (gamma, mean 1), and a chance to have peers from the start."""
    frame, _ = draw_people(scenario.parameters, people, rng)
    site = rng.integers(SITES, size=people)
    frailty, share = rng.gamma(1 / FRAILTY, FRAILTY, SITES), rng.random(SITES)
    peers = rng.random(people) < share[site]
    relative = relative_hazard(scenario.parameters, frame, peers) * frailty[site]
    time = inverse_baseline(scenario.parameters, rng.exponential(size=people) / relative)
    since = frame["since_help"].to_numpy()
    x = np.column_stack([peers * 1.0, covariates_of(frame)])
    return Sites(np.minimum(time, since), (time <= since) * 1.0, x, np.unique(site, return_inverse=True)[1])


def draw_chosen(scenario: Scenario, people: int, rng: np.random.Generator) -> Chosen:
    """Draw more people than are asked: of those whose problem is not severe, one in three is asked."""
    drawn = draw_sample(scenario, 2 * people, rng)
    chance = np.where(drawn.x[:, COVARIATES.index("severity")] >= SEVERE, 1.0, SELDOM)
    asked = rng.random(len(chance)) < chance
    return Chosen(drawn.of(asked), 1 / chance[asked])


def draw_never(scenario: Scenario, people: int, rng: np.random.Generator) -> Deaths:
    """A share never recovers; the others do after Weibull times that nothing else bears on. Nobody dies."""
    frame, peer_start = draw_people(scenario.parameters, people, rng)
    ever = rng.random(people) < EVER_RECOVER
    time = np.where(ever, inverse_baseline(scenario.parameters, rng.exponential(size=people)), np.inf)
    since = frame["since_help"].to_numpy()
    x = np.column_stack([(peer_start <= 0) * 1.0, covariates_of(frame)])
    return Deaths(np.minimum(time, since), (time <= since) * 1, x)
