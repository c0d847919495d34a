"""A file with several rows of one person: the block takes the first, by a date or a number."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.scaffold.draft import write_draft
from recovery_analysis.scaffold.text import CONFIRM
from recovery_analysis.study import WaveMap
from tests.unit.tiny_study import SEX, blocks, check, ingest, write_csv

VISITS = """
    pid,seen,visit,sex,age
    b,03/05/2019,2,1,41
    a,01/02/2020,1,2,30
    b,20/04/2019,1,1,40
    a,15/06/2020,2,2,31
    c,,1,1,50
"""
WHEN = {"date": "seen", "format": "%d/%m/%Y"}


def study(first_by: Any) -> dict[str, Any]:
    made = blocks(persons={"gender": SEX, "age": "age"})
    made["mapping"]["persons"]["first_by"] = first_by
    return made


@pytest.mark.parametrize("first_by", [WHEN, "visit"])
def test_each_person_has_the_first_row(tmp_path: Path, first_by: Any) -> None:
    write_csv(tmp_path, VISITS)
    tables = ingest(tmp_path, study(first_by))
    persons = tables["persons"].sort_values("person_id")
    assert persons["person_id"].tolist() == ["a", "b", "c"]
    assert persons["age"].tolist() == [30.0, 40.0, 50.0]
    flow = tables["flow"]
    column = "seen" if first_by is WHEN else "visit"
    left_out = flow[flow["label"] == f"Left out by mapping.persons.first_by: not the person's first by {column}"]
    assert left_out["n"].tolist() == [2]


def test_the_first_of_several_events_counts(tmp_path: Path) -> None:
    write_csv(tmp_path, VISITS)
    event = {"event": "first_help", "files": ["people"], "first_by": "visit"}
    made = study("visit")
    made["mapping"]["events"] = [event | {"columns": {"person_id": "pid", "time": WHEN}}]
    events = ingest(tmp_path, made)["events"].set_index("person_id")["time"]
    assert events["b"] == pytest.approx(2019 + (31 + 28 + 31 + 19.5) / 365)
    assert list(events.index) == ["a", "b"]


def test_rows_go_before_the_first_of_them(tmp_path: Path) -> None:
    write_csv(tmp_path, VISITS)
    made = study("visit")
    made["mapping"]["persons"]["rows"] = {"visit": [2]}
    tables = ingest(tmp_path, made)
    assert tables["persons"]["person_id"].tolist() == ["b", "a"]
    label = "Left out by mapping.persons.rows and first_by: visit is not 2, or not the person's first by visit"
    assert label in tables["flow"]["label"].tolist()


def test_two_first_rows_are_told_and_not_chosen_between(tmp_path: Path) -> None:
    write_csv(tmp_path, VISITS + "    a,01/02/2020,1,2,35\n")
    issues = check(tmp_path, study("visit"))["issues"]
    assert issues[issues["check"] == "duplicate_person"]["person_id"].tolist() == ["a", "a"]


def test_a_cell_that_is_no_date_is_told(tmp_path: Path) -> None:
    write_csv(tmp_path, VISITS.replace("15/06/2020", "soon"))
    issues = ingest(tmp_path, study(WHEN))["issues"]
    assert issues[["person_id", "column", "value"]].to_numpy().tolist() == [["a", "seen", "soon"]]


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    write_csv(tmp_path, VISITS)
    with pytest.raises(ResearchError, match=r"mapping\.persons\.first_by .*no column 'visitt'.*visit"):
        ingest(tmp_path, study("visitt"))


def test_interviews_in_columns_have_no_first_row(tmp_path: Path) -> None:
    wave = {
        "files": ["people"],
        "waves": {"1": 0},
        "first_by": "visit",
        "columns": {"person_id": "pid", "time": "t{wave}"},
    }
    with pytest.raises(ValueError, match="`first_by` is for interviews in rows of their own"):
        WaveMap.model_validate(wave)


@pytest.mark.parametrize(("dated", "line"), [(True, "first_by: {date: seen}"), (False, "first_by: WRITE_A_COLUMN")])
def test_a_draft_asks_which_row_is_the_first(tmp_path: Path, dated: bool, line: str) -> None:
    rows = [(f"P{i % 40}", f"20{10 + i // 40}-0{1 + i % 9}-01", 20 + i % 40) for i in range(120)]
    frame = pd.DataFrame(rows, columns=["person_id", "seen", "age"])
    (tmp_path / "config/studies").mkdir(parents=True)
    (frame if dated else frame.drop(columns="seen")).to_csv(tmp_path / "register.csv", index=False)
    text = write_draft(tmp_path, "register", ["register.csv"]).path.read_text(encoding="utf-8")
    assert [left.strip() for left in text.splitlines() if left.startswith(f"{CONFIRM}    {line}")]
