"""Curves had everybody had peers from the start, or never: predicted from the Cox models, averaged over people."""

import numpy as np
import pandas as pd

from ..estimators.cox import ENGINE
from ..estimators.kaplan_meier import at_risk, crossing
from ..estimators.numerics import log_log_interval, wald
from ..estimators.predicted_again import mean_survival_again
from ..estimators.standardised import Segment, Standardised, standardise
from .cox_plans import FittedCox, stratum_codes, times_of
from .genders import GenderGroup
from .periods import SurvivalSpec
from .probability_rows import NOBODY_YET
from .rows import estimate_row

ARMS = {"peer": 1.0, "no_peer": 0.0}
METHOD = "standardised"
NOTE = (
    "Predicted from the {model} Cox model for the people analysed, as if each had peers from the start, or never; it "
    "holds if nothing that is not adjusted for drives both engagement and the outcome."
)
FEWEST_AT_END = 10
DIFFERENCE = "difference"
TOO_SHORT = "Follow-up ends before this time."
NOT_REACHED = "Not reached: under half are predicted to have the outcome by the end."


def standardised_rows(
    models: dict[str, FittedCox],
    genders: tuple[GenderGroup, ...],
    spec: SurvivalSpec,
    conf_level: float,
    gates: dict[str, str],
    note: str | None,
    apart: list[float],
) -> tuple[list[dict], list[pd.DataFrame]]:
    """Rows of `estimates` and of `curves`: for everyone from the adjusted model, by gender from the interaction.

    How far the predictions are from their second fits is added to `apart`.
    """
    groups = [("all", "adjusted")]
    groups += [(g.level, "interaction") for g in genders if g.own_effect]
    rows, curves = [], []
    for group, model in groups:
        fitted = models[model]
        if fitted.fit.status != "ok" or group not in fitted.plan.peers:
            continue
        people = fitted.plan.rows if group == "all" else fitted.plan.rows[fitted.plan.rows["gender"] == group]
        horizon = _horizon(people, spec)
        found = _predict(fitted, group, people, horizon, spec.times, apart)
        words = " ".join(filter(None, [NOTE.format(model=model), fitted.note, note]))
        counts = {
            "n": people["person_id"].nunique(),
            "n_events": people.loc[people["event"] == 1, "person_id"].nunique(),
        }
        base = {
            "group": group,
            "gate": gates[model],
            "engine": ENGINE,
            "note": words,
            "conf_level": conf_level,
        } | counts
        rows += _estimates(found, horizon, spec, base, float(people["stop"].max()))
        curves += [_curve(found[arm], arm, group, people, spec, conf_level) for arm in ARMS]
    return rows, curves


def _predict(
    fitted: FittedCox,
    group: str,
    rows: pd.DataFrame,
    horizon: float,
    times: tuple[float, ...],
    apart: list[float],
) -> dict[str, Standardised]:
    """Curves of both arms and their difference over the people of a group."""
    plan = fitted.plan
    first = rows.drop_duplicates("person_id").index.to_numpy()
    strata = stratum_codes(plan)
    scenarios = {}
    for arm, value in ARMS.items():
        x = plan.design.x[first].copy()
        x[:, plan.peers[group]] = value
        scenarios[arm] = [Segment(np.inf, x)]
    own = None if strata is None else strata[first]
    told = np.minimum([horizon, *times], rows["stop"].max())
    found = standardise(fitted.fit, scenarios, told[:1], told[1:], own)
    apart += [_difference(fitted, parts[0].x, own, found[arm], told[0]) for arm, parts in scenarios.items()]
    return found


def _difference(
    fitted: FittedCox, x: np.ndarray, stratum: np.ndarray | None, found: Standardised, horizon: float
) -> float:
    """How far a standardised curve, and the area under it, are from the mean of curves predicted person by person."""
    plan = fitted.plan
    model = times_of(plan.rows), plan.design.x, stratum_codes(plan), fitted.fit.coefficients
    again = mean_survival_again(*model, (x, stratum), found.times)
    inside = found.times < horizon
    area = float(again[inside] @ np.diff(np.append(found.times[inside], horizon)))
    return max(float(np.abs(again - found.survival).max()), abs(area / float(found.restricted_mean[0]) - 1))


