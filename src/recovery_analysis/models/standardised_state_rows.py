"""Rows of the standardised part of a multi-state analysis: where the same people would be with peers, and without."""

import numpy as np
import pandas as pd

from ..errors import CannotAnalyse
from ..estimators.numerics import critical_value, log_log_interval
from ..study import GENDERS
from . import diagnostics
from .curve_rows import ARMS
from .move_rows import move_rows
from .spec import Covariate
from .standardised_states import COURSES, Population, Predicted, errors, population, predict, steps_of
from .state_checks import state_checks
from .state_groups import HELPED, StateGroup, StatesSpec, coded, followed
from .state_rows import SHORT, curve_blocks, state_row
from .state_second_fit import course_row

METHOD = "standardised"
ENGINE = "recovery_analysis.estimators.state_course.course"
NOTE = (
    "Predicted from Cox models of each move since first help, for the people analysed, as if each went on with peers "
    "from first help, or without; it holds if nothing that is not adjusted for drives both engagement and the move."
)
FORMULA = (
    "Renewal equations of the moves since first help, averaged over people; joined to the time that people took to "
    "first help. Intervals from {replicates} samples of people, drawn with replacement."
)
NO_ANSWER = "The model of a move, or most samples of people, gave no answer."
NO_PEERS = "Too few people moved with peers, or without, so nothing tells the two courses apart."
ALIKE = "Too few made these moves with peers, or without, so peers are taken to make no difference to them: {moves}."
UNSEEN = "Nobody was seen in this stage by then."
FEW = "Too few of this gender moved with peers, or without, for courses of their own."


def standardised_part(
    frame: pd.DataFrame, covariates: tuple[Covariate, ...], spec: StatesSpec, conf_level: float, n_missing: int
) -> tuple[list[dict], list[pd.DataFrame], list[dict], list[dict]]:
    """Rows of `estimates`, blocks of `curves`, rows of `fits` and of `diagnostics`.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time, with gender, known peer and the covariates, complete.
    n_missing : people left out since a value is missing.
    """
    try:
        whole, estimates, fits = population(frame, covariates, spec), [], []
    except CannotAnalyse as problem:
        return _unanswered(frame, spec, conf_level, n_missing, problem.note)
    checks = state_checks(frame, spec, [METHOD])
    for model in whole.models:
        ratios, fit, own = move_rows(model, spec, conf_level, n_missing)
        estimates, fits, checks = estimates + ratios, [*fits, fit], checks + own
    if len(whole.alike) == len(whole.models):
        found, spread, stopped = None, None, NO_PEERS
    else:
        found, spread, share = _standardise(whole, spec)
        stopped = "" if found is not None else NO_ANSWER
        checks.append(diagnostics.bootstrap_samples(METHOD, share))
    checks += [] if found is None else [course_row(whole, found, spread, spec)]
    fits.append(_fit(frame, whole, spec, n_missing, stopped))
    note = f"{NOTE} {ALIKE.format(moves=', '.join(whole.alike))}" if whole.alike else NOTE
    gate, curves = diagnostics.gate(checks), []
    for group in _groups(frame, spec):
        at = whole.groups.index(group.group) if found is not None and group.group in whole.groups else None
        problem = stopped or (FEW if at is None else "")
        numbers = None if problem else (_of(found, at), _of(spread, at))
        estimates += _rows(group, numbers, problem or note, spec, conf_level, gate)
        curves += [] if problem else _curves(group, numbers, spec, conf_level)
    return estimates, curves, fits, checks


def _unanswered(
    frame: pd.DataFrame, spec: StatesSpec, conf_level: float, n_missing: int, why: str
) -> tuple[list[dict], list[pd.DataFrame], list[dict], list[dict]]:
    """Rows without numbers, and the fit that failed; what is described of the same people stands."""
    groups = _groups(frame, spec)
    rows = [row for group in groups for row in _rows(group, None, why, spec, conf_level, "passed")]
    failed = {"status": "failed", "note": why}
    fit = {"model": METHOD, "engine": ENGINE, "formula": spec.sampling.said(FORMULA.format(replicates=spec.replicates))}
    counts = {"n": frame["person_id"].nunique(), "n_rows": len(frame), "n_missing": n_missing}
    return [row | failed for row in rows], [], [fit | counts | failed], []


def _standardise(whole: Population, spec: StatesSpec) -> tuple[Predicted | None, Predicted | None, float]:
    """The prediction, its errors, and the share of samples with an answer; None where there is no answer."""
    if any(model.fit.status != "ok" for model in whole.models):
        return None, None, 0.0
    step, of_samples = steps_of(whole, spec)
    spread, share = errors(whole, spec.replicates, spec, of_samples)
    if spread is None:
        return None, None, share
    everybody = np.ones(whole.member.shape[1], dtype=int)
    return predict(whole, [model.fit for model in whole.models], everybody, spec, step), spread, share


