"""Times of ours and of R on the same rows, for the benchmarks that set them beside each other."""

import csv
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd


def least_seconds(work: Callable[[], object], repeats: int) -> float:
    """Shortest of several runs."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def r_seconds(calls: dict[str, str], frame: pd.DataFrame, repeats: int) -> dict[str, float]:
    """Least seconds of each call, an R expression on the frame `d`; empty without calls or Rscript."""
    if shutil.which("Rscript") is None or not calls:
        return {}
    timed = "\n".join(f'say("{name}", {{{call}}})' for name, call in calls.items())
    with TemporaryDirectory() as folder:
        data = Path(folder) / "people.csv"
        frame.to_csv(data, index=False, quoting=csv.QUOTE_NONE)
        script = f"""
        suppressPackageStartupMessages(library(survival)); d <- read.csv("{data}")
        say <- function(name, call) {{ call <- substitute(call); taken <- numeric({repeats})
          for (i in seq_len({repeats})) {{ from <- proc.time()[[3]]; k <- 0
            while (k < 1 || proc.time()[[3]] - from < 0.05) {{ eval(call); k <- k + 1 }}
            taken[i] <- (proc.time()[[3]] - from) / k }}
          cat(sprintf('["%s", %.6f]\\n', name, min(taken))) }}
        {timed}"""
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))
