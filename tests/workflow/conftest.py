"""A copy of the project that tests may run and change, and one such copy that has been run."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIMS = {
    "snakemake": "import sys; from snakemake.cli import main; sys.exit(main())",
    "recovery-analysis": "import sys; from recovery_analysis.cli import main; sys.exit(main())",
}
Run = Callable[..., subprocess.CompletedProcess[str]]


def copy_project(folder: Path) -> Path:
    """Copy the files that git tracks or would track; returns the folder, with the commands in its `bin`."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("results/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / "bin").mkdir()
    for name, code in SHIMS.items():
        shim = folder / "bin" / name
        shim.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
        shim.chmod(0o755)
    return folder


def run_in(project: Path, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy, with that copy's own package and commands; its output is captured."""
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    changed = {"PYTHONPATH": str(project / "src"), "PATH": path, "LC_ALL": "C.UTF-8", "MPLBACKEND": "Agg"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=project, env=kept | changed, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Let one test process at a time into the block."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def run() -> Run:
    """`run(project, "snakemake", "-n")`: run a command in a copy of the project."""
    return run_in


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Path]:
    """`new_project(folder)`: make a copy of the project there that has not been run."""
    return copy_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project that has not been run."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def finished_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which `snakemake` has run to its end; shared, so leave it as it is."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, log = base / "finished_project", base / "finished_project.log"
    with only_one(base / "finished_project.lock"):
        if not log.is_file():
            done = run_in(copy_project(folder), "snakemake", "--cores", "2", check=False)
            if done.returncode == 0:
                done = run_in(folder, "snakemake", "--report", "results/report.html", check=False)
            log.write_text(f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}", encoding="utf-8")
    output = log.read_text(encoding="utf-8")
    assert output.startswith("exit status 0\n"), output
    return folder
