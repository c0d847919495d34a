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
<h2>What the study as a whole shows</h2>
<p>These say how far the data can be trusted, and for what. Nothing was changed.</p>
{% for topic in topics %}
<h3>{{ topic.name }}</h3>
<div class="wide" role="region" aria-label="{{ topic.name }}" tabindex="0">
<table>
<caption>{{ topic.name }}: {{ topic.verdict }}</caption>
<thead><tr><th scope="col" class="text">What</th><th scope="col" class="text">Who</th><th scope="col">Found</th>
<th scope="col">Limit</th><th scope="col" class="text">Verdict</th>
<th scope="col" class="text">What it means</th></tr></thead>
<tbody>
{% for row in topic.rows %}
<tr><th scope="row">{{ row.what }}</th><td class="text">{{ row.group }}</td><td>{{ row.value }}</td>
<td>{{ row.limit }}</td><td class="text">{{ row.verdict }}</td><td class="text">{{ row.meaning }}</td></tr>
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
TOPIC = {
    "attrition": "People who were not interviewed again",
    "heaping": "Dates and ages told as round numbers",
    "missing_pattern": "Answers that are missing",
    "drift": "The same question in different files",
    "small_cells": "Groups with few outcomes",
}
VERDICT = {"pass": "no concern", "info": "good to know", "warn": "to be looked at", "not_applicable": "cannot be said"}
UNIT = {
    "share": lambda value: f"{formats.number(100 * value, 0)}{formats.NBSP}%",
    "p_value": lambda value: f"p{formats.NBSP}" + ("< 0.001" if value < 0.001 else f"= {value:.3f}"),
    "index": lambda value: f"index {formats.number(value, 0)}",
    "difference": lambda value: f"{formats.number(value, 2)} SD",
    "variation": lambda value: formats.number(value, 2),
    "groups": lambda value: f"{value:.0f} {'group' if value == 1 else 'groups'}",
}


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
    return template(PAGE).render(
        title=quality_title(about),
        about=about,
        rule=labels.disclosure(disclosure.preset, disclosure.reason),
        withheld=labels.WITHHELD if hidden else "",
        steps=[_step(row) for row in flow.sort_values("step", kind="stable").itertuples()],
        groups=[group for name in labels.SEVERITY if (group := _group(issues, name))["rows"]],
        nothing=labels.EMPTY["flow"],
        topics=[_topic(name, data_checks[data_checks["check"] == name]) for name in data_checks["check"].unique()],
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


def _topic(check: str, rows: pd.DataFrame) -> dict[str, object]:
    concerns = int((rows["verdict"] == "warn").sum())
    told = [
        {
            "what": row.what,
            "group": row.group,
            "value": formats.MISSING if pd.isna(row.value) else UNIT[row.unit](row.value),
            "limit": _limit(row),
            "verdict": VERDICT[row.verdict],
            "meaning": row.meaning,
        }
        for row in rows.itertuples()
    ]
    verdict = f"{concerns} of {len(rows)} to be looked at" if concerns else "no concern"
    return {"name": TOPIC.get(check, check), "verdict": verdict, "rows": told}


def _limit(row: object) -> str:
    """The threshold in the words of the unit; for groups it is a count of people, which the meaning tells."""
    if pd.isna(row.threshold) or row.unit == "groups":
        return ""
    return f"p < {row.threshold:g}" if row.unit == "p_value" else UNIT[row.unit](row.threshold)
