"""How long the workflow takes, from clean, in a temporary copy of the project: `make benchmark`.

Prints seconds beside the limit that the project sets itself; it never fails, since machines differ.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
PARTS = ["Snakefile", "config", "workflow", "src"]
CALLS = [
    ("whole default run, from clean", [], 90.0),
    ("snakemake with nothing to do", [], 6.0),
    ("HELP alone, from clean", ["--config", "studies=[help]"], 30.0),
]


def main() -> None:
    """Time each call and print a line for it."""
    print(f"{os.cpu_count()} cores; seconds of wall clock and of processor time; largest memory of one process")
    with TemporaryDirectory() as folder:
        project = Path(folder)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, project / part)
        for name, arguments, limit in CALLS:
            if arguments:
                for made in ("data", "results", "logs", ".snakemake"):
                    shutil.rmtree(project / made, ignore_errors=True)
            wall, processor, memory = _time(project, arguments)
            print(f"{name:32} {wall:6.1f} s {processor:6.1f} s {memory:5.0f} MB   limit {limit:.0f} s", flush=True)


def _time(project: Path, arguments: list[str]) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    environment = os.environ | {"PYTHONPATH": str(project / "src")}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"snakemake failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, processor, after.ru_maxrss / 1024


if __name__ == "__main__":
    main()
