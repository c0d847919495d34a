"""People at the start, by pathway and gender."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, About, Disclosure, Peer, Variable
from .grid import Grid, Head, Row

PEERS = ("peer", "no_peer")
Column = tuple[str, str]
# A cell without a row: nobody can be there, such as a person without peers who used mutual aid.
NOBODY = "0"


def table_one_grid(
    table_one: pd.DataFrame,
    title: str,
    variables: Sequence[str],
    known: Mapping[str, Variable],
    about: About,
    peer: Peer,
    disclosure: Disclosure,
) -> Grid:
    """Lay out table 1.

    Parameters
    ----------
    table_one : the released table.
    title : its caption.
    variables : which of them, in which order.
    known : the study's variables, for labels, levels and units.
    about, peer, disclosure : words of the study.
    """
    label = labels.SIMULATED if about.simulated else None
    columns, left_out = _columns(table_one)
    heads = _heads(table_one, columns, peer)
    rows = [row for name in variables for row in _rows(table_one, name, columns, known.get(name))]
    notes = _notes(table_one, left_out, peer, about, disclosure) if columns else [labels.EMPTY["table_one"]]
    return Grid(title, label, heads, tuple(rows), tuple(notes), _tidy(table_one, variables, known, peer, label))


def _columns(table: pd.DataFrame) -> tuple[list[Column], list[str]]:
    """Columns that have a released number of people; and the genders that have none with either pathway."""
    people = table[table["variable"] == "people"].set_index(["peer", "gender"])["n"]
    shown = people[people > 0].index
    genders = [name for name in GENDERS if any((peer, name) in shown for peer in PEERS)]
    left_out = [name for name in GENDERS if name not in genders and (table["gender"] == name).any()]
    columns = [("all", "all"), *((peer, gender) for peer in PEERS for gender in ("all", *genders))]
    present = {(row.peer, row.gender) for row in table.itertuples()}
    return [column for column in columns if column in present], left_out


def _heads(table: pd.DataFrame, columns: list[Column], peer: Peer) -> tuple[tuple[Head, ...], ...]:
    names = {"peer": peer.label, "no_peer": peer.reference}
    people = table[table["variable"] == "people"].set_index(["peer", "gender"])["n"]
    upper = [Head("")] + [Head(labels.EVERYONE)] * (("all", "all") in columns)
    for name in PEERS:
        span = sum(column[0] == name for column in columns)
        upper += [Head(names[name], span)] * (span > 0)
    lower = [Head("")]
    for group, gender in columns:
        who = "" if group == "all" else "All" if gender == "all" else labels.gender(gender)
        size = f"n = {formats.count(people.get((group, gender)))}".replace(" ", formats.NBSP)
        lower.append(Head(f"{who} {size}".strip()))
    return tuple(upper), tuple(lower)


def _rows(table: pd.DataFrame, name: str, columns: list[Column], variable: Variable | None) -> list[Row]:
    """One row for a number or a yes/no, otherwise a heading and one for each level; then those not known."""
    own = table[table["variable"] == name]
    if own.empty:
        return []
    label = _label(name, variable)
    levels = _levels(own, variable)
    if levels == [None]:
        unit = f", {variable.unit}" if variable and variable.unit else ""
        rows = [Row(f"{label}{unit}: mean (SD)", _cells(own, columns))]
    elif levels == ["yes"]:
        rows = [Row(f"{label}: n (%)", _cells(own, columns))]
    else:
        rows = [Row(f"{label}: n (%)")]
        rows += [Row(_level(x, variable), _cells(own[own["level"] == x], columns), indent=True) for x in levels]
    missing = (
        own.drop_duplicates(["peer", "gender"])
        .set_index(["peer", "gender"])["n_missing"]
        .reindex(columns, fill_value=0)
    )
    if missing.isna().any() or (missing > 0).any():
        cells = tuple(formats.count(n) for n in missing)
        rows.append(Row("not known", cells, indent=True))
    return rows


def _cells(rows: pd.DataFrame, columns: list[Column]) -> tuple[str, ...]:
    found = {(row.peer, row.gender): row for row in rows.itertuples()}
    return tuple(_cell(found[column]) if column in found else NOBODY for column in columns)


def _cell(row: object) -> str:
    if row.suppressed:
        return formats.MISSING
    if isinstance(row.level, str):
        return formats.count_percent(row.n, row.percent, row.total)
    return formats.mean_sd(row.mean, row.sd)


def _levels(rows: pd.DataFrame, variable: Variable | None) -> list[str | None]:
    """Levels in the order of the study's configuration, others as they come; [None] for a number."""
    found = list(rows["level"].dropna().unique())
    if not found:
        return [None]
    first = [level for level in (variable.levels if variable and variable.levels else {}) if level in found]
    return first + [level for level in found if level not in first]


def _level(level: str, variable: Variable | None) -> str:
    known = (variable.levels if variable else None) or labels.GENDER
    return known.get(level, level)


def _label(name: str, variable: Variable | None) -> str:
    if variable:
        return variable.label
    return labels.VARIABLE.get(name, name.replace("_", " ").capitalize())


def _notes(table: pd.DataFrame, left_out: list[str], peer: Peer, about: About, disclosure: Disclosure) -> list[str]:
    notes = ["SD: standard deviation. Percentages are of the people for whom the answer is known."]
    if left_out:
        names = formats.listed([labels.inside(labels.gender(name)) for name in left_out])
        notes.append(f"Too few people for columns of their own, and counted under All: {names}.")
    if table["suppressed"].any() or table["n_missing"].isna().any():
        notes.append(labels.WITHHELD)
    rule = labels.disclosure(disclosure.preset, disclosure.reason)
    return [*notes, rule, f"Source: {about.label}. {about.citation}"]


def _tidy(
    table: pd.DataFrame,
    variables: Sequence[str],
    known: Mapping[str, Variable],
    peer: Peer,
    label: str | None,
) -> pd.DataFrame:
    """One row per variable, level, pathway and gender, with the words a reader knows."""
    order = ["people", *variables]
    rows = table[table["variable"].isin(order)].sort_values(
        "variable", key=lambda names: names.map(order.index), kind="stable"
    )
    groups = {"all": labels.EVERYONE, "peer": peer.label, "no_peer": peer.reference}
    level = [
        _level(x, known.get(v)) if isinstance(x, str) else ""
        for v, x in zip(rows["variable"], rows["level"], strict=True)
    ]
    columns = {
        "Data": label or "Released results",
        "Variable": [_label(name, known.get(name)) for name in rows["variable"]],
        "Level": level,
        "Pathway": rows["peer"].map(groups).to_numpy(),
        "Gender": [labels.gender(name) for name in rows["gender"]],
        "People": rows["n"].to_numpy(),
        "Of": rows["total"].to_numpy(),
        "Percent": rows["percent"].round(1).to_numpy(),
        "Mean": rows["mean"].round(2).to_numpy(),
        "SD": rows["sd"].round(2).to_numpy(),
        "Median": rows["median"].round(2).to_numpy(),
        "Not known": rows["n_missing"].to_numpy(),
        "Note": ["withheld: small number" if flag else "" for flag in rows["suppressed"]],
    }
    return pd.DataFrame(columns)
