"""Time to an outcome in a file of people who have all had it: reverse-time, right-truncated and naive estimates."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import CannotAnalyse
from ..estimators.numerics import critical_value
from ..estimators.parametric import ParametricFit
from ..estimators.parametric_quantities import delta_method, quantile_of, survival_of
from ..estimators.reverse_time import ConditionalCurve, conditional_curve, conditional_quantile
from ..labels import gender as gender_label
from ..study import GENDERS
from . import diagnostics
from .detectable import detectable_from_errors
from .effects import model_rows
from .genders import GenderGroup, gender_groups
from .model_plan import MODELS, ModelPlan, left_out_of_models, plan_model
from .parametric_models import (
    ENGINE,
    PlannedFit,
    best_of,
    fit_planned,
    fit_row,
    planned_fit_row,
    unlimited_genders,
    without_covariates,
)
from .person_times import exact_times, interval_times, uncertain_share
from .recovery_rows import RecoverySpec, naive_rows, retro_hazard_rows, true_rows
from .rows import AnalysisFrames, analysis_frames, estimate_row
from .second_fit_times import curve_difference, parametric_differences, second_fit_rows
from .spec import FEWEST_PEOPLE

REVERSE = "recovery_analysis.estimators.reverse_time"
ASSUMED = "Right-truncated at the interview."
TOO_WEAK = "Right-truncated times of so few people put no limit to the effect."
RECALLED = "Dates told as a year count as any day of it."


def analyse_recovery_time(
    people: pd.DataFrame,
    rows: pd.DataFrame,
    spec: RecoverySpec,
    conf_level: float,
    n_missing: int = 0,
    truth: dict | None = None,
) -> AnalysisFrames:
    """Everything that one analysis of right-truncated times gives.

    Parameters
    ----------
    people : one row per person from `person_times`, all with the outcome within the horizon; complete.
    rows : the same people's counting-process rows, for the naive Cox model.
    truth : shares by time from the simulator; None for real data.
    """
    if people.empty:
        raise CannotAnalyse(
            f"{spec.where}: nobody has the outcome within {spec.horizon:g} {spec.unit} and before the interview, so "
            "there is no time to describe. Check the mapping of the outcome, and `horizon`."
        )
    times = exact_times(people, truncated=True)
    fits = {name: without_covariates(name, times) for name in spec.families}
    best = best_of(fits)
    families = [
        fit_row(
            f"right_truncated_{name}", fit, f"time to '{spec.label}', right-truncated", n_missing, lowest=name == best
        )
        for name, fit in fits.items()
    ]
    checks = {model: design_checks(people, spec, model) for model in ("reverse_time", "right_truncated", "interval")}
    gates = {model: diagnostics.gate(own) for model, own in checks.items()}
    differences: dict[str, list[float]] = {"reverse_time": [], "right_truncated": [], "interval": []}
    differences["right_truncated"] += parametric_differences(fits.values(), times)
    estimates, curves = describe_times(people, spec, conf_level, best, fits, gates, differences)
    compared, compared_fits, compared_checks, plans = compare_peers(people, spec, conf_level, n_missing)
    backwards, differences["retro_hazard"] = retro_hazard_rows(people, spec, conf_level, gates["reverse_time"])
    estimates += compared + backwards
    tests = [row for own in checks.values() for row in own] + compared_checks
    tests += detectable_from_errors("retro_hazard", backwards)
    tests += second_fit_rows(differences, spec.tolerance, spec.where)
    if spec.naive:
        own = naive_rows(people, rows, spec, conf_level, design_checks(people, spec, "naive"))
        estimates, curves, tests = estimates + own.estimates, curves + own.curves, tests + own.diagnostics
    if truth is not None:
        known, curve = true_rows(truth, people, spec)
        estimates, curves = estimates + known, [*curves, curve]
    return analysis_frames(estimates, curves, families + compared_fits, tests, left_out_of_models(plans))


def design_checks(people: pd.DataFrame, spec: RecoverySpec, model: str) -> list[dict]:
    """Gates of a model: does it allow for the truncation, and for dates that are known to the year only."""
    share = uncertain_share(people, spec.year)
    return [
        diagnostics.truncation(model, allowed_for=model != "naive"),
        diagnostics.recall_heaping(model, share, as_intervals=model == "interval"),
    ]


def describe_times(
    people: pd.DataFrame,
    spec: RecoverySpec,
    conf_level: float,
    best: str | None,
    fits: dict[str, ParametricFit],
    gates: dict[str, str],
    differences: dict[str, list[float]],
) -> tuple[list[dict], list[pd.DataFrame]]:
    """Conditional medians, overall and by gender, and the overall curves, of both valid methods.

    How far each is from its second fit is added to `differences`, model → relative differences.
    """
    estimates, curves = [], []
    for group in ("all", *(g for g in GENDERS if (people["gender"] == g).any())):
        own = people if group == "all" else people[people["gender"] == group]
        base = _base(spec, group, len(own), conf_level)
        if len(own) < FEWEST_PEOPLE:
            few = {"status": "too_few_events", "note": f"Fewer than {FEWEST_PEOPLE} people ({gender_label(group)})."}
            estimates += [base | few | {"model": m, "engine": e, "gate": gates[m]}
                          for m, e in (("reverse_time", REVERSE), ("right_truncated", ENGINE))]  # fmt: skip
            continue
        curve = conditional_curve(own["stop"], own["window"], conf_level)
        differences["reverse_time"].append(curve_difference(curve, own))
        numbers = dict(zip(("estimate", "conf_low", "conf_high"), conditional_quantile(curve, 0.5), strict=True))
        estimates.append(base | numbers | {"model": "reverse_time", "engine": REVERSE, "gate": gates["reverse_time"]})
        if best is None:
            continue
        for model, times_of in (("right_truncated", exact_times), ("interval", interval_times)):
            times, done = times_of(own, True), (group, model) == ("all", "right_truncated")
            fit = fits[best] if done else without_covariates(best, times)
            differences[model] += [] if done else parametric_differences([fit], times)
            estimates.append(base | {"model": model, "engine": ENGINE, "gate": gates[model]} |
                             conditional_median(fit, spec, conf_level, base["note"], model))  # fmt: skip
            if group == "all" and model == "right_truncated":
                curves.append(_model_curve(fit, curve, spec, conf_level))
        if group == "all":
            curves.insert(0, _reverse_curve(curve, spec))
    return estimates, curves


def _base(spec: RecoverySpec, group: str, n: int, conf_level: float) -> dict:
    return estimate_row(
        spec.outcome, "", "time", "conditional_median", group=group, horizon=spec.horizon, n=n, n_events=n,
        conf_level=conf_level, note=f"{spec.condition} {ASSUMED}",
    )  # fmt: skip


def conditional_median(fit: ParametricFit, spec: RecoverySpec, conf_level: float, note: str, model: str) -> dict:
    """Median among people within the horizon, with the interval of its logarithm (delta method)."""
    if fit.status != "ok":
        return {"status": fit.status, "note": f"{fit.message} {note}"}
    value, error = delta_method(fit, lambda theta: np.log([quantile_of(fit, theta, 0.5, spec.horizon)]))
    half = critical_value(conf_level) * error[0]
    ends = np.exp(value[0] + np.array([-half, half]))
    note = f"{note} {RECALLED}" if model == "interval" else note
    return {
        "estimate": float(np.exp(value[0])),
        "std_error": float(np.exp(value[0]) * error[0]),
        "conf_low": float(ends[0]),
        "conf_high": float(ends[1]),
        "note": note,
    }


def _reverse_curve(curve: ConditionalCurve, spec: RecoverySpec) -> pd.DataFrame:
    table = {
        "time": curve.time,
        "estimate": 1 - curve.estimate,
        "conf_low": 1 - curve.conf_high,
        "conf_high": 1 - curve.conf_low,
        "n_risk": curve.at_risk,
        "n_event": curve.n_event,
        "n_censor": 0.0,
    }
    return _curve(table, spec, "reverse_time")


def _model_curve(fit: ParametricFit, curve: ConditionalCurve, spec: RecoverySpec, conf_level: float) -> pd.DataFrame:
    """The fitted distribution at the times of the reverse-time curve, with intervals of its log odds."""

    def share(theta: np.ndarray) -> np.ndarray:
        own = 1 - survival_of(fit, theta, np.append(curve.time, spec.horizon))
        return np.clip(own[:-1] / own[-1], 1e-12, 1 - 1e-12)

    log_odds, error = delta_method(fit, lambda theta: np.log(share(theta) / (1 - share(theta))))
    half = critical_value(conf_level) * error
    low, middle, high = (1 / (1 + np.exp(-(log_odds + sign * half))) for sign in (-1, 0, 1))
    table = {"time": curve.time, "estimate": 1 - middle, "conf_low": 1 - high, "conf_high": 1 - low}
    counts = {"n_risk": curve.at_risk, "n_event": curve.n_event, "n_censor": 0.0}
    return _curve(table | counts, spec, "right_truncated")


def _curve(table: dict, spec: RecoverySpec, method: str) -> pd.DataFrame:
    return pd.DataFrame(table).assign(outcome=spec.outcome, by="design", group=method, method=method, suppressed=False)


def compare_peers(
    people: pd.DataFrame, spec: RecoverySpec, conf_level: float, n_missing: int
) -> tuple[list[dict], list[dict], list[dict], list]:
    """Right-truncated proportional hazards, peers counting from their first date on: crude, adjusted, by gender."""
    estimates, fits, checks, plans = [], [], [], []
    for model in MODELS:
        plan, own, genders = _fit_model(model, people, spec)
        tests = _model_checks(own, plan.rows, spec, model)
        times, switch = exact_times(plan.rows, truncated=True), plan.rows["switch"].to_numpy(float)
        again = parametric_differences([own.fit], times, switch)
        tests += second_fit_rows({model: again}, spec.tolerance, spec.where)
        shared = {
            "outcome": spec.outcome,
            "engine": ENGINE,
            "gate": diagnostics.gate(tests),
            "note": f"{spec.condition} {ASSUMED} Peers count from their first date on.",
            "df_residual": None,
            "n": len(plan.rows),
            "n_events": len(plan.rows),
        }
        found = model_rows(plan, own, genders, conf_level, shared)
        estimates += found
        tests += detectable_from_errors(model, found)
        words = f"hazard of '{spec.label}', right-truncated, peers from their first date on"
        fits.append(planned_fit_row(model, own, plan, words, n_missing))
        checks += tests
        plans.append(plan)
    return estimates, fits, checks, plans


def _fit_model(
    model: str, people: pd.DataFrame, spec: RecoverySpec
) -> tuple[ModelPlan, PlannedFit, tuple[GenderGroup, ...]]:
    """Fit one model; genders that these data say nothing of leave the effects of the others alone.

    Right truncation takes most of the information away, so that a few people of a gender may put no limit to their
    effects at all: they then have a status, and the others a number.
    """
    genders = gender_groups(people, "event", "cox")
    family = f"spline_{spec.knots}" if spec.knots else "weibull_hazard"
    while True:
        plan = plan_model(model, "cox", "event", people, spec.covariates, genders, spec.where)
        own = fit_planned(plan, family, exact_times(plan.rows, truncated=True), plan.rows["switch"].to_numpy(float))
        silent = unlimited_genders(plan, own)
        if not silent or silent == set(plan.rows["gender"]):
            return plan, own, genders
        genders = tuple(
            replace(g, own_effect=False, estimable=False, reason=TOO_WEAK) if g.level in silent else g for g in genders
        )


def _model_checks(own: PlannedFit, rows: pd.DataFrame, spec: RecoverySpec, model: str) -> list[dict]:
    iterations = own.fit.iterations if own.fit is not None else np.nan
    tests = diagnostics.fitted(model, own.status, iterations, own.message)
    if own.fit is not None:
        tests.append(diagnostics.events_per_parameter(model, len(rows), len(own.fit.names)))
    return tests + design_checks(rows, spec, model)
