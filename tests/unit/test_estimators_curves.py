"""Curves by hand, with a known truth, and with input that has no answer."""

import numpy as np
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators import restricted_mean as rmst
from recovery_analysis.estimators.cumulative_incidence import cumulative_incidence
from recovery_analysis.estimators.gray_test import gray_test
from recovery_analysis.estimators.kaplan_meier import kaplan_meier, quantile_time, value_at
from recovery_analysis.estimators.log_rank import log_rank
from recovery_analysis.estimators.nelson_aalen import nelson_aalen
from recovery_analysis.estimators.pseudo_values import pseudo_incidence, pseudo_regression

# Five people: the outcome at 2, another one at 3, censored at 3, the outcome at 5, censored at 6.
STOP, CAUSE = np.array([2, 3, 3, 5, 6.0]), np.array([1, 2, 0, 1, 0])
ZERO = np.zeros(5)
TRUE_RATES = (0.3, 0.2)


def by_jackknife(stop, cause, time):
    def at(keep):
        found = cumulative_incidence(np.zeros(keep.sum()), stop[keep], cause[keep], 0.95, causes=2)
        position = np.searchsorted(found.time, time, side="right") - 1
        return found.estimate[position, 0] if position >= 0 else 0.0

    n = len(stop)
    everybody = at(np.ones(n, bool))
    return np.array([n * everybody - (n - 1) * at(np.arange(n) != i) for i in range(n)])


def competing(n, seed, ratio=1.0):
    """Exponential times to two outcomes, the first with hazard 0.3 times `ratio`, censored uniformly up to 8."""
    rng = np.random.default_rng(seed)
    times = rng.exponential(1 / np.array([TRUE_RATES[0] * ratio, TRUE_RATES[1]]), (n, 2))
    first, censored = times.min(axis=1), rng.uniform(0, 8, n)
    return np.minimum(first, censored), np.where(first <= censored, times.argmin(axis=1) + 1, 0)


def true_incidence(time):
    total = sum(TRUE_RATES)
    return TRUE_RATES[0] / total * (1 - np.exp(-total * time))


def test_cumulative_incidence_worked_by_hand():
    """F1(2) = 1/5; S(2) = 4/5; at 3 the other outcome, one of four; S(3) = 3/5; F1(5) = 1/5 + 3/5 x 1/2."""
    found = cumulative_incidence(ZERO, STOP, CAUSE, 0.95)
    assert found.estimate[:, 0] == pytest.approx([0.2, 0.2, 0.5, 0.5])
    assert found.estimate[:, 1] == pytest.approx([0, 0.2, 0.2, 0.2])
    assert found.survival == pytest.approx([0.8, 0.6, 0.3, 0.3])
    assert found.std_error[0, 0] == pytest.approx(np.sqrt(0.2 * 0.8 / 5))


def test_restricted_means_worked_by_hand():
    """S is 1, 4/5, 4/5 x 3/4 = 3/5, 3/10 on [0,2), [2,3), [3,5), [5,6]: the area to 6 is 2 + 0.8 + 1.2 + 0.3."""
    any_outcome = (CAUSE > 0).astype(int)
    found = rmst.restricted_mean(ZERO, STOP, any_outcome, 6)
    assert found.estimate == pytest.approx(4.3)
    terms = (2.3**2 / (5 * 4), 1.5**2 / (4 * 3), 0.3**2 / (2 * 1))
    assert found.std_error == pytest.approx(np.sqrt(sum(terms)))
    lost = rmst.restricted_mean_lost(ZERO, STOP, CAUSE, 6)
    assert [one.estimate for one in lost] == pytest.approx([0.2 * 3 + 0.5 * 1, 0.2 * 3])
    assert found.estimate + sum(one.estimate for one in lost) == pytest.approx(6)
    (alone,) = rmst.restricted_mean_lost(ZERO, STOP, any_outcome, 6)
    assert alone.std_error == pytest.approx(found.std_error)


def test_one_cause_is_kaplan_meier_and_greenwood():
    stop, cause = competing(300, seed=1)
    event = (cause > 0).astype(int)
    curve, found = (f(np.zeros(300), stop, event, 0.95) for f in (kaplan_meier, cumulative_incidence))
    assert found.estimate[:, 0] == pytest.approx(1 - curve["estimate"].to_numpy()[1:])
    assert found.std_error[:-1, 0] == pytest.approx(curve["std_error"].to_numpy()[1:-1])


@pytest.mark.parametrize("time", [0.5, 2.0, 4.0, 6.0])
def test_pseudo_values_are_the_jackknife(time):
    stop, cause = competing(40, seed=3)
    stop = np.ceil(2 * stop) / 2
    stop[0], cause[0] = stop.max() + 1, 2
    assert pseudo_incidence(stop, cause, [time])[:, 0] == pytest.approx(by_jackknife(stop, cause, time))
    whole, small = pseudo_incidence(STOP, CAUSE, [5.5])[:, 0], by_jackknife(STOP, CAUSE, 5.5)
    assert whole == pytest.approx(small)


