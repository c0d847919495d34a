"""A measure at a wave on peer engagement at the wave before: crude, adjusted and by gender."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimators import glm
from ..estimators.glm import GlmFit, fit_linear, fit_logistic, no_fit
from . import diagnostics, second_fit
from .detectable import detectable_from_errors
from .effects import model_rows
from .genders import GenderGroup, gender_groups
from .model_plan import MODELS, ModelPlan, left_out_of_models, plan_model
from .rows import AnalysisFrames, analysis_frames
from .sampling import SIMPLE, Sampling, design_rows
from .spec import Covariate, stop_if_not_finite

MODEL_IN_WORDS = {"linear": "Linear regression", "logistic": "Logistic regression"}

EXACT = 1 - 1e-12
FOLLOWS = (
    "The outcome follows exactly from peer engagement and what is adjusted for, so nothing is left to estimate: is one "
    "of them the outcome under another name?"
)


@dataclass(frozen=True)
class RegressionSpec:
    """One regression of person-waves: `measure` is the outcome's column, `where` its path for messages."""

    outcome: str
    label: str
    measure: str
    family: str
    covariates: tuple[Covariate, ...] = ()
    where: str = "analysis"
    second_fit_tolerance: float = 1e-5
    sampling: Sampling = SIMPLE


def person_waves(cohort: pd.DataFrame, wave_pairs: pd.DataFrame) -> pd.DataFrame:
    """Person-waves with the covariates of the person; `peer` is engagement at the wave before, `wave` is
    text.

    Parameters
    ----------
    cohort, wave_pairs : tables of schemas.cohort; only people of the cohort are kept.
    """
    waves = wave_pairs.rename(columns={"peer_previous": "peer"}).assign(wave=wave_pairs["wave"].astype(str))
    people = cohort.drop(columns=[c for c in cohort if c in waves and c != "person_id"])
    return waves.merge(people, on="person_id", how="inner", validate="m:1")


def analyse_regression(
    frame: pd.DataFrame, spec: RegressionSpec, conf_level: float, n_missing: int = 0
) -> AnalysisFrames:
    """Everything that one regression gives; there are no curves.

    Parameters
    ----------
    frame : complete rows with person_id, wave (text), peer (0/1), gender, the measure and the covariates.
    n_missing : people left out before, for the table of fits.
    """
    stop_if_not_finite(frame, spec.measure, spec.where)
    genders = gender_groups(frame, spec.measure, spec.family)
    waves = sorted(frame["wave"].unique(), key=int)
    wave = (Covariate("wave", "wave", "Wave", {w: w for w in waves}),) if len(waves) > 1 else ()
    estimates, fits, checks, plans = [], [], [], []
    for model in MODELS:
        plan = plan_model(model, spec.family, spec.measure, frame, spec.covariates, genders, spec.where, wave)
        plan = spec.sampling.plan(plan)
        fit = fit_plan(plan)
        tests = glm_diagnostics(plan, fit) + design_rows(plan.model, plan.rows, spec.sampling)
        if fit.status == "ok":
            tests.append(second_fit.glm_row(plan, fit, spec.second_fit_tolerance, spec.where))
        found = glm_rows(plan, fit, genders, spec, conf_level, diagnostics.gate(tests))
        estimates += found
        tests += detectable_from_errors(model, found)
        fits.append(_fit_row(plan, fit, spec, n_missing))
        checks += tests
        plans.append(plan)
    return analysis_frames(estimates, [], fits, checks, left_out_of_models(plans))


def fit_plan(plan: ModelPlan) -> GlmFit:
    """Fit a planned regression with people, or sites, as clusters."""
    if plan.problem is not None:
        return no_fit(len(plan.design.columns), *plan.problem)
    y, unit = plan.rows[plan.outcome].to_numpy(float), pd.factorize(plan.rows[plan.cluster or "person_id"])[0]
    if plan.family == "logistic":
        return fit_logistic(y, plan.design.x, plan.design.names, unit, plan.weights)
    if len(np.unique(y)) == 1:
        return no_fit(len(plan.design.columns), "failed", "The outcome has the same value everywhere.")
    if len(np.unique(unit)) < 2 or len(y) <= len(plan.design.columns) + 1:
        return no_fit(len(plan.design.columns), "failed", "There are fewer people than coefficients.")
    fit = fit_linear(y, plan.design.x, unit, plan.weights)
    if fit.status == "ok" and fit.r_squared > EXACT:
        return no_fit(len(plan.design.columns), "failed", FOLLOWS)
    return fit


def glm_rows(
    plan: ModelPlan,
    fit: GlmFit,
    genders: tuple[GenderGroup, ...],
    spec: RegressionSpec,
    conf_level: float,
    gate: str,
) -> list[dict]:
    """Rows of `estimates` of one regression."""
    logistic = plan.family == "logistic"
    with_outcome = plan.rows.loc[plan.rows[plan.outcome] == 1, "person_id"].nunique() if logistic else np.nan
    shared = {
        "outcome": spec.outcome,
        "engine": glm.ENGINE[plan.family],
        "gate": gate,
        "note": spec.sampling.note,
        "df_residual": fit.df,
        "n": plan.rows["person_id"].nunique(),
        "n_events": with_outcome,
    }
    return model_rows(plan, fit, genders, conf_level, shared)


def glm_diagnostics(plan: ModelPlan, fit: GlmFit) -> list[dict]:
    """Diagnostics of one regression."""
    model = plan.model
    rows = [] if plan.cluster else [diagnostics.clusters(model, plan.rows["person_id"].nunique())]
    if plan.family == "logistic" and plan.design.columns:
        y = plan.rows[plan.outcome]
        rarer = float(min((y == 1).sum(), (y == 0).sum()))
        rows.append(diagnostics.events_per_parameter(model, rarer, len(plan.design.columns)))
    return rows + diagnostics.fitted(model, fit.status, fit.iterations, fit.message)


def variance_in_words(plan: ModelPlan) -> str:
    """The variance and its degrees of freedom, for the table of fits."""
    unit, many = ("site", "sites") if plan.cluster == "site" else ("person", "people")
    if plan.weighted:
        return (
            f"Weighted by the sampling weights; variance of a sample of {many} with replacement; t with ({many} less "
            "coefficients) degrees of freedom."
        )
    return f"Variance robust by {unit}; t with ({many} - 1) degrees of freedom."


def _fit_row(plan: ModelPlan, fit: GlmFit, spec: RegressionSpec, n_missing: int) -> dict:
    logistic = plan.family == "logistic"
    return {
        "model": plan.model,
        "engine": glm.engine_name(plan.family),
        "formula": (
            f"{MODEL_IN_WORDS[plan.family]}: '{spec.label}' on {plan.design.in_words()}; peer engagement as "
            f"at the wave before. {variance_in_words(plan)}"
        ),
        "n": plan.rows["person_id"].nunique(),
        "n_rows": len(plan.rows),
        "n_events": float((plan.rows[plan.outcome] == 1).sum()) if logistic else np.nan,
        "n_missing": n_missing,
        "parameters": len(plan.design.columns) + 1,
        "log_likelihood": fit.log_likelihood,
        "concordance": fit.r_squared,
        "status": fit.status,
        "note": fit.message or None,
    }
