"""What a file's columns are taken for, and that nothing about a few people is written down."""

import gzip
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml

from recovery_analysis.errors import ResearchError
from recovery_analysis.project import load_study
from recovery_analysis.scaffold.draft import confirmed, unconfirmed, write_draft
from recovery_analysis.scaffold.guess import Draft, guess
from recovery_analysis.scaffold.names import source_of, study_path
from recovery_analysis.scaffold.profile import about, in_words, profile
from recovery_analysis.scaffold.read import read_whole
from recovery_analysis.scaffold.text import flow, name, quoted
from recovery_analysis.scaffold.values import slug
from recovery_analysis.study import SourceFile

ROOT = Path(__file__).parents[2]
N = 120
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/studies").mkdir(parents=True)
    return tmp_path


def _draft(root: Path, frame: pd.DataFrame) -> Draft:
    frame.to_csv(root / "raw.csv", index=False)
    return guess(read_whole(root, "raw", SourceFile(path="raw.csv")))


def _people(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"pid": [f"P{i:03}" for i in range(N)], **columns})


def _repeat(*values: Any) -> list[Any]:
    return [values[i % len(values)] for i in range(N)]


@pytest.mark.parametrize(
    ("columns", "person", "confidence"),
    [
        ({"x": range(N)}, "pid", "exact"),
        ({"pid": range(1, N + 1)}, "pid", "exact"),
        ({"pid": _repeat(1.5, 2.5), "rownames": range(N)}, "rownames", "by label"),
        ({"pid": ["P000", *[f"P{i:03}" for i in range(N - 1)]]}, "pid", "exact"),
    ],
    ids=["text", "number", "row number", "one person twice"],
)
def test_the_identifier_is_found(root: Path, columns: dict[str, Any], person: str, confidence: str) -> None:
    found = _draft(root, _people(**columns))
    assert found.person is not None and found.wave is None
    assert (found.person.column.name, found.person.confidence) == (person, confidence)


def test_no_identifier_is_said_and_not_made_up(root: Path) -> None:
    pd.DataFrame({"a": _repeat(1.5, 2.5), "b": _repeat(0, 1)}).to_csv(root / "raw.csv", index=False)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "#?       person_id: WRITE_A_COLUMN  # unknown:" in text


@pytest.mark.parametrize(
    ("column", "values", "recode", "confidence"),
    [
        ("sex", _repeat("Female", "Male"), {"Female": "woman", "Male": "man"}, "exact"),
        ("gender", _repeat("f", "m", "x"), {"f": "woman", "m": "man", "x": "non_binary"}, "exact"),
        ("female", _repeat(0, 1), {"0": "man", "1": "woman"}, "exact"),
        ("male", _repeat(0, 1), {"0": "woman", "1": "man"}, "exact"),
        ("gender", _repeat(1, 2), {"1": "man", "2": "woman"}, "by label"),
        ("Geschlecht", _repeat("Male ", "female"), {"Male": "man", "female": "woman"}, "by label"),
    ],
)
def test_gender_is_read_from_words_and_never_from_bare_codes(
    root: Path, column: str, values: list[Any], recode: dict[str, str], confidence: str
) -> None:
    found = _draft(root, _people(**{column: values})).gender
    assert found is not None
    assert (found[1].recode, found[1].confidence) == (recode, confidence)


@pytest.mark.parametrize("values", [_repeat("m", "f"), _repeat("x", "other"), _repeat("woman", "child")])
def test_a_column_that_is_not_called_a_gender_needs_words_for_women_and_men(root: Path, values: list[Any]) -> None:
    assert _draft(root, _people(cable=values)).gender is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([f"approx {i}" if i % 8 == 0 else str(i) for i in range(N)], "numbers, but 15 are written with words or signs"),
        ([f"{1 + i % 12:02d}/{1990 + i % 30}" for i in range(N)], "dates as month and year: say so with `format`"),
        ([f"{_repeat('Jan', 'May', 'Dec')[i]} {1990 + i % 30}" for i in range(N)], "dates as month in words, year: say so with `format`"),
        ([f"{1990 + i % 30}-{1 + i % 12:02d}" for i in range(N)], "dates as year-month: say so with `format`"),
        ([f"{i},{i % 7}" for i in range(N)], "numbers with decimal commas"),
        ([f"{1 + i % 28}.{1 + i % 12}.2021" for i in range(N)], "dates as day.month.year: say so with `format`"),
        ([f"{1 + i % 28}.4.2021" if i % 2 else f"2021-04-{10 + i % 9}" for i in range(N)], "dates in 2 forms, YYYY-MM-DD and"),
        ([f"{1 + i % 28} Month{i} 2021" for i in range(N)], "dates as day, month in words, year: say so with `format`"),
        ([f"{1 + i % 28}.4.2021".translate(ARABIC) for i in range(N)], "dates as day.month.year: say so with `format`"),
        ([f"word {i}" for i in range(N)], "text"),
        ([f"Ward {1000 + i}" for i in range(N)], "text"),
    ],
)  # fmt: skip
def test_text_that_is_nearly_numbers_or_dates_is_said(root: Path, values: list[Any], said: str) -> None:
    _people(answer=values).to_csv(root / "raw.csv", index=False)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert f"#   answer: {said}" in text and f"# answer: not used; {said}" in text
    assert "approx" not in text


