"""Cells that could be read in more than one way, and files that say more than their cells: nothing wrong without a word."""

import zipfile
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from pydantic import ValidationError

from recovery_analysis.errors import ResearchError
from recovery_analysis.ingest.cells import Cells
from recovery_analysis.ingest.dates import read_days
from recovery_analysis.study import ColumnMap
from tests.unit.tiny_study import blocks, ingest, write_csv

X = {"x": {"label": "X", "type": "number"}}
C = {"c": {"label": "C", "type": "category", "levels": {"a": "A", "b": "B"}}}


def numbers(folder, path="people.csv", **spec):
    study = blocks(path=path, persons={"x": {"column": "x", **spec}}, variables=X)
    tables = ingest(folder, study)
    return tables["persons"]["x"].tolist(), tables["issues"]


def dates(folder, path="people.csv", **spec):
    columns = {"person_id": "pid", "time": {"date": "d", **spec}}
    study = blocks(path=path, events=[{"event": "interview", "files": ["people"], "columns": columns}])
    tables = ingest(folder, study)
    return tables["events"].set_index("person_id")["time"].round(4).to_dict(), tables["issues"]


def parquet(folder, **columns):
    pq.write_table(pa.table({"pid": ["1", "2", "3"]} | columns), folder / "people.parquet")
    return "people.parquet"


@pytest.mark.parametrize("word", ["missing", "quarantine"])
def test_a_range_may_be_missing_or_a_typing_error(tmp_path, word):
    write_csv(tmp_path, "pid,x\n1,-9\n2,-0.5\n3,7\n4,-8.5")
    found, issues = numbers(tmp_path, **{word: ["-9..-1"]})
    assert np.isnan([found[0], found[3]]).all() and found[1:3] == [-0.5, 7.0]
    assert issues["row"].tolist() == ([1, 4] if word == "quarantine" else [])


@pytest.mark.parametrize(("code", "what"), [("-1..-9", "runs backwards"), ("9..", "needs both ends")])
def test_a_range_that_can_hold_nothing_is_a_mistake(code, what):
    with pytest.raises(ValidationError, match=what):
        ColumnMap.model_validate({"column": "x", "missing": [code]})


def test_a_date_that_means_no_answer_needs_no_quotes():
    assert ColumnMap.model_validate({"date": "d", "missing": [date(1900, 1, 1)]}).missing == ("1900-01-01",)


def test_two_dots_are_a_code_like_any_other(tmp_path):
    write_csv(tmp_path, "pid,x\n1,..\n2,3")
    found, issues = numbers(tmp_path, missing=[".."])
    assert np.isnan(found[0]) and found[1] == 3 and issues.empty


def test_words_that_look_like_numbers_can_be_listed(tmp_path):
    write_csv(tmp_path, "pid,x\n1,NaN\n2,1\n3,-inf\n4,1_0")
    found, issues = numbers(tmp_path, missing=["NaN", "-inf", "1_0"])
    assert np.isnan(found).tolist() == [True, False, True, True] and issues.empty
    write_csv(tmp_path, "pid,x\n1,NaN\n2,1\n3,inf")
    study = blocks(persons={"c": {"column": "x", "recode": {1: "a", "NaN": None, "inf": "b"}}}, variables=C)
    assert ingest(tmp_path, study)["persons"]["c"].tolist() == [None, "a", "b"]


@pytest.mark.parametrize("recode", [{"1..10": "a", "2..3": "a", "5..6": "b"}, {"no": "a", "no ": "b", "yes": "a"}])
def test_a_code_within_two_ranges_or_written_twice_has_one_value(tmp_path, recode):
    write_csv(tmp_path, "pid,x\n1,5\n2,no")
    with pytest.raises(ResearchError, match="list the same code twice"):
        ingest(tmp_path, blocks(persons={"c": {"column": "x", "recode": recode}}, variables=C))


@pytest.mark.parametrize("path", ["people.csv", "people.parquet", "people.xlsx", "people.sav", "people.dta"])
def test_a_date_can_mean_no_answer_in_every_format(tmp_path, path):
    frame = pd.DataFrame({"pid": ["1", "2"], "d": pd.to_datetime(["1900-01-01", "2020-07-02"])})
    writers = {"csv": frame.to_csv, "parquet": frame.to_parquet, "xlsx": frame.to_excel}
    kind = path.partition(".")[2]
    if kind in writers:
        writers[kind](tmp_path / path, index=False)
    else:
        getattr(pyreadstat, f"write_{kind}")(frame.assign(d=frame["d"].dt.date), str(tmp_path / path))
    assert dates(tmp_path, path, missing=["1900-01-01"])[0] == {"2": 2020.5014}


