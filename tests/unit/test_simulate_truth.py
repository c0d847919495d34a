"""The simulator's truth: what models find in the lives, and in the answers, is what was put in."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from survival import regression

from recovery_analysis.simulate.codebook import GENDER_CODES, PROBLEM_CODES, UNKNOWN_MONTH
from recovery_analysis.simulate.interview import interview
from recovery_analysis.simulate.lives import Lives, draw_lives
from recovery_analysis.simulate.parameters import LifeParameters
from recovery_analysis.simulate.people import decimal_year, draw_covariates
from recovery_analysis.simulate.recovery import draw_stable_time
from recovery_analysis.simulate.truth import HORIZONS, true_contrasts, true_survival, write_truth

N = 20_000
GROUPS = ("woman", "man", "elsewhere")
TRUE_LOG_HR = np.array(LifeParameters().log_hr_peer[:3])


@pytest.fixture(scope="module")
def lives() -> Lives:
    return draw_lives(N, 8)


def exact(lives: Lives) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Covariates, peer start, follow-up time and event, without any rounding."""
    people = lives.people
    time = np.minimum(people["stable_time"], people["since_help"]).to_numpy()
    event = (people["stable_time"] <= people["since_help"]).to_numpy()
    return people, people["peer_start"].to_numpy(), time, event


def told_at(answers: pd.DataFrame, name: str) -> np.ndarray:
    """Middle of the month, or of the year where only that is known."""
    year, month = answers[f"{name}_year"], answers[f"{name}_month"]
    return (year + np.where(month == UNKNOWN_MONTH, 0.5, (month - 0.5) / 12)).to_numpy()


def recalled(lives: Lives) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """The same from complete answers: dates at midpoints, first spell that has lasted a year."""
    answers, _ = interview(lives)
    dates = [f"{name}_start_year" for name in ("mutual_aid", "peer_support", "rec1")] + ["first_help_year"]
    known = answers[["education", "severity", "primary_problem"]].ge(0).all(axis=1)
    answers = answers[known & ~answers[dates].lt(0).any(axis=1)].reset_index(drop=True)
    zero, now = told_at(answers, "first_help"), decimal_year(answers["interview_date"].to_numpy())
    met = np.full(len(answers), np.inf)
    for number in (1, 2, 3):
        start, stop = told_at(answers, f"rec{number}_start"), told_at(answers, f"rec{number}_stop")
        lasted = np.where(np.isnan(stop), now, stop) - start >= 1 - 1e-9
        met = np.where(lasted, np.fmin(met, start + 1), met)
    people = pd.DataFrame(
        {
            "help_age": zero - answers["birth_year"] - 0.5,
            "severity": answers["severity"],
            "education": answers["education"],
            "gender": answers["gender"].map({code: name for name, code in GENDER_CODES.items()}),
            "problem": answers["primary_problem"].map({code: name for name, code in PROBLEM_CODES.items()}),
        }
    )
    peers = np.fmin(told_at(answers, "mutual_aid_start"), told_at(answers, "peer_support_start")) - zero
    return people, np.where(np.isnan(peers), np.inf, peers), np.minimum(met, now) - zero, met <= now


