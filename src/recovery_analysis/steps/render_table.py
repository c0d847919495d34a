"""Released result tables → one table as csv, html and docx."""

from typing import Any

from ..io import read_table
from ..schemas.results import DIAGNOSTICS, ESTIMATES
from ..schemas.results import TABLE_ONE as RELEASED_TABLE_ONE
from ..study import (
    TABLE,
    DiagnosticsTable,
    MilestonesTable,
    StatesTable,
    StudyBlocks,
    TableOne,
    TargetTrialTable,
    TimesTable,
    pathway_variables,
)
from ..tables.diagnostics import diagnostics_grid
from ..tables.effects import effects_grid
from ..tables.milestones import milestones_grid
from ..tables.render import write_csv, write_docx, write_html
from ..tables.states import states_grid
from ..tables.table_one import table_one_grid
from ..tables.target_trial import target_trial_grid
from ..tables.times import times_grid


def render_table(
    table: dict[str, Any],
    study: dict[str, Any],
    estimates: str,
    diagnostics: str,
    table_one: str,
    csv: str,
    html: str,
    docx: str,
) -> None:
    """Render one table of a study.

    Parameters
    ----------
    table : its block of the configuration.
    study : blocks about, mapping, variables, eligibility, peer, outcomes, analyses and disclosure.
    estimates, diagnostics, table_one : released tables; the one that the table shows is read.
    csv, html, docx : written.
    """
    plan, block = StudyBlocks.model_validate(study), TABLE.validate_python(table)
    words = (plan.about, plan.peer, plan.disclosure)
    if isinstance(block, TableOne):
        known = pathway_variables(plan.mapping) | plan.variables
        released = read_table(table_one, RELEASED_TABLE_ONE)
        grid = table_one_grid(released, block.title, block.variables, known, *words)
    elif isinstance(block, TargetTrialTable):
        analysis = plan.analyses[block.analysis]
        asked = (block.analysis, analysis, plan.outcomes[analysis.outcome], plan.eligibility, plan.variables)
        grid = target_trial_grid(read_table(estimates, ESTIMATES), block.title, *asked, *words)
    elif isinstance(block, MilestonesTable):
        released = read_table(estimates, ESTIMATES)
        outcome = plan.outcomes[plan.analyses[block.analysis].outcome]
        grid = milestones_grid(released, block.title, block.analysis, outcome, plan.about, plan.disclosure)
    elif isinstance(block, DiagnosticsTable):
        released = read_table(diagnostics, DIAGNOSTICS)
        known = (plan.analyses, plan.variables, plan.about, plan.disclosure)
        grid = diagnostics_grid(released, block.title, block.analyses, *known)
    elif isinstance(block, StatesTable):
        outcome = plan.outcomes[plan.analyses[block.analysis].outcome]
        grid = states_grid(read_table(estimates, ESTIMATES), block.title, block.analysis, outcome, *words)
    else:
        released = read_table(estimates, ESTIMATES)
        lay_out = times_grid if isinstance(block, TimesTable) else effects_grid
        grid = lay_out(released, block.title, block.analyses, plan.analyses, plan.outcomes, *words)
    write_csv(grid, csv)
    write_html(grid, html)
    write_docx(grid, docx)
