"""The DAG itself: what comes out, what reruns, and what a mistake does."""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

STUDIES = ("help", "pathways", "in_recovery")
TABLES = ("estimates", "curves", "fits", "diagnostics", "flow", "issues", "table_one", "data_checks")


@pytest.fixture
def rerun(finished_project: Path, tmp_path: Path) -> Path:
    """A copy of the finished project that a test may change."""
    return Path(shutil.copytree(finished_project, tmp_path / "project", symlinks=True))


def _planned(output: str) -> dict[str, int]:
    """Jobs per rule in the output of a dry run."""
    stats = output.split("Job stats:")[1].split("total")[0]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+)\s+(\d+)$", stats, re.MULTILINE)}


def _own_reason(output: str) -> set[str]:
    """Rules that a dry run would start for a reason of their own, not since a job before them ran."""
    reasons = output.split("Reasons:")[1]
    blocks = re.findall(r"^    (\S[^\n]*):\n        ([^\n]*)$", reasons, re.MULTILINE)
    return {r for reason, rules in blocks for r in rules.split(", ") if "updated by another job" not in reason}


def _hashes(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "report.html"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _edit(project: Path, study: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = project / f"config/studies/{study}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize("study", STUDIES)
def test_everything_promised_comes_out(finished_project: Path, study: str) -> None:
    results = finished_project / "results" / study
    plan = yaml.safe_load((finished_project / f"config/studies/{study}.yaml").read_text(encoding="utf-8"))
    promised = [f"{table}.csv" for table in TABLES] + ["data_quality.html", "briefing.pdf", "briefing.docx"]
    promised += [f"data_dictionary.{kind}" for kind in ("html", "csv", "docx")]
    promised += [f"figures/{name}.{kind}" for name in plan["figures"] for kind in ("png", "svg", "pdf")]
    promised += [f"tables/{name}.{kind}" for name in plan["tables"] for kind in ("csv", "html", "docx")]
    missing = [name for name in promised if not (results / name).is_file() or not (results / name).stat().st_size]
    assert not missing
    assert (finished_project / "results/report.html").stat().st_size > 0


def test_a_figures_title_reruns_only_what_draws_it(rerun: Path, run: Any) -> None:
    _edit(rerun, "help", lambda study: study["figures"]["forest"].update(title="Another title"))
    output = run(rerun, "snakemake", "-n").stdout
    assert _planned(output) == {"draw_figure": 1, "all": 1}
    assert "help: draw the figure forest" in output


def test_a_change_to_code_of_cox_models_reruns_their_fits_and_what_reads_them(rerun: Path, run: Any) -> None:
    with (rerun / "src/recovery_analysis/models/cox_rows.py").open("a", encoding="utf-8") as module:
        module.write("\nCHANGED = True\n")
    output = run(rerun, "snakemake", "-n").stdout
    fits = {"fit_survival", "fit_multistate", "fit_multiverse", "fit_target_trial"}
    assert _own_reason(output) == fits
    assert _planned(output)["fit_survival"] == 4
    assert not {"fit_regression", "derive_cohort", "check_study", "ingest_study"} & set(_planned(output))


def test_a_second_run_has_nothing_to_do_not_even_where_a_module_was_touched(rerun: Path, run: Any) -> None:
    (rerun / "src/recovery_analysis/models/survival.py").touch()
    assert "Nothing to be done" in run(rerun, "snakemake", "-n").stdout


def test_one_analysis_reruns_alone(rerun: Path, run: Any) -> None:
    _edit(rerun, "help", lambda study: study["analyses"]["arrested"].update(adjust=["previous"]))
    planned = _planned(run(rerun, "snakemake", "-n").stdout)
    assert planned["fit_regression"] == 1 and "fit_survival" not in planned and "derive_cohort" not in planned


def test_results_are_the_same_bytes_on_one_core_with_another_hash_seed(
    finished_project: Path, project: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    run(project, "snakemake", "--cores", "1", "--config", "studies=[help]")
    once, again = _hashes(finished_project / "results/help"), _hashes(project / "results/help")
    assert once == again


def check_failed_run(project: Path, run: Any, *said: str) -> None:
    """A run that fails says these words, no traceback, and leaves earlier results as they were."""
    before = _hashes(project / "results")
    done = run(project, "snakemake", check=False)
    output = done.stdout + done.stderr
    assert done.returncode != 0
    for words in said:
        assert words in output
    assert "Traceback" not in output and "recovery_analysis/errors.py" not in output
    assert _hashes(project / "results") == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda s: s.update(desing={}),
            ["config/studies/help.yaml: desing: unknown key. Did you mean 'design'?"],
        ),
        (
            lambda s: s["mapping"]["persons"]["columns"].update(
                age="AGEE", gender={"column": "A1", "recode": {1: "man"}}
            ),
            ["mapping.persons.columns.age", "mapping.persons.columns.gender"],
        ),
        (
            lambda s: s["files"]["interviews"].update(package=None, path="data/raw/none.csv"),
            ["there is no file data/raw/none.csv"],
        ),
        (lambda s: s["files"]["interviews"].update(package="mosaicData/HELPful"), ["HELPful"]),
        (lambda s: s["design"].update(kind="recovery_sample"), ["right truncation"]),
    ],
    ids=["key", "column and code", "file", "package", "design"],
)
def test_a_mistake_stops_before_any_model_and_keeps_earlier_results(
    rerun: Path, run: Any, change: Callable[[dict[str, Any]], None], said: list[str]
) -> None:
    _edit(rerun, "help", change)
    check_failed_run(rerun, run, *said)


def test_an_empty_extract_is_told_by_name(rerun: Path, run: Any) -> None:
    (rerun / "data/raw/empty.csv").write_text("ID,TIME\n", encoding="utf-8")
    _edit(rerun, "help", lambda s: s["files"]["interviews"].update(package=None, path="data/raw/empty.csv"))
    check_failed_run(rerun, run, "data/raw/empty.csv")


def test_the_log_of_a_job_holds_what_it_said(finished_project: Path) -> None:
    logs = {path.stem for path in (finished_project / "logs/help").glob("*.log")}
    assert {"ingest_study", "fit_survival_first_use", "draw_figure_forest", "write_briefing"} <= logs
