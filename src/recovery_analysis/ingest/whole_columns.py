"""Cells that cannot be used, and columns of which hardly any can: these are a mistake of the settings."""

import re

import numpy as np

from ..study import UNITS_PER_YEAR
from .cells import Cells
from .findings import SHOWN, Findings, Place
from .values import as_text

ALL_FROM, NEARLY_FROM, NEARLY_ALL = 5, 20, 0.9
CELLS_SHOWN, FIRST_LOOK = 5, 1_000
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
EXCEL_DAYS, WITH_DIGITS, SHORT_YEARS = (10_000, 80_000), (19_000_000, 21_001_231), (0, 120)


def tell_cells(
    check: str,
    place: Place,
    column: str,
    cells: Cells,
    found: np.ndarray,
    wrong: np.ndarray,
    what: str,
    findings: Findings,
    advice: str = "",
    surely: bool = False,
) -> None:
    """Note cells that cannot be used, as Findings.failing_cells; where they are all or nearly all of a column, the
    settings are at fault and not so many people, which is told once, beside a few of the cells.

    Parameters
    ----------
    advice : which setting may be wrong.
    surely : whether the settings are known to be at fault, however few cells fail.
    """
    findings.failing_cells(check, place, column, cells, found, wrong, what)
    if not (surely or hardly_any_left(wrong, cells)):
        return
    n, known = cells.rows(wrong), cells.rows(cells.known)
    which = "no value" if n == known else "hardly any value" if n >= NEARLY_ALL * known else "only a part of the values"
    counted = "" if n == known else f" ({n:,} of {known:,} cannot)"
    columns = column.replace(", ", "' and '")
    said = f"{which} of column '{columns}' can be used{SHOWN}: each {what}. So many are a mistake of the settings, not "
    said += f"of people. {advice or 'Is it the right column?'}"
    findings.mistake(place, said, f"{counted}, such as {_shown(cells, found, wrong, place)}")


def hardly_any_left(wrong: np.ndarray, cells: Cells) -> bool:
    """Whether a column, of more than a few cells, has hardly any that can be used."""
    if not wrong.any():
        return False
    n, known = cells.rows(wrong), cells.rows(cells.known)
    return (n >= ALL_FROM and n == known) or (n >= NEARLY_FROM and n >= NEARLY_ALL * known)


def _shown(cells: Cells, found: np.ndarray, wrong: np.ndarray, place: Place) -> str:
    """The first few different cells, with the row of the file that each is in."""
    rows = np.flatnonzero(cells.spread(wrong))
    texts = as_text(cells.spread(found)[rows])
    first = dict(zip(texts[::-1], place.rows[rows][::-1], strict=True))
    told = sorted(first.items(), key=lambda pair: pair[1])[:CELLS_SHOWN]
    return ", ".join(f"'{text}' (row {row})" for text, row in told)


def advice_on_range(found: np.ndarray, low: float, high: float, variable: str | None, in_years: bool) -> str:
    """Which setting may be wrong where hardly any number of a column lies in its valid range."""
    numbers = _numbers(found)
    able = (unit for unit in ("months", "weeks", "days") if _mostly(numbers / UNITS_PER_YEAR[unit], low, high))
    if in_years and (unit := next(able, None)) is not None:
        return f"Are they told in {unit}? If so, write `unit: {unit}`."
    setting = f"Is variables.{variable}.range right, and is it" if variable else "Is it"
    return f"{setting} the right column? A code for 'no answer' belongs under `missing`."


def advice_on_text(found: np.ndarray) -> str:
    """Which setting may be wrong where hardly any cell of a column is of the kind that is needed."""
    if any(DECIMAL_COMMA.fullmatch(text) for text in as_text(found[:FIRST_LOOK])):
        return "Have they decimal commas? Write points instead, in the file or by a hook (docs/mapping.md)."
    return "Is it the right column, or does it need `recode`?"


def advice_on_years(found: np.ndarray) -> str:
    """Which setting may be wrong where hardly any number of a column is a calendar year."""
    numbers = _numbers(found)
    if _mostly(numbers, *EXCEL_DAYS):
        return "Are they Excel's numbers of days? If so, write `date` with `format: excel`."
    if _mostly(numbers, *WITH_DIGITS):
        return 'Are they dates written as year, month, day? If so, write `date` with `format: "%Y%m%d"`.'
    if _mostly(numbers, *SHORT_YEARS):
        return "Are they ages (write `age_at`), or years of two digits (write four in the file)?"
    return "Is it the right column? This study's clock is the calendar (design.time_zero)."


def _numbers(found: np.ndarray) -> np.ndarray:
    numbers = Cells(found).number
    return numbers[~np.isnan(numbers)]


def _mostly(numbers: np.ndarray, low: float, high: float) -> bool:
    return bool(len(numbers)) and float(((numbers >= low) & (numbers <= high)).mean()) >= NEARLY_ALL
