"""What people say about themselves at the baseline interview and at two follow-up waves."""

import numpy as np
import pandas as pd
from scipy.special import expit

from ..study import GENDERS
from .parameters import (
    EDUCATION_CENTRE,
    PEER_PATHWAYS,
    SEVERITY_CENTRE,
    LifeParameters,
    WaveModel,
)

WAVES = (0, 1, 2)
INTERVIEW_AGE_CENTRE = 42.0
SOCIAL_RANGE, BARC_RANGE = (0, 40), (10, 60)
HALF_YEAR = 0.5
BETWEEN_WAVES, WAVE_SPREAD = 365, 20


def draw_waves(
    parameters: LifeParameters,
    people: pd.DataFrame,
    pathways: pd.DataFrame,
    spells: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw wave measures; each depends on recorded values of the wave before.

    Scores are whole numbers as recorded, and the recorded score is what the next wave depends on, so the
    coefficients in the parameters hold for the data as they are received. People lost at wave 1 stay lost.

    Returns
    -------
    DataFrame
        person (row number), wave (0, 1, 2), interview (day), peer_6m, arrest (0/1), social (0-40), barc
        (10-60), one row per interview that took place.
    """
    current = _baseline(parameters, people, pathways, spells, rng)
    parts = [current]
    for wave in WAVES[1:]:
        lost = _binary(_predict(parameters.dropout, people, current, None), rng) == 1
        current, people = current[~lost], people.loc[current.index[~lost]]
        current = _follow_up(parameters, people, current, wave, rng)
        parts.append(current)
    return pd.concat(parts, ignore_index=True)


def _predict(model: WaveModel, people: pd.DataFrame, before: pd.DataFrame, previous: str | None) -> np.ndarray:
    """Linear predictor from the wave before; `previous` names the measure whose own past value counts."""
    position = people["gender"].map({gender: i for i, gender in enumerate(GENDERS)}).to_numpy()
    own_past = before[previous].to_numpy() if previous else 0.0
    return (
        model.intercept
        + np.array(model.peer)[position] * before["peer_6m"].to_numpy()
        + np.array(model.gender)[position]
        + model.previous * own_past
        + model.social * before["social"].to_numpy()
        + model.age_per_10 * (people["age"].to_numpy() - INTERVIEW_AGE_CENTRE) / 10
        + model.severity * (people["severity"].to_numpy() - SEVERITY_CENTRE)
        + model.education * (people["education"].to_numpy() - EDUCATION_CENTRE)
    )


def _score(mean: np.ndarray, sd: float, limits: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return np.clip(np.rint(mean + sd * rng.standard_normal(len(mean))), *limits).astype(int)


def _binary(log_odds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random(len(log_odds)) < expit(log_odds)).astype(int)


def in_recovery(people: pd.DataFrame, spells: pd.DataFrame) -> np.ndarray:
    """Whether each person is inside a recovery spell at the baseline interview (0/1)."""
    since = people["since_help"].to_numpy()[spells["person"]]
    inside = (spells["start"] <= since) & (since < spells["stop"])
    return np.isin(np.arange(len(people)), spells.loc[inside, "person"]).astype(int)


def peers_lately(people: pd.DataFrame, pathways: pd.DataFrame) -> np.ndarray:
    """Whether a peer pathway was used in the six months before the baseline interview (0/1)."""
    since = people["since_help"].to_numpy()
    used = [
        (pathways[f"{p}_start"].to_numpy() <= since) & (pathways[f"{p}_stop"].to_numpy() > since - HALF_YEAR)
        for p in PEER_PATHWAYS
    ]
    return np.logical_or(*used).astype(int)


def _baseline(
    parameters: LifeParameters,
    people: pd.DataFrame,
    pathways: pd.DataFrame,
    spells: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    recovery = in_recovery(people, spells)
    now = pd.DataFrame({"peer_6m": peers_lately(people, pathways), "social": 0}, index=people.index)
    add_social, add_barc, add_arrest = parameters.recovery_scores
    social, barc, arrest = (
        _predict(model, people, now, None) + added * recovery
        for model, added in (
            (parameters.social_start, add_social),
            (parameters.barc_start, add_barc),
            (parameters.arrest_start, add_arrest),
        )
    )
    return pd.DataFrame(
        {
            "person": np.arange(len(people)),
            "wave": 0,
            "interview": people["interview"].to_numpy(),
            "peer_6m": now["peer_6m"],
            "social": _score(social, parameters.social_start.sd, SOCIAL_RANGE, rng),
            "barc": _score(barc, parameters.barc_start.sd, BARC_RANGE, rng),
            "arrest": _binary(arrest, rng),
        },
        index=people.index,
    )


def _follow_up(
    parameters: LifeParameters,
    people: pd.DataFrame,
    before: pd.DataFrame,
    wave: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    gap = np.clip(np.rint(rng.normal(BETWEEN_WAVES, WAVE_SPREAD, len(before))), 300, 430).astype(int)
    social = _predict(parameters.social, people, before, "social")
    barc = _predict(parameters.barc, people, before, "barc")
    return before.assign(
        wave=wave,
        interview=before["interview"].to_numpy() + gap.astype("timedelta64[D]"),
        peer_6m=_binary(_predict(parameters.attendance, people, before, "peer_6m"), rng),
        social=_score(social, parameters.social.sd, SOCIAL_RANGE, rng),
        barc=_score(barc, parameters.barc.sd, BARC_RANGE, rng),
        arrest=_binary(_predict(parameters.arrest, people, before, "arrest"), rng),
    )