def test_pseudo_values_of_complete_data_are_the_outcomes():
    assert pseudo_incidence(np.arange(1.0, 6), np.ones(5), [3])[:, 0] == pytest.approx([1, 1, 1, 0, 0])


def test_delayed_entry_and_weights_leave_a_truth_in_its_interval():
    """Entry at random and every other row standing for two: the incidence is the true one."""
    stop, cause = competing(20_000, seed=4)
    start = np.random.default_rng(5).uniform(0, 3, len(stop))
    kept = stop > start
    weights = 1.0 + np.arange(len(stop)) % 2
    found = cumulative_incidence(start[kept], stop[kept], cause[kept], 0.99, weights[kept])
    at = np.searchsorted(found.time, 4.0)
    assert found.conf_low[at, 0] < true_incidence(4.0) < found.conf_high[at, 0]
    assert found.conf_high[at, 0] - found.conf_low[at, 0] < 0.1


def test_intervals_of_a_restricted_mean_cover_as_often_as_they_say():
    """95 % intervals of mean time lost to the first of two outcomes within 3 years, 100 samples of 150."""
    total = sum(TRUE_RATES)
    truth = TRUE_RATES[0] / total * (3 - (1 - np.exp(-3 * total)) / total)
    covering = 0
    for seed in range(100):
        stop, cause = competing(150, seed)
        lost = rmst.restricted_mean_lost(np.zeros(150), stop, cause, 3.0)[0]
        covering += abs(lost.estimate - truth) < 1.96 * lost.std_error
    assert 88 <= covering < 100


def test_grays_test_rejects_as_often_as_it_says_and_finds_a_difference():
    rejected, found = 0, 0
    for seed in range(100):
        stop, cause = competing(120, seed)
        group = np.arange(120) % 2
        rejected += gray_test(stop, cause, group)["p_value"] < 0.05
        more, its_cause = competing(120, seed + 1000, ratio=3.0)
        both = np.concatenate([stop, more]), np.concatenate([cause, its_cause])
        found += gray_test(*both, np.repeat([0, 1], 120))["p_value"] < 0.05
    assert 1 <= rejected <= 12
    assert found > 90


def test_regression_of_pseudo_values_finds_the_difference_of_probabilities():
    """By year 4: hazard 0.3 against 0.6 for the outcome, 0.2 for the other."""
    one, other = competing(6_000, 7), competing(6_000, 8, ratio=2.0)
    stop, cause = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    fit = pseudo_regression(pseudo_incidence(stop, cause, [4.0]), np.repeat([[0.0], [1.0]], 6_000, axis=0), "identity")
    truth = 0.6 / 0.8 * (1 - np.exp(-0.8 * 4)) - true_incidence(4.0)
    assert abs(fit.coefficients[1] - truth) < 2.6 * np.sqrt(fit.covariance[1, 1])
    assert np.sqrt(fit.covariance[1, 1]) < 0.02


def test_the_largest_horizon_is_the_latest_that_both_groups_support():
    long, short = np.arange(1.0, 41), np.arange(1.0, 31)
    assert rmst.largest_horizon([(np.zeros(40), long), (np.zeros(30), short)]) == 21
    assert np.isnan(rmst.largest_horizon([(np.zeros(40), long), (np.zeros(3), short[:3])]))


def test_without_events_there_is_no_error_to_read():
    curve = kaplan_meier(ZERO, STOP, np.zeros(5), 0.95)
    assert (curve["estimate"] == 1).all() and curve["conf_low"].isna().all()
    assert np.isnan(quantile_time(curve, 0.25)).all()
    nothing = rmst.restricted_mean(ZERO, STOP, np.zeros(5), 6)
    assert nothing.estimate == 6 and np.isnan(nothing.std_error)
    assert np.isnan(nelson_aalen(ZERO, STOP, np.zeros(5), 0.95).conf_low).all()
    for test in (log_rank(ZERO, STOP, np.zeros(5), CAUSE), gray_test(STOP, np.zeros(5), CAUSE)):
        assert np.isnan(list(test.values())).all()


def test_all_events_at_one_time_end_the_curve_there():
    curve = kaplan_meier(ZERO, np.full(5, 3.0), np.ones(5), 0.95)
    assert curve["estimate"].tolist() == [1, 0] and np.isnan(curve["std_error"].iloc[1])
    found = cumulative_incidence(ZERO, np.full(5, 3.0), np.array([1, 1, 1, 2, 2]), 0.95)
    assert found.estimate.tolist() == [[0.6, 0.4]]
    assert found.std_error[0] == pytest.approx(np.sqrt(0.24 / 5) * np.ones(2))
    assert rmst.restricted_mean(ZERO, np.full(5, 3.0), np.ones(5), 3).estimate == 3


