"""The rows of an analysis of kind target_trial: the biased one says so, the others do not, and few people are few."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.disclosure import PRESETS, release_estimates
from recovery_analysis.errors import ResearchError
from recovery_analysis.models.multiverse import Definition, analyse_multiverse
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.target_trial import EMULATED, NAIVE, Timing, analyse_target_trial
from recovery_analysis.models.timing import cut_at, immortal_share, one_row_each

TRAIT = Covariate("trait", "trait", "A trait")
SPEC = SurvivalSpec("stable", "Stable recovery", "time_varying", (TRAIT,))
TIMING = Timing((0.5, 2.0), ("landmark_6_months", "landmark_24_months"), grace=1.0, horizon=8.0, replicates=50)


def lives(n: int, seed: int = 1, engaging: float = 3.0) -> pd.DataFrame:
    """Rows (start, stop] of people whom peers do not help or hinder; `engaging` is the mean time to meeting peers."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    length, joins = rng.exponential(4.0, n) + 0.05, rng.exponential(engaging, n)
    base = pd.DataFrame({"person_id": [f"p{i:05}" for i in range(n)], "trait": trait, "gender": "woman"})
    joined = joins < length
    before = base.assign(start=0.0, stop=np.minimum(length, joins), event=(~joined).astype(int), peer=0.0)
    after = base[joined].assign(start=joins[joined], stop=length[joined], event=1, peer=1.0)
    return (
        pd.concat([before, after])
        .assign(lower=np.nan, competing=0)
        .sort_values(["person_id", "start"], ignore_index=True)
    )


@pytest.fixture(scope="module")
def frames():
    return analyse_target_trial(lives(1500), SPEC, TIMING, 0.95)


def ratios(frames) -> pd.DataFrame:
    return frames.estimates[frames.estimates["estimand"] == "hazard_ratio"].set_index("model")


def test_every_way_has_its_hazard_ratio_on_the_same_horizon(frames):
    found = ratios(frames)
    assert list(found.index) == [NAIVE, "time_varying", "landmark_6_months", "landmark_24_months", EMULATED]
    assert set(found["status"]) == {"ok"} and set(found["horizon"]) == {8.0}
    assert found.loc["landmark_24_months", "cohort"] == "at_risk_at_24_months"
    assert set(frames.fits["model"]) == set(found.index) and frames.fits["model"].is_unique


def test_only_the_naive_estimate_is_barred_by_its_gate(frames):
    found = ratios(frames)
    assert "immortal_time" in found.loc[NAIVE, "gate"] and "Naive" in found.loc[NAIVE, "note"]
    assert not found.drop(NAIVE)["gate"].str.contains("immortal_time").any()
    verdicts = frames.diagnostics.query("diagnostic == 'immortal_time'").set_index("model")["verdict"]
    assert verdicts[NAIVE] == "warn" and set(verdicts.drop(NAIVE)) == {"pass"}


def test_where_peers_do_nothing_the_naive_interval_alone_misses_one(frames):
    found = ratios(frames)
    assert found.loc[NAIVE, "conf_high"] < -0.3
    others = found.drop(NAIVE)
    assert (others["conf_low"] < 0).all() and (others["conf_high"] > 0).all()


def test_the_emulation_gives_risks_and_means_that_agree_with_their_differences(frames):
    own = frames.estimates[frames.estimates["model"] == EMULATED].set_index(["estimand", "level"])["estimate"]
    assert own["risk", "peer"] - own["risk", "no_peer"] == pytest.approx(own["risk_difference", "peer"])
    difference = own["restricted_mean", "peer"] - own["restricted_mean", "no_peer"]
    assert difference == pytest.approx(own["restricted_mean_difference", "peer"])


def test_the_interval_allows_for_how_few_samples_its_error_comes_from(frames):
    """Fifty samples: Student's t with 49 degrees of freedom, 2.0096; the normal distribution would say 1.96."""
    own = frames.estimates[frames.estimates["model"] == EMULATED]
    widths = (own["conf_high"] - own["conf_low"]) / (2 * own["std_error"])
    np.testing.assert_allclose(widths, 2.00958, rtol=1e-5)
    assert set(own["df"].dropna()) == {49.0}
    curve = frames.curves[frames.curves["group"] == "peer"].iloc[-1]
    risk = own[(own["estimand"] == "risk") & (own["level"] == "peer")].iloc[0]
    left = 1 - risk["estimate"]
    half = np.log(np.log(curve["conf_low"]) / np.log(left))
    np.testing.assert_allclose(half, 2.00958 * risk["std_error"] / (left * -np.log(left)), rtol=1e-5)


def test_people_not_at_risk_at_a_landmark_are_counted(frames):
    absent = {label.rpartition(": not in ")[2]: n for label, n in frames.left_out}
    ends = one_row_each(lives(1500))["length"]
    assert absent["'As known after 2 years'"] == int((ends <= 2.0).sum())


def test_too_few_who_engage_in_time_are_a_status_and_not_a_number():
    frames = analyse_target_trial(lives(200, engaging=60.0), SPEC, TIMING, 0.95)
    own = frames.estimates[frames.estimates["model"] == EMULATED]
    assert set(own["status"]) == {"too_few_events"} and own["estimate"].isna().all()
    assert own["note"].str.contains("Fewer than 10 people").all()


