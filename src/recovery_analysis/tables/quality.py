"""The data-quality page: what came in, what was set aside and why, what to look at."""

import pandas as pd

from .. import labels
from ..study import About, Disclosure
from .found import FOUND, ISSUE_HEADS, issue_groups
from .page import template
from .whole_study import WHOLE, topics_of

START = """
<h1>{{ title }}</h1>
<p>{{ about.summary }}</p>
<p>{{ rule }} {{ withheld }}</p>
<h2>What came in, and what was used</h2>
{% if steps %}
{{ listing("From the files that were read to the people who were analysed", step_heads, steps) }}
{% else %}<p>{{ nothing }}</p>
{% endif %}
{% if row_steps %}
<details><summary>{{ rows_told }}</summary>
{{ listing(rows_told, step_heads, row_steps) }}
</details>
{% endif %}
"""
END = """
<p class="notes">Source: {{ about.label }}. {{ about.citation }}</p>
"""
KIND = {
    "read": "Read",
    "quarantined": "Set aside",
    "excluded": "Left out by a stated rule",
    "eligible": "Eligible",
    "analysed": "Analysed",
}
STEP_HEADS = (("Step", True), ("What happened", True), ("How many", False))
ROWS_TOLD = "Row by row: what became of the rows that each table looked at"
NOTHING = "The checks found nothing to report."


def quality_title(about: About) -> str:
    """Title of the page."""
    return f"Data quality: {about.label}"


def quality_body(
    issues: pd.DataFrame, flow: pd.DataFrame, data_checks: pd.DataFrame, about: About, disclosure: Disclosure
) -> str:
    """The page as HTML, counts as they were released.

    Parameters
    ----------
    issues : the released issues, one row per kind of finding.
    flow : the released flow.
    data_checks : the released findings about the study as a whole.
    about, disclosure : words of the study.
    """
    hidden = any(bool(table["suppressed"].any()) for table in (issues, flow, data_checks))
    steps = flow.sort_values("step", kind="stable")
    of_a_table = ~steps["unit"].isin(["people", "rows"])
    ordered = issues.sort_values(["file", "table", "column", "check"], kind="stable")
    return template(START + FOUND + WHOLE + END).render(
        title=quality_title(about),
        about=about,
        rule=labels.disclosure(disclosure.preset, disclosure.reason),
        withheld=labels.WITHHELD if hidden else "",
        steps=[_step(row) for row in steps[~of_a_table].itertuples()],
        row_steps=[_step(row) for row in steps[of_a_table].itertuples()],
        rows_told=ROWS_TOLD,
        step_heads=STEP_HEADS,
        nothing=labels.EMPTY["flow"],
        groups=issue_groups(ordered),
        issue_heads=ISSUE_HEADS,
        nothing_found=NOTHING,
        topics=topics_of(data_checks),
    )


def _step(row: object) -> tuple[str, ...]:
    label = labels.step(row.label)
    one_analysis = isinstance(row.analysis, str)
    if one_analysis:
        label = f"{label} (analysis: {row.analysis.replace('_', ' ')})"
    kind = "Left out of one analysis" if one_analysis and row.kind == "excluded" else KIND[row.kind]
    return kind, label, labels.amount(row.n, row.unit, row.suppressed)
