"""Every kind of analysis, every kind of bad input: a status with its reason, or an error that names what is wrong;
never a number that looks like an answer."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.clone_censor_weight import emulate
from recovery_analysis.estimators.clone_censor_weight import target_trial as design_trial
from recovery_analysis.estimators.families import WEIBULL, with_cure
from recovery_analysis.estimators.parametric import fit_parametric
from recovery_analysis.estimators.times import known_times
from recovery_analysis.estimators.trial_bootstrap import Bootstrap
from recovery_analysis.labels import GENDER
from recovery_analysis.models import model_plan
from recovery_analysis.models.multistate import analyse_states
from recovery_analysis.models.multiverse import Definition, analyse_multiverse
from recovery_analysis.models.parametric import ParametricSpec, analyse_parametric
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.recovery_rows import RecoverySpec
from recovery_analysis.models.recovery_time import analyse_recovery_time
from recovery_analysis.models.regression import RegressionSpec, analyse_regression
from recovery_analysis.models.rows import AnalysisFrames
from recovery_analysis.models.sampling import SIMPLE, Sampling, weigh
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.state_groups import StatesSpec
from recovery_analysis.models.strategies import strategy_rows
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.models.target_trial import Timing, analyse_target_trial

AGE = Covariate("age", "age", "Age")
SITE = Covariate("site", "site", "Site", {"A": "A", "B": "B", "C": "C"})
MONTHS = Covariate("months", "months", "Age in months")
LOGS = ("log_hazard", "log_odds", "log_time", "log_ratio", "log_rate")
N = 90


def people(seed: int = 3) -> pd.DataFrame:
    """One row per person: everything that any kind of analysis asks for."""
    rng = np.random.default_rng(seed)
    stop = rng.integers(2, 60, N) / 10.0
    frame = pd.DataFrame({"person_id": [f"p{i:03}" for i in range(N)], "start": 0.0, "stop": stop})
    frame["event"], frame["peer"] = rng.integers(0, 2, N), rng.integers(0, 2, N).astype(float)
    frame["gender"], frame["site"] = rng.choice(["woman", "man"], N), rng.choice(["A", "B", "C"], N)
    frame["age"] = rng.normal(40, 10, N)
    return frame.assign(months=frame["age"] * 12, competing=0, lower=np.nan)


def as_periods(frame: pd.DataFrame) -> pd.DataFrame:
    """People with peers join a third of the way, so that peers change over time."""
    joins = frame["peer"] == 1
    third = frame["start"] + (frame["stop"] - frame["start"]) / 3
    before = frame.assign(stop=frame["stop"].mask(joins, third), event=frame["event"].mask(joins, 0), peer=0.0)
    after = frame[joins].assign(start=third[joins])
    return pd.concat([before, after]).sort_values(["person_id", "start"], ignore_index=True)


def as_times(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per person as parametric models want them, times known to a quarter."""
    happened = frame["event"] == 1
    early = (frame["stop"] - 0.25).clip(lower=0).where(happened)
    ends = {"entry": frame["start"], "earliest": early, "latest": frame["stop"].where(happened)}
    window = np.maximum(frame["stop"] + 1.0, 8.0)
    return frame.assign(**ends, switch=np.where(frame["peer"] == 1, 0.0, np.inf), window=window)


def survival(frame, covariates):
    spec = SurvivalSpec("o", "Outcome", "baseline", covariates, where="analyses.a", times=(2.0,))
    return analyse_survival(frame, spec, 0.95)


def regression(family: str):
    def run(frame, covariates):
        measure = "event" if family == "logistic" else "stop"
        spec = RegressionSpec("o", "Outcome", measure, family, covariates, where="analyses.a")
        return analyse_regression(frame.assign(wave="1"), spec, 0.95)

    return run


def target_trial(frame, covariates):
    spec = SurvivalSpec("o", "Outcome", "time_varying", covariates, where="analyses.a")
    return analyse_target_trial(as_periods(frame), spec, Timing((0.5,), ("landmark_6_months",), 1.0, 2.0, 50), 0.95)


def multiverse(frame, covariates):
    spec = SurvivalSpec("o", "Outcome", "time_varying", covariates, where="analyses.a")
    rows = as_periods(frame)
    definitions = [Definition("o", "", "One year", rows), Definition("o.five", ".five", "Five years", rows)]
    return analyse_multiverse(definitions, spec, 0.95)


