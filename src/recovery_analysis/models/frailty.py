"""The adjusted Cox model with a frailty that people of one site share, beside the one without."""

import numpy as np
import pandas as pd

from ..estimators.engine_cox import engine_name
from ..estimators.frailty import FrailtyFit, fit_frailty, no_frailty, remaining_step
from ..estimators.numerics import wald
from .cox_plans import FittedCox, fit_plan, stratum_codes, times_of
from .effects import ESTIMAND, PEER
from .periods import SurvivalSpec
from .rows import estimate_row
from .second_fit import judged

MODEL = "adjusted_frailty"
WITHIN = "Between people of one site: sites share a gamma frailty."
VARIANCE = "Variance of the frailty of sites, whose mean is 1; the test asks whether sites differ at all."
NO_PENALTY = "A frailty is not fitted with Firth's penalty, which the adjusted model has."
ONE_SITE = "Everybody who is analysed is of one site, so nothing says how sites differ."


def frailty_rows(
    fitted: FittedCox, spec: SurvivalSpec, conf_level: float, gate: str, n_missing: int, note: str | None
) -> tuple[list[dict], list[dict], list[dict]]:
    """Rows of `estimates`, `fits` and `diagnostics`; the gate is that of the adjusted model."""
    plan, rows = fitted.plan, fitted.plan.rows
    people, happened = rows["person_id"].nunique(), rows.loc[rows["event"] == 1, "person_id"].nunique()
    shared = {"n": people, "n_events": happened, "engine": engine_name("coxpenal_fit"), "gate": gate}
    fit = _fit(fitted)
    words = fit.message if fit.status != "ok" else WITHIN
    peer = estimate_row(spec.outcome, MODEL, "peer", ESTIMAND["cox"], status=fit.status, **PEER, **shared)
    peer["note"] = " ".join(filter(None, [words, fitted.note if fit.status == "ok" else None, note]))
    between = estimate_row(spec.outcome, MODEL, "site", "frailty_variance", status=fit.status, **shared)
    between["note"] = VARIANCE if fit.status == "ok" else fit.message
    checks = []
    if fit.status == "ok":
        at = plan.peers["all"]
        peer |= wald(float(fit.coefficients[at]), float(np.sqrt(fit.variance[at, at])), conf_level)
        between |= {"estimate": fit.theta, "statistic": fit.statistic, "df": 1.0, "p_value": fit.p_value}
        step = remaining_step(fit, *_arguments(fitted))
        checks = [judged(MODEL, step, spec.second_fit_tolerance, spec.where, "recovery_analysis.estimators.cox")]
    formula = (
        f"Cox model, Efron ties: time to '{spec.label}' on {plan.design.in_words()}, with a gamma frailty of each site."
    )
    of_fit = {"model": MODEL, "engine": shared["engine"], "formula": formula, "n": people, "n_rows": len(rows)}
    of_fit |= {"n_events": int(rows["event"].sum()), "n_missing": n_missing, "parameters": len(plan.design.columns) + 1}
    of_fit |= {"log_likelihood": fit.log_likelihood, "status": fit.status, "note": fit.message or None}
    return [peer, between], [of_fit], checks


def _arguments(fitted: FittedCox) -> tuple[np.ndarray | None, ...]:
    rows, site = fitted.plan.rows, pd.factorize(fitted.plan.rows["site"])[0]
    return (*times_of(rows), fitted.plan.design.x, site, stratum_codes(fitted.plan))


def _fit(fitted: FittedCox) -> FrailtyFit:
    if fitted.fit.status != "ok":
        return no_frailty(fitted.fit.status, fitted.fit.message)
    if fitted.fit.penalised:
        return no_frailty("separated", f"{fit_plan(fitted.plan).message} {NO_PENALTY}")
    if fitted.plan.rows["site"].nunique() < 2:
        return no_frailty("failed", ONE_SITE)
    return fit_frailty(*_arguments(fitted), names=fitted.plan.design.names)
