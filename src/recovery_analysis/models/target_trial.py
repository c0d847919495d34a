"""Peer engagement counted in several ways side by side: ever or never, time-varying, landmarks, a target trial."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import ResearchError
from ..estimators.clone_censor_weight import ESTIMANDS, Emulation, TargetTrial, emulate, target_trial
from ..estimators.trial_again import emulate_again
from ..estimators.trial_bootstrap import Bootstrap, bootstrap
from ..labels import COMPETING, way_of_counting
from . import diagnostics
from .cox_plans import FittedCox, fit_plan, tests_of
from .cox_rows import cox_rows, fit_row, model_diagnostics, told_to_the_year
from .detectable import detectable_from_errors, detectable_rows
from .genders import gender_groups
from .model_plan import plan_model
from .periods import SurvivalSpec
from .rows import AnalysisFrames, analysis_frames
from .sampling import design_rows
from .second_fit_times import second_fit_rows
from .spec import FEWEST_PEOPLE, constant_covariate, covariate_design, dependent_columns
from .strategies import strategy_curves, strategy_rows
from .timing import cut_at, ever_never_frame, immortal_share, landmark_frame, one_row_each

NAIVE, MOVING, EMULATED = "naive_ever_never", "time_varying", "clone_censor_weight"
SEED = 20_160_301
ENGINE = "recovery_analysis.estimators.clone_censor_weight"
BIASED = (
    "Naive, for comparison only: counts the time before engaging as time with peers, in which the outcome could not "
    "happen (immortal time)."
)
NOTES = {
    NAIVE: BIASED,
    MOVING: "Peers count from the first engagement on.",
    EMULATED: "Target trial: engage within the grace period, or not; interval from a bootstrap of people.",
}


@dataclass(frozen=True)
class Timing:
    """The times of one analysis, unit of the outcome; `names` says each landmark as a model's name."""

    landmarks: tuple[float, ...]
    names: tuple[str, ...]
    grace: float
    horizon: float
    replicates: int


def analyse_target_trial(
    frame: pd.DataFrame, spec: SurvivalSpec, timing: Timing, conf_level: float, n_missing: int = 0
) -> AnalysisFrames:
    """The peer effect by each way of counting engagement, on the same people up to the same horizon.

    Parameters
    ----------
    frame : complete rows with person_id, start, stop, event, peer (0/1, from first engagement on), gender, covariates.
    n_missing : people left out before, for the table of fits.
    """
    rows = cut_at(frame, timing.horizon)
    people = one_row_each(rows)
    ways = {NAIVE: ever_never_frame(people), MOVING: rows}
    ways |= {n: landmark_frame(people, at) for n, at in zip(timing.names, timing.landmarks, strict=True)}
    estimates, fits, checks, later = [], [], [], []
    stop_if_not_from_zero(frame, spec.where)
    spec = replace(spec, competing=bool((people.get("competing", 0 * people["event"]) > 0).any()))
    for name, own in ways.items():
        parts = _cox(name, own, spec, timing, conf_level, immortal_share(people), n_missing)
        for collected, part in zip((estimates, fits, checks, later), parts, strict=True):
            collected += part
        absent = len(people) - own["person_id"].nunique()
        if absent:
            way = way_of_counting(name)
            later.append((f"Had the outcome, or were no longer followed, at the landmark: not in '{way}'", absent))
    told = told_to_the_year(EMULATED, rows, spec)
    *emulated, curves = _emulation(people, spec, timing, conf_level, n_missing, told)
    for collected, part in zip((estimates, fits, checks), emulated, strict=True):
        collected += part
    return analysis_frames(estimates, curves, fits, checks, later)


def stop_if_not_from_zero(frame: pd.DataFrame, where: str) -> None:
    """Raise ResearchError where follow-up begins after time zero: the clones begin there, and whoever had the outcome
    before they could be seen is in neither arm."""
    late = int((frame.groupby("person_id")["start"].min() > 0).sum())
    if late:
        raise ResearchError(
            f"{where}: {late} people are followed from after time zero only, and a target trial begins at time zero "
            "for everybody. Take `design.entry` away, or use kind survival, which allows for late entry."
        )


