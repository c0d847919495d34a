"""Rows of `estimates` of subdistribution hazards: do the shares who ever have the outcome differ?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit
from ..estimators.fine_gray import fit_fine_gray
from .cox_plans import cluster_codes
from .curve_rows import causes, whole_follow_up
from .effects import ESTIMAND, ModelPlan, covariate_rows, model_rows
from .genders import GenderGroup
from .periods import SurvivalSpec
from .spec import covariate_design

ENGINE = "recovery_analysis.estimators.fine_gray"
SUBDISTRIBUTION = "subdistribution_hazard_ratio"
NO_PEERS = "Peers are not in this model: they change over time, and whoever had the other outcome has none any more."
OF_PERIODS = ["start", "stop", "event", "competing", "peer", "lower", "earliest", "latest", "weight"]


def peer_fine_gray_rows(
    plan: ModelPlan, spec: SurvivalSpec, genders: tuple[GenderGroup, ...], conf_level: float, note: str | None
) -> list[dict]:
    """People with peers at time zero and without, and what is adjusted for, in one model."""
    if plan.problem is not None:
        return []
    shared = _shared(plan.rows, spec, note)
    rows = model_rows(replace(plan, model="fine_gray"), _fit(plan, spec), genders, conf_level, shared)
    return [row | {"estimand": SUBDISTRIBUTION} for row in rows]


def gender_fine_gray_rows(plan: ModelPlan, spec: SurvivalSpec, conf_level: float, note: str | None) -> list[dict]:
    """Genders, given the rest of what is adjusted for, where peers change over time and so have no place in the model.

    Somebody who had a competing event stays at risk for good, and has no peers to change any more (Latouche et al.
    2005, Biometrical J 47: 301-315).
    """
    if plan.rows.empty or spec.exposure == "baseline" or not any(c.column == "gender" for c in spec.covariates):
        return []
    people = plan.rows.drop_duplicates("person_id").drop(columns=OF_PERIODS, errors="ignore")
    rows = whole_follow_up(plan.rows, spec.outcome).merge(people, on="person_id", validate="1:1")
    design = covariate_design(rows, spec.covariates, spec.where)
    whole = replace(plan, model="fine_gray", rows=rows, design=design, peers={}, problem=None)
    words = " ".join(filter(None, [NO_PEERS, note]))
    shared = _shared(rows, spec, words) | {"model": "fine_gray", "estimand": ESTIMAND["cox"]}
    del shared["df_residual"]
    found = covariate_rows(whole, _fit(whole, spec), conf_level, None, shared, studied=("gender",))
    return [row | {"estimand": SUBDISTRIBUTION} for row in found if row["term"] == "gender"]


def _fit(plan: ModelPlan, spec: SurvivalSpec) -> CoxFit:
    columns = (plan.rows[name].to_numpy(float) for name in ("start", "stop"))
    cluster = None if spec.sampling.simple else cluster_codes(plan)
    design = (plan.design.x, plan.design.names)
    return fit_fine_gray(*columns, causes(plan.rows), *design, of=1, cluster=cluster, weight=plan.weights)


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
