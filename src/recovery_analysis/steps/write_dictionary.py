"""A study's configuration and checked tables → its data dictionary as csv, html and docx."""

from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from .. import labels
from ..checks.tables import TABLES
from ..disclosure import PRESETS, Rules
from ..ingest.columns import source_columns
from ..ingest.tables import study_schema, table_maps
from ..ingest.targets import Target, target_of
from ..instruments.plan import score_name
from ..instruments.registry import INSTRUMENTS
from ..io import read_table
from ..scaffold.words import rule_in_words
from ..schemas.canonical import variable_column
from ..study import Questionnaire, StudyBlocks, Variable
from ..tables.dictionary import dictionary_grid
from ..tables.render import write_csv, write_docx, write_html

ORIGIN = ("source_file", "source_row")
YEARS = {"persons": ("age",), "spells": ("start", "stop"), "events": ("time",), "waves": ("time",)}
BY_KIND = {
    "kind": "what the block of the mapping says",
    "event": "what the block of the mapping says",
    "precision": "day, month, year or age, as the date was told",
    "ongoing": "true where no end was given, unless a column says otherwise",
    "observed": "true, unless a column says otherwise",
    "weight": "1 for everyone, unless a column says otherwise",
}
COLUMNS = (
    *("table", "column", "label", "type", "unit", "levels", "range"),
    *("source", "rule", "percent_missing", "suppressed"),
)
TYPE = {"binary": "yes/no", "level": "category", "whole": "whole number"}


def write_dictionary(
    study: dict[str, Any],
    persons: str,
    spells: str,
    events: str,
    waves: str,
    scored: str,
    csv: str,
    html: str,
    docx: str,
) -> None:
    """Describe every column of a study's canonical tables.

    Parameters
    ----------
    study : blocks about, files, mapping, variables, instruments, design and disclosure.
    persons, spells, events, waves : checked tables; only shares of missing values are taken from them.
    scored : the waves with the scores of instruments.
    csv, html, docx : written.
    """
    plan = StudyBlocks.model_validate(study)
    frames = {table: read_table(path) for table, path in zip(TABLES, (persons, spells, events, waves), strict=True)}
    rules = PRESETS[plan.disclosure.preset]
    scores = score_rows(plan, read_table(scored), rules)
    rows = pd.concat([dictionary_rows(plan, frames, rules), pd.DataFrame(scores)], ignore_index=True)
    grid = dictionary_grid(rows, plan.about, plan.disclosure)
    write_csv(grid, csv)
    write_html(grid, html)
    write_docx(grid, docx)


def dictionary_rows(plan: StudyBlocks, frames: dict[str, pd.DataFrame], rules: Rules) -> pd.DataFrame:
    """One row per column: table, column, label, type, unit, levels, range, source, rule, missing, suppressed.

    Parameters
    ----------
    frames : canonical table → its checked rows.
    rules : of the disclosure preset; the share missing is rounded, and withheld where it would tell of few people.
    """
    rows = []
    for table in TABLES:
        if frames[table].empty:
            continue
        for name, column in study_schema(plan, table).columns.items():
            if name in ORIGIN or name not in frames[table]:
                continue
            variable = plan.variables.get(name) if table in ("persons", "waves") else None
            source, rule = _origin(plan, table, name)
            share, withheld = share_missing(frames[table][name], rules)
            facts = _facts(table, name, column, variable)
            rows.append(facts | {"source": source, "rule": rule, "percent_missing": share, "suppressed": withheld})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def score_rows(plan: StudyBlocks, scored: pd.DataFrame, rules: Rules) -> list[dict[str, Any]]:
    """Rows of the scores of a study's instruments, which are worked out from items of the waves."""
    rows = []
    for name, questionnaire in plan.instruments.items():
        instrument = INSTRUMENTS[questionnaire.instrument]
        for scale in instrument.scales:
            score = score_name(name, scale)
            share, withheld = share_missing(scored[score], rules)
            facts = _facts("waves", score, variable_column(plan.variables[score]), plan.variables[score])
            origin = {"source": ", ".join(_asked(questionnaire)), "rule": f"score of {instrument.title}"}
            rows.append(facts | origin | {"percent_missing": share, "suppressed": withheld})
    return rows


def _asked(questionnaire: Questionnaire) -> list[str]:
    """Columns that hold the items, each once."""
    several = [questionnaire.items or (), *questionnaire.at.values()]
    return list(dict.fromkeys(column for columns in several for column in columns))


def share_missing(column: "pd.Series[Any]", rules: Rules) -> tuple[float, bool]:
    """Per cent of rows without a value, from counts as they may be released, and whether it is withheld."""
    n, gaps = float(len(column)), float(column.isna().sum())
    if not rules.protects:
        return 100 * gaps / n, False
    counts = pd.Series([n, gaps, n - gaps])
    if ((rules.small(counts)) & (counts > 0)).any():
        return np.nan, True
    total, missing, _ = rules.rounded(counts)
    return 100 * missing / total, False


def _facts(table: str, name: str, column: pa.Column, variable: Variable | None) -> dict[str, str]:
    target = target_of(column)
    flag = str(column.dtype) == "bool"
    return {
        "table": table,
        "column": name,
        "label": variable.label if variable else str(column.description or "").rstrip(".").replace("`", ""),
        "type": "true/false" if flag else TYPE.get(target.kind, target.kind),
        "unit": _unit(table, name, variable),
        "levels": _levels(name, target, variable),
        "range": target.range_words if target.kind in ("number", "whole") and np.isfinite(target.low) else "",
    }


def _unit(table: str, name: str, variable: Variable | None) -> str:
    if variable is not None:
        return variable.unit or ""
    return "years" if name in YEARS[table] else ""


def _levels(name: str, target: Target, variable: Variable | None) -> str:
    if target.kind == "binary":
        return "0 no, 1 yes"
    if target.kind != "level":
        return ""
    known = (variable.levels if variable else None) or {"gender": labels.GENDER, "kind": labels.PATHWAY}.get(name, {})
    return ", ".join(f"{level} ({known[level]})" if level in known else level for level in target.levels)


def _origin(plan: StudyBlocks, table: str, name: str) -> tuple[str, str]:
    """Source columns with their files, and the rule in words; several where blocks of the mapping differ."""
    sources: list[str] = []
    rules: list[str] = []
    for _, block in table_maps(plan, table):
        spec = block.columns.get(name)
        if spec is None:
            continue
        columns = ", ".join(dict.fromkeys(source_columns(spec)))
        sources.append(f"{columns} ({', '.join(block.files)})" if columns else "")
        rules.append(rule_in_words(spec))
    said = "; or ".join(dict.fromkeys(rules)) or BY_KIND.get(name, "not in this study's files")
    return "; ".join(dict.fromkeys(filter(None, sources))), said