@pytest.mark.parametrize(
    ("values", "kind", "confidence"),
    [
        (_repeat(0, 1), "binary", "exact"),
        (_repeat("yes", "no"), "binary", "exact"),
        (_repeat("TRUE", "FALSE"), "binary", "exact"),
        (_repeat(1, 2), "binary", "by label"),
        (_repeat("alcohol", "opioids", "both"), "category", "exact"),
        (["rare", *_repeat("alcohol", "opioids")[1:]], None, "unknown"),
        (_repeat(1, 2, 3), None, "unknown"),
        (list(np.arange(N) / 7), "number", "exact"),
        (["about 3", *range(1, N)], "number", "by label"),
        ([f"free text {i}" for i in range(N)], None, "unknown"),
        ([None] * N, None, "unknown"),
    ],
)
def test_what_values_mean(root: Path, values: list[Any], kind: str | None, confidence: str) -> None:
    (own,) = [own for own in _draft(root, _people(answer=values)).own if own.name == "answer"]
    assert (own.meaning.type, own.meaning.confidence) == (kind, confidence)
    assert own.used == (confidence == "exact")


YES_NO = [
    (_repeat("yes", "no"), {"yes": 1, "no": 0}, "exact"),
    (_repeat("Y", "N"), {"Y": 1, "N": 0}, "exact"),
    (_repeat("TRUE", "FALSE"), {"TRUE": 1, "FALSE": 0}, "exact"),
    (_repeat("T", "F"), {"T": 1, "F": 0}, "exact"),
    (_repeat("Yes", "yes", "No", "no"), {"Yes": 1, "yes": 1, "No": 0, "no": 0}, "exact"),
    (_repeat("1. yes", "0. no"), {"1. yes": 1, "0. no": 0}, "exact"),
    (_repeat("1_yes", "0_no"), {"1_yes": 1, "0_no": 0}, "exact"),
    (_repeat("Checked", "Unchecked"), {"Checked": 1, "Unchecked": 0}, "exact"),
    (["yes", "yes", *["no"] * (N - 2)], {"yes": 1, "no": 0}, "exact"),
    (_repeat("Yes, ever", "No, never"), {"Yes, ever": 1, "No, never": 0}, "by label"),
    (_repeat("Yes", "No", "Don't know"), {"Yes": 1, "No": 0, "Don't know": None}, "by label"),
    (["maybe", *_repeat("yes", "no")[1:]], {"yes": 1, "no": 0}, "by label"),
    (["n/a", *_repeat("yes", "no")[1:]], {"yes": 1, "no": 0}, "by label"),
]


@pytest.mark.parametrize(("values", "recode", "confidence"), YES_NO, ids=[str(sorted(r)) for _, r, _ in YES_NO])
def test_yes_and_no_are_read_however_they_are_written(
    root: Path, values: list[str], recode: dict[str, int | None], confidence: str
) -> None:
    found = _draft(root, _people(**{"aa group": values}))
    assert found.peer is not None and (found.peer.column.name, found.peer_named) == ("aa group", True)
    means = found.peer.meaning
    assert (means.type, means.recode, means.confidence) == ("binary", recode, confidence)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    line = next(line for line in text.split("\n") if line.removeprefix("#? ").startswith("        aa_group: "))
    assert yaml.safe_load(line.removeprefix("#? "))["aa_group"] == {"column": "aa group", "recode": recode}
    assert line.startswith("#? ") == (confidence == "by label")


