"""The data-quality page: what came in, what was set aside and why, what to look at."""

import pandas as pd

from .. import formats, labels
from ..study import About, Disclosure
from .page import template

PAGE = """
<h1>{{ title }}</h1>
<p>{{ about.summary }}</p>
<p>{{ rule }} {{ withheld }}</p>
<h2>What came in, and what was used</h2>
{% if steps %}
<div class="wide" role="region" aria-label="What came in, and what was used" tabindex="0">
<table>
<caption>From the files that were read to the people who were analysed</caption>
<thead><tr><th scope="col" class="text">Step</th><th scope="col" class="text">What happened</th>
<th scope="col">How many</th></tr></thead>
<tbody>
{% for step in steps %}
<tr><th scope="row">{{ step.kind }}</th><td class="text">{{ step.label }}</td><td>{{ step.amount }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
{% else %}<p>{{ nothing }}</p>
{% endif %}
<h2>What the checks found</h2>
{% if not groups %}<p>The checks found nothing to report.</p>
{% endif %}
{% for group in groups %}
<h3>{{ group.name }}</h3>
<p>{{ group.meaning }}</p>
<div class="wide" role="region" aria-label="{{ group.name }}" tabindex="0">
<table>
<caption>{{ group.name }}: {{ group.size }} of finding</caption>
<thead><tr><th scope="col" class="text">What was found</th><th scope="col" class="text">Where</th>
<th scope="col">How many</th><th scope="col" class="text">What was done, and what to do</th></tr></thead>
<tbody>
{% for row in group.rows %}
<tr><th scope="row">{{ row.message }}</th><td class="text">{{ row.where }}</td><td>{{ row.n }}</td>
<td class="text">{{ row.action }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
{% endfor %}
<p class="notes">Source: {{ about.label }}. {{ about.citation }}</p>
"""
KIND = {
    "read": "Read",
    "quarantined": "Set aside",
    "excluded": "Left out by a stated rule",
    "eligible": "Eligible",
    "analysed": "Analysed",
}


def quality_title(about: About) -> str:
    """Title of the page."""
    return f"Data quality: {about.label}"


def quality_body(issues: pd.DataFrame, flow: pd.DataFrame, about: About, disclosure: Disclosure) -> str:
    """The page as HTML, counts as they were released.

    Parameters
    ----------
    issues : the released issues, one row per kind of finding.
    flow : the released flow.
    about, disclosure : words of the study.
    """
    hidden = bool(issues["suppressed"].any() or flow["suppressed"].any())
    return template(PAGE).render(
        title=quality_title(about),
        about=about,
        rule=labels.disclosure(disclosure.preset, disclosure.reason),
        withheld=labels.WITHHELD if hidden else "",
        steps=[_step(row) for row in flow.sort_values("step", kind="stable").itertuples()],
        groups=[group for name in labels.SEVERITY if (group := _group(issues, name))["rows"]],
        nothing=labels.EMPTY["flow"],
    )


def _step(row: object) -> dict[str, str]:
    label = labels.step(row.label)
    one_analysis = isinstance(row.analysis, str)
    if one_analysis:
        label = f"{label} (analysis: {row.analysis.replace('_', ' ')})"
    kind = "Left out of one analysis" if one_analysis and row.kind == "excluded" else KIND[row.kind]
    return {"kind": kind, "label": label, "amount": labels.amount(row.n, row.unit, row.suppressed)}


def _group(issues: pd.DataFrame, severity: str) -> dict[str, object]:
    rows = issues[issues["severity"] == severity].sort_values(["file", "table", "column", "check"], kind="stable")
    return {
        "size": f"{len(rows)} {'kind' if len(rows) == 1 else 'kinds'}",
        "name": labels.SEVERITY[severity],
        "meaning": labels.SEVERITY_MEANING[severity],
        "rows": [_issue(row) for row in rows.itertuples()],
    }


def _issue(row: object) -> dict[str, str]:
    column = f", column {row.column}" if isinstance(row.column, str) else ""
    table = labels.TABLE.get(row.table, row.table).lower()
    return {
        "message": row.message,
        "where": f"{row.file}{column} ({table})",
        "n": formats.count(None if row.suppressed else row.n),
        "action": row.action,
    }
