"""Dates later than they can be: after the data were taken, or long after every other interview. No wall clock."""

import numpy as np
import pandas as pd

from ..io import texts_as_objects
from .moments import in_words
from .rules import INTERVIEW, events_in_words, spells_in_words, told_late
from .tables import ORIGIN, Tables

FEWEST = 10
LARGEST_SHARE = 0.05


def interview_after_extract(tables: Tables) -> pd.DataFrame:
    """Interviews dated after the day that the data were taken, where the study gives it; calendar clock."""
    limit = tables.settings.extract_year
    if limit is None or not tables.calendar:
        return tables.waves.iloc[:0]
    found = tables.waves[tables.waves["time"] > limit]
    return found.assign(value=_words(found["time"], tables), other=tables.settings.extract_date)


def interview_event_after_extract(tables: Tables) -> pd.DataFrame:
    """The same of interviews that the study tells as an event."""
    events, limit = tables.events, tables.settings.extract_year
    if limit is None:
        return events.iloc[:0]
    late = tables.moments("events", "time")[0] > limit
    found = events_in_words(tables, late & ((events["event"] == INTERVIEW) & events["observed"]).to_numpy())
    return found.assign(other=tables.settings.extract_date)


def interview_far_later(tables: Tables) -> pd.DataFrame:
    """The few interviews of a file and wave that come after a long time without any; of those before the extract."""
    return tables.once("interview_far_later", lambda: _far_later(tables))


def _far_later(tables: Tables) -> pd.DataFrame:
    waves = tables.waves[["person_id", *ORIGIN, "wave", "time"]].drop(interview_after_extract(tables).index)
    waves = texts_as_objects(_with_gaps(waves, tables.settings.thresholds.interview_gap_years))
    ordered = waves.sort_values(["source_file", "wave", "time"], kind="stable")
    group = ordered.groupby(["source_file", "wave"])
    before = group["time"].shift()
    gap = (ordered["time"] - before) > tables.settings.thresholds.interview_gap_years
    if not gap.any():
        return ordered.iloc[:0]
    size = group["time"].transform("size")
    at_the_end = (size - group.cumcount()) <= LARGEST_SHARE * size
    late = (gap & at_the_end & (size >= FEWEST)).groupby([ordered["source_file"], ordered["wave"]]).cummax()
    last = before.where(late & gap).groupby([ordered["source_file"], ordered["wave"]]).cummin()
    last = last.groupby([ordered["source_file"], ordered["wave"]]).ffill()
    found = ordered[late]
    return found.assign(value=_words(found["time"], tables), other=_words(last[late], tables))


def too_late(tables: Tables) -> pd.Index:
    """Interviews whose own date is found to be too late, whatever their order."""
    return interview_after_extract(tables).index.union(interview_far_later(tables).index)


def _with_gaps(waves: pd.DataFrame, longest: float) -> pd.DataFrame:
    """Dated interviews of the files and waves in which a time without any is longer than `longest`, in years."""
    known = (waves["time"].notna() & waves["wave"].notna()).to_numpy()
    file, wave = (pd.factorize(waves[name][known])[0] for name in ("source_file", "wave"))
    group = file * (wave.max(initial=0) + 1) + wave
    # Numbers of a small type are sorted fastest.
    group = group.astype(np.min_scalar_type(int(group.max(initial=0))))
    order, time = np.argsort(group, kind="stable"), waves["time"].to_numpy()[known]
    parts = np.split(time[order], np.cumsum(np.bincount(group))[:-1])
    far = np.array([_has_gap(part, longest) for part in parts], dtype=bool)
    known[known] = far[group]
    return waves[known]


def _has_gap(times: np.ndarray, longest: float) -> bool:
    """Whether a time without any is longer; there is none where each stretch half as long holds one."""
    if len(times) < 2:
        return False
    stretch = np.floor((times - times.min()) / (longest / 2))
    if stretch.max() < len(times) and np.bincount(stretch.astype(int)).all():
        return False
    return bool((np.diff(np.sort(times)) > longest).any())


def _words(times: pd.Series, tables: Tables) -> pd.Series:
    return in_words(times, pd.Series("day", times.index, dtype=object), tables.calendar)


def _limit(tables: Tables) -> tuple[float, str, str]:
    """The latest time that can be told of, what it is, and when."""
    settings = tables.settings
    if settings.extract_year is not None:
        return settings.extract_year, "the day that the data were taken", settings.extract_date
    times = tables.waves["time"]
    times = times[~times.index.isin(interview_far_later(tables).index)]
    interviews = tables.events[(tables.events["event"] == INTERVIEW) & tables.events["observed"]]
    newest = np.fmax(times.max(), interviews["time"].max())
    shown = _words(pd.Series([newest], dtype=float), tables).iloc[0]
    return newest, "the newest interview in the files", shown


def _open(tables: Tables, table: str) -> np.ndarray:
    """Row by row of a table, whether a person's dates are still to be compared: with the day of the extract
    unless they are told to lie after the interview, with the newest interview only where the person's own is not known.
    """
    if tables.settings.extract_year is not None:
        return ~told_late(tables, table, f"{table[:-1]}_after_extract")
    return np.isnan(tables.when(INTERVIEW, table).time)


def event_after_extract(tables: Tables) -> pd.DataFrame:
    """Events after the data were taken, or after the newest interview where a person's own is not known."""
    limit, what, shown = _limit(tables)
    after = (tables.moments("events", "time")[0] > limit) & tables.events["observed"].to_numpy()
    after &= (tables.events["event"] != INTERVIEW).to_numpy()
    return events_in_words(tables, after & _open(tables, "events")).assign(limit=what, other=shown)


def spell_after_extract(tables: Tables) -> pd.DataFrame:
    """Spells that start or end after the data were taken, or after the newest interview, as for events."""
    limit, what, shown = _limit(tables)
    after = (tables.moments("spells", "start")[0] > limit) | (tables.moments("spells", "stop")[0] > limit)
    found = spells_in_words(tables, after & _open(tables, "spells"), "start")
    return found.assign(limit=what, other=shown)
