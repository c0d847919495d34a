"""The data dictionary: every column of a study's tables, where it comes from, and how much of it is missing."""

import pandas as pd

from .. import formats, labels
from ..study import About, Disclosure
from .grid import Grid, Head, Row

HEADS = ("Column", "Meaning", "Type", "Valid values", "Taken from", "How it is derived", "Missing")
NONE = "–"
EXACT = {0.0: "none", 100.0: "all"}


def dictionary_grid(rows: pd.DataFrame, about: About, disclosure: Disclosure) -> Grid:
    """Lay out the dictionary.

    Parameters
    ----------
    rows : columns table, column, label, type, unit, levels, range, source, rule, percent_missing, suppressed.
    about, disclosure : words of the study.
    """
    body: list[Row] = []
    for table, part in rows.groupby("table", sort=False):
        body.append(Row(f"{labels.TABLE[str(table)]} ({table})"))
        body += [_row(row) for row in part.itertuples()]
    notes = [labels.disclosure(disclosure.preset, disclosure.reason)]
    notes += [labels.WITHHELD] if bool(rows["suppressed"].any()) else []
    notes += ["Missing: share of the table's rows that were kept and have no value, from counts as released."]
    notes += [f"Source: {about.label}. {about.citation}"]
    return Grid(
        caption=f"Data dictionary: {about.label}",
        label=labels.SIMULATED if about.simulated else None,
        heads=(tuple(map(Head, HEADS)),),
        rows=tuple(body),
        notes=tuple(notes),
        tidy=rows,
        words=True,
    )


def _row(row: object) -> Row:
    kind = f"{row.type}, {row.unit}" if row.unit else row.type
    missing = NONE if row.suppressed else EXACT.get(row.percent_missing) or formats.percent(row.percent_missing)
    cells = (row.label, kind, row.levels or row.range or NONE, row.source or NONE, row.rule or NONE, missing)
    return Row(row.column, cells, indent=True)
