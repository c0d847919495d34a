"""A whole simulated study population."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .parameters import LifeParameters
from .pathways import draw_pathways
from .people import draw_calendar, draw_covariates
from .recovery import draw_spells, draw_stable_time
from .waves import draw_waves


@dataclass(frozen=True)
class Lives:
    """Lives as they were, before anybody is asked about them.

    Attributes
    ----------
    parameters : LifeParameters
    people : DataFrame
        One row per person: covariates, calendar, `stable_time` (years from first help to meeting the
        criterion) and the columns of `draw_pathways`.
    spells : DataFrame
        Recovery spells from `draw_spells`, not cut at the interview.
    waves : DataFrame
        Wave measures from `draw_waves`.
    seed : int
        The seed the lives were drawn with; the interviews draw on it too.
    """

    parameters: LifeParameters
    people: pd.DataFrame
    spells: pd.DataFrame
    waves: pd.DataFrame
    seed: int


def draw_lives(n: int, seed: int, parameters: LifeParameters | None = None) -> Lives:
    """Draw n lives.

    Each part of a life has its own random stream, so a parameter of one part leaves the others as they were.

    Parameters
    ----------
    n : int
        Number of people interviewed.
    seed : int
    parameters : LifeParameters, optional
        The default truth when not given.

    Returns
    -------
    Lives
    """
    parameters = parameters or LifeParameters()
    streams = [np.random.default_rng([seed, part]) for part in range(6)]
    people = draw_covariates(parameters, n, streams[0])
    people = draw_calendar(parameters, people, streams[1])
    pathways = draw_pathways(parameters, people, streams[2])
    peer_start = pathways["peer_start"].to_numpy()
    stable_time = draw_stable_time(parameters, people, peer_start, streams[3])
    spells = draw_spells(parameters, stable_time, peer_start, streams[4])
    waves = draw_waves(parameters, people, pathways, spells, streams[5])
    people = pd.concat([people.assign(stable_time=stable_time), pathways], axis=1)
    return Lives(parameters, people, spells, waves, seed)
