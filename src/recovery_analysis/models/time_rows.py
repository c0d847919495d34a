"""Rows of `estimates` that tell of times: quantiles, restricted means and probabilities of groups, and how they
differ."""

import numpy as np

from ..estimators import restricted_mean as rmst
from ..estimators.cumulative_incidence import cumulative_incidence
from ..estimators.kaplan_meier import value_at
from ..estimators.nelson_aalen import CumulativeHazard, nelson_aalen
from ..estimators.plateau import FEWEST_FOLLOWED, plateau
from ..labels import FLAT, RISING
from .curve_group import FEW, CurveGroup, events_by, model_of, shared_columns, too_few
from .periods import SurvivalSpec
from .quantile_rows import QUARTILES, quantile_row
from .rows import estimate_row

NO_EVENT = "Nobody had the outcome up to then."
ALL_AT_ONCE = "Everybody had the outcome by then, so nothing says how certain the share is."
NO_OTHER = "Nothing else had come first for anybody up to then."
NO_ERROR = "Everybody had the outcome at one time, so nothing says how certain the mean is."
MOVING = "People move between the groups: this compares rates over time, not two fixed groups of people."


def group_rows(
    group: CurveGroup, horizon: float, spec: SurvivalSpec, conf_level: float, note: str | None
) -> list[dict]:
    """Quartiles, restricted means up to the horizon, probabilities at the stated times and at the end."""
    shared = shared_columns(group, spec, conf_level)
    rows = [quantile_row(group, estimand, spec, shared, note) for estimand in QUARTILES]
    problem = means_problem(group, horizon)
    hazard = None if spec.competing or not spec.times else _hazard(group, conf_level)
    for estimand, mean in restricted_means(group, horizon, spec).items():
        values = {"estimate": mean.estimate, "std_error": mean.std_error} | _wald(mean, conf_level)
        rows.append(_row(spec, group, estimand, shared, note, horizon, values, problem or _no_error(mean)))
    for time in spec.times:
        values, unknown = _probability(group, time), too_few(group, time)
        none = None if events_by(group, time) else NO_EVENT
        rows.append(_row(spec, group, "risk", shared, note, time, values, unknown or none))
        if hazard is not None:
            values = {
                name: float(own[int(np.searchsorted(hazard.time, time, side="right"))]) for name, own in _at(hazard)
            }
            rows.append(_row(spec, group, "cumulative_hazard", shared, note, time, values, unknown or none))
        if spec.competing:
            rows.append(_competing_row(group, time, spec, shared, note, unknown))
    return [*rows, _ever_row(group, spec, shared, note)]


def restricted_means(group: CurveGroup, horizon: float, spec: SurvivalSpec) -> dict[str, rmst.RestrictedMean]:
    """Estimand → mean; empty numbers where the horizon is not supported. With outcomes that compete, a mean time
    without the outcome would count the time after death, so only the time since the outcome is told."""
    names = ["restricted_mean_lost"] if spec.competing else ["restricted_mean", "restricted_mean_lost"]
    if means_problem(group, horizon) is not None:
        return dict.fromkeys(names, rmst.RestrictedMean(np.nan, np.nan, horizon, events_by(group, horizon)))
    columns = group.start, group.stop, group.cause
    if spec.competing:
        return {names[0]: rmst.restricted_mean_lost(*columns, horizon, group.weights)[0]}
    mean = rmst.restricted_mean(*columns, horizon, group.weights)
    lost = rmst.RestrictedMean(horizon - mean.estimate, mean.std_error, horizon, mean.n_event)
    return {names[0]: mean, names[1]: lost}


def means_problem(group: CurveGroup, horizon: float) -> str | None:
    """Why a mean up to the horizon cannot be told; None if it can."""
    if not np.isfinite(horizon):
        return FEW.format(at_least=rmst.FEWEST_AT_RISK, time=0)
    return too_few(group, horizon) or (None if events_by(group, horizon) else NO_EVENT)


def _no_error(mean: rmst.RestrictedMean) -> str | None:
    return None if np.isfinite(mean.std_error) else NO_ERROR


def _probability(group: CurveGroup, time: float) -> dict[str, float]:
    """Probability of having had the outcome, from the curve of not having had it."""
    found = value_at(group.curve, time)
    values = {"estimate": 1 - found["estimate"], "std_error": found["std_error"]}
    return values | {"conf_low": 1 - found["conf_high"], "conf_high": 1 - found["conf_low"]}


def _hazard(group: CurveGroup, conf_level: float) -> CumulativeHazard:
    """Nelson and Aalen's estimate of the expected number of outcomes of somebody who stays at risk."""
    return nelson_aalen(group.start, group.stop, (group.cause == 1).astype(int), conf_level, group.weights)


