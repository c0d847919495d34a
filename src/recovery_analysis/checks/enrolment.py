"""Follow-up dated before it begins, where people are enrolled and then followed (`design.kind: cohort`).

What was before enrolment may be told: periods, and events that no outcome counts time to, such as onset or first help.
"""

import numpy as np
import pandas as pd

from .moments import ROUNDING, earliest, in_words, latest
from .rules import DEATH, events_in_words
from .tables import Tables


def event_before_enrolment(tables: Tables) -> pd.DataFrame:
    """Events that people are followed for, and deaths, dated before follow-up begins; before birth is another check."""
    events = tables.events
    if tables.followed is None:
        return events.iloc[:0]
    own = events["event"].isin([*tables.followed, DEATH]) & (events["event"] != tables.time_zero)
    unborn = latest(events["time"], events["precision"]) < tables.born("events")
    before = own & ~unborn & _before(tables, "events", events["precision"])
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
    waves = tables.waves
    if tables.followed is None:
        return np.zeros(len(waves), dtype=bool)
    later = waves["wave"].to_numpy(dtype=float, na_value=np.nan) > 0
    return later & _before(tables, "waves", _days(waves)).to_numpy()


def _days(frame: pd.DataFrame) -> pd.Series:
    return pd.Series("day", frame.index, dtype=object)


def _before(tables: Tables, table: str, precision: pd.Series) -> pd.Series:
    time = tables[table]["time"]
    if not tables.calendar:
        return time < -ROUNDING
    zero = tables.when(tables.time_zero, table)
    return latest(time, precision) < earliest(zero["time"], zero["precision"])


def _begins(tables: Tables, table: str, rows: pd.Series | np.ndarray) -> pd.Series:
    """When the follow-up of the person of each of the rows begins, in words."""
    if not tables.calendar or not rows.any():
        return pd.Series("enrolment", tables[table].index[rows], dtype=object)
    zero = tables.when(tables.time_zero, table)[rows]
    return f"{tables.time_zero.replace('_', ' ')}, " + in_words(zero["time"], zero["precision"], True)
