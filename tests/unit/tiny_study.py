"""A study of a few people, for tests of reading and checking."""

from pathlib import Path
from typing import Any

import pandas as pd

from recovery_analysis.io import read_table
from recovery_analysis.schemas.results import ISSUE_ROWS
from recovery_analysis.steps.check_study import check_study
from recovery_analysis.steps.ingest_study import ingest_study

TABLES = ("persons", "spells", "events", "waves")
SEX = {"column": "sex", "recode": {1: "man", 2: "woman"}}


def blocks(kind: str = "population_survey", path: str = "people.csv", **changes: Any) -> dict[str, Any]:
    """Blocks of a study with one file; `persons`, `spells`, `events` and `waves` fill its mapping."""
    mapping = {"persons": {"files": ["people"], "columns": {"person_id": "pid", **changes.pop("persons", {})}}}
    mapping |= {table: changes.pop(table) for table in TABLES[1:] if table in changes}
    return {
        "design": {"kind": kind} if kind == "cohort" else {"kind": kind, "time_zero": "first_help"},
        "files": {"people": {"path": path, **changes.pop("file", {})}},
        "mapping": mapping,
        "variables": changes.pop("variables", {}),
        "checks": changes.pop("checks", {}),
    }


def write_csv(folder: Path, text: str, name: str = "people.csv") -> None:
    """Write a csv with the lines of `text`, blanks at their start taken away."""
    folder.joinpath(name).write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", "utf-8")


def ingest(folder: Path, study: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Ingest a study whose files are in `folder`; the tables by name, `issues` and `flow` among them."""
    paths = {table: str(folder / "in" / f"{table}.parquet") for table in TABLES}
    paths |= {"issues": str(folder / "in" / "issues.csv"), "flow": str(folder / "in" / "flow.csv")}
    ingest_study("tiny", study, folder, **paths)
    tables = {name: read_table(path) for name, path in paths.items() if name != "issues"}
    return tables | {"issues": read_table(paths["issues"], ISSUE_ROWS)}


def check(folder: Path, study: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Ingest and check a study; the checked tables by name, `issues`, `quarantine` and `flow` among them."""
    ingest(folder, study)
    given = {f"{table}_in": str(folder / "in" / f"{table}.parquet") for table in TABLES}
    given |= {"issues_in": str(folder / "in" / "issues.csv"), "flow_in": str(folder / "in" / "flow.csv")}
    paths = {table: str(folder / f"{table}.parquet") for table in TABLES}
    paths |= {name: str(folder / f"{name}.csv") for name in ("issues", "quarantine", "flow")}
    check_study(
        "tiny",
        {key: study[key] for key in ("mapping", "variables", "design", "checks") if key in study},
        **given,
        **paths,
    )
    tables = {name: read_table(path) for name, path in paths.items() if name != "issues"}
    return tables | {"issues": read_table(paths["issues"], ISSUE_ROWS)}