def parametric(frame, covariates):
    spec = ParametricSpec("o", "Outcome", 1.0, ("weibull", "spline_1"), False, True, covariates, "analyses.a")
    return analyse_parametric(as_times(frame), spec, 0.95)


def recovery_time(frame, covariates):
    spec = RecoverySpec("o", "Outcome", "years", 1.0, 8.0, ("weibull",), 0, covariates, True, "analyses.a")
    known = frame[frame["event"] == 1].reset_index(drop=True)
    times = as_times(known).assign(window=lambda f: np.minimum(f["window"], 8.0))
    return analyse_recovery_time(times, known, spec, 0.95)


def competing(frame, covariates):
    spec = SurvivalSpec("o", "Outcome", "baseline", covariates, where="analyses.a", times=(2.0,), competing=True)
    return analyse_survival(frame.assign(competing=2 * (frame["event"] == 0) * (frame["age"] > 40)), spec, 0.95)


def multistate(frame, covariates):
    spec = StatesSpec("o", ("before_help", "after_help", "recovery_1", "died"), (3,), (1,))
    first = frame.assign(origin="before_help", target="after_help", stop=frame["start"] + frame["stop"] / 3)
    goes_on = frame["event"] == 1
    second = frame.assign(origin="after_help", target=np.where(goes_on, "recovery_1", None), start=first["stop"])
    later = frame[goes_on]
    third = later.assign(origin="recovery_1", target=None, start=later["stop"], stop=later["stop"] * 2)
    rows = pd.concat([first, second, third]).sort_values(["person_id", "start"], kind="stable", ignore_index=True)
    return analyse_states(rows, spec, 0.95)


KINDS: dict[str, Callable[[pd.DataFrame, tuple[Covariate, ...]], AnalysisFrames]] = {
    "survival": survival,
    "logistic": regression("logistic"),
    "linear": regression("linear"),
    "target_trial": target_trial,
    "multiverse": multiverse,
    "parametric": parametric,
    "recovery_time": recovery_time,
    "multistate": multistate,
    "competing": competing,
}
NO_COVARIATES = ("multistate",)


