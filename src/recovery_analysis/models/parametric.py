"""Parametric analysis of one outcome: families compared by AIC, peers compared in the best of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import ResearchError
from ..estimators.follow_up import sufficient_follow_up
from ..estimators.numerics import critical_value
from ..estimators.parametric import ParametricFit
from ..estimators.times import Times
from ..estimators.turnbull import TurnbullFit, turnbull, turnbull_curve, turnbull_quantile
from . import diagnostics
from .curve_rows import ARMS
from .detectable import detectable_from_errors
from .effects import model_rows
from .genders import gender_groups
from .model_plan import MODELS, ModelPlan, left_out_of_models, plan_model
from .parametric_models import ENGINE, PlannedFit, best_of, fit_planned, fit_row, planned_fit_row, without_covariates
from .person_times import TOLERANCE, exact_times, interval_times, uncertain_share
from .rows import AnalysisFrames, analysis_frames, estimate_row
from .sampling import SIMPLE, Sampling, design_rows
from .second_fit_times import parametric_differences, second_fit_rows, turnbull_difference
from .spec import FEWEST_PEOPLE, Covariate

TURNBULL = "recovery_analysis.estimators.turnbull"
AS_INTERVALS = "Times count as known to an interval."
NOT_REACHED = "Not reached: under half had the outcome by the end."
FEW_OUTCOMES = f"Fewer than {FEWEST_PEOPLE} people with the outcome."
AS_EXACT = "For comparison: each time treated as exact, at the end of its interval."
RATIO = {"log_time": "time_ratio", "log_hazard": "hazard_ratio"}
NEVER = (
    "Share of people who never have the outcome, by a mixture cure model; it rests on the curve being flat at its end."
)


@dataclass(frozen=True)
class ParametricSpec:
    """One parametric analysis; see study.ParametricAnalysis. `year` : a year in the unit of the outcome."""

    outcome: str
    label: str
    year: float
    families: tuple[str, ...]
    changing: bool
    cure: bool = False
    covariates: tuple[Covariate, ...] = ()
    where: str = "analysis"
    tolerance: float = 1e-5
    sampling: Sampling = SIMPLE


def analyse_parametric(
    people: pd.DataFrame, spec: ParametricSpec, conf_level: float, n_missing: int = 0
) -> AnalysisFrames:
    """Everything that one parametric analysis gives.

    Parameters
    ----------
    people : one row per person from `person_times`; complete.
    n_missing : people left out before, for the table of fits.
    """
    times = interval_times(people)
    intervals = bool(((times.upper - times.lower > TOLERANCE) & times.happened).any())
    counted = spec.sampling.counted(people)
    fits = {name: without_covariates(name, times, counted=counted) for name in spec.families}
    best = best_of(fits) or spec.families[0]
    words = f"time to '{spec.label}'"
    compared = [fit_row(name, fit, words, n_missing, lowest=name == best) for name, fit in fits.items()]
    differences = {"turnbull": [], "compared": parametric_differences(fits.values(), times)}
    estimates, curves = [], []
    if intervals and not spec.changing:
        estimates, curves, differences["turnbull"] = turnbull_rows(people, spec, conf_level)
    rows, own_fits, checks, plans = _models(people, spec, conf_level, best, n_missing, intervals)
    checks += second_fit_rows(differences, spec.tolerance, spec.where)
    if spec.cure:
        never, cured, tests = cure_rows(people, spec, conf_level, best, n_missing)
        rows, compared, checks = rows + never, compared + cured, checks + tests
    return analysis_frames(estimates + rows, curves, compared + own_fits, checks, left_out_of_models(plans))


def _models(
    people: pd.DataFrame, spec: ParametricSpec, conf_level: float, best: str, n_missing: int, intervals: bool
) -> tuple[list[dict], list[dict], list[dict], list[ModelPlan]]:
    """Crude, adjusted and interaction with the best family; adjusted with each other one, and as if exact."""
    genders = gender_groups(people, "event", "cox")
    rows, fits, checks, plans = [], [], [], []
    asked = [(model, model, best, True) for model in MODELS]
    asked += [(f"adjusted_{name}", "adjusted", name, True) for name in spec.families if name != best]
    asked += [("adjusted_exact", "adjusted", best, False)] if intervals else []
    for called, model, family, as_told in asked:
        plan = spec.sampling.plan(plan_model(model, "cox", "event", people, spec.covariates, genders, spec.where))
        own_times = (interval_times if as_told else exact_times)(plan.rows)
        switch = plan.rows["switch"].to_numpy(float) if spec.changing else None
        own = fit_planned(plan, family, own_times, switch)
        tests = _checks(own, plan, spec, called, as_told)
        again = parametric_differences([own.fit], own_times, switch)
        tests += second_fit_rows({called: again}, spec.tolerance, spec.where)
        note = spec.sampling.said((AS_INTERVALS if as_told else AS_EXACT) if intervals else None)
        found = model_rows(plan, own, genders, conf_level, _shared(plan, spec, tests, note))
        scale = own.fit.family.scale if own.fit is not None else "log_time"
        found = [_scaled(row, scale) | {"model": called} for row in found]
        rows += found if called in MODELS else [row for row in found if row["term"] == "peer"]
        words = f"time to '{spec.label}'"
        fits.append(planned_fit_row(called, own, plan, words, n_missing))
        checks += tests + detectable_from_errors(called, found)
        plans += [plan] if called in MODELS else []
    return rows, fits, checks, plans


def _scaled(row: dict, scale: str) -> dict:
    if row["estimand"] != "hazard_ratio":
        return row
    return row | {"scale": scale, "estimand": RATIO[scale]}


def _shared(plan: ModelPlan, spec: ParametricSpec, tests: list[dict], note: str | None) -> dict:
    return {
        "outcome": spec.outcome,
        "engine": ENGINE,
        "gate": diagnostics.gate(tests),
        "note": note,
        "df_residual": None,
        "n": len(plan.rows),
        "n_events": int(plan.rows["event"].sum()),
    }


def _checks(own: PlannedFit, plan: ModelPlan, spec: ParametricSpec, model: str, as_told: bool) -> list[dict]:
    iterations = own.fit.iterations if own.fit is not None else np.nan
    tests = diagnostics.fitted(model, own.status, iterations, own.message)
    tests += design_rows(model, plan.rows, spec.sampling)
    if own.fit is not None:
        tests.append(diagnostics.events_per_parameter(model, own.fit.n_events, len(own.fit.names)))
    return [*tests, diagnostics.recall_heaping(model, uncertain_share(plan.rows, spec.year), as_intervals=as_told)]


def turnbull_rows(
    people: pd.DataFrame, spec: ParametricSpec, conf_level: float
) -> tuple[list[dict], list[pd.DataFrame], list[float]]:
    """Turnbull curves and medians by peers and by gender, and how far each is from its second fit."""
    estimates, curves, differences = [], [], []
    for by, group in (("peer", people["peer"].map(ARMS)), ("gender", people["gender"])):
        for level in sorted(group.dropna().unique()):
            own = people[group == level]
            row = estimate_row(
                spec.outcome, "turnbull", by, "median_time", level=level, group=level if by == "gender" else "all",
                n=len(own), n_events=int(own["event"].sum()), engine=TURNBULL, conf_level=conf_level,
                note=spec.sampling.said(AS_INTERVALS),
            )  # fmt: skip
            if own["event"].sum() < FEWEST_PEOPLE:
                estimates.append(row | {"status": "too_few_events", "note": FEW_OUTCOMES})
                continue
            times, weights = interval_times(own), spec.sampling.counted(own)["weights"]
            try:
                fit = turnbull(times.lower, times.upper, weights, times.entry)
            except ResearchError as error:
                estimates.append(row | {"status": "failed", "note": str(error)})
                continue
            differences.append(turnbull_difference(fit, times, weights))
            curve, median = _turnbull_curve(fit, times, conf_level)
            note = AS_INTERVALS if np.isfinite(median["estimate"]) else NOT_REACHED
            estimates.append(row | median | {"note": spec.sampling.said(note), "horizon": curve["time"].iloc[-1]})
            method = "turnbull" if weights is None else "weighted_turnbull"
            named = {"outcome": spec.outcome, "by": by, "group": level, "method": method, "suppressed": False}
            curves.append(curve.assign(**named))
    return estimates, curves, differences


def _turnbull_curve(fit: TurnbullFit, times: Times, conf_level: float) -> tuple[pd.DataFrame, dict]:
    table = turnbull_curve(fit, conf_level)
    median = dict(zip(("estimate", "conf_low", "conf_high"), turnbull_quantile(table, 0.5), strict=True))
    ends, stop = np.append(0.0, table["time"]), np.where(times.happened, times.upper, times.lower)
    first = {"time": 0.0, "estimate": 1.0, "conf_low": np.nan, "conf_high": np.nan}
    curve = pd.concat([pd.DataFrame([first]), pd.DataFrame(table)[list(first)]], ignore_index=True)
    step = np.searchsorted(ends, stop, side="left")
    count = [np.bincount(step[which], minlength=len(ends) + 1)[: len(ends)].astype(float)
             for which in (times.happened, ~times.happened)]  # fmt: skip
    at_risk = np.array([np.sum((stop >= end) & (times.entry <= end)) for end in ends], dtype=float)
    return curve.assign(n_risk=at_risk, n_event=count[0], n_censor=count[1]), median


def cure_rows(
    people: pd.DataFrame, spec: ParametricSpec, conf_level: float, best: str, n_missing: int
) -> tuple[list[dict], list[dict], list[dict]]:
    """Share of people who never have the outcome, and whether the follow-up is long enough to say so."""
    times = interval_times(people)
    fit = without_covariates(best, times, cure=True, counted=spec.sampling.counted(people))
    alpha = sufficient_follow_up(people["stop"].to_numpy(float), people["event"].to_numpy(float))
    test = diagnostics.sufficient_follow_up("cure", alpha)
    row = estimate_row(
        spec.outcome, "cure", "never", "never_share", engine=ENGINE, n=len(people), n_events=fit.n_events,
        gate=diagnostics.gate([test]), conf_level=conf_level,
        note=spec.sampling.said(NEVER),
    )  # fmt: skip
    few = fit.message if fit.status == "too_few_events" else FEW_OUTCOMES
    if fit.status == "too_few_events" or fit.n_events < FEWEST_PEOPLE:
        row |= {"status": "too_few_events", "note": few, "gate": "passed"}
    elif test["verdict"] == "warn":
        row |= {"status": "failed", "note": test["meaning"]}
    elif fit.status != "ok":
        row |= {"status": fit.status, "note": fit.message}
    else:
        row |= _share(fit, conf_level)
    again = parametric_differences([fit], times) if row["status"] == "ok" else []
    tests = [test] * (row["status"] != "too_few_events") + second_fit_rows({"cure": again}, spec.tolerance, spec.where)
    return [row], [fit_row("cure", fit, f"time to '{spec.label}', some never", n_missing)], tests


def _share(fit: ParametricFit, conf_level: float) -> dict:
    at = fit.position("logit_never")
    error = float(np.sqrt(fit.variance[at, at]))
    half = critical_value(conf_level) * error
    low, middle, high = (float(1 / (1 + np.exp(-(fit.coefficients[at] + s * half)))) for s in (-1, 0, 1))
    return {"estimate": middle, "std_error": middle * (1 - middle) * error, "conf_low": low, "conf_high": high}
