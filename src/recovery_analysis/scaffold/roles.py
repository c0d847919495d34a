"""Which columns tell people, interviews, dates and times apart: guesses, each with its confidence."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from .column import MOSTLY, Column, parted, tokens
from .units import unit_of

Confidence = Literal["exact", "by label", "unknown"]
PERSON_WORDS = {"id", "pid", "person", "personid", "subject", "subjid", "participant", "respondent", "case", "caseid"}
PERSON_WORDS |= {"record", "patient", "patid", "individual", "seqn", "respid", "idno", "idnum", "clientid", "studyid"}
ROW_WORDS = {"rownames", "row", "rowname", "index", "no", "nr", "number"}
WAVE_WORDS = {"wave", "visit", "time", "round", "interview", "followup", "occasion", "session", "phase"}
TIME_WORDS = {"time", "futime", "survtime", "duration", "days", "day", "weeks", "week", "months", "month", "years"}
TIME_WORDS |= {"ttr", "tte", "ttp", "os", "pfs", "rfs", "dfs", "efs"}
# Of these, a few different values are a month or day of the calendar, or an interview.
ONCE_WORDS = {"day", "week", "month"}
FEWEST_TIMES = 6
STATUS_WORDS = {"status", "event", "observed", "censor", "censored", "cens", "dead", "death", "died", "outcome"}
STATUS_WORDS |= {"arrest", "arrested", "relapsed", "failed", "failure", "relapse", "delta", "stat", "fail"}
STATUS_WORDS |= {"recurrence", "recurred", "progression"}
UNTOLD_WORDS = {"status", "event", "observed", "censor", "censored", "cens", "outcome", "delta", "stat"}
SURVIVED_WORDS = {"survived", "survive", "survival", "alive"}
# Words between a length of time and what it is the time to: days_fu, time_to_relapse.
BETWEEN_WORDS = {"fu", "followup", "follow", "up", "followed", "observation", "to", "till", "until", "of", "in"}
BETWEEN_WORDS |= {"os", "pfs", "rfs", "dfs", "efs", "s", "surv", "survival"}
BIRTH_WORDS = {"birth", "born", "yob", "birthyear"}
PEER_WORDS = {"peer", "peers", "mutual", "aa", "na", "smart", "fellowship", "selfhelp", "sponsor", "helpgroup"}
PEER_PART = re.compile(r"peer|mutual|self.?help|fellowship|sponsor|twelve.?step|12.?step|lero", re.IGNORECASE)
TREAT_WORDS = {"treat", "treated", "treatment", "trt", "arm", "group", "grp", "exposed", "intervention"}
MOST_WAVES, FEWEST_PEOPLE, ROWS_PER_PERSON = 30, 10, 60


@dataclass(frozen=True)
class Guess:
    """A column and what it is taken for, how sure that is, and why."""

    column: Column
    confidence: Confidence
    why: str


def guess_person(columns: list[Column]) -> Guess | None:
    """The column that tells people apart: unique, or repeated where people were interviewed several times."""
    able = [c for c in columns if c.kind in ("whole", "text") and c.known == c.n and c.known]
    able = [c for c in able if c.cells.values.dtype.kind != "M"]
    named = [c for c in able if _called(c, PERSON_WORDS)]
    unique = [c for c in named if c.different >= MOSTLY * c.known]
    if unique:
        every = "" if unique[0].different == unique[0].known else "nearly "
        return Guess(unique[0], "exact", f"called an identifier, and different in {every}every row")
    repeated = [c for c in named if c.different >= max(FEWEST_PEOPLE, c.known / ROWS_PER_PERSON)]
    if repeated:
        most = max(repeated, key=lambda c: c.different)
        return Guess(most, "exact", "called an identifier; people have several rows")
    rows = [c for c in able if c.different == c.known]
    rows = sorted(rows, key=lambda c: not _called(c, ROW_WORDS))
    return Guess(rows[0], "by label", "different in every row, but not called an identifier") if rows else None


def _called(column: Column, words: set[str]) -> bool:
    name = column.name.lower()
    return name in words or bool(tokens(column.name) & words) or ("id" in words and name.endswith("_id"))


def several_rows(person: Column) -> bool:
    """Whether people have more than one row each, a few doubles aside."""
    return person.different < MOSTLY * person.known


def guess_wave(columns: list[Column], person: Column) -> Guess | None:
    """The number of the interview: with the person it is different in every row; None if people have one row."""
    if not several_rows(person):
        return None
    able = [c for c in columns if c.kind == "whole" and c.sound and c is not person and c.known == person.known]
    able = [c for c in able if 2 <= c.different <= MOST_WAVES and np.nanmin(c.number) >= 0]
    pairs = {c.name: _pairs_again(person, c) for c in able}
    able = [c for c in able if pairs[c.name] <= 0.01 * person.known]
    able = [c for c in able if c.common and not _called(c, TREAT_WORDS | STATUS_WORDS | ROW_WORDS)]
    named = [c for c in able if _called(c, WAVE_WORDS)]
    if named:
        return Guess(named[0], "exact", "called an interview, and different within each person")
    return Guess(able[0], "by label", "different within each person") if able else None


def _pairs_again(person: Column, column: Column) -> int:
    """Rows that hold a person and a code which an earlier row holds together."""
    pairs = np.sort(person.codes.codes.astype(np.int64) * (column.different + 1) + column.codes.codes)
    return int((pairs[1:] == pairs[:-1]).sum())


def guess_birth_year(columns: list[Column]) -> Guess | None:
    """Calendar year of birth."""
    for column in columns:
        if column.has_words(*BIRTH_WORDS) and column.kind == "whole" and column.share_within(1900, 2020) > 0.9:
            return Guess(column, "exact", "called birth, and years from 1900 to 2020")
    return None


def is_calendar_year(column: Column) -> bool:
    """Whether a column is called a year and holds calendar years."""
    return column.kind == "whole" and "year" in tokens(column.name) and column.share_within(1900, 2100) == 1


def guess_dates(columns: list[Column]) -> list[Guess]:
    """Columns of calendar dates."""
    return [Guess(c, "exact", "dates") for c in columns if c.kind == "date"]


def is_zero_one(column: Column) -> bool:
    """Whether a column holds 0 and 1 and nothing else."""
    return column.kind == "whole" and column.sound and set(column.counts.index) == {"0", "1"}


@dataclass(frozen=True)
class Follow:
    """A time and whether the event had happened by then.

    `recode` is what the codes of the status mean: 1 if it had; empty where they are 0 and 1. `competing` names what may
    come instead; `followed` is whether people are followed for it, and not for something else that it ends.
    """

    time: Column
    status: Column
    name: str
    unit: str
    confidence: Confidence
    recode: dict[str, int]
    competing: tuple[str, ...] = ()
    followed: bool = True

    @property
    def happened(self) -> str:
        """The code of the status that means that it had happened, with its label."""
        return self.told(next((code for code, value in self.recode.items() if value == 1), "1"))

    def told(self, code: str) -> str:
        """A code of the status with its label."""
        return f"{code} ({self.status.labels[code]})" if code in self.status.labels else code


def guess_follow_up(
    columns: list[Column],
    answers: dict[str, dict[str, int]],
    events_of: Callable[[Column, str], dict[str, dict[str, int]]],
) -> list[Follow]:
    """Pairs of a length of time and a status, by their names: work_day and work, daysanysub and anysubstatus.

    Parameters
    ----------
    answers : column of yes and no → code → 1 or 0; empty where it holds 0 and 1.
    events_of : a status of several codes, and a name → event → code → 1 or 0.
    """
    times = [c for c in columns if c.kind in ("whole", "number") and c.sound and _is_length(c)]
    times = [c for c in times if c.share_within(0, np.inf) == 1]
    answers = answers | {c.name: {"1": 0, "2": 1} for c in columns if is_status(c) and _is_one_two(c)}
    several = {c.name: events for c in columns if is_status(c) and (events := events_of(c, _event_of(c)))}
    statuses = [c for c in columns if c.name in answers or c.name in several]
    found: list[Follow] = []
    for time in times:
        to = _without(_stem(time, TIME_WORDS), BETWEEN_WORDS)
        statuses = [s for s in statuses if s.name not in {pair.status.name for pair in found}]
        same = [s for s in statuses if to and to in (_stem(s, STATUS_WORDS), s.name.lower())]
        plain = [] if to else [s for s in statuses if is_status(s)]
        for status in (same or plain)[:1]:
            events = {_event_of(status): answers[status.name]} if status.name in answers else several[status.name]
            for i, (event, recode) in enumerate(events.items()):
                others = tuple(other for other in events if other != event) if i == 0 else ()
                found.append(Follow(time, status, event, unit_of(time), "by label", recode, others, i == 0))
    return found


def _event_of(status: Column) -> str:
    plainly = "event" if status.name.lower() in UNTOLD_WORDS else status.name.lower()
    return _stem(status, STATUS_WORDS) or plainly


def _is_one_two(column: Column) -> bool:
    return column.kind == "whole" and column.sound and set(column.counts.index) == {"1", "2"} and not column.labels


def _is_time(column: Column) -> bool:
    name = column.name.lower()
    return bool(tokens(column.name) & TIME_WORDS) or name.startswith("days") or name.endswith("time")


def _is_length(column: Column) -> bool:
    """Whether it is called a time and has more different values than interviews, or months of the calendar, would."""
    if not _is_time(column) or not column.coded:
        return _is_time(column)
    few = column.different < FEWEST_TIMES or bool(tokens(column.name) & ONCE_WORDS)
    return not (few or column.labels)


def _stem(column: Column, words: set[str]) -> str:
    """A name without the words that say it is a time or a status."""
    name = parted(column.name).lower()
    for word in sorted(words, key=len, reverse=True):
        if name.startswith(word) or name.endswith(word):
            name = name.removeprefix(word).removesuffix(word)
            break
    return name.strip("_. ")


def _without(name: str, words: set[str]) -> str:
    return "_".join(part for part in re.split(r"[_. ]+", name) if part not in words)


def is_status(column: Column) -> bool:
    """Whether a column is called something that happened to people, and not what they did."""
    return bool(tokens(column.name) & STATUS_WORDS)


def is_outcome(column: Column) -> bool:
    """Whether a column is called a status, or says who survived."""
    return bool(tokens(column.name) & (STATUS_WORDS | SURVIVED_WORDS))


def guess_elapsed(columns: list[Column], wave: Column) -> Column | None:
    """Time since the first interview, told at each interview; it may be blank at the first."""
    able = [c for c in columns if c is not wave and c.kind in ("whole", "number") and _is_time(c)]
    able = [c for c in able if c.share_within(0, np.inf) == 1]
    for column in sorted(able, key=lambda c: "since" not in tokens(c.name)):
        frame = pd.DataFrame({"w": wave.number, "t": column.number})
        means = frame.groupby("w")["t"].mean().dropna()
        if len(means) >= 2 - int(frame["t"].isna().any()) and means.is_monotonic_increasing and _told_later(frame):
            return column
    return None


def _told_later(frame: pd.DataFrame) -> bool:
    """Whether it is known at most later interviews: a time told once, at the first, is not it."""
    later = frame[frame["w"] > frame["w"].min()]
    return bool(len(later)) and later["t"].notna().mean() > 0.5


def guess_peer(columns: list[Column]) -> Column | None:
    """A yes/no column that is called peers or mutual aid, else one that is called a treatment."""
    peers = (c for c in columns if c.has_words(*PEER_WORDS) or PEER_PART.search(f"{c.name} {c.label}"))
    return next(iter([*peers, *(c for c in columns if c.has_words(*TREAT_WORDS))]), None)