@pytest.mark.parametrize(
    "values", [_repeat("Yes, daily", "Yes, weekly", "No"), _repeat("yes", "non-smoker"), _repeat("yes", "no", "both")]
)
def test_what_is_more_than_yes_and_no_is_not_made_one_of_them(root: Path, values: list[str]) -> None:
    (own,) = [o for o in _draft(root, _people(smokes=values)).own if o.name == "smokes"]
    assert own.meaning.type == "category"


@pytest.mark.parametrize(
    ("labels", "recode", "confidence"),
    [
        ({1: "Yes", 2: "No"}, {"1": 1, "2": 0}, "exact"),
        ({1: "Yes", 2: "No", 8: "Not sure"}, {"1": 1, "2": 0, "8": None}, "by label"),
        ({0: "Yes", 1: "No"}, {"0": 1, "1": 0}, "exact"),
        ({0: "No", 1: "Yes"}, {}, "exact"),
    ],
)
def test_labels_say_which_number_is_yes(
    root: Path, labels: dict[int, str], recode: dict[str, int | None], confidence: str
) -> None:
    pyreadstat.write_sav(
        _people(aa=_repeat(*map(float, labels))), str(root / "raw.sav"), variable_value_labels={"aa": labels}
    )
    found = guess(read_whole(root, "raw", SourceFile(path="raw.sav"))).peer
    assert found is not None and found.column.name == "aa"
    assert (found.meaning.type, found.meaning.recode, found.meaning.confidence) == ("binary", recode, confidence)


@pytest.mark.parametrize(
    ("codes", "recode", "confidence"),
    [
        (("1_female", "2_male"), {"1_female": "woman", "2_male": "man"}, "exact"),
        (("Decline to state", "Female"), {"Decline to state": "undisclosed", "Female": "woman"}, "exact"),
        (("Female", "Male", "Two-spirit"), {"Female": "woman", "Male": "man"}, "by label"),
        ((0, 1), {"0": "man", "1": "woman"}, "by label"),
    ],
)
def test_a_gender_is_never_read_into_another_word(
    root: Path, codes: tuple[Any, ...], recode: dict[str, str], confidence: str
) -> None:
    found = _draft(root, _people(gender=_repeat(*codes))).gender
    assert found is not None and (found[1].recode, found[1].confidence) == (recode, confidence)


def test_a_score_that_is_called_a_sex_is_not_a_gender(root: Path) -> None:
    assert _draft(root, _people(sex_drive=_repeat(0, 5, 10))).gender is None