def fit_cox(
    people: pd.DataFrame, peer_start: np.ndarray, time: np.ndarray, event: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log hazard ratios of time-varying peers for women, men and others, with standard errors."""
    person, switch = np.arange(len(people)), np.clip(peer_start, 0, time)
    entry, stop = np.r_[np.zeros(len(people)), switch], np.r_[switch, time]
    status = np.r_[event & (switch == time), event]
    peer, person = np.repeat([0.0, 1.0], len(people)), np.r_[person, person]
    keep = stop > entry
    who = people.iloc[person[keep]]
    group = who["gender"].where(who["gender"].isin(GROUPS), "elsewhere").to_numpy()
    columns = [peer[keep] * (group == name) for name in GROUPS]
    columns += [(who["help_age"] - 27) / 10, who["severity"], who["education"]]
    columns += [who["problem"] == name for name in ("opioids", "stimulants", "several", "gambling")]
    columns += [who["gender"] == name for name in ("woman", "non_binary", "other", "undisclosed")]
    design = np.column_stack(columns).astype(float)
    fit = regression.coxph_fit(stop[keep], status[keep].astype(int), design, entry=entry[keep])
    return np.ravel(fit.coefficients)[:3], np.sqrt(np.diag(np.asarray(fit.var)))[:3]


def test_time_varying_cox_finds_the_true_hazard_ratios(lives: Lives) -> None:
    estimate, error = fit_cox(*exact(lives))
    assert (np.abs(estimate - TRUE_LOG_HR) < 1.96 * error).all()
    assert (error[:2] < 0.04).all()


def test_ever_engaged_as_a_baseline_covariate_is_far_off(lives: Lives) -> None:
    people, peer_start, time, event = exact(lives)
    estimate, _ = fit_cox(people, np.where(peer_start < time, -1.0, np.inf), time, event)
    assert (estimate[:2] < -0.2).all()


def test_recalled_dates_still_contain_the_truth(lives: Lives) -> None:
    estimate, error = fit_cox(*recalled(lives))
    assert (np.abs(estimate - TRUE_LOG_HR) < 1.96 * error).all()


def test_rounding_of_recalled_dates_moves_estimates_by_less_than_their_error(lives: Lives) -> None:
    (before, _), (after, error) = fit_cox(*exact(lives)), fit_cox(*recalled(lives))
    assert (np.abs(after - before)[:2] < error[:2]).all()


def test_null_effect_gives_hazard_ratio_of_one() -> None:
    parameters = replace(LifeParameters(), log_hr_peer=(0.0,) * 5)
    fits = [fit_cox(*exact(draw_lives(N, seed, parameters))) for seed in range(20, 24)]
    estimate = np.mean([fit[0] for fit in fits], axis=0)
    error = np.mean([fit[1] for fit in fits], axis=0) / np.sqrt(len(fits))
    assert (np.abs(estimate) < 1.96 * error).all()


@pytest.mark.parametrize("peers", [True, False])
def test_counterfactual_times_agree_with_brute_force(peers: bool) -> None:
    parameters, n = LifeParameters(), 200_000
    people = draw_covariates(parameters, n, np.random.default_rng(5))
    start = np.full(n, 0.0 if peers else np.inf)
    times = draw_stable_time(parameters, people, start, np.random.default_rng(6))
    truth = true_contrasts(parameters)
    for group, chosen in {"overall": times, **dict(iter(_by_gender(people, times)))}.items():
        expected = truth[group]["peers" if peers else "never"]
        for horizon in HORIZONS:
            capped = np.minimum(chosen, horizon)
            error = np.hypot(capped.std() / np.sqrt(len(chosen)), 0.012)
            assert abs(capped.mean() - expected[f"restricted_mean_{horizon:.0f}"]) < 3 * error
        share_before_median = (chosen <= expected["median"]).mean()
        assert abs(share_before_median - 0.5) < 3 * np.hypot(0.5 / np.sqrt(len(chosen)), 0.0015)


def _by_gender(people: pd.DataFrame, times: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [(gender, times[people["gender"] == gender]) for gender in ("woman", "man")]


def test_true_survival_is_one_until_the_criterion_can_be_met_and_then_falls() -> None:
    parameters = LifeParameters()
    people = draw_covariates(parameters, 500, np.random.default_rng(1))
    times = np.array([0.0, 1.0, 2.0, 8.0, 30.0])
    never, peers = (true_survival(parameters, people, times, engaged) for engaged in (False, True))
    assert never[:2] == pytest.approx(1.0)
    assert (np.diff(never[1:]) < 0).all()
    assert (peers[2:] < never[2:]).all()


def test_true_survival_of_one_person_is_the_weibull_formula() -> None:
    parameters = LifeParameters()
    person = pd.DataFrame(
        {"gender": ["man"], "problem": ["alcohol"], "severity": [5], "education": [2], "help_age": [27.0]}
    )
    survival = true_survival(parameters, person, np.array([8.0]), True)
    expected = np.exp(-1.35 * (7 / parameters.baseline_scale) ** parameters.baseline_shape)
    assert survival[0] == pytest.approx(expected, abs=1e-4)


def test_spells_agree_with_the_time_at_which_the_criterion_is_met(lives: Lives) -> None:
    spells = lives.spells
    first = spells[spells["kind"] == "stable"].groupby("person")["start"].first()
    assert np.allclose(first + 1, lives.people["stable_time"])
    length = spells["stop"] - spells["start"]
    assert (length[spells["kind"] == "attempt"] < 1).all()
    assert (length[spells["kind"] == "stable"] >= 1).all()
    same = spells["person"].to_numpy()[1:] == spells["person"].to_numpy()[:-1]
    assert (spells["start"].to_numpy()[1:] >= spells["stop"].to_numpy()[:-1])[same].all()


def test_lives_are_plausible(lives: Lives) -> None:
    people = lives.people
    attempts = lives.spells[lives.spells["kind"] == "attempt"].groupby("person").size()
    assert people["onset_age"].median() == pytest.approx(20, abs=0.5)
    assert (people["help_age"] - people["onset_age"]).median() == pytest.approx(5, abs=0.3)
    assert people["age"].between(18, 75).all()
    assert 0.55 < (people["stable_time"] <= people["since_help"]).mean() < 0.75
    assert 0.45 < (people["peer_start"] <= people["since_help"]).mean() < 0.6
    assert attempts.reindex(range(N), fill_value=0).median() in (2, 3)
    assert people["interview"].between("2024-01-01", "2025-12-31").all()
    assert true_contrasts(lives.parameters)["overall"]["never"]["median"] == pytest.approx(8, abs=0.3)


def wave_design(lives: Lives, outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Outcome at waves 1 and 2 and its design: peers at the wave before by gender, then the rest."""
    waves = lives.waves
    before = waves.assign(wave=waves["wave"] + 1)
    pairs = waves.merge(before, on=["person", "wave"], suffixes=("", "_before"))
    who = lives.people.iloc[pairs["person"]].reset_index(drop=True)
    group = who["gender"].where(who["gender"].isin(GROUPS), "elsewhere")
    columns = [pairs["peer_6m_before"] * (group == name) for name in GROUPS]
    columns += [
        pairs[f"{outcome}_before"],
        np.ones(len(pairs)),
        who["age"],
        who["severity"],
        who["education"],
    ]
    columns += [who["gender"] == name for name in ("woman", "non_binary", "other", "undisclosed")]
    return pairs[outcome].to_numpy(float), np.column_stack(columns).astype(float)


@pytest.mark.parametrize("outcome", ["social", "barc"])
def test_linear_models_find_the_wave_effects_in_spite_of_loss(lives: Lives, outcome: str) -> None:
    import statsmodels.api as sm

    y, design = wave_design(lives, outcome)
    fit = sm.OLS(y, design).fit()
    truth = np.r_[getattr(lives.parameters, outcome).peer[:3], getattr(lives.parameters, outcome).previous]
    assert (np.abs(fit.params[:4] - truth) < 1.96 * fit.bse[:4]).all()


def test_logistic_model_finds_the_wave_effect_on_arrest(lives: Lives) -> None:
    import statsmodels.api as sm

    y, design = wave_design(lives, "arrest")
    fit = sm.Logit(y, design).fit(disp=0)
    truth = np.r_[lives.parameters.arrest.peer[:3], lives.parameters.arrest.previous]
    assert (np.abs(fit.params[:4] - truth) < 1.96 * fit.bse[:4]).all()


def test_scores_are_almost_never_at_the_end_of_their_scale(lives: Lives) -> None:
    assert lives.waves["social"].isin([0, 40]).mean() < 0.001
    assert lives.waves["barc"].isin([10, 60]).mean() < 0.001


def test_about_15_per_cent_are_lost_at_each_wave(lives: Lives) -> None:
    n = lives.waves["wave"].value_counts()
    assert n[1] / n[0] == pytest.approx(0.85, abs=0.015)
    assert n[2] / n[1] == pytest.approx(0.85, abs=0.015)


def test_a_parameter_of_recovery_leaves_peer_engagement_as_it_was(lives: Lives) -> None:
    other = draw_lives(N, 8, replace(lives.parameters, baseline_scale=20.0))
    assert (other.people["peer_start"] == lives.people["peer_start"]).all()
    assert (other.people["stable_time"] > lives.people["stable_time"]).all()


def test_truth_file_states_the_effects(tmp_path) -> None:
    write_truth(LifeParameters(), tmp_path / "truth.json", [], {})
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["log_hazard_ratio_peer"]["woman"] == pytest.approx(np.log(1.7))
    assert truth["contrasts"]["overall"]["difference"]["median"] < -1
    assert truth["waves"]["social_total"]["peer_attendance_at_previous_wave"]["man"] == 1.2
    assert truth["parameters"]["log_hr_peer"] == pytest.approx(LifeParameters().log_hr_peer)
