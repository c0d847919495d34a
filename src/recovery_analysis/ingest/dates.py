"""Dates of raw files as decimal calendar years, with the precision they are known to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..study import ColumnMap
from .cells import Cells, as_text
from .codes import known_cells
from .findings import Findings, Place
from .formats import RawTable
from .targets import whole_column_fails

DATE_SOURCES = ("date", "year_month", "age_at")
ISO_DATE = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"
MIDDLE_OF_YEAR = 0.5
MIDDLE_OF_MONTH = 0.5


@dataclass(frozen=True, eq=False)
class Dates:
    """Decimal calendar years, and where they come from; arrays of shape (n,).

    Attributes
    ----------
    values : decimal years; missing where the date is unknown or impossible.
    precision : day, month or year.
    asked : whether the raw cell holds anything at all, be it a code for 'no answer'.
    shown : what to show of a date that turns out impossible.
    column : the raw columns that `shown` comes from.
    """

    values: np.ndarray
    precision: np.ndarray
    asked: np.ndarray
    shown: np.ndarray
    column: str


def decimal_year(dates: pd.DatetimeIndex) -> np.ndarray:
    """Year plus (day of the year - 0.5) over the days of that year: the middle of the day."""
    days = np.where(dates.is_leap_year, 366, 365)
    return np.asarray(dates.year + (dates.dayofyear - 0.5) / days, dtype=float)


def read_dates(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> Dates:
    """Dates of a `date`, `year_month` or `age_at` mapping; others become missing and are noted."""
    if spec.age_at is not None:
        values = _from_age(spec, raw, place, findings)
        precision = np.full(len(values), "age", dtype=object)
        columns = f"{spec.age_at.age}, {spec.age_at.birth_year}"
        return Dates(values, precision, raw.cells(spec.age_at.age).known, values, columns)
    if spec.date is not None:
        column = spec.date
        values = _from_date(spec, raw, place, findings)
        precision = np.full(len(values), "day", dtype=object)
    else:
        column = spec.year_month.year
        values, precision = _from_year_month(spec, raw, place, findings)
    return Dates(values, precision, raw.cells(column).known, raw.cells(column).values, column)


def _known(spec: ColumnMap, raw: RawTable, column: str, place: Place, findings: Findings) -> Cells:
    return known_cells(spec, raw, raw.cells(column), column, place, findings)


def _from_date(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> np.ndarray:
    cells = _known(spec, raw, str(spec.date), place, findings)
    if cells.values.dtype.kind == "M":
        return decimal_year(pd.DatetimeIndex(cells.values))
    text = pd.Series(cells.text, dtype="string")
    days = text.where(text.str.fullmatch(ISO_DATE).fillna(False).astype(bool)).str[:10]
    dates = pd.DatetimeIndex(pd.to_datetime(days, format="%Y-%m-%d", errors="coerce"))
    wrong = cells.known & dates.isna()
    _refuse(wrong, cells, str(spec.date), raw, place, findings, "is not a date written as YYYY-MM-DD")
    return decimal_year(dates)


def _from_year_month(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> tuple[np.ndarray, np.ndarray]:
    parts = spec.year_month
    year = whole_numbers(spec, raw, parts.year, place, findings, "is not a calendar year")
    if parts.month is None:
        return year + MIDDLE_OF_YEAR, np.full(len(year), "year", dtype=object)
    cells = _known(spec, raw, parts.month, place, findings)
    cells = cells.without(cells.among(parts.unknown_month))
    valid = np.isin(cells.number, np.arange(1, 13))
    wrong = cells.known & ~valid
    _refuse(wrong, cells, parts.month, raw, place, findings, "is not a month from 1 to 12")
    part = np.where(valid, (cells.number - MIDDLE_OF_MONTH) / 12, MIDDLE_OF_YEAR)
    return np.where(wrong, np.nan, year + part), np.where(valid, "month", "year").astype(object)


def _from_age(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> np.ndarray:
    age = whole_numbers(spec, raw, spec.age_at.age, place, findings, "is not an age in whole years")
    born = whole_numbers(spec, raw, spec.age_at.birth_year, place, findings, "is not a calendar year")
    return born + MIDDLE_OF_YEAR + age + MIDDLE_OF_YEAR


def whole_numbers(
    spec: ColumnMap, raw: RawTable, column: str, place: Place, findings: Findings, what: str
) -> np.ndarray:
    """A raw column of whole numbers, such as years or ages; other cells become missing and are noted."""
    cells = _known(spec, raw, column, place, findings)
    valid = np.mod(cells.number, 1) == 0
    _refuse(cells.known & ~valid, cells, column, raw, place, findings, what)
    return np.where(valid, cells.number, np.nan)


def _refuse(
    wrong: np.ndarray,
    cells: Cells,
    column: str,
    raw: RawTable,
    place: Place,
    findings: Findings,
    what: str,
) -> None:
    found = raw.cells(column).values
    if whole_column_fails(wrong, cells.known):
        codes = ", ".join(map(repr, pd.unique(as_text(found[wrong]))[:3]))
        findings.mistake(place, f"no value of column '{column}' can be used, such as {codes}: each {what}.")
    else:
        findings.failing_cells("impossible_date", place, column, found, wrong, what)
