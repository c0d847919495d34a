"""One sample of people, as an analyst has them: times, peers and covariates as arrays."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit

from ..simulate.lives import draw_lives
from ..simulate.parameters import LifeParameters
from ..simulate.pathways import draw_pathways
from ..simulate.people import draw_calendar, draw_covariates
from ..simulate.recovery import draw_spells, draw_stable_time
from .scenarios import Scenario

COVARIATES = ("woman", "age", "severity", "opioids", "stimulants", "several", "gambling", "education")
SAME_DAY = 0.001


@dataclass(frozen=True, eq=False)
class Sample:
    """People of one replicate. Times are years since first help; all arrays have a row per person.

    Attributes
    ----------
    stop, event : end of follow-up, and 1 where stable recovery was reached then.
    peer_start : first engagement with peers; infinity means never.
    x : (n, 8) covariates in the order of COVARIATES.
    since_help : time from first help to the interview.
    relapsed : 1 where a person who reached stable recovery was using again at the interview.
    """

    stop: np.ndarray
    event: np.ndarray
    peer_start: np.ndarray
    x: np.ndarray
    since_help: np.ndarray
    relapsed: np.ndarray

    def of(self, chosen: np.ndarray) -> "Sample":
        """The people chosen, by a condition or by position."""
        return Sample(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def draw_sample(scenario: Scenario, people: int, rng: np.random.Generator) -> Sample:
    """Draw people of a scenario, and tell of them what an interview would.

    Parameters
    ----------
    people : how many are drawn; where only some come into the file, the sample has fewer.
    """
    parameters = scenario.parameters
    frame = draw_calendar(parameters, draw_covariates(parameters, people, rng), rng)
    peer_start = draw_pathways(parameters, frame, rng)["peer_start"].to_numpy()
    time = draw_stable_time(parameters, frame, peer_start, rng)
    since = frame["since_help"].to_numpy()
    relapsed = (
        _relapsed(parameters, time, peer_start, since, rng) if scenario.label == "Heavy relapse" else np.zeros(people)
    )
    sample = Sample(np.minimum(time, since), (time <= since) * 1.0, peer_start, covariates_of(frame), since, relapsed)
    if scenario.kind == "recovered":
        sample = sample.of(sample.event == 1)
    sample = _lost(sample, scenario.lost, time, rng)
    sample = _rounded(sample, scenario.whole_years, rng)
    return _unanswered(sample, scenario.missing, rng)


def covariates_of(frame: pd.DataFrame) -> np.ndarray:
    """(n, 8) covariates in the order of COVARIATES."""
    problem = frame["problem"].to_numpy()
    columns = [frame["gender"].to_numpy() == "woman", frame["help_age"] / 10, frame["severity"]]
    columns += [problem == name for name in COVARIATES[3:7]]
    return np.column_stack([*columns, frame["education"]]).astype(float)


def _relapsed(
    parameters: LifeParameters, time: np.ndarray, peer_start: np.ndarray, since: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Whether somebody who reached stable recovery is not in a lasting period of recovery at the interview."""
    spells = draw_spells(parameters, time, peer_start, rng)
    long = spells[spells["kind"] == "stable"]
    at = since[long["person"]]
    inside = np.unique(long.loc[(long["start"] + parameters.stable_after <= at) & (at < long["stop"]), "person"])
    return ((time <= since) & ~np.isin(np.arange(len(time)), inside)).astype(float)


def _lost(sample: Sample, how: str, time: np.ndarray, rng: np.random.Generator) -> Sample:
    """End the follow-up of some people early, at a random time."""
    if how == "no":
        return sample
    if how == "measured":
        log_odds = -0.4 - 1.0 * (sample.peer_start <= sample.since_help) + 0.25 * (sample.x[:, 2] - 5)
    else:
        log_odds = -0.4 + 1.2 * np.tanh(np.log(time / 8))
    leaves = rng.random(len(time)) < expit(log_odds)
    at = np.where(leaves, np.maximum(rng.random(len(time)) * sample.since_help, SAME_DAY), np.inf)
    return replace(sample, stop=np.minimum(sample.stop, at), event=sample.event * (sample.stop <= at))


def _rounded(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    """Both dates by the year alone, for a share of the people: each then stands for the middle of its year."""
    chosen = rng.random(len(sample.stop)) < share
    first = rng.random(len(sample.stop))
    years = np.floor(first + sample.stop) - np.floor(first)
    told = np.where(chosen & (sample.event == 1), np.maximum(years, 0.5), sample.stop)
    peers = np.floor(first + sample.peer_start)
    peers = np.where(chosen & np.isfinite(sample.peer_start), peers, sample.peer_start)
    return replace(sample, stop=told, peer_start=peers)


def _unanswered(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    """Leave the severity out for a share of the people, more often of those with peers by the interview."""
    peers = sample.peer_start <= sample.since_help
    chance = share * np.where(peers, 1.3, 1.0) / (1 + 0.3 * peers.mean())
    x = sample.x.copy()
    x[rng.random(len(x)) < chance, COVARIATES.index("severity")] = np.nan
    return replace(sample, x=x)


def draw_wave_rows(scenario: Scenario, people: int, seed: int) -> pd.DataFrame:
    """Pairs of consecutive interviews: social, arrest, peer at the wave, each with its value at the wave before.

    Returns
    -------
    DataFrame with person, social, arrest, peer_6m, the same with `_previous`, and the covariates of COVARIATES.
    """
    lives = draw_lives(people, seed, scenario.parameters)
    waves = lives.waves[["person", "wave", "social", "arrest", "peer_6m"]]
    before = waves.assign(wave=waves["wave"] + 1)
    rows = waves.merge(before, on=["person", "wave"], suffixes=("", "_previous"))
    covariates = pd.DataFrame(covariates_of(lives.people), columns=list(COVARIATES))
    covariates["age"] = lives.people["age"] / 10
    return rows.merge(covariates, left_on="person", right_index=True)
