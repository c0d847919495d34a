"""What every reader gives: raw cells, the names of all columns, and what the file says of its codes."""

from dataclasses import dataclass, field

import pandas as pd

from ..study import Scalar

Span = tuple[Scalar, Scalar]


@dataclass(frozen=True)
class Declared:
    """What a file itself says: codes that mean 'no answer' (lowest, highest), labels of codes, labels of columns.

    `sheets` : of a workbook, the one that was read first.
    `without_results` : of a workbook, column → the first of its formulas whose result is not in the file.
    """

    missing: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    labels: dict[str, dict[Scalar, str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    without_results: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Extract:
    """What a reader gives: the wanted columns that exist, in raw cells, and the names of all columns."""

    frame: pd.DataFrame
    columns: tuple[str, ...]
    declared: Declared = Declared()
