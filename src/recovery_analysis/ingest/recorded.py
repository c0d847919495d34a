"""Which rows of a file hold a period or an event, and how far it is known to go."""

from typing import Any

import numpy as np

from ..study import EventMap, SpellMap
from ..study.sources import source_columns
from .cells import Cells
from .columns import Evaluated
from .findings import SET_ASIDE, Findings, Place
from .values import coded_texts, constant

BOTH_SAID = "It is taken as going on. Correct one of the two in the file."
NO_PERIOD = "No period is recorded. Give it a start in the file, or correct the answer that there was one."


def of_spells(
    columns: dict[str, Any], spec: SpellMap, done: dict[str, Evaluated], place: Place, findings: Findings
) -> tuple[dict[str, Any], np.ndarray]:
    """Columns that say whether each spell goes on, and which rows have a spell.

    Parameters
    ----------
    columns : one value per row of the file: start, and where they are mapped stop, present and ongoing.
    spec : the block of the mapping.
    done : the columns as evaluated.
    place : where the block is written.
    findings : receives periods that go on and have ended, and dates of periods that are not recorded.
    """
    n = len(columns["start"])
    has = columns["present"] == 1 if "present" in columns else done["start"].asked()
    going_on = ~done["stop"].asked() if "stop" in columns else np.ones(n, dtype=bool)
    stop = columns["stop"] if "stop" in columns else np.full(n, np.nan)
    _tell_dates_without_period(columns["start"], stop, has, spec, place, findings)
    if "ongoing" in columns:
        said = columns["ongoing"]
        going_on = np.where(np.isnan(said), going_on, said == 1)
        wrong = has & (said == 1) & ~np.isnan(stop)
        what = "says that it goes on, but an end is given too"
        column = ", ".join(source_columns(spec.columns["ongoing"]))
        at = place.at("columns", "ongoing")
        findings.failing_cells("going_on_and_ended", at, column, Cells(said), said, wrong, what, BOTH_SAID, "warning")
    told = coded_texts(done["start"].precision)
    precision = told.add_categories([word for word in ("year",) if word not in told.categories]).fillna("year")
    kind = coded_texts(constant(spec.kind, n))
    return {"kind": kind, "stop": np.where(going_on, np.nan, stop), "ongoing": going_on, "precision": precision}, has


def _tell_dates_without_period(
    start: np.ndarray, stop: np.ndarray, has: np.ndarray, spec: SpellMap, place: Place, findings: Findings
) -> None:
    for name, date, failing in (("start", start, ~has), ("stop", stop, ~has & np.isnan(start))):
        if name in spec.columns:
            column = ", ".join(source_columns(spec.columns[name]))
            what = f"is the {'start' if name == 'start' else 'end'} of a period that is not recorded: " + (
                "the file does not say that there was one" if "present" in spec.columns else "it has no start"
            )
            shown, failing = date.round(2), failing & ~np.isnan(date)
            at = place.at("columns", name)
            args = ("period_not_recorded", at, column, Cells(shown), shown, failing, what, NO_PERIOD, "warning")
            findings.failing_cells(*args)


def of_events(
    columns: dict[str, Any], spec: EventMap, precision: np.ndarray, place: Place, findings: Findings
) -> tuple[dict[str, Any], np.ndarray]:
    """Columns that say what event it is and whether it had happened by its time, and which rows have a time.

    Parameters
    ----------
    columns : one value per row of the file: time, and where it is mapped observed.
    spec : the block of the mapping.
    precision : how exactly each time is known.
    place : where the block is written.
    findings : receives times of which it is not known whether the event had happened.
    """
    dated, n = ~np.isnan(columns["time"]), len(columns["time"])
    more = {"event": coded_texts(constant(spec.event, n)), "precision": coded_texts(precision)}
    if "observed" not in columns:
        return more | {"observed": np.ones(n, dtype=bool)}, dated
    unknown = dated & np.isnan(columns["observed"])
    column, shown = ", ".join(source_columns(spec.columns["observed"])), constant("(blank)", n)
    what = "does not say whether the event had happened by its time"
    todo = f"{SET_ASIDE[place.table]}. Fill in the file, or leave the time blank where the event is not known of."
    at = place.at("columns", "observed")
    findings.failing_cells("event_not_known", at, column, Cells(shown), shown, unknown, what, todo)
    return more | {"observed": columns["observed"] == 1}, dated


def tell_events_without_time(columns: dict[str, Any], spec: EventMap, place: Place, findings: Findings) -> None:
    """Tell of events that are said to have happened, and not when.

    For where everybody without a row is one without the event until the interview: in surveys, and in cohorts in which
    all rows are of people with it. A row of which a cell is told already is not told again.

    Parameters
    ----------
    columns, spec, place : as for `of_events`, whose columns are among them.
    findings : receives the cells.
    """
    failing = np.isnan(columns["time"]) & columns["observed"] & ("observed" in spec.columns)
    own = [
        cells["row"] for cells in findings.cells if cells[["file", "table"]].iloc[0].tolist() == [place.file, "events"]
    ]
    if own:
        failing = failing & ~np.isin(place.rows, np.concatenate(own))
    column, shown = ", ".join(source_columns(spec.columns["time"])), constant("(not known)", len(failing))
    what = "is no time, but the file says that the event had happened"
    todo = f"{SET_ASIDE[place.table]}. Fill in the file when it happened, or leave the answer blank."
    at = place.at("columns", "time")
    findings.failing_cells("event_not_dated", at, column, Cells(shown), shown, failing, what, todo)
