"""What a raw column holds, and how it may be told in a file that others will read."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..ingest.cells import Cells
from ..ingest.dates import ISO_DATE, SHORT_MONTHS
from ..ingest.formats import RawTable
from ..study import Scalar
from .column import MOSTLY, Column, share_written

SMALL, ROUNDED = 10, 5
NO_ANSWER = re.compile(
    r"refus|declin|don.?t know|do not know|not (known|asked|answered|stated|applicable)|no answer|unknown|missing"
    r"|inapplicable|skipped",
    re.IGNORECASE,
)
DECIMAL_COMMA = r"[+-]?\d+,\d+|[+-]?\d+"
DATES = {
    ISO_DATE: "YYYY-MM-DD",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "day.month.year",
    r"\d{1,2}/\d{1,2}/\d{4}": "day/month/year or month/day/year",
    r"\d{1,2}-\d{1,2}-\d{4}": "day-month-year or month-day-year",
    r"\d{1,2} \w+ \d{4}": "day, month in words, year",
    r"\d{1,2}[/.-]\d{4}": "month and year",
    rf"(?i:{'|'.join(SHORT_MONTHS)})[a-z]*\.? \d{{4}}": "month in words, year",
    r"\d{4}-\d{1,2}": "year-month",
}
KIND = {
    "empty": "no value at all",
    "date": "date",
    "whole": "whole number",
    "number": "number",
    "text": "text",
}


def profile(raw: RawTable, no_answer: Sequence[Scalar] = ()) -> list[Column]:
    """Every column of a file.

    Parameters
    ----------
    raw : the file, all its columns read.
    no_answer : codes that mean 'no answer' in every column, beside those that the file declares.
    """
    return [_column(raw, name, no_answer) for name in raw.columns if name in raw.frame]


def counted_in_people(columns: list[Column], person: Column) -> list[Column]:
    """The same columns, counted in people and no longer in rows; a row without a person is one of its own."""
    number = person.cells.spread_texts(person.cells.text).codes.astype(np.int64)
    nobody = number < 0
    number[nobody] = number.max(initial=-1) + 1 + np.arange(nobody.sum())
    return [replace(column, people=number) for column in columns]


def _column(raw: RawTable, name: str, no_answer: Sequence[Scalar]) -> Column:
    cells = raw.cells(name)
    spans = raw.declared.missing.get(name, ())
    labels = {_code(code): str(text) for code, text in raw.declared.labels.get(name, {}).items()}
    refused = tuple(code for code, text in labels.items() if NO_ANSWER.search(text))
    none = cells.among([*no_answer, *refused])
    for low, high in spans:
        none |= cells.within(low, high)
    missing = tuple(_span(low, high, labels) for low, high in spans)
    inside = {code for code in labels if any(_within(code, low, high) for low, high in spans)}
    labels = {code: text for code, text in labels.items() if code not in (*inside, *refused, *map(str, no_answer))}
    refused = tuple(code for code in refused if code not in inside)
    return Column(name, raw.declared.columns.get(name, ""), labels, missing, refused, cells.without(none))


def _within(code: str, low: Scalar, high: Scalar) -> bool:
    return bool(Cells(np.array([code], dtype=object)).within(low, high)[0])


def _span(low: Scalar, high: Scalar, labels: dict[str, str]) -> str:
    """Codes that a file declares missing, with what it says of them."""
    told = {code: text for code, text in labels.items() if _within(code, low, high)}
    if low == high:
        return " ".join([_code(low), *(f"({text})" for text in told.values())])
    span = f"{_code(low)} to {_code(high)}"
    return f"{span} ({', '.join(f'{code}: {text}' for code, text in told.items())})" if told else span


def _code(value: object) -> str:
    return str(value).removesuffix(".0")


def about(n: float) -> str:
    """A count as it may be shared: ``<10``, or rounded to 5 so that no difference of two gives a small one."""
    return f"<{SMALL}" if n < SMALL else f"{ROUNDED * int(n / ROUNDED + 0.5):,}"


def in_words(column: Column) -> str:
    """A column as one line of comment: type, how many, codes; no value that fewer than FEW people have."""
    gaps = column.n - column.known
    parts = [text_in_words(column) if column.kind == "text" else KIND[column.kind]]
    parts += [f"{about(column.known)} known, {about(gaps) if gaps else 'none'} missing"] if column.known else []
    parts += [f"'{column.label}'"] if column.label else []
    parts += [f"declared missing: {', '.join(column.missing)}"] if column.missing else []
    parts += [f"labelled as no answer: {', '.join(column.refused)}"] if column.refused else []
    codes = [code for code in (column.common if column.coded else []) if code not in column.labels]
    told = [f"{code} ({label}): {about(column.counts.get(code, 0))}" for code, label in column.labels.items()]
    told += [f"{code}: {about(column.counts[code])}" for code in codes]
    parts += [f"codes {', '.join(told)}"] if told else []
    parts += ["other codes that fewer than 5 people have"] if column.coded and column.rare else []
    return plain_line(f"{column.name}: {'; '.join(parts)}")


def text_in_words(column: Column) -> str:
    """What a column of text mostly holds, where it is numbers or dates that are not written as such."""
    forms = column.forms
    if column.not_numbers <= column.known / 2:
        found = f"numbers, but {about(column.not_numbers)} are written with words or signs"
        return f"{found}: list what means no answer under `missing`, correct the others in the file"
    if share_written(forms, DECIMAL_COMMA) >= MOSTLY:
        return "numbers with decimal commas: write points instead, in the file or by a hook (docs/mapping.md)"
    dates = [said for pattern, said in DATES.items() if share_written(forms, pattern) > 1 - MOSTLY]
    if len(dates) == 1 and share_written(forms, "|".join(DATES)) >= MOSTLY:
        return f"dates as {dates[0]}: say so with `format` (docs/mapping.md)"
    if len(dates) > 1:
        return f"dates in {len(dates)} forms, {' and '.join(dates)}: write all alike in the file, or by a hook"
    return KIND["text"]


def plain_line(text: str) -> str:
    """Text on one line, without a character that would end a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
