"""What a raw column holds, and how it may be told in a file that others will read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..ingest.cells import Cells
from ..ingest.dates import ISO_DATE
from ..ingest.formats import RawTable
from ..ingest.values import as_text, plain
from ..study import Scalar

FEW, SMALL, ROUNDED = 5, 10, 5
MOST_CODES = 20
MOSTLY = 0.95
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
}
KIND = {
    "empty": "no value at all",
    "date": "date",
    "whole": "whole number",
    "number": "number",
    "text": "text",
}


@dataclass(frozen=True, eq=False)
class Column:
    """One raw column.

    Attributes
    ----------
    name, label : its name, and what the file says it means (may be empty).
    labels : code as text → label, as the file declares them.
    missing : codes that the file declares to mean 'no answer', in words.
    refused : further codes whose label says so, such as -9 'Refused'.
    cells : the cells; all of these codes are missing.
    people : number of the person that each row belongs to; of the row where that is not known.
    """

    name: str
    label: str
    labels: dict[str, str]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    cells: Cells
    people: np.ndarray = field(repr=False)

    @cached_property
    def known(self) -> int:
        """Rows that hold something."""
        return int(self.cells.known.sum())

    @cached_property
    def kind(self) -> str:
        """A key of KIND; a column of numbers may hold a few cells that are not."""
        if not self.known:
            return "empty"
        if self.cells.values.dtype.kind == "M":
            return "date"
        numbers = self.cells.number[~np.isnan(self.cells.number)]
        if len(numbers) >= MOSTLY * self.known:
            return "whole" if (np.mod(numbers, 1) == 0).all() else "number"
        texts = pd.Series(self.cells.text[self.cells.known]).value_counts()
        texts.index = texts.index.astype(str)
        return "date" if _share_written(texts, ISO_DATE) >= MOSTLY else "text"

    @cached_property
    def sound(self) -> bool:
        """Whether every cell is of the column's kind."""
        if self.kind in ("whole", "number"):
            return int((~np.isnan(self.cells.number)).sum()) == self.known
        return True

    @cached_property
    def codes(self) -> np.ndarray:
        """The cells as text, whole numbers the same whether 7 was typed as 7 or 7.0."""
        if self.kind != "whole":
            return self.cells.text
        numbers = self.cells.number
        return np.where(np.isnan(numbers), self.cells.text, as_text(np.nan_to_num(numbers)))

    @cached_property
    def counts(self) -> "pd.Series[int]":
        """People per code, in the order of the codes."""
        known = self.cells.known
        code, codes = pd.factorize(self.codes[known])
        person = self.people[known].astype(np.int64)
        once = ~pd.Series(person * len(codes) + code).duplicated().to_numpy()
        counts = pd.Series(np.bincount(code[once], minlength=len(codes)), index=codes, name="count")
        return counts.loc[sorted(counts.index, key=_as_sorted)]

    @cached_property
    def coded(self) -> bool:
        """Whether it has few different values, or labels for them."""
        return self.kind not in ("empty", "date") and 0 < len(self.counts) <= MOST_CODES

    @property
    def common(self) -> list[str]:
        """Codes that at least FEW people have."""
        return [str(code) for code, n in self.counts.items() if n >= FEW]

    @property
    def rare(self) -> list[str]:
        """Codes that fewer people have: they are never written down."""
        return [str(code) for code, n in self.counts.items() if n < FEW]

    @property
    def shown(self) -> str:
        """Its label, or its name in words."""
        return self.label or re.sub(r"[\W_]+", " ", self.name).strip() or self.name

    def has_words(self, *words: str) -> bool:
        """Whether its name or its label holds one of the words."""
        return bool(set(words) & tokens(f"{self.name} {self.label}"))


def tokens(text: str) -> set[str]:
    """Words of a name or label in lower case: ``visitDate_2`` → visit, date, 2."""
    return set(re.findall(r"[^\W\d_]+|\d+", parted(text).lower()))


def parted(text: str) -> str:
    """A name with its words apart: ``visitDate_2`` → visit_Date_2."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)


def _as_sorted(code: str) -> tuple[int, float, str]:
    try:
        return (0, float(code), code)
    except ValueError:
        return (1, 0.0, code)


def profile(raw: RawTable, no_answer: Sequence[Scalar] = ()) -> list[Column]:
    """Every column of a file.

    Parameters
    ----------
    raw : the file, all its columns read.
    no_answer : codes that mean 'no answer' in every column, beside those that the file declares.
    """
    people = np.arange(len(raw.frame))
    return [_column(raw, name, no_answer, people) for name in raw.columns if name in raw.frame]


def counted_in_people(columns: list[Column], person: Column) -> list[Column]:
    """The same columns, counted in people and no longer in rows; a row without a person is one of its own."""
    number = pd.factorize(person.cells.text)[0]
    nobody = number < 0
    number[nobody] = number.max(initial=-1) + 1 + np.arange(nobody.sum())
    return [replace(column, people=number) for column in columns]


def _column(raw: RawTable, name: str, no_answer: Sequence[Scalar], people: np.ndarray) -> Column:
    cells = Cells(plain(raw.frame[name]))
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
    return Column(name, raw.declared.columns.get(name, ""), labels, missing, refused, cells.without(none), people)


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
    gaps = len(column.cells.values) - column.known
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
    text = pd.Series(column.cells.text[column.cells.known], dtype=object).astype(str).value_counts()
    numbers = int((~np.isnan(column.cells.number)).sum())
    if numbers >= column.known / 2:
        return f"numbers, but {about(column.known - numbers)} are written with words or signs: correct them in the file"
    if _share_written(text, DECIMAL_COMMA) >= MOSTLY:
        return "numbers with decimal commas: write points instead, in the file or by a hook (docs/mapping.md)"
    forms = [said for pattern, said in DATES.items() if _share_written(text, pattern) > 1 - MOSTLY]
    if len(forms) == 1 and _share_written(text, "|".join(DATES)) >= MOSTLY:
        return f"dates as {forms[0]}: say so with `format` (docs/mapping.md)"
    if len(forms) > 1:
        return f"dates in {len(forms)} forms, {' and '.join(forms)}: write all alike in the file, or by a hook"
    return KIND["text"]


def _share_written(texts: "pd.Series[int]", pattern: str) -> float:
    """Share of cells that are written so, given how often each text occurs."""
    return float(texts[texts.index.str.fullmatch(pattern)].sum() / texts.sum())


def plain_line(text: str) -> str:
    """Text on one line, without a character that would end a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
