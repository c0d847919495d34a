"""Each way to fill a canonical column, and what is told of cells and mappings that do not work."""

import itertools

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.ingest.distinct import cells_of
from tests.unit.tiny_study import SEX, blocks, ingest, write_csv

NUMBER = {"score": {"label": "Score", "type": "number", "range": [0, 10]}}
YES_NO = {"yes": {"label": "Yes", "type": "binary"}}


def score(folder, spec, cells, variables=NUMBER, name="score", **changes):
    """Values of one variable of persons whose raw column `x` has these cells."""
    pd.DataFrame({"pid": range(len(cells)), "x": cells}).to_csv(folder / "people.csv", index=False)
    tables = ingest(folder, blocks(persons={name: spec}, variables=variables, **changes))
    return tables["persons"][name], tables["issues"]


def test_missing_codes_are_compared_as_numbers_where_both_are(tmp_path):
    cells = ["-9", "-9.0", " -9 ", "NA", "na", "5 ", "-7"]
    values, issues = score(tmp_path, {"column": "x", "missing": ["NA", -7]}, cells, file={"missing": [-9, "na"]})
    assert values.fillna(-1).tolist() == [-1, -1, -1, -1, -1, 5, -1]
    assert issues.empty


def test_exact_codes_go_before_ranges_and_null_is_missing(tmp_path):
    recode = {"1..5": 1, 3: 9, "5.5..8": 2, 99: None, "other": 0}
    values, _ = score(tmp_path, {"column": "x", "recode": recode}, ["1", "3.0", "5", "5.5", "8", "99", "other"])
    assert values.fillna(-1).tolist() == [1, 9, 1, 2, 2, -1, 0]


def test_units_become_years_and_ties_stay_ties(tmp_path):
    write_csv(tmp_path, "pid,days,months\n1,365.25,12\n2,0,0\n3,182.625,6\n4,100,7")
    measures = {"days_in": "d", "months_in": "m"}
    variables = {name: {"label": label, "type": "number"} for name, label in measures.items()}
    persons = {
        "days_in": {"column": "days", "unit": "days"},
        "months_in": {"column": "months", "unit": "months"},
    }
    table = ingest(tmp_path, blocks(persons=persons, variables=variables))["persons"]
    assert table["days_in"].tolist()[:3] == table["months_in"].tolist()[:3] == [1.0, 0.0, 0.5]
    assert table["days_in"][3] == round(100 / 365.25, 12)


@pytest.mark.parametrize("operator", ["any_of", "all_of"])
def test_any_of_and_all_of_are_three_valued(tmp_path, operator):
    cases = list(itertools.product([1, 0, None], repeat=2))
    frame = pd.DataFrame(cases, columns=["a", "b"], dtype="Int64").assign(pid=range(9))
    frame.to_csv(tmp_path / "people.csv", index=False)
    persons = ingest(tmp_path, blocks(persons={"yes": {operator: ["a", "b"]}}, variables=YES_NO))["persons"]
    truth = {1: True, 0: False, None: None}
    for (a, b), value in zip(cases, persons["yes"], strict=True):
        pair = [truth[a], truth[b]]
        settles = operator == "any_of"
        expected = float(settles) if settles in pair else np.nan if None in pair else float(not settles)
        assert value == expected or (np.isnan(value) and np.isnan(expected))


def test_first_of_takes_the_first_known_and_may_be_recoded(tmp_path):
    write_csv(tmp_path, "pid,a,b\n1,3,4\n2,-9,4\n3,,\n4,,3")
    spec = {"first_of": [{"column": "a", "missing": [-9]}, "b"], "recode": {3: 1, 4: 0}}
    persons = ingest(tmp_path, blocks(persons={"yes": spec}, variables=YES_NO))["persons"]
    assert persons["yes"].fillna(-1).tolist() == [1, 0, -1, 1]


def dated(folder, spec, text, kind="population_survey"):
    write_csv(folder, text)
    events = [{"event": "onset", "files": ["people"], "columns": {"person_id": "pid", "time": spec}}]
    tables = ingest(folder, blocks(kind, events=events))
    return tables["events"].set_index("person_id"), tables["issues"]


def test_year_and_month_carry_their_precision(tmp_path):
    spec = {"year_month": {"year": "y", "month": "m", "unknown_month": [98]}, "missing": [-9]}
    events, issues = dated(tmp_path, spec, "pid,y,m\n1,2010,1\n2,2010,98\n3,2010,\n4,-9,5\n5,2010,13\n6,20255,1")
    assert events["time"].to_dict() == {"1": 2010 + 0.5 / 12, "2": 2010.5, "3": 2010.5}
    assert events["precision"].tolist() == ["month", "year", "year"]
    assert issues["check"].tolist() == ["impossible_date", "impossible_date"]
    assert issues[["column", "value", "row"]].values.tolist() == [["m", "13", 5], ["y", "20255", 6]]


