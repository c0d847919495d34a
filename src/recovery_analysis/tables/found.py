"""What the checks found, by severity, as pages show it."""

import pandas as pd

from .. import formats, labels

FOUND = """
<h2>What the checks found</h2>
{% if not groups %}<p>{{ nothing_found }}</p>
{% endif %}
{% for group in groups %}
<h3>{{ group.name }}</h3>
<p>{{ group.meaning }}</p>
{{ listing(group.caption, issue_heads, group.rows) }}
{% endfor %}
"""
ISSUE_HEADS = (
    ("What was found", True),
    ("Where", True),
    ("How many", False),
    ("What was done, and what to do", True),
)


def issue_groups(issues: pd.DataFrame) -> list[dict[str, object]]:
    """The issues of each severity, the gravest first.

    Parameters
    ----------
    issues : schemas.results.ISSUES, in the order in which they are shown.
    """
    by_severity = {name: issues[issues["severity"] == name] for name in labels.SEVERITY}
    return [_group(name, rows) for name, rows in by_severity.items() if len(rows)]


def _group(severity: str, rows: pd.DataFrame) -> dict[str, object]:
    name = labels.SEVERITY[severity]
    kinds = f"{len(rows)} {'kind' if len(rows) == 1 else 'kinds'}"
    return {
        "name": name,
        "meaning": labels.SEVERITY_MEANING[severity],
        "caption": f"{name}: {kinds} of finding",
        "rows": [_issue(row) for row in rows.itertuples()],
    }


def _issue(row: object) -> tuple[str, ...]:
    column = f", column {row.column}" if isinstance(row.column, str) else ""
    table = labels.TABLE.get(row.table, row.table).lower()
    n = formats.count(None if row.suppressed else row.n)
    return row.message, f"{row.file}{column} ({table})", n, row.action
