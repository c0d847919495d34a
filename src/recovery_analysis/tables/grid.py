"""A table before it is HTML or Word: caption, header cells with spans, rows with heads, notes."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Head:
    """A header cell; `span` columns wide."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A row: its head, its cells; without cells it heads the rows under it. `indent` marks a part of them."""

    head: str
    cells: tuple[str, ...] = ()
    indent: bool = False


@dataclass(frozen=True)
class Grid:
    """A finished table.

    Attributes
    ----------
    caption : title, said before the numbers.
    label : the label of simulated data; None for real data.
    heads : rows of header cells; the first cell of each stands over the row heads.
    rows : body.
    notes : footnotes.
    tidy : the same numbers, one row each, for a spreadsheet.
    words : whether the cells are words and not numbers: they stand on the left and are wrapped.
    """

    caption: str
    label: str | None
    heads: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    tidy: pd.DataFrame
    words: bool = False

    @property
    def width(self) -> int:
        """Number of columns, that of the row heads included."""
        return sum(head.span for head in self.heads[-1])
