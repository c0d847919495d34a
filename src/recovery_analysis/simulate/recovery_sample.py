"""A study that interviews only people who are already in recovery, and the truth that it cannot see directly."""

import numpy as np

from ..study import GENDERS
from .lives import Lives, draw_lives
from .parameters import LifeParameters

SHORTEST = 0.25
POPULATION, POPULATION_SEED = 100_000, 20_250_102
STEP, LONGEST = 0.05, 60.0


def only_in_recovery(lives: Lives) -> np.ndarray:
    """Whether each person is, at the interview, in a spell of recovery that began three months before or earlier."""
    since = lives.people["since_help"].to_numpy()[lives.spells["person"]]
    inside = (lives.spells["start"] <= since - SHORTEST) & (since < lives.spells["stop"])
    return np.isin(np.arange(len(lives.people)), lives.spells.loc[inside, "person"])


def true_times(parameters: LifeParameters) -> dict[str, object]:
    """Share of people who have met the criterion by each time, as lives go, whoever is interviewed.

    From many complete lives with the same parameters: everybody, and every gender. Estimates from people in recovery
    alone should agree with these, and the naive ones do not.

    Returns
    -------
    dict
        time : years since first help; share : group → share by each time; n : people drawn.
    """
    lives = draw_lives(POPULATION, POPULATION_SEED, parameters)
    people, grid = lives.people, np.arange(0.0, LONGEST + STEP / 2, STEP)
    groups = {"all": np.ones(len(people), dtype=bool)}
    groups |= {gender: (people["gender"] == gender).to_numpy() for gender in GENDERS}
    times = {name: np.sort(people.loc[rows, "stable_time"].to_numpy()) for name, rows in groups.items()}
    shares = {name: np.searchsorted(own, grid, side="right") / len(own) for name, own in times.items()}
    return {
        "time": grid.round(2).tolist(),
        "share": {name: values.round(5).tolist() for name, values in shares.items()},
        "n": POPULATION,
    }
