"""Clone, censor, weight: a target trial of engaging within a grace period or not, from observed follow-up.

Hernan & Robins 2016 (Am J Epidemiol 183: 758-764); Cain et al. 2010 (Int J Biostat 6: 18) for grace periods; Maringe
et al. 2020 (Int J Epidemiol 49: 1719-1729) for the steps. Each person is followed under both strategies from time
zero, so nobody's strategy depends on what came later. A clone is censored when the person does something that its
strategy does not allow. Those who remain are weighted to stand for those who were censored.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import ResearchError
from .checked import causes, numbers, positive, refuse
from .checked import covariates as checked_covariates
from .clones import Clones, clone, first_engagements
from .pooled_logistic import PooledLogistic, fit_pooled_logistic, linear_predictor
from .risk_table import checked_weights
from .weighted_survival import (
    ArmRows,
    arm_rows,
    event_free,
    log_hazard_ratio,
    restricted_mean,
    weighted_counts,
)

INTERVALS = 12
TRUNCATE = 0.99
ESTIMANDS = (
    "log_hazard_ratio",
    "risk_engage",
    "risk_not",
    "risk_difference",
    "restricted_mean_engage",
    "restricted_mean_not",
    "restricted_mean_difference",
)


@dataclass(frozen=True)
class TargetTrial:
    """Everything that does not change between bootstrap samples.

    `asked` and `engages` are (people, intervals + 1), 0 or 1: whether a person could first engage in an interval, and
    did; interval 0 is time zero itself. `clock` has a row for each interval. `sampling` (people,) are sampling weights.
    """

    horizon: float
    clones: Clones
    rows: ArmRows
    asked: np.ndarray
    engages: np.ndarray
    clock: np.ndarray
    covariates: np.ndarray
    sampling: np.ndarray

    @property
    def competing(self) -> bool:
        """Whether anything else came first, after which the outcome cannot happen."""
        return bool((self.clones.event > 1).any())

    @property
    def people(self) -> int:
        """Number of people."""
        return len(self.asked)

    @property
    def engaged(self) -> int:
        """Number of people who engaged within the grace period."""
        return int(self.engages.sum())

    @property
    def parameters(self) -> int:
        """Coefficients of the model of engaging."""
        return self.clock.shape[1] + self.covariates.shape[1]


@dataclass(frozen=True)
class Emulation:
    """Estimates by name (ESTIMANDS), curves after each time (arm 0 first), weights of the clones' rows, the model.

    `survival` is the share without the outcome: with competing events, one minus its cumulative incidence.
    """

    estimates: dict[str, float]
    times: np.ndarray
    survival: np.ndarray
    weights: np.ndarray
    model: PooledLogistic


def target_trial(
    length: np.ndarray,
    event: np.ndarray,
    engaged: np.ndarray,
    covariates: np.ndarray,
    grace: float,
    horizon: float,
    intervals: int = INTERVALS,
    sampling: np.ndarray | None = None,
) -> TargetTrial:
    """Clone and censor.

    Parameters
    ----------
    length, event : (n,) time to the outcome (event 1), to something after which it cannot happen (2), or to the end of
        follow-up (0); all above 0.
    engaged : (n,) time of first engagement, 0 if by time zero, infinity if not seen before `length`.
    covariates : (n, p) values at time zero, without intercept; categories as dummies.
    grace : a clone of "engage" is censored at this time if the person has not; a clone of "not" when they do, by then.
    horizon : end of follow-up, later than `grace`; the outcome is not counted after it.
    intervals : the grace period is divided into this many, for the model of engaging.
    sampling : (n,) sampling weights; everybody counts once if left out.

    Raises
    ------
    ResearchError
        If nobody is given, a value is none of the above, or the grace period is not between 0 and the horizon.
    """
    if not len(length) or not 0 < grace < horizon < np.inf:
        raise ResearchError(
            "A target trial needs people, and a grace period that ends before the horizon; found "
            f"{len(length)} people, {grace:g} and {horizon:g}."
        )
    length, event, covariates = positive(length, "length"), causes(event, "event"), checked_covariates(covariates)
    engaged = numbers(engaged, "engaged")
    refuse(~(engaged >= 0), "engaged", "missing or negative", engaged, "0 is by time zero, infinity is never")
    sampling = np.ones(len(length)) if sampling is None else checked_weights(sampling)
    event = np.where(length <= horizon, event, 0)
    length = np.minimum(length, horizon)
    engaged = np.where(engaged < length, engaged, np.inf)
    clones = clone(length, event, engaged, grace, intervals)
    asked, engages = first_engagements(length, engaged, grace, intervals)
    return TargetTrial(
        horizon=float(horizon),
        clones=clones,
        rows=arm_rows(clones.start, clones.stop, clones.event, clones.arm),
        asked=asked,
        engages=engages,
        clock=_clock(intervals, bool((engaged <= 0).any())),
        covariates=covariates,
        sampling=sampling,
    )


def _clock(intervals: int, at_zero: bool) -> np.ndarray:
    """Columns of time for intervals 0, 1, ...: intercept, share of the grace period and its square, and a level of
    its own for time zero where somebody engages there."""
    share = np.arange(intervals + 1) / intervals
    columns = [np.ones(intervals + 1), share, share**2]
    return np.column_stack([*columns, share == 0] if at_zero else columns).astype(float)


def emulate(trial: TargetTrial, drawn: np.ndarray | None = None, start: np.ndarray | None = None) -> Emulation:
    """Weight the clones and compare the strategies.

    Parameters
    ----------
    drawn : (people,) how often each person is in a bootstrap sample; once each if left out.
    start : first coefficients of the model of engaging.
    """
    drawn = np.ones(trial.people) if drawn is None else drawn
    counted = drawn * trial.sampling
    model = fit_pooled_logistic(trial.engages, trial.asked * counted[:, None], trial.clock, trial.covariates, start)
    weights = clone_weights(trial, model.coefficients, drawn)
    at_risk, events, ended = weighted_counts(trial.rows, weights * counted[trial.clones.person])
    survival = event_free(at_risk, events, ended if trial.competing else events)
    risk = 1 - survival[:, -1] if survival.shape[1] else np.zeros(2)
    mean = restricted_mean(trial.rows.times, survival, trial.horizon)
    values = (log_hazard_ratio(at_risk, events), risk[1], risk[0], risk[1] - risk[0], mean[1], mean[0])
    estimates = dict(zip(ESTIMANDS, map(float, (*values, mean[1] - mean[0])), strict=True))
    return Emulation(estimates, trial.rows.times, survival, weights, model)


def clone_weights(trial: TargetTrial, coefficients: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Stabilised weight of each row of the clones, truncated within each arm.

    With h the probability of engaging in an interval given covariates, and k = prod(1 - h) over the intervals that
    have ended: a clone of "not" has weight 1/k, a clone of "engage" has weight 1 until the grace period ends and
    1/(1 - k) after it, since any day within it is allowed. Each is multiplied by the same for everybody together.
    Weights above the 99th percentile of those who are followed beyond the grace period are set to it. Sampling weights
    count in the shares of everybody, and are no part of what is returned.
    """
    clones, last = trial.clones, len(trial.clock) - 1
    stays = 1 / (1 + np.exp(linear_predictor(coefficients, trial.clock, trial.covariates)))
    stays[:, 0] = np.where(trial.asked[:, 0] == 1, stays[:, 0], 1.0)
    own = np.cumprod(stays, axis=1)
    overall = _overall(trial, drawn * trial.sampling)
    keep = (overall / own)[clones.person, clones.interval]
    with np.errstate(divide="ignore", invalid="ignore"):
        join = ((1 - overall[last]) / (1 - own[:, last]))[clones.person]
    weights = np.where(clones.arm == 0, keep, np.where(clones.interval == last, join, 1.0))
    repeats = drawn[clones.person].astype(int)
    for arm in (0, 1):
        mine = clones.arm == arm
        late = mine & (clones.interval == last) & (repeats > 0)
        if late.any():
            cap = np.quantile(np.repeat(weights[late], repeats[late]), TRUNCATE)
            weights[mine] = np.minimum(weights[mine], cap)
    return weights


def _overall(trial: TargetTrial, counted: np.ndarray) -> np.ndarray:
    """Share of everybody who has not engaged by the end of intervals 0, 1, ...: the numerator of the weights."""
    at_risk, engage = counted @ trial.asked, counted @ trial.engages
    return np.cumprod(1 - np.divide(engage, at_risk, out=np.zeros_like(engage), where=at_risk > 0))
