"""Survival analysis of one outcome: curves, medians, log-rank tests and Cox models with their diagnostics."""

from dataclasses import replace

import pandas as pd

from ..labels import NAIVE_NOTE, WEIGHTED
from ..schemas.results import DIAGNOSTICS
from . import cox_checks, diagnostics
from .cox_plans import FittedCox
from .cox_rows import changing_model, cox_rows, fit_model, fit_row, model_diagnostics, told_to_the_year
from .curve_rows import curve_model, describe_curves
from .detectable import detectable_from_errors, detectable_rows
from .fine_gray import gender_fine_gray_rows, peer_fine_gray_rows
from .frailty import frailty_rows
from .genders import GenderGroup, gender_groups
from .model_plan import MODELS, left_out_of_models
from .periods import SurvivalSpec
from .probability_rows import probability_rows
from .rows import AnalysisFrames, analysis_frames, table
from .second_fit_times import second_fit_rows
from .standardised import standardised_rows
from .time_varying import changing_rows

INTERVAL = "Dated at the interview that first showed it: it happened between that one and the one before."


def analyse_survival(frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, n_missing: int = 0) -> AnalysisFrames:
    """Everything that one survival analysis gives.

    Parameters
    ----------
    frame : complete rows with person_id, start, stop, event, peer (0/1), gender and the covariates; `competing` is 0
        where it is left out.
    n_missing : people left out before, for the table of fits.

    Raises
    ------
    ResearchError
        If a model and its second fit differ by more than the tolerance.
    """
    frame = frame.assign(competing=frame.get("competing", 0), lower=frame.get("lower", float("nan")))
    genders = gender_groups(frame, "event", "cox")
    said = ((spec.interval, INTERVAL), (spec.naive, NAIVE_NOTE), (spec.sampling.weighted, WEIGHTED))
    note = " ".join(words for asked, words in said if asked) or None
    curves, curve_rows, apart = describe_curves(frame, spec, conf_level, note)
    checks, fits, models, gates = curve_checks(frame, spec), [], {}, {}
    described = [*curve_rows, *probability_rows(frame, spec, genders, conf_level, note, apart)]
    estimates = [row | {"gate": diagnostics.gate(checks)} for row in described]
    for model in MODELS:
        models[model] = fit_model(model, frame, spec, genders)
        rows, more_fits, tests, gates[model] = _of_model(models[model], genders, spec, conf_level, n_missing, note)
        estimates, fits, checks = estimates + rows, fits + more_fits, checks + tests
    if spec.frailty is not None:
        found = frailty_rows(models["adjusted"], spec, conf_level, gates["adjusted"], n_missing, note)
        estimates, fits, checks = estimates + found[0], fits + found[1], checks + found[2]
        checks += detectable_from_errors("adjusted_frailty", found[0])
    more, more_curves = _of_everybody(models, genders, spec, conf_level, gates, note, apart)
    if spec.competing:
        checks += detectable_from_errors("fine_gray", more)
    checks += second_fit_rows(apart, spec.second_fit_tolerance, spec.where)
    plans = [fitted.plan for fitted in models.values()]
    found = analysis_frames(estimates + more, curves + more_curves, fits, checks, left_out_of_models(plans))
    if spec.sampling.weighted:
        found = replace(found, curves=found.curves.assign(method="weighted_" + found.curves["method"]))
    return as_naive(found) if spec.naive else found


def _of_model(
    fitted: FittedCox,
    genders: tuple[GenderGroup, ...],
    spec: SurvivalSpec,
    conf_level: float,
    n_missing: int,
    note: str | None,
) -> tuple[list[dict], list[dict], list[dict], str]:
    """Rows of `estimates`, `fits` and `diagnostics` of one Cox model, and of the one in which the effect of peers
    changes over time if the plan asks for it; and the verdict of the model's gates."""
    checks = model_diagnostics(fitted, spec)
    gate = diagnostics.gate(checks)
    done = " ".join(filter(None, [fitted.note, note])) or None
    estimates = cox_rows(fitted.plan, fitted.fit, genders, spec, conf_level, gate, done)
    checks = checks + detectable_rows(fitted.plan, estimates)
    fits = [fit_row(fitted.plan, fitted.fit, spec, n_missing, fitted.note)]
    changing = changing_model(fitted, spec)
    if changing is not None:
        tests = model_diagnostics(changing, spec)
        estimates = estimates + changing_rows(changing, genders, spec, conf_level, diagnostics.gate(tests), note)
        fits.append(fit_row(changing.plan, changing.fit, spec, n_missing, changing.note))
        checks = checks + tests
    return estimates, fits, checks, gate


def _of_everybody(
    models: dict[str, FittedCox],
    genders: tuple[GenderGroup, ...],
    spec: SurvivalSpec,
    conf_level: float,
    gates: dict[str, str],
    note: str | None,
    apart: dict[str, list[float]],
) -> tuple[list[dict], list[pd.DataFrame]]:
    """Rows of `estimates` and `curves` of what is read off the adjusted model for everybody: Fine-Gray models where
    outcomes compete, of which a Cox model of one gives no probability, otherwise standardised curves."""
    if spec.competing:
        adjusted, told = models["adjusted"].plan, (conf_level, note, apart["fine_gray"])
        rows = peer_fine_gray_rows(adjusted, spec, genders, *told) if spec.exposure == "baseline" else []
        rows += gender_fine_gray_rows(adjusted, spec, *told)
        return [row | {"gate": gates["adjusted"]} for row in rows], []
    if not spec.sampling.simple:
        # Their errors take each person as drawn alone and counting once.
        return [], []
    return standardised_rows(models, genders, spec, conf_level, gates, note, apart["standardised"])


def curve_checks(frame: pd.DataFrame, spec: SurvivalSpec) -> list[dict]:
    """Gates of what is read off the curves: enough people early on, and dates told more exactly than to a year."""
    model = curve_model(spec)
    return cox_checks.delayed_entry_of_groups(model, frame) + told_to_the_year(model, frame, spec)


def as_naive(frames: AnalysisFrames) -> AnalysisFrames:
    """Mark every estimate and curve of an analysis that takes no notice of who is missing: no gate is passed."""
    others = frames.estimates["gate"].where(frames.estimates["gate"] != "passed")
    gate = ("truncation; " + others).fillna("truncation")
    checks = [diagnostics.truncation(model, allowed_for=False) for model in frames.fits["model"]]
    return replace(
        frames,
        estimates=frames.estimates.assign(gate=gate),
        curves=frames.curves.assign(method="naive_" + frames.curves["method"]),
        diagnostics=pd.concat([frames.diagnostics, table(checks, DIAGNOSTICS)], ignore_index=True),
    )
