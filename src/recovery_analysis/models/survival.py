"""Survival analysis of one outcome: curves, medians, log-rank tests and Cox models with their diagnostics."""

import pandas as pd

from ..estimators import engine_cox
from ..estimators.engine_cox import CoxFit, fit_cox, no_fit
from . import diagnostics
from .curve_rows import describe_curves
from .effects import MODELS, ModelPlan, left_out_of_models, model_rows, plan_model
from .genders import GenderGroup, gender_groups
from .periods import SurvivalSpec
from .probability_rows import probability_rows
from .rows import AnalysisFrames, analysis_frames

INTERVAL = "Dated at the interview that first showed it: it happened between that one and the one before."


def analyse_survival(frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, n_missing: int = 0) -> AnalysisFrames:
    """Everything that one survival analysis gives.

    Parameters
    ----------
    frame : complete rows with person_id, start, stop, event, peer (0/1), gender and the covariates; `competing` is 0
        where it is left out.
    n_missing : people left out before, for the table of fits.
    """
    frame = frame.assign(competing=frame.get("competing", 0), lower=frame.get("lower", float("nan")))
    genders = gender_groups(frame, "event", "cox")
    note = INTERVAL if spec.interval else None
    curves, curve_rows = describe_curves(frame, spec, conf_level, note)
    estimates, fits, checks, plans = list(curve_rows), [], [], []
    estimates += probability_rows(frame, spec, genders, conf_level, note)
    for model in MODELS:
        plan = plan_model(model, "cox", "event", frame, spec.covariates, genders, spec.where)
        fit = fit_plan(plan)
        tests = cox_diagnostics(plan, fit)
        estimates += cox_rows(plan, fit, genders, spec, conf_level, diagnostics.gate(tests), note)
        fits.append(_fit_row(plan, fit, spec, n_missing))
        checks += tests
        plans.append(plan)
    return analysis_frames(estimates, curves, fits, checks, left_out_of_models(plans))


def fit_plan(plan: ModelPlan) -> CoxFit:
    """Fit a planned Cox model; cluster-robust by person only if somebody has the outcome more than once."""
    rows = plan.rows
    if plan.problem is not None:
        return no_fit(len(plan.design.columns), len(rows), int(rows["event"].sum()), *plan.problem)
    repeated = rows.groupby("person_id")["event"].sum().max() > 1
    cluster = pd.factorize(rows["person_id"])[0] if repeated else None
    columns = (rows[name].to_numpy() for name in ("start", "stop", "event"))
    return fit_cox(*columns, plan.design.x, plan.design.names, cluster=cluster)


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
        "engine": engine_cox.ENGINE,
        "gate": gate,
        "note": note,
        "df_residual": None,
        "n": plan.rows["person_id"].nunique(),
        "n_events": with_event,
    }
    return model_rows(plan, fit, genders, conf_level, shared)


def cox_diagnostics(plan: ModelPlan, fit: CoxFit) -> list[dict]:
    """Diagnostics of one Cox model; proportional hazards only where the model stands."""
    model = plan.model
    rows = diagnostics.fitted(model, fit.status, fit.iterations, fit.message)
    if plan.design.columns:
        rows.append(diagnostics.events_per_parameter(model, fit.n_events, len(plan.design.columns)))
    if fit.status == "ok":
        tests = engine_cox.proportional_hazards(fit, plan.design.groups())
        labels = {column.term: column.covariate for column in plan.design.columns}
        rows += diagnostics.proportional_hazards(model, tests, labels)
    return rows


def _fit_row(plan: ModelPlan, fit: CoxFit, spec: SurvivalSpec, n_missing: int) -> dict:
    engine = engine_cox.engine_name()
    terms = plan.design.in_words()
    variance = "robust by person" if fit.robust else "model-based (each person has the outcome once at most)"
    return {
        "model": plan.model,
        "engine": engine,
        "formula": f"Cox model, Efron ties: time to '{spec.label}' on {terms}. Variance: {variance}.",
        "n": plan.rows["person_id"].nunique(),
        "n_rows": len(plan.rows),
        "n_events": fit.n_events,
        "n_missing": n_missing,
        "parameters": len(plan.design.columns),
        "log_likelihood": fit.log_likelihood,
        "concordance": fit.concordance,
        "status": fit.status,
        "note": fit.message or None,
    }