def test_small_arms_are_withheld_by_the_gate(frames):
    few = frames.estimates["level"].eq("peer") & frames.estimates["estimand"].eq("risk")
    exact = frames.estimates.assign(analysis="timing", n_events=frames.estimates["n_events"].mask(few, 7))
    fits = frames.fits.assign(analysis="timing")
    released = release_estimates(exact, fits, PRESETS["ons10"])
    # the other strategy and the difference would give it back
    few |= frames.estimates["estimand"].eq("risk_difference")
    assert released.loc[few, "estimate"].isna().all() and set(released.loc[few, "status"]) == {"suppressed"}
    assert released.loc[~few, "estimate"].notna().all()
    assert (released["n"].dropna() % 10 == 0).all()


def test_follow_up_is_cut_at_the_horizon():
    rows = pd.DataFrame({"person_id": ["a", "a", "b"], "start": [0.0, 3.0, 0.0], "stop": [3.0, 9.0, 5.0]})
    rows = rows.assign(event=[0, 1, 1], peer=[0.0, 1.0, 0.0])
    cut = cut_at(rows, 5.0)
    assert cut["stop"].tolist() == [3.0, 5.0, 5.0] and cut["event"].tolist() == [0, 0, 1]
    people = one_row_each(cut)
    assert people["engaged"].tolist() == [3.0, np.inf] and people["length"].tolist() == [5.0, 5.0]
    assert immortal_share(people) == pytest.approx(3 / 5)


def test_a_multiverse_names_every_model_and_definition():
    own, strict = lives(400), lives(400, seed=2)
    strict = strict[strict["person_id"] < "p00300"]
    definitions = [Definition("stable", "", "One year", own), Definition("stable.five", ".five", "Five years", strict)]
    frames = analyse_multiverse(definitions, SPEC, 0.95)
    effects = frames.estimates[frames.estimates["term"] == "peer"]
    assert list(zip(effects["outcome"], effects["model"], strict=True)) == [
        ("stable", "adjusted"),
        ("stable.five", "adjusted.five"),
    ]
    medians = frames.estimates[frames.estimates["estimand"] == "median_time"].set_index("outcome")
    assert medians.loc["stable", "n"] == 400 and medians.loc["stable.five", "n"] == 300
    assert medians.loc["stable", "estimate"] == pytest.approx(one_row_each(own)["length"].median(), abs=0.02)
    assert frames.fits["model"].is_unique
    assert ("Cannot be judged by this definition: Five years", 100) in frames.left_out


def test_curves_of_the_strategies_start_together_and_end_at_their_risks(frames):
    curves = frames.curves
    assert set(curves["by"]) == {"strategy"} and set(curves["method"]) == {EMULATED}
    own = frames.estimates[frames.estimates["model"] == EMULATED].set_index(["estimand", "level"])["estimate"]
    for level, rows in curves.groupby("group"):
        assert rows["time"].iloc[0] == 0 and rows["estimate"].iloc[0] == 1 and rows["n_risk"].iloc[0] == 1500
        assert rows["time"].iloc[-1] == 8.0
        assert 1 - rows["estimate"].iloc[-1] == pytest.approx(own["risk", level])
        inside = rows.dropna(subset="conf_low")
        assert (inside["conf_low"] <= inside["estimate"]).all() and (inside["estimate"] <= inside["conf_high"]).all()


def test_what_clones_cannot_begin_with_is_refused():
    with pytest.raises(ResearchError, match="after time zero"):
        analyse_target_trial(lives(100).assign(start=lambda f: f["start"] + 0.01), SPEC, TIMING, 0.95)


def test_what_competes_with_the_outcome_is_told_and_not_censored():
    """A third of the ends are something else, for which time there is no time without the outcome to tell."""
    rows = lives(1500)
    other = (rows["event"] == 1) & (rows["person_id"].str[-1].isin(list("147")))
    rows = rows.assign(event=rows["event"].mask(other, 0), competing=other.astype(int))
    frames = analyse_target_trial(rows, SPEC, TIMING, 0.95)
    own = frames.estimates[frames.estimates["model"] == EMULATED].set_index(["estimand", "level"])["estimate"]
    estimands = {"risk", "risk_difference", "hazard_ratio", "restricted_mean_lost", "restricted_mean_lost_difference"}
    assert set(own.index.get_level_values(0)) == estimands
    difference = own["restricted_mean_lost", "peer"] - own["restricted_mean_lost", "no_peer"]
    assert difference == pytest.approx(own["restricted_mean_lost_difference", "peer"])
    assert (frames.estimates.query("model == @EMULATED")["note"].str.contains("Something else may come first")).all()
    assert set(frames.curves["method"]) == {"clone_censor_weight_competing"}
    assert set(frames.curves["method"]) <= set(labels.METHOD)
    censored = analyse_target_trial(rows.assign(competing=0), SPEC, TIMING, 0.95).estimates.query("model == @EMULATED")
    share = censored.set_index(["estimand", "level"])["estimate"]["risk", "peer"]
    assert own["risk", "peer"] < share - 0.05
