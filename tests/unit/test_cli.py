"""The command: what it prints, its exit status, and that wrong things typed give one sentence."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from recovery_analysis import cli
from recovery_analysis.cli import main
from recovery_analysis.io import write_table
from recovery_analysis.scaffold.draft import confirmed
from recovery_analysis.schemas.results import DATA_CHECK_ROWS, FLOW, ISSUE_ROWS

Said = Callable[..., tuple[int, str, str]]
PEOPLE = pd.DataFrame({"pid": range(1, 101), "sex": ["m", "f"] * 50, "peer": [0, 1] * 50})


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    (tmp_path / "config/studies").mkdir(parents=True)
    PEOPLE.assign(time=range(1, 101), status=[0, 1] * 50).to_csv(tmp_path / "people.csv", index=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_a_study_is_started(said: Said) -> None:
    status, out, err = said("init", "people.csv", "--study", "new")
    assert status == 0 and not err
    assert "Wrote config/studies/new.yaml. " in out and out.endswith("recovery-analysis check new\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("init", "people.csv", "--study", "../new"), "is not a name for a study"),
        (("init", "people.csv", "--study", ""), "is not a name for a study"),
        (("init", "peple.csv", "--study", "new"), "Did you mean 'people.csv'?"),
        (("init", "../people.csv", "--study", "new"), "outside the project's folder"),
        (("init", "people.docx", "--study", "new"), "cannot be read"),
        (("init", "config", "--study", "new"), "config is a folder"),
        (("init", "people", "--study", "new"), "people does not exist"),
        (("compare", "people", "people.csv"), "people does not exist"),
        (("init", "mosaicData/HELPful", "--study", "new"), "Did you mean 'HELPfull'?"),
        (("check", "nosuch"), "there is no config/studies/nosuch.yaml"),
        (("check", "../../etc"), "there is no config/studies"),
        (("run", "nosuch"), "there is no config/studies/nosuch.yaml"),
        (("compare", "people.csv", "peple.csv"), "Did you mean 'people.csv'?"),
        (("compare", "people.csv", "people.csv", "--study", "nosuch"), "there is no config/studies/nosuch.yaml"),
    ],
)
def test_wrong_things_typed_give_a_sentence(said: Said, words: tuple[str, ...], sentence: str) -> None:
    status, out, err = said(*words)
    assert status == 1 and sentence in err and not out
    assert len(err.strip().splitlines()) == 1 and "Traceback" not in err
    assert not list(Path("config/studies").iterdir())


def test_lines_that_wait_are_named_before_the_mistakes_that_follow(said: Said) -> None:
    said("init", "people.csv", "--study", "new")
    status, _, err = said("check", "new")
    lines = err.splitlines()
    assert status == 1 and "lines are not confirmed yet (" in lines[0] and "design.kind: this key is needed" in err


@pytest.mark.parametrize(("severity", "expected"), [("fatal", 1), ("error", 0), ("warning", 0)])
def test_check_fails_if_anything_is_fatal(
    said: Said, monkeypatch: pytest.MonkeyPatch, severity: str, expected: int
) -> None:
    said("init", "people.csv", "--study", "new")
    _confirm()
    monkeypatch.setattr(cli, "_snakemake", lambda studies, targets: _as_checked(severity))
    status, out, err = said("check", "new")
    assert (status, err) == (expected, "")
    assert "100 people read, 100 kept." in out and "     1  " + severity in out
    page = Path("data/derived/new/check.html").read_text(encoding="utf-8")
    assert "Not for publication" in page and "100" in page


def _confirm() -> None:
    path = Path("config/studies/new.yaml")
    path.write_text(confirmed(path.read_text(encoding="utf-8")), encoding="utf-8")


def _as_checked(severity: str) -> int:
    """What check_study leaves behind for a study of 100 people with one issue."""
    folder = Path("data/derived/new")
    folder.mkdir(parents=True)
    pd.DataFrame({"person_id": [str(i) for i in range(100)], "age": [30.0] * 90 + [None] * 10}).to_parquet(
        folder / "persons.parquet"
    )
    for table in ("spells", "events", "waves"):
        pd.DataFrame({"person_id": pd.Series([], dtype=str)}).to_parquet(folder / f"{table}.parquet")
    flow = {"study": "new", "step": 1, "unit": "people", "kind": "read", "analysis": None}
    flow |= {"label": "People in the files", "n": 100.0, "suppressed": False}
    write_table(pd.DataFrame([flow]), folder / "checked_flow.csv", FLOW)
    issue = {"check": "out_of_range", "severity": severity, "table": "persons", "person_id": "1", "column": "age"}
    issue |= {"value": "999", "file": "people.csv", "row": 1, "message": "Found.", "action": "Correct it."}
    write_table(pd.DataFrame([issue]), folder / "issues.csv", ISSUE_ROWS)
    lost = {"study": "new", "check": "attrition", "what": "Interview 1", "by": "gender", "group": "Women", "n": 60.0}
    lost |= {"value": 0.55, "unit": "share", "threshold": 0.4, "verdict": "warn", "meaning": "Many were lost."}
    lost |= {"suppressed": False, "count": 33.0}
    later = [lost | {"what": "Interview 2", "group": group} for group in ("Everyone", "Women")]
    write_table(pd.DataFrame([lost, *later]), folder / "data_checks.csv", DATA_CHECK_ROWS)
    return 0


def test_columns_with_most_missing_values_are_named(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    said("init", "people.csv", "--study", "new")
    _confirm()
    monkeypatch.setattr(cli, "_snakemake", lambda studies, targets: _as_checked("warning"))
    out = said("check", "new")[1]
    assert "  10.0 %  persons: age" in out
    assert "55 %  People who were not interviewed again: Interview 1 (Women). Many were lost." in out
    assert "Interview 2. Many" in out and "Interview 2 (Women)" not in out


def test_extracts_are_compared_with_the_columns_that_a_study_reads(said: Said) -> None:
    said("init", "people.csv", "--study", "new")
    _confirm()
    PEOPLE.drop(columns="peer").assign(time=1, status=0, more=1).to_csv("later.csv", index=False)
    status, out, _ = said("compare", "people.csv", "later.csv", "--study", "new")
    assert status == 0
    assert "  * peer: The column is gone." in out and "    more: The column is new." in out
    assert Path("data/derived/new/codebook_changes.csv").is_file()


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["recovery-analysis", "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("recovery_analysis", run_name="__main__")
    assert left.value.code == 0 and "init" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("check", "help"), ("run",), ("list",), ("init", "a.csv", "--study", "new")])
def test_outside_a_project_it_says_where_to_start(said: Said, monkeypatch, tmp_path: Path, words: tuple) -> None:
    monkeypatch.chdir(tmp_path / "config")
    status, out, err = said(*words)
    assert (status, out) == (1, "") and err.endswith("Start this command in the project's folder.\n")


def test_one_study_that_cannot_be_read_does_not_hide_the_others(said: Said, tmp_path: Path) -> None:
    for name, text in {
        "a": "about: {title: First}",
        "b": "about: [",
        "c": "about:",
        "d": "about: {title: Last}",
    }.items():
        (tmp_path / f"config/studies/{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "config/studies/e.yaml").mkdir()
    status, out, err = said("list")
    assert status == 0 and not err
    first, second, third, fourth, fifth = out.splitlines()
    assert first.split() == ["a", "First"] and "not valid YAML" in second and third.split() == ["c"]
    assert fourth.split() == ["d", "Last"] and "is a folder" in fifth


@pytest.mark.parametrize(
    ("raised", "status", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped before it was done."),
        (
            PermissionError(13, "Permission denied", "config/studies/new.yaml"),
            1,
            "config/studies/new.yaml could not be",
        ),
    ],
)
def test_stopped_or_not_allowed_is_a_sentence(
    said: Said, monkeypatch: pytest.MonkeyPatch, raised: BaseException, status: int, sentence: str
) -> None:
    def stop(*_: object) -> None:
        raise raised

    monkeypatch.setattr("recovery_analysis.scaffold.draft.write_draft", stop)
    found = said("init", "people.csv", "--study", "new")
    assert found[0] == status and sentence in found[2] and "Traceback" not in found[2]