def one_event(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(event=(np.arange(N) == 0).astype(int))


def with_row(column: str, value: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.assign(**{column: frame[column].mask(np.arange(N) == 4, value)})


def empty_level(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(event=frame["event"].mask(frame["site"] == "B", 0))


# Fault → how it comes about, what is adjusted for, and what an error must name ("" where it is free).
FAULTS = {
    "no events": (lambda f: f.assign(event=0), (AGE,), ""),
    "one event": (one_event, (AGE,), ""),
    "all events at one time": (lambda f: f.assign(stop=3.0, event=1), (AGE,), ""),
    "zero time": (with_row("stop", 0.0), (AGE,), "stop|time"),
    "negative time": (with_row("stop", -2.0), (AGE,), "stop|time"),
    "stop before start": (with_row("start", 100.0), (AGE,), "stop|time"),
    "missing time": (with_row("stop", np.nan), (AGE,), "stop|time"),
    "infinite covariate": (with_row("age", np.inf), (AGE,), "age"),
    "constant covariate": (lambda f: f.assign(site="A"), (AGE, SITE), "site"),
    "duplicated covariate": (lambda f: f, (AGE, MONTHS), "Age in months"),
    "level without an event": (empty_level, (SITE,), "'B'"),
    "nobody with peers": (lambda f: f.assign(peer=0.0), (AGE,), ""),
    "everybody with peers": (lambda f: f.assign(peer=1.0), (AGE,), ""),
    "gender not known of anybody": (lambda f: f.assign(gender=None), (AGE,), ""),
    "a single person": (lambda f: f[f["event"] == 1].iloc[:1], (), ""),
    "two people": (lambda f: f[f["event"] == 1].iloc[:2], (), ""),
    "no event with peers": (lambda f: f.assign(event=f["event"].mask(f["peer"] == 1, 0)), (AGE,), ""),
}


def suspicious(estimates: pd.DataFrame) -> pd.DataFrame:
    """Rows that look like an answer and are none: a number without status ok, or ok with a number that cannot be."""
    numbers = estimates[["estimate", "std_error", "conf_low", "conf_high"]].astype(float)
    stated = estimates["status"] == "ok"
    unusable = ~stated & numbers.notna().any(axis=1)
    infinite = stated & np.isinf(numbers).any(axis=1)
    logs = estimates["scale"].isin(LOGS)
    runaway = stated & logs & ((numbers["estimate"].abs() > 12) | (numbers["std_error"] > 50))
    silent = ~stated & estimates["note"].isna()
    nothing = stated & logs & (numbers["std_error"].isna() | (numbers["std_error"] <= 0))
    return estimates[unusable | infinite | runaway | silent | nothing]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_bad_input(kind: str, fault: str):
    change, covariates, word = FAULTS[fault]
    try:
        frames = KINDS[kind](change(people()), () if kind in NO_COVARIATES else covariates)
    except ResearchError as error:
        assert len(str(error)) > 30
        assert re.search(word, str(error), re.IGNORECASE)
        return
    found = suspicious(frames.estimates)
    columns = ["model", "term", "group", "estimand", "estimate", "std_error", "status", "note"]
    assert found.empty, found[columns].to_string()


@pytest.mark.parametrize("weight", [np.inf, 0.0, -1.0, np.nan])
def test_weights_that_cannot_be(weight: float):
    """Every kind that takes sampling weights takes them through this door."""
    frame = people().assign(weight=np.where(np.arange(N) == 4, weight, 1.0))
    with pytest.raises(ResearchError, match=r"analyses\.a\.weights: 1 of 90 people have no sampling weight"):
        weigh(frame, Sampling(weighted=True), "analyses.a")


def test_a_weight_beyond_comparison_is_told():
    """The second fit ran out of the range of numbers, or a standard error was nought: a traceback."""
    frame = people().assign(weight=np.where(np.arange(N) == 4, 1e300, 1.0))
    with pytest.raises(ResearchError, match=r"analyses\.a\.weights: the largest sampling weight \(1e\+300\) is over"):
        weigh(frame, Sampling(weighted=True), "analyses.a")


# Sex, age, site, depression, peers, time, outcome.
TWELVE = """man 61 C 45 0 70 1; man 37 A 35 0 12 1; woman 63 A 2 0 60 1; man 22 D 41 0 51 1; man 56 D 5 0 302 0;
woman 50 A 23 0 44 1; man 18 A 16 0 21 1; man 41 A 20 0 57 1; woman 37 D 60 1 144 1; woman 40 B 35 1 251 0;
man 31 B 20 0 92 1; woman 62 C 29 1 255 1"""


def test_an_interval_without_an_end_is_no_answer(monkeypatch: pytest.MonkeyPatch):
    """Twelve people and eight coefficients: a hazard ratio of 0.0008 (0 to 0.2) had the status ok."""
    monkeypatch.setattr(model_plan, "FEWEST_IN_ARM", 1)
    names = ["gender", "age", "site", "dep", "peer", "stop", "event"]
    frame = pd.DataFrame([row.split() for row in TWELVE.split(";")], columns=names)
    numbers = {"age": float, "dep": float, "peer": float, "stop": float, "event": int}
    frame = frame.astype(numbers).assign(start=0.0, competing=0, lower=np.nan, person_id=[f"p{i}" for i in range(12)])
    levels = {"gender": ["woman", "man"], "site": ["A", "B", "C", "D"]}
    adjusted = [Covariate(name, name, name, {v: v for v in levels[name]}) for name in levels]
    adjusted += [Covariate("age", "age", "Age", per=10.0), Covariate("dep", "dep", "Depression")]
    spec = SurvivalSpec("o", "Outcome", "baseline", tuple(adjusted), where="analyses.a", if_separated="firth")
    found = analyse_survival(frame, spec, 0.95).estimates
    assert suspicious(found).empty, suspicious(found).to_string()
    peer = found[(found["model"] == "adjusted") & (found["term"] == "peer")].iloc[0]
    assert peer["status"] == "separated" and "the interval has no end" in peer["note"]


def test_an_outcome_that_follows_from_peers_is_told():
    """The two engines differed by an infinite share of an error of nought, and one was said to be wrong."""
    frame = people().assign(stop=lambda f: 3.0 + 2.0 * f["peer"])
    found = regression("linear")(frame, (AGE,))
    assert set(found.fits["status"]) == {"failed"}
    assert found.estimates["note"].str.contains("follows exactly").all() and suspicious(found.estimates).empty


def test_where_nobody_sought_help_arms_are_fitted_again_too():
    """The other engine was given a person's rows with holes in them: a traceback."""
    spec = StatesSpec("o", ("before_help", "after_help", "recovery_1", "died"), (3,), (1,))
    frame = people().assign(origin="before_help", peer=0.0, target="recovery_1", stop=lambda f: f["stop"] / 2)
    met = frame.assign(start=frame["stop"], stop=frame["stop"] * 2, origin="recovery_1", target="before_help", peer=1.0)
    back = met.assign(start=met["stop"], stop=met["stop"] * 2, origin="before_help", target=None)
    rows = pd.concat([frame, met, back]).sort_values(["person_id", "start"], kind="stable", ignore_index=True)
    found = analyse_states(rows, spec, 0.95)
    assert suspicious(found.estimates).empty


@pytest.mark.parametrize("kind", KINDS)
def test_good_input_gives_answers(kind: str):
    """The matrix would pass where nothing is ever estimated."""
    frames = KINDS[kind](people(), () if kind in NO_COVARIATES else (AGE, SITE))
    assert suspicious(frames.estimates).empty
    assert (frames.estimates["status"] == "ok").mean() > 0.4


@pytest.mark.parametrize("kind", ["survival", "target_trial", "multiverse", "parametric", "logistic"])
def test_a_gender_without_an_outcome_leaves_nothing_to_adjust_for_in_the_others(kind: str):
    """Women are left out and counted, and the model of the men has no gender in it; nobody is told to change the plan."""
    frame = people().assign(event=lambda f: f["event"].mask(f["gender"] == "woman", 0))
    found = KINDS[kind](frame, (AGE, Covariate("gender", "gender", "Gender", GENDER)))
    peers = found.estimates[(found.estimates["term"] == "peer") & (found.estimates["group"] == "all")]
    assert len(peers)
    assert any(label.startswith("Wom") for label, _ in found.left_out)


COMPARED = ["survival", "target_trial", "multiverse", "parametric", "logistic"]


@pytest.mark.parametrize("happened", [0, 1])
@pytest.mark.parametrize("kind", COMPARED)
def test_too_few_outcomes_are_no_fault_of_a_category(kind: str, happened: int):
    """Nobody had the outcome, and the advice was to join 'A' with another site."""
    frame = people().assign(event=(np.arange(N) < happened).astype(int))
    found = KINDS[kind](frame, (SITE, Covariate("gender", "gender", "Gender", GENDER)))
    peers = found.estimates[(found.estimates["term"] == "peer") & found.estimates["reference"].notna()]
    assert len(peers) and set(peers["status"]) == {"too_few_events"}
    assert not peers["note"].str.contains("Join it|has peers").any()
    assert not any("for lack of outcomes" in label for label, _ in found.left_out)


@pytest.mark.parametrize("event", [0, 1])
def test_a_probability_that_nothing_is_known_of_is_no_number(event: int):
    """0.0 %, or 100 %, without an interval: nobody had the outcome by then, or all had it on one day."""
    frame = people().assign(event=event, stop=lambda f: f["stop"] + 3.0 if event == 0 else 2.0)
    found = survival(frame, (AGE,)).estimates
    told = competing(frame, (AGE,)).estimates.query("estimand in ['risk', 'risk_ever'] and model == 'aalen_johansen'")
    assert set(told["status"]) == {"too_few_events"} and told["estimate"].isna().all()
    shares = ["risk", "risk_ever"] if event else ["risk", "risk_ever", "cumulative_hazard"]
    told = found[found["estimand"].isin(shares) & (found["model"] == "kaplan_meier")]
    assert len(told) >= 8 and set(told["status"]) == {"too_few_events"} and told["estimate"].isna().all()


def test_what_competes_and_never_came_first_is_told_so():
    """It was printed as `not reached`."""
    frame = people().assign(competing=lambda f: np.where((f["event"] == 0) & (f["stop"] > 2), 2, 0))
    spec = SurvivalSpec("o", "Outcome", "baseline", (AGE,), where="analyses.a", times=(1.0,), competing=True)
    other = analyse_survival(frame, spec, 0.95).estimates.query("estimand == 'risk_competing'")
    assert set(other["status"]) == {"too_few_events"} and other["note"].str.contains("Nothing else").all()


def test_outcomes_of_a_target_trial_at_one_time_have_no_order():
    """All samples of people gave the same number, and its test divided by nought: a traceback."""
    found = target_trial(people().assign(stop=1.5, event=1), (AGE,)).estimates.query("model == 'clone_censor_weight'")
    assert set(found["status"]) == {"too_few_events"} and found["note"].str.contains("the same time").all()


def test_samples_of_people_that_all_agree_give_no_interval():
    frame = people()
    engaged = np.where(frame["peer"] == 1, 0.5, np.inf)
    trial = design_trial(frame["stop"].to_numpy(), frame["event"].to_numpy(), engaged, np.empty((N, 0)), 1.0, 3.0)
    estimates = emulate(trial).estimates
    samples = Bootstrap({name: np.full(50, value) for name, value in estimates.items()}, np.empty(0))
    shared = {"outcome": "o", "model": "m", "term": "peer", "status": "ok", "note": "N."}
    found = strategy_rows(trial, estimates, samples, 0.95, shared)
    assert {row["status"] for row in found} == {"too_few_events"}
    assert all("no interval can be given" in row["note"] for row in found)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in NO_COVARIATES])
def test_a_constant_covariate_leaves_the_other_models(kind: str):
    """The job failed with it, whatever the plan required."""
    found = KINDS[kind](people().assign(gender="woman"), (AGE, Covariate("gender", "gender", "Gender", GENDER)))
    refused = found.fits[found.fits["status"] == "failed"]
    assert len(refused) and refused["note"].str.contains(r"'gender' is the same for everyone").any()
    if kind in ("survival", "logistic", "linear", "parametric", "recovery_time"):
        crude = found.estimates.query("model == 'crude' and term == 'peer'")
        assert crude["status"].tolist() == ["ok"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("settings", [SIMPLE, Sampling(strata=("site",))])
def test_a_covariate_made_from_the_time_of_the_outcome_is_told_as_such(settings: Sampling):
    """Firth's penalty stopped short of its top, and the second fit then stopped the job, whatever the plan required."""
    frame = people().assign(age=lambda f: (200 - f["stop"]) / 2)
    spec = SurvivalSpec("o", "Outcome", "baseline", (AGE,), where="analyses.a", if_separated="firth", sampling=settings)
    found = analyse_survival(frame, spec, 0.95).estimates.query("model == 'adjusted' and term == 'peer'")
    (row,) = found.to_dict("records")
    assert row["status"] == "separated" and "Age: people had the outcome in the very order of it" in row["note"]


@pytest.mark.parametrize("exposure", ["baseline", "time_varying"])
@pytest.mark.parametrize("constant", ["site", "gender"])
def test_a_subdistribution_hazard_with_a_constant_covariate_is_a_row_that_names_it(exposure: str, constant: str):
    """There was no row at all: nothing said that the model had been asked for."""
    covariates = (AGE, SITE, Covariate("gender", "gender", "Gender", GENDER))
    spec = SurvivalSpec("o", "Outcome", exposure, covariates, where="analyses.a", competing=True)
    frame = people().assign(competing=lambda f: 2 * (f["event"] == 0) * (f["age"] > 40), **{constant: "woman"})
    found = analyse_survival(frame, spec, 0.95).estimates.query("model == 'fine_gray'")
    (row,) = found.to_dict("records")
    assert row["term"] == ("peer" if exposure == "baseline" else "gender") and row["n"] == N
    assert row["status"] == "failed" and f"'{constant}' is the same for everyone" in row["note"]
    assert row["estimand"] == "subdistribution_hazard_ratio" and pd.isna(row["estimate"])


def test_what_a_share_who_never_do_is_read_from_must_have_happened():
    """Of no outcome at all it was said that they go on until near the end of follow-up."""
    found = parametric(people().assign(event=0), (AGE,))
    (cure,) = found.estimates.query("model == 'cure'").to_dict("records")
    assert cure["status"] == "too_few_events" and "0 outcomes" in cure["note"] and cure["gate"] == "passed"
    assert "sufficient_follow_up" not in set(found.diagnostics["diagnostic"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "multistate"])
def test_where_no_gender_is_known_everyone_is_still_compared(kind: str):
    """Curves, tests and probabilities by gender looked for a first group: a traceback, or nothing at all."""
    found = KINDS[kind](people().assign(gender=None), (AGE,)).estimates
    peers = found[(found["term"] == "peer") & (found["reference"] == "no_peer") & (found["model"] != "interaction")]
    assert (peers["status"] == "ok").any() and suspicious(found).empty


def test_every_null_hazard_ratio_says_what_could_have_been_found():
    """Fine-Gray models and frailty models had nothing beside them."""
    asked = {"where": "analyses.a", "covariates": (AGE,), "frailty": "site"}
    spec = SurvivalSpec("o", "Outcome", "baseline", competing=True, **asked)
    frame = people().assign(competing=lambda f: 2 * (f["event"] == 0) * (f["age"] > 40))
    found = analyse_survival(frame, spec, 0.95)
    null = found.estimates[
        found.estimates["reference"].eq("no_peer") & found.estimates["estimand"].str.contains("hazard")
    ]
    null = null[(null["conf_low"] <= 0) & (null["conf_high"] >= 0)]
    assert {"crude", "adjusted", "interaction", "fine_gray", "adjusted_frailty"} <= set(null["model"])
    said = found.diagnostics[found.diagnostics["diagnostic"].str.startswith("minimum_detectable")]
    assert sorted(said["model"]) == sorted(null["model"]) and (said["value"] > 1).all()


@pytest.mark.parametrize("n", [1, 2, 9])
def test_times_of_fewer_than_ten_people_are_no_answer(n: int):
    """Half of two people `had had it by 0.7 years`, beside probabilities that said that people were too few."""
    frame = people().query("event == 1").iloc[:n]
    found = survival(frame, ()).estimates.query("model == 'kaplan_meier'")
    assert len(found) and set(found["status"]) == {"too_few_events"} and found["estimate"].isna().all()


@pytest.mark.parametrize("censored", [False, True])
@pytest.mark.parametrize("kind", ["parametric", "recovery_time"])
def test_outcomes_at_one_time_are_told_as_such_by_parametric_models(kind: str, censored: bool):
    """They were said not to have converged; with people censored later, a curve of one step had a shape."""
    late = np.arange(N) < 30
    frame = people().assign(stop=np.where(late, 5.0, 3.0), event=1)
    frame = frame.assign(event=frame["event"].mask(late, 0)) if censored else frame.assign(stop=3.0)
    found = KINDS[kind](frame, (AGE,))
    models = found.fits[found.fits["formula"].str.contains("distribution|Weibull|spline|Not fitted")]
    assert len(models) and set(models["status"]) == {"too_few_events"}
    assert models["note"].str.contains("All outcomes happened at the same time").all()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("multistate", "target_trial")])
