"""Times and probabilities of groups: right numbers in the rows, and a status where there is no number."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.cumulative_incidence import cumulative_incidence
from recovery_analysis.estimators.fine_gray import fit_fine_gray
from recovery_analysis.estimators.plateau import plateau
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.study import Disclosure
from recovery_analysis.tables.times import times_grid
from tests.unit import sample_results as sample

RATES = {0.0: 0.15, 1.0: 0.3}
DEATH = 0.05


def people(n: int = 3_000, seed: int = 1, **changes: object) -> pd.DataFrame:
    """Exponential times to recovery, at twice the rate with peers, and to death; censored uniformly up to 30."""
    rng = np.random.default_rng(seed)
    peer = rng.integers(0, 2, n).astype(float)
    recovery, death = rng.exponential(1 / np.where(peer == 1, RATES[1.0], RATES[0.0])), rng.exponential(1 / DEATH, n)
    stop = np.minimum(np.minimum(recovery, death), rng.uniform(0, 30, n))
    columns = {
        "person_id": [f"p{i}" for i in range(n)],
        "start": 0.0,
        "stop": stop,
        "event": (stop == recovery).astype(int),
        "competing": (stop == death).astype(int),
        "peer": peer,
        "lower": np.nan,
        "gender": rng.choice(["woman", "man"], n),
    }
    return pd.DataFrame(columns).assign(**changes)


def spec(**changes: object) -> SurvivalSpec:
    return SurvivalSpec("stable", "Recovery", "baseline", **changes)


def row(estimates: pd.DataFrame, estimand: str, level: str = "peer", horizon: float | None = None) -> pd.Series:
    described = estimates[estimates["model"] != "standardised"]
    own = described[(described["estimand"] == estimand) & (described["level"] == level)]
    own = own if horizon is None else own[own["horizon"] == horizon]
    assert len(own) == 1, estimand
    return own.iloc[0]


def recovered(rate: float, time: float) -> float:
    """True probability of recovery before death by a time."""
    return rate / (rate + DEATH) * (1 - np.exp(-(rate + DEATH) * time))


def time_lost(rate: float, horizon: float) -> float:
    return rate / (rate + DEATH) * horizon - recovered(rate, horizon) / (rate + DEATH)


@pytest.fixture(scope="module")
def competing() -> pd.DataFrame:
    return analyse_survival(people(), spec(competing=True, horizon=10.0, times=(1.0, 5.0)), 0.95).estimates


def test_probabilities_and_their_differences_hold_the_truth(competing):
    for level, peer in (("peer", 1.0), ("no_peer", 0.0)):
        found = row(competing, "risk", level, 5.0)
        assert found["conf_low"] < recovered(RATES[peer], 5.0) < found["conf_high"]
        assert found["model"] == "aalen_johansen" and found["scale"] == "risk"
    between = row(competing, "risk_difference", horizon=5.0)
    assert between["model"] == "pseudo_values"
    assert between["conf_low"] < recovered(0.3, 5.0) - recovered(0.15, 5.0) < between["conf_high"]
    assert between["conf_high"] - between["conf_low"] < 0.1


def test_time_lost_and_its_difference_hold_the_truth(competing):
    truth = {1.0: time_lost(0.3, 10.0), 0.0: time_lost(0.15, 10.0)}
    found = row(competing, "restricted_mean_lost")
    assert found["conf_low"] < truth[1.0] < found["conf_high"]
    apart, ratio = (row(competing, f"restricted_mean_lost_{kind}") for kind in ("difference", "ratio"))
    assert apart["conf_low"] < truth[1.0] - truth[0.0] < apart["conf_high"]
    assert ratio["conf_low"] < np.log(truth[1.0] / truth[0.0]) < ratio["conf_high"]
    assert ratio["scale"] == "log_ratio"
    assert not competing["estimand"].eq("restricted_mean").any()


def test_competing_events_bring_grays_test_and_their_own_curves(competing):
    tests = competing[competing["model"] == "gray_test"].set_index("term")
    assert tests.loc["peer", "p_value"] < 1e-6 < tests.loc["gender", "p_value"]
    frame = people()
    curves = analyse_survival(frame, spec(competing=True), 0.95).curves
    own = curves[(curves["by"] == "peer") & (curves["group"] == "peer")]
    cause = np.where(frame["event"] == 1, 1, 2 * frame["competing"])[frame["peer"] == 1]
    stop = frame.loc[frame["peer"] == 1, "stop"].to_numpy()
    want = cumulative_incidence(np.zeros(len(stop)), stop, cause, 0.95)
    assert set(own["method"]) == {"aalen_johansen"}
    assert 1 - own["estimate"].to_numpy()[1:] == pytest.approx(want.estimate[:, 0])


def test_what_came_first_adds_up_and_holds_the_truth(competing):
    for level, peer in (("peer", 1.0), ("no_peer", 0.0)):
        other = row(competing, "risk_competing", level, 5.0)
        assert other["conf_low"] < recovered(RATES[peer], 5.0) * DEATH / RATES[peer] < other["conf_high"]
    curves = analyse_survival(people(), spec(competing=True), 0.95).curves.query("by == 'outcomes'")
    frame = people()
    cause = np.where(frame["event"] == 1, 1, 2 * frame["competing"])
    want = cumulative_incidence(frame["start"].to_numpy(), frame["stop"].to_numpy(), cause, 0.95)
    for number, name in enumerate(("outcome", "competing_1")):
        own = curves[curves["group"] == name]
        assert 1 - own["estimate"].to_numpy()[1:] == pytest.approx(want.estimate[:, number])
        assert own["n_event"].sum() == (cause == number + 1).sum()


def test_without_competing_events_means_add_up_to_the_horizon():
    estimates = analyse_survival(people(competing=0), spec(horizon=8.0), 0.95).estimates
    without, since = (row(estimates, name) for name in ("restricted_mean", "restricted_mean_lost"))
    assert without["estimate"] + since["estimate"] == pytest.approx(8.0)
    apart = row(estimates, "restricted_mean_difference")
    assert apart["estimate"] == pytest.approx(-row(estimates, "restricted_mean_lost_difference")["estimate"])
    assert apart["p_value"] < 1e-6 and apart["conf_high"] < 0
    assert not estimates["model"].isin(["gray_test", "aalen_johansen"]).any()


def test_the_horizon_left_out_is_the_largest_that_both_groups_support():
    frame = people()
    told = analyse_survival(frame, spec(), 0.95).estimates
    told = told[told["model"] != "standardised"]
    found = told[(told["estimand"] == "restricted_mean") & (told["term"] == "peer")]["horizon"].unique()
    tenth_from_last = [np.sort(frame.loc[frame["peer"] == arm, "stop"])[-10] for arm in (0, 1)]
    assert found == pytest.approx([min(tenth_from_last)])


def test_a_horizon_that_nobody_reaches_is_a_row_without_a_number():
    estimates = analyse_survival(people(), spec(horizon=100.0, times=(100.0,)), 0.95).estimates
    names = ("restricted_mean", "restricted_mean_ratio", "risk", "risk_difference")
    for name in names:
        found = row(estimates, name)
        assert found["status"] == "too_few_events" and np.isnan(found["estimate"]) and "Fewer than 10" in found["note"]


def test_a_small_gender_takes_nothing_from_the_others():
    frame = people()
    frame.loc[:5, "gender"] = "non_binary"
    estimates = analyse_survival(frame, spec(times=(5.0,)), 0.95).estimates
    between = estimates[(estimates["estimand"] == "risk_difference") & (estimates["term"] == "gender")]
    assert between.set_index("level")["status"].to_dict() == {"man": "ok", "non_binary": "too_few_events"}


def test_time_varying_peers_are_told_with_their_caveat_and_have_no_pseudo_values():
    frame = people(500)
    half, moves = frame["stop"] / 2, (frame["peer"] == 1) & (frame.index >= 100)
    before = frame[moves].assign(stop=half, event=0, competing=0, peer=0.0)
    rows = pd.concat([before, frame[moves].assign(start=half), frame[~moves]])
    told = analyse_survival(rows, SurvivalSpec("stable", "x", "time_varying", times=(2.0,)), 0.95).estimates
    assert not (told["model"].eq("pseudo_values") & told["term"].eq("peer")).any()
    told = told[told["model"] != "standardised"]
    notes = told.loc[(told["term"] == "peer") & (told["status"] == "ok") & (told["estimand"] == "risk"), "note"]
    assert len(notes) and notes.str.startswith("People move between the groups").all()


def test_a_curve_is_flat_when_its_last_quarter_has_no_outcome():
    time = np.arange(0.0, 41)
    curve = pd.DataFrame({"time": time, "n_risk": 100 - 2 * time, "n_event": (time <= 30) * 1.0})
    assert plateau(curve) == plateau(curve.iloc[::1]) and plateau(curve).flat and plateau(curve).time == 40
    rising = curve.assign(n_event=(time <= 31) * 1.0)
    assert not plateau(rising).flat
    assert np.isnan(plateau(curve.assign(n_risk=19.0)).time)


def test_the_table_of_times_prints_each_group_and_what_differs():
    frames = analyse_survival(people(), spec(horizon=10.0, times=(5.0,)), 0.95)
    estimates = frames.estimates.assign(study="s", analysis="stable")
    words = (sample.ABOUT, sample.PEER, Disclosure(preset="ons10"))
    grid = times_grid(estimates, "Times", ["stable"], sample.ANALYSES, sample.OUTCOMES, *words)
    assert [head.text for head in grid.heads[0]] == [
        "Outcome",
        sample.PEER.label,
        sample.PEER.reference,
        "Women",
        "Men",
    ]
    rows = {row.head: row.cells for row in grid.rows if row.cells}
    half = row(estimates, "median_time")
    assert rows["Half have had it by (years)"][0].startswith(f"{half['estimate']:.1f} (")
    share = row(estimates, "risk", horizon=5.0)
    assert rows["Have had it by 5 years"][0].replace("\u00a0", " ").startswith(f"{100 * share['estimate']:.1f} % (")
    assert rows["difference (percentage points)"][1] == "compared with"
    assert rows["the curve then"][0] in ("flat", "still rises")
    assert rows["that end (years)"][0] == f"{row(estimates, 'risk_ever')['horizon']:.1f}"
    tidy = grid.tidy.set_index(["Measure", "For whom"])
    ratio = row(estimates, "restricted_mean_ratio")["estimate"]
    assert tidy.loc[("restricted mean ratio", sample.PEER.label), "Estimate"] == pytest.approx(np.exp(ratio), rel=1e-5)


def test_what_differs_stands_under_the_mean_of_the_same_stretch_and_no_bracket_is_empty():
    frames = analyse_survival(people(), spec(horizon=10.0, times=(5.0,)), 0.95)
    estimates = frames.estimates.assign(study="s", analysis="stable")
    by_gender = (estimates["term"] == "gender") & estimates["estimand"].str.startswith("restricted")
    estimates["horizon"] = estimates["horizon"].mask(by_gender, 7.249)
    nobody = {"estimand": "risk_competing", "estimate": 0.0, "conf_low": np.nan, "conf_high": np.nan}
    nobody = pd.DataFrame([row(estimates, "risk").to_dict() | nobody])
    estimates = pd.concat([estimates, nobody], ignore_index=True)
    words = (sample.ABOUT, sample.PEER, Disclosure(preset="ons10"))
    grid = times_grid(estimates, "Times", ["stable"], sample.ANALYSES, sample.OUTCOMES, *words)
    heads = [row.head for row in grid.rows]
    at = heads.index("Mean time without it within 7.2 years (years)")
    assert heads[at : at + 4] == [
        "Mean time without it within 7.2 years (years)",
        "difference (years)",
        "ratio",
        "Mean time without it within 10 years (years)",
    ]
    assert grid.rows[at].cells[0] == "" and grid.rows[at + 1].cells[2] == "compared with"
    first = next(row.cells for row in grid.rows if row.head.startswith("Something else"))
    assert "0.0\N{NO-BREAK SPACE}%" in first


def test_a_table_without_released_times_says_so():
    nothing = sample.estimates()
    words = (sample.ABOUT, sample.PEER, Disclosure(preset="ons10"))
    grid = times_grid(nothing, "Times", ["stable"], sample.ANALYSES, sample.OUTCOMES, *words)
    assert grid.rows == () and "no times" in grid.notes[0]


def test_the_subdistribution_hazard_is_compared_only_where_peers_do_not_change(competing):
    frame = people()
    cause = np.where(frame["event"] == 1, 1, np.where(frame["competing"] > 0, 2, 0))
    start, stop = frame["start"].to_numpy(float), frame["stop"].to_numpy(float)
    fit = fit_fine_gray(start, stop, cause, frame[["peer"]].to_numpy(float), ["peer"], 1)
    found = competing[(competing["model"] == "fine_gray") & (competing["term"] == "peer")].iloc[0]
    assert found["estimand"] == "subdistribution_hazard_ratio" and found["scale"] == "log_hazard"
    assert found["estimate"] == pytest.approx(fit.coefficients[0], rel=1e-9)
    assert found["std_error"] == pytest.approx(np.sqrt(fit.variance[0, 0]), rel=1e-9)
    asked = SurvivalSpec("stable", "Recovery", "time_varying", competing=True)
    moving = analyse_survival(frame, asked, 0.95).estimates
    assert "fine_gray" not in set(moving["model"])
    gender = Covariate("gender", "gender", "Gender", {"woman": "Women", "man": "Men"})
    asked = SurvivalSpec("stable", "Recovery", "time_varying", (gender,), competing=True)
    found = analyse_survival(frame, asked, 0.95).estimates.query("model == 'fine_gray'")
    man = (frame["gender"] == "man").to_numpy(float)[:, None]
    fit = fit_fine_gray(start, stop, cause, man, ["man"], 1)
    assert found["term"].tolist() == ["gender"] and found["reference"].tolist() == ["woman"]
    assert found["estimate"].tolist() == pytest.approx(fit.coefficients.tolist())
    assert found["estimand"].tolist() == ["subdistribution_hazard_ratio"]


def test_where_nobody_has_the_outcome_a_competing_one_is_no_error():
    """A status for each model in place of a number, and nobody is left out for the gender they have."""
    gender = Covariate("gender", "gender", "Gender", {"woman": "Women", "man": "Men"})
    asked = SurvivalSpec("stable", "Recovery", "time_varying", (gender,), competing=True)
    found = analyse_survival(people().assign(event=0), asked, 0.95).estimates
    models = found[found["model"].isin(["crude", "adjusted", "interaction"]) & (found["term"] == "peer")]
    assert set(models["model"]) == {"crude", "adjusted", "interaction"}
    models = found[found["model"].isin(["crude", "adjusted", "interaction", "fine_gray"])]
    assert (models["status"] == "too_few_events").all() and models["estimate"].isna().all()
    assert models.query("model == 'adjusted'")["n"].eq(people()["person_id"].nunique()).all()
