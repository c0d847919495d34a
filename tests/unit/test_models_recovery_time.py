"""Right-truncated and parametric analyses, from people to tidy rows, on lives with a known truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.figures.designs import ratios
from recovery_analysis.io import write_table
from recovery_analysis.models.parametric import ParametricSpec, analyse_parametric
from recovery_analysis.models.person_times import interval_times, person_times, within_reach
from recovery_analysis.models.recovery_rows import RecoverySpec
from recovery_analysis.models.recovery_time import analyse_recovery_time
from recovery_analysis.models.spec import Covariate
from recovery_analysis.schemas.results import CURVES, ESTIMATES

HORIZON = 20.0
SPEC = RecoverySpec(
    outcome="recovery", label="Recovery", unit="years", year=1.0, horizon=HORIZON, families=("weibull", "log_normal"),
    knots=0, naive=True,
)  # fmt: skip


def lives(n: int, seed: int, log_ratio: float = 0.0) -> pd.DataFrame:
    """People interviewed after their recovery; peers begin at a random time and were more recent."""
    rng = np.random.default_rng(seed)
    window, peers_from = rng.uniform(1.0, 24.0, n), rng.exponential(9.0, n)
    before = (peers_from / 9.0) ** 1.2
    needed = rng.exponential(size=n)
    total = np.where(needed <= before, needed, before + (needed - before) / np.exp(log_ratio))
    stop = 9.0 * total ** (1 / 1.2)
    frame = pd.DataFrame({"person_id": [f"p{i}" for i in range(n)], "entry": 0.0, "stop": stop, "window": window})
    frame["gender"] = rng.choice(["woman", "man"], n)
    frame["peer"] = (peers_from < window).astype(float)
    frame["switch"] = np.where(frame["peer"] == 1, peers_from, np.inf)
    frame = frame[frame["stop"] <= frame["window"]].assign(event=1)
    return frame.assign(earliest=frame["stop"], latest=frame["stop"]).reset_index(drop=True)


def counting_rows(people: pd.DataFrame) -> pd.DataFrame:
    """The same people as rows (start, stop] split where their peers begin."""
    joined = people["switch"] < people["stop"]
    first = people.assign(start=0.0, peer=0.0, event=np.where(joined, 0, 1))
    first["stop"] = np.minimum(people["stop"], people["switch"])
    second = people[joined].assign(start=people["switch"], peer=1.0)
    return pd.concat([first, second], ignore_index=True)


@pytest.fixture(scope="module")
def analysed():
    people, _ = within_reach(lives(5_000, 6, log_ratio=np.log(1.6)), HORIZON, "analyses.x")
    truth = {"time": [0.0, 10.0, 60.0], "n": 1_000}
    truth["share"] = {group: [0.0, 0.6, 1.0] for group in ("all", "woman", "man")}
    truth["log_hazard_ratio"] = {group: float(np.log(1.6)) for group in ("all", "woman", "man")}
    return analyse_recovery_time(people, counting_rows(people), SPEC, 0.95, truth=truth)


def row(frames, **values):
    found = frames.estimates
    for column, value in values.items():
        found = found[found[column] == value]
    assert len(found) == 1, found
    return found.iloc[0]


def test_rows_and_curves_keep_to_the_schemas(analysed, tmp_path):
    for name, schema in (("estimates", ESTIMATES), ("curves", CURVES)):
        filled = getattr(analysed, name).assign(study="s", analysis="a")
        write_table(filled, tmp_path / f"{name}.parquet", schema)
    assert set(analysed.curves["group"]) == {"reverse_time", "right_truncated", "naive", "truth"}


def test_both_valid_methods_agree_and_the_naive_one_is_shorter(analysed):
    reverse, model, naive = (
        row(analysed, model=name, group="all", estimand="conditional_median")
        for name in ("reverse_time", "right_truncated", "naive")
    )
    assert reverse["conf_low"] < model["estimate"] < reverse["conf_high"]
    assert naive["conf_high"] < reverse["conf_low"]
    assert reverse["horizon"] == HORIZON
    assert "within 20 years" in reverse["note"]


def test_peers_from_their_first_date_on_meet_the_truth(analysed):
    found = row(analysed, model="crude", term="peer", group="all")
    assert found["conf_low"] < np.log(1.6) < found["conf_high"]
    assert found["conf_high"] - found["conf_low"] < 0.4


def test_the_naive_rows_fail_their_gate_and_the_others_pass(analysed):
    naive = analysed.estimates["model"] == "naive"
    assert (analysed.estimates.loc[naive, "gate"] == "truncation").all()
    assert (analysed.estimates.loc[~naive, "gate"] == "passed").all()


def test_the_truth_is_a_row_without_an_interval(analysed):
    """Half of those within 20 years (0.68 of all): where the share reaches 0.34."""
    ratio = row(analysed, model="truth", group="woman", term="peer")
    assert ratio["estimate"] == np.log(1.6) and np.isnan(ratio["conf_low"])
    found = row(analysed, model="truth", group="woman", term="time")
    np.testing.assert_allclose(found["estimate"], 10 * 0.34 / 0.6)
    assert np.isnan(found["conf_low"])


def test_the_figure_shows_the_ratio_of_each_method_beside_the_truth(analysed):
    found = ratios(analysed.estimates.assign(analysis="a"), "a")
    assert [r.method for r in found if r.group == "woman"] == ["right_truncated", "naive", "truth"]
    assert found[2].method == "truth" and not found[2].has_interval
    np.testing.assert_allclose([found[0].low < 1.6 < found[0].high, found[2].estimate], [True, 1.6])


def test_a_gender_of_whom_nothing_is_known_takes_no_number_from_the_others():
    """Seven people whose peers began long before, all asked as soon as they were there: no limit to their effect."""
    people, _ = within_reach(lives(900, 6, log_ratio=np.log(1.6)), HORIZON, "analyses.x")
    some = people.index[people["stop"].between(2, 9)][:14]
    people.loc[some, ["gender", "switch", "peer"]] = ["other", np.inf, 0.0]
    people.loc[some, "window"] = people.loc[some, "stop"]
    people.loc[some[:7], ["switch", "peer"]] = [0.5, 1.0]
    gender = Covariate("gender", "gender", "Gender", {name: name for name in ("man", "woman", "other")})
    spec = replace(SPEC, covariates=(gender,))
    found = analyse_recovery_time(people, counting_rows(people), spec, 0.95)
    own = {group: row(found, model="interaction", term="peer", group=group) for group in ("woman", "man", "other")}
    assert own["other"]["status"] == "too_few_events" and "no limit" in own["other"]["note"]
    assert own["woman"]["status"] == own["man"]["status"] == "ok"
    adjusted = row(found, model="adjusted", term="peer")
    assert adjusted["status"] == "ok" and adjusted["n"] == len(people) - 14
    assert adjusted["conf_low"] < np.log(1.6) < adjusted["conf_high"]
    for model in ("adjusted", "interaction"):
        assert [n for label, n in found.left_out if model in label] == [14]


def test_it_is_the_first_gender_that_nothing_is_known_of_where_the_others_are_told_relative_to_it():
    """Women's times are as if drawn at random from their windows, which puts no limit to the level of their hazard: the
    effect of men, relative to it, ran away with it, and 155 men were too few to say anything of."""
    people, _ = within_reach(lives(900, 6, log_ratio=np.log(1.6)), HORIZON, "analyses.x")
    women = (people["gender"] == "woman").to_numpy()
    drawn = np.random.default_rng(1).uniform(0.05, 1.0, women.sum()) ** 0.5
    people.loc[women, "stop"] = drawn * np.minimum(people.loc[women, "window"], HORIZON)
    gender = Covariate("gender", "gender", "Gender", {name: name for name in ("woman", "man")})
    spec = replace(SPEC, covariates=(gender,), naive=False)
    found = analyse_recovery_time(people, people, spec, 0.95)
    own = {group: row(found, model="interaction", term="peer", group=group) for group in ("woman", "man")}
    assert (own["woman"]["status"], own["man"]["status"]) == ("too_few_events", "ok")
    assert own["man"]["conf_low"] < np.log(1.6) < own["man"]["conf_high"]


def test_a_family_is_named_best_by_aic(analysed):
    fits = analysed.fits[analysed.fits["model"].str.startswith("right_truncated")].set_index("model")
    assert fits["aic"].idxmin() == "right_truncated_weibull"
    assert fits.loc["right_truncated_weibull", "note"].startswith("Lowest AIC")
    assert fits["note"].notna().sum() == 1


def test_a_horizon_that_no_window_reaches_is_refused():
    with pytest.raises(ResearchError, match=r"analyses.x.horizon: 40 is later than the longest time"):
        within_reach(lives(200, 1), 40.0, "analyses.x")


def test_many_dates_told_as_years_close_the_gate_of_exact_methods_only():
    people, _ = within_reach(lives(800, 2), HORIZON, "analyses.x")
    people["earliest"] = np.maximum(people["stop"] - 0.5, 0.0)
    people["latest"] = np.minimum(people["stop"] + 0.5, people["window"])
    found = analyse_recovery_time(people, counting_rows(people), SPEC, 0.95)
    assert row(found, model="right_truncated", group="all", term="time")["gate"] == "recall_heaping"
    assert row(found, model="interval", group="all", term="time")["gate"] == "passed"


def test_every_estimate_says_what_it_is_conditional_on():
    people, _ = within_reach(lives(800, 2), HORIZON, "analyses.x")
    found = analyse_recovery_time(people, counting_rows(people), replace(SPEC, naive=True), 0.95).estimates
    told = found[(found["status"] == "ok") & (found["estimand"] != "test")]
    assert {"crude", "adjusted", "reverse_time", "right_truncated", "naive", "retro_hazard"} <= set(told["model"])
    assert told["note"].str.contains(f"Among people who have the outcome within {HORIZON:g}").all()


def test_every_null_says_what_could_have_been_found():
    people, _ = within_reach(lives(800, 2), HORIZON, "analyses.x")
    people.loc[people.index % 4 == 0, ["switch", "peer"]] = [0.0, 1.0]
    found = analyse_recovery_time(people, people, replace(SPEC, naive=False), 0.95).estimates
    peers = found[(found["term"] == "peer") & (found["reference"] == "no_peer") & (found["status"] == "ok")]
    null = (peers["conf_low"] <= 0) & (peers["conf_high"] >= 0)
    assert "retro_hazard" in set(peers.loc[null, "model"])
    assert (peers["detectable"].notna() == null).all()


def test_peers_of_an_unknown_date_are_missing_not_absent():
    rows = pd.DataFrame({"person_id": ["a", "b"], "start": 0.0, "stop": [3.0, 4.0], "event": 1, "peer": 0.0})
    cohort = pd.DataFrame({"person_id": ["a", "b"], "peer": 1.0, "window": 5.0, "peer_from": [np.nan, 2.0]})
    found = person_times(rows, cohort, "months", changing=True).set_index("person_id")
    assert np.isnan(found.loc["a", "peer"])
    assert found.loc["b", ["window", "switch"]].tolist() == [60.0, 24.0]


def test_an_interval_ends_at_the_interview():
    people = lives(100, 3).assign(earliest=0.5, latest=99.0)
    times = interval_times(people, truncated=True)
    np.testing.assert_array_equal(times.upper, people["window"])


def waves(n: int, seed: int, last: float = 2.0) -> pd.DataFrame:
    """People seen every half year until `last`; peers at the start shorten the time by a factor of 0.7."""
    rng = np.random.default_rng(seed)
    peer = rng.integers(0, 2, n).astype(float)
    time = 1.5 * np.exp(np.log(0.7) * peer) * rng.exponential(size=n) ** (1 / 1.4)
    seen = np.ceil(time * 2) / 2
    event = (seen <= last).astype(int)
    stop = np.where(event == 1, seen, last)
    frame = pd.DataFrame({"person_id": [f"p{i}" for i in range(n)], "entry": 0.0, "stop": stop, "event": event})
    frame = frame.assign(peer=peer, gender=rng.choice(["woman", "man"], n), window=np.nan, switch=np.inf)
    exact = frame["stop"].where(frame["event"] == 1)
    return frame.assign(earliest=exact - 0.5, latest=exact)


def test_time_ratio_of_waves_meets_the_truth_as_intervals():
    spec = ParametricSpec("o", "Outcome", 1.0, ("weibull", "log_normal"), changing=False)
    found = analyse_parametric(waves(2_000, 4), spec, 0.95)
    ratio = row(found, model="adjusted", term="peer", group="all")
    assert (ratio["estimand"], ratio["scale"]) == ("time_ratio", "log_time")
    assert ratio["conf_low"] < np.log(0.7) < ratio["conf_high"]
    exact = row(found, model="adjusted_exact", term="peer")
    assert abs(exact["estimate"] - np.log(0.7)) > abs(ratio["estimate"] - np.log(0.7))
    assert set(found.curves["method"]) == {"turnbull"}


def test_a_cure_model_is_refused_where_outcomes_go_on_to_the_end():
    spec = ParametricSpec("o", "Outcome", 1.0, ("weibull",), changing=False, cure=True)
    found = row(analyse_parametric(waves(400, 5), spec, 0.95), model="cure")
    assert found["status"] == "failed" and "too short" in found["note"]


def test_a_cure_model_gives_the_share_where_follow_up_is_long():
    people = waves(1_500, 7, last=20.0)
    never = np.random.default_rng(9).random(len(people)) < 0.4
    people.loc[never, ["event", "stop", "earliest", "latest"]] = [0, 20.0, np.nan, np.nan]
    spec = ParametricSpec("o", "Outcome", 1.0, ("weibull",), changing=False, cure=True)
    analysed = analyse_parametric(people, spec, 0.95)
    found = row(analysed, model="cure")
    assert found["status"] == "ok" and found["gate"] == "passed"
    again = analysed.diagnostics.query("diagnostic == 'second_fit' and model == 'cure'")
    assert again["value"].item() < 1e-6
    assert found["conf_low"] < 0.4 < found["conf_high"] < 0.45


def test_every_model_of_times_is_fitted_twice(analysed):
    again = analysed.diagnostics[analysed.diagnostics["diagnostic"] == "second_fit"].set_index("model")["value"]
    assert set(again.index) == {
        "reverse_time", "right_truncated", "interval", "retro_hazard", "crude", "adjusted", "interaction", "naive"
    }  # fmt: skip
    assert (again < 1e-5).all()


def test_a_second_fit_that_differs_stops_the_job():
    people, _ = within_reach(lives(400, 6), HORIZON, "analyses.x")
    with pytest.raises(ResearchError, match=r"analyses.x: the \w+ model and its second fit by .* differ by"):
        analyse_recovery_time(people, counting_rows(people), replace(SPEC, tolerance=1e-14, where="analyses.x"), 0.95)


def test_turnbull_curves_allow_for_people_who_could_be_seen_later_only():
    """Half the people enter after a year, so only those without the outcome by then: the curve stays where it was."""
    people = waves(4_000, 4, last=4.0)
    late = np.arange(len(people)) % 2 == 0
    seen = people[~late | (people["stop"] > 1.5)].assign(entry=np.where(late, 1.0, 0.0)[~late | (people["stop"] > 1.5)])
    seen = seen[~((seen["entry"] > 0) & (seen["earliest"] < 1.0))]
    spec = ParametricSpec("o", "Outcome", 1.0, ("weibull",), changing=False)
    found = {}
    for name, frame in (("all", people), ("seen", seen), ("ignored", seen.assign(entry=0.0))):
        analysed = analyse_parametric(frame, spec, 0.95)
        curve = analysed.curves.query("group == 'peer' and time == 2.0")
        found[name] = curve["estimate"].item()
    assert abs(found["seen"] - found["all"]) < 0.03 < abs(found["ignored"] - found["all"])
    again = analysed.diagnostics.query("diagnostic == 'second_fit' and model == 'turnbull'")
    assert again["value"].item() < 1e-8
