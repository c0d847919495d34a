"""From a figure of the configuration to its drawing."""

from dataclasses import replace

import pandas as pd

from .. import labels
from ..study import CurvesFigure, DesignsFigure, Figure, FlowFigure, MultiverseFigure, StatesFigure, TimingFigure
from .care import care, models_behind
from .context import Context
from .curves import draw_curves
from .designs import draw_designs
from .flow import draw_flow
from .forest import draw_forest
from .multiverse import draw_multiverse
from .sheet import Drawing
from .states import draw_states, is_adjusted
from .timing import draw_timing

# The released tables that each kind of figure shows.
TABLES = {
    "flow": ("flow",),
    "curves": ("curves", "estimates"),
    "designs": ("curves", "estimates"),
    "forest": ("estimates",),
    "timing": ("estimates",),
    "multiverse": ("estimates",),
    "states": ("curves", "estimates"),
}


def draw(
    figure: Figure,
    context: Context,
    estimates: pd.DataFrame,
    curves: pd.DataFrame,
    flow: pd.DataFrame,
    compact: bool = False,
) -> Drawing:
    """Draw one configured figure from released result tables.

    Parameters
    ----------
    figure : block of the configuration.
    context : words of the study.
    estimates, curves, flow : released tables; only those that the figure shows are looked at.
    compact : for a document that says the title, the caption, the source and the rule for small numbers itself.
    """
    context = replace(context, compact=compact, conf_level=estimates["conf_level"].max())
    title, caption = (None, "") if compact else (figure.title, figure.caption)
    if isinstance(figure, FlowFigure):
        return draw_flow(flow, context, title, caption)
    if isinstance(figure, CurvesFigure):
        by = figure.by if figure.gender is None else f"{figure.by}_{figure.gender}"
        which = (figure.analysis, by, figure.horizon)
        group = (figure.gender or "all") if figure.by == labels.STANDARDISED else None
        reasons = care(estimates, figure.analysis, models_behind(by), group)
        curves = _as_estimated(curves, estimates, figure.analysis) if by == "strategy" else curves
        return draw_curves(curves, context, *which, title, caption, reasons)
    if isinstance(figure, TimingFigure):
        return draw_timing(estimates, context, figure.analysis, title, caption)
    if isinstance(figure, MultiverseFigure):
        return draw_multiverse(estimates, context, figure.analysis, title, caption)
    if isinstance(figure, DesignsFigure):
        return draw_designs(curves, estimates, context, figure.analysis, title, caption)
    if isinstance(figure, StatesFigure):
        model = "standardised" if is_adjusted(curves, figure.analysis) else "states"
        reasons = care(estimates, figure.analysis, [model])
        return draw_states(curves, context, figure.analysis, title, caption, figure.by, reasons)
    return draw_forest(estimates, context, figure.analyses, title, caption)


def _as_estimated(curves: pd.DataFrame, estimates: pd.DataFrame, analysis: str) -> pd.DataFrame:
    """Curves of strategies that end at the shares of the table of estimates, which are told with more digits."""
    curves = curves.copy()
    own = (curves["analysis"] == analysis) & (curves["by"] == "strategy")
    shares = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "risk")]
    for row in shares[shares["status"] == "ok"].itertuples():
        end = own & (curves["group"] == row.level) & (curves["time"] == row.horizon)
        curves.loc[end, ["estimate", "conf_low", "conf_high"]] = [1 - row.estimate, 1 - row.conf_high, 1 - row.conf_low]
    return curves
