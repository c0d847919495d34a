"""Which rows of a file hold a period or an event, and how far it is known to go."""

import numpy as np
import pandas as pd

from ..study import EventMap, SpellMap
from ..study.sources import source_columns
from .cells import Cells
from .columns import Evaluated
from .findings import SET_ASIDE, Findings, Place

BOTH_SAID = "It is taken as going on. Correct one of the two in the file."
NO_PERIOD = "No period is recorded. Give it a start in the file, or correct the answer that there was one."


def as_spells(
    frame: pd.DataFrame, spec: SpellMap, done: dict[str, Evaluated], place: Place, findings: Findings
) -> pd.DataFrame:
    """Keep rows that have such a spell, and settle whether it goes on.

    Parameters
    ----------
    frame : one row per row of the file: start, and where they are mapped stop, present and ongoing.
    spec : the block of the mapping.
    done : the columns as evaluated.
    place : where the block is written.
    findings : receives periods that go on and have ended, and dates of periods that are not recorded.
    """
    has = frame["present"].to_numpy() == 1 if "present" in frame else done["start"].asked()
    going_on = ~done["stop"].asked() if "stop" in frame else np.ones(len(frame), dtype=bool)
    stop = frame["stop"].to_numpy(dtype=float) if "stop" in frame else np.full(len(frame), np.nan)
    _tell_dates_without_period(frame["start"].to_numpy(dtype=float), stop, has, spec, place, findings)
    if "ongoing" in frame:
        said = frame["ongoing"].to_numpy(dtype=float)
        going_on = np.where(np.isnan(said), going_on, said == 1)
        wrong = has & (said == 1) & ~np.isnan(stop)
        what = "says that it goes on, but an end is given too"
        column = ", ".join(source_columns(spec.columns["ongoing"]))
        at = place.at("columns", "ongoing")
        findings.failing_cells("going_on_and_ended", at, column, Cells(said), said, wrong, what, BOTH_SAID, "warning")
    precision = np.where(pd.isna(done["start"].precision), "year", done["start"].precision)
    stop = np.where(going_on, np.nan, stop)
    return frame.assign(kind=spec.kind, stop=stop, ongoing=going_on, precision=precision)[has]


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


def as_events(frame: pd.DataFrame, spec: EventMap, time: Evaluated, place: Place, findings: Findings) -> pd.DataFrame:
    """Keep rows with a time, and settle whether the event had happened by then.

    Parameters
    ----------
    frame : one row per row of the file: time, and where it is mapped observed.
    spec : the block of the mapping.
    time : the column `time` as evaluated.
    place : where the block is written.
    findings : receives times of which it is not known whether the event had happened.
    """
    dated = frame["time"].notna()
    frame = frame.assign(event=spec.event, precision=time.precision)
    if "observed" not in frame:
        return frame.assign(observed=True)[dated]
    unknown = (dated & frame["observed"].isna()).to_numpy()
    column, shown = ", ".join(source_columns(spec.columns["observed"])), np.full(len(frame), "(blank)", dtype=object)
    what = "does not say whether the event had happened by its time"
    todo = f"{SET_ASIDE[place.table]}. Fill in the file, or leave the time blank where the event is not known of."
    at = place.at("columns", "observed")
    findings.failing_cells("event_not_known", at, column, Cells(shown), shown, unknown, what, todo)
    return frame.assign(observed=frame["observed"] == 1)[dated]
