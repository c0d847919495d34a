"""Parametric models of a planned comparison of people with peers and without."""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import ResearchError
from ..estimators.families import FAMILIES, WEIBULL, Family, spline_family, with_cure, with_switch
from ..estimators.parametric import RUNAWAY, ParametricFit, fit_parametric, no_fit
from ..estimators.times import Times
from ..labels import FAMILY
from .cox_plans import cluster_codes
from .model_plan import ModelPlan
from .spec import Column, Design

ENGINE = "recovery_analysis.estimators.parametric"
KNOTS = {"weibull_hazard": 0, "spline_1": 1, "spline_2": 2, "spline_3": 3}


@dataclass(frozen=True)
class PlannedFit:
    """Coefficients in the order of the plan's design, as the rows of estimates want them, and the whole fit."""

    coefficients: np.ndarray
    variance: np.ndarray
    status: str
    message: str
    fit: ParametricFit | None


def build_family(name: str, times: Times) -> Family:
    """The family of a plan; a spline takes its knots from the times of the outcomes."""
    if name in FAMILIES:
        return FAMILIES[name]
    middle = np.where(times.happened, (times.lower + np.where(times.happened, times.upper, 0.0)) / 2, np.nan)
    return spline_family(np.log(middle[times.happened & (middle > 0)]), KNOTS[name])


def fit_planned(
    plan: ModelPlan, family: str, times: Times, switch: np.ndarray | None = None, cure: bool = False
) -> PlannedFit:
    """Fit one planned model.

    Parameters
    ----------
    plan : one row per person; its design has a column of peers for everyone, or for each gender.
    times : of the same people.
    switch : (n,) when peers begin, infinite for never; peers at the start are a covariate if not given.
    cure : whether a share may never have the outcome.
    """
    p = len(plan.design.columns)
    nothing, matrix = np.full(p, np.nan), np.full((p, p), np.nan)
    if plan.problem is not None:
        return PlannedFit(nothing, matrix, *plan.problem, None)
    try:
        own = with_cure(build_family(family, times)) if cure else build_family(family, times)
    except ResearchError as error:
        return PlannedFit(nothing, matrix, "too_few_events", str(error), None)
    peers = sorted(plan.peers.values()) if switch is not None else []
    others = [i for i in range(p) if i not in peers]
    names = [str(i) for i in range(p)]
    shapes = {}
    if switch is not None:
        with np.errstate(divide="ignore"):
            own = with_switch(own, np.log(switch))
        shapes = {"switch": (plan.design.x[:, peers], tuple(names[i] for i in peers))}
    counted = {"weights": plan.weights, "cluster": cluster_codes(plan)}
    fit = fit_parametric(own, times, plan.design.x[:, others], tuple(names[i] for i in others), shapes, **counted)
    if fit.status != "ok":
        return PlannedFit(nothing, matrix, fit.status, named(fit.message, plan.design), fit)
    where = [fit.position(name) for name in names]
    return PlannedFit(fit.coefficients[where], fit.variance[np.ix_(where, where)], "ok", "", fit)


def named(message: str, design: Design) -> str:
    """The message with columns by their labels instead of their numbers."""
    words = {str(i): column.label for i, column in enumerate(design.columns)}
    head, colon, rest = message.partition(":")
    parts = [words.get(part.strip(), part.strip().replace("_", " ")) for part in head.split(",")]
    return f"{', '.join(parts)}{colon}{rest}" if colon else message


def unlimited_genders(plan: ModelPlan, own: PlannedFit) -> set[str]:
    """Genders to whose effects the data put no limit; none where the model stands.

    A gender is told relative to the first one: where the level of the first has no limit, that of the other seems to
    have none either. So each is judged by its own level.
    """
    names = own.fit.unlimited if own.fit is not None else ()
    where = {int(name) for name in names if name.isdigit()}
    mains = {plan.design.columns[i].level for i in where if plan.design.columns[i].term == "gender"}
    if mains:
        design, gender = own.fit.designs[0], plan.rows["gender"].to_numpy()
        variance = own.fit.variance[: design.shape[1], : design.shape[1]]
        level = {name: design[gender == name].mean(axis=0) for name in np.unique(gender)}
        mains = {name for name, at in level.items() if not np.sqrt(at @ variance @ at) <= RUNAWAY} or mains
    return mains | {level for level, position in plan.peers.items() if position in where}


def without_covariates(
    family: str, times: Times, cure: bool = False, counted: dict[str, np.ndarray | None] | None = None
) -> ParametricFit:
    """One distribution for everybody; `counted` : weights and clusters, as `Sampling.counted` gives them."""
    try:
        own = build_family(family, times)
    except ResearchError as error:
        named = replace(WEIBULL, name=family, scale="log_hazard")
        return no_fit(named, [], len(times.lower), int(times.happened.sum()), str(error))
    none = np.empty((len(times.lower), 0))
    return fit_parametric(with_cure(own) if cure else own, times, none, (), **(counted or {}))


def best_of(fits: dict[str, ParametricFit]) -> str | None:
    """The family with the lowest AIC among those that were fitted; the first named wins a tie."""
    usable = {name: fit.aic for name, fit in fits.items() if fit.status == "ok"}
    return min(usable, key=usable.get) if usable else None


def fit_row(
    model: str, fit: ParametricFit, words: str, n_missing: int, columns: tuple[Column, ...] = (), lowest: bool = False
) -> dict:
    """Row of `fits` of one parametric model."""
    terms = ", ".join(dict.fromkeys(column.covariate for column in columns))
    on = f" on {terms}" if terms else ""
    weighted = " Weighted by the sampling weights." if fit.weights is not None else ""
    note = fit.message or ("Lowest AIC of the families compared." if lowest else None)
    return {
        "model": model,
        "engine": ENGINE,
        "formula": f"{FAMILY[fit.family.name.removesuffix('_cure')]}: {words}{on}.{weighted}",
        "n": fit.n,
        "n_rows": fit.n,
        "n_events": fit.n_events,
        "n_missing": n_missing,
        "parameters": len(fit.names),
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "status": fit.status,
        "note": note,
    }


def planned_fit_row(model: str, own: PlannedFit, plan: ModelPlan, words: str, n_missing: int) -> dict:
    """Row of `fits` of a planned comparison; of one that could not be fitted, with the reason."""
    if own.fit is not None:
        return fit_row(model, own.fit, words, n_missing, plan.design.columns)
    counts = {"n": len(plan.rows), "n_rows": len(plan.rows), "n_events": int(plan.rows["event"].sum())}
    said = {"formula": f"Not fitted: {words}.", "status": own.status, "note": own.message}
    return {"model": model, "engine": ENGINE, "n_missing": n_missing} | counts | said
