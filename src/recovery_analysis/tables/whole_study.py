"""What the study as a whole shows, as a page shows it: attrition as one table, and what is to be looked at first."""

from collections.abc import Iterator

import pandas as pd

from .. import formats, labels
from .page import Heads

WHOLE = """
<h2>What the study as a whole shows</h2>
<p>These say how far the data can be trusted, and for what. Nothing was changed.</p>
{% for topic in topics %}
<h3>{{ topic.name }}</h3>
<p>{{ topic.verdict }}</p>
{% for part in topic.parts %}
{% if part.folded %}
<details><summary>{{ part.caption }}</summary>
{{ listing(part.caption, part.heads, part.rows) }}
</details>
{% else %}
{{ listing(part.caption, part.heads, part.rows) }}
{% endif %}
{% endfor %}
{% for note in topic.notes %}<p class="notes">{{ note }}</p>
{% endfor %}
{% endfor %}
"""
TOPIC = {
    "attrition": "People who were not interviewed again",
    "heaping": "Dates and ages told as round numbers",
    "missing_pattern": "Answers that are missing",
    "drift": "The same question in different files",
    "direction": "Scales that are turned round, or others, in a part of the data",
    "small_cells": "Groups with few outcomes",
}
VERDICT = {"pass": "no concern", "info": "good to know", "warn": "to be looked at", "not_applicable": "cannot be said"}
UNIT = {
    "share": lambda value: f"{formats.number(100 * value, 0)}{formats.NBSP}%",
    "p_value": formats.p_equals,
    "index": lambda value: f"index {formats.number(value, 0)}",
    "difference": lambda value: f"{formats.number(value, 2)} SD",
    "variation": lambda value: formats.number(value, 2),
    "agreement": lambda value: f"agreement {formats.number(value, 2)}",
    "correlation": lambda value: f"correlation {formats.number(value, 2)}",
    "times": lambda value: f"{formats.number(value, 1)} times",
    "groups": lambda value: f"{value:.0f} {'group' if value == 1 else 'groups'}",
}
HEADS: Heads = (
    ("What", True),
    ("Who", True),
    ("Found", False),
    ("Limit", False),
    ("Verdict", True),
    ("What it means", True),
)
MARK = "*"
ADJUSTED = "The p-values are adjusted for the number of tests in this table (Holm)."


def topics_of(data_checks: pd.DataFrame) -> list[dict[str, object]]:
    """One topic for each check of the study as a whole.

    Parameters
    ----------
    data_checks : schemas.results.DATA_CHECKS, released.
    """
    return [_topic(name, data_checks[data_checks["check"] == name]) for name in data_checks["check"].unique()]


def concerns(data_checks: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """What is to be looked at, each as what was found and a sentence; a group only where everyone is no concern."""
    rows = data_checks[data_checks["verdict"] == "warn"]
    of_all = {(row.check, row.what, row.unit) for row in rows.itertuples() if row.group == labels.EVERYONE}
    for row in rows.itertuples():
        if row.group != labels.EVERYONE and (row.check, row.what, row.unit) in of_all:
            continue
        who = "" if row.group == labels.EVERYONE else f" ({row.group})"
        yield _value(row), f"{TOPIC.get(row.check, row.check)}: {row.what}{who}. {row.meaning}"


def _topic(check: str, rows: pd.DataFrame) -> dict[str, object]:
    concern = rows["verdict"] == "warn"
    withheld = int(rows["suppressed"].sum())
    quiet = f"No concern in what is shown; {withheld} of {len(rows)} findings are not." if withheld else "No concern."
    verdict = f"{concern.sum()} of {len(rows)} findings to be looked at." if concern.any() else quiet
    name = TOPIC.get(check, check)
    if check == "attrition":
        parts, notes = [_matrix(rows, name)], _notes(rows)
    else:
        parts, notes = _by_concern(rows, concern, name), []
    return {"name": name, "verdict": verdict, "parts": parts, "notes": notes}


def _by_concern(rows: pd.DataFrame, concern: pd.Series, name: str) -> list[dict[str, object]]:
    """What is to be looked at, then the rest, folded away."""
    looked_at, rest = rows[concern], rows[~concern]
    other = f"{name}: {len(rest)} {'other finding' if len(rest) == 1 else 'other findings'}"
    captions = [(f"{name}: to be looked at", looked_at, False), (other, rest, True)]
    return [
        {"caption": caption, "heads": HEADS, "rows": [_cells(row) for row in part.itertuples()], "folded": folded}
        for caption, part, folded in captions
        if len(part)
    ]


def _cells(row: object) -> tuple[str, ...]:
    return row.what, row.group, _value(row), _limit(row), VERDICT[row.verdict], row.meaning


def _value(row: object) -> str:
    return formats.MISSING if pd.isna(row.value) else UNIT[row.unit](row.value)


def _limit(row: object) -> str:
    """The threshold in the words of the unit; for groups it is a count of people, which the meaning tells."""
    if pd.isna(row.threshold) or row.unit == "groups":
        return ""
    return f"p < {row.threshold:g}" if row.unit == "p_value" else UNIT[row.unit](row.threshold)


def _matrix(rows: pd.DataFrame, name: str) -> dict[str, object]:
    """One row for each group, one column for each interview; what is to be looked at bears a mark."""
    interviews = list(rows["what"].unique())
    cells = {(row.group, row.what): _value(row) + MARK * (row.verdict == "warn") for row in rows.itertuples()}
    shown = [
        (group, *(cells.get((group, what), formats.MISSING) for what in interviews)) for group in rows["group"].unique()
    ]
    heads = (("Who", True), *((what, False) for what in interviews))
    return {"caption": f"{name}: share of each group", "heads": heads, "rows": shown, "folded": False}


def _notes(rows: pd.DataFrame) -> list[str]:
    limits = [_limit(row) for row in rows.drop_duplicates(["unit", "threshold"]).itertuples() if _limit(row)]
    above = [limit if limit.startswith("p") else f"more than {limit}" for limit in limits]
    concern = rows.loc[rows["verdict"] == "warn", "meaning"]
    notes = [f"{MARK} {' or '.join(above)}. {' '.join(concern.unique())}"] if len(concern) else []
    return notes + [ADJUSTED] * bool((rows["unit"] == "p_value").any())
