"""The known truth: survival by integration of the true hazard, and the coefficients of the wave models."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from ..study import GENDERS
from .parameters import PATHWAYS, PEER_PATHWAYS, PROBLEMS, LifeParameters, WaveModel
from .people import draw_covariates, linear_predictor
from .recovery import cumulative_baseline, peer_log_hazard_ratio

HORIZONS = (10.0, 20.0)
POPULATION, POPULATION_SEED = 50_000, 20_250_101
STEP = 0.05
LONGEST = 60.0


def true_survival(parameters: LifeParameters, covariates: pd.DataFrame, times: np.ndarray, peers: bool) -> np.ndarray:
    """Probability of not yet having met the criterion, averaged over people (standardised survival).

    Log relative hazards are rounded to three decimals, which moves the curve by less than 0.0001.

    Parameters
    ----------
    parameters : LifeParameters
    covariates : DataFrame
        Columns of `draw_covariates`: the people over whom the curve is averaged.
    times : array of shape (m,)
        Years since first help.
    peers : bool
        True: everybody engages with peers from first help on; False: nobody ever does.

    Returns
    -------
    array of shape (m,)
    """
    columns = [linear_predictor(parameters.recovery_effects, covariates), peer_log_hazard_ratio(parameters, covariates)]
    pairs, count = np.unique(np.round(np.column_stack(columns), 3), axis=0, return_counts=True)
    relative, ratio = np.exp(pairs.T)
    with_effect = cumulative_baseline(parameters, np.minimum(times, parameters.peer_effect_until))
    without = cumulative_baseline(parameters, times) - with_effect
    hazard = np.outer(with_effect, relative * ratio if peers else relative) + np.outer(without, relative)
    return np.exp(-hazard) @ (count / count.sum())


def _curves(parameters: LifeParameters) -> dict[tuple[str, bool], np.ndarray]:
    """Standardised curves on a grid of STEP years: by gender over that gender's people, and overall."""
    grid = np.arange(0.0, LONGEST + STEP / 2, STEP)
    curves = {}
    for number, gender in enumerate(GENDERS):
        rng = np.random.default_rng([POPULATION_SEED, number])
        people = draw_covariates(parameters, POPULATION, rng, gender)
        for peers in (True, False):
            curves[gender, peers] = true_survival(parameters, people, grid, peers)
    for peers in (True, False):
        curves["overall", peers] = sum(
            share * curves[gender, peers] for gender, share in zip(GENDERS, parameters.gender_shares, strict=True)
        )
    return curves


def summarise_curve(curve: np.ndarray) -> dict[str, float]:
    """Median and restricted mean times (years) of a survival curve on the grid of STEP years."""
    grid = STEP * np.arange(len(curve))
    summary = {"median": float(np.interp(-0.5, -curve, grid))}
    for horizon in HORIZONS:
        upto = grid <= horizon + STEP / 2
        summary[f"restricted_mean_{horizon:.0f}"] = float(np.trapezoid(curve[upto], grid[upto]))
    return summary


def true_contrasts(parameters: LifeParameters) -> dict[str, dict[str, dict[str, float]]]:
    """Median and restricted mean times with peers from first help on, without, and their difference.

    Returns
    -------
    dict
        gender or "overall" → "peers", "never", "difference" (peers minus never) → quantity → years.
    """
    curves = _curves(parameters)
    contrasts = {}
    for group in ("overall", *GENDERS):
        peers, never = (summarise_curve(curves[group, engaged]) for engaged in (True, False))
        difference = {name: peers[name] - never[name] for name in peers}
        contrasts[group] = {"peers": peers, "never": never, "difference": difference}
    return contrasts


def _wave_truth(model: WaveModel, scale: str) -> dict[str, object]:
    return {
        "scale": scale,
        "peer_attendance_at_previous_wave": dict(zip(GENDERS, model.peer, strict=True)),
        "previous_value": model.previous,
        "gender": dict(zip(GENDERS, model.gender, strict=True)),
        "age_at_baseline_per_10": model.age_per_10,
        "severity": model.severity,
        "education": model.education,
    }


def truth(parameters: LifeParameters) -> dict[str, object]:
    """Everything that is true of the simulated world, ready for JSON. Times are in years."""
    ratios = dict(zip(GENDERS, parameters.log_hr_peer, strict=True))
    common = np.average(parameters.log_hr_peer, weights=parameters.gender_shares)
    return {
        "time_zero": "first help",
        "event": f"a recovery spell has lasted {parameters.stable_after:g} year(s); dated when this is met",
        "exposure": f"first engagement with any of {', '.join(PEER_PATHWAYS)}; time-varying, stays on",
        "log_hazard_ratio_peer": ratios,
        "log_hazard_ratio_woman_against_man": ratios["woman"] - ratios["man"],
        "common_effect": {
            "share_weighted_log_hazard_ratio": float(common),
            "note": "No single hazard ratio is true where it differs by gender. A Cox model with one common "
            "effect estimates an average weighted by events, between the values for men and women.",
        },
        "covariates": {
            "adjust_for": ["gender", "age_at_first_help", "severity", "primary_problem", "education"],
            "log_hazard_ratios": asdict(parameters.recovery_effects),
            "note": "The same covariates drive peer uptake, so an unadjusted estimate is confounded.",
        },
        "contrasts": true_contrasts(parameters),
        "waves": {
            "social_total": _wave_truth(parameters.social, "difference in points"),
            "barc_total": _wave_truth(parameters.barc, "difference in points"),
            "arrest_12m": _wave_truth(parameters.arrest, "conditional log odds ratio"),
        },
        "missing": "Answers are missing completely at random. Loss at waves depends on peer attendance and "
        "social engagement at the wave before, age, severity and education.",
        "not_simulated": "Deaths. Effects of treatment pathways on recovery. Effects of calendar time on "
        "recovery. Short attempts after stable recovery was first met.",
        "order": {"genders": GENDERS, "problems": PROBLEMS, "pathways": PATHWAYS},
        "parameters": asdict(parameters),
    }


def write_truth(
    parameters: LifeParameters, path: Path, faults: list[dict[str, object]], more: dict[str, object]
) -> None:
    """Write the truth, `more` of it where the study asks for it, and the typing errors that were put in, as JSON."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = truth(parameters) | more | {"faults": faults}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
