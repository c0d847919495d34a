"""The data-quality page: what came in, what was set aside and why, what to look at."""

from collections.abc import Mapping

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
{% for caption, folded in folded_steps %}
<details><summary>{{ caption }}</summary>
{{ listing(caption, step_heads, folded) }}
</details>
{% endfor %}
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
LEFT_OUT = "Analysis by analysis: who was left out, and why"
ROWS_TOLD = "Row by row: what became of the rows that each table looked at"
NOTHING = "The checks found nothing to report."


def quality_title(about: About) -> str:
    """Title of the page."""
    return f"Data quality: {about.label}"


def quality_body(
    issues: pd.DataFrame,
    flow: pd.DataFrame,
    data_checks: pd.DataFrame,
    about: About,
    disclosure: Disclosure,
    titles: Mapping[str, str],
) -> str:
    """The page as HTML, counts as they were released.

    Parameters
    ----------
    issues : the released issues, one row per kind of finding.
    flow : the released flow.
    data_checks : the released findings about the study as a whole.
    about, disclosure : words of the study.
    titles : analysis → its title.
    """
    hidden = any(bool(table["suppressed"].any()) for table in (issues, flow, data_checks))
    steps = flow.sort_values("step", kind="stable")
    of_a_table = ~steps["unit"].isin(["people", "rows"])
    of_one_analysis = steps["analysis"].notna() & (steps["kind"] == "excluded")
    folded = {LEFT_OUT: _steps(steps[of_one_analysis], titles), ROWS_TOLD: _steps(steps[of_a_table], titles)}
    ordered = issues.sort_values(["file", "table", "column", "check"], kind="stable")
    return template(START + FOUND + WHOLE + END).render(
        title=quality_title(about),
        about=about,
        rule=labels.disclosure(disclosure.preset, disclosure.reason),
        withheld=labels.WITHHELD if hidden else "",
        steps=_steps(steps[~of_a_table & ~of_one_analysis], titles),
        folded_steps=[(caption, rows) for caption, rows in folded.items() if rows],
        step_heads=STEP_HEADS,
        nothing=labels.EMPTY["flow"],
        groups=issue_groups(ordered),
        issue_heads=ISSUE_HEADS,
        nothing_found=NOTHING,
        topics=topics_of(data_checks),
    )


def _steps(rows: pd.DataFrame, titles: Mapping[str, str]) -> list[tuple[str, ...]]:
    return [_step(row, titles) for row in rows.itertuples()]


def _step(row: object, titles: Mapping[str, str]) -> tuple[str, ...]:
    label = labels.step(row.label)
    one_analysis = isinstance(row.analysis, str)
    if one_analysis:
        label = f"{label} ({titles[row.analysis]})"
    kind = "Left out of one analysis" if one_analysis and row.kind == "excluded" else KIND[row.kind]
    return kind, label, labels.amount(row.n, row.unit, row.suppressed)