def _cox(
    name: str,
    frame: pd.DataFrame,
    spec: SurvivalSpec,
    timing: Timing,
    conf_level: float,
    immortal: float,
    n_missing: int,
) -> tuple[list[dict], list[dict], list[dict], list[tuple[str, int]]]:
    """Estimates, fits, diagnostics and people left out of one Cox model; `immortal` as `immortal_share`."""
    model = "adjusted" if spec.covariates else "crude"
    genders = gender_groups(frame, "event", "cox")
    plan = spec.sampling.plan(plan_model(model, "cox", "event", frame, spec.covariates, genders, spec.where))
    plan = replace(plan, model=name)
    fit = fit_plan(plan)
    tests = model_diagnostics(FittedCox(plan, fit, tests_of(plan, fit)), spec)
    tests = [row for row in tests if row["diagnostic"] != "immortal_time"]
    tests.append(immortal_time(name, immortal, counted=name == NAIVE))
    note = spec.sampling.said(NOTES.get(name, "Peers as known at the landmark; people without the outcome by then."))
    found = cox_rows(plan, fit, genders, spec, conf_level, diagnostics.gate(tests), note)
    cohort = "all" if name in NOTES else name.replace("landmark", "at_risk_at")
    rows = [row | {"horizon": timing.horizon, "cohort": cohort} for row in found if row["term"] == "peer"]
    tests += detectable_rows(plan, rows)
    left = [(f"{g.label}: not in this model, for lack of outcomes: {name}", g.n) for g in plan.left_out]
    return rows, [fit_row(plan, fit, spec, n_missing)], tests, left


def immortal_time(model: str, share: float, counted: bool) -> dict:
    """Share of the follow-up of people who engaged that came before they did (Suissa 2008, Am J Epidemiol 167: 492).

    The verdict is a warning where that time is `counted` as time with peers.
    """
    passes = not counted or share == 0
    meaning = (
        "No time before engaging is counted as time with peers."
        if passes
        else f"{100 * share:.0f} % of the time that is counted as time with peers came before people engaged. Whoever "
        "had the outcome early had less time to engage, so the estimate is biased: it shows the bias, not the effect."
    )
    return diagnostics.row(model, "immortal_time", share, passes, meaning, term="peer")


def _emulation(
    people: pd.DataFrame, spec: SurvivalSpec, timing: Timing, conf_level: float, n_missing: int, told: list[dict]
) -> tuple[list[dict], list[dict], list[dict], list[pd.DataFrame]]:
    """Estimates, fit, diagnostics and curves of the emulated target trial; `told` is the gate of its dates."""
    constant = constant_covariate(people, spec.covariates)
    design = covariate_design(people, () if constant else spec.covariates, spec.where)
    length, engaged = (people[name].to_numpy(float) for name in ("length", "engaged"))
    event = np.where(people["event"] == 1, 1, 2 * (people.get("competing", 0 * people["event"]) > 0))
    counted = spec.sampling.counted(people)
    settings = {"grace": timing.grace, "horizon": timing.horizon, "sampling": counted["weights"]}
    trial = target_trial(length, event, engaged, design.x, **settings)
    found = emulate(trial)
    alike = dependent_columns(design)
    unusable = f"{alike[0]} adds nothing to the other covariates: leave one out." if alike else constant
    problem = unusable or _too_few(trial, found)
    samples = None if problem else bootstrap(trial, timing.replicates, SEED, counted["cluster"])
    checks = _checks(trial, found, samples) + design_rows(EMULATED, people, spec.sampling) + told
    status = "failed" if unusable else "ok" if problem is None else "too_few_events"
    if problem is None and checks[0]["verdict"] == "warn":
        status, problem = "not_converged", checks[0]["meaning"]
    if status == "ok":
        again = emulate_again(trial, found.model)
        apart = [relative(found.estimates[name], again[name]) for name in ESTIMANDS]
        checks += second_fit_rows({EMULATED: apart}, spec.second_fit_tolerance, spec.where)
    shared = {
        "outcome": spec.outcome,
        "model": EMULATED,
        "term": "peer",
        "engine": ENGINE,
        "gate": diagnostics.gate(checks),
        "note": " ".join(filter(None, [problem, spec.sampling.said(NOTES[EMULATED]), COMPETING * spec.competing])),
        "horizon": timing.horizon,
        "status": status,
    }
    rows = strategy_rows(trial, found.estimates, samples, conf_level, shared)
    checks += detectable_from_errors(EMULATED, [row for row in rows if row["estimand"] == "hazard_ratio"])
    method = f"{'weighted_' * spec.sampling.weighted}{EMULATED}{'_competing' * spec.competing}"
    curves = strategy_curves(trial, found, samples, (spec.outcome, method), conf_level) if status == "ok" else []
    return rows, [_fit(trial, spec, design.in_words(), timing, problem, status, n_missing)], checks, curves


