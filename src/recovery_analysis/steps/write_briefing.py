"""Released result tables → the two-page briefing, as PDF and as Word document."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..briefings.compose import compose
from ..briefings.pdf import write_pdf
from ..briefings.plan import plan_of
from ..briefings.word import write_docx
from ..figures.context import Context
from ..figures.draw import draw
from ..figures.sheet import save
from ..io import read_table
from ..schemas.results import CURVES, ESTIMATES, FLOW, TABLE_ONE


def write_briefing(
    study: dict[str, Any],
    figure: dict[str, Any],
    estimates: str,
    curves: str,
    flow: str,
    table_one: str,
    pdf: str,
    docx: str,
    conf_level: float,
) -> None:
    """Draw the briefing's figure and write both documents from one content.

    The figure is drawn `compact`: the document itself says title, definition, method, rule for small numbers
    and source, and gives the figure a place of 18 by 9 cm at most.

    Parameters
    ----------
    study : blocks about, peer, outcomes, analyses, variables, disclosure and briefing of the configuration.
    figure : block of the figure that the briefing shows; its title is left out.
    estimates, curves, flow, table_one : released tables, read.
    pdf, docx : written.
    conf_level : level of the intervals, 0 to 1.
    """
    plan = plan_of(study, figure | {"title": ""})
    effects, steps = read_table(estimates, ESTIMATES), read_table(flow, FLOW)
    people = read_table(table_one, TABLE_ONE)
    context = Context(plan.about, plan.peer, plan.outcomes, plan.analyses, plan.disclosure)
    drawing = draw(plan.figure, context, effects, read_table(curves, CURVES), steps, compact=True)
    document = compose(plan, effects, steps, people, drawing.description, conf_level)
    with TemporaryDirectory() as folder:
        png, svg, unused = (Path(folder) / f"figure.{kind}" for kind in ("png", "svg", "pdf"))
        save(drawing, png, svg, unused)
        write_pdf(document, svg, pdf)
        write_docx(document, png, docx)
