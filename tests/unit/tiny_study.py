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
    ingest_study("tiny", study, folder, **_paths(folder / "in", "arrow"))
    return ingested(folder)


def ingested(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a study that is ingested already, by name."""
    return _read(_paths(folder / "in", "arrow"))


def _paths(folder: Path, kind: str = "parquet") -> dict[str, str]:
    paths = {table: str(folder / f"{table}.{kind}") for table in TABLES}
    return paths | {name: str(folder / f"{name}.csv") for name in ("issues", "flow")}


def _read(paths: dict[str, str]) -> dict[str, pd.DataFrame]:
    tables = {name: read_table(path) for name, path in paths.items() if name != "issues"}
    return tables | {"issues": read_table(paths["issues"], ISSUE_ROWS)}


def check(folder: Path, study: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Ingest and check a study; the checked tables by name, `issues`, `quarantine` and `flow` among them."""
    ingest_study("tiny", study, folder, **_paths(folder / "in", "arrow"))
    return check_ingested(folder, study)


def check_ingested(folder: Path, study: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Check a study that is ingested already."""
    given = {f"{name}_in": path for name, path in _paths(folder / "in", "arrow").items()}
    paths = _paths(folder) | {"quarantine": str(folder / "quarantine.csv")}
    check_study(
        "tiny",
        {key: study[key] for key in ("mapping", "variables", "design", "checks") if key in study},
        **given,
        **paths,
    )
    return _read(paths)
