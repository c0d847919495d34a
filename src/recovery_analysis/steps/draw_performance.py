"""How the estimators do → one figure as png, svg and pdf."""

from ..figures.performance import draw_performance as draw
from ..figures.sheet import save
from ..io import read_table
from ..schemas.results import PERFORMANCE


def draw_performance(conf_level: float, performance: str, png: str, svg: str, pdf: str) -> None:
    """Draw how often the intervals of each estimator hold the truth.

    Parameters
    ----------
    performance : read.
    png, svg, pdf : written.
    """
    save(draw(read_table(performance, PERFORMANCE), conf_level), png, svg, pdf)
