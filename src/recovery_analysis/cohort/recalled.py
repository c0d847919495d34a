"""How exactly a recalled time is known: a date told as a year can be any day of that year."""

import numpy as np
import pandas as pd

from ..study import Design

# Half the width of what a date of each precision can mean, in years, around the time that stands for it.
HALF_WIDTH = {"day": 0.0, "month": 0.5 / 12, "year": 0.5, "age": 1.0}


def precision_of(persons: pd.DataFrame, events: pd.DataFrame, design: Design) -> pd.Series:
    """Precision of each person's time zero; `day` where the clock starts at enrolment."""
    if not design.calendar:
        return pd.Series("day", index=persons.index)
    own = events[(events["event"] == design.time_zero) & events["observed"]].set_index("person_id")["precision"]
    return persons["person_id"].map(own)


def recall_bounds(times: pd.DataFrame, told: pd.Series, zero_told: pd.Series) -> pd.DataFrame:
    """Add the interval (earliest, latest] in which the time to the outcome lies, given how both ends were told.

    A whole year y is the half-open (y, y + 1], so a time between two dates told as years is known to a year on either
    side. The whole interval counts as equally open: that its middle is likelier is not used.

    Parameters
    ----------
    times : columns zero, until and event, years.
    told, zero_told : precision of `until` and of `zero`.
    """
    half = told.map(HALF_WIDTH).fillna(0.0).to_numpy(float) + zero_told.map(HALF_WIDTH).fillna(0.0).to_numpy(float)
    happened = times["event"] == 1
    length = times["until"] - times["zero"]
    earliest = np.maximum(length - half, 0.0).where(happened)
    return times.assign(earliest=earliest, latest=(length + half).where(happened))


def told_of(ids: pd.Series, spells: pd.DataFrame, when: pd.Series) -> pd.Series:
    """Precision of the start of the spell that a person was in at `when`: the last one that had begun."""
    begun = spells[spells["start"] < spells["person_id"].map(pd.Series(when.to_numpy(), index=ids))]
    last = begun.sort_values(["person_id", "start"], kind="stable").drop_duplicates("person_id", keep="last")
    return ids.map(last.set_index("person_id")["precision"])
