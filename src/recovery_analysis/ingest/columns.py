"""Evaluating one column of a study's mapping on a raw table."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import nearest
from ..study import UNITS_PER_YEAR, ColumnMap, span
from ..study.sources import PARTS, parts_of, source_columns
from .cells import Cells
from .codes import by_label, codes_told_twice, known_cells, recode, report_unlisted
from .dates import DATE_SOURCES, MIDDLE_OF_YEAR, read_dates, whole_numbers
from .findings import Findings, Place
from .formats import RawTable
from .targets import ANY, BINARY, Target, coerce, fits
from .values import constant

TIES = 12
COLUMNS_SHOWN = 10


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A canonical column, with one cell per row of the raw table.

    Attributes
    ----------
    values : the values, texts as categories; missing where they are not known.
    precision : how exactly a time is known; missing where that says nothing.
    asked : works out whether the raw cell holds anything at all, be it a code for 'no answer'.
    """

    values: np.ndarray | pd.Categorical
    precision: np.ndarray
    asked: Callable[[], np.ndarray]


def evaluate(spec: ColumnMap, raw: RawTable, target: Target, place: Place, findings: Findings) -> Evaluated:
    """Values of one canonical column for every row of a raw table.

    Parameters
    ----------
    spec : the mapping of the column.
    raw : the raw table.
    target : what the canonical column wants.
    place : where the mapping is written.
    findings : receives mistakes in the mapping, and cells that cannot be used.

    Returns
    -------
    Evaluated
        Cells that failed are missing.
    """
    unknown = [c for c in _own_columns(spec) if c not in raw.columns]
    for column in unknown:
        findings.mistake(place, f"there is no column '{column}'. {nearest_column(column, raw)}")
    if not unknown and spec.recode_labels is not None:
        spec = by_label(spec, raw, place, findings)
    if unknown or not _sensible(spec, target, place, findings):
        return not_in_file(raw)
    if any(getattr(spec, source) is not None for source in DATE_SOURCES):
        return _dated(spec, raw, target, place, findings)
    if spec.age_on is not None:
        return _age_on(spec, raw, target, place, findings)
    if spec.constant is not None:
        return _constant(spec, raw, target, place, findings)
    if spec.column is not None:
        return _recoded(spec, raw, raw.cells(spec.column), spec.column, target, place, findings)
    return _combined(spec, raw, target, place, findings)


def _own_columns(spec: ColumnMap) -> list[str]:
    return [] if parts_of(spec) else list(source_columns(spec))


def nearest_column(column: str, raw: RawTable) -> str:
    """The advice that ends a sentence about a column that the file does not have."""
    same = [c for c in raw.columns if c.lower() == column.lower()]
    if same:
        return f"Did you mean '{same[0]}'? Capitals count."
    advice = nearest(column, raw.columns)
    if advice.startswith("Valid") and len(raw.columns) > COLUMNS_SHOWN:
        return f"The file has {len(raw.columns)} columns: {', '.join(raw.columns[:COLUMNS_SHOWN])} …"
    return advice


def not_in_file(raw: RawTable) -> Evaluated:
    """A column of which this file knows nothing."""
    n = raw.n
    return Evaluated(np.full(n, np.nan), _unknown_precision(n), lambda: np.zeros(n, dtype=bool))


def _unknown_precision(n: int) -> np.ndarray:
    return constant(None, n)


def _sensible(spec: ColumnMap, target: Target, place: Place, findings: Findings) -> bool:
    """Whether the options go together; what does not would otherwise be left aside without a word."""
    dated = [source for source in DATE_SOURCES if getattr(spec, source) is not None]
    before = len(findings.mistakes)
    if spec.age_on and (spec.recode or spec.unit):
        findings.mistake(place, "`recode` and `unit` cannot follow `age_on`, which gives an age in years.")
    if dated and (spec.recode or spec.unit):
        findings.mistake(place, f"`{dated[0]}` gives a decimal year, so `recode` and `unit` cannot follow it.")
    if dated and target.kind not in ("time", "number", "any"):
        findings.mistake(place, f"`{dated[0]}` gives a decimal year, but {target.words} is needed here.")
    if dated and target.kind == "time" and not target.calendar:
        findings.mistake(
            place,
            f"this study counts time from enrolment (design.time_zero), but `{dated[0]}` gives a calendar date. Give "
            "the time since enrolment with `unit: days`, `weeks`, `months` or `years`; or map the event that starts "
            "the clock, and name it under design.time_zero.",
        )
    if spec.unit and target.kind == "time" and target.calendar:
        findings.mistake(
            place,
            "`unit` gives a length of time, but this study's clock is the calendar. "
            "Use `date`, `year_month` or `age_at`.",
        )
    _sensible_codes(spec, target, place, findings)
    return len(findings.mistakes) == before


def _sensible_codes(spec: ColumnMap, target: Target, place: Place, findings: Findings) -> None:
    word = "recode" if spec.recode_labels is None else "recode_labels"
    for code, value in (spec.recode_labels or spec.recode or {}).items():
        limits = span(code) if word == "recode" else None
        if limits and limits[0] > limits[1]:
            findings.mistake(place.at(word), f"the range {code} runs backwards; write the lower end first.")
        wrong = None if value is None or spec.unit else fits(value, target)
        if wrong:
            findings.mistake(place.at(word), f"{'code' if word == 'recode' else 'label'} {code}: {wrong}")
    for one, other in codes_told_twice(spec.recode or {}):
        findings.mistake(place.at("recode"), f"{one} and {other} list the same code twice; give each code one value.")


