"""From mapping to canonical tables: spells, rows chosen, a real study and a simulated one."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from recovery_analysis.schemas.canonical import COLUMNS
from tests.unit.tiny_study import blocks, ingest, write_csv

STUDIES = Path(__file__).resolve().parents[2] / "config" / "studies"
SPELL = {
    "person_id": "pid",
    "start": {"year_month": {"year": "from"}, "missing": [-8]},
    "stop": {"year_month": {"year": "to"}, "missing": [-8]},
}


def spells(folder, text, **columns):
    write_csv(folder, text)
    tables = ingest(folder, blocks(spells=[{"kind": "use", "files": ["people"], "columns": SPELL | columns}]))
    return tables["spells"].set_index("person_id"), tables["issues"]


def test_a_blank_start_is_no_spell_and_an_unanswered_one_a_spell_of_unknown_start(tmp_path):
    table, _ = spells(tmp_path, "pid,from,to\n1,2001,2003\n2,,\n3,-8,2003\n4,2001,\n5,2001,-8")
    assert table.index.tolist() == ["1", "3", "4", "5"]
    assert table["start"].fillna(0).tolist() == [2001.5, 0, 2001.5, 2001.5]
    assert table["stop"].fillna(0).tolist() == [2003.5, 2003.5, 0, 0]
    assert table["ongoing"].tolist() == [False, False, True, False]


def test_present_and_ongoing_decide_where_they_are_given(tmp_path):
    text = "pid,from,to,ever,now\n1,2001,,0,\n2,,,1,1\n3,2001,,1,0\n4,2001,2003,1,1\n5,2001,2002,1,\n6,2001,,,"
    table, issues = spells(tmp_path, text, present="ever", ongoing="now")
    assert table.index.tolist() == ["2", "3", "4", "5"]
    assert table["ongoing"].tolist() == [True, False, True, False]
    assert table["stop"].fillna(0).tolist() == [0, 0, 0, 2002.5]
    assert issues[["check", "severity", "row"]].values.tolist() == [
        ["period_not_recorded", "warning", 1],
        ["period_not_recorded", "warning", 6],
        ["going_on_and_ended", "warning", 4],
    ]


def test_a_table_that_is_not_filled_is_empty_with_its_columns(tmp_path):
    write_csv(tmp_path, "pid\n1")
    tables = ingest(tmp_path, blocks())
    assert tables["persons"]["weight"].tolist() == [1.0]
    for name in ("spells", "events", "waves"):
        assert tables[name].empty
        assert set(COLUMNS[name]) <= set(tables[name].columns)


def test_rows_are_chosen_by_code(tmp_path):
    write_csv(tmp_path, "pid,time\n1,0\n1,6\n2,0.0\n3,6")
    study = blocks()
    study["mapping"]["persons"]["rows"] = {"time": [0]}
    persons = ingest(tmp_path, study)["persons"]
    assert persons["person_id"].tolist() == ["1", "2"]
    assert persons["source_row"].tolist() == [1, 3]


def test_an_issue_of_one_cell_is_told_once_and_hides_what_is_worked_out_from_it(tmp_path):
    write_csv(tmp_path, "pid,born,y\n1,20255,2010\n2,1980,2010")
    age = {"age_on": {"birth_year": "born", "when": {"year_month": {"year": "y"}}}}
    time = {"age_at": {"age": "y", "birth_year": "born"}}
    events = [{"event": "onset", "files": ["people"], "columns": {"person_id": "pid", "time": time}}]
    issues = ingest(tmp_path, blocks(persons={"birth_year": "born", "age": age}, events=events))["issues"]
    assert issues[issues["row"] == 1][["check", "column", "value"]].values.tolist() == [
        ["out_of_range", "born", "20255"]
    ]


@pytest.fixture(scope="module")
def help_tables(tmp_path_factory):
    study = yaml.safe_load((STUDIES / "help.yaml").read_text())
    names = ("files", "mapping", "variables", "design")
    return ingest(tmp_path_factory.mktemp("help"), {name: study[name] for name in names})


def test_help_gives_the_numbers_that_were_published(help_tables):
    persons, waves, events = (help_tables[name] for name in ("persons", "waves", "events"))
    assert len(persons) == 470
    assert persons["gender"].value_counts().to_dict() == {"man": 359, "woman": 111}
    assert len(waves) == 1472
    assert waves.groupby("wave").size().to_dict() == {0: 470, 1: 254, 2: 217, 3: 254, 4: 277}
    baseline = waves[waves["wave"] == 0]
    assert baseline["self_help"].sum() == 265
    assert len(events) == 252
    assert events["time"].between(0, 2).all()


def test_help_has_no_false_alarm(help_tables):
    assert help_tables["issues"].empty


def test_help_time_is_in_years(help_tables):
    first = help_tables["events"].iloc[0]
    assert first["time"] == pytest.approx(177 / 365.25, abs=1e-12)
    assert pd.api.types.is_bool_dtype(help_tables["events"]["observed"])
