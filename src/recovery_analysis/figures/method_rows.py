"""One number by several methods, group after group: a dot and an interval each, the truth as a line through them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from .. import formats, labels
from .sheet import MARGIN, PALETTE, QUIET, RULE, SMALL, WIDTH, Sheet, line_height

METHODS = ("reverse_time", "right_truncated", "naive", "truth")
GROUPS = ("all", "woman", "man")
LOOK = {
    "reverse_time": (PALETTE[0], "-", "o"),
    "right_truncated": (PALETTE[4], (0, (5, 1.6)), "s"),
    "naive": (PALETTE[1], "-.", "^"),
    "truth": (PALETTE[2], (0, (1, 1.2)), "D"),
}
ROW, NAME_WIDTH, NUMBER_WIDTH = 0.19, 1.85, 1.45
# What could have been found is not drawn, nor makes the axis longer, if it lies beyond.
WIDEST = 10.0


@dataclass(frozen=True)
class MethodRow:
    """One number for the people of a group, by one method, with its interval; limits are missing for the truth.

    `detectable` : the ratio above 1 that a null could have found; missing for others.
    """

    group: str
    method: str
    estimate: float
    low: float
    high: float
    detectable: float

    @property
    def has_interval(self) -> bool:
        """Whether both limits are known."""
        return not (formats.is_missing(self.low) or formats.is_missing(self.high))

    @property
    def ticks(self) -> list[float]:
        """Where what could have been found is drawn: as far below 1 as above it."""
        return [self.detectable, 1 / self.detectable] if 1 < self.detectable <= WIDEST else []


def method_rows(rows: pd.DataFrame, method: pd.Series, turned: Callable[[float], float] = float) -> list[MethodRow]:
    """Rows that can be shown, group after group, method after method.

    Parameters
    ----------
    rows : released estimates of one quantity. `method` : of each of them, one of METHODS.
    turned : from the scale of the model to the one that is shown.
    """
    known = rows.assign(method=method)[(rows["status"] == "ok") & rows["estimate"].notna()]
    known = known.set_index(["group", "method"])[["estimate", "conf_low", "conf_high", "detectable"]].astype(float)
    keys = [(group, method) for group in GROUPS for method in METHODS if (group, method) in known.index]
    return [MethodRow(*key, *(turned(value) for value in known.loc[key])) for key in keys]


def number(row: MethodRow, digits: int) -> str:
    """The estimate and its interval, as printed."""
    middle = formats.number(row.estimate, digits)
    if not row.has_interval:
        return middle
    return f"{middle} ({formats.number(row.low, digits)} to {formats.number(row.high, digits)})"


def draw_rows(
    sheet: Sheet, heading: str, found: Sequence[MethodRow], digits: int, no_effect: float | None = None
) -> None:
    """A dot and an interval for each method in each group, its name at the left, its number at the right.

    Parameters
    ----------
    heading : what the numbers are.
    digits : decimals of the numbers.
    no_effect : where a thin line says that there is no difference, on an axis of ratios; None on one of times.
    """
    sheet.text(MARGIN, sheet.y, heading, SMALL, weight="bold")
    sheet.y += line_height(SMALL) + 0.04
    ends = [value for row in found for value in (row.low, row.estimate, row.high, *row.ticks)]
    limits = [value for value in ends if not formats.is_missing(value)]
    for group in dict.fromkeys(row.group for row in found):
        own = [row for row in found if row.group == group]
        sheet.text(MARGIN, sheet.y, labels.gender(group), SMALL, weight="bold")
        sheet.y += line_height(SMALL)
        top = sheet.y
        axes = sheet.axes(ROW * len(own), NAME_WIDTH, NUMBER_WIDTH)
        _dots(axes, own)
        if no_effect is not None:
            axes.set_xscale("log")
            axes.axvline(no_effect, color=RULE, linewidth=0.8, zorder=0)
            axes.set_xlim(min(no_effect, *limits) / 1.05, max(no_effect, *limits) * 1.05)
        else:
            axes.set_xlim(0, max(limits) * 1.05)
        axes.set_xticks([])
        axes.minorticks_off()
        for i, row in enumerate(own):
            y = top + ROW * (i + 0.5)
            sheet.text(MARGIN * 3, y, labels.DESIGN_SHORT[row.method], SMALL, va="center")
            sheet.text(WIDTH - MARGIN, y, number(row, digits), SMALL, va="center", ha="right")
        sheet.y += 0.04
    sheet.y += 0.06


def _dots(axes: Axes, own: list[MethodRow]) -> None:
    for i, row in enumerate(own):
        color, _, marker = LOOK[row.method]
        if row.has_interval:
            axes.plot([row.low, row.high], [i, i], color=color, linewidth=1.8, solid_capstyle="butt")
        axes.plot(row.ticks, [i] * len(row.ticks), color=QUIET, marker="|", markersize=7, linestyle="none")
        axes.plot([row.estimate], [i], color=color, marker=marker, markersize=6, linestyle="none")
        if row.method == "truth":
            axes.axvline(row.estimate, color=color, linewidth=0.8, linestyle=LOOK["truth"][1], zorder=0)
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
