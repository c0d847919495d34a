"""One job of the workflow: its arguments, its log, and what the researcher is told when it cannot be done."""

import logging
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from .errors import ResearchError


@dataclass(frozen=True)
class Job:
    """A step, the arguments that it is called with, and the file that everything it says is written to."""

    step: str
    arguments: dict[str, Any]
    log: str


def job_of(snakemake: Any) -> Job:
    """The job that Snakemake asks for: the step has the name of the rule.

    Its arguments are the rule's named inputs, outputs and parameters; inputs without a name (raw files) and the
    parameter `code` are there for Snakemake alone.

    Parameters
    ----------
    snakemake : the object that Snakemake gives to a script.
    """
    arguments = {name: value for name, value in snakemake.params.items() if name != "code"}
    for name, paths in _named(snakemake.input, snakemake.output):
        arguments[name] = str(paths) if isinstance(paths, str) else [str(path) for path in paths]
    return Job(snakemake.rule, arguments, snakemake.log[0])


def _named(*lists: Any) -> Iterator[tuple[str, Any]]:
    for named in lists:
        yield from named.items()


def perform(job: Job) -> str | None:
    """Call the step, and write everything it says to its log.

    Returns
    -------
    None if it went well, otherwise what the terminal should say: the sentences of a ResearchError alone; for any
    other exception, which is a fault of this software, the name of the log, where the traceback is.
    """
    Path(job.log).parent.mkdir(parents=True, exist_ok=True)
    with open(job.log, "w", encoding="utf-8") as log:
        logging.basicConfig(stream=log, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", force=True)
        logging.captureWarnings(True)
        warnings.simplefilter("default")
        try:
            step = getattr(import_module(f"{__package__}.steps.{job.step}"), job.step)
            step(**job.arguments)
        except ResearchError as error:
            log.write(f"{error}\n")
            return f"\n{error}\n"
        except Exception:
            log.write(traceback.format_exc())
            last = traceback.format_exc().strip().splitlines()[-1]
            return f"\nSomething unexpected happened; please report it with the file {job.log}.\n{last}\n"
    return None
