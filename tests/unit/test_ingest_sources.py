"""Packed files, joins and hooks: what comes in through them, and what is told when they do not fit."""

import bz2
import datetime
import gzip
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.ingest import archives
from recovery_analysis.ingest.readers import READERS
from tests.unit.tiny_study import SEX, blocks, ingest, write_csv

CSV = "pid,sex\n1,1\n2,2\n"
AGE = {"score": {"label": "Score", "type": "number", "range": [0, 20]}}


def zipped(path: Path, **members: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


PACK = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.mark.parametrize("name", ["people.csv.gz", "people.csv.bz2", "people.csv.xz", "people.zip", "people.csv.zip"])
def test_a_packed_file_is_read_like_the_file(tmp_path, name):
    if (suffix := Path(name).suffix) in PACK:
        (tmp_path / name).write_bytes(PACK[suffix](CSV.encode()))
    else:
        zipped(tmp_path / name, **{"data/": "", "data/people.csv": CSV, "__MACOSX/x": "x"})
    persons = ingest(tmp_path, blocks(path=name, persons={"gender": SEX}))["persons"]
    assert persons["gender"].tolist() == ["man", "woman"]
    assert persons["source_file"].unique().tolist() == [name]


def test_packed_spss_is_read_with_its_missing_codes(tmp_path):
    frame = pd.DataFrame({"pid": ["1", "2"], "score": [3.0, 99.0]})
    pyreadstat.write_sav(frame, str(tmp_path / "p.sav"), missing_ranges={"score": [{"lo": 99, "hi": 99}]})
    (tmp_path / "p.sav.gz").write_bytes(gzip.compress((tmp_path / "p.sav").read_bytes()))
    persons = ingest(tmp_path, blocks(path="p.sav.gz", persons={"score": "score"}, variables=AGE))["persons"]
    assert persons["score"].fillna(-1).tolist() == [3, -1]


def test_a_date_of_a_workbook_is_no_number(tmp_path):
    """Nor is the blank beside it."""
    frame = pd.DataFrame(
        {"pid": ["1", "2", "3"], "day": [datetime.datetime(2020, 1, 1), None, datetime.date(2020, 1, 2)]}
    )
    frame.to_excel(tmp_path / "p.xlsx", index=False)
    score = {"score": {"label": "Score", "type": "number"}}
    tables = ingest(tmp_path, blocks(path="p.xlsx", persons={"score": "day"}, variables=score))
    assert tables["persons"]["score"].isna().all()
    assert tables["issues"]["check"].tolist() == ["unreadable_value"] * 2


def test_portable_spss_is_read(tmp_path):
    frame = pd.DataFrame({"PID": ["1", "2"], "SEX": [1.0, 2.0]})
    pyreadstat.write_por(frame, str(tmp_path / "people.por"))
    study = blocks(path="people.por")
    study["mapping"]["persons"]["columns"] = {"person_id": "PID", "gender": SEX | {"column": "SEX"}}
    assert ingest(tmp_path, study)["persons"]["gender"].tolist() == ["man", "woman"]


def test_sas_is_read_by_name_of_column(tmp_path, monkeypatch):
    """No library here writes sas7bdat, so the reader of pyreadstat stands behind another format."""
    frame = pd.DataFrame({"pid": ["1", "2"], "sex": [1.0, 2.0]})
    pyreadstat.write_sav(frame, str(tmp_path / "people.sas7bdat"))
    monkeypatch.setattr(pyreadstat, "read_sas7bdat", pyreadstat.read_sav)
    persons = ingest(tmp_path, blocks(path="people.sas7bdat", persons={"gender": SEX}))["persons"]
    assert persons["gender"].tolist() == ["man", "woman"]
    assert set(READERS) == {".csv", ".tsv", ".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xlsx", ".parquet"}


def refused(folder: Path, **changes) -> str:
    with pytest.raises(ResearchError) as error:
        ingest(folder, blocks(**changes))
    return str(error.value)


@pytest.mark.parametrize("name", ["people.csv.gz", "people.zip"])
def test_an_archive_that_fills_the_disk_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(archives, "LARGEST", 1000)
    text = CSV + "3,1\n" * 1000
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    else:
        zipped(tmp_path / name, **{"people.csv": text})
    assert f"{name} holds more than" in refused(tmp_path, path=name)


def test_an_archive_is_not_believed_when_it_says_its_size(tmp_path, monkeypatch):
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress((CSV + "3,1\n" * 1000).encode())[:-4] + bytes(4))
    monkeypatch.setattr(archives, "LARGEST", 1000)
    monkeypatch.setattr(archives, "PIECE", 100)
    assert "more than" in refused(tmp_path, path="p.csv.gz")


