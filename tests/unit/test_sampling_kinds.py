"""Sampling weights and clusters in parametric, multiverse, target-trial and multi-state analyses, at a known truth."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.estimators.turnbull import turnbull, turnbull_curve
from recovery_analysis.models.flow import Selection
from recovery_analysis.models.multistate import analyse_states
from recovery_analysis.models.multiverse import Definition, analyse_multiverse
from recovery_analysis.models.parametric import ParametricSpec, analyse_parametric
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.sampling import Sampling, weigh
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.state_groups import StatesSpec
from recovery_analysis.models.target_trial import Timing, analyse_target_trial
from recovery_analysis.simulate.lives import draw_lives
from tests.unit import lives_sample as lives
from tests.unit.test_models_sampling import AGE, drawn, people, value

WEIGHTED, SITES = Sampling(weighted=True), Sampling(weighted=True, cluster="site")
WORDS = "Weighted by the sampling weights"


def told(frame: pd.DataFrame, width: float = 0.0) -> pd.DataFrame:
    """One row each, as `person_times` gives them; times rounded up to `width`, if any, and known so."""
    frame = frame.assign(entry=0.0, window=np.inf, switch=np.inf, competing=0)
    if width:
        frame = frame.assign(stop=np.ceil(frame["stop"] / width) * width)
    return frame.assign(earliest=frame["stop"] - width, latest=frame["stop"])


def parametric(frame: pd.DataFrame, sampling: Sampling, **changes):
    spec = ParametricSpec(
        "o", "Outcome", 1.0, ("weibull", "log_normal"), False, covariates=(AGE,), where="analyses.a",
        sampling=sampling, **changes,
    )  # fmt: skip
    return analyse_parametric(weigh(frame, sampling, "analyses.a"), spec, 0.95)


def multiverse(frame: pd.DataFrame, sampling: Sampling):
    spec = SurvivalSpec("o", "Outcome", "time_varying", (AGE,), where="analyses.a", sampling=sampling)
    rows = weigh(frame.assign(competing=0), sampling, "analyses.a")
    return analyse_multiverse([Definition("o", "", "Outcome", rows)], spec, 0.95)


def trial(frame: pd.DataFrame, sampling: Sampling):
    """Those with peers meet them at some day of the first months, if they are still without the outcome."""
    joins = np.random.default_rng(9).uniform(0, 0.2, len(frame))
    met = (frame["peer"] == 1) & (joins < frame["stop"])
    before = frame.assign(peer=0.0, stop=frame["stop"].mask(met, joins), event=frame["event"].mask(met, 0))
    rows = pd.concat([before, frame[met].assign(start=joins[met], peer=1.0)])
    rows = rows.sort_values(["person_id", "start"], ignore_index=True).assign(competing=0)
    spec = SurvivalSpec("o", "Outcome", "time_varying", (AGE,), where="analyses.a", sampling=sampling)
    timing = Timing((0.1,), ("landmark_1_months",), grace=0.3, horizon=1.0, replicates=50)
    return analyse_target_trial(weigh(rows, sampling, "analyses.a"), spec, timing, 0.95)


def exactly(frame: pd.DataFrame, sampling: Sampling):
    return parametric(told(frame), sampling)


def in_intervals(frame: pd.DataFrame, sampling: Sampling):
    return parametric(told(frame, 0.1), sampling)


KINDS = {
    "parametric": (exactly, "adjusted", "time_ratio", "peer"),
    "intervals": (in_intervals, "adjusted", "time_ratio", "peer"),
    "multiverse": (multiverse, "adjusted", "hazard_ratio", "peer"),
    "target trial": (trial, "clone_censor_weight", "risk_difference", "peer"),
    "landmark": (trial, "landmark_1_months", "hazard_ratio", "peer"),
}


def like_sites(n: int) -> pd.DataFrame:
    """People of a site recover about as fast as one another, and have peers or have not."""
    rng, frame = np.random.default_rng(5), people(n)
    frame["peer"] = (np.arange(60) % 2)[frame["site"]].astype(float)
    frame["stop"] = frame["stop"] / np.exp(0.6 * rng.normal(size=60))[frame["site"]]
    return frame


DRAWN = {
    "everybody": people,
    "sample": drawn,
    "heavy sample": lambda n: drawn(n).assign(weight=lambda f: f["weight"] * 1e4),
    "uneven sample": lambda n: drawn(n).assign(weight=lambda f: np.where(np.arange(len(f)) % 20 == 0, 60.0, 1.0)),
    "like sites": like_sites,
    "few sites": lambda n: like_sites(n).assign(site=lambda f: f["site"] % 12),
}


@cache
def analysed(analyse, of: str, n: int, sampling: Sampling):
    """An analysis of people who are drawn, once for all tests that look at it: two kinds are parts of one analysis."""
    return analyse(DRAWN[of](n), sampling)


@pytest.mark.parametrize("name", KINDS)
def test_weights_give_the_population_back(name: str):
    """Beside the whole population; the unweighted sample is further from it. The second fit is of the weighted model."""
    analyse, model, estimand, term = KINDS[name]
    whole, plain, found = (
        value(analysed(analyse, of, 12_000, sampling), model, estimand, None, term)
        for of, sampling in (("everybody", Sampling()), ("sample", Sampling()), ("sample", WEIGHTED))
    )
    assert found["conf_low"] < whole["estimate"] < found["conf_high"]
    assert abs(found["estimate"] - whole["estimate"]) < abs(plain["estimate"] - whole["estimate"])
    assert found["n"] == plain["n"] and WORDS in found["note"]


@pytest.mark.parametrize("name", KINDS)
def test_scale_of_the_weights_words_gates_and_counts(name: str):
    analyse, model, estimand, term = KINDS[name]
    plain, one, other = (
        analysed(analyse, of, 3_000, sampling)
        for of, sampling in (("sample", Sampling()), ("sample", WEIGHTED), ("heavy sample", WEIGHTED))
    )
    for column in ("estimate", "std_error"):
        same = other.estimates[column].to_numpy(float)
        assert one.estimates[column].to_numpy(float) == pytest.approx(same, rel=1e-6, nan_ok=True)
    assert one.estimates.loc[one.estimates["status"] == "ok", "note"].str.contains(WORDS).all()
    assert one.fits["formula"].str.contains(WORDS).all()
    assert one.estimates[["n", "n_events"]].equals(plain.estimates[["n", "n_events"]])
    counts = ["n_risk", "n_event", "n_censor"]
    assert one.curves[counts].equals(plain.curves[counts])
    effect = one.diagnostics.query("diagnostic == 'design_effect' and model == @model").iloc[0]
    weight = drawn(3_000)["weight"]
    # a landmark leaves those out who had the outcome by then
    within = 0.02 if name == "landmark" else 1e-6
    assert effect["value"] == pytest.approx(len(weight) * (weight**2).sum() / weight.sum() ** 2, rel=within)
    uneven = analysed(analyse, "uneven sample", 3_000, WEIGHTED)
    assert "design_effect" in value(uneven, model, estimand, None, term)["gate"]


@pytest.mark.parametrize("name", KINDS)
def test_sites_that_are_alike_widen_the_interval_and_few_close_the_gate(name: str):
    analyse, model, estimand, term = KINDS[name]
    alone, sites, few = (
        value(analysed(analyse, of, 2_500, sampling), model, estimand, None, term)
        for of, sampling in (("like sites", WEIGHTED), ("like sites", SITES), ("few sites", SITES))
    )
    assert sites["estimate"] == alone["estimate"] and sites["std_error"] > 1.5 * alone["std_error"]
    assert "clusters" in few["gate"] and "clusters" not in sites["gate"]


def test_turnbull_with_weights():
    """Whole weights are repeated people; the error is the infinitesimal jackknife's: each weight moved a little."""
    rng = np.random.default_rng(2)
    year = np.floor(rng.weibull(1.3, 60) * 4)
    lower, upper = year, np.where(rng.uniform(size=60) < 0.3, np.inf, year + 1.0 + rng.integers(0, 2, 60))
    weights = 1.0 + np.arange(60) % 3
    fit, again = (
        turnbull(lower, upper, weights),
        turnbull(np.repeat(lower, weights.astype(int)), np.repeat(upper, weights.astype(int))),
    )
    assert fit.mass == pytest.approx(again.mass, abs=1e-7)

    def survival(own: np.ndarray) -> np.ndarray:
        return np.interp(
            fit.right[:3], turnbull(lower, upper, own).right, 1 - np.cumsum(turnbull(lower, upper, own).mass)
        )

    moves = [survival(weights * (1 + 1e-4 * (np.arange(60) == i))) - survival(weights * (1 - 1e-4 * (np.arange(60) == i)))
             for i in range(60)]  # fmt: skip
    want = np.sqrt((np.array(moves) ** 2).sum(axis=0)) / 2e-4
    assert turnbull_curve(fit, 0.95)["std_error"][:3] == pytest.approx(want, rel=0.02)