def _at(hazard: CumulativeHazard) -> list[tuple[str, np.ndarray]]:
    """The columns of an estimate, with what holds before the first time in front."""
    first = {"estimate": 0.0, "std_error": 0.0, "conf_low": np.nan, "conf_high": np.nan}
    return [(name, np.concatenate([[value], getattr(hazard, name)])) for name, value in first.items()]


def _competing_row(
    group: CurveGroup, time: float, spec: SurvivalSpec, shared: dict[str, object], note: str | None, problem: str | None
) -> dict:
    """Probability that something that competes with the outcome has come first."""
    other = np.where(group.cause == 1, 2, np.minimum(group.cause, 1))
    found = cumulative_incidence(group.start, group.stop, other, shared["conf_level"], group.weights, causes=2)
    at = int(np.searchsorted(found.time, time, side="right")) - 1
    values = {
        "estimate": found.estimate[at, 0],
        "std_error": found.std_error[at, 0],
        "conf_low": found.conf_low[at, 0],
        "conf_high": found.conf_high[at, 0],
    }
    happened = int(((group.cause > 1) & (group.stop <= time)).sum())
    problem = problem or (None if happened else NO_OTHER)
    return _row(spec, group, "risk_competing", shared, note, time, values, problem) | {"n_events": happened}


def _wald(mean: rmst.RestrictedMean, conf_level: float) -> dict[str, float]:
    half = rmst.half_width(mean, conf_level)
    return {"conf_low": mean.estimate - half, "conf_high": mean.estimate + half}


def _row(
    spec: SurvivalSpec,
    group: CurveGroup,
    estimand: str,
    shared: dict[str, object],
    note: str | None,
    horizon: float,
    values: dict[str, float],
    problem: str | None,
) -> dict:
    shared = shared | {"n_events": events_by(group, horizon), "horizon": horizon}
    if problem is None and estimand.startswith("risk") and not values["std_error"] > 0:
        problem = ALL_AT_ONCE
    if problem is not None:
        values, note = {"status": "too_few_events"}, problem
    elif group.moving:
        note = _join(MOVING, note)
    return estimate_row(spec.outcome, model_of(group), group.by, estimand, **shared | values | {"note": note})


def _ever_row(group: CurveGroup, spec: SurvivalSpec, shared: dict[str, object], note: str | None) -> dict:
    """Probability at the last time with 20 people at risk, and whether the curve has levelled off there."""
    end = plateau(group.curve)
    problem = None if np.isfinite(end.time) else FEW.format(at_least=FEWEST_FOLLOWED, time=0)
    values = {}
    if problem is None:
        problem = too_few(group, end.time) or (None if events_by(group, end.time) else NO_EVENT)
        values = _probability(group, end.time)
        told = FLAT if end.flat else RISING
        happened = "no outcome" if end.flat else "outcomes"
        note = _join(
            f"{told}: {happened} in the last quarter of the follow-up, from {end.since:g} to {end.time:g}.", note
        )
        if values["conf_low"] > 0.5:
            note = _join("More than half have had the outcome by then: the whole interval lies above one half.", note)
    return _row(spec, group, "risk_ever", shared, note, end.time, values, problem)


def contrast_rows(
    groups: list[CurveGroup], horizon: float, spec: SurvivalSpec, conf_level: float, note: str | None
) -> list[dict]:
    """Each group against the first: difference and ratio of the restricted means."""
    if len(groups) < 2:
        return []
    reference, rows = groups[0], []
    told = {group.level: restricted_means(group, horizon, spec) for group in groups}
    for group in groups[1:]:
        problem = means_problem(reference, horizon) or means_problem(group, horizon)
        both = len(np.union1d(group.person, reference.person)) if group.moving else group.n + reference.n
        for estimand, mean in told[group.level].items():
            against = told[reference.level][estimand]
            problem = problem or _no_error(mean) or _no_error(against)
            for kind, compare in (("difference", rmst.difference), ("ratio", rmst.log_ratio)):
                shared = shared_columns(group, spec, conf_level) | {"reference": reference.level}
                shared |= {"n": both, "engine": "recovery_analysis.estimators.restricted_mean"}
                values = {} if problem else compare(mean, against, conf_level)
                row = _row(spec, group, f"{estimand}_{kind}", shared, note, horizon, values, problem)
                rows.append(row | {"n_events": events_by(group, horizon) + events_by(reference, horizon)})
    return rows


def _join(first: str, note: str | None) -> str:
    return " ".join(filter(None, [first, note]))
