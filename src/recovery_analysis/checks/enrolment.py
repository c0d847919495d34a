"""Follow-up dated before it begins, where people are enrolled and then followed (`design.kind: cohort`).

What was before enrolment may be told: periods, and events that no outcome counts time to, such as onset or first help.
"""

import numpy as np
import pandas as pd

from .moments import ROUNDING, in_words
from .rules import DEATH, events_in_words
from .tables import Tables


def event_before_enrolment(tables: Tables) -> pd.DataFrame:
    """Events that people are followed for, and deaths, dated before follow-up begins; before birth is another check."""
    events = tables.events
    if tables.followed is None:
        return events.iloc[:0]
    own = events["event"].isin([*tables.followed, DEATH]) & (events["event"] != tables.time_zero)
    before = own.to_numpy() & _before(tables, "events")
    before &= ~(tables.moments("events", "time")[1] < tables.born("events"))
    return events_in_words(tables, before).assign(begins=_begins(tables, "events", before))


def wave_before_enrolment(tables: Tables) -> pd.DataFrame:
    """Interviews after the first that are dated before follow-up begins."""
    before = dated_before_enrolment(tables)
    found = tables.waves[before]
    return found.assign(
        value=in_words(found["time"], _days(found), tables.calendar),
        number=found["wave"].astype(int),
        begins=_begins(tables, "waves", before),
    )


def dated_before_enrolment(tables: Tables) -> np.ndarray:
    """Which interviews after the first are dated before follow-up begins; none where people are not followed."""
    if tables.followed is None:
        return np.zeros(len(tables.waves), dtype=bool)
    return tables.once("dated_before_enrolment", lambda: (tables.wave > 0) & _before(tables, "waves"))


def _days(frame: pd.DataFrame) -> pd.Series:
    return pd.Series("day", frame.index, dtype=object)


def _before(tables: Tables, table: str) -> np.ndarray:
    if not tables.calendar:
        return tables[table]["time"].to_numpy() < -ROUNDING
    return tables.moments(table, "time")[1] < tables.when(tables.time_zero, table).earliest


def _begins(tables: Tables, table: str, rows: np.ndarray) -> np.ndarray | str:
    """When the follow-up of the person of each of these rows begins, in words."""
    if not tables.calendar:
        return "enrolment"
    return f"{tables.time_zero.replace('_', ' ')}, " + tables.when(tables.time_zero, table).words(rows)
