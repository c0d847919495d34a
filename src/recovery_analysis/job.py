"""One job of the workflow: its arguments, its log, and what the researcher is told when it cannot be done."""

import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import ResearchError


@contextmanager
def started(snakemake: Any) -> Iterator[dict[str, Any]]:
    """Give a step its arguments, and write everything it says to the log file of the job.

    The arguments are the rule's named inputs, outputs and parameters; inputs without a name (the step's code, raw
    files) are there for Snakemake alone. A ResearchError ends the job with its sentences alone. Any other exception
    is a fault of this software: its traceback goes to the log, and the terminal names the log.

    Parameters
    ----------
    snakemake : the object that Snakemake gives to a script.
    """
    path = snakemake.log[0]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as log:
        logging.basicConfig(stream=log, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", force=True)
        logging.captureWarnings(True)
        warnings.simplefilter("default")
        try:
            named = (snakemake.input, snakemake.output, snakemake.params)
            yield {name: value for part in named for name, value in part.items()}
        except ResearchError as error:
            log.write(f"{error}\n")
            sys.exit(f"\n{error}\n")
        except Exception:
            log.write(traceback.format_exc())
            sys.exit(f"\nSomething unexpected happened; please report it with the file {path}.\n{_last_line()}\n")


def _last_line() -> str:
    return traceback.format_exc().strip().splitlines()[-1]
