"""Every gender keeps its row and its people: small groups get no number of their own, and are not merged."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.regression import RegressionSpec, analyse_regression
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.study import GENDERS

GENDER = Covariate("gender", "gender", "Gender", {g: g for g in GENDERS})


def people(**small: int) -> pd.DataFrame:
    """200 women, 200 men, and the given number of people of other genders."""
    genders = ["woman"] * 200 + ["man"] * 200 + [g for g, n in small.items() for _ in range(n)]
    n, rng = len(genders), np.random.default_rng(7)
    frame = pd.DataFrame({"person_id": [f"p{i}" for i in range(n)], "gender": genders, "start": 0.0})
    frame["stop"] = np.ceil(rng.exponential(50, n))
    frame["peer"] = np.arange(n) % 2.0
    return frame.assign(event=(np.arange(n) % 3 > 0).astype(int), wave="1", y=rng.normal(size=n))


def cox(frame: pd.DataFrame):
    return analyse_survival(frame, SurvivalSpec("o", "Outcome", "baseline", (GENDER,)), 0.95)


def regression(frame: pd.DataFrame, family: str):
    measure = "event" if family == "logistic" else "y"
    return analyse_regression(frame, RegressionSpec("o", "Outcome", measure, family, (GENDER,)), 0.95)


def own_rows(frames) -> pd.DataFrame:
    rows = frames.estimates.query("model == 'interaction' and term == 'peer'")
    assert rows["group"].is_unique
    return rows.set_index("group")


@pytest.mark.parametrize("family", ["cox", "logistic", "linear"])
def test_small_group_keeps_its_row_and_its_people(family):
    frame = people(non_binary=8, undisclosed=30)
    frames = cox(frame) if family == "cox" else regression(frame, family)
    rows = own_rows(frames)
    assert list(rows.index) == ["woman", "man", "non_binary", "undisclosed"]
    assert list(rows["status"]) == ["ok", "ok", "too_few_events", "ok"]
    assert np.isnan(rows.loc["non_binary", "estimate"]) and rows.loc["non_binary", "n"] == 8
    assert "Fewer than 10" in rows.loc["non_binary", "note"]
    assert set(frames.fits["n"]) == {438}
    test = frames.estimates.query("term == 'peer:gender'").iloc[0]
    assert test["df"] == 2 and 0 < test["p_value"] < 1


@pytest.mark.parametrize("family", ["cox", "logistic", "linear"])
def test_small_group_does_not_move_the_effect_in_women(family):
    """Whatever happens to eight people of another gender, the peer effect among women stays the same."""
    calm, extreme = people(other=8), people(other=8)
    extreme.loc[extreme["gender"] == "other", "stop"] = np.where(extreme["peer"].tail(8) == 1, 1.0, 400.0)
    extreme.loc[extreme["gender"] == "other", "y"] = 50 * extreme["peer"].tail(8)
    fit = cox if family == "cox" else lambda f: regression(f, family)
    before, after = (own_rows(fit(f)).loc["woman", "estimate"] for f in (calm, extreme))
    assert after == pytest.approx(before, abs=0.03 if family == "cox" else 1e-9)


def test_outcomes_on_one_side_only_give_no_own_effect():
    frame = people(other=40)
    frame.loc[(frame["gender"] == "other") & (frame["peer"] == 1), "event"] = 0
    rows = own_rows(cox(frame))
    assert rows.loc["other", "status"] == "too_few_events" and "with peers, or without" in rows.loc["other", "note"]
    assert set(cox(frame).fits["n"]) == {440}


@pytest.mark.parametrize("family", ["cox", "logistic"])
def test_group_without_outcomes_is_left_out_in_words(family):
    frame = people(non_binary=12)
    frame.loc[frame["gender"] == "non_binary", "event"] = 0
    frames = cox(frame) if family == "cox" else regression(frame, family)
    assert frames.fits.set_index("model")["n"].to_dict() == {
        "crude": 412,
        "adjusted": 400,
        "interaction": 400,
    }
    (label, n), *rest = frames.left_out
    assert n == 12 and not rest and "Non-binary people" in label and "adjusted, interaction" in label
    assert own_rows(frames).loc["non_binary", "status"] == "too_few_events"
    adjusted = frames.estimates.query("model == 'adjusted' and term == 'peer'").iloc[0]
    assert adjusted["status"] == "ok" and "Non-binary people" in adjusted["note"]


def test_text_names_no_small_count():
    frames = cox(people(non_binary=3, other=4))
    text = " ".join(frames.estimates["note"].dropna()) + " ".join(frames.fits["formula"])
    assert not [word for word in text.split() if word.strip(".,;:()") in {"1", "2", "3", "4", "7"}]


def test_only_women():
    frame = people().query("gender == 'woman'").reset_index(drop=True)
    frames = analyse_survival(frame, SurvivalSpec("o", "Outcome", "baseline"), 0.95)
    assert list(own_rows(frames)["status"]) == ["ok"]
    assert frames.estimates.query("term == 'peer:gender'").iloc[0]["status"] == "too_few_events"