def test_months_may_be_told_by_their_names(tmp_path):
    """No value of such a column could be used, and the message asked whether it was the right one."""
    spec = {"year_month": {"year": "y", "month": "m", "unknown_month": ["unclear"]}}
    rows = "1,2010,Jan\n2,2010,SEPT.\n3,2010,december\n4,2010,unclear\n5,2010,5\n6,2010,Mai"
    events, issues = dated(tmp_path, spec, f"pid,y,m\n{rows}")
    months = {"1": 1, "2": 9, "3": 12, "5": 5}
    assert events["time"].to_dict() == {person: 2010 + (m - 0.5) / 12 for person, m in months.items()} | {"4": 2010.5}
    assert issues[["column", "value", "row"]].values.tolist() == [["m", "Mai", 6]]


def test_dates_are_the_middle_of_their_day(tmp_path):
    text = "pid,d\n1,2019-12-31\n2,2020-01-01T10:00\n3,31/12/2019\n4,2019-02-30\n5,\n6,2020"
    events, issues = dated(tmp_path, {"date": "d"}, text)
    assert events["time"].to_dict() == {"1": 2019 + 364.5 / 365, "2": 2020 + 0.5 / 366}
    assert issues["row"].tolist() == [3, 4, 6]
    assert set(issues["check"]) == {"impossible_date"}


def test_an_age_becomes_a_date_and_a_date_an_age(tmp_path):
    events, _ = dated(tmp_path, {"age_at": {"age": "a", "birth_year": "b"}}, "pid,a,b\n1,20,1980\n2,,1980")
    assert events["time"].to_dict() == {"1": 2001.0}
    assert events["precision"].tolist() == ["age"]
    write_csv(tmp_path, "pid,b,y\n1,1980,2010\n2,,2010")
    age = {"age_on": {"birth_year": "b", "when": {"year_month": {"year": "y"}}}}
    persons = ingest(tmp_path, blocks(persons={"age": age}))["persons"]
    assert persons["age"].fillna(-1).tolist() == [30.0, -1.0]


def test_a_cohort_counts_from_enrolment(tmp_path):
    events, _ = dated(tmp_path, {"column": "d", "unit": "days"}, "pid,d\n1,730.5\n2,", "cohort")
    assert events["time"].to_dict() == {"1": 2.0}
    with pytest.raises(ResearchError, match="counts time from enrolment"):
        dated(tmp_path, {"date": "d"}, "pid,d\n1,2010-01-01", "cohort")
    with pytest.raises(ResearchError, match="clock is the calendar"):
        dated(tmp_path, {"column": "d", "unit": "days"}, "pid,d\n1,5")


def test_an_unreadable_cell_does_not_hide_one_out_of_range(tmp_path):
    values, issues = score(tmp_path, "x", ["3", "n/a", "73", "12 ", "inf", "4"])
    assert values.fillna(-1).tolist() == [3, -1, -1, -1, -1, 4]
    found = {(row.check, row.value, row.row, row.column) for row in issues.itertuples()}
    assert found == {
        ("unreadable_value", "n/a", 2, "x"),
        ("unreadable_value", "inf", 5, "x"),
        ("out_of_range", "73", 3, "x"),
        ("out_of_range", "12", 4, "x"),
    }
    assert set(issues["severity"]) == {"error"}
    assert issues["person_id"].tolist() == ["1", "4", "2", "3"]
    assert issues["message"][2] == "'73' in column x is outside the valid range from 0 to 10."


def test_levels_and_typing_errors_are_told_cell_by_cell(tmp_path):
    write_csv(tmp_path, "pid,sex,arm\n1,1,a\n2,7,b\n3,2,c")
    variables = {"arm": {"label": "Arm", "type": "category", "levels": {"a": "A", "b": "B"}}}
    study = blocks(persons={"gender": SEX | {"quarantine": [7]}, "arm": "arm"}, variables=variables)
    tables = ingest(tmp_path, study)
    assert tables["persons"]["gender"].tolist() == ["man", None, "woman"]
    assert tables["issues"][["check", "value", "row"]].values.tolist() == [
        ["quarantined_code", "7", 2],
        ["unknown_level", "c", 3],
    ]


def test_a_code_that_is_not_listed_stops_the_run_with_its_count(tmp_path):
    write_csv(tmp_path, "pid,sex\n1,1\n2,3\n3,3\n4,x")
    with pytest.raises(ResearchError) as caught:
        ingest(tmp_path, blocks(persons={"gender": SEX}))
    assert "mapping.persons.columns.gender.recode (people.csv)" in str(caught.value)
    assert "3 in 2 rows; x in 1 row" in str(caught.value)


