"""A large csv file of identifiers and decimals says what a small one says, cell by cell."""

from pathlib import Path

import numpy as np
import pytest

from recovery_analysis.ingest.delimited import BEGINNING
from recovery_analysis.scaffold.draft import write_draft
from tests.unit.tiny_study import blocks, ingest

ROWS = 50_000
SCORE = {"score": {"label": "Score", "type": "number", "range": [-50, 50]}}
PERSONS = {"age": "age", "score": "score"}


def write(folder: Path, **cells: str) -> list[list[str]]:
    """people.csv: identifiers that begin with noughts, decimals with noughts at the end; rows of text as written."""
    rng = np.random.default_rng(20150802)
    score = [f"{x:.6f}" for x in rng.normal(0, 10, ROWS)]
    rows = [[f"{i:07d}", f"{18 + i % 60}", text, f"{i % 2}"] for i, text in enumerate(score)]
    rows[7][2], rows[8][2], rows[9][2] = "-9.00", "", "1.500000"
    if cells:
        rows[-1][2] = cells["last"]
    text = "\n".join(",".join(row) for row in [["pid", "age", "score", "odd"], *rows]) + "\n"
    assert len(text) > BEGINNING
    (folder / "people.csv").write_text(text)
    return rows


def test_identifiers_keep_their_noughts_and_decimals_their_values(tmp_path: Path) -> None:
    rows = write(tmp_path)
    tables = ingest(tmp_path, blocks(persons=PERSONS, variables=SCORE, file={"missing": [-9]}))
    persons = tables["persons"]
    assert persons["person_id"].tolist() == [row[0] for row in rows]
    expected = [np.nan if row[2] in ("", "-9.00") else float(row[2]) for row in rows]
    np.testing.assert_array_equal(persons["score"], expected)
    assert tables["issues"].empty


def test_rows_that_are_chosen_keep_their_own_identifiers(tmp_path: Path) -> None:
    rows = write(tmp_path)
    study = blocks(persons=PERSONS, variables=SCORE, file={"missing": [-9]})
    study["mapping"]["persons"]["rows"] = {"odd": [1]}
    persons = ingest(tmp_path, study)["persons"]
    assert persons["person_id"].tolist() == [row[0] for row in rows if row[3] == "1"]


@pytest.mark.parametrize("last", ["n/a", "inf", "nan", "1e999", " 12", "777"])
def test_one_cell_that_is_no_number_hides_nothing(tmp_path: Path, last: str) -> None:
    write(tmp_path, last=last)
    tables = ingest(tmp_path, blocks(persons=PERSONS, variables=SCORE, file={"missing": [-9]}))
    score = tables["persons"]["score"]
    assert score.notna().sum() == ROWS - 2 - (last != " 12")
    assert tables["issues"]["value"].tolist() == ([] if last == " 12" else [last])


def test_a_code_for_no_answer_among_identifiers_is_nobody(tmp_path: Path) -> None:
    rows = write(tmp_path)
    tables = ingest(tmp_path, blocks(persons=PERSONS, variables=SCORE, file={"missing": [-9, 12]}))
    ids = tables["persons"]["person_id"]
    assert ids.isna().sum() == 1
    assert ids.dropna().tolist() == [row[0] for row in rows if row[0] != "0000012"]


def test_a_draft_is_made_of_a_large_file_too(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "config/studies").mkdir(parents=True)
    text = write_draft(tmp_path, "large", ["people.csv"]).path.read_text(encoding="utf-8")
    assert "person_id: pid  # exact: called an identifier, and different in every row" in text
    assert "score: number; 50,000 known, <10 missing" in text


def test_a_hook_gets_text_with_nothing_where_a_cell_is_blank(tmp_path: Path) -> None:
    rows = write(tmp_path)
    hook = "def prepare(frames):\n    frame = frames['people']\n    assert frame['score'].isna().sum() == 1\n"
    hook += "    assert {type(v) for v in frame['pid']} == {str}\n    return {'people': frame[frame['odd'] == '1']}\n"
    (tmp_path / "hook.py").write_text(hook)
    study = blocks(persons=PERSONS, variables=SCORE, file={"missing": [-9]}) | {"hook": "hook.py"}
    assert ingest(tmp_path, study)["persons"]["person_id"].tolist() == [row[0] for row in rows if row[3] == "1"]