def test_fewer_than_ten_people_are_not_compared(kind: str):
    """Three people had a time ratio with a narrow interval, and tests that passed every gate."""
    fewer = people().query("event == 1").iloc[:9]
    found = KINDS[kind](fewer, ()).estimates
    compared = found[(found["term"] == "peer") | (found["estimand"] == "test") | (found["model"] == "cure")]
    assert len(compared) and set(compared["status"]) == {"too_few_events"}
    assert compared[["estimate", "statistic"]].isna().all(axis=None)


@pytest.mark.parametrize("kind", ["survival", "parametric", "logistic", "linear"])
def test_a_model_that_was_not_fitted_has_passed_no_check_of_its_fit(kind: str):
    """`Did the calculation settle? Passed`, beside a model without a number."""
    found = KINDS[kind](people().assign(peer=0.0), (AGE,)).diagnostics
    own = found[found["model"].isin(["crude", "adjusted", "interaction"])]
    assert not set(own["diagnostic"]) & {"convergence", "separation"}


def test_where_nobody_leaves_recovery_staying_is_not_told_as_certain():
    """100 % (– to –) were still in recovery."""
    found = multistate(people().assign(event=1, stop=lambda f: f["stop"] + 2), ()).estimates
    told = found.query("estimand == 'still_in_recovery' and group == 'all'")
    assert len(told) and set(told["status"]) == {"too_few_events"} and told["estimate"].isna().all()
    assert told["note"].str.contains("Nobody had left recovery by then").all()