@pytest.mark.parametrize(
    ("columns", "pair", "observed"),
    [
        ({"time": range(N), "delta": _repeat(0, 1)}, ("time", "delta"), "delta"),
        ({"time": _repeat(*range(3, 12)), "death": _repeat(0, 1)}, ("time", "death"), "death"),
        ({"rfstime": range(N), "status": _repeat(0, 1)}, ("rfstime", "status"), "status"),
        ({"timeToRelapse": range(N), "relapse": _repeat("Yes", "No")}, ("timeToRelapse", "relapse"), None),
        ({"time": range(N), "status": _repeat(1, 2)}, ("time", "status"), None),
    ],
    ids=["delta", "few times", "one word", "yes and no", "1 and 2"],
)
def test_a_time_is_paired_with_what_it_is_the_time_to(
    root: Path, columns: dict[str, Any], pair: tuple[str, str], observed: str | None
) -> None:
    (found,) = _draft(root, _people(**columns)).follow_ups
    assert (found.time.name, found.status.name) == pair and found.confidence == "by label"
    text = confirmed(write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8"))
    event = yaml.safe_load(text)["mapping"]["events"][0]["columns"]["observed"]
    told = {"relapse": {"Yes": 1, "No": 0}, "status": {1: 0, 2: 1}}
    assert event == (observed or {"column": pair[1], "recode": told[pair[1]]})


@pytest.mark.parametrize("column", ["rownames", "trt", "status"])
def test_a_row_number_or_a_treatment_is_not_the_number_of_an_interview(root: Path, column: str) -> None:
    ids = np.repeat([f"P{i:02}" for i in range(12)], 2)
    values = np.arange(24) if column == "rownames" else np.tile([0, 1], 12)
    assert _draft(root, pd.DataFrame({"id": ids, column: values})).wave is None


@pytest.mark.parametrize(
    ("called", "values", "why"),
    [
        ("Date relapse", [44_200 + i for i in range(N)], "like Excel's numbers of days: see `format: excel`"),
        ("survey weight", [0.5 + i / N for i in range(N)], "a sampling weight: map it as `weight` of persons"),
        ("answer", _repeat("North", "South", "??"), "a category, with a code that has neither letters nor digits"),
    ],
)
def test_what_is_no_answer_of_anybody_is_not_used(root: Path, called: str, values: list[Any], why: str) -> None:
    _people(**{called: values}).to_csv(root / "raw.csv", index=False)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert why in next(line for line in text.split("\n") if called in line and ("not used" in line or "#+" in line))


def test_body_weight_and_a_score_are_answers(root: Path) -> None:
    frame = _people(weight=[50.5 + i for i in range(N)], score=[44_200 + i for i in range(N)])
    assert [own.meaning.type for own in _draft(root, frame).own] == ["number", "number"]


def test_a_sign_beside_yes_and_no_is_no_answer(root: Path) -> None:
    own = _draft(root, _people(mentor=_repeat("Y", "N", "Y", "?"))).own[0]
    assert (own.meaning.type, own.meaning.recode) == ("binary", {"Y": 1, "N": 0, "?": None})


def test_how_it_ended_is_no_covariate(root: Path) -> None:
    frame = _people(
        wave=_repeat(0, 1),
        peers=_repeat(0, 0, 1),
        score=[7 * i % 50 for i in range(N)],
        status=_repeat(0, 0, 0, 0, 1, 1, 1),
    )
    frame["pid"] = [f"P{i // 2:03}" for i in range(N)]
    frame["status"] = frame.groupby("pid")["status"].transform("first")
    frame["site"] = [f"site {i // 2 % 3}" for i in range(N)]
    frame.to_csv(root / "raw.csv", index=False)
    plan = yaml.safe_load(confirmed(write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")))
    assert plan["analyses"]["later_score"]["adjust"] == ["previous", "site_answer"]


def test_a_folder_is_said_to_be_one(root: Path) -> None:
    (root / "raw").mkdir()
    (root / "raw" / "a.csv").touch()
    with pytest.raises(ResearchError, match=r"raw is a folder\. Name a file in it; it has: a\.csv\."):
        write_draft(root, "x", ["raw"])


def test_a_column_called_like_one_of_the_mapping_gets_another_name(root: Path) -> None:
    found = _draft(root, _people(observed=_repeat(8, 15, 9), stop=range(N)))
    assert [own.name for own in found.own] == ["observed_answer", "stop_answer"]


def test_a_month_of_the_calendar_is_no_time_to_an_event_and_a_status_is_used_once(root: Path) -> None:
    assert not _draft(root, _people(month=_repeat(*range(1, 13)), died=_repeat(0, 1))).follow_ups
    found = _draft(root, _people(os=range(N), rfs=range(N), death=_repeat(0, 1), recurrence=_repeat(0, 1, 1)))
    assert [(f.time.name, f.status.name) for f in found.follow_ups] == [("os", "death"), ("rfs", "recurrence")]


def test_interviews_times_and_what_changes_between_them(root: Path) -> None:
    ids = np.repeat([f"P{i:02}" for i in range(40)], 3)
    visits = np.tile([0, 6, 12], 40)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"id": ids, "visit": visits, "days": visits * 30 + 1})
    frame = frame.assign(born=np.repeat(rng.integers(0, 2, 40), 3), score=rng.normal(size=120))
    found = _draft(root, frame)
    assert found.wave is not None and found.wave.column.name == "visit"
    assert found.elapsed is not None and found.elapsed.name == "days"
    assert {own.name: own.varies for own in found.own} == {"born": False, "score": True}
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "wave: {column: visit, recode: {0: 0, 6: 1, 12: 2}}  # exact" in text


@pytest.mark.parametrize(
    ("time", "status", "event", "unit"),
    [
        ("work_day", "work", "work", "days"),
        ("daysanysub", "anysubstatus", "anysub", "days"),
        ("week", "arrest", "arrest", "weeks"),
        ("TIME", "CENSOR", "event", "days"),
        ("days_fu", "relapse", "relapse", "days"),
        ("time_to_dropout", "dropout", "dropout", "days"),
        ("followup_months", "died", "died", "months"),
    ],
)
def test_a_time_finds_its_status(root: Path, time: str, status: str, event: str, unit: str) -> None:
    found = _draft(root, _people(**{time: range(1, N + 1), status: _repeat(0, 1), "other": _repeat(1, 0)}))
    assert [(p.time.name, p.status.name, p.name, p.unit) for p in found.follow_ups] == [(time, status, event, unit)]
    assert found.follow_ups[0].confidence == "by label"


def test_codes_for_no_answer_are_found_and_not_taken_for_answers(root: Path) -> None:
    found = _draft(root, _people(score=[-9, -8, *range(1, N - 1)], asked=[-9, *_repeat(0, 1)[1:]]))
    assert found.no_answer == [-9, -8]
    assert {own.name: own.meaning.type for own in found.own} == {"score": "number", "asked": "binary"}


def test_a_code_that_most_people_have_in_place_of_a_year_is_no_answer(root: Path) -> None:
    """Those who never met peers have no year of it."""
    assert _draft(root, _people(peer_year=_repeat(-9, -9, 2001, 2013))).no_answer == [-9]
    assert _draft(root, _people(change=_repeat(-1, -1, 0, 2))).no_answer == []


def test_labels_and_declared_missing_values_of_a_labelled_file(root: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"pid": np.arange(1.0, N + 1), "edu": _repeat(1.0, 2.0, 9.0), "sex": _repeat(1.0, 2.0)})
    labels = {"edu": {1: "School", 2: "College", 9: "Refused"}, "sex": {1: "Man", 2: "Woman"}}
    pyreadstat.write_sav(
        frame,
        root / "raw.sav",
        column_labels={"edu": "Highest education"},
        variable_value_labels=labels,
        missing_ranges={"edu": [{"lo": 9, "hi": 9}]},
    )
    found = guess(read_whole(root, "raw", SourceFile(path="raw.sav")))
    (edu,) = found.own
    assert edu.meaning.recode == {"1": "school", "2": "college"} and edu.meaning.confidence == "exact"
    assert found.gender is not None and found.gender[1].recode == {"1": "man", "2": "woman"}
    assert edu.column.label == "Highest education"
    assert "declared missing: 9" in in_words(edu.column) and "1 (School): 40" in in_words(edu.column)
    (root / "raw.sav.gz").write_bytes(gzip.compress((root / "raw.sav").read_bytes()))
    packed = guess(read_whole(root, "raw", SourceFile(path="raw.sav.gz")))
    assert [in_words(column) for column in packed.columns] == [in_words(column) for column in found.columns]