@pytest.mark.parametrize("unit", ["ms", "us", "s"])
def test_a_date_beyond_nanoseconds_is_not_another_date(tmp_path, unit):
    days = pa.array([date(2600, 1, 1), date(2020, 7, 2), None]).cast(pa.timestamp(unit))
    found, issues = dates(tmp_path, parquet(tmp_path, d=days))
    assert found == {"2": 2020.5014}
    assert issues[["check", "value"]].values.tolist() == [["impossible_date", "2600-01-01"]]


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_one_date_far_in_the_future_leaves_the_other_rows_readable(tmp_path, kind):
    frame = pd.DataFrame({"pid": ["1", "2"], "d": [date(9999, 12, 31), date(2020, 7, 2)]})
    getattr(pyreadstat, f"write_{kind}")(frame, str(tmp_path / f"people.{kind}"))
    found, issues = dates(tmp_path, f"people.{kind}")
    assert found == {"2": 2020.5014} and issues["value"].tolist() == ["9999-12-31"]
    assert dates(tmp_path, f"people.{kind}", missing=["9999-12-31"])[1].empty


@pytest.mark.parametrize(
    ("written", "cells", "expected"),
    [
        ("%d%m%Y", ["1052020", "01052020", "112020"], {"1": 2020.332, "2": 2020.332}),
        ("%Y%m%d", ["20200501", "202011", "20201"], {"1": 2020.332}),
        ("%Y%m", ["202011", "20201", "202001"], {"1": 2020.875, "3": 2020.0417}),
        ("%Y%j", ["2020366", "20201", "2019366"], {"1": 2020.9986}),
    ],
)
def test_digits_without_anything_between_them_are_read_in_one_way_or_not_at_all(tmp_path, written, cells, expected):
    write_csv(tmp_path, "pid,d\n" + "\n".join(f"{i},{cell}" for i, cell in enumerate(cells, 1)))
    found, issues = dates(tmp_path, format=written)
    assert found == expected
    assert len(issues) == len(cells) - len(expected)


def test_a_number_that_lost_its_first_nought_is_the_same_day(tmp_path):
    found, _ = dates(tmp_path, parquet(tmp_path, d=[1052020, 11012020, 31122020]), format="%d%m%Y")
    assert found == {"1": 2020.332, "2": 2020.0287, "3": 2020.9986}


def test_a_date_with_more_than_a_time_after_it_is_told(tmp_path):
    cells = ["2020-05-01 to 2020-06-01", "2020-05-01T10:00:00.5Z", "2020-05-01 9:30 PM", "2020-05-01 10:00 or later"]
    write_csv(tmp_path, "pid,d\n" + "\n".join(f"{i},{cell}" for i, cell in enumerate(cells, 1)))
    found, issues = dates(tmp_path)
    assert found == {"2": 2020.332, "3": 2020.332} and issues["row"].tolist() == [1, 4]


def test_numbers_of_four_bytes_are_those_that_were_typed_in(tmp_path):
    frame = pd.DataFrame({"pid": [1, 2, 3], "x": np.array([0.1, 99.9, 16777216], dtype="float32")})
    frame.to_stata(tmp_path / "people.dta", write_index=False)
    frame.to_parquet(tmp_path / "people.parquet")
    for path in ("people.dta", "people.parquet"):
        found, _ = numbers(tmp_path, path, missing=[99.9])
        assert found[0] == 0.1 and np.isnan(found[1]) and found[2] == 16777216


def test_what_pandas_made_the_index_of_a_parquet_file_is_a_column(tmp_path):
    pd.DataFrame({"pid": ["b", "a"], "x": [1, 2]}).set_index("pid").to_parquet(tmp_path / "people.parquet")
    persons = ingest(tmp_path, blocks(path="people.parquet", persons={"x": "x"}, variables=X))["persons"]
    assert persons[["person_id", "x"]].values.tolist() == [["b", 1.0], ["a", 2.0]]


