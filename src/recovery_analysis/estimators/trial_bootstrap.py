"""Intervals of a target trial by clones: samples of people, each with both clones and its own model of engaging."""

from dataclasses import dataclass

import numpy as np

from .clone_censor_weight import ESTIMANDS, Emulation, TargetTrial, emulate
from .numerics import log_log_interval


@dataclass(frozen=True)
class Bootstrap:
    """Estimates by name (ESTIMANDS), one for each sample; and the standard error of both curves.

    `survival_error` is (2, times), arm 0 first: the standard deviation over the samples of the curve after each time.
    The error of an estimate from B samples has B - 1 degrees of freedom (Rust & Rao 1996, Stat Methods Med Res 5:
    283-310), so its interval is Student's.
    """

    estimates: dict[str, np.ndarray]
    survival_error: np.ndarray

    def error(self, name: str) -> tuple[float, int]:
        """Standard error of an estimate, from the samples that gave one, and its degrees of freedom."""
        known = self.estimates[name][np.isfinite(self.estimates[name])]
        return (float(known.std(ddof=1)) if len(known) > 1 else np.nan), max(len(known) - 1, 1)


@dataclass(frozen=True)
class StrategyCurve:
    """One strategy: columns of equal length, time 0 first.

    `survival` is the weighted share without the outcome after `time`. The counts are of clones, each one person, and
    not weighted: at risk just before `time`, with the outcome at it, censored since the time before.
    """

    time: np.ndarray
    survival: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray
    n_censor: np.ndarray


def bootstrap(trial: TargetTrial, replicates: int, seed: int, unit: np.ndarray | None = None) -> Bootstrap:
    """Draw people with replacement; both clones and the model of engaging come along.

    An estimate is missing where a sample allows none.

    Parameters
    ----------
    unit : (people,) codes from 0 of what is drawn in place of people, such as their sites; all people of it come along.
    """
    rng = np.random.default_rng(seed)
    unit = np.arange(trial.people) if unit is None else unit
    units = int(unit.max()) + 1
    whole = emulate(trial)
    samples, total, squares = [], np.zeros_like(whole.survival), np.zeros_like(whole.survival)
    for _ in range(replicates):
        drawn = np.bincount(rng.integers(units, size=units), minlength=units).astype(float)[unit]
        sample = emulate(trial, drawn, whole.model.coefficients)
        samples.append(sample.estimates)
        away = sample.survival - whole.survival
        total += away
        squares += away**2
    variance = (squares - total**2 / replicates) / max(replicates - 1, 1)
    estimates = {name: np.array([sample[name] for sample in samples]) for name in ESTIMANDS}
    return Bootstrap(estimates, np.sqrt(np.maximum(variance, 0.0)))


def strategy_curve(
    trial: TargetTrial, found: Emulation, arm: int, survival_error: np.ndarray, conf_level: float, df: int | None = None
) -> StrategyCurve:
    """The curve of one strategy with pointwise log-log intervals, up to the horizon.

    Parameters
    ----------
    arm : 1 to engage within the grace period, 0 not to.
    survival_error : (2, times) as from `bootstrap`, and its degrees of freedom; a normal interval if left out.
    """
    clones, times = trial.clones, found.times
    mine = clones.arm == arm
    ends = _last_rows(clones.person[mine], clones.stop[mine])
    stop, happened = clones.stop[mine][ends], clones.event[mine][ends] == 1
    time = np.concatenate([[0.0], times, [trial.horizon] if not len(times) or times[-1] < trial.horizon else []])
    place = np.searchsorted(time, stop, side="left")
    survival, error = (
        np.concatenate([[first], rows[arm]]) for first, rows in ((1.0, found.survival), (0.0, survival_error))
    )
    padded = len(time) - len(survival)
    survival, error = (np.append(v, v[-1:].repeat(padded)) for v in (survival, error))
    low, high = log_log_interval(survival, error, conf_level, df)
    counts = (np.bincount(place[which], minlength=len(time)).astype(float) for which in (happened, ~happened))
    at_risk = len(stop) - np.searchsorted(np.sort(stop), time, side="left").astype(float)
    return StrategyCurve(time, survival, low, high, at_risk, *counts)


def _last_rows(person: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Positions of the last row of each person, in the order of people."""
    order = np.lexsort((stop, person))
    return order[np.append(person[order][1:] != person[order][:-1], True)]
