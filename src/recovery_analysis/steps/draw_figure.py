"""Released result tables → one figure as png, svg and pdf."""

from typing import Any

from ..figures.context import Context
from ..figures.draw import TABLES, draw
from ..figures.sheet import save
from ..io import empty, read_table
from ..schemas.results import RESULTS
from ..study import FIGURE, StudyBlocks


def draw_figure(
    figure: dict[str, Any],
    study: dict[str, Any],
    estimates: str,
    curves: str,
    flow: str,
    png: str,
    svg: str,
    pdf: str,
) -> None:
    """Draw one figure of a study.

    Parameters
    ----------
    figure : its block of the configuration.
    study : blocks about, peer, outcomes, analyses and disclosure.
    estimates, curves, flow : released tables; those that the figure shows are read.
    png, svg, pdf : written.
    """
    plan, block = StudyBlocks.model_validate(study), FIGURE.validate_python(figure)
    context = Context(plan.about, plan.peer, plan.outcomes, plan.analyses, plan.disclosure)
    paths = {"estimates": estimates, "curves": curves, "flow": flow}
    tables = {
        name: read_table(path, RESULTS[name]) if name in TABLES[block.kind] else empty(RESULTS[name])
        for name, path in paths.items()
    }
    save(draw(block, context, **tables), png, svg, pdf)
