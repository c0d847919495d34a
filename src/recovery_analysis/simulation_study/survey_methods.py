"""Estimators of what interviews tell of lives since first help: those in use, and the naive ones beside them."""

import numpy as np
import pandas as pd

from ..estimators.clone_censor_weight import emulate, target_trial
from ..estimators.cox import fit_cox
from ..estimators.families import spline_family
from ..estimators.glm import fit_linear, fit_logistic
from ..estimators.kaplan_meier import kaplan_meier
from ..estimators.parametric import fit_parametric, known_times
from ..estimators.reverse_time import conditional_curve, retro_hazard
from ..estimators.standardised import Segment, standardise
from ..estimators.trial_bootstrap import bootstrap
from .sample import COVARIATES, Sample
from .truth import EARLY, PROBABILITY_AT, RESTRICTED_TO

LANDMARK = 2.0
FIRST_YEAR = 1.0
RESAMPLES = 30
NAMES = ["peers", *COVARIATES]
Answer = tuple[float, float]


def _cox(start: np.ndarray, stop: np.ndarray, event: np.ndarray, x: np.ndarray) -> Answer:
    """Log hazard ratio of the first column of x; people who did not answer are left out."""
    kept = np.isfinite(x).all(axis=1) & (stop > start)
    varies = np.ptp(x[kept], axis=0) > 0
    names = [name for name, keep in zip(NAMES, varies, strict=False) if keep]
    fit = fit_cox(start[kept], stop[kept], event[kept], x[kept][:, varies], names)
    if fit.status != "ok" or not varies[0]:
        return np.nan, np.nan
    return float(fit.coefficients[0]), float(np.sqrt(fit.variance[0, 0]))


def cloned(sample: Sample) -> Answer:
    """Target trial of engaging within a year of first help, or not, by clones, censoring and weights."""
    engaged = np.clip(sample.peer_start, 0, None)
    trial = target_trial(sample.stop, sample.event, engaged, sample.x, grace=FIRST_YEAR, horizon=PROBABILITY_AT)
    resampled = bootstrap(trial, RESAMPLES, seed=1).estimates["log_hazard_ratio"]
    return emulate(trial).estimates["log_hazard_ratio"], float(np.nanstd(resampled, ddof=1))


def standardised(sample: Sample) -> Answer:
    """Restricted mean time to recovery from the Cox model: all with peers from first help on, less nobody ever."""
    start, stop, event, x = _split(sample)
    kept = np.isfinite(x).all(axis=1)
    fit = fit_cox(start[kept], stop[kept], event[kept], x[kept], NAMES)
    if fit.status != "ok":
        return np.nan, np.nan
    people = sample.x[np.isfinite(sample.x).all(axis=1)]
    always, never = ([Segment(np.inf, np.column_stack([np.full(len(people), value), people]))] for value in (1.0, 0.0))
    horizons, courses = np.array([RESTRICTED_TO]), {"always": always, "never": never}
    difference = standardise(fit, courses, horizons, also=np.array([]))["difference"]
    return float(difference.restricted_mean[0]), float(difference.restricted_mean_std_error[0])


