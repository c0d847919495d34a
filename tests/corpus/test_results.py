"""Text from a raw file that a spreadsheet would run as a formula is made harmless on its way out, and stays itself."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from recovery_analysis.formats import for_spreadsheet, from_spreadsheet
from recovery_analysis.io import read_table, write_table
from recovery_analysis.tables.grid import Grid
from recovery_analysis.tables.render import write_csv
from tests.unit.tiny_study import check

from .study import people, plan, visits, write

FORMULAS = ["=cmd|' /C calc'!A0", "+1+cmd", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x"]


def cells_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    write_table(pd.DataFrame({"x": [text, "plain"]}), tmp_path / "x.csv")
    assert cells_of(tmp_path / "x.csv")[1].startswith("'")
    assert read_table(tmp_path / "x.csv")["x"].tolist() == [text, "plain"]


@pytest.mark.parametrize("text", ["-9", "-0.5", "+3", "plain", "a=b", "'quoted'", "", "–"])
def test_other_text_is_left_alone(text: str) -> None:
    assert for_spreadsheet(text) == text == from_spreadsheet(text)


def test_no_cell_that_a_researcher_opens_is_a_formula(tmp_path: Path) -> None:
    """Formulas as identifiers and as answers reach the list of issues and the quarantine."""
    frame = people()
    frame["pid"] = ["=" + pid for pid in frame["pid"]]
    frame.at[3, "age"] = "=cmd|' /C calc'!A0"
    write(frame, tmp_path / "people.csv")
    write(visits().assign(pid=lambda f: "=" + f["pid"]), tmp_path / "visits.csv")
    tables = check(tmp_path, plan("csv"))
    assert set(tables["quarantine"]["person_id"]) == {"=P04"}
    assert tables["issues"]["value"].tolist() == ["=cmd|' /C calc'!A0"]
    for name in ("issues", "quarantine", "flow"):
        assert [cell for cell in cells_of(tmp_path / f"{name}.csv") if cell[:1] in ("=", "+", "@")] == []


def test_no_cell_of_a_rendered_table_is_a_formula(tmp_path: Path) -> None:
    tidy = pd.DataFrame({"level": ["=1+1", "North"], "n": [-3, 4]})
    write_csv(Grid("", "", (), (), (), tidy), tmp_path / "table.csv")
    assert cells_of(tmp_path / "table.csv") == ["level", "n", "'=1+1", "-3", "North", "4"]
