"""Participant flow as STROBE asks for it: who came in, who was left out and why, who was analysed."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.patches import FancyArrowPatch, Rectangle

from .. import labels
from .context import Context
from .sheet import BODY, INK, MARGIN, QUIET, SMALL, WIDTH, Drawing, Sheet, line_height, style, wrap

LEFT, RIGHT = 2.75, 3.05
PAD, GAP = 0.09, 0.22
FEWER = (
    "An analysis has fewer people where something it needs is not known, or cannot be; the data-quality page says why."
)
HEADS = {"quarantined": "Set aside: not usable as recorded", "excluded": "Left out by a stated rule"}


def draw_flow(flow: pd.DataFrame, context: Context, title: str | None, caption: str = "") -> Drawing:
    """Draw the boxes of a participant flow.

    Parameters
    ----------
    flow : the released flow table of one study.
    context : words of the study.
    title : None leaves it out, for a document that has a heading of its own.
    caption : a further note.
    """
    flow = drawn(flow)
    with style():
        sheet = Sheet()
        sheet.heading(title, context.simulated)
        if flow.empty:
            sheet.paragraph(labels.EMPTY["flow"])
        else:
            _boxes(sheet, flow.sort_values("step", kind="stable"), context)
        single = FEWER if (flow["analysis"].notna() & (flow["kind"] == "excluded")).any() else ""
        sheet.notes([single, caption, *context.closing(bool(_boxed(flow)["suppressed"].any()))])
    return sheet.finish(title or "Who took part", describe(flow))


def drawn(flow: pd.DataFrame) -> pd.DataFrame:
    """Files and people; the rows of each table are in flow.csv and on the data-quality page."""
    of_a_table = ~flow["unit"].isin(["rows", "people"])
    return flow[~(of_a_table | ((flow["unit"] == "rows") & (flow["kind"] == "excluded")))]


def _boxed(flow: pd.DataFrame) -> pd.DataFrame:
    """The rows whose numbers stand in a box: who was left out of a single analysis is on the data-quality page."""
    return flow[flow["analysis"].isna() | (flow["kind"] == "analysed")]


def describe(flow: pd.DataFrame) -> str:
    """The steps of the flow as sentences."""
    steps = flow.sort_values("step", kind="stable")
    return (
        " ".join(f"{row.label}: {labels.amount(row.n, row.unit, row.suppressed)}." for row in steps.itertuples())
        or labels.EMPTY["flow"]
    )


def _boxes(sheet: Sheet, flow: pd.DataFrame, context: Context) -> None:
    """Main boxes on the left, those left out beside the arrow between them, then the analyses."""
    sheet.y += 0.05
    main = flow[flow["kind"].isin(["read", "eligible"])]
    out = flow[flow["kind"].isin(["quarantined", "excluded"]) & flow["analysis"].isna()]
    previous: float | None = None
    for kind in ("read", "eligible"):
        rows = main[main["kind"] == kind]
        if kind == "eligible" and not out.empty:
            previous = _left_out(sheet, out, previous)
        if not rows.empty:
            previous = _main_box(sheet, rows, previous)
    analysed = flow[flow["kind"] == "analysed"]
    if not analysed.empty:
        _analysed(sheet, analysed, previous, context)
    sheet.y += 0.12


def _main_box(sheet: Sheet, rows: pd.DataFrame, previous: float | None) -> float:
    """A box of the main line with an arrow from the one above; returns the depth of its lower edge."""
    top = sheet.y
    lines: list[tuple[str, str]] = []
    for row in rows.itertuples():
        lines += [(line, "bold") for line in wrap(str(row.label), LEFT - 2 * PAD, BODY, "bold")]
        lines.append((labels.amount(row.n, row.unit, row.suppressed), "normal"))
    bottom = _box(sheet, MARGIN, top, LEFT, lines)
    if previous is not None:
        _arrow(sheet, (MARGIN + LEFT / 2, previous), (MARGIN + LEFT / 2, top))
    sheet.y = bottom + GAP
    return bottom


def _left_out(sheet: Sheet, rows: pd.DataFrame, previous: float | None) -> float | None:
    """Boxes on the right for what was set aside and who was left out, joined to the main line."""
    x = WIDTH - MARGIN - RIGHT
    for kind in ("quarantined", "excluded"):
        some = rows[rows["kind"] == kind]
        if some.empty:
            continue
        lines = [(line, "bold") for line in wrap(HEADS[kind], RIGHT - 2 * PAD, SMALL, "bold")]
        for row in some.itertuples():
            wrapped = wrap(
                f"{labels.step(row.label)}: {labels.amount(row.n, row.unit, row.suppressed)}",
                RIGHT - 2 * PAD - 0.15,
                SMALL,
            )
            lines += [(("• " if i == 0 else "   ") + line, "normal") for i, line in enumerate(wrapped)]
        top = sheet.y
        bottom = _box(sheet, x, top, RIGHT, lines, SMALL)
        if previous is not None:
            middle = (top + bottom) / 2
            _arrow(sheet, (MARGIN + LEFT / 2, middle), (x, middle))
        sheet.y = bottom + 0.12
    sheet.y += GAP - 0.12
    return previous


def _analysed(sheet: Sheet, rows: pd.DataFrame, previous: float | None, context: Context) -> None:
    """One box across the page: the people analysed, per analysis."""
    top, width = sheet.y, WIDTH - 2 * MARGIN
    lines: list[tuple[str, str]] = [("Analysed", "bold")]
    numbers: list[tuple[int, str]] = []
    for row in rows.itertuples():
        known = isinstance(row.analysis, str) and row.analysis in context.analyses
        label = context.analyses[row.analysis].title if known else str(row.label)
        numbers.append((len(lines), labels.amount(row.n, row.unit, row.suppressed)))
        lines += [(line, "normal") for line in wrap(label, width - 2 * PAD - 1.3, SMALL)]
    bottom = _box(sheet, MARGIN, top, width, lines, SMALL)
    for place, amount in numbers:
        y = top + PAD + place * line_height(SMALL)
        sheet.text(MARGIN + width - PAD, y, amount, SMALL, ha="right")
    if previous is not None:
        _arrow(sheet, (MARGIN + LEFT / 2, previous), (MARGIN + LEFT / 2, top))
    sheet.y = bottom


def _box(
    sheet: Sheet, x: float, top: float, width: float, lines: Sequence[tuple[str, str]], size: float = BODY
) -> float:
    """A framed box around lines of text; returns the depth of its lower edge."""
    height = len(lines) * line_height(size) + 2 * PAD
    frame = Rectangle((x, -top - height), width, height, facecolor="white", edgecolor=INK, linewidth=0.9)
    frame.set_transform(sheet.inches)
    sheet.figure.add_artist(frame)
    for i, (line, weight) in enumerate(lines):
        sheet.text(x + PAD, top + PAD + i * line_height(size), line, size, weight=weight)
    return top + height


def _arrow(sheet: Sheet, start: tuple[float, float], stop: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        (start[0], -start[1]),
        (stop[0], -stop[1]),
        arrowstyle="-|>",
        mutation_scale=9,
        color=QUIET,
        lw=1,
        shrinkA=0,
        shrinkB=0,
        transform=sheet.inches,
    )
    sheet.figure.add_artist(arrow)
