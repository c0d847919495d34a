"""The notebooks run from their first cell to their last, and are committed without what they printed."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
CHOICE = 'STUDY = "help"'


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def executed(path: Path, project: Path, study: str) -> str:
    """Everything that a notebook shows as text when it is run for a study inside a project."""
    notebook = read(path)
    choice = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert choice.source == CHOICE
    choice.source = CHOICE.replace("help", study)
    folder = {"metadata": {"path": str(project / "notebooks")}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = [output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2
    return "\n".join(texts)


@pytest.mark.parametrize("study", ["help", "pathways"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(finished_project: Path, monkeypatch: pytest.MonkeyPatch, path: Path, study: str) -> None:
    monkeypatch.setenv("PYTHONPATH", str(finished_project / "src"))
    shown = executed(path, finished_project, study)
    assert ("Simulated data: no real person is described" in shown) == (study == "pathways")


def test_both_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["explore_cohort", "explore_results"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert path.stat().st_size < 20_000


def test_what_may_be_published_comes_from_the_results_alone() -> None:
    (path,) = [path for path in NOTEBOOKS if path.stem == "explore_results"]
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert "derived" not in code and "parquet" not in code
