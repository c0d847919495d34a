"""The canonical tables of one study side by side."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..study import Checks, Variable

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

    def __getitem__(self, name: str) -> pd.DataFrame:
        return getattr(self, name)

    @cached_property
    def _identified(self) -> tuple[np.ndarray, np.ndarray]:
        return pd.factorize(np.concatenate([self[name]["person_id"].to_numpy(dtype=object) for name in TABLES]))

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
            codes = pd.factorize(self[name][column])[0]
            key = key * (codes.max(initial=0) + 2) + codes + 1
        return pd.Series(key).duplicated(keep=False).to_numpy() & (self.person[name] >= 0)

    @cached_property
    def repeated(self) -> dict[str, np.ndarray]:
        """Table → which rows say exactly what an earlier row says; rows without a person are not among them."""
        return {name: self._repeated(self[name], self.sharing[name]) for name in TABLES}

    @staticmethod
    def _repeated(frame: pd.DataFrame, sharing: np.ndarray) -> np.ndarray:
        same = np.zeros(len(frame), dtype=bool)
        same[sharing] = frame[sharing].duplicated([c for c in frame.columns if c not in ORIGIN])
        return same

    def when(self, event: str, table: str) -> pd.DataFrame:
        """Time and precision of one observed event of the person of each row of a table."""
        counts = ((self.events["event"] == event) & self.events["observed"]).to_numpy()
        return self._of_person("events", ["time", "precision"], np.flatnonzero(counts), table)

    def born(self, table: str) -> pd.Series:
        """Earliest time of birth of the person of each row of a table: the year of birth, or what follows from the age
        where that is not known or times are counted from enrolment."""
        every = np.arange(len(self.persons))
        told = self._of_person("persons", ["birth_year", "age"], every, table)
        by_age = -(np.floor(told["age"]) + 1)
        if not self.calendar:
            return by_age
        return told["birth_year"].fillna(np.floor(self.when("interview", table)["time"].astype(float)) + by_age)

    def _of_person(self, source: str, columns: list[str], rows: np.ndarray, table: str) -> pd.DataFrame:
        """Columns of the first of some rows of each person, beside each row of a table; missing where there is none."""
        first = np.full(len(self.people) + 1, -1)
        # Last assigned stays, so from the end on; the row of nobody is the last.
        first[self.person[source][rows][::-1]] = rows[::-1]
        first[-1] = -1
        at = first[self.person[table]]
        return pd.DataFrame({c: self._taken(self[source][c], at) for c in columns}, index=self[table].index)

    @staticmethod
    def _taken(column: pd.Series, at: np.ndarray) -> np.ndarray:
        return np.append(column.to_numpy(), np.nan if column.dtype.kind == "f" else None).take(at)
