"""Survival analysis of one outcome: curves, medians, log-rank tests and Cox models with their diagnostics."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import ResearchError
from . import diagnostics, engine_cox
from .curves import kaplan_meier, log_rank, median_time
from .effects import MODELS, ModelPlan, left_out_of_models, model_rows, plan_model
from .engine_cox import CoxFit, fit_cox, no_fit
from .genders import GenderGroup, gender_groups
from .rows import AnalysisFrames, analysis_frames, estimate_row
from .spec import Covariate

DECIMALS = 9
ARMS = {1.0: "peer", 0.0: "no_peer"}
DELAYED = "Score test of the Cox model with exact ties: people are compared while they are in each group."
INTERVAL = "Dated at the interview that first showed it: it happened between that one and the one before."


@dataclass(frozen=True)
class SurvivalSpec:
    """One survival analysis: outcome, whether peers change over time, covariates.

    `interval` : the outcome is known only to lie between two interviews. `where` : dotted path, for messages.
    """

    outcome: str
    label: str
    exposure: str
    covariates: tuple[Covariate, ...] = ()
    interval: bool = False
    where: str = "analysis"


def person_periods(cohort: pd.DataFrame, periods: pd.DataFrame, outcome: str, exposure: str) -> pd.DataFrame:
    """Rows (start, stop] of one outcome with the covariates of the person; neighbours with the same peers
    joined.

    Parameters
    ----------
    cohort, periods : tables of schemas.cohort.
    exposure : baseline takes peer from the cohort, time_varying from the periods.

    Raises
    ------
    ResearchError
        If a period does not stop after it starts, or a person's periods overlap.
    """
    own = periods[periods["outcome"] == outcome].drop(columns=["outcome"])
    if exposure == "baseline":
        own = own.drop(columns=["peer"]).merge(cohort[["person_id", "peer"]], on="person_id", validate="m:1")
    own = own.assign(start=own["start"].round(DECIMALS), stop=own["stop"].round(DECIMALS))
    backwards = ~(own["stop"] > own["start"])
    if backwards.any():
        first = own[backwards].iloc[0]
        raise ResearchError(
            f"periods of '{outcome}': {int(backwards.sum())} rows do not stop after they start (first: "
            f"start {first['start']:g}, stop {first['stop']:g}). Check the dates behind this outcome."
        )
    joined = _join_neighbours(own.sort_values(["person_id", "start"], kind="stable"), outcome)
    return joined.merge(cohort.drop(columns=["peer"]), on="person_id", validate="m:1")


def _join_neighbours(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    before = rows.groupby("person_id")[["stop", "event", "peer"]].shift()
    if (rows["start"] < before["stop"]).any():
        raise ResearchError(f"periods of '{outcome}': the periods of a person overlap. Is a spell written twice?")
    same_peer = (rows["peer"] == before["peer"]) | (rows["peer"].isna() & before["peer"].isna())
    goes_on = (rows["start"] == before["stop"]) & same_peer & (before["event"] == 0)
    ends = {
        "person_id": "first",
        "start": "first",
        "stop": "last",
        "event": "last",
        "peer": "first",
        "lower": "last",
    }
    return rows.groupby((~goes_on).cumsum()).agg(ends).reset_index(drop=True)


def analyse_survival(frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, n_missing: int = 0) -> AnalysisFrames:
    """Everything that one survival analysis gives.

    Parameters
    ----------
    frame : complete rows with person_id, start, stop, event, peer (0/1), gender and the covariates.
    n_missing : people left out before, for the table of fits.
    """
    genders = gender_groups(frame, "event", "cox")
    note = INTERVAL if spec.interval else None
    curves, curve_rows = describe_curves(frame, spec, conf_level, note)
    estimates, fits, checks, plans = list(curve_rows), [], [], []
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


def describe_curves(
    frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, note: str | None
) -> tuple[list[pd.DataFrame], list[dict]]:
    """Curves by peers and by gender, and their rows of `estimates`: medians and log-rank tests."""
    moving = spec.exposure == "time_varying"
    grouped = {
        "peer": (frame["peer"].map(ARMS), "simon_makuch" if moving else "kaplan_meier"),
        "gender": (frame["gender"], "kaplan_meier"),
    }
    curves, rows = [], []
    for by, (group, method) in grouped.items():
        for level in dict.fromkeys(sorted(group.dropna())):
            curve, row = _group_curve(frame[group == level], by, level, method, spec, conf_level, note)
            curves.append(curve)
            rows.append(row)
        rows.append(_log_rank_row(frame, group, by, spec, note))
    return curves, rows


def _group_curve(
    rows: pd.DataFrame,
    by: str,
    level: str,
    method: str,
    spec: SurvivalSpec,
    conf_level: float,
    note: str | None,
) -> tuple[pd.DataFrame, dict]:
    if by == "gender":
        rows = _join_neighbours(rows.assign(peer=0.0, lower=np.nan).sort_values(["person_id", "start"]), spec.outcome)
    curve = kaplan_meier(*(rows[name].to_numpy() for name in ("start", "stop", "event")), conf_level)
    estimate, low, high = median_time(curve)
    if not np.isfinite(estimate):
        note = " ".join(filter(None, ["Not reached: half of the people had not had the outcome by the end.", note]))
    row = estimate_row(
        spec.outcome,
        "kaplan_meier",
        by,
        "median_time",
        level=level,
        group=level if by == "gender" else "all",
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        horizon=curve["time"].iloc[-1],
        n=rows["person_id"].nunique(),
        n_events=rows["event"].sum(),
        engine="recovery_analysis.models.curves.kaplan_meier",
        note=note,
    )
    return curve.assign(outcome=spec.outcome, by=by, group=level, method=method, suppressed=False), row


def _log_rank_row(frame: pd.DataFrame, group: pd.Series, by: str, spec: SurvivalSpec, note: str | None) -> dict:
    columns = (frame[name].to_numpy() for name in ("start", "stop", "event"))
    known = group.notna().to_numpy()
    test = log_rank(*(c[known] for c in columns), group[known].to_numpy(str))
    empty = not np.isfinite(test["statistic"])
    if (frame["start"] > 0).any() and by == "peer":
        note = " ".join(filter(None, [DELAYED, note]))
    return estimate_row(
        spec.outcome,
        "log_rank",
        by,
        "test",
        engine="recovery_analysis.models.curves.log_rank",
        n=frame["person_id"].nunique(),
        n_events=frame["event"].sum(),
        status="too_few_events" if empty else "ok",
        note="Fewer than two groups with people at risk when an outcome happened." if empty else note,
        **test,
    )


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
