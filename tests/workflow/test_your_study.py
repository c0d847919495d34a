"""docs/your-study.md, done to the letter: its settings, its commands, its messages."""

import csv
import datetime
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "your-study.md").read_text(encoding="utf-8")
HARBOUR = ROOT / "tests" / "studies" / "harbour"
SETTINGS = "config/studies/harbour.yaml"
Row = dict[str, str]
Run = Callable[..., subprocess.CompletedProcess[str]]
NewProject = Callable[[Path], Path]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def write_settings(project: Path, old: str = "", new: str = "") -> None:
    """Write the page's settings into a copy of the project, with one thing changed."""
    (settings,) = blocks("yaml")
    assert old in settings
    (project / SETTINGS).write_text(settings.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def visits() -> list[Row]:
    with (HARBOUR / "harbour.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, new_project: NewProject, run: Run) -> tuple[Path, str]:
    """A copy of the project in which a reader has done what the page says, and what the commands printed."""
    project = new_project(tmp_path_factory.mktemp("reader") / "project")
    write_settings(project)
    said = [run(project, "bash", "-euo", "pipefail", "-c", block).stdout for block in blocks("sh")]
    return project, "\n".join(said)


def results(project: Path, table: str) -> list[Row]:
    with (project / "results" / "harbour" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_example_is_what_its_script_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(HARBOUR / "make_harbour.py")], cwd=tmp_path, check=True)
    assert (tmp_path / "harbour.csv").read_bytes() == (HARBOUR / "harbour.csv").read_bytes()


@pytest.mark.parametrize("named", re.findall(r"results/harbour/[\w/]+\.\w+", PAGE))
def test_what_the_page_promises_comes_out(followed: tuple[Path, str], named: str) -> None:
    assert (followed[0] / named).stat().st_size > 0


def test_the_check_says_what_the_page_shows(followed: tuple[Path, str]) -> None:
    shown = next(block for block in blocks("text") if "Row by row" in block)
    for line in shown.splitlines():
        assert line in followed[1]


def test_mean_age_is_that_of_the_file(followed: tuple[Path, str], visits: list[Row]) -> None:
    """Two people are set aside: one with a gender that is no code, one with a date that cannot be."""
    first = [row for row in visits if row["visit"] == "0" and row["id"] not in ("H017", "H081")]
    ages = []
    for row in first:
        day = datetime.date.fromisoformat(row["visit_date"])
        start, following = datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)
        at = day.year + ((day - start).days + 0.5) / (following - start).days
        ages.append(at - (int(row["birth_year"]) + 0.5))
    table = results(followed[0], "table_one")
    (age,) = [r for r in table if (r["variable"], r["peer"], r["gender"]) == ("age", "all", "all")]
    assert len(ages) == 118
    assert float(age["mean"]) == pytest.approx(round(sum(ages) / len(ages), 1)), "to one decimal: somebody is withheld"
    assert age["n"] == "120", "118 people, rounded to 5"


@pytest.mark.parametrize(("answer", "level"), [("1", "peer"), ("2", "no_peer")])
def test_median_time_to_work_is_that_of_the_file(
    followed: tuple[Path, str], visits: list[Row], answer: str, level: str
) -> None:
    """Kaplan-Meier in five lines: the first day by which half have work or training."""
    people = [
        (int(row["work_day"]), row["work"] == "1")
        for row in visits
        if row["visit"] == "0" and row["peer_group"] == answer and row["id"] not in ("H017", "H081")
    ]
    share, median = 1.0, None
    for day in sorted({day for day, happened in people if happened}):
        share *= 1 - sum(d == day and happened for d, happened in people) / sum(d >= day for d, _ in people)
        if median is None and share <= 0.5:
            median = day
    rows = [
        r for r in results(followed[0], "estimates") if (r["estimand"], r["model"]) == ("median_time", "kaplan_meier")
    ]
    (found,) = [r for r in rows if (r["term"], r["level"]) == ("peer", level)]
    assert float(found["estimate"]) == pytest.approx(median, abs=1e-3), "times are kept to a millionth"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("outcome: first_work\n    exposure", "outcom: first_work\n    exposure", "unknown key"),
        ("kind: cohort", "kind: recovery_sample", "right truncation"),
        ("3: non_binary, ", "", "`recode` does not list"),
    ],
)
def test_messages_are_those_that_the_page_shows(
    new_project: NewProject, tmp_path: Path, run: Run, old: str, new: str, message: str
) -> None:
    project = new_project(tmp_path / "project")
    write_settings(project, old, new)
    run(project, "bash", "-euo", "pipefail", "-c", blocks("sh")[0])
    done = run(project, "recovery-analysis", "check", "harbour", check=False)
    (shown,) = [block for block in blocks("text") if message in block]
    assert done.returncode == 1
    for line in shown.splitlines():
        assert line in done.stderr


def test_every_word_of_the_mapping_is_explained() -> None:
    from recovery_analysis.study import ColumnMap

    words = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert set(ColumnMap.model_fields) <= words
