"""Dates of raw files as decimal calendar years, with the precision they are known to."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..study import ColumnMap
from .cells import Cells
from .codes import known_cells
from .findings import Findings, Place
from .formats import RawTable
from .values import constant
from .whole_columns import NEARLY_FROM, tell_cells

DATE_SOURCES = ("date", "year_month", "year_month_day", "age_at")
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
ISO_DATE = rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\s*{CLOCK}\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{{2}}:?\d{{2}})?)?"
# Without anything between them, 112020 may be read in more than one way.
DIGITS_TOUCH = re.compile(r"%[YmdjHMSf]%[YmdjHMSf]")
MIDDLE_OF_YEAR = 0.5
MIDDLE_OF_MONTH = 0.5
EXCEL = "excel"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = tuple(name[:3].lower() for name in MONTHS)
MONTH_WORDS = {word: n for n, name in enumerate(MONTHS, 1) for word in (name.lower(), name[:3].lower())} | {"sept": 9}
# The ISO format goes without `format`.
COMMON_FORMATS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d%m%Y",
    "%Y-%m",
    "%d%b%Y",
    "%d %b %Y",
    "%d %B %Y",
    EXCEL,
)
# Excel counts a day, 29 February 1900, that never was; from the next day on this is its day 0.
EXCEL_DAY_0 = "1899-12-30"
EXCEL_FIRST, EXCEL_LAST = 61, 2958465
PRECISION_OF = {"day": ("%d", "%j"), "month": ("%m", "%b", "%B")}


@dataclass(frozen=True, eq=False)
class Dates:
    """Decimal calendar years, and where they come from; arrays of shape (n,).

    Attributes
    ----------
    values : decimal years; missing where the date is unknown or impossible.
    precision : day, month or year.
    asked : works out whether the raw cell holds anything at all, be it a code for 'no answer'.
    shown : what to show of a date that turns out impossible.
    column : the raw columns that `shown` comes from.
    """

    values: np.ndarray
    precision: np.ndarray
    asked: Callable[[], np.ndarray]
    shown: np.ndarray
    column: str


def decimal_year(dates: pd.DatetimeIndex) -> np.ndarray:
    """Year plus (day of the year - 0.5) over the days of that year: the middle of the day."""
    days = np.where(dates.is_leap_year, 366, 365)
    return np.asarray(dates.year + (dates.dayofyear - 0.5) / days, dtype=float)


def read_dates(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> Dates:
    """Dates of a `date`, `year_month`, `year_month_day` or `age_at`; others become missing and are noted."""
    if spec.age_at is not None:
        values = _from_age(spec, raw, place, findings)
        precision = constant("age", len(values))
        columns = f"{spec.age_at.age}, {spec.age_at.birth_year}"
        asked = raw.cells(spec.age_at.age)
        return Dates(values, precision, lambda: asked.spread(asked.known), values, columns)
    if spec.date is not None:
        column = spec.date
        values = _from_date(spec, raw, place, findings)
        precision = constant(date_precision(spec.format), len(values))
    elif spec.year_month is not None:
        column = spec.year_month.year
        values, precision = _from_year_month(spec, raw, place, findings)
    else:
        column = spec.year_month_day.year
        values, precision = _from_parts(spec, raw, place, findings)
    found = raw.cells(column)
    return Dates(values, precision, lambda: found.spread(found.known), found.spread(found.values), column)


def date_precision(written: str | None) -> str:
    """How exactly a date of a text format is known."""
    if written in (None, EXCEL):
        return "day"
    return next((word for word, parts in PRECISION_OF.items() if any(p in written for p in parts)), "year")


def _known(spec: ColumnMap, raw: RawTable, column: str, place: Place, findings: Findings) -> Cells:
    return known_cells(spec, raw, raw.cells(column), column, place, findings)


def _from_date(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> np.ndarray:
    cells = _known(spec, raw, str(spec.date), place, findings)
    if cells.values.dtype.kind == "M":
        return cells.spread(decimal_year(pd.DatetimeIndex(cells.values)))
    dates, what = read_days(cells, spec.format)
    wrong, column = cells.known & dates.isna(), str(spec.date)
    other = _written_otherwise(cells, spec.format, wrong) if wrong.any() else None
    advice = f"All of them are dates written as {other}: say so with `format`." if other else ""
    surely = other is not None and cells.rows(wrong) >= NEARLY_FROM
    tell_cells("impossible_date", place, column, cells, cells.values, wrong, what, findings, advice, surely)
    years = decimal_year(dates)
    match date_precision(spec.format):
        case "month":
            years = np.asarray(dates.year + (dates.month - MIDDLE_OF_MONTH) / 12, dtype=float)
        case "year":
            years = np.asarray(dates.year + MIDDLE_OF_YEAR, dtype=float)
    return cells.spread(years)


def read_days(cells: Cells, written: str | None) -> tuple[pd.DatetimeIndex, str]:
    """The dates, and what to say of a cell that is none."""
    text = pd.Series(cells.text, dtype="string")
    if written == EXCEL:
        known = (cells.number >= EXCEL_FIRST) & (cells.number <= EXCEL_LAST)
        days = np.full(len(known), np.datetime64("NaT"), dtype="datetime64[s]")
        # Not by pd.to_datetime, which now and then overflows where a number is missing (pandas 2.3).
        days[known] = np.datetime64(EXCEL_DAY_0) + np.floor(cells.number[known]).astype("timedelta64[D]")
        what = f"is not a date of Excel, a number of days from {EXCEL_FIRST} to {EXCEL_LAST}"
        return pd.DatetimeIndex(days), what
    if written is not None:
        return _written_days(text, written), f"is not a date written as {written}"
    days = text.where(text.str.fullmatch(ISO_DATE).fillna(False).astype(bool)).str[:10]
    found = pd.DatetimeIndex(pd.to_datetime(days, format="%Y-%m-%d", errors="coerce"))
    return found, "is not a date written as YYYY-MM-DD (say how it is written with `format`)"


def _written_otherwise(cells: Cells, written: str | None, wrong: np.ndarray) -> str | None:
    """Another way to write dates, in which every known cell is one; None where there is none. The cells that are wrong
    come first: they are few, and most formats do not read them either."""
    failing = cells.take(np.flatnonzero(cells.spread(wrong)))
    able = [f for f in COMMON_FORMATS if f != written and _reads_all(failing, f) and _reads_all(cells, f)]
    return " or ".join(able) if able else None


def _reads_all(cells: Cells, written: str) -> bool:
    return not (cells.known & read_days(cells, written)[0].isna()).any()


def _written_days(text: pd.Series, written: str) -> pd.DatetimeIndex:
    """The dates of texts in one format; where its digits touch, each part has all of its digits, save a nought that a
    number loses at its beginning."""
    if not DIGITS_TOUCH.search(written):
        return pd.DatetimeIndex(pd.to_datetime(text, format=written, errors="coerce"))
    width = len(pd.Timestamp(2000, 10, 10).strftime(written))
    whole = text.mask(text.str.fullmatch(r"\d+").fillna(False).astype(bool), text.str.zfill(width))
    days = pd.DatetimeIndex(pd.to_datetime(whole, format=written, errors="coerce"))
    return days.where(np.asarray(days.strftime(written) == whole.to_numpy(dtype=object, na_value=None)))


def _from_year_month(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> tuple[np.ndarray, np.ndarray]:
    parts = spec.year_month
    year = whole_numbers(spec, raw, parts.year, place, findings, "is not a calendar year")
    if parts.month is None:
        return year + MIDDLE_OF_YEAR, constant("year", len(year))
    month, wrong = _part(spec, raw, parts.month, parts.unknown_month, 12, place, findings)
    known = ~np.isnan(month)
    part = np.where(known, (month - MIDDLE_OF_MONTH) / 12, MIDDLE_OF_YEAR)
    return np.where(wrong, np.nan, year + part), np.where(known, "month", "year").astype(object)


def _from_parts(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> tuple[np.ndarray, np.ndarray]:
    """Year, month and day columns; without the day the middle of the month, without the month that of the year."""
    parts = spec.year_month_day
    year = whole_numbers(spec, raw, parts.year, place, findings, "is not a calendar year")
    month, wrong_month = _part(spec, raw, parts.month, parts.unknown_month, 12, place, findings)
    day, wrong_day = _part(spec, raw, parts.day, parts.unknown_day, 31, place, findings)
    table = pd.DataFrame({"year": year, "month": month, "day": day})
    whole = table.notna().all(axis=1).to_numpy()
    dates = pd.DatetimeIndex(pd.to_datetime(table[whole].reindex(table.index), errors="coerce"))
    never = whole & dates.isna()
    found = raw.cells(parts.day)
    what = "is not a day of that month"
    shown = found.spread(found.values)
    findings.failing_cells("impossible_date", place, parts.day, Cells(shown), shown, never, what)
    only_month = year + (month - MIDDLE_OF_MONTH) / 12
    coarse = np.where(np.isnan(month), year + MIDDLE_OF_YEAR, only_month)
    values = np.where(whole, decimal_year(dates), coarse)
    precision = np.where(whole, "day", np.where(np.isnan(month), "year", "month")).astype(object)
    return np.where(wrong_month | wrong_day | never, np.nan, values), precision


def _part(
    spec: ColumnMap, raw: RawTable, column: str, unknown: tuple, last: int, place: Place, findings: Findings
) -> tuple[np.ndarray, np.ndarray]:
    """Months or days as numbers, missing where they are not known; and which cells hold something impossible."""
    cells = _known(spec, raw, column, place, findings)
    cells = cells.without(cells.among(unknown))
    number = _named_months(cells) if last == 12 else cells.number
    valid = np.isin(number, np.arange(1, last + 1))
    wrong = cells.known & ~valid
    word = "month" if last == 12 else "day"
    what = f"is not a {word} from 1 to {last}"
    tell_cells("impossible_date", place, column, cells, cells.values, wrong, what, findings)
    return cells.spread(np.where(valid, number, np.nan)), cells.spread(wrong)


def _named_months(cells: Cells) -> np.ndarray:
    """Numbers of months, of which some may be told by their name in English, short or long."""
    words = cells.known & np.isnan(cells.number)
    if not words.any():
        return cells.number
    number = cells.number.copy()
    number[words] = [MONTH_WORDS.get(text.lower().rstrip("."), np.nan) for text in cells.text[words]]
    return number


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
    tell_cells("impossible_date", place, column, cells, cells.values, cells.known & ~valid, what, findings)
    return cells.spread(np.where(valid, cells.number, np.nan))
