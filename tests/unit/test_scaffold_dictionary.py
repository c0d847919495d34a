"""The data dictionary, from a study's configuration and its checked tables."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document

from recovery_analysis.disclosure import PRESETS
from recovery_analysis.project import load_study
from recovery_analysis.scaffold.words import rule_in_words
from recovery_analysis.steps.write_dictionary import dictionary_rows, share_missing, write_dictionary
from recovery_analysis.study import ColumnMap
from recovery_analysis.tables.dictionary import dictionary_grid
from tests.unit.tiny_study import SEX, TABLES, blocks, check, write_csv

ABOUT = {"title": "Tiny", "label": "Tiny", "summary": "A few people.", "citation": "None.", "licence": "None."}


@pytest.fixture
def dictionary(tmp_path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    lines = [
        "pid,sex,town,score",
        *[f"P{i},{1 + i % 2},{'n' if i % 3 else 's'},{i if i > 20 else ''}" for i in range(60)],
    ]
    write_csv(tmp_path, "\n".join(lines))
    persons = {"gender": SEX, "town": {"column": "town", "recode": {"n": "north", "s": "south"}}, "score": "score"}
    variables = {
        "town": {"label": "Town", "type": "category", "levels": {"north": "The north", "south": "The south"}},
        "score": {"label": "Score", "type": "number", "range": [0, 90], "unit": "points"},
    }
    study = blocks("cohort", persons=persons, variables=variables)
    check(tmp_path, study)
    paths = {table: str(tmp_path / f"{table}.parquet") for table in TABLES}
    out = {kind: str(tmp_path / f"dictionary.{kind}") for kind in ("csv", "html", "docx")}
    plan = {key: study[key] for key in ("files", "mapping", "variables", "design")}
    write_dictionary(plan | {"about": ABOUT, "disclosure": {"preset": "ons10"}}, **paths, scored=paths["waves"], **out)
    rows = pd.read_csv(out["csv"], encoding="utf-8-sig", keep_default_na=False).to_dict("records")
    page = Path(out["html"]).read_text(encoding="utf-8")
    assert "<caption><h1>Data dictionary: Tiny</h1></caption>" in page and "The north" in page
    words = [cell.text for row in Document(out["docx"]).tables[0].rows for cell in row.cells]
    assert {"Column", "town", "Town"} <= set(words)
    return {(row["table"], row["column"]): row for row in rows}


def test_a_category_is_described(dictionary: dict[tuple[str, str], dict[str, Any]]) -> None:
    town = dictionary["persons", "town"]
    assert (town["label"], town["type"]) == ("Town", "category")
    assert town["levels"] == "north (The north), south (The south)"
    assert town["source"] == "town (people)" and town["rule"] == "taken from the column; codes: n → north, s → south"


def test_a_number_is_described(dictionary: dict[tuple[str, str], dict[str, Any]]) -> None:
    score = dictionary["persons", "score"]
    assert (score["type"], score["unit"], score["range"]) == ("number", "points", "from 0 to 90")
    assert float(score["percent_missing"]) == pytest.approx(100 * 20 / 60), "21 of 60, rounded to 20 of 60"


def test_columns_of_every_study_are_described(dictionary: dict[tuple[str, str], dict[str, Any]]) -> None:
    gender = dictionary["persons", "gender"]
    assert gender["label"] == "Gender as the person gave it" and "woman (Women)" in gender["levels"]
    assert dictionary["persons", "site"]["rule"] == "not in this study's files"


@pytest.mark.parametrize(
    ("preset", "n", "gaps", "share", "withheld"),
    [
        ("ons10", 100, 0, 0.0, False),
        ("ons10", 100, 9, None, True),
        ("ons10", 100, 12, 10.0, False),
        ("ons10", 100, 95, None, True),
        ("ons10", 100, 100, 100.0, False),
        ("ndtms", 100, 4, None, True),
        ("ndtms", 100, 6, 5.0, False),
        ("open", 100, 1, 1.0, False),
    ],
)
def test_the_share_missing_passes_the_gate(preset: str, n: int, gaps: int, share: float | None, withheld: bool) -> None:
    column = pd.Series([None] * gaps + [1.0] * (n - gaps), dtype=object)
    found, hidden = share_missing(column, PRESETS[preset])
    assert hidden is withheld
    assert (share is None and found != found) or found == pytest.approx(share)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"column": "a"}, "taken as it is"),
        ({"constant": "Kent"}, "Kent in every row"),
        ({"column": "a", "recode": {1: 1, 2: None}}, "taken from the column; codes: 1 → 1, 2 → no answer"),
        (
            {"column": "a", "unit": "days", "missing": [-9]},
            "taken from the column; from days into years; no answer: -9",
        ),
        ({"date": "d"}, "date as a decimal year"),
        ({"any_of": ["a", "b"]}, "1 if any is 1: (a: taken as it is), (b: taken as it is)"),
        ({"column": "a", "quarantine": [7]}, "taken as it is; set aside as typing errors: 7"),
    ],
)
def test_a_rule_in_words(spec: dict[str, Any], words: str) -> None:
    assert rule_in_words(ColumnMap.model_validate(spec)) == words


def test_a_study_of_which_every_person_is_set_aside_has_a_dictionary_without_columns():
    """The step ended in a traceback, beside the sentence that said why nobody was left."""
    study = load_study(Path(__file__).parents[2], "help")
    rows = dictionary_rows(study, {table: pd.DataFrame() for table in TABLES}, PRESETS["open"])
    assert dictionary_grid(rows, study.about, study.disclosure).rows == ()
