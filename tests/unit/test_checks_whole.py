"""What is said of a study as a whole, what the gate lets through, and that people are accounted for."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.checks import account_for_flow
from recovery_analysis.checks.whole import StudyData, assess, stop_if_fatal
from recovery_analysis.checks.whole.attrition import chi_square_p, holm
from recovery_analysis.checks.whole.direction import agreements, correlations, sums_of_pairs
from recovery_analysis.checks.whole.drift import standardised_difference, total_variation
from recovery_analysis.checks.whole.heaping import FEW_YEARS, whipple
from recovery_analysis.disclosure import PRESETS, release_data_checks
from recovery_analysis.errors import ResearchError
from recovery_analysis.io import validate
from recovery_analysis.schemas.results import DATA_CHECK_ROWS, DATA_CHECKS
from recovery_analysis.study import StudyBlocks
from recovery_analysis.tables.whole_study import topics_of

PEOPLE = 400
PLAN = {
    "design": {"kind": "population_survey", "time_zero": "first_help"},
    "peer": {"label": "With peers", "reference": "Without peers", "noun": "peers", "measure": "peer"},
    "variables": {
        "score": {"label": "Score", "type": "number"},
        "peer": {"label": "Peer", "type": "binary"},
        "work": {"label": "Work", "type": "category", "levels": {"yes": "Yes", "no": "No"}},
    },
    "outcomes": {
        "use": {"kind": "event", "label": "First use", "definition": "x", "event": "use", "unit": "years"},
        "score": {"kind": "measure", "label": "Score", "definition": "x", "measure": "score", "better": "higher"},
    },
}


def study(lost=0.0, lost_with_peers=0.0, shift=0.0, heaped=0.0, missing=0.0, events=100, largest=0, **checks):
    """400 people in two files, half with peers, half women; faults of each kind as asked for."""
    rng = np.random.default_rng(3)
    i = np.arange(PEOPLE)
    ids, peer, file = i.astype(str), (i % 2).astype(float), np.where(i < 200, "a.csv", "b.csv")
    origin = {"source_file": file, "source_row": i + 1}
    gender = np.where(i % 4 < 2, "woman", "man")
    work = np.where(rng.random(PEOPLE) < 0.5, "yes", "no")
    persons = pd.DataFrame({"person_id": ids, "gender": gender, "work": work, "age": 30 + i % 10 + 0.5} | origin)
    persons["birth_year"] = 1980.0
    score = rng.normal(10, 2, PEOPLE) + shift * (file == "b.csv")
    first = pd.DataFrame({"person_id": ids, "wave": 0, "time": 2020.0, "score": score, "peer": peer} | origin)
    second = first.assign(wave=1, time=2021.0)
    first.loc[(first["peer"] == 1) & (rng.random(PEOPLE) < missing), "score"] = np.nan
    gone = (i // 4 * 7 % 100) < 100 * np.where(peer == 1, lost_with_peers, lost)
    year = np.where(rng.random(PEOPLE) < heaped, rng.choice([2000, 2005, 2010]), 1990 + i % 30)
    events_ = pd.DataFrame({"person_id": ids, "event": "first_help", "time": year + 0.5, "observed": True})
    happened = (i < events).astype(int)
    return StudyData(
        persons=persons,
        spells=pd.DataFrame({name: [] for name in ("person_id", "kind", "start", "precision")}),
        events=events_.assign(precision="year" if heaped else "month", **origin),
        waves=pd.concat([first, second[~gone]], ignore_index=True),
        cohort=persons[["person_id", "gender"]].assign(peer=peer),
        periods=pd.DataFrame({"person_id": ids, "outcome": "use", "event": happened}),
        state_paths=pd.DataFrame({"person_id": ids, "outcome": "stages", "origin": "after_help"}),
        plan=StudyBlocks.model_validate(PLAN | {"checks": checks}),
        largest_withheld=largest,
    )


def found(data, check):
    rows = assess(data, "tiny")
    validate(rows, DATA_CHECK_ROWS, "test")
    return rows[rows["check"] == check]


def test_a_sound_study_has_nothing_to_be_looked_at():
    rows = assess(study(lost=0.1, lost_with_peers=0.1), "tiny")
    assert set(rows["check"]) == {"attrition", "heaping", "missing_pattern", "drift", "direction", "small_cells"}
    assert rows.loc[rows["verdict"] == "warn", ["check", "what", "group", "value"]].values.tolist() == []
    assert (rows["verdict"] == "pass").sum() > 10


def test_uneven_loss_is_seen_for_peers_and_not_for_gender():
    rows = found(study(lost=0.1, lost_with_peers=0.5), "attrition").set_index("group")
    assert rows.loc["Difference by peers", "verdict"] == "warn"
    assert rows.loc["Difference by peers", "value"] < 1e-6
    assert rows.loc["Difference by gender", "verdict"] == "pass"
    assert rows.loc["With peers", ["verdict", "n"]].tolist() == ["warn", 200]
    assert rows.loc["Without peers", "verdict"] == "pass"
    assert rows.loc["Everyone", "value"] == pytest.approx(rows.loc["Everyone", "count"] / 400)


def test_groups_too_small_for_the_chi_square_test_are_left_out():
    lost = pd.Series([True, False] * 50 + [True, True])
    group = pd.Series(["a", "a", "b", "b"] * 25 + ["c", "c"])
    assert chi_square_p(lost, group) == pytest.approx(chi_square_p(lost[:100], group[:100]))
    assert np.isnan(chi_square_p(lost[:100], pd.Series(["a"] * 100)))


def test_heaped_years_are_seen_and_their_meaning_told():
    rows = found(study(heaped=0.6), "heaping").set_index("what")
    assert rows.loc["First help: year", "verdict"] == "warn"
    assert "do not read steps at whole five years as real" in rows.loc["First help: year", "meaning"]
    assert rows.loc["First help: year only", ["value", "verdict"]].tolist() == [1.0, "warn"]


def test_years_of_a_short_time_are_not_called_rounded():
    data = study()
    late = data.events.assign(time=np.where(np.arange(PEOPLE) % 2, 2019.4, 2020.4))
    late.loc[0, "time"] = 1962.5
    row = found(replace(data, events=late), "heaping").set_index("what").loc["First help: year"]
    assert (row["verdict"], row["meaning"]) == ("not_applicable", FEW_YEARS)
    every_year = data.events.assign(time=2010.5 + np.arange(PEOPLE) % 12)
    row = found(replace(data, events=every_year), "heaping").set_index("what").loc["First help: year"]
    assert row["value"] == pytest.approx(100, abs=3)


def test_whipple_by_hand():
    assert whipple(np.arange(23, 63), 23, 62)[:2] == (100.0, 40)
    assert whipple(np.array([25.0, 30, 31, 70, np.nan]), 23, 62)[:2] == (500 * 2 / 3, 3)
    assert whipple(np.array([25.0] * 10), 23, 62) == (500.0, 10, pytest.approx(0.2**10))
    assert whipple(np.array([]), 23, 62)[1:] == (0, 1.0)


def test_answers_missing_by_peers_are_not_missing_at_random():
    rows = found(study(missing=0.6), "missing_pattern").set_index(["what", "unit"])
    assert rows.loc[("Score", "share"), "verdict"] == "warn"
    assert rows.loc[("All answers at the start", "p_value"), "verdict"] == "warn"
    complete = found(study(), "missing_pattern").set_index(["what", "unit"])
    assert complete.loc[("All answers at the start", "p_value"), "verdict"] == "not_applicable"


def test_drift_between_files_is_seen_where_it_is():
    rows = found(study(shift=3.0), "drift").set_index("what")
    assert rows.loc["Score, interview 0", "verdict"] == "warn"
    assert rows.loc["Score, interview 0", "value"] > 1
    assert rows.loc["Work", "verdict"] == "pass"


def test_distances_by_hand():
    assert standardised_difference(pd.Series([1.0, 3.0]), pd.Series([4.0, 6.0])) == pytest.approx(3 / np.sqrt(2))
    assert standardised_difference(pd.Series([1.0, 1.0]), pd.Series([2.0, 2.0])) == np.inf
    assert total_variation(pd.Series(["a", "a", "b", "b"]), pd.Series(["a", "c"])) == pytest.approx(0.5)


def test_small_cells_are_counted_and_named():
    row = found(study(events=30, largest=9), "small_cells").iloc[0]
    assert (row["value"], row["verdict"]) == (4, "warn")
    assert "Fewer than 10 people had the outcome in: Men, with peers; Men, without peers; Women" in row["meaning"]
    assert found(study(events=200, largest=9), "small_cells")["verdict"].tolist() == ["pass"]


def test_of_stages_of_recovery_people_who_reached_the_last_are_counted():
    data = study(events=200, largest=9)
    outcomes = PLAN["outcomes"] | {"stages": {"kind": "states", "label": "Stages", "definition": "x"}}
    reached = data.state_paths.assign(origin="recovery_5")
    for paths, meaning in (
        (pd.concat([data.state_paths, reached]), "In every group enough people"),
        (pd.concat([data.state_paths, reached.iloc[4:100:2]]), "Fewer than 10 people had the outcome in: Men, with"),
    ):
        states = replace(data, plan=StudyBlocks.model_validate(PLAN | {"outcomes": outcomes}), state_paths=paths)
        row = found(states, "small_cells").iloc[-1]
        assert row["what"] == "Stages: In recovery, 5 years or more" and row["meaning"].startswith(meaning)


def test_severities_of_the_whole_study():
    worse = {"lost": 0.6, "lost_with_peers": 0.6}
    info = study(**worse, severity={"attrition": "info"})
    assert "info" in set(found(info, "attrition")["verdict"])
    fatal = study(**worse, severity={"attrition": "fatal"})
    with pytest.raises(ResearchError, match=r"attrition: Interview 1, Everyone: 60%, above 40% \(checks.severity"):
        stop_if_fatal(assess(fatal, "tiny"), fatal)
    stop_if_fatal(assess(info, "tiny"), info)
    small = study(events=30, largest=9, severity={"small_cells": "fatal"})
    with pytest.raises(ResearchError, match="First use, Everyone: 4 groups of at most 9 people with it"):
        stop_if_fatal(assess(small, "tiny"), small)


def test_a_group_of_few_people_is_no_alarm_of_attrition():
    """Two people of whom one was lost: half, and nothing to be looked at."""
    data = study()
    data.cohort.loc[[0, 399], "peer"] = np.nan
    waves = data.waves[~((data.waves["person_id"] == "0") & (data.waves["wave"] == 1))]
    rows = found(replace(data, waves=waves), "attrition").set_index("group")
    assert rows.loc["Peer engagement not known", ["value", "verdict"]].tolist() == [0.5, "not_applicable"]
    assert "warn" not in set(rows["verdict"])


def released(preset):
    data = study(lost=0.02, lost_with_peers=0.3)
    rows = assess(data, "tiny")
    return rows, release_data_checks(rows, PRESETS[preset])


def test_the_gate_withholds_shares_of_few_and_one_more():
    rows, out = released("ons10")
    validate(out, DATA_CHECKS, "test")
    few = (rows["unit"] == "share") & rows["count"].between(1, 9)
    assert few.any()
    assert out.loc[few, "suppressed"].all()
    peers = out[(out["check"] == "attrition") & (out["by"] == "peer") & (out["unit"] == "share")]
    assert peers["suppressed"].tolist() == [True, True]
    hidden = out[out["suppressed"]]
    assert hidden[["value", "n"]].isna().all(axis=None)
    assert set(hidden["verdict"]) == {"not_applicable"}
    shown = out[(out["unit"] == "share") & ~out["suppressed"]]
    assert ((shown["n"] % 5) == 0).all()
    assert np.allclose((shown["value"] * shown["n"]) % 5 % 4.999999, 0, atol=1e-3)


def test_public_data_pass_unchanged():
    rows, out = released("open")
    assert out.equals(rows.drop(columns="count"))


FLOW = pd.DataFrame(
    [
        ("rows", "read", None, 12),
        ("people", "read", None, 10),
        ("people", "quarantined", None, 2),
        ("people", "excluded", None, 1),
        ("people", "eligible", None, 7),
        ("people", "excluded", "a", 3),
        ("people", "analysed", "a", 4),
        ("people", "excluded", "a", 1),
    ],
    columns=["unit", "kind", "analysis", "n"],
).assign(step=range(1, 9))


def test_a_flow_that_adds_up_passes():
    assert account_for_flow(FLOW) is None


@pytest.mark.parametrize(("row", "said"), [(2, "The flow of the study: 10 people"), (5, "Analysis a: 7 people")])
def test_a_person_who_is_lost_stops_the_run(row, said):
    flow = FLOW.copy()
    flow.loc[row, "n"] -= 1
    with pytest.raises(ResearchError, match=said):
        account_for_flow(flow)


def test_p_values_of_attrition_are_adjusted_as_r_does():
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.9])).tolist() == [1.0, 1.0]
    assert holm(np.array([])).tolist() == []


def measured(changed=None, files=("a.csv", "b.csv")):
    """The study with four measures at two interviews that go together; `changed` alters the frame of interviews."""
    data = study()
    rng = np.random.default_rng(8)
    trait = pd.Series(rng.normal(size=PEOPLE), index=data.persons["person_id"])
    waves = data.waves.copy()
    own = trait.reindex(waves["person_id"]).to_numpy()
    for name, sign in (("score", 1), ("mood", 1), ("harm", -1)):
        waves[name] = 5 + sign * own + rng.normal(size=len(waves))
    waves["job"] = (own + rng.normal(size=len(waves)) > 0).astype(float)
    waves["source_file"] = np.where(waves["source_file"] == "a.csv", *files)
    waves = waves if changed is None else changed(waves)
    named = {"mood": {"label": "Mood", "type": "number"}, "harm": {"label": "Harm", "type": "number"}}
    named["job"] = {"label": "Job", "type": "binary"}
    plan = data.plan.model_dump(exclude_unset=True) | {"variables": PLAN["variables"] | named}
    return replace(data, waves=waves, plan=StudyBlocks.model_validate(plan))


def turned(name, middle, where):
    def changed(waves):
        rows = where(waves)
        return waves.assign(**{name: waves[name].mask(rows, 2 * middle - waves[name])})

    return changed


def flagged(data):
    rows = found(data, "direction")
    return rows.loc[rows["verdict"] == "warn", ["what", "group", "unit"]].values.tolist()


def test_a_scale_that_is_turned_round_in_one_file_is_found_and_nothing_that_goes_with_it():
    """Its mean is as before, so that the files look alike."""
    data = measured(turned("mood", 5, lambda waves: waves["source_file"] == "b.csv"))
    assert (found(data, "drift")["verdict"] != "warn").all()
    assert flagged(data) == [[f"Mood, interview {wave}", "a.csv against b.csv", "agreement"] for wave in (0, 1)]
    third = data.waves["source_file"].mask(data.waves["person_id"].astype(int) % 3 == 0, "c.csv")
    right = data.waves["source_file"].where(third != "c.csv", "a.csv")
    mood = data.waves["mood"].mask((right == "a.csv") & (data.waves["source_file"] == "b.csv"), 10 - data.waves["mood"])
    three = replace(data, waves=data.waves.assign(source_file=third, mood=mood))
    assert flagged(three) == [[f"Mood, interview {wave}", "b.csv", "agreement"] for wave in (0, 1)]


def test_two_codes_that_were_swapped_in_one_file_are_found():
    data = measured(turned("job", 0.5, lambda waves: (waves["source_file"] == "a.csv") & (waves["wave"] == 1)))
    assert ["Job, interview 1", "a.csv against b.csv", "agreement"] in flagged(data)


def test_a_scale_that_is_turned_round_or_longer_at_one_interview_is_found():
    data = measured(turned("mood", 5, lambda waves: waves["wave"] == 1), files=("a.csv", "a.csv"))
    assert flagged(data) == [["Mood, interviews 0 and 1", "Everyone", "correlation"]]
    ten = measured(lambda waves: waves.assign(harm=waves["harm"] * np.where(waves["wave"] == 1, 10, 1)))
    assert flagged(ten) == [["Harm, interviews 0 and 1", "Everyone", "times"]]
    rows = found(ten, "direction").set_index("unit")
    assert rows.loc["times", "value"] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("people", [60, PEOPLE])
def test_sound_scales_are_not_found_to_be_turned(people):
    def first(waves):
        return waves[waves["person_id"].astype(int) % (PEOPLE // people) == 0]

    data = measured(first)
    assert flagged(data) == []
    assert set(found(data, "direction")["verdict"]) == {"pass"}


def test_correlations_are_those_of_pandas_and_sums_add_up():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(200, 3)) @ rng.normal(size=(3, 4))).mask(rng.random((200, 4)) < 0.2)
    values = frame.to_numpy()
    sums = sums_of_pairs(values[:90]) + sums_of_pairs(values[90:])
    np.testing.assert_allclose(correlations(sums, 30), frame.corr(), rtol=1e-12)
    assert np.isnan(correlations(sums, 201)).all()
    alike = agreements(sums, sums, 30, -0.5)
    np.testing.assert_allclose(alike[~np.isnan(alike)], 1.0)


def test_what_is_withheld_is_not_said_to_be_no_concern():
    """The published page; of a study of few people it may show next to nothing."""
    rows = assess(study(), "tiny").query("check == 'missing_pattern'").head(3)
    shown = topics_of(rows.assign(suppressed=False))[0]["verdict"]
    partly = topics_of(rows.assign(suppressed=[True, False, False]))[0]["verdict"]
    assert (shown, partly) == ("No concern.", "No concern in what is shown; 1 of 3 findings are not.")
