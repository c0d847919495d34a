"""Which rows of a file a block of the mapping takes: those with a code, and of these each person's first."""

import numpy as np
import pandas as pd

from ..study import TableMap
from .columns import evaluate, nearest_column
from .findings import Findings, Place
from .formats import RawTable
from .targets import Target


def chosen_rows(table: str, spec: TableMap, name: str, raw: RawTable, path: str, findings: Findings) -> RawTable:
    """The rows that `rows` and `first_by` of a block keep.

    Parameters
    ----------
    table : canonical table that the block fills.
    spec : the block.
    name : the file, as `files` names it.
    raw : its rows.
    path : where the block is written.
    findings : receives columns that the file does not have, and cells of `first_by` that are no date or number.
    """
    if spec.rows:
        raw = _with_codes(spec, raw, path, findings)
    if spec.first_by is None or "person_id" not in spec.columns or not raw.n:
        return raw
    place = Place(raw.file, table, path, raw.rows)
    person_id = spec.overrides.get(name, {}).get("person_id") or spec.columns["person_id"]
    # What is wrong with an identifier is told when the block itself is read.
    person = np.asarray(evaluate(person_id, raw, Target("text"), place, Findings()).values, dtype=object)
    already = len(findings.cells)
    order = evaluate(spec.first_by, raw, Target("number"), place.at("first_by"), findings).values
    findings.name_people(already, pd.Series(person, raw.rows))
    return raw.where(_first_of_each(pd.factorize(person)[0], np.asarray(order, dtype=float)))


def _with_codes(spec: TableMap, raw: RawTable, path: str, findings: Findings) -> RawTable:
    chosen = np.ones(raw.n, dtype=bool)
    for column, values in spec.rows.items():
        if column in raw.columns:
            cells = raw.cells(column)
            chosen &= cells.spread(cells.among(values))
        else:
            place = Place(raw.file, "", f"{path}.rows", raw.rows)
            findings.mistake(place, f"there is no column '{column}'. {nearest_column(column, raw)}")
    return raw.where(chosen)


def _first_of_each(person: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Which rows have the lowest value of their person, more than one where they are equal; all of somebody of whom no
    value is known, and rows without an identifier (-1): the checks tell of them."""
    lowest = pd.Series(order).groupby(person).transform("min").to_numpy()
    return (person < 0) | np.isnan(lowest) | (order == lowest)
