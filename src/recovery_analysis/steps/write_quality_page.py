"""Released issues and flow → the data-quality page."""

from typing import Any

from .. import labels
from ..io import read_table
from ..schemas.results import DATA_CHECKS, FLOW, ISSUES
from ..study import StudyBlocks
from ..tables.page import write_page
from ..tables.quality import quality_body, quality_title


def write_quality_page(
    study: dict[str, Any], titles: dict[str, str], issues: str, flow: str, data_checks: str, html: str
) -> None:
    """Write what came in, what was set aside and why, and what to look at.

    Parameters
    ----------
    study : blocks about and disclosure of the configuration.
    titles : analysis → its title.
    issues, flow, data_checks : released tables, read.
    html : written.
    """
    plan = StudyBlocks.model_validate(study)
    tables = (read_table(issues, ISSUES), read_table(flow, FLOW), read_table(data_checks, DATA_CHECKS))
    body = quality_body(*tables, plan.about, plan.disclosure, titles)
    write_page(html, quality_title(plan.about), labels.SIMULATED if plan.about.simulated else None, body)
