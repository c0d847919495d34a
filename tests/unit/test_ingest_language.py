"""Sums, labels, formats of dates, blocks that stand for several, overrides, and what is told of mistakes in them."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from pydantic import ValidationError

from recovery_analysis.errors import ResearchError
from recovery_analysis.study import ColumnMap, Mapping
from recovery_analysis.study.sources import blocks as written_out
from tests.unit.tiny_study import blocks, check, ingest, write_csv

SCORE = {"score": {"label": "Score", "type": "number", "range": [0, 20]}}
YES_NO = {"yes": {"label": "Yes", "type": "binary"}}


@pytest.mark.parametrize(("needs", "expected"), [(None, [6, -1, -1, -1]), (2, [6, 4, -1, -1]), (1, [6, 4, 3, -1])])
def test_a_sum_is_missing_unless_enough_parts_are_known(tmp_path, needs, expected):
    write_csv(tmp_path, "pid,a,b,c\n1,1,2,3\n2,1,-9,3\n3,,,3\n4,,,")
    spec = {"sum_of": ["a", "b", "c"]} | ({"needs": needs} if needs else {})
    study = blocks(persons={"score": spec}, variables=SCORE, file={"missing": [-9]})
    assert ingest(tmp_path, study)["persons"]["score"].fillna(-1).tolist() == expected


def test_a_sum_outside_its_range_is_told_with_its_columns(tmp_path):
    write_csv(tmp_path, "pid,a,b\n1,15,15\n2,1,2")
    tables = ingest(tmp_path, blocks(persons={"score": {"sum_of": ["a", "b"]}}, variables=SCORE))
    assert tables["persons"]["score"].fillna(-1).tolist() == [-1, 3]
    assert tables["issues"][["column", "value", "row"]].astype(str).values.tolist() == [["a, b", "30", "1"]]


def labelled(folder, recode_labels, labels):
    frame = pd.DataFrame({"pid": ["1", "2", "3"], "drinks": [1.0, 2.0, 9.0]})
    pyreadstat.write_sav(frame, str(folder / "people.sav"), variable_value_labels=labels)
    spec = {"column": "drinks", "recode_labels": recode_labels}
    return ingest(folder, blocks(path="people.sav", persons={"yes": spec}, variables=YES_NO))["persons"]["yes"]


def test_labels_of_the_file_stand_for_their_codes(tmp_path):
    labels = {"drinks": {1: "Yes", 2: "No", 9: "Refused"}}
    assert labelled(tmp_path, {"Yes": 1, "No": 0, "Refused": None}, labels).fillna(-1).tolist() == [1, 0, -1]


def test_a_label_that_is_not_listed_stops_the_study_with_its_code(tmp_path):
    labels = {"drinks": {1: "Yes", 2: "No", 9: "Refused"}}
    with pytest.raises(ResearchError, match=r"`recode_labels` does not list: 9 \(Refused\) in 1 row"):
        labelled(tmp_path, {"Yes": 1, "No": 0}, labels)
    with pytest.raises(ResearchError, match="the file has no labels for the codes of column 'drinks'"):
        labelled(tmp_path, {"Yes": 1, "No": 0}, {})


def dated(folder, spec, cells):
    pd.DataFrame({"pid": range(len(cells)), "d": cells}).to_csv(folder / "people.csv", index=False)
    events = [{"event": "onset", "files": ["people"], "columns": {"person_id": "pid", "time": spec}}]
    tables = ingest(folder, blocks(events=events))
    return tables["events"], tables["issues"]


@pytest.mark.parametrize(
    ("written", "cell", "precision", "time"),
    [
        ("%d/%m/%Y", "31/12/2019", "day", 2019 + 364.5 / 365),
        ("%m/%d/%Y", "07/01/2020", "day", 2020 + 182.5 / 366),
        ("%d%b%Y", "01JAN2020", "day", 2020 + 0.5 / 366),
        ("%Y-%m", "2020-03", "month", 2020 + 2.5 / 12),
        ("%Y", "2020", "year", 2020.5),
        ("excel", "43831", "day", 2020 + 0.5 / 366),
        ("excel", "61", "day", 1900 + 59.5 / 365),
    ],
)
def test_dates_are_read_as_they_are_said_to_be_written(tmp_path, written, cell, precision, time):
    events, issues = dated(tmp_path, {"date": "d", "format": written}, [cell])
    assert events["time"].tolist() == pytest.approx([time], abs=1e-12)
    assert events["precision"].tolist() == [precision]
    assert issues.empty


def test_a_date_written_otherwise_is_told_and_never_guessed(tmp_path):
    events, issues = dated(
        tmp_path, {"date": "d", "format": "%d/%m/%Y"}, ["31/12/2019", "12/31/2019", "2019-12-31", "43831"]
    )
    assert len(events) == 1
    assert issues["check"].tolist() == ["impossible_date"] * 3
    assert "is not a date written as %d/%m/%Y" in issues["message"][0]
    with pytest.raises(ResearchError, match="each is not a date written as YYYY-MM-DD"):
        dated(tmp_path, {"date": "d"}, ["43831"] * 5)


def test_a_date_in_three_columns_keeps_what_is_known(tmp_path):
    write_csv(tmp_path, "pid,y,m,d\n1,2020,2,29\n2,2020,2,99\n3,2020,98,99\n4,2019,2,29\n5,2019,13,1\n6,2020,,")
    parts = {"year": "y", "month": "m", "day": "d", "unknown_month": [98], "unknown_day": [99]}
    events = [
        {"event": "onset", "files": ["people"], "columns": {"person_id": "pid", "time": {"year_month_day": parts}}}
    ]
    tables = ingest(tmp_path, blocks(events=events))
    found = tables["events"].set_index("person_id")
    expected = {"1": 2020 + 59.5 / 366, "2": 2020 + 1.5 / 12, "3": 2020.5, "6": 2020.5}
    assert found["time"].to_dict() == pytest.approx(expected, abs=1e-12)
    assert found["precision"].tolist() == ["day", "month", "year", "year"]
    assert tables["issues"][["row", "column", "value"]].astype(str).values.tolist() == [
        ["5", "m", "13"],
        ["4", "d", "29"],
    ]


def test_weeks_become_years(tmp_path):
    write_csv(tmp_path, "pid,w\n1,52.17857142857143\n2,1")
    values = ingest(tmp_path, blocks(persons={"score": {"column": "w", "unit": "weeks"}}, variables=SCORE))["persons"]
    assert values["score"].tolist() == pytest.approx([1.0, 7 / 365.25], abs=1e-9)


WIDE = {
    "files": ["people"],
    "waves": {"w0": 0, "w1": 1, "w2": 2},
    "columns": {"person_id": "pid", "time": {"date": "date_{wave}"}, "score": "barc_{wave}"},
}
WIDE_FILE = """pid,date_w0,barc_w0,date_w1,barc_w1,date_w2,barc_w2
    1,2020-01-01,5,2021-01-01,6,2022-01-01,7
    2,2020-01-01,5,,,2022-01-01,99
    3,2020-01-01,-9,,,,"""


def test_one_block_reads_several_waves_and_a_blank_one_is_no_interview(tmp_path):
    write_csv(tmp_path, WIDE_FILE)
    done = check(tmp_path, blocks(waves=[WIDE], variables=SCORE, file={"missing": [-9]}, kind="population_survey"))
    left = done["waves"].sort_values(["person_id", "wave"])
    assert left[["person_id", "wave"]].values.tolist() == [["1", 0], ["1", 1], ["1", 2], ["2", 0], ["3", 0]]
    assert left["score"].fillna(-1).tolist() == [5, 6, 7, 5, -1]
    assert done["quarantine"]["person_id"].astype(str).tolist() == ["2"]
    assert done["issues"].set_index("check")["column"].to_dict()["out_of_range"] == "barc_w2"


def test_one_block_reads_numbered_spells(tmp_path):
    write_csv(tmp_path, "pid,rec1_a,rec1_b,rec2_a,rec2_b,rec3_a,rec3_b\n1,2001,2003,2005,2006,2010,\n2,,,2004,2005,,")
    spec = {
        "person_id": "pid",
        "start": {"year_month": {"year": "rec{n}_a"}},
        "stop": {"year_month": {"year": "rec{n}_b"}},
    }
    spells = [{"kind": "recovery", "files": ["people"], "repeat": [1, 2, 3], "columns": spec}]
    table = ingest(tmp_path, blocks(spells=spells))["spells"].sort_values(["person_id", "start"])
    assert table[["person_id", "start"]].values.tolist() == [["1", 2001.5], ["1", 2005.5], ["1", 2010.5], ["2", 2004.5]]
    assert table["ongoing"].tolist() == [False, False, True, False]


def test_marks_are_replaced_in_names_of_columns_and_nowhere_else():
    columns = {
        "person_id": "pid",
        "score": {"sum_of": ["a_{wave}", {"column": "b_{wave}", "recode": {"{wave}": 1}}]},
        "note": {"constant": "{wave}"},
    }
    mapping = Mapping.model_validate(
        {"persons": {"files": ["f"], "columns": {"person_id": "pid"}}, "waves": [WIDE | {"columns": columns}]}
    )
    _, second = written_out(mapping, "waves")[1]
    assert [part.column for part in second.columns["score"].sum_of] == ["a_w1", "b_w1"]
    assert second.columns["score"].sum_of[1].recode == {"{wave}": 1}
    assert second.columns["note"].constant == "{wave}"
    assert second.columns["wave"].constant == 1


def test_a_file_may_name_and_code_a_column_differently_or_not_have_it(tmp_path):
    write_csv(tmp_path, "pid,sex,born\n1,1,1980\n2,2,1981")
    write_csv(tmp_path, "pid,geslacht\n3,M\n4,V\n5,X", "nl.csv")
    study = blocks()
    study["files"]["nl"] = {"path": "nl.csv"}
    study["mapping"]["persons"] = {
        "files": ["people", "nl"],
        "columns": {
            "person_id": "pid",
            "birth_year": "born",
            "gender": {"column": "sex", "recode": {1: "man", 2: "woman"}},
        },
        "overrides": {
            "nl": {
                "gender": {"column": "geslacht", "recode": {"M": "man", "V": "woman", "X": None}},
                "birth_year": None,
            }
        },
    }
    persons = ingest(tmp_path, study)["persons"]
    assert persons["gender"].tolist() == ["man", "woman", "man", "woman", None]
    assert persons["birth_year"].fillna(0).tolist() == [1980, 1981, 0, 0, 0]
    del study["mapping"]["persons"]["overrides"]["nl"]["gender"]["recode"]["X"]
    with pytest.raises(ResearchError, match=r"mapping\.persons\.overrides\.nl\.gender\.recode \(nl\.csv\).*X in 1 row"):
        ingest(tmp_path, study)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"date": "d", "format": "%d/%m/%y"}, "could be in either century"),
        ({"date": "d", "format": "%d/%m"}, "the year"),
        ({"date": "d", "format": "%d %q %Y"}, "%q is not one of"),
        ({"column": "d", "format": "excel"}, "`format` says how a `date` is written"),
        ({"column": "d", "needs": 1}, "`needs` counts parts of `sum_of`"),
        ({"sum_of": ["a"], "needs": 2}, "cannot be more than there are"),
        ({"column": "d", "recode": {1: 1}, "recode_labels": {"Yes": 1}}, "takes the place of `recode`"),
        ({"column": "d", "recode": {True: 1}}, "Yes and No without quotes mean true and false"),
        ({"column": "d", "recode_labels": {True: 1}}, "Yes and No without quotes mean true and false"),
        ({"constant": 1, "sum_of": ["a"]}, "give exactly one of"),
        ({"any_of": []}, "`any_of` has no parts"),
        ({"sum_of": []}, "`sum_of` has no parts"),
    ],
)
def test_words_that_do_not_go_together_are_refused(spec, said):
    with pytest.raises(ValidationError) as error:
        ColumnMap.model_validate(spec)
    assert said in str(error.value)


def test_distinct_values_are_looked_at_once_and_rows_counted_right(tmp_path):
    cells = np.tile(["1", "2", "7"], 400)
    pd.DataFrame({"pid": range(1200), "x": cells, "keep": np.tile([1, 1, 0], 400)}).to_csv(
        tmp_path / "people.csv", index=False
    )
    spec = {"column": "x", "recode": {1: 1, 2: 0}}
    study = blocks(persons={"yes": spec}, variables=YES_NO)
    with pytest.raises(ResearchError, match="does not list: 7 in 400 rows"):
        ingest(tmp_path, study)
    study["mapping"]["persons"]["rows"] = {"keep": [1]}
    assert ingest(tmp_path, study)["persons"]["yes"].sum() == 400
