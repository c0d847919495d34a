"""Diagnostics of a Cox model beyond those of any model: influence, form, concordance, the gates of its design."""

import numpy as np
import pandas as pd

from ..estimators.concordance import concordance
from ..estimators.cox import CoxFit
from ..estimators.cox_residuals import dfbeta
from ..estimators.numerics import chi_square_p
from ..estimators.partial_likelihood import gradient, information
from .cox_plans import FittedCox, times_of
from .diagnostics import ALPHA, TOLD, row
from .model_plan import ModelPlan
from .periods import SurvivalSpec

LARGEST_INFLUENCE = 1.0
EARLIEST_RISK_SET = 10.0
CHANGING = {
    "step": "A further model (_step) lets it change once.",
    "log_time": "A further model (_log_time) lets it change with the logarithm of time.",
}


def fit_rows(plan: ModelPlan, fit: CoxFit) -> list[dict]:
    """Concordance, influence on the peer effects, and the form of each number that is adjusted for."""
    rows = [_concordance(plan.model, fit), _influence(plan, fit)]
    for position, column in enumerate(plan.design.columns):
        own = plan.design.x[:, position]
        if column.level is None and column.term != "peer" and len(np.unique(own)) > 2:
            rows.append(_form(plan.model, column.term, column.covariate, fit, position))
    return rows


def _concordance(model: str, fit: CoxFit) -> dict:
    value = concordance(fit.coefficients @ fit.x, fit.sets)
    meaning = "How often the model ranks two people in the order in which they had the outcome; 0.5 is chance."
    return row(model, "concordance", value, True, meaning) | {"verdict": "not_applicable"}


def _influence(plan: ModelPlan, fit: CoxFit) -> dict:
    """Largest change of a peer effect on leaving out one person (Belsley, Kuh & Welsch 1980: dfbetas)."""
    own = list(plan.peers.values())
    changes = dfbeta(fit.x, fit.sets, fit.hazard, fit.model_variance)[:, own]
    people = pd.factorize(plan.rows["person_id"])[0]
    summed = np.column_stack([np.bincount(people, column) for column in changes.T])
    value = float((np.abs(summed) / np.sqrt(np.diag(fit.variance))[own]).max())
    passes = value < LARGEST_INFLUENCE
    meaning = (
        "No one person moves the effect of peers by a standard error."
        if passes
        else "One person alone moves the effect of peers by more than a standard error."
    )
    return row(plan.model, "influence", value, passes, meaning, "peer", threshold=LARGEST_INFLUENCE)


def _form(model: str, term: str, label: str, fit: CoxFit, position: int) -> dict:
    """Score test of adding the square, a sum of squares times martingale residuals (Therneau et al. 1990)."""
    own = fit.x[position] / fit.x[position].std()
    square = own**2
    x = np.vstack([fit.x, square - square.mean()])
    slope, matrix = gradient(x, fit.sets, fit.hazard)[-1], information(x, fit.sets, fit.hazard)
    left = matrix[-1, -1] - matrix[-1, :-1] @ np.linalg.solve(matrix[:-1, :-1], matrix[:-1, -1])
    statistic = float(slope**2 / left)
    p = chi_square_p(statistic, 1)
    meaning = (
        f"A straight line does for '{label}'."
        if p >= ALPHA
        else f"The effect of '{label}' bends: one ratio for each step of it is an average."
    )
    return row(model, "functional_form", p, p >= ALPHA, meaning, term, statistic=statistic, df=1.0, threshold=ALPHA)


def acted(found: dict, fitted: FittedCox, spec: SurvivalSpec) -> dict:
    """The row with what the plan had done about it: Firth's penalty, strata, or an effect that changes over time."""
    if found["diagnostic"] == "separation" and fitted.fit.penalised and fitted.fit.status == "ok":
        meaning = "The outcome is all or none in some group; with the penalty every estimate is finite."
        return found | {"value": 1.0, "meaning": meaning, "done": fitted.note}
    if found["diagnostic"] != "proportional_hazards":
        return found
    if fitted.note and fitted.plan.strata and found["term"] == "global":
        return found | {"done": f"{fitted.note} This is the test of the model so changed."}
    if found["verdict"] == "warn" and found["term"] == "peer" and spec.if_not_proportional in CHANGING:
        return found | {"done": f"{TOLD} {CHANGING[spec.if_not_proportional]}"}
    if found["verdict"] == "warn" and spec.if_not_proportional == "stratify":
        return found | {"done": f"{found['done']} Only categories that are adjusted for can be strata."}
    return found


def delayed_entry(model: str, rows: pd.DataFrame) -> list[dict]:
    """Where people enter late, are enough of them there at the first outcome? No row where nobody does."""
    start, stop, event = times_of(rows)
    if not (rows.groupby("person_id")["start"].min() > 0).any() or not (event == 1).any():
        return []
    earliest = stop[event == 1].min()
    first = float(((start < earliest) & (stop >= earliest)).sum())
    passes = first >= EARLIEST_RISK_SET
    meaning = (
        "People enter late, and are compared from their entry on; enough are there at the first outcome."
        if passes
        else "People enter late, and few are there at the first outcomes: early differences rest on few people."
    )
    return [row(model, "delayed_entry", first, passes, meaning, threshold=EARLIEST_RISK_SET)]


def delayed_entry_of_groups(model: str, rows: pd.DataFrame) -> list[dict]:
    """The same for curves by peers and by gender: of everybody or the group of which the fewest are there."""
    together = delayed_entry(model, rows)
    parts = [part for by in ("peer", "gender") for _, part in rows.groupby(by, observed=True)] if together else []
    large = [part for part in parts if part["person_id"].nunique() >= EARLIEST_RISK_SET]
    found = together + [check for part in large for check in delayed_entry(model, part)]
    return sorted(found, key=lambda check: check["value"])[:1]


def immortal_time(model: str, rows: pd.DataFrame, moving: bool) -> dict:
    """Share of the follow-up of people who engaged that came before they did (Suissa 2008, Am J Epidemiol 167: 492)."""
    engaged = rows.groupby("person_id")["peer"].transform("max") == 1
    own = rows[engaged]
    length = own["stop"] - own["start"]
    share = float(length[own["peer"] == 0].sum() / length.sum()) if len(own) else 0.0
    meaning = (
        "Time before engaging counts as time without peers."
        if moving
        else "Peers are those at time zero: no time before engaging is counted as time with peers."
    )
    return row(model, "immortal_time", share, True, meaning)