@cache
def stages(of: str, sampling: Sampling):
    frame = courses()[of]
    spec = StatesSpec("stages", lives.STAGES.states, (10.0, 20.0), (1.0,), replicates=20, sampling=sampling)
    rows = weigh(frame, sampling, "analyses.a")
    chosen = Selection(rows, (Covariate("severity", "severity", "Severity"),), [])
    return analyse_states(rows, spec, 0.95, 0, chosen)


@cache
def courses() -> dict[str, pd.DataFrame]:
    """Paths of 1,500 lives; a sample in which severe problems are drawn four times as often; and its weights written out
    as whole people."""
    drawn_lives = draw_lives(1500, 8)
    people = drawn_lives.people
    until, met = (people[name].to_numpy() for name in ("interview_at", "peer_start"))
    paths = lives.paths_of(drawn_lives, drawn_lives.spells, until, met)
    paths["severity"] = people["severity"].to_numpy()[pd.factorize(paths["person_id"])[0]]
    severe = paths["severity"] > 5
    kept = np.random.default_rng(4).uniform(size=1500)[pd.factorize(paths["person_id"])[0]] < np.where(severe, 1, 0.25)
    sample = paths[kept].assign(weight=np.where(severe, 1.0, 4.0)[kept]).reset_index(drop=True)
    copies = [sample[sample["weight"] > i].assign(person_id=lambda f, i=i: f["person_id"] + f"_{i}") for i in range(4)]
    repeated = pd.concat(copies).sort_values(["person_id", "start"], ignore_index=True)
    return {"whole": paths.assign(weight=1.0), "sample": sample, "repeated": repeated}


