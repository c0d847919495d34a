"""What is read off a curve: ticks, steps, numbers at risk; worked by hand."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.figures.risk import at_risk, common_time, cumulative, joined, time_ticks
from recovery_analysis.figures.sheet import text_width, wrap


@pytest.mark.parametrize(
    ("horizon", "unit", "expected"),
    [
        (180, "days", [0, 30, 60, 90, 120, 150, 180]),
        (730, "days", [0, 180, 360, 540, 720]),
        (25, "years", [0, 5, 10, 15, 20, 25]),
        (7.5, "years", [0, 1, 2, 3, 4, 5, 6, 7]),
        (24, "months", [0, 3, 6, 9, 12, 15, 18, 21, 24]),
    ],
)
def test_ticks_are_customary_times(horizon, unit, expected):
    assert time_ticks(horizon, unit) == expected


def curve(**changes) -> pd.DataFrame:
    frame = {
        "time": [0.0, 2.0, 5.0, 9.0],
        "estimate": [1.0, 0.8, 0.5, 0.5],
        "conf_low": [np.nan, 0.6, 0.2, 0.2],
        "conf_high": [np.nan, 0.9, 0.7, 0.7],
        "n_risk": [10.0, 10.0, 7.0, 2.0],
    }
    return pd.DataFrame(frame | changes)


def test_cumulative_turns_the_curve_and_its_interval_over():
    steps = cumulative(curve(), 9)
    assert steps["percent"].tolist() == pytest.approx([0, 20, 50, 50])
    assert steps.loc[1, ["low", "high"]].tolist() == pytest.approx([10, 40])


def test_cumulative_goes_on_to_the_horizon_where_the_curve_does():
    steps = cumulative(curve(), 7)
    assert steps["time"].tolist() == [0, 2, 5, 7]
    assert steps["percent"].iloc[-1] == pytest.approx(50)


def test_a_start_and_one_step_are_not_a_curve():
    assert cumulative(curve().head(2), 9).empty
    assert cumulative(curve(estimate=[np.nan] * 4), 9).empty


def test_at_risk_is_read_at_or_after_the_tick():
    assert at_risk(curve(), [0, 2, 3, 9], exact=True) == [10, 10, 7, 2]


def test_after_the_last_row_nobody_is_left_or_nobody_may_know():
    assert at_risk(curve(), [10], exact=True) == [0]
    assert at_risk(curve(), [10], exact=False) == [None]


def test_a_withheld_number_is_none():
    assert at_risk(curve(n_risk=[10, np.nan, 7, 2]), [0, 1, 5], exact=False) == [10, None, 7]


def test_common_time_is_the_horizon_or_the_last_shared_tick():
    long, short = cumulative(curve(), 9), cumulative(curve(), 7).iloc[:3]
    assert common_time([long], [0, 3, 6, 9], 9) == 9
    assert common_time([long, short], [0, 3, 6, 9], 9) == 3
    assert common_time([long], [0, 3, 6], None) == 6
    assert common_time([short], [0], None) == short["time"].iloc[-1]


def test_whether_people_come_in_later_is_seen_from_the_numbers_at_risk():
    assert not joined(curve()) and joined(curve(n_risk=[0, 12, 11, 2]))


def test_wrapped_lines_are_no_wider_than_asked_and_lose_no_word():
    text = "a line of words that goes on for rather longer than an inch or two can hold"
    lines = wrap(text, 2.0, 9)
    assert " ".join(lines) == text
    assert all(text_width(line, 9) <= 2.0 for line in lines)
