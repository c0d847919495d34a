"""How often the intervals of each estimator hold the truth: estimators down, scenarios across."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .. import formats, labels
from .sheet import INK, MARGIN, RULE, SMALL, Drawing, Sheet, style, text_width

TITLE = "How often {} intervals hold the truth"
ROW = 0.24
# Tints under black text; the number is always printed.
GOOD, POOR, BAD = "#ffffff", "#fbe0c4", "#eda66b"
NEAR, FAR = 0.025, 0.10
UNKNOWN = "–"
NAIVE = "Naive analyses:"


def draw_performance(performance: pd.DataFrame, conf_level: float) -> Drawing:
    """Draw the share of intervals that hold the truth, in each scenario for each estimator.

    Parameters
    ----------
    performance : columns of schemas.results.PERFORMANCE.
    conf_level : level of the intervals, which the share should be near.
    """
    title = TITLE.format(formats.level(conf_level))
    methods = performance.drop_duplicates("method").sort_values("naive", kind="stable")
    scenarios = performance.drop_duplicates("scenario")
    places = _places(methods)
    names = [*methods["method_label"], *([NAIVE] if methods["naive"].any() else [])]
    with style():
        sheet = Sheet()
        sheet.heading(title, labels.SIMULATED)
        sheet.y += max(text_width(label, SMALL) for label in scenarios["scenario_label"]) + 0.1
        left = MARGIN + max(text_width(name, SMALL) for name in names) + 0.1
        axes = sheet.axes(ROW * len(names), left, MARGIN)
        axes.set_ylim(len(names), 0)
        _grid(axes, performance, places, list(scenarios["scenario"]), conf_level)
        heading = (~methods["naive"]).sum()
        axes.set_yticks([y + 0.5 for y in (*places.values(), heading)][: len(names)], names)
        for text in axes.get_yticklabels()[len(methods) :]:
            text.set_fontweight("bold")
        axes.set_xticks([i + 0.5 for i in range(len(scenarios))], scenarios["scenario_label"], rotation=90)
        sheet.y += 0.12
        sheet.notes(_notes(performance, conf_level))
    return sheet.finish(title, describe(performance, conf_level))


def _places(methods: pd.DataFrame) -> dict[str, int]:
    """Row of each method: a row is left between the estimators in use and the naive ones, for a heading."""
    return {row.method: i + int(row.naive) for i, row in enumerate(methods.itertuples())}


def _grid(
    axes: Axes, performance: pd.DataFrame, places: dict[str, int], scenarios: list[str], conf_level: float
) -> None:
    axes.set_xlim(0, len(scenarios))
    axes.tick_params(length=0, labeltop=True, labelbottom=False, pad=3)
    axes.spines[:].set_visible(False)
    for row in performance.itertuples():
        x, y = scenarios.index(row.scenario), places[row.method]
        known = pd.notna(row.coverage)
        edge = (INK, 1.4, 3) if row.assumptions_hold else (RULE, 0.4, 2)
        colour = tint(row.coverage - conf_level) if known else GOOD
        box = Rectangle(
            (x, y), 1, 1, facecolor=colour, edgecolor=edge[0], linewidth=edge[1], zorder=edge[2], clip_on=False
        )
        axes.add_patch(box)
        words = f"{100 * row.coverage:.0f}" if known else UNKNOWN
        axes.text(x + 0.5, y + 0.5, words, ha="center", va="center_baseline", fontsize=SMALL, zorder=4)


def tint(off: float) -> str:
    """Background of a cell by how far the share lies from the level that was promised."""
    return GOOD if abs(off) <= NEAR else POOR if abs(off) <= FAR else BAD


def _notes(performance: pd.DataFrame, conf_level: float) -> list[str]:
    n, promised = int(performance["replicates"].max()), formats.level(conf_level)
    error = formats.number(200 * (conf_level * (1 - conf_level) / n) ** 0.5, 1)
    return [
        f"Numbers are per cent of {formats.count(n)} simulated studies. An honest {promised} interval holds the truth "
        f"in about {promised} of them; chance moves a number by up to {error} points either way.",
        "Thick frame: the scenario meets the assumptions of the estimator. Tinted: more than 2.5 points off; darker: "
        f"more than 10. {UNKNOWN}: no single value is true there. Empty: not tried.",
    ]


def describe(performance: pd.DataFrame, conf_level: float) -> str:
    """What the figure shows, in words."""
    kept = performance[performance["assumptions_hold"]]["coverage"].dropna()
    naive = performance[performance["naive"]]["coverage"].dropna()
    promised = formats.level(conf_level)
    groups = (("Where the assumptions hold", kept), ("Naive analyses", naive))
    parts = []
    for name, values in groups:
        if len(values):
            low, high = (formats.percent(100 * end, digits=0) for end in (values.min(), values.max()))
            parts.append(f"{name}: {low} to {high} of the {promised} intervals hold the truth.")
    return " ".join(parts)
