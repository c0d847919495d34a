"""When stable recovery is met, and a life of recovery spells that agrees with it."""

import numpy as np
import pandas as pd

from ..study import GENDERS
from .parameters import LifeParameters
from .people import linear_predictor

MOST_ATTEMPTS = 60
STABLE_SPELLS = 3
LONGEST_ATTEMPT = 0.9


def cumulative_baseline(parameters: LifeParameters, times: np.ndarray) -> np.ndarray:
    """Cumulative baseline hazard of meeting the criterion at `times` (years since first help)."""
    at_risk = np.maximum(np.asarray(times, dtype=float) - parameters.stable_after, 0.0)
    return (at_risk / parameters.baseline_scale) ** parameters.baseline_shape


def inverse_baseline(parameters: LifeParameters, hazard: np.ndarray) -> np.ndarray:
    """Times at which the cumulative baseline hazard reaches `hazard`."""
    return parameters.stable_after + parameters.baseline_scale * hazard ** (1 / parameters.baseline_shape)


def peer_log_hazard_ratio(parameters: LifeParameters, people: pd.DataFrame) -> np.ndarray:
    """Each person's log hazard ratio of peer engagement."""
    return people["gender"].map(dict(zip(GENDERS, parameters.log_hr_peer, strict=True))).to_numpy(float)


def draw_stable_time(
    parameters: LifeParameters, people: pd.DataFrame, peer_start: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw the time at which the criterion is met, exactly from the hazard with time-varying engagement.

    The hazard is h0(t) exp(log_hr_peer[gender] * 1{peer_start < t <= peer_effect_until} + x), and 0 before
    `stable_after`; a unit
    exponential is carried through the inverse of its piecewise integral (Bender, Augustin & Blettner 2005,
    Statistics in Medicine 24:1713-1723; Austin 2012, 31:3946-3958, for time-varying exposure).

    Parameters
    ----------
    parameters : LifeParameters
    people : DataFrame
        Columns of `draw_covariates`.
    peer_start : array of shape (n,)
        Years since first help; infinity means never.
    rng : numpy.random.Generator

    Returns
    -------
    array of shape (n,)
        Years since first help.
    """
    needed = rng.exponential(size=len(people)) / np.exp(linear_predictor(parameters.recovery_effects, people))
    ratio = np.exp(peer_log_hazard_ratio(parameters, people))
    before, until = (
        np.where(np.isfinite(at), cumulative_baseline(parameters, np.where(np.isfinite(at), at, 0.0)), np.inf)
        for at in (peer_start, np.maximum(peer_start, parameters.peer_effect_until))
    )
    with np.errstate(invalid="ignore"):
        during = before + (needed - before) / ratio
        after = until + needed - before - ratio * (until - before)
    hazard = np.where(needed <= before, needed, np.where(during <= until, during, after))
    return inverse_baseline(parameters, hazard)


def draw_spells(
    parameters: LifeParameters,
    stable_time: np.ndarray,
    peer_start: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Fill each life with recovery spells; the first that reaches `stable_after` does so at `stable_time`.

    Returns
    -------
    DataFrame
        person (row number), start, stop (years since first help), kind: "attempt" (always shorter than
        `stable_after`) or "stable". Sorted by person and start.
    """
    attempts = _attempts(parameters, stable_time - parameters.stable_after, rng)
    stable = stable_spells(parameters, stable_time, peer_start, rng)
    spells = pd.concat([attempts, stable], ignore_index=True)
    return spells.sort_values(["person", "start"], kind="stable", ignore_index=True)


def _attempts(parameters: LifeParameters, window: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Short attempts between first help and the start of the spell that becomes stable."""
    spread = np.exp(parameters.attempt_rate_log_sd * rng.standard_normal(len(window)))
    count = np.minimum(rng.poisson(parameters.attempt_rate_median * spread * window), MOST_ATTEMPTS)
    person = np.repeat(np.arange(len(window)), count)
    start = rng.random(len(person)) * window[person]
    start = start[np.lexsort((start, person))]
    last = np.append(person[1:] != person[:-1], True)[: len(person)]
    following = np.where(last, window[person], np.append(start[1:], 0.0)[: len(person)])
    length = np.minimum(rng.exponential(parameters.attempt_length, len(person)), 0.8 * (following - start))
    length = np.minimum(length, LONGEST_ATTEMPT * parameters.stable_after)
    return pd.DataFrame({"person": person, "start": start, "stop": start + length, "kind": "attempt"})


def stable_spells(
    parameters: LifeParameters, stable_time: np.ndarray, peer_start: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The spell that is stable, and those after relapse, each lasting `stable_after` at least: person, start, stop."""
    parts, met = [], stable_time
    for _ in range(STABLE_SPELLS):
        relapse = _relapse_time(parameters, met, peer_start, rng)
        part = pd.DataFrame({"start": met - parameters.stable_after, "stop": relapse, "kind": "stable"})
        parts.append(part.assign(person=np.arange(len(met)))[np.isfinite(met)])
        again = parameters.use_again_median * np.exp(parameters.use_again_log_sd * rng.standard_normal(len(met)))
        met = relapse + again + parameters.stable_after
    return pd.concat(parts, ignore_index=True)


def _relapse_time(
    parameters: LifeParameters, met: np.ndarray, peer_start: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Invert a relapse hazard that falls exponentially from `met` on, lower once peers are engaged."""
    rate, decline = parameters.relapse_rate, parameters.relapse_decline
    ratio = np.exp(parameters.log_hr_relapse_peer)
    needed = rng.exponential(size=len(met))
    with np.errstate(invalid="ignore", divide="ignore"):
        wait = np.where(np.isfinite(met), np.maximum(peer_start - met, 0.0), np.inf)
        before = rate * -np.expm1(-decline * wait) / decline
        used = np.where(needed <= before, needed, before + (needed - before) / ratio)
        left = 1 - decline * used / rate
        return np.where(left > 0, met - np.log(np.where(left > 0, left, 1.0)) / decline, np.inf)