def _of(predicted: Predicted, at: int) -> Predicted:
    """The part of one group."""
    return Predicted(predicted.step, predicted.probability[:, at], predicted.years[:, at], predicted.df)


def _fit(frame: pd.DataFrame, whole: Population, spec: StatesSpec, n_missing: int, stopped: str) -> dict:
    return {
        "model": METHOD,
        "engine": ENGINE,
        "formula": spec.sampling.said(FORMULA.format(replicates=spec.replicates)),
        "n": frame["person_id"].nunique(),
        "n_rows": len(frame),
        "n_events": int(frame["target"].notna().sum()),
        "n_missing": n_missing,
        "parameters": sum(len(model.plan.design.columns) for model in whole.models),
        "status": {"": "ok", NO_PEERS: "too_few_events"}.get(stopped, "not_converged"),
        "note": stopped or None,
    }


def _groups(frame: pd.DataFrame, spec: StatesSpec) -> list[StateGroup]:
    """Everyone, and each gender that is present: all their histories, with peers and without."""
    rows, genders = coded(frame, spec.states), frame["gender"]
    masks = {gender: (genders == gender).to_numpy() for gender in GENDERS}
    own = [StateGroup("peer", None, gender, rows.where(mask)) for gender, mask in masks.items() if mask.any()]
    return [StateGroup("peer", None, "all", rows), *own]


def _rows(
    group: StateGroup,
    numbers: tuple[Predicted, Predicted] | None,
    note: str,
    spec: StatesSpec,
    conf_level: float,
    gate: str,
) -> list[dict]:
    """State probabilities and expected years of both courses and their difference, at each horizon.

    Parameters
    ----------
    numbers : the predictions and their errors; None where there are none, and then `note` says why.
    """
    enough, rows = followed(group, np.array(spec.horizons, dtype=float)), []
    for horizon, known in zip(spec.horizons, enough, strict=True):
        for number, state in enumerate(spec.states):
            seen = _ever_in(group, number, horizon)
            for course in COURSES if seen or state.startswith("recovery") else ():
                if course == "difference" and number < HELPED:
                    continue
                shared = {"term": "peer", "level": course, "group": group.group, "state": state}
                shared |= {"horizon": horizon, "n": group.people, "gate": gate}
                if course == "difference":
                    shared |= {"level": "peer", "reference": "no_peer", "scale": "difference"}
                for estimand, name in (("state_probability", "probability"), ("expected_years", "years")):
                    values = {"n_events": seen, "note": spec.sampling.said(note)}
                    if numbers is not None:
                        values |= _told(*numbers, name, course, number, horizon, conf_level)
                    why = note if numbers is None else UNSEEN if not seen else "" if known else SHORT
                    rows.append(state_row(spec, METHOD, estimand, ENGINE, shared, values, conf_level, why))
    return rows


def _ever_in(group: StateGroup, number: int, horizon: float) -> int:
    """People who were in a state by the horizon."""
    rows = group.rows
    inside = (rows.origin == number) & (rows.start < horizon) | (rows.target == number) & (rows.stop <= horizon)
    return len(np.unique(rows.person[inside]))


def _told(
    found: Predicted, spread: Predicted, name: str, course: str, number: int, horizon: float, conf_level: float
) -> dict[str, float]:
    """Estimate, error and interval by Student's t; of a probability log-log, of years within nought and the horizon."""
    at = COURSES.index(course)
    estimate = float(getattr(found, name)[at, int(round(horizon / found.step)), number])
    std_error = float(getattr(spread, name)[at, int(round(horizon / spread.step)), number])
    half = critical_value(conf_level, spread.df) * std_error
    low, high = estimate - half, estimate + half
    if course != "difference" and name == "probability":
        ends = log_log_interval(np.array(estimate), np.array(std_error), conf_level, spread.df)
        low, high = (float(end) for end in ends)
    elif course != "difference":
        low, high = max(low, 0.0), min(high, float(horizon))
    return {"estimate": estimate, "std_error": std_error, "conf_low": low, "conf_high": high}


def _curves(
    group: StateGroup, numbers: tuple[Predicted, Predicted], spec: StatesSpec, conf_level: float
) -> list[pd.DataFrame]:
    """Occupancy of both courses at each whole year; the counts are of all people of the group."""
    times, blocks = np.arange(0.0, np.floor(spec.horizons[-1]) + 1), []
    for at, course in enumerate(ARMS.values()):
        shares, spread = (n.probability[at][np.rint(times / n.step).astype(int)] for n in numbers)
        by = METHOD if group.group == "all" else f"{METHOD}_{group.group}"
        method = f"{'weighted_' * spec.sampling.weighted}{METHOD}"
        names = {"outcome": spec.outcome, "by": by, "group": course, "method": method}
        interval = log_log_interval(shares, spread, conf_level, numbers[1].df)
        blocks.append(curve_blocks(group, spec, times, (shares, *interval)).assign(**names))
    return blocks