def test_archives_that_cannot_be_read_say_why(tmp_path):
    zipped(tmp_path / "two.zip", **{"a.csv": CSV, "b.csv": CSV})
    assert "two.zip holds 2 files (a.csv, b.csv), and exactly one is expected" in refused(tmp_path, path="two.zip")
    zipped(tmp_path / "none.zip")
    assert "none.zip holds 0 files (none)" in refused(tmp_path, path="none.zip")
    zipped(tmp_path / "odd.zip", **{"a.doc": CSV})
    assert "of the kind '.doc' inside" in refused(tmp_path, path="odd.zip")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(np.random.default_rng(1).bytes(5000))[:-1000])
    for suffix, pack in PACK.items():
        (tmp_path / f"cut.csv{suffix}").write_bytes(pack(np.random.default_rng(1).bytes(5000))[:-1000])
        assert f"cut.csv{suffix} is damaged" in refused(tmp_path, path=f"cut.csv{suffix}")
        (tmp_path / f"no.csv{suffix}").write_text(CSV, encoding="utf-8")
        assert f"no.csv{suffix} is damaged" in refused(tmp_path, path=f"no.csv{suffix}")


def joined(folder, people, sites, expect="many_to_one", by=("site",), **changes):
    write_csv(folder, people)
    write_csv(folder, sites, "sites.csv")
    study = blocks(persons={"score": "beds"}, variables=AGE, **changes)
    study["files"]["people"]["join"] = {"file": "sites", "by": list(by), "expect": expect}
    study["files"]["sites"] = {"path": "sites.csv", "missing": [-1]}
    return ingest(folder, study)


def test_columns_of_another_file_come_by_key_with_its_own_missing_codes(tmp_path):
    tables = joined(tmp_path, "pid,site\n1,7\n2,8\n3,7\n4,9", "site,beds\n8,-1\n7,12\n9,-9", file={"missing": [-9]})
    assert tables["persons"]["score"].fillna(-1).tolist() == [12, -1, 12, -1]
    assert tables["persons"]["source_row"].tolist() == [1, 2, 3, 4]
    assert tables["issues"][["check", "value"]].values.tolist() == [["out_of_range", "-9"]], (
        "-9 means nothing in sites.csv"
    )


def test_rows_without_a_partner_are_kept_and_told(tmp_path):
    tables = joined(tmp_path, "pid,site\n1,7\n2,5\n3,", "site,beds\n7,12\n8,3")
    assert tables["persons"]["score"].fillna(-1).tolist() == [12, -1, -1]
    told = tables["issues"][["check", "severity", "file", "row", "value"]].astype(str).values.tolist()
    assert told == [
        ["unmatched_row", "warning", "people.csv", "2", "5"],
        ["unmatched_row", "warning", "people.csv", "3", "(blank)"],
        ["unmatched_row", "warning", "sites.csv", "2", "8"],
    ]


@pytest.mark.parametrize(
    ("people", "sites", "expect", "said"),
    [
        ("pid,site\n1,7", "site,beds\n7,1\n7,2", "many_to_one", "1 key is in more than one: '7'"),
        (
            "pid,site\n1,7\n2,7",
            "site,beds\n7,1",
            "one_to_one",
            "(people.csv): one_to_one expects each key in one row only",
        ),
        ("pid,site\n1,07", "site,beds\n7,1", "many_to_one", "keys are like '07' here and like '7' in sites.csv"),
        ("pid,place\n1,7", "site,beds\n7,1", "many_to_one", "there is no column 'site'"),
        ("pid,site,beds\n1,7,2", "site,beds\n7,1", "many_to_one", "have the column 'beds', so it is not clear"),
    ],
)
def test_a_join_that_does_not_fit_is_told(tmp_path, people, sites, expect, said):
    with pytest.raises(ResearchError) as error:
        joined(tmp_path, people, sites, expect)
    assert said in str(error.value)
    assert "files.people.join" in str(error.value)


def test_a_key_may_be_of_two_columns(tmp_path):
    people, sites = "pid,land,site\n1,a,1\n2,b,1\n3,b,", "land,site,beds\na,1,4\nb,1,6"
    assert joined(tmp_path, people, sites, by=("land", "site"))["persons"]["score"].fillna(-1).tolist() == [4, 6, -1]


