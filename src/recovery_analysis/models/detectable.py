"""Beside each null result: the smallest effect that a study of this size finds in four of five repetitions."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..estimators.numerics import critical_value
from ..formats import percent, plain
from .diagnostics import row
from .model_plan import ModelPlan
from .sampling import design_effect

POWER = 0.8
RATIOS = ("log_hazard", "log_odds", "log_time", "log_ratio")


def minimum_detectable_ratio(events: float, share: float, r_squared: float, conf_level: float) -> float:
    """Smallest hazard ratio above 1 that is found with a probability of 80 % (Hsieh & Lavori 2000, Control Clin Trials
    21: 552-560; without adjustment Schoenfeld 1983, Biometrics 39: 499-503).

    Parameters
    ----------
    events : outcomes. share : with the exposure, of people or of follow-up time.
    r_squared : of the exposure on what is adjusted for; the outcomes count 1 - r_squared times.
    conf_level : of the interval that is looked at; the test has one minus it.
    """
    spread = events * share * (1 - share) * (1 - r_squared)
    return float(np.exp(_needed(conf_level) / np.sqrt(spread))) if spread > 0 else np.inf


def explained_share(exposure: np.ndarray, covariates: np.ndarray, weight: np.ndarray) -> float:
    """R squared of the weighted linear regression of an exposure on covariates, intercept included.

    Parameters
    ----------
    exposure : (n,). covariates : (n, p), p may be 0. weight : (n,).
    """
    root = np.sqrt(weight)
    design = np.column_stack([np.ones(len(exposure)), covariates]) * root[:, None]
    fitted = design @ np.linalg.lstsq(design, exposure * root, rcond=None)[0]
    total = float(weight @ (exposure - np.average(exposure, weights=weight)) ** 2)
    left = float(((exposure * root - fitted) ** 2).sum())
    return min(max(1 - left / total, 0.0), 1.0) if total > 0 else 1.0


def detectable_rows(plan: ModelPlan, estimates: Iterable[dict]) -> list[dict]:
    """The row `minimum_detectable_hazard_ratio` for each peer effect of a Cox model whose interval includes 1.

    Where peers change over time, people count by their follow-up time: the share is that of the time with peers, and
    R squared is weighted by time. Otherwise each person counts once.
    """
    others = [i for i in range(len(plan.design.columns)) if i not in plan.peers.values()]
    strata = pd.get_dummies(plan.rows[list(plan.strata)].astype(str)).to_numpy(float) if plan.strata else None
    covariates = plan.design.x[:, others] if strata is None else np.hstack([plan.design.x[:, others], strata])
    moving = plan.rows["person_id"].duplicated().any()
    rows = []
    for estimate in filter(_is_null, estimates):
        own = np.ones(len(plan.rows), bool) if estimate["group"] == "all" else plan.rows["gender"] == estimate["group"]
        length = (plan.rows["stop"] - plan.rows["start"]).to_numpy(float)[own]
        weight = length if moving else np.ones(len(length))
        weight = weight * plan.weights[own] if plan.weighted else weight
        peer = plan.rows["peer"].to_numpy(float)[own]
        share, explained = float(np.average(peer, weights=weight)), explained_share(peer, covariates[own], weight)
        events = float(plan.rows["event"][own].sum()) / (design_effect(plan.rows[own]) if plan.weighted else 1.0)
        value = minimum_detectable_ratio(events, share, explained, estimate["conf_level"])
        of = "the follow-up time" if moving else "people"
        part = plain(percent(100 * share, digits=0))
        how = f" Peers: {part} of {of}; R² of peers on what is adjusted for: {explained:.2f}."
        rows.append(_told(plan.model, "minimum_detectable_hazard_ratio", value, estimate, how))
    return rows


def detectable_from_errors(model: str, estimates: Iterable[dict]) -> list[dict]:
    """The row `minimum_detectable_effect` for each null peer effect, from the standard error of its estimate.

    That error holds what is adjusted for, repeated answers and weights already.
    """
    rows = []
    for estimate in filter(_is_null, estimates):
        least = _needed(estimate["conf_level"]) * estimate["std_error"]
        ratio = estimate["scale"] in RATIOS
        value = float(np.exp(least)) if ratio else float(least)
        rows.append(_told(model, "minimum_detectable_effect", value, estimate, "", ratio))
    return rows


def _needed(conf_level: float) -> float:
    """How many standard errors from none an effect must be, to be found with that power."""
    return critical_value(conf_level) + critical_value(2 * POWER - 1)


def _is_null(estimate: dict) -> bool:
    effect = estimate["term"] == "peer" and estimate["status"] == "ok" and estimate.get("reference") == "no_peer"
    return bool(effect and estimate["conf_low"] <= 0 <= estimate["conf_high"])


def _told(model: str, name: str, value: float, estimate: dict, how: str, ratio: bool = True) -> dict:
    what = estimate["estimand"].replace("_", " ")
    reach = f"{value:.2f} or more, or of {1 / value:.2f} or less," if ratio else f"{value:.3g} or more, up or down,"
    article = "an" if what[0] in "aeiou" else "a"
    meaning = (
        f"No difference was found. With this many people and outcomes {article} {what} of {reach} would be found in "
        f"four studies of five; a smaller one may be there.{how}"
    )
    term = "peer" if estimate["group"] == "all" else f"peer:{estimate['group']}"
    return row(model, name, value, True, meaning, term) | {"verdict": "not_applicable"}
