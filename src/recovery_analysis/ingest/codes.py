"""Codes of a study: which mean 'no answer', which are typing errors, and what the others stand for."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from ..study import ColumnMap, Scalar, span
from .cells import Cells
from .findings import SET_ASIDE, Findings, Place
from .formats import RawTable
from .values import as_number

CODES_SHOWN = 10


def codes_told_twice(table: Mapping[Scalar, Scalar | None]) -> Iterator[tuple[Scalar, Scalar]]:
    """Ranges that overlap, and codes that are the same number or text, where the two stand for different values."""
    spans = [(code, limits) for code in table if (limits := span(code)) is not None]
    for (one, first), (other, second) in combinations(spans, 2):
        if max(first[0], second[0]) <= min(first[1], second[1]) and table[one] != table[other]:
            yield one, other
    seen: dict[float | str, Scalar] = {}
    for code, value in table.items():
        number = as_number(code)
        key = str(code).strip() if number is None else number
        if span(code) is None and table[seen.setdefault(key, code)] != value:
            yield seen[key], code


def known_cells(spec: ColumnMap, raw: RawTable, cells: Cells, column: str, place: Place, findings: Findings) -> Cells:
    """Cells without codes that mean 'no answer' and codes listed as typing errors.

    A code that the column's own `recode` or `quarantine` lists is not taken as missing only because the file
    says so.
    """
    listed = [code for code in (*(spec.recode or ()), *spec.quarantine) if span(code) is None]
    missing = cells.among(raw.missing.get(column, ()))
    for low, high in raw.declared.missing.get(column, ()):
        missing |= cells.within(low, high)
    if missing.any() and listed:
        missing &= ~cells.among(listed)
    known = cells.without(missing | cells.among(spec.missing))
    if not spec.quarantine:
        return known
    errors = known.among(spec.quarantine) & known.known
    listed_at = f"{place.path}.quarantine"
    action = f"{SET_ASIDE[place.table]}. Correct it in the file, then remove the code from {listed_at}."
    what = "is listed as a typing error"
    findings.failing_cells("quarantined_code", place, column, cells, cells.values, errors, what, action)
    return known.without(errors)


def recode(cells: Cells, table: Mapping[Scalar, Scalar | None]) -> tuple[Cells, np.ndarray]:
    """Turn codes into values; exact codes go before ranges.

    Parameters
    ----------
    cells : the codes.
    table : code or `lo..hi` → value; None means missing.

    Returns
    -------
    cells : the values.
    unlisted : which cells hold a code that the table does not list.
    """
    numeric = all(isinstance(value, (int, float)) for value in table.values() if value is not None)
    out = np.full(len(cells.values), np.nan) if numeric else np.full(len(cells.values), None, dtype=object)
    unlisted = cells.known.copy()
    for code, value in sorted(table.items(), key=lambda item: span(item[0]) is not None):
        hits = unlisted & cells.among([code])
        if value is not None:
            out[hits] = value
        unlisted &= ~hits
    return cells.holding(out), unlisted


def by_label(spec: ColumnMap, raw: RawTable, place: Place, findings: Findings) -> ColumnMap:
    """The mapping with a `recode` by code, worked out from the labels that the file gives its codes."""
    labels = raw.declared.labels.get(str(spec.column), {})
    if not labels:
        findings.mistake(
            place.at("recode_labels"),
            f"the file has no labels for the codes of column '{spec.column}'. Write `recode` with the codes "
            "themselves (labels come with SPSS and Stata files only).",
        )
    by_name: dict[str, list[Scalar]] = {}
    for code, label in labels.items():
        by_name.setdefault(str(label).strip(), []).append(code)
    table = {c: value for name, value in spec.recode_labels.items() for c in by_name.get(name.strip(), ())}
    return spec.model_copy(update={"recode": table})


def report_unlisted(
    cells: Cells, unlisted: np.ndarray, column: str, raw: RawTable, place: Place, findings: Findings, by_code: bool
) -> None:
    """Note the codes of a column that its `recode` does not list, with their labels and their number."""
    if not unlisted.any():
        return
    counts = pd.Series(cells.spread(cells.text)[cells.spread(unlisted)]).value_counts().sort_index()
    labels = {str(code).removesuffix(".0"): label for code, label in raw.declared.labels.get(column, {}).items()}
    shown = [
        f"{code}{f' ({labels[code]})' if code in labels else ''} in {n} {'row' if n == 1 else 'rows'}"
        for code, n in counts[:CODES_SHOWN].items()
    ]
    more = f" and {len(counts) - CODES_SHOWN} more codes" if len(counts) > CODES_SHOWN else ""
    word = "recode" if by_code else "recode_labels"
    findings.mistake(
        place.at(word),
        f"column '{column}' holds codes that `{word}` does not list: {'; '.join(shown)}{more}. Add each to "
        f"`{word}`, or to `missing` if it means no answer, or to `quarantine` if it is a typing error.",
    )
