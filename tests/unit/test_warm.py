"""Jobs in the warm process: done there, done here where nobody answers, and the process gone when the run is."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from recovery_analysis import warm
from recovery_analysis.job import Job, perform

RUN = """
    import os, signal, sys, time
    from recovery_analysis import warm
    from recovery_analysis.job import Job
    warm.start_warm()
    job = Job("draw_figure", {"figure": {}}, sys.argv[1])
    answer = warm.performed_warm(job)
    print(repr(answer))
    print(os.path.dirname(os.environ[warm.ADDRESS]), flush=True)
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
"""


def run(log: Path, end: str) -> tuple[str, Path]:
    """What a run was told of a job that cannot be done, and the folder of its warm process."""
    script = [sys.executable, "-c", textwrap.dedent(RUN), str(log), end]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    answer, folder = done.stdout.splitlines()
    return answer, Path(folder)


def gone(folder: Path) -> bool:
    """Whether the warm process takes its folder away, which it does last, within five seconds."""
    until = time.monotonic() + 5
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not folder.exists()


@pytest.mark.parametrize("end", ["well", "kill"])
def test_a_job_in_the_warm_process_says_what_it_says_here(tmp_path: Path, end: str) -> None:
    answer, folder = run(tmp_path / "warm.log", end)
    here = perform(Job("draw_figure", {"figure": {}}, str(tmp_path / "here.log")))
    assert "missing" in (tmp_path / "warm.log").read_text()
    assert answer == repr(here.replace("here.log", "warm.log"))
    assert gone(folder)


def test_a_job_that_nobody_answers_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(warm.ADDRESS, str(tmp_path / "nobody"))
    assert "missing" in warm.performed_warm(Job("draw_figure", {}, str(tmp_path / "job.log")))
    assert "TypeError" in (tmp_path / "job.log").read_text()