def test_a_single_group_is_no_comparison():
    assert np.isnan(gray_test(STOP, CAUSE, np.zeros(5))["statistic"])


@pytest.mark.filterwarnings("error")
def test_grays_test_says_nothing_where_the_common_curve_ends_before_the_last_outcome():
    """It divided by nought, and warned of it on the screen."""
    stop, group = np.array([3, 1, 3, 2, 2, 6, 2, 5], float), np.array(list("bbbabbab"))
    assert np.isnan(gray_test(stop, np.ones(8), group)["statistic"])
    assert np.isnan(log_rank(ZERO, STOP, CAUSE > 0, np.zeros(5))["statistic"])


def test_after_the_end_of_follow_up_nothing_is_known():
    curve = kaplan_meier(ZERO, STOP, CAUSE == 1, 0.95)
    assert np.isnan(value_at(curve, 6.5)["estimate"])
    assert value_at(curve, 4.0)["n_risk"] == 2 and value_at(curve, 6.0)["n_risk"] == 1
    with pytest.raises(ResearchError, match="no later than 6"):
        rmst.restricted_mean(ZERO, STOP, CAUSE == 1, 7)
    with pytest.raises(ResearchError, match="end of follow-up"):
        pseudo_incidence(STOP, CAUSE, [7])


@pytest.mark.parametrize(
    ("start", "stop", "cause", "weights", "said"),
    [
        ([], [], [], None, "at least one person"),
        ([0, -1], [1, 2], [1, 0], None, "row 2: from -1 to 2"),
        ([0, 2], [1, 2], [1, 0], None, "stop after"),
        ([0, 0], [1, 0], [1, 0], None, "row 2: from 0 to 0"),
        ([0, 0], [1, np.inf], [1, 0], None, "cannot be used"),
        ([0, np.nan], [1, 1], [1, 0], None, "cannot be used"),
        ([0, 0], [1, 2], [1, 0.5], None, "found 0.5"),
        ([0, 0], [1, 2], [1, np.nan], None, "found nan"),
        ([0, 0], [1, 2], [1, 0], [1, np.inf], "inf"),
        ([0, 0], [1, 2], [1, 0], [1, 0], "positive finite"),
        ([0, 0], [1, 2], [1, 0], [np.nan, 1], "nan"),
    ],
)
def test_input_without_an_answer_is_told_in_a_sentence(start, stop, cause, weights, said):
    rows = [np.array(column, dtype=float) for column in (start, stop, cause)]
    weights = None if weights is None else np.array(weights, dtype=float)
    for estimator in (kaplan_meier, nelson_aalen, cumulative_incidence):
        with pytest.raises(ResearchError, match=said):
            estimator(*rows, 0.95, weights)


def test_a_constant_covariate_and_a_negative_rho_are_refused():
    values = pseudo_incidence(STOP, CAUSE, [5])
    with pytest.raises(ResearchError, match="constant"):
        pseudo_regression(values, np.ones((5, 1)), "identity")
    with pytest.raises(ResearchError, match="rho"):
        log_rank(ZERO, STOP, CAUSE > 0, CAUSE, rho=-1)


def test_limit_that_rises_again_gives_the_first_time_at_which_it_is_low_enough():
    """343 of 1,052 at 1, 29 of 72 at 2, 1 of 3 at 3: worked with Greenwood's sum on the log-log scale, step by step.

    R's survival 3.5-3 gives 3 for the upper limit of the median, where its own upper limit is under one half at 2.
    """
    stop = np.repeat([1.0, 2.0, 3.0], [980, 69, 3])
    event = np.concatenate([np.arange(980) < 343, np.arange(69) < 29, np.arange(3) < 1]).astype(int)
    share, summed, limits = 1.0, 0.0, []
    for d, n in ((343, 1052), (29, 72), (1, 3)):
        share, summed = share * (1 - d / n), summed + d / (n * (n - d))
        limits.append(share ** np.exp(-1.959964 * np.sqrt(summed) / abs(np.log(share))))
    assert limits[0] > 0.5 > limits[1] and limits[1] < limits[2] < 0.5
    curve = kaplan_meier(np.zeros(1052), stop, event, 0.95)
    np.testing.assert_allclose(curve["conf_high"].to_numpy()[1:], limits, rtol=1e-6)
    assert quantile_time(curve, 0.5) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize(("stop", "event", "median"), [([1, 2, 3, 4], [1, 1, 0, 0], 3.0), ([1, 2], [1, 0], 1.5)])
def test_a_curve_that_stays_at_one_half_until_the_end_gives_the_middle_as_r_does(stop, event, median):
    """R's survfit says 3 and 1.5: half have had the outcome from 2 on, and the others are followed until 4."""
    curve = kaplan_meier(np.zeros(len(stop)), np.array(stop, float), np.array(event, float), 0.95)
    assert quantile_time(curve, 0.5)[0] == median
