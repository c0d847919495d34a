"""The page that `check` writes beside a study's data: what was read, kept and set aside, with exact counts."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import formats, labels
from ..study import About
from .found import FOUND, ISSUE_HEADS, issue_groups
from .page import template, write_page
from .whole_study import WHOLE, topics_of

PRIVATE = "Not for publication: exact counts. Keep this page where the data are."
PAGE = (
    """
<h1>{{ title }}</h1>
<p><strong>{{ private }}</strong></p>
<h2>What was read</h2>
{{ listing("Rows and people", count_heads, counts) }}
"""
    + FOUND
    + """
<h2>Columns with most missing values</h2>
{% if not gaps %}<p>No column has a missing value.</p>
{% else %}
{{ listing("Among the rows kept", gap_heads, gaps) }}
{% endif %}
"""
    + WHOLE
)
COUNT_HEADS = (("What", True), ("How many", False))
GAP_HEADS = (("Column", True), ("Missing", False), ("Of rows", False))
NOTHING = "Every row can be used; no issue was found."


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
    whole : schemas.results.DATA_CHECK_ROWS: attrition, heaping, missing answers, drift, small groups.
    """

    rows: tuple[tuple[str, int], ...]
    read: int
    kept: int
    aside: tuple[tuple[str, int], ...]
    issues: pd.DataFrame
    gaps: tuple[tuple[str, str, int, int], ...]
    whole: pd.DataFrame


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
        count_heads=COUNT_HEADS,
        groups=issue_groups(checked.issues),
        issue_heads=ISSUE_HEADS,
        nothing_found=NOTHING,
        gaps=[_gap(*gap) for gap in checked.gaps],
        gap_heads=GAP_HEADS,
        topics=topics_of(checked.whole),
    )
    write_page(path, title, labels.SIMULATED if about.simulated else None, body)


def _gap(table: str, column: str, n: int, total: int) -> tuple[str, ...]:
    share = formats.percent(100 * n / total, n, total)
    return f"{column} ({labels.TABLE[table].lower()})", share, formats.count(total)
