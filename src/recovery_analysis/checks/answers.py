"""Answers that cannot be together, are all the same, or lie far from everybody else's."""

import numpy as np
import pandas as pd

from ..ingest.cells import Cells, plain
from ..ingest.codes import span
from ..study import Impossible, Scalar
from .tables import ORIGIN, Tables

TO_NORMAL = 1.4826
FEWEST = 20
MOST_FAR, FEW_CODES = 0.02, 3
LARGEST_SHOWN = 1e6


def impossible(tables: Tables, table: str) -> pd.DataFrame:
    """Rows with answers that `checks.impossible` states cannot be together.

    A statement about columns of persons alone finds people; any other finds interviews, beside what the person said.
    """
    found = []
    for rule in tables.settings.impossible:
        of_people = set(rule.columns) <= set(tables.persons.columns)
        if of_people == (table == "persons"):
            found.append(_impossible(tables, table, rule))
    return _stacked(found, tables[table])


def _impossible(tables: Tables, table: str, rule: Impossible) -> pd.DataFrame:
    frame = tables[table]
    people = tables.persons.drop_duplicates("person_id").set_index("person_id")
    holds, cells = np.ones(len(frame), dtype=bool), {}
    for column, values in rule.columns.items():
        own = frame[column] if column in frame else people[column].reindex(frame["person_id"])
        cells[column] = Cells(plain(own))
        holds &= _among(cells[column], values)
    rows = _plain_rows(frame[holds])
    shown = [[f"{name} {text}" for text in c.text[holds]] for name, c in cells.items()]
    return rows.assign(
        value=[" and ".join(parts) for parts in zip(*shown, strict=True)],
        found=[", ".join(parts) for parts in zip(*shown, strict=True)],
        what=rule.label,
        column=", ".join(rule.columns),
    )


def _among(cells: Cells, values: tuple[Scalar, ...]) -> np.ndarray:
    found = cells.among([value for value in values if span(value) is None])
    for value in values:
        limits = span(value)
        if limits is not None:
            found |= cells.within(*limits)
    return found


def _plain_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["person_id", *ORIGIN]]


def _stacked(found: list[pd.DataFrame], frame: pd.DataFrame) -> pd.DataFrame:
    """What was found, or no row of the table."""
    found = [rows for rows in found if not rows.empty]
    return pd.concat(found) if found else _plain_rows(frame.iloc[:0]).assign(value=None, column=None)


def straight_lining(tables: Tables) -> pd.DataFrame:
    """Interviews with the same answer to every answered item of a scale."""
    fewest = tables.settings.thresholds.straight_lining_items
    found = []
    for scale, items in tables.settings.scales.items():
        answers = tables.waves[list(items)]
        answered = answers.notna().sum(axis=1)
        straight = (answered >= fewest) & _all_the_same(answers)
        rows = _plain_rows(tables.waves[straight])
        value = answers[straight].bfill(axis=1).iloc[:, 0]
        shown = value.map("{:g}".format if value.dtype.kind == "f" else str)
        found.append(rows.assign(value=shown, items=answered[straight], scale=scale, column=", ".join(items)))
    return _stacked(found, tables.waves)


def _all_the_same(answers: pd.DataFrame) -> np.ndarray:
    """Which rows hold one and the same answer in every column that holds any."""
    codes = pd.factorize(answers.to_numpy().ravel())[0].reshape(answers.shape)
    largest = codes.max(axis=1, initial=-1)
    return (largest >= 0) & ((codes < 0) | (codes == largest[:, None])).all(axis=1)


def outliers(tables: Tables, table: str) -> pd.DataFrame:
    """Numbers whose robust z is larger than the threshold.

    z = (x - median) / (1.4826 MAD), with MAD the median of the distances from the median (Iglewicz B, Hoaglin DC. How
    to detect and handle outliers. ASQC Quality Press, 1993). A measure of which more than half of the answers are the
    same has MAD 0 and is not judged, nor is one with fewer than 20 answers. Where more than 2 % of the answers are that
    far out, and they are not just a few codes, the measure is skewed or has two humps, and none of them stands out.
    """
    frame = tables[table]
    numbers = {n: v.label for n, v in tables.variables.items() if v.type == "number" and n in frame}
    found = []
    for name, label in numbers.items():
        x = frame[name].to_numpy(dtype=float)
        known = x[~np.isnan(x)]
        if np.isfinite(known).sum() < FEWEST:
            continue
        median = _middle(known)
        distance = np.abs(known - median)
        spread, furthest = TO_NORMAL * _middle(distance), distance.max()
        if spread == 0 or furthest <= tables.settings.thresholds.outlier_z * spread:
            continue
        far = np.abs(x - median) > tables.settings.thresholds.outlier_z * spread
        if far.sum() > MOST_FAR * len(known) and len(np.unique(x[far])) > FEW_CODES:
            continue
        z = np.abs(x[far] - median) / spread
        found.append(
            _plain_rows(frame[far]).assign(
                value=[f"{value:g}" for value in x[far]],
                z=[f"{size:.1f}" if size < LARGEST_SHOWN else f"{size:.0e}" for size in z],
                median=f"{median:g}",
                label=label,
                column=name,
            )
        )
    return _stacked(found, frame)


def _middle(numbers: np.ndarray) -> float:
    """Median of numbers of which none is missing."""
    low, high = (len(numbers) - 1) // 2, len(numbers) // 2
    return float(np.partition(numbers, [low, high])[low : high + 1].mean())
