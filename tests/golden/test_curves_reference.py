"""Curves, medians and log-rank tests against R's survival, and one curve worked by hand."""

import numpy as np
import pytest

from recovery_analysis.estimators.kaplan_meier import kaplan_meier, median_time
from recovery_analysis.estimators.log_rank import log_rank

CLOSED_FORM = 1e-9
GROUPS = {
    "helprct_linkage": "treat",
    "helprct_delayed": "treat",
    "veteran": "celltype",
    "help_first_use": "peer",
    "heart": "transplant",
}


def curve_of(rows):
    return kaplan_meier(*(rows[c].to_numpy(float) for c in ("start", "stop", "event")), 0.95)


def groups_of(frame, column):
    labels = frame[column].map(lambda v: v if isinstance(v, str) else f"{v:g}")
    return {label: frame[labels == label] for label in sorted(labels.unique())}


@pytest.mark.parametrize("case", GROUPS)
def test_curve_equals_survfit(case, dataset, reference):
    """For `heart`, in which people move between groups, this is the Simon-Makuch curve."""
    expected = reference("curves", case).astype({"group": str})
    for group, rows in groups_of(dataset(case), GROUPS[case]).items():
        found, want = curve_of(rows), expected[expected["group"] == group]
        assert found["time"].iloc[0] == 0 and found["estimate"].iloc[0] == 1
        inside = (want["estimate"] > 0) & (want["estimate"] < 1)
        for column in ("time", "n_risk", "n_event", "n_censor", "estimate"):
            np.testing.assert_allclose(found[column].iloc[1:], want[column], rtol=CLOSED_FORM, err_msg=column)
        for column in ("conf_low", "conf_high"):
            np.testing.assert_allclose(
                found[column].iloc[1:].to_numpy()[inside], want[column][inside], rtol=1e-8, err_msg=column
            )


@pytest.mark.parametrize("case", GROUPS)
def test_median_equals_survfit(case, dataset, reference):
    expected = reference("medians", case).astype({"group": str}).set_index("group")
    for group, rows in groups_of(dataset(case), GROUPS[case]).items():
        want = expected.loc[group, ["estimate", "conf_low", "conf_high"]].to_numpy(float)
        np.testing.assert_allclose(median_time(curve_of(rows)), want, rtol=CLOSED_FORM)


@pytest.mark.parametrize("case", ["helprct_linkage", "veteran", "help_first_use", "heart"])
def test_log_rank_equals_survdiff(case, dataset, reference):
    """For `heart`, where people enter a group late, R's score test of the Cox model with exact ties."""
    frame, expected = dataset(case), reference("log_rank", case)
    columns = (frame[c].to_numpy(float) for c in ("start", "stop", "event"))
    found = log_rank(*columns, frame[GROUPS[case]].to_numpy())
    assert found["statistic"] == pytest.approx(expected["statistic"][0], rel=1e-8)
    assert found["df"] == expected["df"][0]


def test_log_rank_of_linkage_as_published(dataset):
    frame = dataset("helprct_linkage")
    columns = (frame[c].to_numpy(float) for c in ("start", "stop", "event"))
    assert log_rank(*columns, frame["treat"].to_numpy())["statistic"] == pytest.approx(84.8, abs=0.05)


def test_curve_worked_by_hand():
    """Six people, outcomes at 2 (two, of six at risk), 5 (one of three); censored at 3, 5 and 8.

    S(2) = 4/6; one is censored at 3, so three are at risk at 5: S(5) = 4/6 x 2/3 = 4/9. Greenwood's sum is
    2/(6 x 4) + 1/(3 x 2) = 1/4, so the standard error is 4/9 x 1/2, and log(-log S) has the error
    (1/2)/|log(4/9)|.
    """
    stop, event = np.array([2, 2, 3, 5, 5, 8.0]), np.array([1, 1, 0, 1, 0, 0])
    curve = kaplan_meier(np.zeros(6), stop, event, 0.95).set_index("time")
    assert curve["estimate"].to_dict() == pytest.approx({0: 1, 2: 4 / 6, 3: 4 / 6, 5: 4 / 9, 8: 4 / 9})
    assert curve["n_risk"].to_dict() == {0: 6, 2: 6, 3: 4, 5: 3, 8: 1}
    assert curve["n_censor"].to_dict() == {0: 0, 2: 0, 3: 1, 5: 1, 8: 1}
    assert curve.loc[5, "std_error"] == pytest.approx(4 / 9 / 2)
    half = 1.959963984540054 * 0.5 / abs(np.log(4 / 9))
    assert curve.loc[5, "conf_low"] == pytest.approx((4 / 9) ** np.exp(half))
    assert curve.loc[5, "conf_high"] == pytest.approx((4 / 9) ** np.exp(-half))
    assert median_time(curve.reset_index())[0] == 5


def test_delayed_entry_worked_by_hand():
    """Entering at 0, 0, 2 and 4; outcomes at 1, 3 and 5: 1 of 2, 1 of 2, then 1 of 2 at risk."""
    start, stop = np.array([0, 0, 2, 4.0]), np.array([1, 5, 3, 6.0])
    curve = kaplan_meier(start, stop, np.array([1, 1, 1, 0]), 0.95)
    assert list(curve["n_risk"]) == [2, 2, 2, 2, 1]
    assert list(curve["estimate"]) == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8, 1 / 8])