def test_dates_of_a_workbook_are_dates(root: Path) -> None:
    _people(seen=pd.date_range("2020-01-01", periods=N)).to_excel(root / "raw.xlsx", index=False)
    assert [c.name for c in guess(read_whole(root, "raw", SourceFile(path="raw.xlsx"))).dates] == ["seen"]


def test_what_a_file_says_of_its_missing_codes_is_kept(root: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"pid": np.arange(1.0, N + 1), "age": [997.0, *np.arange(20.0, 19.0 + N)]})
    labels = {"age": {997: "Not in recovery", 18: "18 or under"}}
    missing = {"age": [{"lo": 990, "hi": 999}]}
    pyreadstat.write_sav(frame, root / "raw.sav", variable_value_labels=labels, missing_ranges=missing)
    (age,) = (c for c in guess(read_whole(root, "raw", SourceFile(path="raw.sav"))).columns if c.name == "age")
    assert "declared missing: 990 to 999 (997: Not in recovery)" in in_words(age)
    assert list(age.labels) == ["18"]


def test_real_dates_of_a_sheet_are_dates(root: Path) -> None:
    days = pd.date_range("2020-01-01", periods=N)
    _people(seen=days).to_excel(root / "raw.xlsx", index=False)
    found = guess(read_whole(root, "raw", SourceFile(path="raw.xlsx")))
    assert [column.name for column in found.dates] == ["seen"]


