"""The emulated target trial a second time, by other engines: for the second fit only."""

import numpy as np

from .clone_censor_weight import TRUNCATE, TargetTrial
from .engine_curves import incidence_again, kaplan_meier_again
from .glm_again import logistic_coefficients
from .pooled_logistic import PooledLogistic, linear_predictor

RUNAWAY = 15.0


def emulate_again(trial: TargetTrial, model: PooledLogistic) -> dict[str, float]:
    """The estimates of `clone_censor_weight.emulate`, by name.

    The model of engaging is fitted to one row per person and interval by QR and reweighted least squares; weights are
    added up on the logarithmic scale; curves and the Cox model are those of the library `survival`. Where somebody is
    as good as certain to engage, or not to, `model` is taken as it is: its coefficients have no end to run to.
    """
    from survival.regression import coxph_fit

    clones = trial.clones
    weights = _weights(trial, _engaging(trial, model)) * trial.sampling[clones.person]
    curve_again = incidence_again if trial.competing else kaplan_meier_again
    areas, risks = {}, {}
    for arm in (0, 1):
        own = clones.arm == arm
        curve = curve_again(clones.start[own], clones.stop[own], clones.event[own], weights[own])
        areas[arm], risks[arm] = curve.area(trial.horizon)[0], 1 - curve.at(curve.without, trial.horizon)
    options = {"entry": clones.start, "weights": weights, "method": "breslow", "iter_max": 40, "eps": 1e-12}
    ratio = coxph_fit(clones.stop, (clones.event == 1).astype(int), clones.arm[:, None].astype(float), **options)
    return {
        "log_hazard_ratio": float(ratio.coefficients[0]),
        "risk_engage": risks[1],
        "risk_not": risks[0],
        "risk_difference": risks[1] - risks[0],
        "restricted_mean_engage": areas[1],
        "restricted_mean_not": areas[0],
        "restricted_mean_difference": areas[1] - areas[0],
    }


def _engaging(trial: TargetTrial, model: PooledLogistic) -> np.ndarray:
    """(people, intervals + 1) probability of first engaging in each interval; 0 at time zero where nobody can."""
    person, interval = np.nonzero(trial.asked)
    design = np.hstack([trial.clock[interval], trial.covariates[person]])
    beta = model.coefficients
    if np.abs(linear_predictor(beta, trial.clock, trial.covariates)).max() < RUNAWAY:
        beta = logistic_coefficients(design, trial.engages[person, interval], trial.sampling[person])
    split = trial.clock.shape[1]
    log_odds = (trial.covariates @ beta[split:])[:, None] + trial.clock @ beta[:split]
    chance = 1 / (1 + np.exp(-np.clip(log_odds, -2 * RUNAWAY, 2 * RUNAWAY)))
    chance[:, 0] *= trial.asked[:, 0]
    return chance


def _weights(trial: TargetTrial, chance: np.ndarray) -> np.ndarray:
    """Weight of each row of the clones: of "not" by the intervals that have ended, of "engage" after the last one."""
    clones, last = trial.clones, chance.shape[1] - 1
    asked, engaged = trial.sampling @ trial.asked, trial.sampling @ trial.engages
    crude = np.exp(np.cumsum(np.log1p(-engaged / np.where(asked > 0, asked, 1.0))))[clones.interval]
    own = np.exp(np.cumsum(np.log1p(-chance), axis=1))[clones.person, clones.interval]
    after = (clones.arm == 1) & (clones.interval == last)
    weights = np.where(clones.arm == 0, crude / own, 1.0)
    weights[after] = (1 - crude[after]) / (1 - own[after])
    for arm in (0, 1):
        mine = clones.arm == arm
        late = np.sort(weights[mine & (clones.interval == last)])
        if len(late):
            place = TRUNCATE * (len(late) - 1)
            below = int(place)
            cap = late[below] + (place - below) * (late[min(below + 1, len(late) - 1)] - late[below])
            weights[mine] = np.minimum(weights[mine], cap)
    return weights
