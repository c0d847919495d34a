"""Sampling weights, sites as clusters, strata and weighted tests: asked for in a plan, right at a known truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.log_rank import log_rank
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.regression import RegressionSpec, analyse_regression
from recovery_analysis.models.rows import AnalysisFrames
from recovery_analysis.models.sampling import Sampling, weigh
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.project import load_study
from recovery_analysis.study import Study
from recovery_analysis.study_rules import contradictions

ROOT = Path(__file__).parents[2]
AGE = Covariate("age", "age", "Age")
SPEC = SurvivalSpec("o", "Outcome", "baseline", (AGE,), where="analyses.a", horizon=2.0, times=(1.0,))
WEIGHTED = Sampling(weighted=True)


def people(n: int, seed: int = 1, effect: float = 0.5) -> pd.DataFrame:
    """A population in which the outcome is twice as frequent in rural places, and peers do more there."""
    rng = np.random.default_rng(seed)
    rural, peer = rng.integers(0, 2, n), rng.integers(0, 2, n).astype(float)
    time = rng.exponential(size=n) / np.exp(0.7 * rural + effect * peer * (1 + rural))
    censored = rng.uniform(1, 4, n)
    frame = {"stop": np.minimum(time, censored), "event": (time <= censored).astype(int), "peer": peer, "rural": rural}
    traits = {"gender": rng.choice(["woman", "man"], n), "age": rng.normal(40, 10, n), "site": rng.integers(0, 60, n)}
    return pd.DataFrame({"person_id": [f"p{i}" for i in range(n)], "start": 0.0} | frame | traits).assign(weight=1.0)


def drawn(n: int, seed: int = 1) -> pd.DataFrame:
    """A sample of them with rural places drawn four times as often, and the weights that put it right."""
    frame = people(n, seed)
    kept = np.random.default_rng(seed + 100).uniform(size=n) < np.where(frame["rural"] == 1, 0.8, 0.2)
    return frame[kept].assign(weight=np.where(frame["rural"] == 1, 1.25, 5.0)[kept]).reset_index(drop=True)


def analyse(frame: pd.DataFrame, sampling: Sampling, **changes: object) -> AnalysisFrames:
    spec = replace(SPEC, sampling=sampling, **changes)
    return analyse_survival(weigh(frame, sampling, "analyses.a"), spec, 0.95)


def value(frames: AnalysisFrames, model: str, estimand: str, level: str | None = None, term: str = "peer") -> pd.Series:
    rows = frames.estimates.query("model == @model and estimand == @estimand and term == @term and group == 'all'")
    rows = rows if level is None else rows[rows["level"] == level]
    assert len(rows) == 1
    return rows.iloc[0]


def test_weights_give_the_population_back():
    """Beside the whole population; the unweighted sample is far from it."""
    whole, sample = analyse(people(10_000), Sampling()), drawn(10_000)
    plain, weighted = analyse(sample, Sampling()), analyse(sample, WEIGHTED)
    for model, estimand, level in (
        ("crude", "hazard_ratio", None),
        ("adjusted", "hazard_ratio", None),
        ("kaplan_meier", "restricted_mean", "peer"),
        ("kaplan_meier", "risk", "no_peer"),
        ("kaplan_meier", "restricted_mean_difference", "peer"),
        ("pseudo_values", "risk_difference", "peer"),
    ):
        truth = value(whole, model, estimand, level)["estimate"]
        found, naive = (value(frames, model, estimand, level) for frames in (weighted, plain))
        assert found["conf_low"] < truth < found["conf_high"], (model, estimand)
        assert abs(found["estimate"] - truth) < abs(naive["estimate"] - truth), (model, estimand)


def test_whole_weights_are_repeated_people():
    frame = people(600).assign(weight=np.arange(600) % 3 + 1.0)
    again = frame.loc[frame.index.repeat(frame["weight"].astype(int))].reset_index(drop=True)
    again["person_id"] = [f"q{i}" for i in range(len(again))]
    weighted, repeated = analyse(frame, WEIGHTED), analyse(again, Sampling())
    for estimand, model, level in (
        ("median_time", "kaplan_meier", "peer"),
        ("restricted_mean", "kaplan_meier", "no_peer"),
    ):
        one, other = (value(frames, model, estimand, level)["estimate"] for frames in (weighted, repeated))
        assert one == pytest.approx(other, rel=1e-9)


def test_the_scale_of_the_weights_does_not_matter():
    frame = drawn(2_000)
    one, other = analyse(frame, WEIGHTED), analyse(frame.assign(weight=frame["weight"] * 1e4), WEIGHTED)
    for name in ("estimate", "std_error", "p_value"):
        assert one.estimates[name].to_numpy() == pytest.approx(other.estimates[name].to_numpy(), rel=1e-9, nan_ok=True)


def test_numbers_of_people_are_not_weighted_and_the_labels_say_so():
    frame = drawn(2_000)
    plain, weighted = analyse(frame, Sampling()), analyse(frame, WEIGHTED)
    counts = ["n_risk", "n_event", "n_censor"]
    assert weighted.curves[counts].equals(plain.curves.query("method != 'standardised'")[counts].reset_index(drop=True))
    assert set(weighted.curves["method"]) == {"weighted_kaplan_meier"}
    assert weighted.estimates["note"].str.contains("Weighted by the sampling weights").sum() > 30
    assert weighted.fits["formula"].str.contains("Weighted by the sampling weights").all()
    effect = weighted.diagnostics.query("diagnostic == 'design_effect' and model == 'adjusted'").iloc[0]
    share = frame["weight"]
    assert effect["value"] == pytest.approx(len(share) * (share**2).sum() / share.sum() ** 2)


@pytest.mark.parametrize(("bad", "said"), [(np.nan, "missing"), (0.0, "0"), (-1.0, "-1"), (np.inf, "inf")])
def test_a_weight_that_cannot_be_used_is_named(bad: float, said: str):
    frame = people(50)
    frame.loc[[3, 7], "weight"] = bad
    with pytest.raises(ResearchError, match=rf"analyses.a.weights: 2 of 50 people .*first: {said}\).*eligibility"):
        weigh(frame, WEIGHTED, "analyses.a")


def test_sites_that_are_alike_widen_the_interval():
    """Peers are a matter of the place, and so is part of the outcome: 60 places are not 3,000 people."""
    rng = np.random.default_rng(5)
    frame = people(3_000)
    place = rng.normal(size=60)
    frame["peer"] = (np.arange(60) % 2)[frame["site"]].astype(float)
    frame["stop"] = frame["stop"] / np.exp(0.6 * place)[frame["site"]]
    alone, clustered = analyse(frame, Sampling()), analyse(frame, Sampling(cluster="site"))
    one, other = (value(frames, "adjusted", "hazard_ratio") for frames in (alone, clustered))
    assert other["estimate"] == one["estimate"]
    assert other["std_error"] > 2 * one["std_error"]
    assert clustered.fits["formula"].str.contains("robust by site").all()
    assert "clusters" not in other["gate"]
    assert set(clustered.diagnostics.query("diagnostic == 'clusters'")["value"]) == {60.0}
    tests = [value(frames, "log_rank", "test") for frames in (alone, clustered)]
    assert tests[1]["statistic"] < tests[0]["statistic"] / 3


def test_few_sites_close_the_gate_and_one_site_is_refused():
    frame = people(600)
    few = analyse(frame.assign(site=frame["site"] % 12), Sampling(cluster="site"))
    assert "clusters" in value(few, "adjusted", "hazard_ratio")["gate"]
    with pytest.raises(ResearchError, match="analyses.a.cluster: everybody who is analysed is of one site"):
        weigh(frame.assign(site="A"), Sampling(cluster="site"), "analyses.a")


def test_strata_and_early_differences_are_told_beside_the_plain_test():
    frame = people(500).assign(rural=lambda f: f["rural"].astype(str))
    found = analyse(frame, Sampling(strata=("rural",)), rho=(1.0, 0.5))
    rows = [frame[name].to_numpy(float) for name in ("start", "stop", "event")]
    peer, within = frame["peer"].to_numpy(str), frame["rural"].astype(int).to_numpy()
    for model, want in (
        ("log_rank", log_rank(*rows, peer)),
        ("log_rank_stratified", log_rank(*rows, peer, within)),
        ("log_rank_rho_1", log_rank(*rows, peer, within, 1.0)),
        ("log_rank_rho_0.5", log_rank(*rows, peer, within, 0.5)),
    ):
        assert value(found, model, "test")["statistic"] == pytest.approx(want["statistic"])
    plain = analyse(frame, Sampling())
    assert value(found, "crude", "hazard_ratio")["estimate"] == value(plain, "crude", "hazard_ratio")["estimate"]
    assert value(found, "adjusted", "hazard_ratio")["estimate"] != value(plain, "adjusted", "hazard_ratio")["estimate"]


def test_frailty_finds_how_much_sites_differ_and_the_effect_within_them():
    """Frailties of mean 1 and variance 0.5; people of sites with a high one are engaged more often."""
    rng = np.random.default_rng(8)
    frame, frail = people(6_000, effect=0.0), rng.gamma(2.0, 0.5, 60)
    own = frail[frame["site"]]
    frame["peer"] = (rng.uniform(size=len(frame)) < own / (1 + own)).astype(float)
    time = rng.exponential(size=len(frame)) / (own * np.exp(0.5 * frame["peer"]))
    frame["stop"], frame["event"] = np.minimum(time, 2.0), (time < 2).astype(int)
    found = analyse(frame.assign(site=frame["site"].astype(str)), Sampling(), frailty="site")
    peer, between = (
        value(found, "adjusted_frailty", "hazard_ratio"),
        value(found, "adjusted_frailty", "frailty_variance", term="site"),
    )
    assert peer["conf_low"] < 0.5 < peer["conf_high"]
    assert value(found, "adjusted", "hazard_ratio")["conf_low"] > 0.5
    assert 0.3 < between["estimate"] < 0.75 and between["p_value"] < 1e-6
    again = found.diagnostics.query("model == 'adjusted_frailty' and diagnostic == 'second_fit'").iloc[0]
    assert again["value"] < 1e-6
    same = analyse(frame.assign(site="A"), Sampling(), frailty="site")
    assert value(same, "adjusted_frailty", "hazard_ratio")["status"] == "failed"


def test_regression_with_weights_and_sites():
    rng = np.random.default_rng(3)
    frame = drawn(12_000).assign(wave="1")
    slope = 1 + frame["rural"]
    frame["score"] = 10 + slope * frame["peer"] + 0.1 * (frame["age"] - 40) + rng.normal(size=len(frame))
    spec = RegressionSpec("score", "Score", "score", "linear", (AGE,), "analyses.a")
    found = {}
    for name, sampling in (("plain", Sampling()), ("weighted", Sampling(weighted=True, cluster="site"))):
        result = analyse_regression(weigh(frame, sampling, "analyses.a"), replace(spec, sampling=sampling), 0.95)
        found[name] = value(result, "adjusted", "mean_difference")
    assert found["weighted"]["conf_low"] < 1.5 < found["weighted"]["conf_high"]
    assert found["plain"]["conf_low"] > 1.6
    assert found["weighted"]["df"] == 60 - 3
    assert "of sites with replacement" in result.fits["formula"].iloc[0]


def changed(**changes: object) -> list[str]:
    """Mistakes of the pathways study with its first analysis changed."""
    written = yaml.safe_load((ROOT / "config" / "studies" / "pathways.yaml").read_text(encoding="utf-8"))
    columns = written["mapping"]["persons"]["columns"]
    for name in changes.pop("unmapped", ()):
        del columns[name]
    written["analyses"]["stable_recovery"] |= changes
    return contradictions(Study.model_validate(written))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": "sampling_weight", "unmapped": ["weight"]}, "weights: no sampling weights are mapped"),
        ({"cluster": "site", "unmapped": ["site"]}, "cluster: no sites are mapped"),
        ({"strata": ["gender"]}, "strata: each gender has an effect of its own"),
        ({"strata": ["severity"]}, "strata: 'severity' is not a category of persons"),
        ({"strata": ["education"]}, "strata: 'education' stands under `adjust` too"),
        ({"rho": [1], "cluster": "site"}, "rho: tests that look at early differences"),
        ({"frailty": "site", "unmapped": ["site"]}, "frailty: no sites are mapped"),
        ({"frailty": "site", "cluster": "site"}, "frailty: a frailty has no form for sampling weights"),
        ({"frailty": "site", "strata": ["site"]}, "frailty: `site` stands under `strata` or `adjust` too"),
        ({"weights": "sampling_weight"}, "figures.stable_recovery_standardised.by: standardised curves have no form"),
    ],
)
def test_a_plan_that_contradicts_itself_is_told(changes: dict, said: str):
    assert any(said in problem for problem in changed(**changes))


@pytest.mark.parametrize(
    ("study", "analysis", "key", "said"),
    [
        ("pathways", "stages", "cluster", "no form for clusters here. Valid with them: survival"),
        ("in_recovery", "stable_recovery", "weights", "no form for sampling weights here. Valid with them: survival"),
    ],
)
def test_a_kind_that_cannot_is_told_which_can(tmp_path, study, analysis, key, said):
    written = yaml.safe_load((ROOT / "config" / "studies" / f"{study}.yaml").read_text(encoding="utf-8"))
    written["analyses"][analysis][key] = "site" if key == "cluster" else "sampling_weight"
    config = tmp_path / "config"
    (config / "studies").mkdir(parents=True)
    (config / "config.yaml").write_bytes((ROOT / "config" / "config.yaml").read_bytes())
    (config / "studies" / f"{study}.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    with pytest.raises(ResearchError, match=f"analyses.{analysis}.{key}: .*{said}"):
        load_study(tmp_path, study)


def test_a_plan_may_ask_for_strata_and_clusters():
    assert changed(strata=["country"], frailty="site", rho=[1]) == []