def test_a_frailty_beside_firths_penalty_says_which_level_has_no_outcome():
    """The note was that of the penalised model, twice: where its interval came from, and there was none."""
    frame = empty_level(people()).assign(code=lambda f: f["site"], site=np.where(np.arange(N) % 2, "X", "Y"))
    code = Covariate("code", "code", "Code", {"A": "A", "B": "B", "C": "C"})
    spec = SurvivalSpec("o", "Outcome", "baseline", (code,), frailty="site", if_separated="firth", where="analyses.a")
    rows = analyse_survival(frame, spec, 0.95).estimates.query("model == 'adjusted_frailty'")
    assert len(rows) == 2 and set(rows["status"]) == {"separated"}
    assert rows["note"].str.startswith("Code: B: ").all() and not rows["note"].str.contains("profile").any()


def test_a_share_who_never_do_without_a_limit_is_told_in_words():
    """`logit_never: the data put no limit to it`."""
    stop = np.linspace(0.5, 4.0, N)
    frame = people().assign(stop=np.where(np.arange(N) < 60, stop, 4.0), event=(np.arange(N) < 60).astype(int))
    times = known_times(*(np.where(frame["event"] == 1, frame["stop"], other) for other in (4.0, np.inf)))
    fit = fit_parametric(with_cure(WEIBULL), times, np.empty((N, 0)), ())
    everybody = fit_parametric(with_cure(WEIBULL), known_times(stop, stop), np.empty((N, 0)), ())
    assert fit.status == "ok" and everybody.status in ("separated", "not_converged")
    assert everybody.message.startswith("The share who never have the outcome: the data put no limit")


