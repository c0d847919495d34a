"""Gates of multi-state analyses: each closes where it should, stays open where it should, and reaches its estimates."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.models.flow import Selection
from recovery_analysis.models.multistate import analyse_states
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.state_checks import follow_up_checks, gates, state_checks
from recovery_analysis.models.state_groups import StatesSpec, coded, state_groups
from recovery_analysis.simulate.lives import draw_lives
from tests.unit import lives_sample as lives

SPEC = StatesSpec("stages", lives.STAGES.states, (10.0, 20.0), (1.0,), replicates=20)
N = 2500


def paths(chosen: str, n: int = N, seed: int = 3) -> pd.DataFrame:
    """Paths of lives until the interview: at a day of its own for everyone since onset (`chance`), or since first help,
    as in the simulated survey, where only people who sought help are asked (`help`)."""
    drawn = draw_lives(n, seed)
    people, onset = drawn.people, lives.onset_of(drawn)
    until = people["interview_at"].to_numpy()
    if chosen == "chance":
        until = onset + np.random.default_rng(5).uniform(2, 45, n)
    return lives.paths_of(drawn, drawn.spells, until, people["peer_start"].to_numpy())


@pytest.fixture(scope="module")
def by_chance() -> pd.DataFrame:
    return paths("chance")


@pytest.fixture(scope="module")
def by_help() -> pd.DataFrame:
    return paths("help", 12_000)


def verdicts(frame: pd.DataFrame, model: str = "states") -> dict[tuple[str, str], str]:
    return {(c["diagnostic"], c["term"]): c["verdict"] for c in state_checks(frame, SPEC) if c["model"] == model}


def test_interviews_by_chance_of_anybody_close_no_gate(by_chance):
    assert set(verdicts(by_chance).values()) == {"pass"}
    assert set(gates(state_checks(by_chance, SPEC)).values()) == {"passed"}


def test_where_peers_became_common_the_gate_names_the_move_and_the_cause(by_help):
    """People drawn by the time since help are compared by it: those followed for longest sought help when few met peers,
    and got to recovery less often. Among people with the same peers the interviews say nothing of the course."""
    found = verdicts(by_help)
    assert found["truncation_at_help", "global"] == "warn"
    assert found["informative_interviews", "global"] == "warn"
    assert found["informative_interviews", "peer"] == "pass"
    said = next(
        c for c in state_checks(by_help, SPEC) if (c["diagnostic"], c["term"]) == ("informative_interviews", "global")
    )
    for words in (
        "since first help",
        "'help sought, less than 1 year in recovery' to 'in recovery, 1 to 5 years', less often the longer",
        "peers may have become more common, or less",
    ):
        assert words in said["meaning"]
    assert said["df"] == 4
    passed = gates(state_checks(by_help, SPEC))
    assert passed["states", False] == "truncation_at_help; informative_interviews"
    assert passed["states", True] == "truncation_at_help" and passed["stays", False] == "passed"


def test_interviews_at_a_time_since_help_that_depends_on_nothing_leave_truncation_alone():
    """Nobody is to be seen before help, so that from onset on the interviews would say much; shares are weighted for it."""
    drawn = draw_lives(6000, 3)
    since = np.random.default_rng(6).permutation(drawn.people["since_help"])
    until = drawn.people["help_at"].to_numpy() + since
    frame = lives.paths_of(drawn, drawn.spells, until, drawn.people["peer_start"].to_numpy())
    assert gates(state_checks(frame, SPEC))["states", False] == "truncation_at_help"
    everyone = next(state_groups(frame, SPEC))
    weights = {(c["term"], c["verdict"]): c["value"] for c in follow_up_checks(everyone, SPEC)}
    assert 2 < weights["global", "pass"] < 5 and weights["peer", "pass"] == 1
    late = StatesSpec("stages", lives.STAGES.states, (10.0, 40.0), (1.0,))
    assert follow_up_checks(next(state_groups(frame, late)), late)[0]["verdict"] == "warn"


def test_interviews_of_anybody_are_not_weighted(by_chance):
    everyone = next(state_groups(by_chance, SPEC))
    assert everyone.weighed is None and follow_up_checks(everyone, SPEC) == []


def test_interviews_that_hang_on_the_course_are_found_on_both_clocks(by_chance):
    """Whoever is in recovery for five years is interviewed soon after: long histories are of those who are not."""
    sooner = by_chance["origin"].eq("recovery_5")
    first = by_chance[sooner].groupby("person_id")["start"].min()
    end = by_chance["person_id"].map(first + 0.5).fillna(np.inf)
    cut = by_chance[by_chance["start"] < end].copy()
    late = cut["stop"] > end[cut.index]
    cut.loc[late, "target"] = None
    cut["stop"] = np.minimum(cut["stop"], end[cut.index])
    found = verdicts(cut)
    assert found["informative_interviews", "global"] == found["informative_interviews", "peer"] == "warn"


@pytest.mark.parametrize(("share", "verdict"), [(0.2, "pass"), (0.5, "warn")])
def test_moves_told_to_the_year(by_chance, share, verdict):
    moved = by_chance["target"].notna()
    told = moved & (np.random.default_rng(1).uniform(size=len(by_chance)) < share)
    checks = state_checks(by_chance.assign(told_to_year=told), SPEC)
    own = {c["model"]: c for c in checks if c["diagnostic"] == "recall_heaping"}
    assert set(own) == {"states", "rates", "stays", "milestones"}
    assert {c["verdict"] for c in own.values()} == {verdict}
    assert own["states"]["value"] == pytest.approx(told.sum() / moved.sum())


def test_a_state_that_few_people_reached_closes_the_gate(by_chance):
    few = by_chance.groupby("person_id", sort=False).head(1).head(400)
    few = pd.concat([few, by_chance[by_chance["person_id"].isin(few["person_id"].head(12))]])
    few = few.drop_duplicates(["person_id", "start"]).sort_values(["person_id", "start"])
    found = verdicts(few)
    assert found["people_in_states", "global"] == "warn"


def test_where_people_died_the_day_of_their_interview_is_not_known(by_chance):
    died = by_chance.copy()
    last = died.drop_duplicates("person_id", keep="last").index[:200]
    died.loc[last, "target"] = "died"
    assert not any(name == "informative_interviews" for name, _ in verdicts(died))


def test_every_estimate_carries_them_and_they_have_words():
    frame = paths("help")
    frame["severity"] = np.random.default_rng(1).normal(size=N)[coded(frame, SPEC.states).person]
    covariates = (Covariate("severity", "severity", "Severity"),)
    found = analyse_states(frame, SPEC, 0.95, 0, Selection(frame, covariates, []))
    gate = found.estimates.set_index("model")["gate"]
    everyone = found.estimates.query("model == 'states' and term == 'everyone'")["gate"]
    assert set(everyone) == {gates(state_checks(frame, SPEC))["states", False]}
    for model in ("states", "rates", "milestones", "standardised"):
        assert gate[model].str.contains("truncation").all(), model
    assert not gate["stays"].str.contains("truncation").any()
    told = set(found.diagnostics["diagnostic"])
    assert (
        {"recall_heaping", "truncation_at_help", "informative_interviews", "people_in_states"}
        <= told
        <= {*labels.GATE, "proportional_hazards", "minimum_detectable_hazard_ratio"}
    )