def test_a_column_without_one_usable_value_is_a_mistake_of_the_mapping(tmp_path):
    with pytest.raises(
        ResearchError,
        match=r"no value of column 'x' can be used, such as 'a' \(row 1\), 'b' \(row 2\): each is not a number",
    ):
        score(tmp_path, "x", ["a", "b"] * 3)
    with pytest.raises(ResearchError, match=r"such as '31/12/2019' \(row 1\): each is not a date"):
        dated(tmp_path, {"date": "d"}, "pid,d" + "\n1,31/12/2019" * 5)


def test_all_mistakes_are_told_at_once(tmp_path):
    write_csv(tmp_path, "pid,Sex,age\n1,1,30")
    study = blocks(
        persons={
            "gender": {"column": "sex", "recode": {1: "man"}},
            "agee": "age",
            "age": {"column": "age", "recode": {"40..30": 1}},
            "country": {"constant": "UK"},
            "birth_year": {"constant": "soon"},
            "site": {"column": "age", "recode": {"1..99": "A"}},
        },
        spells=[{"kind": "use", "files": ["peple"], "columns": {"person_id": "pid"}}],
        waves=[
            {
                "files": ["people"],
                "rows": {"age": [5]},
                "columns": {"person_id": "pid", "wave": {"constant": "a"}},
            }
        ],
    )
    with pytest.raises(ResearchError) as caught:
        ingest(tmp_path, study)
    for words in (
        "8 mistakes keep",
        "persons.columns.gender (people.csv): there is no column 'sex'. Did you mean 'Sex'? Capitals count.",
        "'agee' is neither a column of persons nor under `variables`. Did you mean 'age'",
        "the range 40..30 runs backwards",
        "'soon' is not a number",
        "mapping.spells.0.files: 'peple' is not under `files`. Did you mean 'people'?",
        "'start' is missing; every row of spells needs it",
        "mapping.waves.0.rows: no row has age equal to 5",
    ):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("recode", "said"),
    [
        ({"1..4": 1, "4..9": 2}, "1..4 and 4..9 list the same code twice"),
        ({3: 1, "3.0": 2, 4: 1, 5: 1}, "3 and 3.0 list the same code twice"),
        ({3: 999, 4: 1, 5: 2}, "code 3: 999 is outside the valid range from 0 to 20"),
    ],
)
def test_a_recode_that_cannot_be_meant_is_a_mistake_of_the_settings(tmp_path, recode, said):
    write_csv(tmp_path, "pid,a\n1,3\n2,4\n3,5")
    score = {"score": {"label": "Score", "type": "number", "range": [0, 20]}}
    with pytest.raises(ResearchError) as error:
        ingest(tmp_path, blocks(persons={"score": {"column": "a", "recode": recode}}, variables=score))
    assert f"mapping.persons.columns.score.recode (people.csv): {said}" in str(error.value)


def test_ranges_that_meet_in_one_value_are_fine(tmp_path):
    write_csv(tmp_path, "pid,a\n1,3\n2,4\n3,5")
    score = {"score": {"label": "Score", "type": "number", "range": [0, 20]}}
    spec = {"column": "a", "recode": {"1..4": 1, "4..9": 1}}
    assert ingest(tmp_path, blocks(persons={"score": spec}, variables=score))["persons"]["score"].tolist() == [1, 1, 1]


def test_a_recode_to_an_invalid_value_is_told(tmp_path):
    write_csv(tmp_path, "pid,sex\n1,1")
    with pytest.raises(ResearchError, match="code 1: 'men' is not a valid value. Did you mean 'man'"):
        ingest(tmp_path, blocks(persons={"gender": {"column": "sex", "recode": {1: "men"}}}))
    with pytest.raises(ResearchError, match="so `recode` and `unit` cannot follow it"):
        dated(tmp_path, {"date": "d", "recode": {1: 2}}, "pid,d\n1,2010-01-01")


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "uint8", "uint64"])
def test_whole_numbers_of_any_width_are_read_as_they_are(kind):
    limits = np.iinfo(kind)
    few = [limits.min, limits.min + 3, min(limits.min + 60_000, limits.max - 1)]
    for codes in (few, [limits.max - 100, limits.max], [limits.min, limits.max], [-100, 100] if limits.min else [9, 8]):
        cells = cells_of(pd.Series(np.array(codes, dtype=kind)))
        assert cells.spread(cells.values).tolist() == codes
        assert cells.spread(cells.number).tolist() == [float(code) for code in codes]
