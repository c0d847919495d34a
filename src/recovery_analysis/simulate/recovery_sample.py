"""A study that interviews only people who are already in recovery, and the truth that it cannot see directly."""

import numpy as np

from ..study import GENDERS
from .lives import Lives, draw_lives
from .parameters import LifeParameters
from .recovery import peer_log_hazard_ratio

SHORTEST = 0.25
POPULATION, POPULATION_SEED = 100_000, 20_250_102
STEP, LONGEST = 0.05, 60.0


def only_in_recovery(lives: Lives) -> np.ndarray:
    """Whether each person is, at the interview, in a spell of recovery that began three months before or earlier."""
    since = lives.people["since_help"].to_numpy()[lives.spells["person"]]
    inside = (lives.spells["start"] <= since - SHORTEST) & (since < lives.spells["stop"])
    return np.isin(np.arange(len(lives.people)), lives.spells.loc[inside, "person"])


def true_times(parameters: LifeParameters) -> dict[str, object]:
    """Share of people who have met the criterion by each time, and what peers change, whoever is interviewed.

    From many complete lives with the same parameters: everybody, and every gender. Estimates from people in recovery
    alone should agree with these, and the naive ones do not.

    Returns
    -------
    dict
        time : years since first help; share : group → share by each time; n : people drawn; log_hazard_ratio : group →
        effect of peers from their first date on, for everybody the mean over people.
    """
    lives = draw_lives(POPULATION, POPULATION_SEED, parameters)
    people, grid = lives.people, np.arange(0.0, LONGEST + STEP / 2, STEP)
    groups = {"all": np.ones(len(people), dtype=bool)}
    groups |= {gender: (people["gender"] == gender).to_numpy() for gender in GENDERS}
    times = {name: np.sort(people.loc[rows, "stable_time"].to_numpy()) for name, rows in groups.items()}
    ratio = peer_log_hazard_ratio(parameters, people)
    shares = {name: np.searchsorted(own, grid, side="right") / len(own) for name, own in times.items()}
    return {
        "time": grid.round(2).tolist(),
        "share": {name: values.round(5).tolist() for name, values in shares.items()},
        "log_hazard_ratio": {name: round(float(ratio[rows].mean()), 5) for name, rows in groups.items()},
        "n": POPULATION,
    }