@pytest.mark.parametrize("missing", [[], [None]])
def test_large_identifiers_stay_different_where_one_is_missing(tmp_path, missing):
    ids = [2**60 + 1, 2**60 + 2, *missing]
    pq.write_table(pa.table({"pid": pa.array(ids), "x": [1, 2, 3][: len(ids)]}), tmp_path / "people.parquet")
    persons = ingest(tmp_path, blocks(path="people.parquet", persons={"x": "x"}, variables=X))["persons"]
    assert persons["person_id"].tolist() == ["1152921504606846977", "1152921504606846978", *missing]


def test_large_numbers_close_to_each_other_are_read(tmp_path):
    found, _ = numbers(tmp_path, parquet(tmp_path, x=[2.0**60, 2.0**60 + 1024, None]))
    assert found[:2] == [2.0**60, 2.0**60 + 1024] and np.isnan(found[2])


def test_bytes_of_parquet_are_text_and_lists_are_refused(tmp_path):
    path = parquet(tmp_path, town=[b"Leeds", None, b"York"], more=[[1], [2], None])
    assert ingest(tmp_path, blocks(path=path, persons={"site": "town"}))["persons"]["site"].tolist() == [
        "Leeds",
        None,
        "York",
    ]
    with pytest.raises(ResearchError, match="each cell of column 'more' is a list or a record"):
        ingest(tmp_path, blocks(path=path, persons={"site": "more"}))
    with pytest.raises(ResearchError, match="column 'town' holds bytes that are no text"):
        ingest(tmp_path, blocks(path=parquet(tmp_path, town=[b"\xff", None, None]), persons={"site": "town"}))


def test_merged_cells_below_the_header_are_not_read_as_blank(tmp_path):
    book = openpyxl.Workbook()
    for row in (["pid", "x", "notes"], [1, 5, "a"], [2, None, None], [3, 7, None]):
        book.active.append(row)
    book.active.merge_cells("C2:D4")
    book.save(tmp_path / "people.xlsx")
    assert numbers(tmp_path, "people.xlsx")[0][::2] == [5.0, 7.0]
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "people.xlsx")
    with pytest.raises(ResearchError, match=r"cells B2:B3 are merged, and only the first .* \(column 'x'\)"):
        numbers(tmp_path, "people.xlsx")


def test_the_first_sheet_is_the_first_that_can_be_seen(tmp_path):
    book = openpyxl.Workbook()
    for sheet, x in ((book.active, 500), (book.create_sheet("now"), 5)):
        sheet.append(["pid", "x"])
        sheet.append([1, x])
    book.worksheets[0].sheet_state = "hidden"
    book.save(tmp_path / "people.xlsx")
    assert numbers(tmp_path, "people.xlsx")[0] == [5.0]


def test_a_join_that_cannot_be_made_is_the_only_mistake_told(tmp_path):
    write_csv(tmp_path, "pid,s\n1,a\n2,b")
    write_csv(tmp_path, "s,x\na,1\na,2\nb,3", "sites.csv")
    study = blocks(persons={"x": "x"}, variables=X)
    study["files"]["people"]["join"] = {"file": "sites", "by": ["s"], "expect": "many_to_one"}
    study["files"]["sites"] = {"path": "sites.csv"}
    with pytest.raises(ResearchError, match="1 mistake keeps") as caught:
        ingest(tmp_path, study)
    assert "in more than one: 'a'" in str(caught.value)


def test_an_answer_that_is_not_of_one_interview_does_not_make_an_interview(tmp_path):
    write_csv(tmp_path, "pid,d_0,x_0,d_1,x_1,base\n1,2020-01-01,5,2021-01-01,6,9\n2,2020-01-01,,,,8")
    x = {"first_of": ["x_{wave}", "base"]}
    columns = {"person_id": "pid", "time": {"date": "d_{wave}"}, "x": x}
    waves = [{"files": ["people"], "waves": {"0": 0, "1": 1}, "columns": columns}]
    found = ingest(tmp_path, blocks(waves=waves, variables=X))["waves"]
    assert found[["person_id", "wave", "x"]].values.tolist() == [["1", 0, 5.0], ["2", 0, 8.0], ["1", 1, 6.0]]


def test_a_period_with_an_end_alone_is_told(tmp_path):
    write_csv(tmp_path, "pid,s,e\n1,2001,2003\n2,,2008\n3,-9,2004\n4,,")
    year = {name: {"year_month": {"year": column}} for name, column in (("start", "s"), ("stop", "e"))}
    spells = [{"kind": "recovery", "files": ["people"], "columns": {"person_id": "pid", **year}}]
    tables = ingest(tmp_path, blocks(spells=spells, file={"missing": [-9]}))
    assert tables["spells"]["person_id"].tolist() == ["1", "3"]
    told = tables["issues"][["check", "severity", "person_id", "column", "value"]].values.tolist()
    assert told == [["period_not_recorded", "warning", "2", "e", "2008.5"]]