def test_stages_of_people_who_stand_for_others():
    """Estimates, adjusted ones too, are those of whole repeated people; counts are of people; every second fit agrees."""
    plain, found = (stages("sample", sampling) for sampling in (Sampling(), WEIGHTED))
    again = stages("repeated", Sampling())
    keys = ["model", "estimand", "term", "level", "reference", "group", "state", "horizon"]
    of = {name: frames.estimates.set_index(keys) for name, frames in (("found", found), ("again", again))}
    own = of["found"][of["found"]["status"] == "ok"]
    own = own[own.index.get_level_values("group").isin(["all", "woman", "man"])]
    common = own.index.intersection(of["again"].index[of["again"]["status"] == "ok"])
    assert len(common) > 0.9 * len(own) and "standardised" in common.get_level_values("model")
    at = [of[name].loc[common, "estimate"].to_numpy(float) for name in ("found", "again")]
    same = np.isclose(*at, rtol=1e-7, atol=1e-9)
    # models choose by numbers of people who have effects of their own, and there are more of the repeated people
    described = common.get_level_values("model").isin(["states", "stays", "rates", "milestones"])
    assert same[described].all() and same.mean() > 0.6
    assert found.estimates["n_events"].equals(plain.estimates["n_events"])
    assert found.estimates.loc[found.estimates["status"] == "ok", "note"].str.contains(WORDS).all()
    assert found.fits["formula"].str.contains(WORDS).all()
    assert set(found.curves["method"]) == {"weighted_state_occupancy", "weighted_standardised"} <= set(labels.METHOD)
    counts = ["n_risk", "n_event", "n_censor"]
    assert found.curves[counts].equals(plain.curves[counts])
    assert {"states", "standardised"} <= set(found.diagnostics.query("diagnostic == 'second_fit'")["model"])
    assert {"states", "stays"} <= set(found.diagnostics.query("diagnostic == 'design_effect'")["model"])


def test_weights_bring_back_where_everybody_is():
    def share(name: str, sampling: Sampling) -> pd.Series:
        rows = stages(name, sampling).estimates
        return rows.query("model == 'states' and term == 'everyone' and state == 'recovery_5' and horizon == 20").iloc[
            0
        ]

    whole, found, plain = share("whole", Sampling()), share("sample", WEIGHTED), share("sample", Sampling())
    assert found["conf_low"] < whole["estimate"] < found["conf_high"]
    assert abs(found["estimate"] - whole["estimate"]) < abs(plain["estimate"] - whole["estimate"])
