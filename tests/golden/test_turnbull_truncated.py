"""Turnbull's estimate under delayed entry and right truncation: special cases, R, hand, brute force, a known truth."""

import numpy as np
import pytest
from scipy.optimize import minimize

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.kaplan_meier import kaplan_meier
from recovery_analysis.estimators.turnbull import turnbull, turnbull_curve


def test_whole_years_by_hand():
    """Two seen from 0 on, (0, 1] and (1, 2]; two seen from 1 on, (1, 2] and (2, 3]: 1/2, then 2 of 3, then the last."""
    lower, upper = np.array([0.0, 1.0, 1.0, 2.0]), np.array([1.0, 2.0, 2.0, 3.0])
    fit = turnbull(lower, upper, entry=np.array([0.0, 0.0, 1.0, 1.0]))
    np.testing.assert_allclose(fit.mass, [1 / 2, 1 / 3, 1 / 6], atol=1e-9)
    np.testing.assert_allclose(turnbull(lower, upper).mass, [1 / 4, 1 / 2, 1 / 4], atol=1e-9)


def test_an_entry_inside_an_interval_divides_it():
    """(0, 2] and (2, 3] seen from 0 on, (1, 2] and (2, 3] seen from 1 on.

    With s the share after 1, and x the share of it up to 2: (1 - s + xs)(1 - x)s x(1 - x) is largest at s = 1, x = 1/2.
    """
    lower, upper = np.array([0.0, 2.0, 1.0, 2.0]), np.array([2.0, 3.0, 2.0, 3.0])
    fit = turnbull(lower, upper, entry=np.array([0.0, 0.0, 1.0, 1.0]))
    np.testing.assert_array_equal(fit.left, [0, 1, 2])
    np.testing.assert_allclose(fit.mass, [0, 1 / 2, 1 / 2], atol=1e-3)


def test_exact_times_with_delayed_entry_are_kaplan_meier():
    rng = np.random.default_rng(1)
    n = 300
    time, entry, end = np.ceil(50 * rng.weibull(1.3, n)), rng.integers(0, 40, n) * 1.0, rng.integers(20, 90, n) * 1.0
    entry[:100] = 0.0
    stop, event = np.minimum(time, end), time <= end
    kept = stop > entry
    stop, event, entry = stop[kept], event[kept], entry[kept]
    fit = turnbull(stop, np.where(event, stop, np.inf), entry=entry)
    curve, falls = turnbull_curve(fit, 0.95), fit.mass[np.isfinite(fit.right)] > 1e-9
    want = kaplan_meier(entry, stop, event.astype(float), 0.95).query("n_event > 0")
    np.testing.assert_array_equal(curve["time"][falls], want["time"])
    np.testing.assert_allclose(curve["estimate"][falls], want["estimate"], atol=1e-10)


@pytest.mark.parametrize(("case", "adult"), [("adults", 1.0), ("children", 0.0)])
def test_exact_times_with_right_truncation_are_survfit_read_backwards(case, adult, dataset, reference):
    frame = dataset("aids").loc[lambda f: f["adult"] == adult]
    time = frame["time"].to_numpy(float)
    curve = turnbull_curve(turnbull(time, time, window=frame["window"].to_numpy(float)), 0.95)
    want = reference("reverse_time", case)
    np.testing.assert_allclose(curve["time"], want["time"], rtol=1e-9)
    np.testing.assert_allclose(1 - curve["estimate"], want["estimate"], atol=1e-8)


@pytest.mark.parametrize("seed", range(8, 12))
def test_no_other_masses_are_more_likely(seed):
    """Intervals that overlap, entries and windows: a general optimiser from six random starts climbs no higher."""
    rng = np.random.default_rng(seed)
    time, entry, window = 5 * rng.weibull(1.3, 120), rng.integers(0, 3, 120) * 1.0, rng.integers(5, 12, 120) * 1.0
    kept = np.flatnonzero((time > entry) & (time <= window))[:30]
    time, entry, window = time[kept], entry[kept], window[kept]
    lower = np.minimum(np.maximum(np.round(time - rng.uniform(0, 2, len(time)), 1), entry), time)
    upper = np.maximum(np.minimum(np.round(time + rng.uniform(0, 2, len(time)), 1), window), time)
    fit = turnbull(lower, upper, entry=entry, window=window)
    held = np.array([(fit.left >= a) & (fit.right <= b) for a, b in zip(lower, upper, strict=True)], dtype=float)
    could = np.array([(fit.left >= a) & (fit.right <= b) for a, b in zip(entry, window, strict=True)], dtype=float)

    def lost(x):
        mass = np.exp(x - x.max())
        return -np.sum(np.log(held @ mass + 1e-300) - np.log(could @ mass))

    best = min(minimize(lost, rng.normal(size=len(fit.mass)), method="BFGS").fun for _ in range(6))
    assert fit.converged
    assert -1e-6 < fit.log_likelihood + best < 1e-2


def test_the_truth_is_met_where_ignoring_the_truncation_misses_it():
    rng = np.random.default_rng(7)
    n = 4_000
    time, entry, window = 5 * rng.weibull(1.3, n), rng.integers(0, 4, n) * 1.0, rng.integers(4, 15, n) * 1.0
    kept = (time > entry) & (time <= window)
    time, entry, window = time[kept], entry[kept], window[kept]
    lower, upper = np.ceil(time) - 1, np.ceil(time)
    curve = turnbull_curve(turnbull(lower, upper, entry=entry, window=window), 0.95)
    ignored = turnbull_curve(turnbull(lower, upper), 0.95)

    def survival(at):
        return np.exp(-((at / 5) ** 1.3))

    truth = (survival(curve["time"]) - survival(14)) / (1 - survival(14))
    np.testing.assert_array_equal(curve["time"], ignored["time"])
    assert np.abs(curve["estimate"] - truth).max() < 0.03
    assert np.abs(ignored["estimate"] - truth).max() > 0.05


def test_a_gap_that_no_curve_crosses_is_said():
    with pytest.raises(ResearchError, match=r"no curve leads from the one to the others. Valid here: a parametric"):
        turnbull(np.array([1.0, 3.0]), np.array([1.0, 3.0]), entry=np.array([0.0, 2.0]))


def test_a_time_before_the_entry_is_refused():
    with pytest.raises(ResearchError, match="delayed entry"):
        turnbull(np.array([1.0]), np.array([3.0]), entry=np.array([2.0]))
