"""Rows of the models of the moves between stays: hazard ratios of peers, fits and diagnostics."""

import numpy as np

from ..estimators.cox import ENGINE
from ..estimators.numerics import wald
from .cox_rows import cox_diagnostics, fit_row
from .detectable import detectable_rows
from .diagnostics import gate
from .move_models import COMMON, MoveModel
from .periods import SurvivalSpec
from .rows import estimate_row
from .sampling import design_rows
from .state_checks import told_to_the_year
from .state_groups import StatesSpec


def move_rows(
    model: MoveModel, spec: StatesSpec, conf_level: float, n_missing: int
) -> tuple[list[dict], dict, list[dict]]:
    """Rows of `estimates`, the row of `fits`, and rows of `diagnostics` of one move."""
    if not model.plan.design.columns:
        return [], _plain_fit(model, n_missing, spec), []
    plan = model.plan
    checks = cox_diagnostics(plan, model.fit, spec.where, spec.second_fit_tolerance)
    checks += [told_to_the_year(plan.model, plan.rows, plan.rows["event"] == 1)]
    checks += design_rows(plan.model, plan.rows, spec.sampling)
    fit = fit_row(model.plan, model.fit, SurvivalSpec(spec.outcome, model.plan.model, "time_varying"), n_missing)
    fit["formula"] = (
        f"Cox model of the move {model.plan.model}, Efron ties, by the time since the state was entered: "
        f"{model.plan.design.in_words()}.{' Weighted by the sampling weights.' * spec.sampling.weighted}"
    )
    ratios = _ratios(model, spec, conf_level, gate(checks))
    return ratios, fit, checks + detectable_rows(plan, ratios)


def _plain_fit(model: MoveModel, n_missing: int, spec: StatesSpec) -> dict:
    rows = model.plan.rows
    counts = {"n": rows["person_id"].nunique(), "n_rows": len(rows), "n_events": model.fit.n_events}
    words = f"The move {model.plan.model}: one hazard for everybody, since it was seen too rarely to compare people."
    words = spec.sampling.said(words)
    return {"model": model.plan.model, "engine": ENGINE, "formula": words, "status": "ok", "parameters": 0} | (
        counts | {"n_missing": n_missing}
    )


def _ratios(model: MoveModel, spec: StatesSpec, conf_level: float, passed: str) -> list[dict]:
    """Log hazard ratio of peers, for each gender with an effect of its own, or for everyone."""
    rows = []
    for group, position in model.plan.peers.items():
        own = model.plan.rows if group == COMMON else model.plan.rows[model.plan.rows["gender"] == group]
        counts = {"n": own["person_id"].nunique(), "n_events": int(own["event"].sum())}
        shared = {"level": "peer", "reference": "no_peer", "group": group, "state": model.plan.model, "engine": ENGINE}
        shared["note"] = spec.sampling.note
        row = estimate_row(spec.outcome, model.plan.model, "peer", "hazard_ratio", **shared, **counts, gate=passed)
        if model.fit.status == "ok":
            error = float(np.sqrt(model.fit.variance[position, position]))
            row |= wald(float(model.fit.coefficients[position]), error, conf_level)
        else:
            row |= {"status": model.fit.status, "note": spec.sampling.said(model.fit.message)}
        rows.append(row)
    return rows
