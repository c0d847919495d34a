"""What a date can mean: a year stands for each of its days, a month for each of its own, and how both are written."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..ingest.dates import MONTHS

LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
# Days before each month, and before the next year: of common years, and of leap years.
BEFORE = np.cumsum([[0, *LENGTHS], [0, LENGTHS[0], LENGTHS[1] + 1, *LENGTHS[2:]]], axis=1)
MIDDLE = 0.5
AGE_WITHIN = 1.0
ROUNDING = 1e-9


def earliest(time: pd.Series, precision: pd.Series) -> pd.Series:
    """The first moment that a time known to this precision can mean."""
    return pd.Series(span(time, precision)[0], time.index)


def latest(time: pd.Series, precision: pd.Series) -> pd.Series:
    """The last moment that a time known to this precision can mean: just before the next year, month or day."""
    return pd.Series(span(time, precision)[1], time.index)


def span(time: pd.Series, precision: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last moment that each time can mean, as arrays; missing where the time is."""
    first, last = np.full(len(time), np.nan), np.full(len(time), np.nan)
    for word, limits in {"year": _year, "month": _month, "day": _day, "age": _age}.items():
        rows = _told(precision, word)
        if rows.all():
            return _each_once(time.to_numpy(dtype=float), limits)
        if rows.any():
            first[rows], last[rows] = _each_once(time.to_numpy(dtype=float)[rows], limits)
    return first, last


def _told(precision: pd.Series, word: str) -> np.ndarray:
    """Which rows have this precision."""
    if not isinstance(precision.dtype, pd.CategoricalDtype):
        return (precision == word).to_numpy()
    at = precision.cat.categories.get_indexer([word])[0]
    return (precision.cat.codes == at).to_numpy() if at >= 0 else np.zeros(len(precision), dtype=bool)


def _each_once(time: np.ndarray, limits: Callable[[np.ndarray], tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """The limits of each time, worked out once for each that is there; missing where it is, or is infinite."""
    at, distinct = pd.factorize(time)
    begins, after = limits(np.where(np.isfinite(distinct), distinct, 0.0))
    known = np.append(np.isfinite(distinct), False)
    return tuple(np.where(known, np.append(moment, 0.0), np.nan).take(at) for moment in (begins, after - ROUNDING))


def _year(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.floor(time), np.floor(time) + 1


def _age(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return time - AGE_WITHIN, time + AGE_WITHIN


def _month(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    year, leap, days = _calendar(time)
    month = np.floor((time - year) * len(MONTHS) + ROUNDING).astype(int)
    return year + BEFORE[leap, month] / days, year + BEFORE[leap, month + 1] / days


def _day(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    year, _, days = _calendar(time)
    day = np.floor((time - year) * days + ROUNDING)
    return year + day / days, year + (day + 1) / days


def _calendar(time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, whether it is a leap year (0 or 1), and its days."""
    year = np.floor(time)
    leap = ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))).astype(int)
    return year, leap, BEFORE[leap, -1]


def stop_precision(spells: pd.DataFrame, calendar: bool) -> pd.Series:
    """How exactly a stop is known: the middle of a year stands for the year, that of a month for the month."""
    if not calendar:
        return spells["precision"]
    part = _fraction(spells["stop"].to_numpy(dtype=float))
    in_middle = np.abs(_fraction(part * len(MONTHS)) - MIDDLE) < ROUNDING * len(MONTHS)
    kind = np.where(part == MIDDLE, 2, in_middle).astype(np.int8)
    return pd.Series(pd.Categorical.from_codes(kind, ["day", "month", "year"]), spells.index)


def _fraction(time: np.ndarray) -> np.ndarray:
    """What `time % 1` gives, in a tenth of its time."""
    with np.errstate(invalid="ignore"):
        return time - np.floor(time)


def in_words(time: pd.Series, precision: pd.Series, calendar: bool) -> pd.Series:
    """Times as a researcher would write them: `2008`, `April 2008`, or years after enrolment."""
    if not calendar:
        words = ["not known" if np.isnan(t) else _since_enrolment(t) for t in time]
        return pd.Series(words, time.index, dtype=object)
    # A day is told as its month; a month or a year is in the middle of its own.
    first = np.asarray(earliest(time, precision.astype(object).replace({"age": "day"})), dtype=float)
    year, leap, days = _calendar(np.nan_to_num(first))
    day = np.floor((np.nan_to_num(first) - year) * days + MIDDLE)
    month = [np.searchsorted(BEFORE[row], d, side="right") - 1 for row, d in zip(leap, day, strict=True)]
    rows = zip(time, precision, year.astype(int), month, strict=True)
    words = [_written(np.isnan(t), told, y, m) for t, told, y, m in rows]
    return pd.Series(words, time.index, dtype=object)


def _since_enrolment(years: float) -> str:
    return f"{abs(years):.2f} years {'before' if years < 0 else 'after'} enrolment"


def _written(missing: bool, precision: str, year: int, month: int) -> str:
    if missing:
        return "not known"
    return str(year) if precision == "year" else f"{MONTHS[month]} {year}"
