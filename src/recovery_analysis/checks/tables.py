"""The canonical tables of one study side by side."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..schemas.sound import codes_of, more_than_once
from ..study import Checks, Variable
from .moments import in_words, span, stop_precision

TABLES = ("persons", "spells", "events", "waves")
ORIGIN = ["source_file", "source_row"]
# Rows that agree in everything agree in these, besides the person.
KEYS = {"persons": [], "spells": ["kind", "start"], "events": ["event"], "waves": ["wave"]}


@dataclass(frozen=True, eq=False)
class Tables:
    """The canonical tables as ingested; each row is known by its index.

    Attributes
    ----------
    calendar : whether times are calendar years (otherwise years since enrolment).
    followed_later : whether people are followed from the interview on (`design.entry: interview`).
    time_zero : the event that starts the clock, or `enrolment`.
    followed : events that outcomes count time to, where people are enrolled and then followed; missing otherwise.
    settings : severities, thresholds, and what the study says cannot be.
    variables : the study's own columns.
    """

    persons: pd.DataFrame
    spells: pd.DataFrame
    events: pd.DataFrame
    waves: pd.DataFrame
    calendar: bool
    settings: Checks = Checks()
    variables: dict[str, Variable] = field(default_factory=dict)
    followed_later: bool = False
    time_zero: str = "enrolment"
    followed: tuple[str, ...] | None = None
    _done: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return getattr(self, name)

    def once(self, name: Hashable, work: Callable[[], Any]) -> Any:
        """What is found in the tables under this name, worked out once."""
        if name not in self._done:
            self._done[name] = work()
        return self._done[name]

    @cached_property
    def _identified(self) -> tuple[np.ndarray, np.ndarray]:
        ids = [self[name]["person_id"] for name in TABLES]
        shared = getattr(ids[0].dtype, "categories", None)
        if shared is not None and all(getattr(own.dtype, "categories", None) is shared for own in ids):
            return np.concatenate([own.cat.codes for own in ids]), shared.to_numpy()
        return pd.factorize(np.concatenate([own.to_numpy(dtype=object) for own in ids]))

    @cached_property
    def people(self) -> pd.Index:
        """Each identifier of a person once, whatever table it is in."""
        return pd.Index(self._identified[1])

    @cached_property
    def person(self) -> dict[str, np.ndarray]:
        """Table → position in `people` of each row's person; -1 where the identifier is missing."""
        ends = np.cumsum([len(self[name]) for name in TABLES])
        return dict(zip(TABLES, np.split(self._identified[0], ends[:-1]), strict=True))

    @cached_property
    def sharing(self) -> dict[str, np.ndarray]:
        """Table → which rows have the person and key of another row of the table."""
        return {name: self._sharing(name) for name in TABLES}

    def _sharing(self, name: str) -> np.ndarray:
        key = self.person[name].astype(np.int64)
        for column in KEYS[name]:
            codes = codes_of(self[name][column])
            key = key * (int(codes.max(initial=0)) + 2) + codes + 1
        return more_than_once(key) & (self.person[name] >= 0)

    @cached_property
    def repeated(self) -> dict[str, np.ndarray]:
        """Table → which rows say exactly what an earlier row says; rows without a person are not among them."""
        return {name: self._repeated(self[name], self.sharing[name]) for name in TABLES}

    @staticmethod
    def _repeated(frame: pd.DataFrame, sharing: np.ndarray) -> np.ndarray:
        same = np.zeros(len(frame), dtype=bool)
        same[sharing] = frame[sharing].duplicated([c for c in frame.columns if c not in ORIGIN])
        return same

    @cached_property
    def wave(self) -> np.ndarray:
        """Number of each interview; missing where it is not known."""
        return self.waves["wave"].to_numpy(dtype=float, na_value=np.nan)

    @cached_property
    def _born(self) -> np.ndarray:
        by_age = -(np.floor(self.persons["age"].to_numpy(dtype=float)) + 1)
        if not self.calendar:
            return by_age
        year = self.persons["birth_year"].to_numpy(dtype=float)
        return np.where(np.isnan(year), np.floor(self.when("interview", "persons").time) + by_age, year)

    def born(self, table: str) -> np.ndarray:
        """Earliest time of birth of the person of each row of a table: the year of birth, or what follows from the age
        where that is not known or times are counted from enrolment."""
        return beside(self._born, self._row_of_person(table))

    def moments(self, table: str, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The first and the last moment that each date in a column can mean; interviews are known to the day."""
        return self.once((table, column), lambda: span(self[table][column], self._precision(table, column)))

    def _precision(self, table: str, column: str) -> pd.Series:
        frame = self[table]
        if table == "waves":
            return pd.Series(pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), ["day"]), frame.index)
        return stop_precision(frame, self.calendar) if column == "stop" else frame["precision"]

    def when(self, event: str, table: str) -> "When":
        """One observed event of the person of each row of a table."""
        return self.once(("when", event, table), lambda: When(self, self._row_of_event(event, table)))

    def _row_of_event(self, event: str, table: str) -> np.ndarray:
        counts = ((self.events["event"] == event) & self.events["observed"]).to_numpy()
        return self.first_row("events", np.flatnonzero(counts), table)

    def of_person(self, column: str, table: str) -> np.ndarray:
        """A column of `persons`, beside each row of a table; missing where the person is not in it."""
        return beside(self.persons[column].to_numpy(), self._row_of_person(table))

    def _row_of_person(self, table: str) -> np.ndarray:
        every = np.arange(len(self.persons))
        return self.once(("row", table), lambda: self.first_row("persons", every, table))

    def first_row(self, source: str, rows: np.ndarray, table: str) -> np.ndarray:
        """The first of some rows of a source that are of the person of each row of a table; -1 where there is none."""
        first = np.full(len(self.people) + 1, -1)
        # Last assigned stays, so from the end on; the row of nobody is the last.
        first[self.person[source][rows][::-1]] = rows[::-1]
        first[-1] = -1
        return first[self.person[table]]


def beside(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The values at some positions; missing at -1."""
    return np.append(values, np.nan if values.dtype.kind == "f" else None).take(at)


@dataclass(frozen=True, eq=False)
class When:
    """When an event was, beside each row of another table.

    Attributes
    ----------
    tables : the tables of the study.
    at : the row of `events` that tells of it, shape (n,); -1 where none does.
    """

    tables: Tables
    at: np.ndarray

    @cached_property
    def earliest(self) -> np.ndarray:
        """The first moment that its time can mean; missing where it is not known, as in all that follows."""
        return beside(self.tables.moments("events", "time")[0], self.at)

    @cached_property
    def latest(self) -> np.ndarray:
        """The last moment that its time can mean."""
        return beside(self.tables.moments("events", "time")[1], self.at)

    @cached_property
    def time(self) -> np.ndarray:
        """Its time."""
        return beside(self.tables.events["time"].to_numpy(), self.at)

    def words(self, rows: np.ndarray) -> np.ndarray:
        """Its time in words, beside the rows that the mask names; it must be told of in each."""
        events = self.tables.events.iloc[self.at[rows]]
        return in_words(events["time"], events["precision"], self.tables.calendar).to_numpy()