def _horizon(rows: pd.DataFrame, spec: SurvivalSpec) -> float:
    """The stated horizon, or the last time at which ten people are followed."""
    if spec.horizon is not None:
        return spec.horizon
    stop = np.sort(rows["stop"].to_numpy(float))
    return float(stop[-min(FEWEST_AT_END, len(stop))])


def _estimates(
    found: dict[str, Standardised], horizon: float, spec: SurvivalSpec, base: dict, longest: float
) -> list[dict]:
    """Restricted means, probabilities at the stated times, and medians, of each arm and their difference."""
    rows = []
    for name, curve in found.items():
        means = (curve.restricted_mean[0], curve.restricted_mean_std_error[0], np.nan, np.nan)
        rows.append(_row("restricted_mean", name, spec, base, horizon, means, longest))
        low, high = log_log_interval(curve.survival, curve.std_error, base["conf_level"])
        for time in spec.times:
            at = int(np.searchsorted(curve.times, time, side="right")) - 1
            told = (
                -curve.survival[at] if name == DIFFERENCE else 1 - curve.survival[at],
                curve.std_error[at],
                1 - high[at],
                1 - low[at],
            )
            rows.append(_row("risk", name, spec, base, time, told, longest))
    return rows + [_median(found[arm], arm, spec, base) for arm in ARMS]


def _row(
    estimand: str,
    name: str,
    spec: SurvivalSpec,
    base: dict,
    horizon: float,
    numbers: tuple[float, float, float, float],
    longest: float,
) -> dict:
    """One row; `numbers` are estimate, standard error and an interval of its own, missing where Wald's will do."""
    difference = name == DIFFERENCE
    own = {"level": "peer" if difference else name, "reference": "no_peer" if difference else None, "horizon": horizon}
    row = estimate_row(
        spec.outcome, METHOD, "peer", f"{estimand}_difference" if difference else estimand, **own, **base
    )
    if horizon > longest:
        return row | {"status": "too_few_events", "note": TOO_SHORT}
    value, std_error, low, high = (float(number) for number in numbers)
    if std_error == 0:
        return row | {"status": "too_few_events", "note": NOBODY_YET}
    found = wald(value, std_error, base["conf_level"])
    if not difference:
        found |= dict.fromkeys(("statistic", "p_value", "df"), np.nan)
        found |= {"conf_low": low, "conf_high": high} if np.isfinite(low) else {}
    return row | found


def _median(curve: Standardised, arm: str, spec: SurvivalSpec, base: dict) -> dict:
    low, high = log_log_interval(curve.survival, curve.std_error, base["conf_level"])
    times = [crossing(curve.times, values, 0.5) for values in (curve.survival, low, high)]
    values = dict(zip(("estimate", "conf_low", "conf_high"), times, strict=True))
    values["note"] = base["note"] if np.isfinite(times[0]) else f"{NOT_REACHED} {base['note']}"
    return estimate_row(
        spec.outcome, METHOD, "peer", "median_time", level=arm, horizon=float(curve.times[-1]), **base | values
    )


def _curve(
    curve: Standardised, arm: str, group: str, people: pd.DataFrame, spec: SurvivalSpec, conf_level: float
) -> pd.DataFrame:
    """Rows of `curves`: beside the prediction, the people it rests on, who were followed with or without peers."""
    start, stop, event = times_of(people)
    low, high = log_log_interval(curve.survival, curve.std_error, conf_level)
    since = np.searchsorted(curve.times, stop[event == 1], side="left")
    counts = np.bincount(since, minlength=len(curve.times))[: len(curve.times)]
    return pd.DataFrame(
        {
            "outcome": spec.outcome,
            "by": METHOD if group == "all" else f"{METHOD}_{group}",
            "group": arm,
            "method": METHOD,
            "time": curve.times,
            "estimate": curve.survival,
            "conf_low": low,
            "conf_high": high,
            "n_risk": at_risk(start, stop, np.maximum(curve.times, np.nextafter(0, 1))),
            "n_event": counts.astype(float),
            "n_censor": 0.0,
            "suppressed": False,
        }
    )
