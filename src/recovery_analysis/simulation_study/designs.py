"""What other designs tell of the same lives: answers in whole years, deaths, and stages that people move between."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimators.transitions import NO_MOVE, StateRows
from ..simulate.parameters import LifeParameters
from ..simulate.pathways import draw_pathways
from ..simulate.people import draw_calendar, draw_covariates, linear_predictor
from ..simulate.recovery import cumulative_baseline, draw_stable_time, inverse_baseline, stable_spells
from .sample import covariates_of
from .scenarios import Scenario

ANSWERS = np.array([*range(1, 11), *range(15, 45, 5)], dtype=float)
EVER_RECOVER, DEATH_RATE = 0.8, 0.08
LONG = 5.0


@dataclass(frozen=True)
class Told:
    """Years from first help to stable recovery, known to lie in (lower, upper]; upper is infinite where not yet.

    x : (n, 9) peers before first help, then the covariates.
    """

    lower: np.ndarray
    upper: np.ndarray
    x: np.ndarray


@dataclass(frozen=True)
class Deaths:
    """Years from first help to stable recovery (cause 1), death (2) or the end of follow-up (0); x as in `Told`."""

    stop: np.ndarray
    cause: np.ndarray
    x: np.ndarray


def draw_told(scenario: Scenario, people: int, rng: np.random.Generator) -> Told:
    """Ask about recovery after each of the first ten years, and every five years then: the time lies in between."""
    frame, peer_start = draw_people(scenario.parameters, people, rng)
    time = draw_stable_time(scenario.parameters, frame, peer_start, rng)
    asked = frame["since_help"].to_numpy() >= ANSWERS[1]
    time, since, x = time[asked], frame["since_help"].to_numpy()[asked], _with_peers(frame, peer_start)[asked]
    after = np.searchsorted(ANSWERS, time, side="left")
    end = np.append(ANSWERS, np.inf)[after]
    last = ANSWERS[np.searchsorted(ANSWERS, since, side="right") - 1]
    known = end <= last
    return Told(np.where(known, ANSWERS[np.maximum(after - 1, 0)], last), np.where(known, end, np.inf), x)


def draw_deaths(scenario: Scenario, people: int, rng: np.random.Generator) -> Deaths:
    """Draw recovery from a proportional subdistribution hazard, and death for those who never recover.

    The simulation of Fine & Gray 1999 (J Am Stat Assoc 94: 496-509, section 5), with the baseline of the scenario.
    """
    frame, peer_start = draw_people(scenario.parameters, people, rng)
    relative = relative_hazard(scenario.parameters, frame, peer_start <= 0)
    ever = 1 - (1 - EVER_RECOVER) ** relative
    recovers = rng.random(people) < ever
    left = (1 - rng.random(people) * ever) ** (1 / relative)
    hazard = -np.log1p(-(1 - left) / EVER_RECOVER)
    time = np.where(recovers, inverse_baseline(scenario.parameters, hazard), rng.exponential(1 / DEATH_RATE, people))
    since = frame["since_help"].to_numpy()
    cause = np.where(time <= since, np.where(recovers, 1, 2), 0)
    return Deaths(np.minimum(time, since), cause, _with_peers(frame, peer_start))


def draw_stages(scenario: Scenario, people: int, rng: np.random.Generator) -> StateRows:
    """Histories: not in stable recovery (0), in it (1), and five years or more in recovery (2), until the interview."""
    frame, peer_start = draw_people(scenario.parameters, people, rng)
    time = draw_stable_time(scenario.parameters, frame, peer_start, rng)
    long = stable_spells(scenario.parameters, time, peer_start, rng)
    met, person = long["start"] + scenario.parameters.stable_after, long["person"]
    moves = [(np.arange(people), np.zeros(people), 0), (person, met, 1), (person, long["stop"], 0)]
    lasting = long["stop"] - long["start"] > LONG
    moves.append((person[lasting], long["start"][lasting] + LONG, 2))
    parts = [pd.DataFrame({"person": p, "start": np.asarray(at), "state": state}) for p, at, state in moves]
    rows = pd.concat(parts, ignore_index=True).sort_values(["person", "start"], ignore_index=True)
    end = frame["since_help"].to_numpy()[rows["person"]]
    following = rows.groupby("person")[["start", "state"]].shift(-1)
    stop = np.minimum(following["start"].fillna(np.inf).to_numpy(), end)
    target = np.where(following["start"] <= end, following["state"], NO_MOVE).astype(int)
    seen = (rows["start"] < end).to_numpy()
    columns = rows["person"].to_numpy(), rows["start"].to_numpy(), stop, rows["state"].to_numpy(), target
    return StateRows(*(column[seen] for column in columns), 3)


def draw_people(parameters: LifeParameters, people: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Covariates and calendar, and the years from first help to peers."""
    frame = draw_calendar(parameters, draw_covariates(parameters, people, rng), rng)
    return frame, draw_pathways(parameters, frame, rng)["peer_start"].to_numpy()


def relative_hazard(parameters: LifeParameters, frame: pd.DataFrame, peers: np.ndarray) -> np.ndarray:
    """Hazard relative to the baseline, with peers from the start or without."""
    return np.exp(linear_predictor(parameters.recovery_effects, frame) + parameters.log_hr_peer[0] * peers)


def incidence(parameters: LifeParameters, relative: np.ndarray, time: float) -> np.ndarray:
    """True probability of recovery by a time, in the scenario with deaths."""
    reached = EVER_RECOVER * -np.expm1(-cumulative_baseline(parameters, np.array([time])))
    return 1 - (1 - reached) ** relative


def _with_peers(frame: pd.DataFrame, peer_start: np.ndarray) -> np.ndarray:
    return np.column_stack([(peer_start <= 0) * 1.0, covariates_of(frame)])
