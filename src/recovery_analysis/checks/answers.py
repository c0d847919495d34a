"""Answers that cannot be together, are all the same, or lie far from everybody else's."""

import numpy as np
import pandas as pd

from ..ingest.cells import Cells
from ..ingest.values import plain
from ..io import texts_as_objects
from ..study import Impossible
from .tables import ORIGIN, Tables

TO_NORMAL = 1.4826
FEWEST = 20
MOST_FAR, FEW_CODES = 0.02, 3
LARGEST_SHOWN = 1e6
ALMOST = 1 - 1e-9


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
    holds, cells = np.ones(len(frame), dtype=bool), {}
    for column, values in rule.columns.items():
        own = frame[column] if column in frame else pd.Series(tables.of_person(column, table))
        cells[column] = Cells(plain(own))
        holds &= cells[column].among(values)
    rows = _plain_rows(frame, holds)
    shown = [[f"{name} {text}" for text in c.text[holds]] for name, c in cells.items()]
    return rows.assign(
        value=[" and ".join(parts) for parts in zip(*shown, strict=True)],
        found=[", ".join(parts) for parts in zip(*shown, strict=True)],
        what=rule.label,
        column=", ".join(rule.columns),
    )


def _plain_rows(frame: pd.DataFrame, at_fault: np.ndarray | pd.Series) -> pd.DataFrame:
    return texts_as_objects(frame[["person_id", *ORIGIN]][at_fault])


def _stacked(found: list[pd.DataFrame], frame: pd.DataFrame) -> pd.DataFrame:
    """What was found, or no row of the table."""
    found = [rows for rows in found if not rows.empty]
    nothing = np.zeros(len(frame), dtype=bool)
    return pd.concat(found) if found else _plain_rows(frame, nothing).assign(value=None, column=None)


def straight_lining(tables: Tables) -> pd.DataFrame:
    """Interviews with the same answer to every answered item of a scale."""
    fewest = tables.settings.thresholds.straight_lining_items
    found = []
    for scale, items in tables.settings.scales.items():
        answers = texts_as_objects(tables.waves[list(items)])
        answered = answers.notna().sum(axis=1)
        straight = (answered >= fewest) & _all_the_same(answers)
        rows = _plain_rows(tables.waves, straight)
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
    far out, and they are not just a few codes, the measure is skewed or has two humps; of one without negative values
    the logarithms of 1 + x are then judged, and what lies above the others.
    """
    frame = tables[table]
    numbers = {n: v.label for n, v in tables.variables.items() if v.type == "number" and n in frame}
    limit = tables.settings.thresholds.outlier_z
    found = [_outliers(frame, name, label, limit) for name, label in numbers.items()]
    return _stacked([rows for rows in found if rows is not None], frame)


def _outliers(frame: pd.DataFrame, name: str, label: str, limit: float) -> pd.DataFrame | None:
    x = frame[name].to_numpy(dtype=float)
    given = ~np.isnan(x)
    known = x[given]
    if np.isfinite(known).sum() < FEWEST:
        return None
    scale, (far, z) = "", _far_out(known, limit)
    if _many(known[far], len(known)) and known.min() >= 0:
        far, z = _far_out(np.log1p(known), limit)
        far, z, scale = far[z > 0], z[z > 0], " (of its logarithm)"
    if not len(far) or _many(known[far], len(known)):
        return None
    rows = np.zeros(len(frame), dtype=bool)
    rows[np.flatnonzero(given)[far]] = True
    return _plain_rows(frame, rows).assign(
        value=[f"{value:g}" for value in known[far]],
        z=[f"{size:.1f}{scale}" if size < LARGEST_SHOWN else f"{size:.0e}{scale}" for size in np.abs(z)],
        median=f"{_middle(known):g}",
        label=label,
        column=name,
    )


def _far_out(known: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions of answers further from the median than `limit` robust standard deviations, and their robust z; none
    where more than half of the answers are the same."""
    median = _middle(known)
    away = np.abs(known - median)
    spread = TO_NORMAL * _middle(away)
    if not spread:
        return np.empty(0, dtype=int), np.empty(0)
    # A quotient is worked out where it may be larger; hardly any is.
    far = np.flatnonzero(away > limit * spread * ALMOST)
    z = (known[far] - median) / spread
    return far[np.abs(z) > limit], z[np.abs(z) > limit]


def _many(far: np.ndarray, n: int) -> bool:
    return len(far) > MOST_FAR * n and len(np.unique(far)) > FEW_CODES


def _middle(numbers: np.ndarray) -> float:
    """Median of numbers of which none is missing."""
    half = len(numbers) // 2
    # One place is found many times as fast as two.
    parts = np.partition(numbers, half)
    below = parts[half] if len(numbers) % 2 else parts[:half].max()
    return float((below + parts[half]) / 2)
