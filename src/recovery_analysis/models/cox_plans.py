"""What a Cox model does where a diagnostic decides: strata, steps, log-time or Firth's penalty."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit, fit_cox, no_fit
from ..estimators.cox_zph import HazardsTest, proportional_hazards
from ..estimators.firth import fit_firth
from ..estimators.time_split import split_rows
from .diagnostics import ALPHA
from .model_plan import ModelPlan
from .spec import Column, Design

FIRTH = (
    "Firth's penalty, since nobody has the outcome, or everybody, in some group: the interval is from the profile of "
    "the penalised likelihood."
)


@dataclass(frozen=True)
class FittedCox:
    """A planned model, its fit, the tests of proportional hazards (none unless it stands), what was done (`note`)."""

    plan: ModelPlan
    fit: CoxFit
    tests: tuple[HazardsTest, ...] = ()
    note: str | None = None


def times_of(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, stop and event of counting-process rows."""
    return tuple(rows[name].to_numpy(float) for name in ("start", "stop", "event"))


def cluster_codes(plan: ModelPlan) -> np.ndarray | None:
    """Codes of what belongs together in a robust variance; None where the model-based variance is right.

    Sites if the plan says so; people with sampling weights, or where somebody has the outcome more than once.
    """
    repeated = plan.rows.groupby("person_id")["event"].sum().max() > 1
    unit = plan.cluster or ("person_id" if plan.weighted or repeated else None)
    return None if unit is None else pd.factorize(plan.rows[unit])[0]


def stratum_codes(plan: ModelPlan) -> np.ndarray | None:
    """Integer codes of the strata of a plan's rows, or None if it has none."""
    return plan.rows.groupby(list(plan.strata), observed=True).ngroup().to_numpy() if plan.strata else None


def fit_plan(plan: ModelPlan) -> CoxFit:
    """Fit a planned Cox model."""
    rows = plan.rows
    if plan.problem is not None:
        return no_fit(len(plan.design.columns), len(rows), int(rows["event"].sum()), *plan.problem)
    options = {"cluster": cluster_codes(plan), "weight": plan.weights, "stratum": stratum_codes(plan)}
    return fit_cox(*times_of(rows), plan.design.x, plan.design.names, **options)


def tests_of(plan: ModelPlan, fit: CoxFit) -> tuple[HazardsTest, ...]:
    """Tests of proportional hazards of a model that stands without a penalty."""
    if fit.status != "ok" or fit.penalised:
        return ()
    return tuple(proportional_hazards(fit, *times_of(plan.rows), plan.design.groups()))


def penalise(plan: ModelPlan, fit: CoxFit) -> FittedCox:
    """The model with Firth's penalty, where its outcomes separate; as it was where even that has no answer."""
    if fit.status != "separated" or fit.sets is None:
        return FittedCox(plan, fit, tests_of(plan, fit))
    penalised = fit_firth(fit)
    if penalised.status != "ok":
        return FittedCox(plan, replace(fit, message=f"{fit.message} {penalised.message}"))
    return FittedCox(plan, penalised, note=FIRTH)


def stratify(fitted: FittedCox) -> FittedCox:
    """Give a baseline hazard of its own to each level of the categories whose effect changes over time."""
    plan, design = fitted.plan, fitted.plan.design
    categories = {c.term: c.covariate for c in design.columns if c.level is not None and c.term != "peer"}
    terms = [t.term for t in fitted.tests if t.p_value < ALPHA and t.term in categories]
    if not terms:
        return fitted
    kept = [i for i, column in enumerate(design.columns) if column.term not in terms]
    smaller = Design(tuple(design.columns[i] for i in kept), design.x[:, kept])
    changed = replace(plan, design=smaller, strata=plan.strata + tuple(terms))
    fit = fit_plan(changed)
    if fit.status != "ok":
        return fitted
    names = ", ".join(categories[term] for term in terms)
    note = f"Stratified by {names}, since the effect changes over time."
    return FittedCox(changed, fit, tests_of(changed, fit), note)


def stepwise(fitted: FittedCox, at: float) -> FittedCox:
    """The model with peer effects that change once, at the time `at`."""
    plan = fitted.plan
    split = split_rows(*times_of(plan.rows), np.array([at]))
    design = _doubled(plan.design, split.row, plan.peers, (split.segment == 0).astype(float), "later")
    return _refit(plan, design, split, f"The peer effect changes at {at:g}: up to then, and after.")


def with_log_time(fitted: FittedCox) -> FittedCox:
    """The model with peer effects that change with the logarithm of time."""
    plan = fitted.plan
    start, stop, event = times_of(plan.rows)
    split = split_rows(start, stop, event, stop[event == 1])
    design = _doubled(plan.design, split.row, plan.peers, np.log(split.stop), "log time")
    return _refit(plan, design, split, "The peer effect changes with the logarithm of time.")


def _doubled(design: Design, row: np.ndarray, peers: dict[str, int], factor: np.ndarray, what: str) -> Design:
    """Each peer column twice: times `factor`, and as a column of its own at the end (for a step, times 1 - factor)."""
    x = design.x[row]
    own = list(peers.values())
    second = x[:, own] * (1 - factor[:, None] if what == "later" else factor[:, None])
    if what == "later":
        x[:, own] *= factor[:, None]
    added = tuple(Column("peer", f"{design.columns[i].label}, {what}", design.columns[i].covariate) for i in own)
    return Design(design.columns + added, np.hstack([x, second]))


def _refit(plan: ModelPlan, design: Design, split: object, note: str) -> FittedCox:
    rows = plan.rows.iloc[split.row].assign(start=split.start, stop=split.stop, event=split.event)
    changed = replace(plan, rows=rows.reset_index(drop=True), design=design)
    return FittedCox(changed, fit_plan(changed), note=note)
