"""Curves, what is read from them, tests, pseudo-values, Fine-Gray models and predictions: each is fitted again, and an
error of one part in a thousand in the first engine stops the job."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.models import (
    curve_rows,
    fine_gray,
    probability_rows,
    quantile_rows,
    standardised,
    target_trial,
    time_rows,
)
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.sampling import Sampling
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.models.target_trial import Timing, analyse_target_trial

N = 300
AGE = Covariate("age", "age", "Age")
GENDER = Covariate("gender", "gender", "Gender", {"woman": "Women", "man": "Men"})
SPEC = SurvivalSpec(
    "o", "Outcome", "baseline", (AGE, GENDER), where="analyses.a", times=(2.0, 4.0), horizon=4.0, rho=(1.0,)
)


def people(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"person_id": [f"p{i:03}" for i in range(N)], "start": 0.0})
    frame["stop"] = np.ceil(12 * rng.exponential(4, N)) / 12
    which = rng.choice(3, N, p=[0.3, 0.5, 0.2])
    frame["event"], frame["competing"] = (which == 1).astype(int), (which == 2).astype(int)
    frame["peer"], frame["gender"] = rng.integers(0, 2, N).astype(float), rng.choice(["woman", "man"], N)
    return frame.assign(age=rng.normal(40, 10, N), site=rng.choice(list("ABCD"), N), weight=rng.uniform(0.5, 2, N))


def late(frame: pd.DataFrame) -> pd.DataFrame:
    """Every third person is followed from a month on only."""
    return frame.assign(start=np.where((np.arange(N) % 3 == 0) & (frame["stop"] > 0.25), 1 / 12, 0.0))


def moving(frame: pd.DataFrame) -> pd.DataFrame:
    """People with peers join them half-way, or after half a year."""
    joins = frame["peer"] == 1
    half = np.minimum(frame["stop"] / 2, 0.5)
    first = frame.assign(stop=frame["stop"].mask(joins, half), event=frame["event"].mask(joins, 0), peer=0.0)
    second = frame[joins].assign(start=half[joins])
    rows = pd.concat([first, second]).sort_values(["person_id", "start"], ignore_index=True)
    return rows.assign(competing=0)


PLAIN = (lambda f: f.assign(competing=0), SPEC)
COMPETING = (lambda f: f, replace(SPEC, competing=True, rho=()))
CASES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], SurvivalSpec]] = {
    "plain": PLAIN,
    "competing": COMPETING,
    "late": (lambda f: late(f.assign(competing=0)), SPEC),
    "late, competing": (late, COMPETING[1]),
    "moving": (moving, replace(SPEC, exposure="time_varying")),
    "strata": (PLAIN[0], replace(SPEC, sampling=Sampling(strata=("site",)))),
    "weighted": (PLAIN[0], replace(SPEC, sampling=Sampling(weighted=True), rho=())),
    "weighted, competing": (lambda f: f, replace(COMPETING[1], sampling=Sampling(weighted=True))),
    "sites": (PLAIN[0], replace(SPEC, sampling=Sampling(cluster="site"), rho=())),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", CASES)
def test_both_engines_agree(case: str, seed: int):
    change, spec = CASES[case]
    checks = analyse_survival(change(people(seed)), spec, 0.95).diagnostics
    found = checks[checks["diagnostic"] == "second_fit"].set_index("model")["value"]
    assert (found < 1e-7).all()
    expected = {"aalen_johansen" if spec.competing else "kaplan_meier", "log_rank", "crude", "adjusted"}
    expected |= {"fine_gray"} if spec.competing and spec.exposure == "baseline" else set()
    expected |= {"standardised"} if spec.sampling.simple and not spec.competing else set()
    expected |= {"log_rank_stratified"} if spec.sampling.strata else set()
    expected |= {"pseudo_values"} if not case.startswith("late") else set()
    assert expected <= set(found.index)


def off(value: object) -> object:
    """A number, or every number of a result, one part in a thousand too large."""
    if isinstance(value, dict):
        return {name: off(v) if name == "statistic" else v for name, v in value.items()}
    if isinstance(value, pd.DataFrame):
        return value.assign(estimate=value["estimate"] * 1.001)
    if isinstance(value, tuple):
        return tuple(off(v) for v in value)
    return value * 1.001


def fields_off(*names: str) -> Callable[[object], object]:
    return lambda found: replace(found, **{name: getattr(found, name) * 1.001 for name in names})


BROKEN = {
    "kaplan_meier": (PLAIN, curve_rows, "kaplan_meier", off, "kaplan_meier"),
    "its standard error": (
        PLAIN, curve_rows, "kaplan_meier", lambda f: f.assign(std_error=1.001 * f["std_error"]), "kaplan_meier"
    ),
    "quantile_time": (PLAIN, quantile_rows, "quantile_time", off, "kaplan_meier"),
    "restricted_mean": (PLAIN, time_rows.rmst, "restricted_mean", fields_off("estimate"), "kaplan_meier"),
    "its error": (PLAIN, time_rows.rmst, "restricted_mean", fields_off("std_error"), "kaplan_meier"),
    "ratio of means": (PLAIN, time_rows.rmst, "log_ratio", lambda f: f | {"estimate": 1.001 * f["estimate"]},
                       "kaplan_meier"),
    "nelson_aalen": (PLAIN, time_rows, "nelson_aalen", fields_off("estimate"), "kaplan_meier"),
    "log_rank": (PLAIN, curve_rows, "log_rank", off, "log_rank"),
    "robust_log_rank": (CASES["sites"], curve_rows, "robust_log_rank", off, "log_rank"),
    "cumulative_incidence": (COMPETING, curve_rows, "cumulative_incidence", fields_off("estimate"), "aalen_johansen"),
    "its variance": (COMPETING, curve_rows, "cumulative_incidence", fields_off("std_error"), "aalen_johansen"),
    "what came first": (COMPETING, time_rows, "cumulative_incidence", fields_off("estimate"), "aalen_johansen"),
    "mean time since": (
        COMPETING, time_rows.rmst, "restricted_mean_lost", lambda f: tuple(map(fields_off("estimate"), f)),
        "aalen_johansen",
    ),
    "pseudo-values": (PLAIN, probability_rows, "pseudo_incidence", off, "pseudo_values"),
    "their regression": (PLAIN, probability_rows, "pseudo_regression", fields_off("coefficients"), "pseudo_values"),
    "its sandwich": (PLAIN, probability_rows, "pseudo_regression", fields_off("covariance"), "pseudo_values"),
    "fine_gray": (COMPETING, fine_gray, "fit_fine_gray", fields_off("coefficients"), "fine_gray"),
    "its robust variance": (COMPETING, fine_gray, "fit_fine_gray", fields_off("variance"), "fine_gray"),
    "standardised": (
        PLAIN, standardised, "standardise", lambda f: {k: fields_off("survival")(v) for k, v in f.items()},
        "standardised",
    ),
    "means of predictions": (
        PLAIN, standardised, "standardise", lambda f: {k: fields_off("restricted_mean")(v) for k, v in f.items()},
        "standardised",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_one_part_in_a_thousand_stops_the_job(what: str, monkeypatch: pytest.MonkeyPatch):
    (change, spec), module, name, spoil, model = BROKEN[what]
    right = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *values, **options: spoil(right(*values, **options)))
    with pytest.raises(ResearchError, match=rf"analyses\.a: the {model}\w* model and its second fit by .* differ by"):
        analyse_survival(change(people()), spec, 0.95)


TRIAL = replace(SPEC, exposure="time_varying", rho=())
TIMING = Timing((), (), 1.0, 4.0, 20)


def ending_otherwise(frame: pd.DataFrame) -> pd.DataFrame:
    """As `moving`, and something competes with the outcome: each person's last row may end with it."""
    rows, other = moving(frame), frame.set_index("person_id")["competing"]
    return rows.assign(competing=rows["person_id"].map(other).where(~rows["person_id"].duplicated(keep="last"), 0))


TRIALS = {
    "plain": (moving, TRIAL),
    "weighted": (moving, replace(TRIAL, sampling=Sampling(weighted=True))),
    "weighted, competing": (ending_otherwise, replace(TRIAL, competing=True, sampling=Sampling(weighted=True))),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", TRIALS)
def test_the_emulated_trial_is_fitted_again(case: str, seed: int):
    change, spec = TRIALS[case]
    checks = analyse_target_trial(change(people(seed)), spec, TIMING, 0.95).diagnostics.set_index("diagnostic")
    found = checks.loc[["second_fit"]].set_index("model")["value"]
    assert found["clone_censor_weight"] < 1e-8


@pytest.mark.parametrize("name", target_trial.ESTIMANDS)
def test_an_error_in_the_emulated_trial_stops_the_job(name: str, monkeypatch: pytest.MonkeyPatch):
    right = target_trial.emulate

    def off(*values: object) -> object:
        found = right(*values)
        return replace(found, estimates=found.estimates | {name: found.estimates[name] + 0.001})

    monkeypatch.setattr(target_trial, "emulate", off)
    with pytest.raises(ResearchError, match="the clone_censor_weight model and its second fit"):
        analyse_target_trial(moving(people()), TRIAL, TIMING, 0.95)
