"""Four public data sets that the project had not seen: each is one YAML file, and runs from raw data to briefing."""

import csv
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.workflow.test_notebooks import NOTEBOOKS, executed

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "r"
STUDIES = ("rossi", "helprct", "uis", "channing")
TABLES = ("estimates", "curves", "fits", "diagnostics", "flow", "issues", "table_one")
Row = dict[str, str]
Run = Callable[..., subprocess.CompletedProcess[str]]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, new_project: Callable[[Path], Path], run: Run) -> Path:
    """A copy of the project in which the four studies were run at once; nothing but their YAML was added."""
    project = new_project(tmp_path_factory.mktemp("examples") / "project")
    for study in STUDIES:
        shutil.copy(ROOT / "tests" / "studies" / f"{study}.yaml", project / "config" / "studies")
    run(project, "snakemake", "--cores", "2", "--config", f"studies=[{','.join(STUDIES)}]")
    return project / "results"


@pytest.mark.parametrize("study", STUDIES)
def test_everything_comes_out(examples: Path, study: str) -> None:
    plan = yaml.safe_load((ROOT / "tests" / "studies" / f"{study}.yaml").read_text(encoding="utf-8"))
    promised = [f"{table}.csv" for table in TABLES] + ["data_quality.html", "briefing.pdf", "briefing.docx"]
    promised += [f"figures/{name}.{kind}" for name in plan["figures"] for kind in ("png", "svg", "pdf")]
    promised += [f"tables/{name}.{kind}" for name in plan["tables"] for kind in ("csv", "html", "docx")]
    assert [name for name in promised if not (examples / study / name).stat().st_size] == []


# Study, reference file, case and term there; people and outcomes as published with the data.
GOLDEN_EFFECTS = [
    ("rossi", "cox", "rossi", "fin", 432, 114),
    ("helprct", "cox", "helprct_efron", "treat", 431, 163),
    ("uis", "example_studies", "uis", "TREAT", 575, 464),
    # Delayed entry (design.entry): people are seen from the age at which they moved in.
    ("channing", "example_studies", "channing", "man", 457, 175),
]


@pytest.mark.parametrize(("study", "table", "case", "term", "n", "events"), GOLDEN_EFFECTS)
def test_the_adjusted_effect_is_the_one_of_r(
    examples: Path, study: str, table: str, case: str, term: str, n: int, events: int
) -> None:
    (expected,) = [r for r in rows_of(GOLDEN / f"{table}.csv") if (r["case"], r["term"]) == (case, term)]
    rows = rows_of(examples / study / "estimates.csv")
    rows = [r for r in rows if r["estimand"] == "hazard_ratio"]
    (found,) = [r for r in rows if (r["model"], r["term"], r["group"]) == ("adjusted", "peer", "all")]
    assert float(found["estimate"]) == pytest.approx(float(expected["estimate"]), rel=1e-7)
    assert float(found["std_error"]) == pytest.approx(float(expected["std_error"]), rel=1e-6)
    assert (float(found["n"]), float(found["n_events"])) == (n, events)


def test_the_effect_of_aid_is_the_published_one(examples: Path) -> None:
    """Fox and Weisberg, Cox regression for survival data, an appendix to An R Companion: fin -0.3794."""
    rows = rows_of(examples / "rossi" / "estimates.csv")
    (found,) = [r for r in rows if (r["model"], r["term"], r["group"]) == ("adjusted", "peer", "all")]
    assert round(float(found["estimate"]), 4) == -0.3794


def test_people_who_left_in_the_month_they_moved_in_are_counted(examples: Path) -> None:
    flow = [r for r in rows_of(examples / "channing" / "flow.csv") if r["analysis"] == "death"]
    said = {r["label"]: r["n"] for r in flow}
    assert said["Outcome or end of follow-up not after the start of the clock"] == "5"


def test_a_median_is_not_told_where_the_first_deaths_were_among_a_few_early_entries(examples: Path) -> None:
    """Two men entered so young that the curve of all men falls by most of its height when they die."""
    rows = [r for r in rows_of(examples / "channing" / "estimates.csv") if r["model"] == "kaplan_meier"]
    rows = [r for r in rows if r["estimand"] == "median_time"]
    found = {r["level"]: r for r in rows if r["term"] == "peer"}
    assert (found["peer"]["status"], found["peer"]["estimate"]) == ("too_few_events", "")
    assert "are at risk at 777" in found["peer"]["note"]


def test_a_curve_in_weeks_is_in_whole_weeks(examples: Path) -> None:
    times = [float(row["time"]) for row in rows_of(examples / "rossi" / "curves.csv")]
    assert max(times) == 52
    assert times == pytest.approx([round(time) for time in times], abs=1e-8)


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ("rossi", "receiving financial aid"),
        ("helprct", "an offer of the linkage clinic"),
        ("uis", "assignment to the longer programme"),
        ("channing", "being a man"),
    ],
)
def test_the_briefing_speaks_of_what_was_compared_and_never_of_peers(examples: Path, study: str, said: str) -> None:
    with zipfile.ZipFile(examples / study / "briefing.docx") as document:
        text = document.read("word/document.xml").decode("utf-8")
    assert said in text
    assert "peer" not in text.lower()
    assert "self-help" not in text.lower()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_for_a_study_without_numbers(examples: Path, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    project = examples.parent
    monkeypatch.setenv("PYTHONPATH", str(project / "src"))
    assert "Channing" in executed(path, project, "channing")
