"""Estimators of what interviews tell of lives since first help: those in use, and the naive ones beside them."""

from functools import lru_cache

import numpy as np
import pandas as pd

from ..estimators.clone_censor_weight import emulate, target_trial
from ..estimators.cox import fit_cox
from ..estimators.glm import fit_linear, fit_logistic
from ..estimators.kaplan_meier import kaplan_meier, median_time
from ..estimators.numerics import critical_value
from ..estimators.standardised import Segment, standardise
from ..estimators.trial_bootstrap import Bootstrap, bootstrap
from .answers import NO_ANSWER, Answer, of_ends, of_fit, of_share, place
from .sample import COVARIATES, Sample
from .scenarios import LEVEL
from .truth import PROBABILITY_AT, RESTRICTED_TO

LANDMARK = 2.0
FIRST_YEAR = 1.0
RESAMPLES = 30
NAMES = ["peers", *COVARIATES]


def cox(start: np.ndarray, stop: np.ndarray, event: np.ndarray, x: np.ndarray) -> Answer:
    """Log hazard ratio of the first column of x; people who did not answer are left out."""
    kept = np.isfinite(x).all(axis=1) & (stop > start)
    varies = np.ptp(x[kept], axis=0) > 0
    names = [name for name, keep in zip(NAMES, varies, strict=False) if keep]
    fit = fit_cox(start[kept], stop[kept], event[kept], x[kept][:, varies], names)
    return of_fit(fit) if varies[0] else NO_ANSWER


@lru_cache(maxsize=1)
def _trial(sample: Sample) -> tuple[dict[str, float], Bootstrap]:
    """Target trial of engaging within a year of first help, or not: its estimates, and bootstrap samples."""
    engaged = np.clip(sample.peer_start, 0, None)
    trial = target_trial(sample.stop, sample.event, engaged, sample.x, grace=FIRST_YEAR, horizon=PROBABILITY_AT)
    return emulate(trial).estimates, bootstrap(trial, RESAMPLES, seed=1)


def _cloned(sample: Sample, name: str) -> Answer:
    """One estimate by clones, censoring and weights."""
    estimates, samples = _trial(sample)
    error, df = samples.error(name)
    half = critical_value(LEVEL, df) * error
    return estimates[name], error, estimates[name] - half, estimates[name] + half


def cloned(sample: Sample) -> Answer:
    """Log hazard ratio of the two strategies."""
    return _cloned(sample, "log_hazard_ratio")


def cloned_risk(sample: Sample) -> Answer:
    """Difference of the share recovered within ten years."""
    return _cloned(sample, "risk_difference")


def cloned_mean(sample: Sample) -> Answer:
    """Difference of the restricted mean time to recovery within ten years."""
    return _cloned(sample, "restricted_mean_difference")


def standardised(sample: Sample) -> Answer:
    """Restricted mean time to recovery from the Cox model: all with peers from first help on, less nobody ever."""
    start, stop, event, x = split_at_peers(sample)
    kept = np.isfinite(x).all(axis=1)
    fit = fit_cox(start[kept], stop[kept], event[kept], x[kept], NAMES)
    if fit.status != "ok":
        return NO_ANSWER
    people = sample.x[np.isfinite(sample.x).all(axis=1)]
    always, never = ([Segment(np.inf, np.column_stack([np.full(len(people), value), people]))] for value in (1.0, 0.0))
    horizons, courses = np.array([RESTRICTED_TO]), {"always": always, "never": never}
    difference = standardise(fit, courses, horizons, also=np.array([]))["difference"]
    return float(difference.restricted_mean[0]), float(difference.restricted_mean_std_error[0])


def split_at_peers(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
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
    return cox(*split_at_peers(sample))


def cox_crude(sample: Sample) -> Answer:
    """The same without covariates."""
    start, stop, event, x = split_at_peers(sample)
    return cox(start, stop, event, x[:, :1])


def without_severity(sample: Sample) -> Answer:
    """The same without the covariate that some did not answer."""
    start, stop, event, x = split_at_peers(sample)
    return cox(start, stop, event, np.delete(x, NAMES.index("severity"), axis=1))


def ever_never(sample: Sample) -> Answer:
    """Peers at any time before the end of follow-up, as if it had been known from the start."""
    ever = (sample.peer_start < sample.stop) * 1.0
    return cox(np.zeros(len(ever)), sample.stop, sample.event, np.column_stack([ever, sample.x]))


def landmark(sample: Sample) -> Answer:
    """People without the outcome two years after first help, by peers until then."""
    later = sample.of(sample.stop > LANDMARK)
    by_then = (later.peer_start <= LANDMARK) * 1.0
    return cox(np.full(len(by_then), LANDMARK), later.stop, later.event, np.column_stack([by_then, later.x]))


def still_in_recovery(sample: Sample) -> Answer:
    """Only people who are in recovery at the interview count as having reached it."""
    start, stop, event, x = split_at_peers(sample)
    now = np.concatenate(
        [sample.relapsed, sample.relapsed[(sample.peer_start > 0) & (sample.peer_start < sample.stop)]]
    )
    return cox(start, stop, event * (1 - now), x)


def reached_by(sample: Sample) -> Answer:
    """Kaplan-Meier probability of having reached stable recovery ten years after first help.

    Where peers matter and became more common, people followed for long had fewer of them: censoring is not independent.
    """
    return by_then(sample.stop, sample.event)


def by_then(stop: np.ndarray, event: np.ndarray, weights: np.ndarray | None = None) -> Answer:
    """Kaplan-Meier probability of the outcome within ten years."""
    curve = kaplan_meier(np.zeros(len(stop)), stop, event, LEVEL, weights)
    last = place(curve["time"].to_numpy(), PROBABILITY_AT)
    return of_share(1 - curve["estimate"].iloc[last], curve["std_error"].iloc[last], falls=True)


def median(sample: Sample) -> Answer:
    """Kaplan-Meier median with the interval of Brookmeyer & Crowley."""
    return of_ends(*median_time(kaplan_meier(np.zeros(len(sample.stop)), sample.stop, sample.event, LEVEL)))


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
    return of_fit(fit)


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
