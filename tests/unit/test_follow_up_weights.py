"""Occupancy of people whose follow-up counts from a first event: weights by hand, and what they leave alone."""

from dataclasses import replace

import numpy as np
import pytest

from recovery_analysis.estimators.follow_up_weights import fourths, weighted_for_follow_up
from recovery_analysis.estimators.multistate import state_occupancy
from recovery_analysis.estimators.transitions import StateRows

NONE = -1


def rows_of(table, **more):
    person, start, stop, origin, target = np.array(table, dtype=float).T
    return StateRows(person.astype(int), start, stop, origin.astype(int), target.astype(int), 4, **more)


# Person, start, stop, state, next state. Help (state 1) after 1, 2, 3 and 0.5 years; followed since then for 1.5, 2.5,
# 3.5 and, until death (state 3), 2 years.
FOUR = [
    (0, 0, 1, 0, 1), (0, 1, 2.5, 1, NONE),
    (1, 0, 2, 0, 1), (1, 2, 3.2, 1, 2), (1, 3.2, 4.5, 2, NONE),
    (2, 0, 3, 0, 1), (2, 3, 6.5, 1, NONE),
    (3, 0, 0.5, 0, 1), (3, 0.5, 2.5, 1, 3),
]  # fmt: skip


def test_weights_worked_by_hand():
    """Followed for longer than 0, 1, 2, 3, 4 years since help: 1, 1, 3/4, 3/8, 0 (whoever died at 2 could have been
    followed on, so that one of two left is lost at 2.5). Weights of the years since help: 1, 8/7, 16/9, 16/3."""
    found = weighted_for_follow_up(rows_of(FOUR), 1, until=10.0)
    pieces = np.column_stack([found.person, found.start, found.stop, found.origin, found.target, found.weight])
    want = [
        (0, 0, 1, 0, 1, 1), (0, 1, 2, 1, NONE, 1), (0, 2, 2.5, 1, NONE, 8 / 7),
        (1, 0, 2, 0, 1, 1), (1, 2, 3, 1, NONE, 1), (1, 3, 3.2, 1, 2, 8 / 7), (1, 3.2, 4, 2, NONE, 8 / 7),
        (1, 4, 4.5, 2, NONE, 16 / 9),
        (2, 0, 3, 0, 1, 1), (2, 3, 4, 1, NONE, 1), (2, 4, 5, 1, NONE, 8 / 7), (2, 5, 6, 1, NONE, 16 / 9),
        (2, 6, 6.5, 1, NONE, 16 / 3),
        (3, 0, 0.5, 0, 1, 1), (3, 0.5, 1.5, 1, NONE, 1), (3, 1.5, 2.5, 1, 3, 8 / 7),
    ]  # fmt: skip
    np.testing.assert_allclose(pieces, want)


def test_whoever_dies_on_the_last_day_of_another_is_at_risk_then():
    """Help at 0.4 and death a year later, help at 1.2 and followed for a year, help at 1 and followed for two. At a year one
    of three is lost, though 1.4 - 0.4 and 2.2 - 1.2 are not the same number: in the second year the chance to be followed is
    the mean of 2/3 and 0."""
    assert 1.4 - 0.4 < 2.2 - 1.2
    table = [(0, 0, 0.4, 0, 1), (0, 0.4, 1.4, 1, 3), (1, 0, 1.2, 0, 1), (1, 1.2, 2.2, 1, NONE), (2, 0, 1, 0, 1)]
    found = weighted_for_follow_up(rows_of([*table, (2, 1, 3, 1, NONE)]), 1, until=10.0)
    second = (found.person == 2) & (found.start == 2.0)
    np.testing.assert_allclose(found.weight[second], 3.0)


def test_a_cut_on_the_day_of_another_move_is_not_after_it():
    """Help at 0.1, cut 0.2 later: at 0.3, which 0.1 + 0.2 is not."""
    assert 0.1 + 0.2 > 0.3
    found = weighted_for_follow_up(rows_of([(0, 0, 0.1, 0, 1), (0, 0.1, 0.45, 1, NONE)]), 1, until=1.0, step=0.2)
    assert found.stop.tolist() == [0.1, 0.3, 0.45] and found.start.tolist() == [0, 0.1, 0.3]