def test_an_event_of_which_it_is_not_known_whether_it_happened_is_not_one(tmp_path):
    write_csv(tmp_path, "pid,t,seen\n1,5,1\n2,6,0\n3,7,\n4,,")
    columns = {"person_id": "pid", "time": {"column": "t", "unit": "days"}, "observed": "seen"}
    tables = ingest(tmp_path, blocks("cohort", events=[{"event": "work", "files": ["people"], "columns": columns}]))
    assert tables["events"]["observed"].tolist() == [True, False, False]
    assert tables["issues"][["check", "severity", "person_id"]].values.tolist() == [["event_not_known", "error", "3"]]


def test_an_event_without_a_time_is_told_and_its_person_is_not_counted_as_one_without_it(tmp_path):
    """Of 2 the file says when, of 3 only that; 5 has a time that cannot be, which is told once."""
    write_csv(tmp_path, "pid,d,seen\n1,,0\n2,2001-05-01,1\n3,,1\n4,,\n5,2001-13-01,1\n6,2003-01-01,1")
    columns = {"person_id": "pid", "time": {"date": "d"}, "observed": "seen"}
    tables = ingest(tmp_path, blocks(events=[{"event": "onset", "files": ["people"], "columns": columns}]))
    assert tables["events"]["person_id"].tolist() == ["2", "6"]
    told = tables["issues"][["check", "severity", "person_id", "column"]].sort_values("person_id").values.tolist()
    assert told == [["event_not_dated", "error", "3", "d"], ["impossible_date", "error", "5", "d"]]


def test_whole_numbers_of_a_workbook_too_large_for_floats_stay_different(tmp_path):
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>pid</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1152921504606846977</v></c></row>'
        '<row r="3"><c r="A3"><v>1152921504606846978</v></c></row></sheetData></worksheet>'
    )
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(tmp_path / "people.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    persons = ingest(tmp_path, blocks(path="people.xlsx"))["persons"]
    assert persons["person_id"].tolist() == ["1152921504606846977", "1152921504606846978"]


def test_text_with_line_breaks_is_read_and_rows_within_a_text_are_refused(tmp_path):
    (tmp_path / "people.csv").write_text('pid,x,n\n1,2,"late,\nleft, early"\n2,3,"a ""b"", c"\n', encoding="utf-8")
    assert numbers(tmp_path)[0] == [2.0, 3.0]
    (tmp_path / "people.csv").write_text('pid,x,n\n1,2,"a\n2,3,b\n3,4,c"\n4,5,d\n', encoding="utf-8")
    with pytest.raises(ResearchError, match="people.csv, lines 2 to 4: a text in double quotes goes on"):
        numbers(tmp_path)


def test_blank_cells_among_the_days_of_excel_do_no_harm(monkeypatch):
    """pandas rounds memory that nobody has filled where a number is missing, and overflows if large numbers lay there."""
    blank = Cells(np.array([43831.0, *[np.nan] * 49]))
    floor = np.floor

    def after_large_numbers(numbers):
        left_behind = [np.full(size, 1.7e308) for size in (49, 50) for _ in range(50)]
        del left_behind
        return floor(numbers)

    monkeypatch.setattr(np, "floor", after_large_numbers)
    for _ in range(20):
        days, _ = read_days(blank, "excel")
        assert days[0] == pd.Timestamp(2020, 1, 1) and days[1:].isna().all()


def test_a_time_longer_than_a_life_is_not_followed_up(tmp_path):
    """A code such as 999999999 days was a follow-up of two million years."""
    write_csv(tmp_path, "pid,d\n1,30\n2,999999999\n3,43000")
    columns = {"person_id": "pid", "time": {"column": "d", "unit": "days"}}
    events = [{"event": "death", "files": ["people"], "columns": columns}]
    tables = ingest(tmp_path, blocks("cohort", events=events))
    assert tables["events"]["person_id"].tolist() == ["1", "3"]
    (issue,) = tables["issues"].itertuples()
    assert (issue.check, issue.row, issue.value) == ("impossible_date", 2, "999999999")
    assert "over 120 years from enrolment" in issue.message
