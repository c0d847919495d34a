"""Where the same people would be with peers and without, and how many years they would have there, with intervals."""

import pandas as pd

from .. import formats, labels
from ..study import GENDERS, About, Disclosure, Peer, StatesOutcome
from .grid import Grid, Head, Row

ADJUSTED, CRUDE = "standardised", "states"
READ = (
    "Adjusted: the same people, as if each had gone on with peers from first help, or without, predicted from Cox "
    "models of each move since first help. It holds if nothing that is not adjusted for drives both engagement and "
    "course."
)
AS_THEY_ARE = (
    "Not adjusted: people while they were with peers, compared with people while they were not. Who meets peers "
    "differs from who does not, so this difference is not due to peers alone."
)
# Time before first help counts for both courses.
SHARED, SAME = "before_help", "the same"
UNIT = {"state_probability": "percent", "expected_years": "years"}


def states_grid(
    estimates: pd.DataFrame,
    title: str,
    analysis: str,
    outcome: StatesOutcome,
    about: About,
    peer: Peer,
    disclosure: Disclosure,
) -> Grid:
    """Lay out one multi-state analysis: everyone at each horizon, each gender at the last.

    Parameters
    ----------
    estimates : the released estimates.
    title : the caption.
    analysis, outcome : which analysis, and the states it counts.
    about, peer, disclosure : words of the study.
    """
    own = estimates[(estimates["analysis"] == analysis) & (estimates["term"] == "peer")]
    own = own[own["estimand"].isin(list(UNIT)) & own["model"].isin([ADJUSTED, CRUDE])]
    adjusted = (own["model"] == ADJUSTED).any()
    shown = own[own["model"] == ADJUSTED] if adjusted else own
    rows, last = [], own["horizon"].max()
    for group in ["all", *GENDERS]:
        for horizon in sorted(shown.loc[shown["group"] == group, "horizon"].unique()):
            if group == "all" or horizon == last:
                rows += _block(own, group, horizon, outcome, adjusted)
    label = labels.SIMULATED if about.simulated else None
    level = formats.level(own["conf_level"].max()) if len(own) else ""
    heads = ["Where people are", peer.label, peer.reference]
    heads += [f"Difference, adjusted ({level} interval)"] if adjusted else []
    heads += [f"Difference, not adjusted ({level} interval)"]
    notes = [READ] if adjusted else []
    notes += [AS_THEY_ARE] if rows else [labels.EMPTY["states"]]
    notes += labels.weighted_notes(own["note"])
    notes += labels.care(shown.loc[shown["status"] == "ok", "gate"])
    notes += [labels.WITHHELD] if (own["status"] == "suppressed").any() else []
    notes += [labels.disclosure(disclosure.preset, disclosure.reason), f"Source: {about.label}. {about.citation}"]
    tidy = _tidy(own, outcome, label)
    return Grid(title, label, (tuple(Head(text) for text in heads),), tuple(rows), tuple(notes), tidy, words=True)


def _block(own: pd.DataFrame, group: str, horizon: float, outcome: StatesOutcome, adjusted: bool) -> list[Row]:
    """Shares at a horizon and years until then, for one group; a line of words where no number can be given."""
    words, rows = labels.states(outcome.stages), []
    here = own[(own["group"] == group) & (own["horizon"] == horizon)]
    who = labels.gender(group)
    told = here[here["model"] == (ADJUSTED if adjusted else CRUDE)]
    if not (told["status"] == "ok").any():
        return [Row(f"{who}: {labels.STATUS[told['status'].min()]}")]
    for estimand, text in (
        ("state_probability", f"{who}: share {labels.duration(horizon, 'years')} after {outcome.since}"),
        ("expected_years", f"{who}: years spent there in the first {labels.duration(horizon, 'years')}"),
    ):
        rows.append(Row(text))
        for state, word in words.items():
            cells = _cells(here[(here["estimand"] == estimand) & (here["state"] == state)], estimand, adjusted)
            cells = (*cells[:2], *(SAME for _ in cells[2:])) if state == SHARED else cells
            rows += [Row(word, cells, indent=True)] if cells else []
    return rows


def _cells(rows: pd.DataFrame, estimand: str, adjusted: bool) -> tuple[str, ...]:
    main = rows[rows["model"] == (ADJUSTED if adjusted else CRUDE)]
    if main.empty:
        return ()
    own = main[main["reference"].isna()]
    arms = [_one(own[own["level"] == arm], estimand, False) for arm in ("peer", "no_peer")]
    differences = [main] if adjusted else []
    differences.append(rows[rows["model"] == CRUDE])
    return (*arms, *(_one(part[part["reference"].notna()], estimand, True) for part in differences))


def _one(rows: pd.DataFrame, estimand: str, difference: bool) -> str:
    """An estimate, a difference with its sign and interval; the dash where there is none."""
    if rows.empty or rows.iloc[0]["status"] != "ok":
        return formats.MISSING
    row = rows.iloc[0]
    scale = 100 if UNIT[estimand] == "percent" else 1
    numbers = [row[name] * scale for name in ("estimate", "conf_low", "conf_high")]
    if not difference:
        unit = f"{formats.NBSP}%" if UNIT[estimand] == "percent" else ""
        return f"{formats.number(numbers[0])}{unit}"
    unit = " points" if UNIT[estimand] == "percent" else ""
    digits = 1 if UNIT[estimand] == "percent" else 2
    estimate, low, high = (formats.number(value, digits) for value in numbers)
    sign = "+" if numbers[0] > 0 and float(f"{numbers[0]:.{digits}f}") else ""
    return f"{sign}{estimate}{unit} ({low} to {high})"


def _tidy(rows: pd.DataFrame, outcome: StatesOutcome, label: str | None) -> pd.DataFrame:
    """One row per estimate; shares in percent."""
    words = labels.states(outcome.stages)
    scale = rows["estimand"].map({"state_probability": 100.0, "expected_years": 1.0})
    course = rows["level"].map({"peer": "With peers", "no_peer": "Without peers"})
    columns = {
        "Data": label or "Released results",
        "For whom": rows["group"].map(labels.gender),
        "Years after the start": rows["horizon"],
        "State": rows["state"].map(words),
        "Measure": rows["estimand"].map({"state_probability": "Percent of people", "expected_years": "Years"}),
        "Course": course.where(rows["reference"].isna(), "Difference"),
        "Adjusted": rows["model"].map({ADJUSTED: "yes", CRUDE: "no"}),
        "People": rows["n"],
        "Estimate": (rows["estimate"] * scale).round(4),
        "Low": (rows["conf_low"] * scale).round(4),
        "High": (rows["conf_high"] * scale).round(4),
        "Status": rows["status"],
        "Checks": rows["gate"],
    }
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)
