"""How the estimators do → a table as HTML and Word."""

from ..io import read_table
from ..schemas.results import PERFORMANCE
from ..tables.performance import performance_grid
from ..tables.render import write_docx, write_html


def write_performance(performance: str, html: str, docx: str) -> None:
    """Write the table of every estimator in every scenario.

    Parameters
    ----------
    performance : read.
    html, docx : written.
    """
    grid = performance_grid(read_table(performance, PERFORMANCE))
    write_html(grid, html)
    write_docx(grid, docx)
