"""Rows of standardised curves: what they are called, what they rest on, and what has no answer."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.rows import AnalysisFrames
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival

AGE = Covariate("age", "age", "Age")


def frames(n: int = 600, longest: float = 12, **changes: object) -> AnalysisFrames:
    rng = np.random.default_rng(9)
    peer = rng.integers(0, 2, n).astype(float)
    time = np.ceil(12 * rng.exponential(5 / np.exp(0.6 * peer))) / 12
    censored = rng.uniform(longest / 6, longest, n)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "start": 0.0,
            "stop": np.minimum(time, censored),
            "event": (time <= censored).astype(int),
            "peer": peer,
            "gender": rng.choice(["woman", "man"], n),
            "age": rng.normal(40, 10, n),
        }
    )
    return analyse_survival(frame, SurvivalSpec("o", "Outcome", "baseline", (AGE,), **changes), 0.95)


def standardised(result: AnalysisFrames, group: str = "all") -> pd.DataFrame:
    return result.estimates.query("model == 'standardised' and group == @group")


def test_each_difference_is_the_difference_of_its_two_arms():
    rows = standardised(frames(horizon=5.0, times=(1.0, 3.0)))
    for estimand, horizon in (("restricted_mean", 5.0), ("risk", 1.0), ("risk", 3.0)):
        own = rows[rows["horizon"] == horizon]
        arms = own[own["estimand"] == estimand].set_index("level")["estimate"]
        difference = own[own["estimand"] == f"{estimand}_difference"].iloc[0]
        assert difference["estimate"] == pytest.approx(arms["peer"] - arms["no_peer"])
        assert (difference["level"], difference["reference"]) == ("peer", "no_peer")
        assert difference["conf_low"] < difference["estimate"] < difference["conf_high"]


def test_probabilities_stay_between_0_and_1():
    rows = standardised(frames(40, times=(0.5, 8.0)))
    told = rows[(rows["estimand"] == "risk") & (rows["status"] == "ok")]
    assert told["conf_low"].ge(0).all() and told["conf_high"].le(1).all()
    assert (told["conf_low"] < told["estimate"]).all()


def test_curves_by_everyone_and_by_gender():
    curves = frames().curves.query("method == 'standardised'")
    assert set(curves["by"]) == {"standardised", "standardised_woman", "standardised_man"}
    own = curves[(curves["by"] == "standardised") & (curves["group"] == "peer")]
    assert own["estimate"].iloc[0] == 1.0
    assert (own["estimate"].diff().dropna() <= 0).all()
    inside = own.dropna(subset=["conf_low"])
    assert (inside["conf_low"] < inside["estimate"]).all() and (inside["estimate"] < inside["conf_high"]).all()
    events = own["n_event"].sum()
    assert events == frames().fits.set_index("model").loc["adjusted", "n_events"]
    assert own["n_risk"].iloc[0] == 600


def test_a_time_after_the_end_of_follow_up_has_no_number():
    rows = standardised(frames(horizon=50.0, times=(60.0,)))
    late = rows[rows["horizon"].isin([50.0, 60.0])]
    assert set(late["status"]) == {"too_few_events"}
    assert late["estimate"].isna().all()
    assert late["note"].str.contains("ends before").all()


def test_a_time_before_the_first_outcome_has_no_number():
    rows = standardised(frames(times=(0.01,))).query("horizon == 0.01")
    assert set(rows["status"]) == {"too_few_events"}


def test_what_it_rests_on_is_said():
    rows = standardised(frames(horizon=5.0))
    assert rows["note"].str.contains("adjusted Cox model").all()
    assert set(rows["n"]) == {600}


def test_a_median_that_is_not_reached_says_so():
    rows = standardised(frames(longest=1.5)).query("estimand == 'median_time'")
    assert rows["estimate"].isna().all()
    assert rows["note"].str.startswith("Not reached: under half").all()
    reached = standardised(frames()).query("estimand == 'median_time'")
    assert reached["estimate"].notna().all() and not reached["note"].str.contains("Not reached").any()
