"""The page that `check` writes beside a study's data: what was read, kept and set aside, with exact counts."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import formats, labels
from ..study import About
from .page import template, write_page

PRIVATE = "Not for publication: exact counts. Keep this page where the data are."
PAGE = """
<h1>{{ title }}</h1>
<p><strong>{{ private }}</strong></p>
<h2>What was read</h2>
<table>
<caption>Rows and people</caption>
<thead><tr><th scope="col" class="text">What</th><th scope="col">How many</th></tr></thead>
<tbody>
{% for label, n in counts %}
<tr><th scope="row">{{ label }}</th><td>{{ n }}</td></tr>
{% endfor %}
</tbody>
</table>
<h2>What the checks found</h2>
{% if not groups %}<p>Every row can be used; no issue was found.</p>
{% endif %}
{% for group in groups %}
<h3>{{ group.name }}</h3>
<p>{{ group.meaning }}</p>
<div class="wide" role="region" aria-label="{{ group.name }}" tabindex="0">
<table>
<caption>{{ group.name }}</caption>
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
<h2>Columns with most missing values</h2>
{% if not gaps %}<p>No column has a missing value.</p>
{% else %}
<table>
<caption>Among the rows kept</caption>
<thead><tr><th scope="col" class="text">Column</th><th scope="col">Missing</th><th scope="col">Of rows</th></tr></thead>
<tbody>
{% for gap in gaps %}
<tr><th scope="row">{{ gap.column }}</th><td>{{ gap.share }}</td><td>{{ gap.rows }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endif %}
"""


@dataclass(frozen=True)
class Checked:
    """What `check` found.

    Attributes
    ----------
    rows : (file in words, rows) for each file.
    read, kept : people.
    aside : (reason, people).
    issues : schemas.results.ISSUES without `study`, the gravest first.
    gaps : (table, column, rows without a value, rows), the emptiest first.
    """

    rows: tuple[tuple[str, int], ...]
    read: int
    kept: int
    aside: tuple[tuple[str, int], ...]
    issues: pd.DataFrame
    gaps: tuple[tuple[str, str, int, int], ...]


def checked_page(checked: Checked, about: About, path: Path) -> None:
    """Write the page."""
    counts = [*checked.rows, ("People in the files", checked.read)]
    counts += [(f"Set aside: {label[:1].lower() + label[1:]}", n) for label, n in checked.aside]
    counts += [("People kept", checked.kept)]
    title = f"Check: {about.label}"
    body = template(PAGE).render(
        title=title,
        private=PRIVATE,
        counts=[(label, formats.count(n)) for label, n in counts],
        groups=[_group(str(name), part) for name, part in checked.issues.groupby("severity", sort=False)],
        gaps=[_gap(*gap) for gap in checked.gaps],
    )
    write_page(path, title, labels.SIMULATED if about.simulated else None, body)


def _group(severity: str, rows: pd.DataFrame) -> dict[str, object]:
    return {
        "name": labels.SEVERITY[severity],
        "meaning": labels.SEVERITY_MEANING[severity],
        "rows": [
            {
                "message": row.message,
                "where": f"{row.file}, column {row.column}" if isinstance(row.column, str) else row.file,
                "n": formats.count(row.n),
                "action": row.action,
            }
            for row in rows.itertuples()
        ],
    }


def _gap(table: str, column: str, n: int, total: int) -> dict[str, str]:
    share = formats.percent(100 * n / total, n, total)
    return {"column": f"{column} ({labels.TABLE[table].lower()})", "share": share, "rows": formats.count(total)}
