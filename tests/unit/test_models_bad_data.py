"""Data from which nothing can be estimated: a status with its reason, or a clear error; never a number."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.models.periods import SurvivalSpec, person_periods
from recovery_analysis.models.person_times import person_times
from recovery_analysis.models.regression import RegressionSpec, analyse_regression
from recovery_analysis.models.spec import Covariate, covariates_of
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.study import Variable

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
SITE = Covariate("site", "site", "Site", {"A": "A", "B": "B", "C": "C"})
AGE = Covariate("age", "age", "Age")


def people(n: int = 120, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "start": 0.0,
            "stop": rng.integers(1, 60, n).astype(float),
            "event": rng.integers(0, 2, n),
            "peer": rng.integers(0, 2, n).astype(float),
            "gender": rng.choice(["woman", "man"], n),
            "site": rng.choice(["A", "B", "C"], n),
            "age": rng.normal(40, 10, n),
        }
    )


def cox(frame: pd.DataFrame, *covariates: Covariate):
    return analyse_survival(frame, SurvivalSpec("o", "Outcome", "baseline", covariates, where="analyses.a"), 0.95)


def logistic(frame: pd.DataFrame, *covariates: Covariate, family: str = "logistic"):
    spec = RegressionSpec("o", "Outcome", "event", family, covariates, where="analyses.a")
    return analyse_regression(frame.assign(wave="1"), spec, 0.95)


def refused(frames, model: str, status: str) -> pd.DataFrame:
    """The peer rows of a model, after checking that they have the status and no number."""
    rows = frames.estimates[(frames.estimates["model"] == model) & (frames.estimates["term"] == "peer")]
    assert set(rows["status"]) == {status}
    assert rows[NUMBERS].isna().all(axis=None)
    assert rows["note"].str.len().min() > 20
    return rows


@pytest.mark.parametrize("fit", [cox, logistic])
@pytest.mark.parametrize("events", [0, 1])
def test_no_outcome_or_only_one(fit, events):
    frame = people().assign(event=0)
    frame.loc[: events - 1, "event"] = 1
    frames = fit(frame)
    for model in ("crude", "adjusted", "interaction"):
        refused(frames, model, "too_few_events")
    assert set(frames.fits["status"]) == {"too_few_events"}


def test_all_outcomes_at_one_time():
    rows = refused(cox(people().assign(stop=5.0, event=1)), "crude", "too_few_events")
    assert "same time" in rows["note"].iloc[0]


def test_nobody_has_peers():
    for frames in (cox(people().assign(peer=0.0)), logistic(people().assign(peer=0.0))):
        rows = refused(frames, "crude", "too_few_events")
        assert "nobody" in rows["note"].iloc[0]


def test_no_outcome_with_peers():
    frame = people()
    frame.loc[frame["peer"] == 1, "event"] = 0
    for frames in (cox(frame), logistic(frame)):
        rows = refused(frames, "crude", "separated")
        assert "Peer engagement" in rows["note"].iloc[0]
        assert rows["gate"].iloc[0] == "separation"


@pytest.mark.parametrize("level", ["A", "B"])
def test_a_level_without_outcomes_is_named(level):
    frame = people()
    frame.loc[frame["site"] == level, "event"] = 0
    for frames in (cox(frame, SITE), logistic(frame, SITE)):
        rows = refused(frames, "adjusted", "separated")
        assert "Site" in rows["note"].iloc[0] and f"'{level}'" in rows["note"].iloc[0]
        crude = frames.estimates.query("model == 'crude' and term == 'peer'").iloc[0]
        assert crude["status"] == "ok" and np.isfinite(crude["estimate"])


def test_separation_by_a_number_is_found():
    frame = people()
    frame["event"] = (frame["age"] > 40).astype(int)
    rows = refused(logistic(frame, AGE), "adjusted", "separated")
    assert "separate" in rows["note"].iloc[0]
    frame["stop"] = frame["age"].rank(ascending=False)
    rows = refused(cox(frame.assign(event=1), AGE), "adjusted", "separated")
    assert "Age" in rows["note"].iloc[0]


def test_constant_covariate_fails_by_name_and_the_crude_model_stands():
    for fit in (cox, logistic):
        frames = fit(people().assign(site="A"), SITE)
        rows = refused(frames, "adjusted", "failed")
        assert "'site' is the same for everyone" in rows["note"].iloc[0]
        crude = frames.estimates.query("model == 'crude' and term == 'peer'").iloc[0]
        assert crude["status"] == "ok" and np.isfinite(crude["estimate"])


def test_covariates_that_say_the_same_fail_by_name():
    frame = people().assign(age_in_months=lambda f: f["age"] * 12)
    months = Covariate("age_in_months", "age_in_months", "Age in months")
    for fit in (cox, logistic):
        fits = fit(frame, AGE, months).fits.set_index("model")
        assert fits.loc["adjusted", "status"] == "failed"
        assert "Age in months" in fits.loc["adjusted", "note"]
        assert fits.loc["crude", "status"] == "ok"


def test_covariate_written_twice_or_unknown():
    variables = {"age": Variable(label="Age", type="number")}
    with pytest.raises(ResearchError, match="'age' is written twice"):
        covariates_of(("age", "age"), variables, people(), "analyses.a")
    with pytest.raises(ResearchError, match="no column 'agee'.*Did you mean 'age'"):
        covariates_of(("agee",), variables, people(), "analyses.a")


def periods(**columns: list) -> pd.DataFrame:
    frame = pd.DataFrame({"person_id": ["a", "a"], "start": [0.0, 2.0], "stop": [2.0, 5.0], "event": [0, 1]})
    return frame.assign(peer=[0.0, 1.0], lower=np.nan, outcome="o").assign(**columns)


COHORT = pd.DataFrame({"person_id": ["a"], "gender": ["woman"], "peer": [1.0]})


def test_period_that_stops_before_it_starts_is_refused():
    with pytest.raises(ResearchError, match="1 rows do not stop after they start.*start 2, stop 2"):
        person_periods(COHORT, periods(stop=[2.0, 2.0]), "o", "time_varying")


def test_overlapping_periods_are_refused():
    with pytest.raises(ResearchError, match="overlap"):
        person_periods(COHORT, periods(start=[0.0, 1.0]), "o", "time_varying")


def test_neighbouring_periods_with_the_same_peers_are_one():
    moving = person_periods(COHORT, periods(), "o", "time_varying")
    still = person_periods(COHORT, periods(), "o", "baseline")
    assert (len(moving), len(still)) == (2, 1)
    assert still.loc[0, ["start", "stop", "event", "peer"]].tolist() == [0.0, 5.0, 1, 1.0]


def test_peers_at_the_start_are_not_those_who_join_later():
    """Whoever joins at 2 was without peers when the clock started: to count them as with peers is immortal time."""
    dated = COHORT.assign(peer_from=2.0)
    still = person_periods(dated, periods(), "o", "baseline")
    assert still.loc[0, ["start", "stop", "event", "peer"]].tolist() == [0.0, 5.0, 1, 0.0]
    assert person_times(still, dated, "years", changing=False)["peer"].tolist() == [0.0]
    moving = person_times(person_periods(dated, periods(), "o", "time_varying"), dated, "years", changing=True)
    assert moving[["peer", "switch", "stop"]].to_numpy().tolist() == [[1.0, 2.0, 5.0]]


def test_peers_met_at_the_time_of_the_outcome_are_not_met_before_it():
    """28 days: the fraction of a year that they are comes back as less than 28, before the outcome at 28."""
    years = 28 / 365.25
    assert years * 365.25 < 28
    one = {"start": 0.0, "stop": 28.0, "event": 1, "peer": 0.0}
    rows = person_periods(COHORT, periods().iloc[:1].assign(**one), "o", "time_varying")
    person = person_times(rows, COHORT.assign(peer_from=years), "days", changing=True)
    assert person[["switch", "stop"]].to_numpy().tolist() == [[28.0, 28.0]]


def test_linear_outcome_that_never_varies_fails():
    frames = logistic(people().assign(event=3.0), family="linear")
    rows = refused(frames, "crude", "failed")
    assert "same value" in rows["note"].iloc[0]