@pytest.mark.parametrize("kind", ["survival", "logistic", "linear", "parametric", "competing", "multiverse"])
@pytest.mark.parametrize("few", [1, 4])
def test_one_person_with_peers_is_no_comparison(kind: str, few: int):
    """A weighted hazard ratio of one person had an interval from 8.6 to 40, and a risk difference passed every gate."""
    frame = people().assign(peer=(np.arange(N) < few).astype(float), event=1)
    frame["event"] = frame["event"].mask(np.arange(N) > 60, 0)
    found = KINDS[kind](frame, ()).estimates
    compared = found[(found["reference"] == "no_peer") & (found["group"] == "all")]
    assert len(compared) and set(compared["status"]) == {"too_few_events"} and compared["estimate"].isna().all()


def test_more_levels_than_people_are_told_as_such():
    """One of the levels `added nothing to the others`."""
    codes = [f"L{i:02}" for i in range(30)]
    frame = people().iloc[:30].assign(code=codes)
    found = regression("linear")(frame, (Covariate("code", "code", "Code", dict(zip(codes, codes, strict=True))),))
    (row,) = found.estimates.query("model == 'adjusted' and term == 'peer'").to_dict("records")
    assert row["status"] == "too_few_events" and "As many covariates" in row["note"]


def test_where_everybody_is_in_one_state_nothing_is_said_to_be_certain():
    """Nobody recovers: 5.0 years (5.0 to 5.0), and a difference of 0.0 (0.0 to 0.0) with peers."""
    frame = people().assign(stop=9.0, event=0)
    found = multistate(frame, ()).estimates.query("model == 'states' and status == 'ok'")
    assert len(found) and not (found["conf_low"] == found["conf_high"]).any()
    told = multistate(frame, ()).estimates.query("model == 'states' and scale == 'difference'")
    assert len(told) and told["note"].str.contains("how certain").all() and told["estimate"].isna().all()


@pytest.mark.parametrize("kind", ["multistate", "multiverse"])
@pytest.mark.parametrize("n", [1, 9])
def test_medians_of_milestones_and_of_definitions_are_told_of_ten_people_or_more(kind: str, n: int):
    """The median of one person is that person's time."""
    for people_told, status in ((n, "too_few_events"), (10, "ok")):
        frame = people().assign(stop=lambda f: f["stop"] + 0.5, gender="woman").query("event == 1").iloc[:people_told]
        found = KINDS[kind](frame, ()).estimates.query("estimand == 'median_time' and group == 'all'")
        assert len(found) and set(found["status"]) == {status}
        assert found["note"].fillna("").str.contains("Fewer than 10 people").eq(status != "ok").all()
        assert found["estimate"].notna().eq(status == "ok").all()
