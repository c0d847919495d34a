"""One analysis under every definition of its outcome (Steegen et al. 2016, Perspect Psychol Sci 11: 702-712)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..estimators.kaplan_meier import kaplan_meier, median_time
from . import diagnostics
from .cox_plans import FittedCox, fit_plan, tests_of
from .cox_rows import cox_rows, fit_row, model_diagnostics
from .detectable import detectable_rows
from .genders import gender_groups
from .model_plan import plan_model
from .periods import SurvivalSpec, join_neighbours
from .quantile_rows import time_problem
from .rows import AnalysisFrames, analysis_frames, estimate_row
from .sampling import Sampling

# What bears on a median too, of the checks of the model.
OF_CURVES = ("recall_heaping", "delayed_entry")
NOT_REACHED = "Not reached: half of the people had not had the outcome by the end."


@dataclass(frozen=True)
class Definition:
    """One definition: what the results call it, its label, and the complete rows of the people analysed under it.

    `suffix` is added to the name of the model, so that every model of the analysis has a name of its own.
    """

    outcome: str
    suffix: str
    label: str
    rows: pd.DataFrame


def analyse_multiverse(
    definitions: list[Definition], spec: SurvivalSpec, conf_level: float, n_missing: int = 0
) -> AnalysisFrames:
    """The adjusted peer effect and the median time of everyone, under each definition.

    Parameters
    ----------
    definitions : the outcome as the study defines it, then the others; rows as for `survival.analyse_survival`.
    spec : the analysis; its outcome and label are those of each definition in turn.
    n_missing : people left out of all, for the table of fits.
    """
    estimates, fits, checks, later = [], [], [], []
    everybody = definitions[0].rows["person_id"].nunique()
    for definition in definitions:
        rows, fit, tests, left_out = _fit(definition, spec, conf_level, n_missing)
        passed = diagnostics.gate([test for test in tests if test["diagnostic"] in OF_CURVES])
        estimates += [*rows, _median(definition, spec.sampling, conf_level) | {"gate": passed}]
        fits.append(fit)
        checks += tests
        absent = everybody - definition.rows["person_id"].nunique()
        later += [(f"Cannot be judged by this definition: {definition.label}", absent)] if absent else []
        later += left_out
    return analysis_frames(estimates, [], fits, checks, later)


def _fit(
    definition: Definition, spec: SurvivalSpec, conf_level: float, n_missing: int
) -> tuple[list[dict], dict, list[dict], list[tuple[str, int]]]:
    frame = definition.rows
    own = replace(spec, outcome=definition.outcome, label=definition.label)
    model = "adjusted" if spec.covariates else "crude"
    genders = gender_groups(frame, "event", "cox")
    plan = spec.sampling.plan(plan_model(model, "cox", "event", frame, spec.covariates, genders, spec.where))
    plan = replace(plan, model=model + definition.suffix)
    fit = fit_plan(plan)
    tests = model_diagnostics(FittedCox(plan, fit, tests_of(plan, fit)), own)
    rows = cox_rows(plan, fit, genders, own, conf_level, diagnostics.gate(tests), spec.sampling.said(definition.label))
    rows = [row for row in rows if row["term"] == "peer"]
    tests += detectable_rows(plan, rows)
    left = [(f"{g.label}: not in this model, for lack of outcomes: {plan.model}", g.n) for g in plan.left_out]
    return rows, fit_row(plan, fit, own, n_missing), tests, left


def _median(definition: Definition, sampling: Sampling, conf_level: float) -> dict:
    """Median time of everyone, with peers or without."""
    sorted_rows = definition.rows.sort_values(["person_id", "start"]).assign(peer=0.0, lower=np.nan)
    rows = join_neighbours(sorted_rows, definition.outcome)
    weights = rows["weight"].to_numpy(float) if sampling.weighted else None
    curve = kaplan_meier(*(rows[name].to_numpy() for name in ("start", "stop", "event")), conf_level, weights)
    estimate, low, high = median_time(curve)
    note = definition.label if np.isfinite(estimate) else f"{definition.label}. {NOT_REACHED}"
    people = rows["person_id"].nunique()
    few = time_problem(people, curve, rows["start"].to_numpy(), estimate)
    values = {"estimate": estimate, "conf_low": low, "conf_high": high}
    if few is not None:
        values, note = {"status": "too_few_events"}, f"{definition.label}. {few}"
    return estimate_row(
        definition.outcome,
        "kaplan_meier",
        "everyone",
        "median_time",
        **values,
        conf_level=conf_level,
        horizon=curve["time"].iloc[-1],
        n=people,
        n_events=rows["event"].sum(),
        engine="recovery_analysis.estimators.kaplan_meier.kaplan_meier",
        note=sampling.said(note),
    )
