"""How long it takes and how many get there: times and probabilities by peers and by gender, with what differs."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, About, Disclosure, Outcome, Peer, SurvivalAnalysis
from .grid import Grid, Head, Row

DIGITS = {"days": 0, "weeks": 1, "months": 1, "years": 1}
CRUDE = ("kaplan_meier", "aalen_johansen", "pseudo_values")
ADJUSTED = "pseudo_values_adjusted"
# Estimand → its row head; {time} is the horizon, {unit} the unit of the outcome.
HEADS = {
    "lower_quartile_time": "A quarter have had it by ({unit})",
    "median_time": "Half have had it by ({unit})",
    "upper_quartile_time": "Three quarters have had it by ({unit})",
    "restricted_mean": "Mean time without it within {time} ({unit})",
    "restricted_mean_difference": "difference ({unit})",
    "restricted_mean_ratio": "ratio",
    "restricted_mean_lost": "Mean time since it within {time} ({unit})",
    "restricted_mean_lost_difference": "difference ({unit})",
    "restricted_mean_lost_ratio": "ratio",
    "risk": "Have had it by {time}",
    "risk_difference": "difference (percentage points)",
    "risk_competing": "Something else came first by {time}",
    "risk_ever": "Have had it by the end of follow-up",
}
CONTRAST = ("_difference", "_ratio")
AT_STATED_TIMES = ("restricted_mean", "restricted_mean_lost", "risk", "risk_competing")
NOTES = (
    "An outcome is counted when it first happens. Mean times look at the same stretch of time for everybody: the time "
    "without the outcome and the time since it add up to that stretch where nothing competes with the outcome.",
    "The end of follow-up is the last time at which 20 people of the group were followed; it differs between groups. A "
    "curve is flat if nobody had the outcome in the last quarter of the time up to then.",
)
MOVING = (
    "People may move from without peers to with peers: these columns compare rates over time, not two fixed groups of "
    "people, and have no difference of probabilities of their own. They are not adjusted."
)


def times_grid(
    estimates: pd.DataFrame,
    title: str,
    analyses: Sequence[str],
    known: Mapping[str, SurvivalAnalysis],
    outcomes: Mapping[str, Outcome],
    about: About,
    peer: Peer,
    disclosure: Disclosure,
) -> Grid:
    """Lay out the times of the analyses named: one column a group, one row a quantity.

    Parameters
    ----------
    estimates : the released estimates.
    title : the caption.
    analyses : which of them, in which order.
    known, outcomes, about, peer, disclosure : words of the study.
    """
    label = labels.SIMULATED if about.simulated else None
    asked = estimates["analysis"].isin(analyses) & estimates["model"].isin([*CRUDE, ADJUSTED])
    shown = estimates[asked & estimates["estimand"].isin(HEADS)]
    columns = _columns(shown, peer)
    rows = []
    for name in analyses:
        own = shown[shown["analysis"] == name]
        if len(own):
            outcome = outcomes[known[name].outcome]
            rows.append(Row(f"{known[name].title}. Outcome: {outcome.label}"))
            rows += _section(own, list(columns), outcome.unit)
    notes = _notes(shown, [known[name] for name in analyses], disclosure, about) if rows else [labels.EMPTY["times"]]
    heads = (Head("Outcome"), *(Head(text) for text in columns.values()))
    tidy = _tidy(shown, columns, known, outcomes, label)
    return Grid(title, label, (heads,), tuple(rows), tuple(notes), tidy)


def _columns(shown: pd.DataFrame, peer: Peer) -> dict[tuple[str, str], str]:
    """(by, level) of each column → its head: with peers, without, then each gender."""
    present = set(zip(shown["term"], shown["level"], strict=True))
    names = {("peer", "peer"): peer.label, ("peer", "no_peer"): peer.reference}
    names |= {("gender", level): labels.gender(level) for level in GENDERS}
    return {key: name for key, name in names.items() if key in present}


def _section(own: pd.DataFrame, columns: list[tuple[str, str]], unit: str) -> list[Row]:
    """Rows of one analysis: each quantity, its differences under it."""
    crude = own[own["model"].isin(CRUDE)]
    rows = [_row("People", _by_column(crude, "median_time"), columns, lambda r: formats.count(r.n))]
    events = _by_column(crude, "median_time")
    rows.append(_row("With the outcome", events, columns, lambda r: formats.count(r.n_events)))
    for estimand in (name for name in HEADS if not name.endswith(CONTRAST)):
        stated = estimand in AT_STATED_TIMES
        times = crude.loc[crude["estimand"] == estimand, "horizon"].dropna().unique() if stated else [None]
        for time in sorted(times):
            rows.append(_quantity(crude, estimand, time, columns, unit))
            rows += [
                _quantity(crude, estimand + contrast, time, columns, unit)
                for contrast in CONTRAST
                if estimand + contrast in HEADS
            ]
            if estimand == "risk":
                adjusted = own[own["model"] == ADJUSTED]
                rows.append(_quantity(adjusted, "risk_difference", time, columns, unit, ", adjusted"))
    ends = _by_column(crude, "risk_ever")
    last = {key: row for key, row in ends.items() if row.status == "ok"}
    told = _row(f"that end ({unit})", last, columns, lambda r: formats.number(r.horizon, DIGITS[unit]))
    rows += [Row(told.head, told.cells, indent=True)]
    rows.append(Row("the curve then", tuple(_flatness(last.get(key)) for key in columns), indent=True))
    return [row for row in rows if any(cell for cell in row.cells)]


def _flatness(row: object) -> str:
    if row is None:
        return ""
    return "flat" if labels.FLAT in row.note else "still rises"


def _quantity(
    rows: pd.DataFrame,
    estimand: str,
    time: float | None,
    columns: list[tuple[str, str]],
    unit: str,
    suffix: str = "",
) -> Row:
    found = _by_column(rows, estimand, time)
    said = labels.duration(round(time, DIGITS[unit]), unit) if time is not None else ""
    head = HEADS[estimand].format(time=said, unit=unit) + suffix
    references = {(row.term, row.reference) for row in found.values() if isinstance(row.reference, str)}
    cells = [
        _words(found[key], unit) if key in found else ("compared with" if key in references else "") for key in columns
    ]
    return Row(head, tuple(cells), indent=estimand.endswith(CONTRAST))


def _by_column(rows: pd.DataFrame, estimand: str, time: float | None = None) -> dict[tuple[str, str], object]:
    own = rows[rows["estimand"] == estimand]
    if time is not None:
        own = own[own["horizon"] == time]
    return {(row.term, row.level): row for row in own.itertuples()}


def _row(head: str, found: Mapping, columns: list[tuple[str, str]], words: object) -> Row:
    return Row(head, tuple(words(found[key]) if key in found else "" for key in columns))


def _words(row: object, unit: str) -> str:
    """A cell: the number with its interval, or why there is none."""
    if row.status != "ok":
        return labels.STATUS[row.status]
    if row.scale == "log_ratio":
        return formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)
    share = row.scale == "risk"
    scale, digits = (100, 1) if share else (1, DIGITS[unit])
    mark = f"{formats.NBSP}%" if share and not row.estimand.endswith("difference") else ""
    told = [
        labels.NOT_REACHED
        if formats.is_missing(value)
        else formats.number(scale * value, digits) + (mark if i == 0 else "")
        for i, value in enumerate((row.estimate, row.conf_low, row.conf_high))
    ]
    known = [text for text in told if text != labels.NOT_REACHED]
    return told[0] if told[0] == labels.NOT_REACHED or len(known) == 1 else f"{told[0]} ({told[1]} to {told[2]})"


def _notes(shown: pd.DataFrame, analyses: list[SurvivalAnalysis], disclosure: Disclosure, about: About) -> list[str]:
    level = formats.level(shown["conf_level"].max())
    care = labels.care(shown.loc[shown["status"] == "ok", "gate"])
    notes = [f"In brackets: {level} interval.", *labels.weighted(analyses), *NOTES, *care]
    if any(analysis.exposure == "time_varying" for analysis in analyses):
        notes.append(MOVING)
    if shown["n_events"].isna().any() or shown["n"].isna().any():
        notes.append(labels.WITHHELD)
    rule = labels.disclosure(disclosure.preset, disclosure.reason)
    return [*notes, rule, f"Source: {about.label}. {about.citation}"]


def _tidy(
    shown: pd.DataFrame,
    columns: Mapping[tuple[str, str], str],
    known: Mapping[str, SurvivalAnalysis],
    outcomes: Mapping[str, Outcome],
    label: str | None,
) -> pd.DataFrame:
    """One row per estimate; ratios exponentiated, numbers as numbers."""
    rows = [row for row in shown.itertuples() if (row.term, row.level) in columns]

    def natural(column: str) -> list[float]:
        return [float(f"{formats.natural(getattr(row, column), row.scale):.6g}") for row in rows]

    unit = [outcomes[known[row.analysis].outcome].unit for row in rows]
    content = {
        "Data": label or "Released results",
        "Analysis": [known[row.analysis].title for row in rows],
        "Outcome": [outcomes[known[row.analysis].outcome].label for row in rows],
        "For whom": [columns[row.term, row.level] for row in rows],
        "Compared with": [columns.get((row.term, row.reference), "") for row in rows],
        "Measure": [row.estimand.replace("_", " ") for row in rows],
        "Adjusted": ["yes" if row.model == ADJUSTED else "no" for row in rows],
        "Up to": [row.horizon for row in rows],
        "Unit of time": unit,
        "People": [row.n for row in rows],
        "With the outcome": [row.n_events for row in rows],
        "Estimate": natural("estimate"),
        "Low": natural("conf_low"),
        "High": natural("conf_high"),
        "Level": [row.conf_level for row in rows],
        "p": [float(f"{row.p_value:.4g}") for row in rows],
        "As printed": [formats.plain(_words(row, own)) for row, own in zip(rows, unit, strict=True)],
        "Note": [row.note if isinstance(row.note, str) else "" for row in rows],
    }
    return pd.DataFrame(content)