def test_columns_to_the_right_of_the_last_name_are_told(root: Path) -> None:
    rows = [["pid", "sex"], ["P1", 1, 20, "lost"], ["P2", 2, 21, None]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(root / "raw.xlsx")
    with pytest.raises(ResearchError, match="raw.xlsx has 2 columns without a name in its first row"):
        write_draft(root, "x", ["raw.xlsx"])
    book.active["D2"].value = None
    book.save(root / "raw.xlsx")
    assert "#   : whole number; <10 known, none missing" in write_draft(root, "x", ["raw.xlsx"]).path.read_text()


def test_two_rows_of_names_are_told(root: Path) -> None:
    head = [["About you", None, "Life", None], ["pid", "sex", "onset", "help"]]
    pd.DataFrame([*head, ["P1", 1, 20, 25]]).to_excel(root / "raw.xlsx", index=False, header=False)
    with pytest.raises(
        ResearchError, match="2 columns without a name in its first row.*Delete titles and merged cells"
    ):
        write_draft(root, "x", ["raw.xlsx"])


def test_other_sheets_of_a_workbook_are_named(root: Path) -> None:
    with pd.ExcelWriter(root / "raw.xlsx") as book:
        _people(sex=_repeat("woman", "man")).to_excel(book, sheet_name="people", index=False)
        _people(visit=_repeat(1, 2)).to_excel(book, sheet_name="Visits 2024", index=False)
    text = write_draft(root, "x", ["raw.xlsx"]).path.read_text(encoding="utf-8")
    assert "# raw is one sheet of its workbook, which also has 'Visits 2024': `sheet:` names another." in text


def test_codes_of_people_with_several_rows_are_said_to_be_counted_in_people(root: Path) -> None:
    people = np.repeat([f"P{i:02}" for i in range(30)], 2)
    days = np.tile(["2020-01-02", "2021-01-02"], 30)
    pd.DataFrame({"id": people, "wave": np.tile([0, 1], 30), "seen": days}).to_csv(root / "raw.csv", index=False)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "60 rows; codes are counted in people." in text


def test_small_counts_and_rare_codes_are_not_written(root: Path) -> None:
    values = ["Zanzibar"] * 4 + ["Wales"] * 7 + ["Kent"] * (N - 11)
    frame = _people(town=values, note=["told in confidence"] * 2 + [None] * (N - 2))
    frame.to_csv(root / "raw.csv", index=False)
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "codes Kent: 110, Wales: <10; other codes that fewer than 5 people have" in text
    assert "Zanzibar" not in text and "confidence" not in text.split("files:")[1].replace("with its confidence", "")
    assert not re.search(r"P\d\d\d", text), "no identifier of a person"


def test_counts_are_of_people_and_not_of_rows(root: Path) -> None:
    ids = np.repeat([f"P{i:02}" for i in range(30)], 4)
    frame = pd.DataFrame({"id": ids, "wave": np.tile([0, 1, 2, 3], 30), "town": ["Rye"] * 16 + ["Kent"] * 104})
    column = next(c for c in _draft(root, frame).columns if c.name == "town")
    assert column.counts.to_dict() == {"Kent": 26, "Rye": 4} and column.common == ["Kent"]


@pytest.mark.parametrize(("n", "shown"), [(0, "<10"), (9, "<10"), (10, "10"), (12, "10"), (13, "15"), (1234, "1,235")])
def test_a_count_as_it_may_be_shared(n: int, shown: str) -> None:
    assert about(n) == shown


HOSTILE = [
    "yes",
    "no",
    "a: b",
    "# x",
    "it's",
    'say "x"',
    "[1]",
    "{",
    "ja\u2028nee",
    "tab\there",
    "\u0085",
    "ü",
    "007",
    "1e3",
    "~",
]
HOSTILE += ["&a", "*a", "!!x", "- x", "😀", "\ud7ff", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_reads_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"k: {quoted(text)}") == {"k": text}
    assert yaml.safe_load(f"k: {name(text)}") == {"k": text}
    ((key, value),) = yaml.safe_load(f"k: {flow({text: 1})}")["k"].items()
    assert (str(key), value) == (text, 1)


def test_hostile_column_names_and_values_give_settings_that_are_valid(root: Path) -> None:
    columns = {text: _repeat(0, 1) for text in HOSTILE if text.strip()}
    frame = _people(sex=_repeat("m", "f"), time=_repeat(*HOSTILE[:4]), **columns)
    frame.to_csv(root / "raw.csv", index=False)
    path = write_draft(root, "x", ["raw.csv"]).path
    path.write_text(confirmed(path.read_text(encoding="utf-8")).replace("#+ ", ""), encoding="utf-8")
    study = load_study(root, "x")
    mapped = {c.column for c in [*study.mapping.persons.columns.values(), *study.mapping.waves[0].columns.values()]}
    assert {text for text in columns if text == text.strip()} <= mapped


@pytest.mark.parametrize("study", ["../x", "a/b", "", ".x", "a b", "x.yaml", "é", "x" * 61, "-x"])
def test_a_name_that_is_no_study_is_refused(root: Path, study: str) -> None:
    with pytest.raises(ResearchError, match="is not a name for a study"):
        study_path(root, study)


@pytest.mark.parametrize("written", ["../raw.csv", "/etc/passwd", "data/../../raw.csv"])
def test_a_file_outside_the_project_is_refused(root: Path, written: str) -> None:
    with pytest.raises(ResearchError, match="outside the project's folder"):
        source_of(root, written)


def test_settings_and_draft_give_the_same_advice_on_a_file_outside(root: Path) -> None:
    for asked in (
        lambda: source_of(root, "/etc/people.csv"),
        lambda: read_whole(root, "x", SourceFile(path="/etc/x.csv")),
    ):
        with pytest.raises(ResearchError, match="Copy the file into data/raw") as caught:
            asked()
        assert "link" not in str(caught.value)


def test_a_link_that_leads_out_is_refused(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "raw.csv"
    outside.write_text("id\n1\n", encoding="utf-8")
    (root / "raw.csv").symlink_to(outside)
    with pytest.raises(ResearchError, match="leads out of it"):
        source_of(root, "raw.csv")


@pytest.mark.parametrize("written", ["my file.csv", "a;b.csv", "$(x).csv", "données.csv"])
def test_a_file_with_other_signs_in_its_name_is_refused(root: Path, written: str) -> None:
    with pytest.raises(ResearchError, match="digits, _, - and dots"):
        source_of(root, written)


def test_settings_that_are_there_are_not_overwritten(root: Path) -> None:
    (root / "config/studies/x.yaml").write_text("mine: 1\n", encoding="utf-8")
    _people(a=range(N)).to_csv(root / "raw.csv", index=False)
    with pytest.raises(ResearchError, match=r"config/studies/x.yaml exists already and is not overwritten"):
        write_draft(root, "x", ["raw.csv"])
    assert (root / "config/studies/x.yaml").read_text(encoding="utf-8") == "mine: 1\n"


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        ("carData/Rossi", 6),
        ("package:mosaicData/HELPrct", 6),
        ("quantreg/uis", 5),
        ("harbour.csv", 9),
    ],
)
def test_how_many_lines_a_person_has_to_confirm(root: Path, file: str, lines: int) -> None:
    """Confirmed as they stand, the settings are valid; before, what waits is named and the study is refused."""
    (root / "harbour.csv").write_bytes((ROOT / "tests/studies/harbour/harbour.csv").read_bytes())
    written = write_draft(root, "new", [file])
    text = written.path.read_text(encoding="utf-8")
    assert written.to_confirm == unconfirmed(text) and len(written.to_confirm) == lines
    with pytest.raises(ResearchError, match=r"design.kind: this key is needed"):
        load_study(root, "new")
    written.path.write_text(confirmed(text), encoding="utf-8")
    study = load_study(root, "new")
    assert study.analyses and study.disclosure.preset == "ons10"
    every = text.replace("#+ ", "").replace("#? ", "")
    written.path.write_text(every, encoding="utf-8")
    assert len(load_study(root, "new").mapping.persons.columns) >= len(study.mapping.persons.columns)