def _dated(spec: ColumnMap, raw: RawTable, target: Target, place: Place, findings: Findings) -> Evaluated:
    dates = read_dates(spec, raw, place, findings)
    values = coerce(Cells(dates.values), target, dates.shown, dates.column, place, findings)
    return Evaluated(values, dates.precision, dates.asked)


def _age_on(spec: ColumnMap, raw: RawTable, target: Target, place: Place, findings: Findings) -> Evaluated:
    """Age at a date, counted from the middle of the year of birth."""
    when = evaluate(spec.age_on.when, raw, ANY, place.at("age_on", "when"), findings)
    column = spec.age_on.birth_year
    birth_year = whole_numbers(spec, raw, column, place, findings, "is not a calendar year")
    age = when.values - (birth_year + MIDDLE_OF_YEAR)
    columns = ", ".join(dict.fromkeys(source_columns(spec)))
    values = coerce(Cells(age), target, age.round(1), columns, place, findings)
    return Evaluated(values, _unknown_precision(len(values)), when.asked)


def _constant(spec: ColumnMap, raw: RawTable, target: Target, place: Place, findings: Findings) -> Evaluated:
    wrong = fits(spec.constant, target if spec.unit is None else replace(target, low=-np.inf, high=np.inf))
    if wrong:
        findings.mistake(place.at("constant"), wrong)
        return not_in_file(raw)
    value = np.array([spec.constant], dtype=object if isinstance(spec.constant, str) else None)
    cells = Cells(value, np.zeros(raw.n, dtype=np.intp))
    return _recoded(spec, raw, cells, "constant", target, place, findings)


def _recoded(
    spec: ColumnMap,
    raw: RawTable,
    found: Cells,
    column: str,
    target: Target,
    place: Place,
    findings: Findings,
) -> Evaluated:
    """Missing codes, quarantine codes, recode, unit, then the type that the target wants."""
    cells = known_cells(spec, raw, found, column, place, findings)
    if spec.recode is not None:
        codes = cells
        cells, unlisted = recode(codes, spec.recode)
        report_unlisted(codes, unlisted, column, raw, place, findings, spec.recode_labels is None)
    precision = None
    if spec.unit is not None:
        length = coerce(cells, Target("number"), found.values, column, place, findings)
        cells = cells.holding((length / UNITS_PER_YEAR[spec.unit]).round(TIES))
        precision = constant("day", len(length))
    values = coerce(cells, target, found.values, column, place, findings)
    if target.kind == "time" and spec.unit is None:
        values, precision = _plain_time(values, target)
    told = _unknown_precision(len(found)) if precision is None else found.spread(precision)
    spread = found.spread(values) if values.dtype != object or target is ANY else found.spread_texts(values)
    return Evaluated(spread, told, lambda: found.spread(found.known))


def _plain_time(values: np.ndarray, target: Target) -> tuple[np.ndarray, np.ndarray]:
    """A time written as a number of years; a calendar year alone means its middle."""
    whole = np.mod(values, 1) == 0
    precision = np.where(whole, "year", "day").astype(object)
    return (values + MIDDLE_OF_YEAR * whole if target.calendar else values), precision


def _combined(spec: ColumnMap, raw: RawTable, target: Target, place: Place, findings: Findings) -> Evaluated:
    """Parts first, each on its own, then what follows them."""
    name = next(word for word in PARTS if getattr(spec, word) is not None)
    follows = spec.recode is not None or spec.unit is not None
    wanted = {"first_of": ANY if follows else target, "sum_of": Target("number")}.get(name, BINARY)
    parts = [evaluate(part, raw, wanted, place.at(name, i), findings) for i, part in enumerate(parts_of(spec))]
    values, precision = _first_known(parts)
    match name:
        case "any_of" | "all_of":
            values = _kleene([part.values for part in parts], settles=1.0 if name == "any_of" else 0.0)
        case "sum_of":
            values = _sum([part.values for part in parts], spec.needs or len(parts))

    def asked() -> np.ndarray:
        return np.logical_or.reduce([part.asked() for part in parts])

    if name != "sum_of" and wanted is target and not (follows or spec.missing or spec.quarantine):
        return Evaluated(values, precision, asked)
    column = ", ".join(dict.fromkeys(source_columns(spec)))
    final = _recoded(spec, raw, Cells(values), column, target, place, findings)
    told = np.array([p is not None for p in precision], dtype=bool)
    return Evaluated(final.values, np.where(told, precision, final.precision), asked)


def _sum(parts: list[np.ndarray], needs: int) -> np.ndarray:
    """Sum over the parts; missing where fewer than `needs` are known."""
    cells = np.column_stack(parts)
    return np.where((~np.isnan(cells)).sum(axis=1) >= needs, np.nansum(cells, axis=1), np.nan)


def _first_known(parts: list[Evaluated]) -> tuple[np.ndarray, np.ndarray]:
    values, precision = parts[0].values, parts[0].precision
    for part in parts[1:]:
        known = pd.notna(values)
        precision = np.where(known, precision, part.precision)
        values = np.where(known, values, part.values)
    return values, precision


def _kleene(parts: list[np.ndarray], settles: float) -> np.ndarray:
    """Three-valued or (settles = 1) and and (settles = 0): missing unless the known parts decide."""
    cells = np.column_stack(parts)
    settled = (cells == settles).any(axis=1)
    unknown = np.isnan(cells).any(axis=1)
    return np.where(settled, settles, np.where(unknown, np.nan, 1.0 - settles))
