"""What a canonical column wants of its cells, and turning cells into it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ..errors import nearest
from ..schemas.tables import WHOLE
from ..study import Scalar
from .cells import Cells
from .findings import Findings, Place
from .whole_columns import advice_on_range, advice_on_text, advice_on_years, tell_cells

CALENDAR_YEARS = (1900.0, 2100.0)
# Nobody's life is longer, on either side of enrolment.
LIFETIME = 120.0
Kind = Literal["text", "number", "binary", "whole", "level", "time", "any"]


@dataclass(frozen=True)
class Target:
    """What a canonical column wants.

    Attributes
    ----------
    kind : any means: leave the cells as they are.
    low, high : valid range of a number, both included unless `above` says that `low` is not.
    levels : valid values of a category.
    calendar : for a time, whether the study's clock is the calendar (otherwise years since enrolment).
    variable : the study's own variable that states the range of a number; missing where it is not its own.
    in_years : whether a number is a length of time in years, such as an age.
    """

    kind: Kind
    low: float = -np.inf
    high: float = np.inf
    above: bool = False
    levels: tuple[str, ...] = ()
    calendar: bool = False
    variable: str | None = None
    in_years: bool = False

    @property
    def words(self) -> str:
        """What is expected, in words."""
        if self.kind == "level":
            return f"one of {', '.join(self.levels)}"
        return {"binary": "0 or 1", "whole": "a whole number", "text": "text"}.get(self.kind, "a number")

    @property
    def range_words(self) -> str:
        """The valid range, in words."""
        if self.above:
            return f"above {self.low:g}"
        return f"from {self.low:g} to {self.high:g}" if np.isfinite(self.high) else f"of {self.low:g} or more"


ANY = Target("any")
BINARY = Target("binary", 0, 1)


def target_of(column: pa.Column) -> Target:
    """The target that a column of the canonical schema describes."""
    facts: dict[str, Any] = {check.name: check.statistics for check in column.checks}
    limits = facts.get("in_range", facts.get("greater_than_or_equal_to", facts.get("greater_than", {})))
    allowed = facts.get("isin", {}).get("allowed_values")
    if str(column.dtype) == "str":
        return Target("text") if allowed is None else Target("level", levels=tuple(allowed))
    if allowed is not None:
        return BINARY
    kind: Kind = "whole" if str(column.dtype).startswith("int") or WHOLE in facts else "number"
    low, high = limits.get("min_value", -np.inf), limits.get("max_value", np.inf)
    return Target(kind, low, high, above="greater_than" in facts)


def coerce(
    cells: Cells, target: Target, found: np.ndarray, column: str, place: Place, findings: Findings
) -> np.ndarray:
    """Values of the kind that the target wants, shape (m,); others become missing and are noted.

    Parameters
    ----------
    cells : the cells, after recoding.
    target : what is wanted.
    found : the values as found in the file, shown to the researcher.
    column : the raw column.
    """
    match target.kind:
        case "any":
            return cells.values
        case "text":
            return cells.text
        case "level":
            return _levels(cells, target, found, column, place, findings)
        case "time":
            return _times(cells, target, found, column, place, findings)
        case _:
            return _numbers(cells, target, found, column, place, findings)


def _levels(
    cells: Cells, target: Target, found: np.ndarray, column: str, place: Place, findings: Findings
) -> np.ndarray:
    wrong = cells.known & ~np.asarray(pd.Series(cells.text).isin(target.levels))
    _not_of_its_kind("unknown_level", wrong, cells, target, found, column, place, findings)
    return np.where(wrong, None, cells.text)


def _times(
    cells: Cells, target: Target, found: np.ndarray, column: str, place: Place, findings: Findings
) -> np.ndarray:
    number = _readable(cells, target, found, column, place, findings)
    first, last = CALENDAR_YEARS if target.calendar else (-LIFETIME, LIFETIME)
    outside = (number < first) | (number > last)
    if not outside.any():
        return number
    if target.calendar:
        what, advice = f"does not lie between {first:g} and {last:g}", advice_on_years(found[outside])
    else:
        what, advice = f"is over {LIFETIME:g} years from enrolment", "Is its `unit` the right one?"
    tell_cells("impossible_date", place, column, cells, found, outside, what, findings, advice)
    return np.where(outside, np.nan, number)


def _numbers(
    cells: Cells, target: Target, found: np.ndarray, column: str, place: Place, findings: Findings
) -> np.ndarray:
    number = _readable(cells, target, found, column, place, findings)
    too_low = number <= target.low if target.above else number < target.low
    outside = too_low | (number > target.high)
    if not outside.any():
        return number
    what = f"is outside the valid range {target.range_words}"
    advice = advice_on_range(found[outside], target.low, target.high, target.variable, target.in_years)
    tell_cells("out_of_range", place, column, cells, found, outside, what, findings, advice)
    return np.where(outside, np.nan, number)


def _readable(
    cells: Cells, target: Target, found: np.ndarray, column: str, place: Place, findings: Findings
) -> np.ndarray:
    number = cells.number
    readable = ~np.isnan(number)
    if target.kind == "binary":
        readable &= np.isin(number, (0.0, 1.0))
    if target.kind == "whole":
        readable &= np.mod(number, 1) == 0
    wrong = cells.known & ~readable
    _not_of_its_kind("unreadable_value", wrong, cells, target, found, column, place, findings)
    return np.where(wrong, np.nan, number) if wrong.any() else number


def _not_of_its_kind(
    check: str,
    wrong: np.ndarray,
    cells: Cells,
    target: Target,
    found: np.ndarray,
    column: str,
    place: Place,
    findings: Findings,
) -> None:
    if not wrong.any():
        return
    advice = advice_on_text(found[wrong])
    tell_cells(check, place, column, cells, found, wrong, f"is not {target.words}", findings, advice)


def fits(value: Scalar, target: Target) -> str | None:
    """Why a value written in the configuration does not fit the target; None if it does."""
    if target.kind == "level" and str(value) not in target.levels:
        return f"'{value}' is not a valid value. {nearest(value, target.levels)}"
    if target.kind in ("number", "binary", "whole", "time") and not isinstance(value, (int, float)):
        return f"'{value}' is not {target.words}."
    if target.kind == "binary" and value not in (0, 1):
        return f"{value} is not 0 or 1."
    if target.kind != "time" and isinstance(value, (int, float)) and not target.low <= value <= target.high:
        return f"{value} is outside the valid range {target.range_words}."
    return None
