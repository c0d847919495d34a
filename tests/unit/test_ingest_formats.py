"""Every kind of file says the same thing; a file that cannot be read says why."""

import datetime

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.scaffold.draft import write_draft
from tests.unit.tiny_study import SEX, blocks, ingest, write_csv

PEOPLE = pd.DataFrame(
    {
        "pid": ["A 1", "A 2", "A 3"],
        "sex": [1.0, 2.0, 1.0],
        "age": [30.0, -9.0, 41.0],
        "seen": [datetime.date(2019, 12, 31), datetime.date(2020, 7, 1), datetime.date(2020, 1, 1)],
    }
)
EVENTS = [{"event": "interview", "files": ["people"], "columns": {"person_id": "pid", "time": {"date": "seen"}}}]
WRITERS = {
    "csv": lambda path: PEOPLE.to_csv(path, index=False),
    "tsv": lambda path: PEOPLE.to_csv(path, index=False, sep="\t"),
    "sav": lambda path: pyreadstat.write_sav(PEOPLE, str(path)),
    "zsav": lambda path: pyreadstat.write_sav(PEOPLE, str(path), compress=True),
    "dta": lambda path: pyreadstat.write_dta(PEOPLE, str(path)),
    "xlsx": lambda path: PEOPLE.to_excel(path, index=False),
    "parquet": lambda path: PEOPLE.assign(seen=pd.to_datetime(PEOPLE["seen"])).to_parquet(path),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_file_gives_the_same_tables(tmp_path, kind):
    WRITERS[kind](tmp_path / f"people.{kind}")
    study = blocks(path=f"people.{kind}", file={"missing": [-9]}, persons={"gender": SEX, "age": "age"}, events=EVENTS)
    tables = ingest(tmp_path, study)
    persons = tables["persons"]
    assert persons["person_id"].tolist() == ["A 1", "A 2", "A 3"]
    assert persons["gender"].tolist() == ["man", "woman", "man"]
    assert persons["age"].fillna(0).tolist() == [30.0, 0.0, 41.0]
    assert persons["source_row"].tolist() == [1, 2, 3]
    expected = [2019 + 364.5 / 365, 2020 + 182.5 / 366, 2020 + 0.5 / 366]
    assert tables["events"]["time"].tolist() == pytest.approx(expected, abs=1e-12)
    assert set(tables["events"]["precision"]) == {"day"}
    assert tables["issues"].empty
    flow = tables["flow"]
    assert flow.loc[flow["unit"] == "rows", "n"].tolist() == [3]


def test_spss_missing_codes_are_missing_because_the_file_declares_them(tmp_path):
    frame = pd.DataFrame({"pid": ["1", "2", "3"], "age": [30.0, 97.0, 55.0], "sex": [1.0, 8.0, 9.0]})
    ranges = {"age": [{"lo": 90, "hi": 99}], "sex": [{"lo": 8, "hi": 9}]}
    pyreadstat.write_sav(frame, str(tmp_path / "people.sav"), missing_ranges=ranges)
    gender = {"column": "sex", "recode": {1: "man", 9: "undisclosed"}}
    persons = ingest(tmp_path, blocks(path="people.sav", persons={"age": "age", "gender": gender}))["persons"]
    assert persons["age"].fillna(0).tolist() == [30.0, 0.0, 55.0]
    # 9 is declared missing too, but the mapping says what it stands for.
    assert persons["gender"].tolist() == ["man", None, "undisclosed"]


def test_stata_letters_are_missing(tmp_path):
    frame = pd.DataFrame({"pid": ["1", "2"], "age": [30.0, "a"]})
    pyreadstat.write_dta(frame, str(tmp_path / "people.dta"), missing_user_values={"age": ["a"]})
    tables = ingest(tmp_path, blocks(path="people.dta", persons={"age": "age"}))
    assert tables["persons"]["age"].fillna(0).tolist() == [30.0, 0.0]
    assert tables["issues"].empty


def test_blank_lines_keep_the_row_numbers_of_the_file(tmp_path):
    (tmp_path / "people.csv").write_bytes("\ufeffpid;sex\n007;1\n\n8 ;2\n;\n".encode())
    persons = ingest(tmp_path, blocks(persons={"gender": SEX}))["persons"]
    assert persons["person_id"].tolist() == ["007", "8"]
    assert persons["source_row"].tolist() == [1, 3]


def test_large_identifiers_stay_exact(tmp_path):
    frame = pd.DataFrame({"pid": [9007199254740993, 9007199254740995]})
    frame.to_parquet(tmp_path / "people.parquet")
    persons = ingest(tmp_path, blocks(path="people.parquet"))["persons"]
    assert persons["person_id"].tolist() == ["9007199254740993", "9007199254740995"]


UNREADABLE = {
    "encoding": (b"pid,name\n1,a\n2,Zo\xeb\n", ["byte 17 (line 3, 0xeb)", "CSV UTF-8"]),
    "no rows": (b"pid,sex\n", ["no rows of data"]),
    "empty": (b"", ["is empty (0 bytes)"]),
    "shifted": (b"pid,name\n1,Smith, John\n", ["line 2", "3 cells", "comma inside a text"]),
    "twins": (b"pid,pid\n1,2\n", ["more than one column named 'pid'"]),
    "quotes": (b'pid,x\n1,"a\n2,3\n', ["lines 2 to 3", "Is a quote missing"]),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_csv_that_cannot_be_read_says_why(tmp_path, case):
    content, words = UNREADABLE[case]
    (tmp_path / "people.csv").write_bytes(content)
    with pytest.raises(ResearchError) as caught:
        ingest(tmp_path, blocks())
    assert "files.people" in str(caught.value)
    assert "people.csv" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("kind", ["sav", "dta", "xlsx", "parquet"])
def test_a_damaged_file_is_named(tmp_path, kind):
    (tmp_path / f"people.{kind}").write_bytes(b"this is no such file")
    with pytest.raises(ResearchError, match=rf"files\.people: people\.{kind} could not be read"):
        ingest(tmp_path, blocks(path=f"people.{kind}"))


def test_a_file_that_does_not_exist_is_told_with_the_nearest_name(tmp_path):
    write_csv(tmp_path, "pid\n1")
    with pytest.raises(ResearchError, match="peopel.csv does not exist. Did you mean 'people.csv'"):
        ingest(tmp_path, blocks(path="peopel.csv"))
    with pytest.raises(ResearchError, match="of the kind '.xls', which cannot be read"):
        ingest(tmp_path, blocks(path="people.xls"))


def test_a_wrong_sheet_is_told_with_the_sheets_there_are(tmp_path):
    WRITERS["xlsx"](tmp_path / "people.xlsx")
    with pytest.raises(ResearchError, match="no sheet 'Shet1'. Did you mean 'Sheet1'"):
        ingest(tmp_path, blocks(path="people.xlsx", file={"sheet": "Shet1"}))


@pytest.mark.parametrize(
    ("name", "advice"),
    [("mosaicData/HELPful", "Did you mean 'HELPfull'"), ("mosaicdata/HELPfull", "Did you mean 'mosaicData'")],
)
def test_an_unknown_data_set_of_the_package_is_told(tmp_path, name, advice):
    study = blocks() | {"files": {"people": {"package": name}}}
    with pytest.raises(ResearchError, match=advice):
        ingest(tmp_path, study)


def _with_formula(folder, hook=None):
    """A column of formulas that no spreadsheet program has worked out, beside one of numbers."""
    book = openpyxl.Workbook()
    for row in (["pid", "x", "double"], ["P1", 3, "=B2*2"], ["P2", 4, "=B3*2"]):
        book.active.append(row)
    book.save(folder / "people.xlsx")
    columns = {"x": "x"}
    study = blocks(path="people.xlsx", persons=columns, variables={"x": {"label": "X", "type": "number"}})
    return study if hook is None else study | {"hook": hook}


def test_a_formula_without_a_result_matters_only_where_its_column_is_read(tmp_path):
    study = _with_formula(tmp_path)
    assert ingest(tmp_path, study)["persons"]["x"].tolist() == [3, 4]
    study["mapping"]["persons"]["columns"]["x"] = "double"
    with pytest.raises(ResearchError, match=r"people.xlsx, cell C2: the formula's result is not in the file\. Open"):
        ingest(tmp_path, study)


def test_a_hook_may_read_any_column_so_no_formula_may_be_blank(tmp_path):
    (tmp_path / "h.py").write_text("def prepare(frames):\n    return frames\n", "utf-8")
    with pytest.raises(ResearchError, match=r"people.xlsx, cell C2: the formula's result is not in the file"):
        ingest(tmp_path, _with_formula(tmp_path, "h.py"))


def test_a_name_that_is_a_formula_without_a_result_is_told_where_a_column_is_not_found(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["pid", '="a"&"b"'])
    book.active.append(["P1", 3])
    book.save(tmp_path / "people.xlsx")
    study = blocks(path="people.xlsx", persons={"x": "ab"}, variables={"x": {"label": "X", "type": "number"}})
    with pytest.raises(ResearchError, match=r"people.xlsx, cell B1: the formula's result is not in the file"):
        ingest(tmp_path, study)


def test_a_draft_says_which_columns_are_formulas_without_results(tmp_path):
    (tmp_path / "config/studies").mkdir(parents=True)
    _with_formula(tmp_path)
    text = write_draft(tmp_path, "new", ["people.xlsx"]).path.read_text("utf-8")
    assert "# people, column double: the file does not hold the results of its formulas, such as C2, so" in text
