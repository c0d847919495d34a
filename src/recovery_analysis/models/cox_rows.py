"""One Cox model: its fit with what the plan says of its diagnostics, and its rows of results."""

from dataclasses import replace

import pandas as pd

from ..estimators.concordance import concordance
from ..estimators.cox import ENGINE, CoxFit
from . import cox_checks, diagnostics, second_fit
from .cox_plans import FittedCox, fit_plan, penalise, stepwise, stratify, tests_of, with_log_time
from .effects import model_rows
from .genders import GenderGroup
from .model_plan import ModelPlan, plan_model
from .periods import SurvivalSpec
from .person_times import uncertain_share
from .sampling import design_rows


def fit_model(model: str, frame: pd.DataFrame, spec: SurvivalSpec, genders: tuple[GenderGroup, ...]) -> FittedCox:
    """Plan and fit one model, and do what the plan says where outcomes separate or hazards are not proportional."""
    settings = (model, "cox", "event", frame, spec.covariates, genders, spec.where)
    plan = spec.sampling.plan(plan_model(*settings))
    if spec.if_separated == "firth" and plan.problem is not None and plan.problem[0] == "separated":
        plan = spec.sampling.plan(plan_model(*settings, penalised=True))
    fit = fit_plan(plan)
    fitted = penalise(plan, fit) if spec.if_separated == "firth" else FittedCox(plan, fit, tests_of(plan, fit))
    return stratify(fitted) if spec.if_not_proportional == "stratify" else fitted


def changing_model(fitted: FittedCox, spec: SurvivalSpec) -> FittedCox | None:
    """The model in which the effect of peers changes over time, if the plan asks for it and its test says so."""
    changes = any(t.term == "peer" and t.p_value < diagnostics.ALPHA for t in fitted.tests)
    if not changes or spec.if_not_proportional not in ("step", "log_time"):
        return None
    changing = stepwise(fitted, spec.step_at) if spec.if_not_proportional == "step" else with_log_time(fitted)
    named = f"{fitted.plan.model}_{spec.if_not_proportional}"
    return replace(changing, plan=replace(changing.plan, model=named))


def model_diagnostics(fitted: FittedCox, spec: SurvivalSpec) -> list[dict]:
    """All diagnostics of one Cox model, the second fit and the gates of the design included."""
    plan, fit = fitted.plan, fitted.fit
    rows = _basic(plan, fit) + design_rows(plan.model, plan.rows, spec.sampling)
    if fit.status == "ok":
        labels = {column.term: column.covariate for column in plan.design.columns}
        tests = [(t.term, t.statistic, t.df, t.p_value) for t in fitted.tests]
        rows += diagnostics.proportional_hazards(plan.model, tests, labels)
        rows += cox_checks.fit_rows(plan, fit)
        rows.append(cox_checks.immortal_time(plan.model, plan.rows, spec.exposure == "time_varying"))
        rows += cox_checks.delayed_entry(plan.model, plan.rows)
        rows += told_to_the_year(plan.model, plan.rows, spec)
        rows.append(second_fit.cox_row(plan, fit, spec.second_fit_tolerance, spec.where))
    return [cox_checks.acted(row, fitted, spec) for row in rows]


def cox_diagnostics(
    plan: ModelPlan, fit: CoxFit, where: str = "analyses", tolerance: float = second_fit.TOLERANCE
) -> list[dict]:
    """Diagnostics of one Cox model on its own: convergence, separation, events per parameter, proportional hazards, and
    its second fit."""
    labels = {column.term: column.covariate for column in plan.design.columns}
    tests = [(t.term, t.statistic, t.df, t.p_value) for t in tests_of(plan, fit)]
    rows = _basic(plan, fit) + diagnostics.proportional_hazards(plan.model, tests, labels)
    return rows + [second_fit.cox_row(plan, fit, tolerance, where)] if fit.status == "ok" else rows


def _basic(plan: ModelPlan, fit: CoxFit) -> list[dict]:
    rows = diagnostics.fitted(plan.model, fit.status, fit.iterations, fit.message)
    if plan.design.columns:
        rows.append(diagnostics.events_per_parameter(plan.model, fit.n_events, len(plan.design.columns)))
    return rows


def cox_rows(
    plan: ModelPlan,
    fit: CoxFit,
    genders: tuple[GenderGroup, ...],
    spec: SurvivalSpec,
    conf_level: float,
    gate: str,
    note: str | None,
) -> list[dict]:
    """Rows of `estimates` of one Cox model."""
    with_event = plan.rows.loc[plan.rows["event"] == 1, "person_id"].nunique()
    shared = {
        "outcome": spec.outcome,
        "engine": ENGINE,
        "gate": gate,
        "note": note,
        "df_residual": None,
        "n": plan.rows["person_id"].nunique(),
        "n_events": with_event,
    }
    return model_rows(plan, fit, genders, conf_level, shared)


def fit_row(plan: ModelPlan, fit: CoxFit, spec: SurvivalSpec, n_missing: int, note: str | None = None) -> dict:
    """Row of `fits` of one Cox model; `note` says what was done about its diagnostics."""
    ranks = concordance(fit.coefficients @ fit.x, fit.sets) if fit.status == "ok" else float("nan")
    unit = "site" if plan.cluster == "site" else "person"
    variance = f"robust by {unit}" if fit.robust else "model-based (each person has the outcome once at most)"
    weighted = " Weighted by the sampling weights." if plan.weighted else ""
    return {
        "model": plan.model,
        "engine": ENGINE,
        "formula": (
            f"Cox model, Efron ties: time to '{spec.label}' on {plan.design.in_words()}. Variance: {variance}."
            f"{weighted}"
        ),
        "n": plan.rows["person_id"].nunique(),
        "n_rows": len(plan.rows),
        "n_events": fit.n_events,
        "n_missing": n_missing,
        "parameters": len(plan.design.columns),
        "log_likelihood": fit.log_likelihood,
        "concordance": ranks,
        "status": fit.status,
        "note": " ".join(filter(None, [fit.message, note])) or None,
    }


def told_to_the_year(model: str, frame: pd.DataFrame, spec: SurvivalSpec) -> list[dict]:
    """The gate of dates told to a year only; none where outcomes lie between interviews, or times are no dates."""
    if "earliest" not in frame or spec.interval:
        return []
    return [diagnostics.recall_heaping(model, uncertain_share(frame, spec.year), as_intervals=False)]