def test_time_that_is_not_used_is_not_cut_and_sampling_weights_are_multiplied():
    sampled = rows_of(FOUR, weight=np.array([2.0, 2, 1, 1, 1, 1, 1, 3, 3]))
    found = weighted_for_follow_up(sampled, 1, until=1.0)
    assert found.person.tolist() == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert found.weight[0] == 2 and found.weight[-2] == 3
    nobody = rows_of([(0, 0, 2, 0, NONE), (1, 0, 3, 0, NONE)])
    assert weighted_for_follow_up(nobody, 1, until=10.0) is nobody


def test_fourths_hold_equal_weight_and_people_who_waited_as_long_are_together():
    length = np.repeat(np.arange(40.0), 5)
    np.testing.assert_array_equal(np.bincount(fourths(length)), [50, 50, 50, 50])
    heavy = fourths(length, np.where(length < 10, 3.0, 1.0))
    np.testing.assert_array_equal(heavy, fourths(np.concatenate([length, *[length[length < 10]] * 2]))[:200])
    assert set(fourths(length[:90])) == {0}
    assert all(len(set(heavy[length == value])) == 1 for value in length)


def test_a_border_between_fourths_does_not_hang_on_rounding():
    """Weights of a tenth: the middle of the 101st person's is at the half of 201, whatever is lost in adding them up."""
    tenths = fourths(np.arange(201.0), np.full(201, 0.1))
    np.testing.assert_array_equal(tenths, fourths(np.arange(201.0)))
    assert tenths[100] == 2 and tenths[99] == 1


def lives_followed_since_help(n, seed):
    """Help after an exponential time, then to state 2 after another; followed since help for up to ten years."""
    rng = np.random.default_rng(seed)
    wait, course, followed = rng.exponential(3, n), rng.exponential(5, n), rng.uniform(0, 10, n)
    table = []
    for i in range(n):
        end = wait[i] + followed[i]
        table.append((i, 0, wait[i], 0, 1))
        if course[i] < followed[i]:
            table += [(i, wait[i], wait[i] + course[i], 1, 2), (i, wait[i] + course[i], end, 2, NONE)]
        else:
            table.append((i, wait[i], end, 1, NONE))
    return rows_of(table), wait, course


def test_occupancy_is_that_of_whole_histories_where_follow_up_counts_from_help():
    """Six years on: within three errors of the share of the same people, had all been followed."""
    rows, wait, course = lives_followed_since_help(4000, 5)
    found = state_occupancy(weighted_for_follow_up(rows, 1, 6.0), [6.0], np.eye(4)[0])
    truth = np.array([(wait > 6).mean(), ((wait <= 6) & (wait + course > 6)).mean(), (wait + course <= 6).mean()])
    assert (np.abs(found.probability[0, :3] - truth) < 3 * found.std_error[0, :3] + 1e-12).all()


def test_errors_are_those_of_leaving_people_out():
    """The jackknife over people, the weights as they are."""
    rows, *_ = lives_followed_since_help(80, 2)
    weighed = weighted_for_follow_up(rows, 1, 6.0)
    found = state_occupancy(weighed, [4.0], np.eye(4)[0])
    without = [state_occupancy(weighed.where(weighed.person != i), [4.0], np.eye(4)[0]) for i in range(80)]
    for name, error in (("probability", found.std_error), ("years", found.years_std_error)):
        shares = np.array([getattr(one, name)[0] for one in without])
        spread = np.sqrt(((shares - shares.mean(axis=0)) ** 2).sum(axis=0))
        np.testing.assert_allclose(spread[:3], error[0, :3], rtol=0.06)


def test_rows_that_are_cut_where_nobody_is_lost_change_nothing():
    rows, *_ = lives_followed_since_help(60, 3)
    long = replace(rows, stop=np.where(rows.target == NONE, 60.0, rows.stop))
    plain, cut = (state_occupancy(own, [6.0], np.eye(4)[0]) for own in (long, weighted_for_follow_up(long, 1, 6.0)))
    np.testing.assert_allclose(cut.probability, plain.probability, atol=1e-12)
    assert cut.std_error == pytest.approx(plain.std_error)
