"""Standardised curves at a known truth: unbiased where the crude ones are confounded, and intervals that cover."""

import numpy as np
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.estimators.standardised import Segment, Standardised, standardise
from recovery_analysis.estimators.time_split import split_rows

RATE, PEER, SEVERITY = 0.1, 0.5, 0.7
HORIZONS = np.array([5.0, 10.0])
REPLICATES = 100
FEWEST_COVERING = 88


def life(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exponential times; people with severe problems join peers more often, and have the outcome sooner."""
    severity = rng.normal(size=n)
    peer = (rng.random(n) < 1 / (1 + np.exp(-severity))).astype(float)
    time = rng.exponential(1 / (RATE * np.exp(PEER * peer + SEVERITY * severity)))
    censored = rng.uniform(8, 25, n)
    return np.minimum(time, censored), (time <= censored).astype(float), np.column_stack([peer, severity])


def true_survival(peer: float, time: np.ndarray) -> np.ndarray:
    """Integral over severity by Gauss and Hermite."""
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    hazard = np.outer(time, RATE * np.exp(PEER * peer + SEVERITY * node))
    return np.exp(-hazard) @ (weight / weight.sum())


def true_restricted_mean(peer: float, horizon: float) -> float:
    grid = np.linspace(0, horizon, 2001)
    return float(np.trapezoid(true_survival(peer, grid), grid))


def with_peer(x: np.ndarray, value: float) -> list[Segment]:
    changed = x.copy()
    changed[:, 0] = value
    return [Segment(np.inf, changed)]


def curves(n: int, seed: int) -> dict[str, Standardised]:
    stop, event, x = life(n, np.random.default_rng(seed))
    fit = fit_cox(np.zeros(n), stop, event, x, ["peer", "severity"])
    return standardise(fit, {"peer": with_peer(x, 1.0), "no_peer": with_peer(x, 0.0)}, HORIZONS, np.array([]))


def test_curves_and_restricted_means_are_right_at_a_known_truth():
    found = curves(20_000, seed=1)
    for name, peer in (("peer", 1.0), ("no_peer", 0.0)):
        expected = true_survival(peer, found[name].times)
        assert np.abs(found[name].survival - expected).max() < 0.02
        for h, horizon in enumerate(HORIZONS):
            truth = true_restricted_mean(peer, horizon)
            assert abs(found[name].restricted_mean[h] - truth) < 3 * found[name].restricted_mean_std_error[h]


def test_intervals_of_the_difference_cover():
    truth = np.array([true_restricted_mean(1.0, h) - true_restricted_mean(0.0, h) for h in HORIZONS])
    covering = np.zeros(2)
    for seed in range(REPLICATES):
        found = curves(300, seed)["difference"]
        covering += np.abs(found.restricted_mean - truth) < 1.96 * found.restricted_mean_std_error
    assert (covering >= FEWEST_COVERING).all()
    assert (covering < REPLICATES).all()


def test_coefficient_that_changes_is_one_curve_with_the_same_answer_if_it_does_not():
    """A step at 4 years in segments equals the model without one, where both halves have the same coefficient."""
    stop, event, x = life(5_000, np.random.default_rng(3))
    split = split_rows(np.zeros(5_000), stop, event, np.array([4.0]))
    early, late = (split.segment == k for k in (0, 1))
    moving = np.column_stack([x[split.row, 0] * early, x[split.row, 0] * late, x[split.row, 1]])
    fit = fit_cox(split.start, split.stop, split.event, moving, ["early", "late", "severity"])
    ones, none = np.ones(5_000), np.zeros(5_000)
    segments = [
        Segment(4.0, np.column_stack([ones, none, x[:, 1]])),
        Segment(np.inf, np.column_stack([none, ones, x[:, 1]])),
    ]
    never = [Segment(until, np.column_stack([none, none, x[:, 1]])) for until in (4.0, np.inf)]
    found = standardise(fit, {"peer": segments, "no_peer": never}, HORIZONS, np.array([]))["difference"]
    truth = [true_restricted_mean(1.0, h) - true_restricted_mean(0.0, h) for h in HORIZONS]
    assert found.restricted_mean == pytest.approx(truth, abs=4 * found.restricted_mean_std_error.max())


def test_the_restricted_mean_is_the_area_under_all_steps_of_the_curve():
    """1,500 people with the outcome at as many times, one by one predicted by hand: Breslow's steps of Efron's hazard."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(1500, 1))
    stop = rng.exponential(np.exp(-0.5 * x[:, 0]))
    fit = fit_cox(np.zeros(len(stop)), stop, np.ones(len(stop)), x, ["x"])
    found = standardise(fit, {"own": [Segment(np.inf, x)]}, np.array([1.0]), np.array([]))["own"]
    order = np.argsort(stop)
    risk = np.exp(x[order, 0] * fit.coefficients[0])
    hazard = np.cumsum(1 / np.cumsum(risk[::-1])[::-1])
    times = np.append(stop[order][stop[order] < 1.0], 1.0)
    steps = np.vstack(
        [np.ones(len(x)), np.exp(-np.outer(hazard[: len(times) - 1], np.exp(x[:, 0] * fit.coefficients[0])))]
    )
    by_hand = (steps.mean(axis=1) * np.diff(np.append(0.0, times))).sum()
    assert found.restricted_mean[0] == pytest.approx(by_hand, rel=1e-10)
