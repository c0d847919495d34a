"""Rows of `estimates` of subdistribution hazards: do the shares who ever have the outcome differ?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit
from ..estimators.engine_cox import second_fit
from ..estimators.fine_gray import fit_fine_gray, weighted_rows
from .cox_plans import cluster_codes, fit_plan
from .curve_rows import causes, whole_follow_up
from .effects import ESTIMAND, covariate_rows, model_rows
from .genders import GenderGroup
from .model_plan import ModelPlan
from .periods import SurvivalSpec
from .rows import estimate_row
from .second_fit import fits_apart
from .spec import Covariate, constant_covariate, covariate_design

ENGINE = "recovery_analysis.estimators.fine_gray"
SUBDISTRIBUTION = "subdistribution_hazard_ratio"
NO_PEERS = "Peers are not in this model: they change over time, and whoever had the other outcome has none any more."
OF_PERIODS = ["start", "stop", "event", "competing", "peer", "lower", "earliest", "latest", "weight"]


def peer_fine_gray_rows(
    plan: ModelPlan,
    spec: SurvivalSpec,
    genders: tuple[GenderGroup, ...],
    conf_level: float,
    note: str | None,
    apart: list[float],
) -> list[dict]:
    """People with peers at time zero and without, and what is adjusted for, in one model; its difference from its
    second fit is added to `apart`."""
    shared = _shared(plan.rows, spec, note)
    rows = model_rows(replace(plan, model="fine_gray"), _fit(plan, spec, apart), genders, conf_level, shared)
    return [row | {"estimand": SUBDISTRIBUTION} for row in rows]


def gender_fine_gray_rows(
    plan: ModelPlan, spec: SurvivalSpec, conf_level: float, note: str | None, apart: list[float]
) -> list[dict]:
    """Genders, given the rest of what is adjusted for, where peers change over time and so have no place in the model.

    Somebody who had a competing event stays at risk for good, and has no peers to change any more (Latouche et al.
    2005, Biometrical J 47: 301-315).
    """
    if plan.rows.empty or spec.exposure == "baseline" or not any(c.column == "gender" for c in spec.covariates):
        return []
    people = plan.rows.drop_duplicates("person_id").drop(columns=OF_PERIODS, errors="ignore")
    rows = whole_follow_up(plan.rows, spec.outcome).merge(people, on="person_id", validate="1:1")
    constant = constant_covariate(rows, spec.covariates)
    told = spec.covariates if constant is None else _varying_gender(rows, spec)
    design = covariate_design(rows, told, spec.where)
    problem = None if constant is None else ("failed", constant)
    whole = replace(plan, model="fine_gray", rows=rows, design=design, peers={}, problem=problem)
    words = " ".join(filter(None, [NO_PEERS, note]))
    shared = _shared(rows, spec, words) | {"model": "fine_gray", "estimand": ESTIMAND["cox"]}
    del shared["df_residual"]
    if not told:
        shared |= {"term": "gender", "estimand": SUBDISTRIBUTION}
        return [estimate_row(**shared | {"note": constant}, status="failed")]
    found = covariate_rows(whole, _fit(whole, spec, apart), conf_level, None, shared, studied=("gender",))
    return [row | {"estimand": SUBDISTRIBUTION} for row in found if row["term"] == "gender"]


def _varying_gender(rows: pd.DataFrame, spec: SurvivalSpec) -> tuple[Covariate, ...]:
    """Gender alone, for rows that say why it has no estimate; nothing where everybody has the same one."""
    genders = tuple(c for c in spec.covariates if c.column == "gender")
    return genders if constant_covariate(rows, genders) is None else ()


def _fit(plan: ModelPlan, spec: SurvivalSpec, apart: list[float]) -> CoxFit:
    if plan.problem is not None:
        return fit_plan(plan)
    start, stop = (plan.rows[name].to_numpy(float) for name in ("start", "stop"))
    cause, x = causes(plan.rows), plan.design.x
    cluster = None if spec.sampling.simple else cluster_codes(plan)
    fit = fit_fine_gray(start, stop, cause, x, plan.design.names, of=1, cluster=cluster, weight=plan.weights)
    if fit.status == "ok":
        rows, row, weight = weighted_rows(start, stop, cause, 1, plan.weights)
        unit = row if cluster is None else cluster[row]
        again = second_fit(*rows, x[row], None, unit, weight, near=fit.coefficients)
        apart.append(fits_apart(fit.coefficients, np.sqrt(np.diag(fit.variance)), *again))
    return fit


def _shared(rows: pd.DataFrame, spec: SurvivalSpec, note: str | None) -> dict[str, object]:
    return {
        "outcome": spec.outcome,
        "engine": ENGINE,
        "gate": "passed",
        "note": note,
        "df_residual": None,
        "n": rows["person_id"].nunique(),
        "n_events": rows.loc[np.asarray(rows["event"]) == 1, "person_id"].nunique(),
    }
