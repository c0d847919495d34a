"""The two strategies of a target trial as rows of the result tables: contrasts, risks, restricted means, curves."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from ..estimators.clone_censor_weight import Emulation, TargetTrial
from ..estimators.numerics import wald
from ..estimators.trial_bootstrap import Bootstrap, strategy_curve
from .rows import estimate_row

STRATEGY = "strategy"
SEPARATED = "While people are followed under both strategies, the outcome happens under one only."
# What the result table calls each estimate of the emulation.
CONTRASTS = {
    "log_hazard_ratio": "hazard_ratio",
    "risk_difference": "risk_difference",
    "restricted_mean_difference": "restricted_mean_difference",
}
# With competing events, the time without the outcome would count the time after them: the time since it is told.
LOST = {
    "restricted_mean": "restricted_mean_lost",
    "restricted_mean_difference": "restricted_mean_lost_difference",
}
BY_STRATEGY = {
    "risk_engage": ("risk", "peer"),
    "risk_not": ("risk", "no_peer"),
    "restricted_mean_engage": ("restricted_mean", "peer"),
    "restricted_mean_not": ("restricted_mean", "no_peer"),
}

ALIKE = "Samples of people do not tell how certain this is, so that no interval can be given."
SMALLEST_ERROR = 1e-12


def strategy_rows(
    trial: TargetTrial,
    estimates: dict[str, float],
    samples: Bootstrap | None,
    conf_level: float,
    shared: dict[str, object],
) -> list[dict]:
    """Rows of `estimates`: the contrasts of the strategies, then each strategy.

    Parameters
    ----------
    shared : columns that all of them have in common; intervals only where its status is ok.
    """
    clones = trial.clones
    had = clones.event == 1
    everybody = {"n": trial.people, "n_events": len(np.unique(clones.person[had]))}
    engage = {"n": trial.engaged, "n_events": int((had & (clones.arm == 1)).sum())}
    not_engage = {"n": trial.people - trial.engaged, "n_events": int((had & (clones.arm == 0)).sum())}
    rows = []
    for name in (*CONTRASTS, *BY_STRATEGY):
        if name in CONTRASTS:
            own = {"estimand": CONTRASTS[name], "level": "peer", "reference": "no_peer"} | everybody
        else:
            estimand, level = BY_STRATEGY[name]
            own = {"estimand": estimand, "level": level} | (engage if level == "peer" else not_engage)
        estimate, values = estimates[name], {}
        if trial.competing and own["estimand"] in LOST:
            estimate = -estimate if name in CONTRASTS else trial.horizon - estimate
            own["estimand"] = LOST[own["estimand"]]
        if shared["status"] == "ok" and not np.isfinite(estimate):
            values = {"status": "separated", "note": f"{SEPARATED} {shared['note']}"}
        elif shared["status"] == "ok":
            error, df = samples.error(name)
            alike = {"status": "too_few_events", "note": f"{ALIKE} {shared['note']}"}
            values = wald(estimate, error, conf_level, df) if error > SMALLEST_ERROR else alike
        if name not in CONTRASTS:
            values = {key: value for key, value in values.items() if key not in ("statistic", "df", "p_value")}
        rows.append(estimate_row(**shared | own | values))
    return rows


def strategy_curves(
    trial: TargetTrial, found: Emulation, samples: Bootstrap, named: tuple[str, str], conf_level: float
) -> list[pd.DataFrame]:
    """Rows of `curves`: the share without the outcome had everybody followed each strategy.

    Parameters
    ----------
    named : the outcome and the method.
    """
    outcome, method = named
    rows, df = [], len(samples.estimates["risk_difference"]) - 1
    for arm, group in ((1, "peer"), (0, "no_peer")):
        curve = strategy_curve(trial, found, arm, samples.survival_error, conf_level, df)
        columns = pd.DataFrame(asdict(curve)).rename(columns={"survival": "estimate"})
        rows.append(columns.assign(outcome=outcome, by=STRATEGY, group=group, method=method, suppressed=False))
    return rows