def test_several_files_are_stacked_where_their_columns_allow_it(root: Path) -> None:
    frame = _people(sex=_repeat("m", "f"), yes=_repeat(0, 1))
    frame.to_csv(root / "north.csv", index=False)
    frame.assign(pid=[f"Q{i}" for i in range(N)], more=1).to_csv(root / "south.csv", index=False)
    pd.DataFrame({"pid": ["P001"], "dose": [3]}).to_csv(root / "doses.csv", index=False)
    written = write_draft(root, "x", ["north.csv", "south.csv", "doses.csv"])
    assert written.unused == ["doses"]
    written.path.write_text(confirmed(written.path.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_study(root, "x").mapping.persons.files == ("north", "south")


def test_profiles_hold_every_column(root: Path) -> None:
    whole = read_whole(root, "rossi", SourceFile(package="carData/Rossi"))
    assert [c.name for c in profile(whole)] == list(whole.columns) and len(whole.columns) == 63


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"visit": ["0.0", "1.0", "2.0"] * 40, "pid": list(np.repeat(range(40), 3))},
        {"empty": [None] * N, "sex": ["m", "f"] * 60},
        {"asked": ["1.0", "0.0"] * 60, "time": ["inf"] * N, "status": ["0", "1"] * 60},
    ],
    ids=["only people", "numbers written as 1.0", "an empty column", "infinite times"],
)
def test_a_poor_file_gives_settings_that_say_what_is_wanting(root: Path, columns: dict[str, Any]) -> None:
    _people(**columns).to_csv(root / "raw.csv", index=False)
    path = write_draft(root, "x", ["raw.csv"]).path
    text = confirmed(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    if "WRITE_A_COLUMN" not in text:
        assert load_study(root, "x").mapping.persons.files == ("raw",)
        return
    with pytest.raises(ResearchError, match="^config/studies/x.yaml: WRITE_A_COLUMN is still to be filled in, at peer"):
        load_study(root, "x")


def test_placeholders_that_are_left_in_are_named_in_one_sentence_and_nothing_else_is(root: Path) -> None:
    pd.DataFrame({"a": _repeat(1.5, 2.5), "b": _repeat(0, 1)}).to_csv(root / "raw.csv", index=False)
    path = write_draft(root, "x", ["raw.csv"]).path
    text = confirmed(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    first, second = (i for i, line in enumerate(text.splitlines(), 1) if "person_id: WRITE_A_COLUMN" in line)
    with pytest.raises(ResearchError) as told:
        load_study(root, "x")
    assert str(told.value) == (
        "config/studies/x.yaml: WRITE_A_COLUMN is still to be filled in, at mapping.persons.columns.person_id (line "
        f"{first}) and mapping.waves.0.columns.person_id (line {second}): write the name of a column there."
    )


AGES_IN_MONTHS = list(np.arange(N) * 5 + 216)


@pytest.mark.parametrize(
    ("name", "label", "values", "line"),
    [
        ("age", "Age in months", AGES_IN_MONTHS, "#?       age: {column: age, unit: months}  # by label: called age; is it"),
        ("v12", "Age in months", AGES_IN_MONTHS, "#?       age: {column: v12, unit: months}"),
        ("agemos", "", AGES_IN_MONTHS, "#?       age: {column: agemos, unit: months}"),
        ("age", "", AGES_IN_MONTHS, "#?       age: {column: age, unit: months}"),
        ("age", "", [7000 + 100 * i for i in range(N)], "#?       age: {column: age, unit: days}"),
        ("age_days", "", [7000 + 100 * i for i in range(N)], "#?       age: {column: age_days, unit: days}"),
        ("age", "Age (months)", [24 + i % 36 for i in range(N)], "#?       age: {column: age, unit: months}"),
        ("age", "Age on the day of the interview", _repeat(*range(18, 60)), "      age: age  # exact"),
        ("age", "", [999, 999, *_repeat(*range(18, 60))[2:]], "#?       age: age  # by label"),
    ],
)  # fmt: skip
def test_ages_in_months_or_days_become_years(root: Path, name: str, label: str, values: list[int], line: str) -> None:
    pyreadstat.write_sav(
        _people(**{name: values}), str(root / "raw.sav"), column_labels={name: label} if label else None
    )
    text = write_draft(root, "x", ["raw.sav"]).path.read_text(encoding="utf-8")
    assert [told for told in text.splitlines() if told.startswith(line)]


def test_numbers_that_are_ages_in_no_unit_are_not_taken_for_ages(root: Path) -> None:
    assert _draft(root, _people(age=[10.0**7 * (i + 1) for i in range(N)])).age is None


@pytest.mark.parametrize(
    ("name", "label", "unit"),
    [
        ("futime", "Months from the day of admission to relapse", "months"),
        ("months_fu", "Time since the day of admission", "months"),
        ("futime", "Follow-up (mo)", "months"),
        ("futime", "Follow-up", "days"),
    ],
)
def test_the_unit_of_a_length_of_time_is_what_its_name_or_label_says(
    root: Path, name: str, label: str, unit: str
) -> None:
    frame = _people(**{name: np.arange(N) % 60 + 1}, relapse=_repeat(0, 1))
    pyreadstat.write_sav(frame, str(root / "raw.sav"), column_labels={name: label})
    (pair,) = guess(read_whole(root, "raw", SourceFile(path="raw.sav"))).follow_ups
    assert pair.unit == unit


def test_letters_that_only_look_marked_are_not_lost() -> None:
    assert [slug(text) for text in ("Łódź", "Ærø", "Straße", "Dún Laoghaire")] == [
        "lodz",
        "aero",
        "strasse",
        "dun_laoghaire",
    ]
