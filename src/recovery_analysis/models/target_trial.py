"""Peer engagement counted in several ways side by side: ever or never, time-varying, landmarks, a target trial."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..estimators.clone_censor_weight import ESTIMANDS, TargetTrial, bootstrap, emulate, target_trial
from ..estimators.numerics import wald
from . import diagnostics
from .cox_plans import fit_plan
from .effects import plan_model
from .genders import gender_groups
from .periods import SurvivalSpec
from .rows import AnalysisFrames, analysis_frames, estimate_row
from .spec import FEWEST_PEOPLE, covariate_design
from .survival import cox_diagnostics, cox_rows, fit_row
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
# What the result table calls each estimate of the emulation.
CONTRASTS = {
    "log_hazard_ratio": "hazard_ratio",
    "risk_difference": "risk_difference",
    "restricted_mean_difference": "restricted_mean_difference",
}
BY_STRATEGY = {
    "risk_engage": ("risk", "peer"),
    "risk_not": ("risk", "no_peer"),
    "restricted_mean_engage": ("restricted_mean", "peer"),
    "restricted_mean_not": ("restricted_mean", "no_peer"),
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
    for name, own in ways.items():
        parts = _cox(name, own, spec, timing, conf_level, immortal_share(people), n_missing)
        for collected, part in zip((estimates, fits, checks, later), parts, strict=True):
            collected += part
        absent = len(people) - own["person_id"].nunique()
        if absent:
            later.append((f"Had the outcome, or were no longer followed, at the landmark: not in {name}", absent))
    emulated = _emulation(people, spec, timing, conf_level, n_missing)
    for collected, part in zip((estimates, fits, checks), emulated, strict=True):
        collected += part
    return analysis_frames(estimates, [], fits, checks, later)


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
    plan = replace(plan_model(model, "cox", "event", frame, spec.covariates, genders, spec.where), model=name)
    fit = fit_plan(plan)
    tests = [*cox_diagnostics(plan, fit), immortal_time(name, immortal, counted=name == NAIVE)]
    note = NOTES.get(name, "Peers as known at the landmark; people without the outcome by then.")
    found = cox_rows(plan, fit, genders, spec, conf_level, diagnostics.gate(tests), note)
    cohort = "all" if name in NOTES else name.replace("landmark", "at_risk_at")
    rows = [row | {"horizon": timing.horizon, "cohort": cohort} for row in found if row["term"] == "peer"]
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
    people: pd.DataFrame, spec: SurvivalSpec, timing: Timing, conf_level: float, n_missing: int
) -> tuple[list[dict], list[dict], list[dict]]:
    """Estimates, fit and diagnostics of the emulated target trial."""
    design = covariate_design(people, spec.covariates, spec.where)
    columns = (people[name].to_numpy(float) for name in ("length", "event", "engaged"))
    trial = target_trial(*columns, design.x, timing.grace, timing.horizon)
    problem = _too_few(trial)
    found = emulate(trial)
    samples = {} if problem else bootstrap(trial, timing.replicates, SEED)
    checks = _checks(trial, found.model, found.weights, samples)
    status = "ok" if problem is None else "too_few_events"
    if problem is None and checks[0]["verdict"] == "warn":
        status, problem = "not_converged", checks[0]["meaning"]
    shared = {
        "outcome": spec.outcome,
        "model": EMULATED,
        "term": "peer",
        "engine": ENGINE,
        "gate": diagnostics.gate(checks),
        "note": f"{problem} {NOTES[EMULATED]}" if problem else NOTES[EMULATED],
        "horizon": timing.horizon,
        "status": status,
    }
    rows = _rows(trial, found.estimates, samples, conf_level, shared)
    return rows, [_fit(trial, spec, design.in_words(), timing, problem, status, n_missing)], checks


def _too_few(trial: TargetTrial) -> str | None:
    clones = trial.clones
    events = [int(clones.event[clones.arm == arm].sum()) for arm in (0, 1)]
    if min(events) < FEWEST_PEOPLE or trial.engaged < FEWEST_PEOPLE:
        return f"Fewer than {FEWEST_PEOPLE} people, or outcomes, under one of the strategies."
    return None


def _rows(
    trial: TargetTrial,
    estimates: dict[str, float],
    samples: dict[str, np.ndarray],
    conf_level: float,
    shared: dict[str, object],
) -> list[dict]:
    clones = trial.clones
    had = clones.event == 1
    everybody = {"n": trial.people, "n_events": len(np.unique(clones.person[had]))}
    engage = {"n": trial.engaged, "n_events": int((had & (clones.arm == 1)).sum())}
    not_engage = {"n": trial.people - trial.engaged, "n_events": int((had & (clones.arm == 0)).sum())}
    rows = []
    for name in (*CONTRASTS, *BY_STRATEGY):
        values = {}
        if shared["status"] == "ok":
            values = wald(estimates[name], float(np.nanstd(samples[name], ddof=1)), conf_level)
        if name in CONTRASTS:
            own = {"estimand": CONTRASTS[name], "level": "peer", "reference": "no_peer"} | everybody
        else:
            estimand, level = BY_STRATEGY[name]
            own = {"estimand": estimand, "level": level} | (engage if level == "peer" else not_engage)
            values = {key: value for key, value in values.items() if key not in ("statistic", "df", "p_value")}
        rows.append(estimate_row(**shared | own | values))
    return rows


def _checks(trial: TargetTrial, model: object, weights: np.ndarray, samples: dict[str, np.ndarray]) -> list[dict]:
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
        diagnostics.largest_weight(EMULATED, float(weights.max())),
    ]
    if samples:
        drawn = np.array([np.isfinite(samples[name]) for name in ESTIMANDS]).all(axis=0).mean()
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
    clones = trial.clones
    return {
        "model": EMULATED,
        "engine": ENGINE,
        "formula": f"Clone-censor-weight: time to '{spec.label}'; weights from a pooled logistic model of engaging on "
        f"time and {terms or 'nothing else'}, stabilised, truncated at the 99th percentile; weighted Kaplan-Meier and "
        f"Cox model (Breslow ties); {timing.replicates} bootstrap samples of people.",
        "n": trial.people,
        "n_rows": len(clones.person),
        "n_events": len(np.unique(clones.person[clones.event == 1])),
        "n_missing": n_missing,
        "parameters": trial.parameters,
        "status": status,
        "note": problem,
    }
