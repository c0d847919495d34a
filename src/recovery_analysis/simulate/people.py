"""Who is in the simulated population: covariates and the calendar of each life."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from ..study import GENDERS
from .parameters import (
    AGE_CENTRE,
    COUNTRIES,
    EDUCATION_CENTRE,
    PROBLEMS,
    SEVERITY_CENTRE,
    CovariateEffects,
    LifeParameters,
)

YOUNGEST, OLDEST = 18.0, 75.0
FIRST_ONSET, FIRST_OFFSET = 10.0, 8.0
PROBLEM_SHARES = {"man": (0.40, 0.16, 0.14, 0.22, 0.08), "elsewhere": (0.46, 0.14, 0.13, 0.23, 0.04)}
EDUCATION_SHARES = (0.24, 0.38, 0.22, 0.16)


def _draw(rng: np.random.Generator, shares: Sequence[float], n: int) -> np.ndarray:
    """Draw n positions with the given probabilities."""
    return np.minimum(np.searchsorted(np.cumsum(shares), rng.random(n)), len(shares) - 1)


def draw_covariates(
    parameters: LifeParameters, n: int, rng: np.random.Generator, gender: str | None = None
) -> pd.DataFrame:
    """Draw what is recorded about n people.

    Parameters
    ----------
    parameters : LifeParameters
    n : int
    rng : numpy.random.Generator
    gender : str, optional
        Draw only people of this gender; otherwise in the population's shares.

    Returns
    -------
    DataFrame
        gender, problem, severity (0-10), education (1-4), onset_age and help_age (years).
    """
    code = _draw(rng, parameters.gender_shares, n) if gender is None else np.full(n, GENDERS.index(gender))
    man, elsewhere = (_draw(rng, PROBLEM_SHARES[key], n) for key in ("man", "elsewhere"))
    problem = np.where(code == GENDERS.index("man"), man, elsewhere)
    onset_spread = np.exp(parameters.onset_log_sd * ndtri(rng.uniform(0.001, 0.985, n)))
    onset = np.maximum(FIRST_ONSET, FIRST_OFFSET + (parameters.onset_median - FIRST_OFFSET) * onset_spread)
    delay_spread = np.exp(parameters.help_delay_log_sd * ndtri(rng.uniform(0.001, 0.985, n)))
    heavier = np.array([0.0, 0.35, 0.0, 0.35, -0.2])[problem]
    severity = rng.binomial(10, expit(rng.normal(0.05 + heavier - 0.15, 0.6, n)))
    return pd.DataFrame(
        {
            "gender": np.array(GENDERS, dtype=object)[code],
            "problem": np.array(PROBLEMS, dtype=object)[problem],
            "severity": severity,
            "education": 1 + _draw(rng, EDUCATION_SHARES, n),
            "onset_age": onset,
            "help_age": onset + parameters.help_delay_median * delay_spread,
        }
    )


def draw_calendar(parameters: LifeParameters, people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add country, site, interview day, and the calendar times that follow from them.

    Time from first help to interview depends on age at first help alone, so the sample has no selection on
    the outcome.

    Returns
    -------
    DataFrame
        `people` with country, site, interview (day), interview_at and help_at (decimal calendar years),
        since_help (years from first help to interview) and age (years at interview).
    """
    n = len(people)
    country = _draw(rng, parameters.country_shares, n)
    site = 10 * (country + 1) + 1 + np.floor(rng.random(n) * np.array(parameters.sites)[country]).astype(int)
    day = np.datetime64(parameters.first_interview, "D") + rng.integers(0, parameters.interview_days, n)
    interview_at = decimal_year(day)
    help_age = people["help_age"].to_numpy()
    low = np.maximum(0.1, YOUNGEST + 0.01 - help_age)
    high = np.maximum(np.minimum(parameters.longest_since_help, OLDEST - help_age), low + 0.1)
    since = low + (high - low) * rng.beta(*parameters.since_help_shape, n)
    return people.assign(
        country=np.array(COUNTRIES, dtype=object)[country],
        site=site,
        interview=day,
        interview_at=interview_at,
        since_help=since,
        help_at=interview_at - since,
        age=help_age + since,
    )


def decimal_year(day: np.ndarray) -> np.ndarray:
    """Turn days (datetime64) into decimal calendar years."""
    year = day.astype("datetime64[Y]")
    first, following = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]")
    share = (day.astype("datetime64[D]") - first).astype(float) / (following - first).astype(float)
    return 1970.0 + year.astype(int) + share


def linear_predictor(effects: CovariateEffects, people: pd.DataFrame) -> np.ndarray:
    """Sum of covariate effects on the log-hazard scale, one value per person."""
    gender = people["gender"].map(dict(zip(GENDERS, effects.gender, strict=True))).to_numpy(float)
    problem = people["problem"].map(dict(zip(PROBLEMS, effects.problem, strict=True))).to_numpy(float)
    return (
        gender
        + problem
        + effects.age_per_10 * (people["help_age"].to_numpy() - AGE_CENTRE) / 10
        + effects.severity * (people["severity"].to_numpy() - SEVERITY_CENTRE)
        + effects.education * (people["education"].to_numpy() - EDUCATION_CENTRE)
    )