def _split(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Person-time before and after first engagement: start, stop, event, and the design with peers first."""
    joins = np.clip(sample.peer_start, 0, None)
    changes = (joins > 0) & (joins < sample.stop)
    before = (np.zeros(len(joins)), np.where(changes, joins, sample.stop), np.where(changes, 0.0, sample.event))
    after = (joins[changes], sample.stop[changes], sample.event[changes])
    start, stop, event = (np.concatenate(pair) for pair in zip(before, after, strict=True))
    peers = np.concatenate([(joins == 0) * 1.0, np.ones(changes.sum())])
    return start, stop, event, np.column_stack([peers, np.vstack([sample.x, sample.x[changes]])])


def cox_time_varying(sample: Sample) -> Answer:
    """Adjusted Cox model, peers from first engagement on."""
    return _cox(*_split(sample))


def cox_crude(sample: Sample) -> Answer:
    """The same without covariates."""
    start, stop, event, x = _split(sample)
    return _cox(start, stop, event, x[:, :1])


def without_severity(sample: Sample) -> Answer:
    """The same without the covariate that some did not answer."""
    start, stop, event, x = _split(sample)
    return _cox(start, stop, event, np.delete(x, NAMES.index("severity"), axis=1))


def ever_never(sample: Sample) -> Answer:
    """Peers at any time before the end of follow-up, as if it had been known from the start."""
    ever = (sample.peer_start < sample.stop) * 1.0
    return _cox(np.zeros(len(ever)), sample.stop, sample.event, np.column_stack([ever, sample.x]))


def landmark(sample: Sample) -> Answer:
    """People without the outcome two years after first help, by peers until then."""
    later = sample.of(sample.stop > LANDMARK)
    by_then = (later.peer_start <= LANDMARK) * 1.0
    return _cox(np.full(len(by_then), LANDMARK), later.stop, later.event, np.column_stack([by_then, later.x]))


def still_in_recovery(sample: Sample) -> Answer:
    """Only people who are in recovery at the interview count as having reached it."""
    start, stop, event, x = _split(sample)
    now = np.concatenate(
        [sample.relapsed, sample.relapsed[(sample.peer_start > 0) & (sample.peer_start < sample.stop)]]
    )
    return _cox(start, stop, event * (1 - now), x)


def _first_year(sample: Sample) -> np.ndarray:
    """Peers in the year after first help, when nobody can have reached stable recovery yet, and the covariates."""
    return np.column_stack([(sample.peer_start <= FIRST_YEAR) * 1.0, sample.x])


def recovered_only(sample: Sample) -> Answer:
    """Cox model of people in recovery, as if everybody had been in the file."""
    return _cox(np.zeros(len(sample.stop)), sample.stop, sample.event, _first_year(sample))


def reverse_time(sample: Sample) -> Answer:
    """Retro-hazard Cox model: time runs backwards, and a person enters it at the interview (Lagakos et al. 1988)."""
    x = _first_year(sample)
    varies = np.ptp(x, axis=0) > 0
    fit = retro_hazard(sample.stop, sample.since_help, x[:, varies], [NAMES[i] for i in np.flatnonzero(varies)])
    if fit.status != "ok" or not varies[0]:
        return np.nan, np.nan
    return -float(fit.coefficients[0]), float(np.sqrt(fit.variance[0, 0]))


def right_truncated(sample: Sample) -> Answer:
    """Weibull hazards of time since the first year, given that stable recovery came before the interview."""
    time, window = sample.stop - FIRST_YEAR, sample.since_help - FIRST_YEAR
    x = _first_year(sample)
    fit = fit_parametric(spline_family(np.log(time), 0), known_times(time, time, window=window), x, tuple(NAMES))
    if fit.status != "ok":
        return np.nan, np.nan
    peers = fit.position("peers")
    return float(fit.coefficients[peers]), float(np.sqrt(fit.variance[peers, peers]))


def reverse_curve(sample: Sample) -> Answer:
    """Reverse-time probability of recovery within five years, of those who get there within twenty."""
    early = sample.of(sample.stop <= RESTRICTED_TO)
    curve = conditional_curve(early.stop, np.minimum(early.since_help, RESTRICTED_TO), 0.95)
    last = int(np.searchsorted(curve.time, EARLY, side="right")) - 1
    return float(curve.estimate[last]), float(curve.std_error[last])


def share_in_file(sample: Sample) -> Answer:
    """The same as the plain share of the people in the file."""
    early = sample.stop[sample.stop <= RESTRICTED_TO] <= EARLY
    share = float(early.mean())
    return share, float(np.sqrt(share * (1 - share) / len(early)))


def reached_by(sample: Sample) -> Answer:
    """Kaplan-Meier probability of having reached stable recovery ten years after first help.

    Where peers matter and became more common, people followed for long had fewer of them: censoring is not independent.
    """
    return by_then(sample.stop, sample.event)


def by_then(stop: np.ndarray, event: np.ndarray) -> Answer:
    """Kaplan-Meier probability of the outcome within ten years."""
    curve = kaplan_meier(np.zeros(len(stop)), stop, event, 0.95)
    last = int(np.searchsorted(curve["time"].to_numpy(), PROBABILITY_AT, side="right")) - 1
    return 1 - float(curve["estimate"].iloc[last]), float(curve["std_error"].iloc[last])


def reached_of_followed(sample: Sample) -> Answer:
    """Share of the people followed for ten years or until recovery, the others left out."""
    known = (sample.event == 1) & (sample.stop <= PROBABILITY_AT)
    followed = known | (sample.stop > PROBABILITY_AT)
    share = known.sum() / followed.sum()
    return float(share), float(np.sqrt(share * (1 - share) / followed.sum()))


def _waves(rows: pd.DataFrame, outcome: str, exposure: str) -> Answer:
    columns = [exposure, f"{outcome}_previous", *COVARIATES]
    y, x, person = rows[outcome].to_numpy(float), rows[columns].to_numpy(float), rows["person"].to_numpy()
    fit = fit_linear(y, x, person) if outcome == "social" else fit_logistic(y, x, columns, person)
    if fit.status != "ok":
        return np.nan, np.nan
    return float(fit.coefficients[0]), float(np.sqrt(fit.variance[0, 0]))


def social_after(rows: pd.DataFrame) -> Answer:
    """Linear regression on peers at the interview before."""
    return _waves(rows, "social", "peer_6m_previous")


def social_same(rows: pd.DataFrame) -> Answer:
    """Linear regression on peers in the same months as the outcome."""
    return _waves(rows, "social", "peer_6m")


def arrest_after(rows: pd.DataFrame) -> Answer:
    """Logistic regression on peers at the interview before."""
    return _waves(rows, "arrest", "peer_6m_previous")


def arrest_same(rows: pd.DataFrame) -> Answer:
    """Logistic regression on peers in the same months as the outcome."""
    return _waves(rows, "arrest", "peer_6m")
