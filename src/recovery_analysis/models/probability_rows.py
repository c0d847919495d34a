"""Differences of the probability of an outcome at stated times, by regression of pseudo-values."""

import numpy as np
import pandas as pd

from ..errors import ResearchError
from ..estimators.glm_again import again as linear_again
from ..estimators.numerics import wald
from ..estimators.predicted_again import pseudo_values_again
from ..estimators.pseudo_values import PseudoFit, pseudo_incidence, pseudo_regression
from ..estimators.restricted_mean import FEWEST_AT_RISK
from ..study import GENDERS
from .curve_rows import causes, whole_follow_up
from .effects import PEER
from .genders import GenderGroup
from .model_plan import plan_model
from .periods import SurvivalSpec
from .rows import estimate_row
from .second_fit import fits_apart

ENGINE = "recovery_analysis.estimators.pseudo_values.pseudo_regression"
LATE = "Pseudo-values need everybody to be followed from the start of the clock; here some people enter late."
NOBODY_YET = "Nobody had the outcome by this time."
ENDED = "Fewer than {at_least} people of a group are followed up to this time."
MODELS = {"crude": "pseudo_values", "adjusted": "pseudo_values_adjusted"}


def probability_rows(
    frame: pd.DataFrame,
    spec: SurvivalSpec,
    genders: tuple[GenderGroup, ...],
    conf_level: float,
    note: str | None,
    apart: dict[str, list[float]],
) -> list[dict]:
    """Difference of the probability of the outcome at each stated time: between genders, and between people with peers
    and without.

    Peers enter only as they were at time zero (`exposure: baseline`). Where people join peers later, "ever had peers"
    would count the time before they joined as time with them (immortal time), and a regression of one number per person
    has no place for what changes over time; then only genders are compared. How far each regression is from its
    second fit is added to `apart`, model → relative differences.
    """
    rows = []
    if spec.exposure == "baseline":
        for model in MODELS if spec.covariates else ("crude",):
            plan = plan_model(model, "cox", "event", frame, spec.covariates, genders, spec.where)
            levels = plan.rows["peer"].map({1.0: "peer", 0.0: "no_peer"})
            terms = [("peer", PEER["level"], PEER["reference"], 0)]
            for time in spec.times:
                fit = None if plan.problem else (plan.rows, levels, plan.design.x)
                rows += _rows(fit, MODELS[model], time, terms, spec, conf_level, plan.problem, note, apart)
    for time in spec.times:
        rows += _gender_rows(frame, time, spec, conf_level, note, apart)
    return rows


def _gender_rows(
    frame: pd.DataFrame,
    time: float,
    spec: SurvivalSpec,
    conf_level: float,
    note: str | None,
    apart: dict[str, list[float]],
) -> list[dict]:
    """Each gender against the first that has enough people followed up to the time."""
    unit = [spec.sampling.cluster] if spec.sampling.cluster == "site" else []
    person = frame[["person_id", "gender", *unit]].drop_duplicates()
    whole = whole_follow_up(frame, spec.outcome).merge(person, on="person_id", validate="1:1")
    followed = (whole["stop"] >= time).groupby(whole["gender"]).sum()
    present = [level for level in GENDERS if level in followed.index]
    enough = [level for level in present if followed[level] >= FEWEST_AT_RISK]
    if not present:
        return []
    reference = enough[0] if enough else present[0]
    own = whole[whole["gender"].isin(enough)].reset_index(drop=True)
    fitted = [("gender", level, reference, i) for i, level in enumerate(enough[1:])]
    rows = []
    if fitted:
        x = np.column_stack([own["gender"] == level for level in enough[1:]]).astype(float)
        rows = _rows((own, own["gender"], x), MODELS["crude"], time, fitted, spec, conf_level, None, note, apart)
    few = "too_few_events", ENDED.format(at_least=FEWEST_AT_RISK)
    others = [("gender", level, reference, 0) for level in present if level not in enough and level != reference]
    return rows + _rows(None, MODELS["crude"], time, others, spec, conf_level, few, note, apart)


def _rows(
    data: tuple[pd.DataFrame, pd.Series, np.ndarray] | None,
    model: str,
    time: float,
    terms: list[tuple[str, str, str, int]],
    spec: SurvivalSpec,
    conf_level: float,
    problem: tuple[str, str] | None,
    note: str | None,
    apart: dict[str, list[float]],
) -> list[dict]:
    """One row for each term at one time; `terms` are (term, level, reference, column of the design)."""
    fit, counted = None, {}
    if data is not None:
        people, levels, x = data
        counted = {"n": len(people), "n_events": int(((people["event"] == 1) & (people["stop"] <= time)).sum())}
        problem = _problem(people, levels, time)
        if problem is None:
            try:
                values = pseudo_incidence(people["stop"].to_numpy(), causes(people), np.array([time]))
                fit = pseudo_regression(values, x, "identity", *_design(people, spec))
                apart[model].append(_second_fit(people, time, values[:, 0], x, fit, spec))
            except ResearchError as error:
                problem = ("failed", str(error))
    rows = []
    for term, level, reference, column in terms:
        values = {"status": problem[0], "note": problem[1]} if fit is None else {"note": note}
        if fit is not None:
            error = float(np.sqrt(fit.covariance[1 + column, 1 + column]))
            values |= wald(float(fit.coefficients[1 + column]), error, conf_level)
        group = {"level": level, "reference": reference, "group": level if term == "gender" else "all"}
        shared = {"horizon": time, "engine": ENGINE} | group | counted
        rows.append(estimate_row(spec.outcome, model, term, "risk_difference", **shared, **values))
    return rows


def _second_fit(
    people: pd.DataFrame, time: float, values: np.ndarray, x: np.ndarray, fit: PseudoFit, spec: SurvivalSpec
) -> float:
    """How far pseudo-values and their regression are from those of leaving people out, and of QR, at most."""
    chosen, again = pseudo_values_again(people["stop"].to_numpy(), causes(people), time)
    weight, unit = _design(people, spec)
    unit = np.arange(len(x)) if unit is None else unit
    groups = len(np.unique(unit))
    factor = groups / (groups - 1) * ((len(x) - 1) / (len(x) - len(x.T) - 1) if weight is None else 1.0)
    coefficients, errors = linear_again("linear", values, x, unit, weight)
    own = fit.coefficients[1:], np.sqrt(np.diag(fit.covariance))[1:]
    return max(float(np.abs(values[chosen] - again).max()), fits_apart(*own, coefficients, errors / np.sqrt(factor)))


def _design(people: pd.DataFrame, spec: SurvivalSpec) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Sampling weights, and codes of what belongs together."""
    weight = people["weight"].to_numpy(float) if spec.sampling.weighted else None
    unit = spec.sampling.cluster
    return weight, None if unit is None else pd.factorize(people[unit])[0]


def _problem(people: pd.DataFrame, levels: pd.Series, time: float) -> tuple[str, str] | None:
    if (people["start"] > 0).any():
        return "failed", LATE
    followed = (people["stop"] >= time).groupby(levels).sum()
    if (followed < FEWEST_AT_RISK).any():
        return "too_few_events", ENDED.format(at_least=FEWEST_AT_RISK)
    if not ((people["event"] == 1) & (people["stop"] <= time)).any():
        return "too_few_events", NOBODY_YET
    return None
