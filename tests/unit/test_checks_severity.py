"""Severities and thresholds of a study, and that one fault never hides another."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.checks.answers import outliers
from recovery_analysis.checks.near_duplicates import near_duplicates
from recovery_analysis.checks.tables import Tables
from recovery_analysis.errors import ResearchError
from recovery_analysis.study import Checks, Impossible, Variable
from tests.unit.tiny_study import blocks, check, write_csv

SCORE = {"score": {"label": "Score", "type": "number", "range": [0, 10]}}
WAVES = [{"files": ["people"], "columns": {"person_id": "pid", "wave": {"constant": 0}, "score": "s"}}]
KINDS = {
    "letters": ("abc", "unreadable_value"),
    "two points": ("1.2.3", "unreadable_value"),
    "infinite": ("inf", "unreadable_value"),
    "comma": ("3,5", "unreadable_value"),
    "too high": ("11", "out_of_range"),
    "too low": ("-1", "out_of_range"),
    "far too high": ("1e300", "out_of_range"),
    "date": ("2020-01-31", "unreadable_value"),
    "typing error": ("77", "quarantined_code"),
}


def test_every_fault_of_a_column_is_told_whatever_else_is_wrong_in_it(tmp_path):
    lines = ["pid;s"] + [f"{i};{cell}" for i, (cell, _) in enumerate(KINDS.values(), 1)]
    sound = [f"{i};{i % 10}" for i in range(100, 110)]
    write_csv(tmp_path, "\n".join([*lines, *sound, "200;", "201; 5 "]))
    waves = [WAVES[0] | {"columns": WAVES[0]["columns"] | {"score": {"column": "s", "quarantine": [77]}}}]
    done = check(tmp_path, blocks(waves=waves, variables=SCORE))
    found = done["issues"].set_index("row")
    assert found["check"].to_dict() == {i: name for i, (_, name) in enumerate(KINDS.values(), 1)}
    assert found.loc[1, "value"] == "abc"
    assert found["person_id"].tolist() == [str(i) for i in found.index]
    assert found["action"].str.len().min() > 20
    assert len(done["quarantine"]) == len(KINDS)
    assert done["waves"]["person_id"].tolist() == [str(i) for i in [*range(100, 110), 200, 201]]
    assert done["waves"]["score"].isna().sum() == 1
    assert done["waves"]["score"].iloc[-1] == 5


def broken(folder, **checks):
    write_csv(folder, "pid,s\n1,5\n2,99\n3,x\n4,4")
    return check(folder, blocks(waves=WAVES, variables=SCORE, checks=checks))


def test_an_error_sets_the_interview_aside(tmp_path):
    done = broken(tmp_path)
    assert done["waves"]["person_id"].tolist() == ["1", "4"]
    assert set(done["issues"]["action"].str[:27]) == {"This interview is set aside"}


def test_a_warning_keeps_the_person_and_says_that_the_cell_is_not_used(tmp_path):
    done = broken(tmp_path, severity={"out_of_range": "warning"})
    assert done["waves"]["person_id"].tolist() == ["1", "2", "4"]
    told = done["issues"].set_index("check").loc["out_of_range"]
    assert told["severity"] == "warning"
    assert told["action"].startswith("The cell counts as not answered. Correct it in the file")


def test_a_fatal_check_stops_the_study_with_one_message_and_writes_nothing(tmp_path):
    with pytest.raises(ResearchError) as error:
        broken(tmp_path, severity={"out_of_range": "fatal", "unreadable_value": "fatal"})
    told = str(error.value)
    assert "out_of_range: 1 row (checks.severity.out_of_range is fatal)" in told
    assert "unreadable_value: 1 row" in told
    assert "people.csv, row 2: '99' in column s is outside the valid range" in told
    assert not (tmp_path / "issues.csv").exists()
    assert not (tmp_path / "waves.parquet").exists()


def test_a_warning_made_an_error_sets_the_person_aside(tmp_path):
    rows = "\n".join(f"{i},{i % 3},1980" for i in range(40))
    write_csv(tmp_path, f"pid,y,born\n{rows}\n90,9,1980")
    persons = {"birth_year": "born", "years": "y"}
    study = {"persons": persons, "variables": {"years": {"label": "Years", "type": "number"}}}
    kept = check(tmp_path, blocks(**study))
    assert "90" in kept["persons"]["person_id"].tolist()
    assert kept["issues"]["check"].tolist() == ["outlier_person"]
    assert kept["issues"][["column", "value"]].astype(str).values.tolist() == [["y", "9"]]
    aside = check(tmp_path, blocks(**study, checks={"severity": {"outlier_person": "error"}}))
    assert "90" not in aside["persons"]["person_id"].tolist()
    assert aside["issues"]["action"].iloc[0].startswith("The person is set aside. Correct it")
    calm = check(tmp_path, blocks(**study, checks={"thresholds": {"outlier_z": 50}}))
    assert calm["issues"].empty


def test_keys_cannot_be_less_than_an_error_and_unknown_checks_are_refused():
    with pytest.raises(ValueError, match="duplicate_person"):
        Checks.model_validate({"severity": {"duplicate_person": "warning"}})
    with pytest.raises(ValueError, match="Extra inputs"):
        Checks.model_validate({"severity": {"out_of_rage": "warning"}})


def test_a_day_of_extract_is_a_day():
    assert Checks(extract_date="2024-12-31").extract_year == 2025.0
    assert Checks(extract_date="2024-01-01").extract_year == pytest.approx(2024 + 1 / 366)
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        Checks(extract_date="31.12.2024")


def test_an_impossible_pair_names_each_column_once():
    with pytest.raises(ValueError, match="under `when` and under `and`"):
        Impossible.model_validate({"label": "x", "when": {"a": 1}, "and": {"a": 2}})
    rule = Impossible.model_validate({"label": "x", "when": {"a": 1}, "and": {"b": ["1..3", 9]}})
    assert Impossible.model_validate(rule.model_dump()).columns == {"a": (1,), "b": ("1..3", 9)}


def everyone(answers, **settings):
    n = len(answers)
    persons = pd.DataFrame(answers, columns=[f"a{i}" for i in range(answers.shape[1])]).assign(
        person_id=[str(i) for i in range(n)], birth_year=1980.0, gender="woman", site="A", age=40.0
    )
    persons = persons.assign(source_file="f.csv", source_row=range(1, n + 1))
    waves = pd.DataFrame({"person_id": [], "wave": [], "time": [], "source_file": [], "source_row": []})
    return Tables(persons, waves, waves, waves, True, Checks.model_validate({"thresholds": settings}))


@pytest.mark.parametrize("share", [0.8, 0.95, 1.0])
def test_near_duplicates_are_those_that_comparing_everybody_with_everybody_finds(share):
    rng = np.random.default_rng(1)
    answers = rng.integers(0, 3, (150, 60)).astype(float)
    answers[rng.random(answers.shape) < 0.3] = np.nan
    for i in range(50):
        answers[100 + i] = answers[i]
        flip = rng.choice(60, i % 7, replace=False)
        answers[100 + i, flip] += 10
    answers[rng.random(answers.shape) < 0.005] = np.nan
    found = near_duplicates(everyone(answers, near_duplicate_share=share))
    expected = {}
    for i in range(150):
        for j in range(i):
            known = ~np.isnan(answers[i]) | ~np.isnan(answers[j])
            if (answers[i] == answers[j]).sum() >= share * known.sum():
                expected.setdefault(str(i), str(j))
    assert dict(zip(found["person_id"], found["other"], strict=True)) == expected
    assert len(expected) > 3


def test_people_of_another_year_of_birth_are_not_near_duplicates():
    tables = everyone(np.ones((2, 20)))
    assert len(near_duplicates(tables)) == 1
    tables.persons.loc[1, "birth_year"] = 1981.0
    assert near_duplicates(tables).empty


@pytest.mark.parametrize(("other_follow_up", "compared"), [([], [20]), ([7.0], [21]), ([8.0], [])])
def test_somebody_who_came_twice_and_was_followed_once_is_found(other_follow_up, compared):
    tables = everyone(np.tile(np.arange(20.0), (2, 1)), near_duplicate_share=1.0)
    follow_ups = [("0", 1, 7.0), ("0", 2, 9.0), *(("1", 1, answer) for answer in other_follow_up)]
    waves = pd.DataFrame(follow_ups, columns=["person_id", "wave", "mood"])
    found = near_duplicates(replace(tables, waves=waves.assign(time=1.0, source_file="f.csv", source_row=1)))
    assert found["compared"].tolist() == compared


def test_answers_that_everybody_gives_make_no_near_duplicates():
    """Fifty thousand people and six yes/no answers: nobody can be told from another, and nothing hangs."""
    rng = np.random.default_rng(2)
    answers = (rng.random((50_000, 6)) < 0.2).astype(float)
    assert near_duplicates(everyone(answers)).empty
    measured = np.column_stack([answers, rng.normal(size=(50_000, 4))])
    measured[49_999] = measured[7]
    found = near_duplicates(everyone(measured))
    assert found[["person_id", "other"]].to_numpy().tolist() == [["49999", "7"]]


@pytest.mark.parametrize(("far", "found"), [([90.0, 95.0], 2), ([999.0] * 40, 40), ([999.0, 998.0] * 40, 80)])
def test_a_few_values_or_a_code_far_out_are_outliers(far, found):
    values = [*np.random.default_rng(1).normal(20, 3, 900), *far]
    tables = replace(everyone(np.array(values)[:, None]), variables={"a0": Variable(label="A", type="number")})
    assert len(outliers(tables, "persons")) == found


def test_a_second_hump_is_no_outlier():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(5, 1, 800), rng.normal(50, 2, 200)])
    tables = replace(everyone(values[:, None]), variables={"a0": Variable(label="A", type="number")})
    assert outliers(tables, "persons").empty


def test_a_typing_error_among_skewed_counts_is_an_outlier():
    """Earlier attempts to stop, as in asaur's pharmacoSmoking: many have few, some have many, one has a thousand."""
    counts = {0: 11, 1: 27, 2: 25, 3: 15, 4: 11, 5: 9, 6: 8, 8: 4, 10: 7, 12: 2, 20: 2, 30: 2, 1000: 1}
    values = np.repeat([*counts], [*counts.values()]).astype(float)
    tables = replace(everyone(values[:, None]), variables={"a0": Variable(label="A", type="number")})
    found = outliers(tables, "persons")
    assert found["value"].tolist() == ["1000"] and found["z"].str.endswith("(of its logarithm)").all()
    tables = replace(everyone(values[:-1, None]), variables={"a0": Variable(label="A", type="number")})
    assert outliers(tables, "persons").empty
