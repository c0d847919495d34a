"""A column of which hardly any cell can be used is a mistake of the settings, told once; every cell is in a file."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.steps.ingest_study import SO_FAR
from tests.unit.tiny_study import blocks, ingest

N = 200
AGE = {"age": {"label": "Age", "type": "number", "range": [0, 110], "unit": "years"}}


def refused(folder: Path, study: dict[str, Any]) -> str:
    with pytest.raises(ResearchError) as told:
        ingest(folder, study)
    return str(told.value)


def people(folder: Path, **columns: list[Any]) -> None:
    pd.DataFrame({"pid": [f"P{i:03}" for i in range(N)], **columns}).to_csv(folder / "people.csv", index=False)


def dated(**source: Any) -> dict[str, Any]:
    columns = {"person_id": "pid", "time": source}
    return blocks(events=[{"event": "first_help", "files": ["people"], "columns": columns}])


def test_ages_in_months_are_a_mistake_of_the_unit_and_not_of_two_hundred_people(tmp_path: Path) -> None:
    people(tmp_path, age=[40, 50, *range(216, 216 + N - 2)])
    said = refused(tmp_path, blocks(persons={"age": "age"}, variables=AGE))
    assert said == (
        "1 mistake keeps the study's files from being read:\n"
        "  1. mapping.persons.columns.age (people.csv): hardly any value of column 'age' can be used (198 of 200 cannot), "
        "such as '216' (row 3), '217' (row 4), '218' (row 5), '219' (row 6), '220' (row 7): each is outside the valid "
        "range from 0 to 110. So many are a mistake of the settings, not of people. Are they told in months? If so, "
        f"write `unit: months`.\nEvery cell that cannot be used, row by row: data/derived/tiny/ingested/{SO_FAR}"
    )
    every = pd.read_csv(tmp_path / "in" / SO_FAR)
    assert every["row"].tolist() == list(range(3, N + 1)) and set(every["check"]) == {"out_of_range"}


def test_the_same_fault_of_several_files_is_told_once(tmp_path: Path) -> None:
    study = blocks(persons={"age": "age"}, variables=AGE)
    for name, first in (("people", 216), ("others", 300)):
        ages = range(first, first + N)
        frame = pd.DataFrame({"pid": [f"{name}{i}" for i in range(N)], "age": ages})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    study["files"]["others"] = {"path": "others.csv"}
    study["mapping"]["persons"]["files"] = ["people", "others"]
    said = refused(tmp_path, study)
    assert (
        said.startswith("1 mistake keeps") and "mapping.persons.columns.age (people.csv, others.csv): no value" in said
    )
    assert "such as '216' (row 1)" in said and "'220' (row 5) of people.csv: each is outside" in said
    assert len(pd.read_csv(tmp_path / "in" / SO_FAR)) == 2 * N


def test_the_file_of_cells_goes_when_the_settings_are_mended(tmp_path: Path) -> None:
    people(tmp_path, age=list(range(216, 216 + N)))
    refused(tmp_path, blocks(persons={"age": "age"}, variables=AGE))
    tables = ingest(tmp_path, blocks(persons={"age": {"column": "age", "unit": "months"}}, variables=AGE))
    assert tables["persons"]["age"].between(18, 35).all() and not (tmp_path / "in" / SO_FAR).exists()


def test_one_column_in_ten_thousand_hides_no_fault_of_another(tmp_path: Path) -> None:
    people(tmp_path, age=list(range(216, 216 + N)), born=["1980", "x19", *["1970"] * (N - 2)])
    refused(tmp_path, blocks(persons={"age": "age", "birth_year": "born"}, variables=AGE))
    every = pd.read_csv(tmp_path / "in" / SO_FAR)
    assert every["check"].value_counts().to_dict() == {"out_of_range": N, "unreadable_value": 1}


def test_a_range_that_is_wrong_is_named(tmp_path: Path) -> None:
    people(tmp_path, score=list(range(20, 20 + N)))
    scored = {"score": {"label": "Score", "type": "number", "range": [0, 10]}}
    said = refused(tmp_path, blocks(persons={"score": "score"}, variables=scored))
    assert "Is variables.score.range right, and is it the right column? A code for 'no answer' belongs" in said


@pytest.mark.parametrize(
    ("cells", "source", "advice"),
    [
        ([f"{i % 12 + 1:02}/{i % 28 + 1:02}/2019" for i in range(N)], {"date": "d", "format": "%d/%m/%Y"}, "as %m/%d/%Y: say"),
        ([f"{i % 28 + 1:02}.{i % 12 + 1:02}.2019" for i in range(N)], {"date": "d"}, "All of them are dates written as %d.%m.%Y: say"),
        ([43831 + i for i in range(N)], {"column": "d"}, "If so, write `date` with `format: excel`."),
        ([20190101 + i % 28 for i in range(N)], {"column": "d"}, 'If so, write `date` with `format: "%Y%m%d"`.'),
        ([60 + i % 39 for i in range(N)], {"column": "d"}, "Are they ages (write `age_at`), or years of two digits"),
    ],
    ids=["month first", "dots", "Excel's days", "digits", "two digits"],
)  # fmt: skip
def test_dates_that_are_written_otherwise(
    tmp_path: Path, cells: list[Any], source: dict[str, Any], advice: str
) -> None:
    people(tmp_path, d=cells)
    said = refused(tmp_path, dated(**source))
    assert said.startswith("1 mistake") and advice in said and len(re.findall(r"\(row \d+\)", said)) == 5


def test_a_part_of_the_cells_is_the_people_s_and_stops_nothing(tmp_path: Path) -> None:
    people(tmp_path, age=[*range(20, 20 + 30), *range(216, 216 + N - 30)])
    tables = ingest(tmp_path, blocks(persons={"age": "age"}, variables=AGE))
    assert tables["issues"]["check"].tolist() == ["out_of_range"] * (N - 30)


def test_decimal_commas_are_named(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "pid;age\n" + "".join(f"P{i};{i % 60},5\n" for i in range(N)), encoding="utf-8"
    )
    assert "Have they decimal commas? Write points instead" in refused(
        tmp_path, blocks(persons={"age": "age"}, variables=AGE)
    )