def hooked(folder, code, text="pid,x\n1,4\n2,5\n"):
    (folder / "people.csv").write_text(text, encoding="utf-8")
    (folder / "hook.py").write_text(code, encoding="utf-8")
    return ingest(folder, blocks(persons={"score": "x"}, variables=AGE) | {"hook": "hook.py"})["persons"]


def test_a_hook_is_given_text_and_may_change_it(tmp_path):
    code = """
import pandas as pd

def prepare(frames):
    people = frames["people"]
    assert people["x"].tolist() == ["4", "5", "07"] and people.index.tolist() == [1, 2, 3]
    frames["people"] = people[people["pid"] != "1"].assign(x=lambda f: pd.to_numeric(f["x"]) * 2)
    return frames
"""
    persons = hooked(tmp_path, code, "pid,x,other\n1,4,a\n2,5,b\n3,07,c\n")
    assert persons[["person_id", "score", "source_row"]].values.tolist() == [["2", 10, 2], ["3", 14, 3]]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "def prepare(frames):\n    return frames['peple']\n",
            "hook.py, line 2 (`return frames['peple']`): KeyError: 'peple'",
        ),
        ("def prepare(frames:\n", "hook.py, line 1: this is not Python"),
        ("import nothing_like_this\n", "line 1 (`import nothing_like_this`): ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "line 1 (`raise SystemExit(3)`): SystemExit: 3"),
        ("def prepared(frames):\n    return frames\n", "has no function `prepare`"),
        ("def prepare(frames):\n    pass\n", "gave back nothing"),
        ("def prepare(frames):\n    return {}\n", "gave back nothing for 'people'"),
        (
            "def prepare(frames):\n    return {**frames, 'peple': 1}\n",
            "'peple', which is not under `files`. Did you mean 'people'?",
        ),
    ],
)
def test_whatever_goes_wrong_in_a_hook_is_a_sentence_with_its_line(tmp_path, code, said):
    with pytest.raises(ResearchError) as error:
        hooked(tmp_path, code)
    assert str(error.value).startswith("hook: ") and said in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        'pid,note,sex\n1,"a, b",1\n2,"two\nlines",2\n3,"say ""yes""",1\n',
        "pid,note,sex\r\n1,é,1\r\n2,,2\r\n3,x,1\r\n",
        "pid;note;sex\n 1 ;a,b;1\n2;;2\n3;c; 1\n",
        "pid,note,sex\n1,a,1\n\n2,b,2\n3,c,1\n",
    ],
)
def test_the_quick_reader_and_the_slow_one_agree(tmp_path, monkeypatch, text):
    (tmp_path / "people.csv").write_bytes(text.encode())
    study = blocks(persons={"gender": SEX, "site": "note"})
    quick = ingest(tmp_path, study)["persons"]
    monkeypatch.setattr("recovery_analysis.ingest.delimited._read_quickly", lambda *_: None)
    slow = ingest(tmp_path, study)["persons"]
    pd.testing.assert_frame_equal(quick, slow)
    assert quick["gender"].tolist() == ["man", "woman", "man"]


def chained(folder, regions, **joins):
    """People at sites, sites in regions: the columns of the region come to the person."""
    write_csv(folder, "pid,site\n1,7\n2,8\n3,7")
    write_csv(folder, "site,region\n7,N\n8,S", "sites.csv")
    write_csv(folder, regions, "regions.csv")
    study = blocks(persons={"score": "beds"}, variables=AGE)
    study["files"]["people"]["join"] = {"file": "sites", "by": ["site"], "expect": "many_to_one"}
    study["files"]["sites"] = {
        "path": "sites.csv",
        "join": {"file": "regions", "by": ["region"], "expect": "one_to_one"},
    }
    study["files"]["regions"] = {"path": "regions.csv", **joins}
    return ingest(folder, study)


def test_a_file_that_is_joined_may_join_another(tmp_path):
    tables = chained(tmp_path, "region,beds\nS,3\nN,12")
    assert tables["persons"]["score"].tolist() == [12, 3, 12]
    assert tables["issues"].empty


def test_a_row_without_a_partner_at_the_end_of_a_chain_is_told(tmp_path):
    tables = chained(tmp_path, "region,beds\nN,12")
    assert tables["persons"]["score"].fillna(-1).tolist() == [12, -1, 12]
    assert tables["issues"][["file", "column", "value"]].values.tolist() == [["sites.csv", "region", "S"]]