def relative(one: float, other: float) -> float:
    """Difference of two numbers, relative if they are above 1; none where both are missing."""
    return 0.0 if np.isnan(one) and np.isnan(other) else abs(one - other) / max(abs(one), 1.0)


def followed_to_horizon(trial: TargetTrial, found: Emulation) -> int:
    """People followed to the horizon under the strategy that has the fewest of them, unless all had the outcome."""
    clones, ends = trial.clones, found.survival[:, -1:]
    open_ended = [arm for arm in (0, 1) if not (ends[arm] <= 0).any()]
    counts = [int(((clones.arm == arm) & (clones.stop >= trial.horizon)).sum()) for arm in open_ended]
    return min(counts, default=trial.people)


def _too_few(trial: TargetTrial, found: Emulation) -> str | None:
    clones = trial.clones
    events = [int((clones.event[clones.arm == arm] == 1).sum()) for arm in (0, 1)]
    if min(*events, trial.engaged, trial.people - trial.engaged) < FEWEST_PEOPLE:
        return f"Fewer than {FEWEST_PEOPLE} people, or outcomes, under one of the strategies."
    if len(np.unique(clones.stop[clones.event == 1])) < 2:
        return "All outcomes happened at the same time: their order says nothing."
    if followed_to_horizon(trial, found) == 0:
        return "Under one of the strategies nobody is followed to the horizon: choose an earlier one."
    return None


def _checks(trial: TargetTrial, found: Emulation, samples: Bootstrap | None) -> list[dict]:
    model = found.model
    rows = [
        diagnostics.row(
            EMULATED,
            "convergence",
            model.iterations,
            model.converged,
            "The iterations of the model of engaging ended."
            if model.converged
            else "The iterations of the model of engaging did not end.",
        ),
        diagnostics.events_per_parameter(EMULATED, trial.engaged, trial.parameters),
        diagnostics.largest_weight(EMULATED, float((found.weights * trial.sampling[trial.clones.person]).max())),
        diagnostics.followed_to_horizon(EMULATED, followed_to_horizon(trial, found)),
    ]
    if samples is not None:
        drawn = np.array([np.isfinite(samples.estimates[name]) for name in ESTIMANDS]).all(axis=0).mean()
        rows.append(diagnostics.bootstrap_samples(EMULATED, float(drawn)))
    return rows


def _fit(
    trial: TargetTrial,
    spec: SurvivalSpec,
    terms: str,
    timing: Timing,
    problem: str | None,
    status: str,
    n_missing: int,
) -> dict:
    clones, curves = trial.clones, "Aalen-Johansen" if spec.competing else "Kaplan-Meier"
    unit = "sites" if spec.sampling.cluster == "site" else "people"
    return {
        "model": EMULATED,
        "engine": ENGINE,
        "formula": f"Clone-censor-weight: time to '{spec.label}'; weights from a pooled logistic model of engaging on "
        f"time and {terms or 'nothing else'}, stabilised, truncated at the 99th percentile; weighted {curves} and "
        f"Cox model (Breslow ties); {timing.replicates} bootstrap samples of {unit}."
        + " Weighted by the sampling weights."
        * spec.sampling.weighted,
        "n": trial.people,
        "n_rows": len(clones.person),
        "n_events": len(np.unique(clones.person[clones.event == 1])),
        "n_missing": n_missing,
        "parameters": trial.parameters,
        "status": status,
        "note": problem,
    }
