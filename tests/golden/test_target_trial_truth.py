"""A known effect of engaging with peers: what each way of counting it gives back, in seeded simulations."""

from dataclasses import replace

import numpy as np
import pytest

from recovery_analysis.estimators.clone_censor_weight import emulate, target_trial
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.landmark import landmark_rows
from recovery_analysis.estimators.trial_bootstrap import bootstrap, strategy_curve
from recovery_analysis.simulate.lives import draw_lives
from recovery_analysis.simulate.parameters import LifeParameters
from recovery_analysis.simulate.pathways import draw_pathways
from recovery_analysis.simulate.recovery import draw_stable_time

GRACE, HORIZON = 1.0, 10.0
# Peers equally common in all years: otherwise those who are followed for longest differ in when they meet peers.
STEADY = replace(LifeParameters(), peer_growth=(1e-9, 1e-9), peer_rate=(0.05, 0.03))


def without_effect(n: int, seed: int) -> dict[str, np.ndarray]:
    """Peers change nothing. A trait makes people engage sooner and reach the outcome later: it confounds."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    time = rng.exponential(4 * np.exp(0.5 * trait))
    seen = rng.uniform(2, 15, n)
    engaged = rng.exponential(3 * np.exp(-0.6 * trait))
    length = np.minimum(time, seen)
    engaged = np.where(engaged < length, engaged, np.inf)
    return {"length": length, "event": (time <= seen).astype(int), "engaged": engaged, "covariates": trait[:, None]}


def cox(start, stop, event, exposed, covariates) -> float:
    names = ["exposed", *(f"x{i}" for i in range(covariates.shape[1]))]
    return fit_cox(start, stop, event, np.column_stack([exposed, covariates]), names).coefficients[0]


def naive(people) -> float:
    ever = np.isfinite(people["engaged"]).astype(float)
    return cox(np.zeros_like(ever), people["length"], people["event"], ever, people["covariates"])


def time_varying(people) -> float:
    length, engaged = people["length"], people["engaged"]
    before, after = engaged > 0, np.isfinite(engaged)
    start = np.concatenate([np.zeros(before.sum()), engaged[after]])
    stop = np.concatenate([np.minimum(length, engaged)[before], length[after]])
    event = np.concatenate([np.where(after, 0, people["event"])[before], people["event"][after]])
    exposed = np.concatenate([np.zeros(before.sum()), np.ones(after.sum())])
    covariates = np.vstack([people["covariates"][before], people["covariates"][after]])
    return cox(start, stop, event, exposed, covariates)


def landmark(people, at: float) -> float:
    rows = landmark_rows(people["length"], people["event"], people["engaged"], at)
    return cox(rows.start, rows.stop, rows.event, rows.exposed, people["covariates"][rows.person])


def test_only_ever_or_never_finds_an_effect_where_there_is_none():
    people = without_effect(20_000, seed=11)
    assert np.exp(naive(people)) < 0.6
    assert np.exp(time_varying(people)) == pytest.approx(1, abs=0.05)
    for at in (0.5, 1.0, 2.0):
        assert np.exp(landmark(people, at)) == pytest.approx(1, abs=0.08)
    found = emulate(target_trial(**people, grace=GRACE, horizon=HORIZON)).estimates
    assert np.exp(found["log_hazard_ratio"]) == pytest.approx(1, abs=0.05)
    assert found["risk_difference"] == pytest.approx(0, abs=0.02)
    assert found["restricted_mean_difference"] == pytest.approx(0, abs=0.15)


def test_clones_without_weights_are_confounded():
    """The weights do the work: without the trait in the model of engaging, an effect appears."""
    people = without_effect(20_000, seed=11)
    blind = people | {"covariates": np.zeros((20_000, 0))}
    found = emulate(target_trial(**blind, grace=GRACE, horizon=HORIZON)).estimates
    assert np.exp(found["log_hazard_ratio"]) < 0.85


def test_bootstrap_error_is_the_spread_between_studies():
    estimates, errors = [], []
    for seed in range(40):
        trial = target_trial(**without_effect(500, seed), grace=GRACE, horizon=HORIZON, intervals=4)
        estimates.append(emulate(trial).estimates["log_hazard_ratio"])
        errors.append(bootstrap(trial, 30, seed).estimates["log_hazard_ratio"].std(ddof=1))
    assert np.mean(errors) == pytest.approx(np.std(estimates, ddof=1), rel=0.25)


def test_the_same_seed_draws_the_same_samples():
    trial = target_trial(**without_effect(200, 1), grace=GRACE, horizon=HORIZON, intervals=4)
    first, second, other = (bootstrap(trial, 3, seed).estimates["risk_difference"] for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def recorded(lives) -> dict[str, np.ndarray]:
    """Simulated lives as an interview without error would record them."""
    people = lives.people
    seen, time = people["since_help"].to_numpy(), people["stable_time"].to_numpy()
    length = np.minimum(time, seen)
    engaged = np.maximum(people["peer_start"].to_numpy(), 0.0)
    dummies = [(people[c] == v).to_numpy(float) for c in ("gender", "problem") for v in people[c].unique()[1:]]
    numbers = people[["help_age", "severity", "education"]].to_numpy(float)
    covariates = np.column_stack([*dummies, numbers - numbers.mean(axis=0)])
    engaged = np.where(engaged < length, engaged, np.inf)
    return {"length": length, "event": (time <= seen).astype(int), "engaged": engaged, "covariates": covariates}


def true_times(lives) -> list[np.ndarray]:
    """Times to stable recovery had everybody engaged in the first year, and had nobody done so then."""
    people, parameters = lives.people, lives.parameters
    never_early = people["peer_start"].to_numpy().copy()
    for attempt in range(200):
        early = never_early <= GRACE
        if not early.any():
            break
        drawn = draw_pathways(parameters, people[early].reset_index(drop=True), np.random.default_rng([7, attempt]))
        never_early[early] = drawn["peer_start"]
    starts = (np.zeros(len(people)), never_early)
    return [draw_stable_time(parameters, people, start, np.random.default_rng(8)) for start in starts]


def test_lives_with_peers_give_back_the_true_difference_in_risk():
    lives = draw_lives(20_000, seed=5, parameters=STEADY)
    truth = true_times(lives)
    engage, not_engage = (float((time <= HORIZON).mean()) for time in truth)
    assert engage - not_engage > 0.08
    people = recorded(lives)
    trial = target_trial(**people, grace=GRACE, horizon=HORIZON)
    emulation = emulate(trial)
    found = emulation.estimates
    assert found["risk_engage"] == pytest.approx(engage, abs=0.02)
    assert found["risk_not"] == pytest.approx(not_engage, abs=0.01)
    assert np.exp(time_varying(people)) == pytest.approx(1.5, abs=0.1)
    assert naive(people) < 0
    for arm, true in ((1, truth[0]), (0, truth[1])):
        curve = strategy_curve(trial, emulation, arm, np.zeros_like(emulation.survival), 0.95)
        for year in range(2, 11):
            share = 1 - curve.survival[curve.time <= year][-1]
            assert share == pytest.approx((true <= year).mean(), abs=0.02), (arm, year)


def test_the_bootstrap_error_of_a_curve_is_that_of_its_risk_at_the_horizon():
    trial = target_trial(**without_effect(400, 3), grace=GRACE, horizon=HORIZON, intervals=4)
    found = bootstrap(trial, 60, seed=9)
    for arm, name in ((1, "risk_engage"), (0, "risk_not")):
        assert found.survival_error[arm, -1] == pytest.approx(found.estimates[name].std(ddof=1), rel=1e-9)


def test_lives_without_an_effect_of_peers_give_none():
    lives = draw_lives(20_000, seed=6, parameters=replace(STEADY, log_hr_peer=(0.0,) * 5))
    people = recorded(lives)
    assert np.exp(naive(people)) < 0.5
    assert np.exp(time_varying(people)) == pytest.approx(1, abs=0.05)
    found = emulate(target_trial(**people, grace=GRACE, horizon=HORIZON)).estimates
    assert np.exp(found["log_hazard_ratio"]) == pytest.approx(1, abs=0.06)
    assert found["risk_difference"] == pytest.approx(0, abs=0.02)


def test_without_covariates_nobody_stands_for_another():
    """Three intervals and three columns of time: the model is saturated, so every stabilised weight is one."""
    people = without_effect(300, 2) | {"covariates": np.zeros((300, 0))}
    found = emulate(target_trial(**people, grace=GRACE, horizon=HORIZON, intervals=3))
    np.testing.assert_allclose(found.weights, 1.0, rtol=1e-5)


def with_deaths(n: int, seed: int, strategy: str | None = None) -> dict[str, np.ndarray]:
    """Lives in which peers help, and people die meanwhile: a trait leads to peers, to late recovery and to death.

    `strategy` : engage or not, as everybody would have done; None for what people did.
    """
    rng = np.random.default_rng(seed)
    trait, chance = rng.normal(size=n), rng.uniform(size=n)
    rate, early = np.exp(0.6 * trait) / 3, -np.expm1(-np.exp(0.6 * trait) / 3 * GRACE)
    if strategy == "engage":
        chance = early * chance
    elif strategy == "not":
        chance = early + (1 - early) * chance
    engaged = -np.log1p(-chance) / rate
    recover, die = 0.18 * np.exp(-0.5 * trait), 0.06 * np.exp(0.5 * trait)
    need, before = rng.exponential(size=n), (recover + die) * engaged
    time = np.where(need <= before, need / (recover + die), engaged + (need - before) / (2 * recover + die))
    share = np.where(time <= engaged, recover / (recover + die), 2 * recover / (2 * recover + die))
    event = np.where(rng.uniform(size=n) < share, 1, 2)
    seen = np.inf if strategy else rng.uniform(3, 20, n)
    length = np.minimum(time, seen)
    engaged = np.where(engaged < length, engaged, np.inf)
    return {
        "length": length,
        "event": np.where(time <= seen, event, 0),
        "engaged": engaged,
        "covariates": trait[:, None],
    }


def test_shares_with_the_outcome_before_a_death_are_those_of_lives_drawn_under_each_strategy():
    """Within 1.5 points, three times the error of either draw; deaths taken for censoring, or not adjusted, are not."""
    people = with_deaths(20_000, 3)
    truth = {arm: (d["event"] == 1) & (d["length"] <= HORIZON) for arm in ("engage", "not")
             for d in [with_deaths(200_000, 4, arm)]}  # fmt: skip
    found = emulate(target_trial(**people, grace=GRACE, horizon=HORIZON)).estimates
    censored = emulate(
        target_trial(**people | {"event": people["event"] * (people["event"] == 1)}, grace=GRACE, horizon=HORIZON)
    )
    crude = emulate(
        target_trial(**people | {"covariates": np.empty((20_000, 0))}, grace=GRACE, horizon=HORIZON)
    ).estimates
    want = truth["engage"].mean() - truth["not"].mean()
    for arm, own in truth.items():
        assert found[f"risk_{arm}"] == pytest.approx(own.mean(), abs=0.015)
        assert censored.estimates[f"risk_{arm}"] > own.mean() + 0.05
    assert found["risk_difference"] == pytest.approx(want, abs=0.02)
    assert abs(crude["risk_difference"] - want) > 0.04
