"""What each check looks for: canonical tables → the rows at fault, with the words that its sentence needs.

Each function returns rows of one canonical table, their index kept, with a column `value` as found.
"""

import numpy as np
import pandas as pd

from .moments import in_words, stop_precision
from .tables import Tables, When, beside

INTERVIEW, ONSET, FIRST_HELP, DEATH = "interview", "onset", "first_help", "death"
KIND_WORDS = {
    "use": "use",
    "recovery": "recovery",
    "abstinence": "abstinence",
    "mutual_aid": "mutual aid",
    "peer_support": "peer support",
    "outpatient": "outpatient treatment",
    "residential": "residential treatment",
    "medication": "medication",
    "natural": "change without formal help",
}


def _rows(frame: pd.DataFrame, at_fault: pd.Series | np.ndarray, value: str) -> pd.DataFrame:
    rows = frame[np.asarray(at_fault, dtype=bool)]
    return rows.assign(value=rows[value])


def without_person(tables: Tables, table: str) -> pd.DataFrame:
    """Rows without an identifier."""
    return _rows(tables[table], tables.person[table] < 0, "person_id")


def repeated_rows(tables: Tables, table: str) -> pd.DataFrame:
    """Rows that say exactly what an earlier row says; the first is not among them."""
    return _rows(tables[table], tables.repeated[table], "person_id")


def _different(tables: Tables, table: str, keys: list[str], value: str) -> pd.DataFrame:
    """Rows that share their key but do not say the same."""
    frame = tables[table][tables.sharing[table] & ~tables.repeated[table]]
    return _rows(frame, frame.duplicated(keys, keep=False) & frame[keys].notna().all(axis=1), value)


def different_persons(tables: Tables) -> pd.DataFrame:
    """Rows of persons with the same identifier that do not say the same."""
    return _different(tables, "persons", ["person_id"], "person_id")


def different_waves(tables: Tables) -> pd.DataFrame:
    """Interviews of the same person and number that do not say the same."""
    return _different(tables, "waves", ["person_id", "wave"], "wave")


def different_events(tables: Tables) -> pd.DataFrame:
    """The same event of the same person at different times."""
    found = _different(tables, "events", ["person_id", "event"], "time")
    return found.assign(value=in_words(found["time"], found["precision"], tables.calendar))


def without_wave(tables: Tables) -> pd.DataFrame:
    """Interviews without a number."""
    return _rows(tables.waves, tables.waves["wave"].isna(), "wave")


def unknown_person(tables: Tables, table: str) -> pd.DataFrame:
    """Rows of people who are not in persons."""
    known = np.zeros(len(tables.people) + 1, dtype=bool)
    known[tables.person["persons"]] = True
    # A row without a person is found by another check.
    known[-1] = True
    found = _rows(tables[table], ~known[tables.person[table]], "person_id")
    ids = tables.persons["person_id"].dropna().head(1)
    return found.assign(example=ids.iloc[0] if len(ids) else "(none)")


def ends_before_start(tables: Tables) -> pd.DataFrame:
    """Spells that end before they can have started, unless it is told already that they start after the interview."""
    starts, ends = tables.moments("spells", "start")[0], tables.moments("spells", "stop")[1]
    return spells_in_words(tables, (ends < starts) & ~told_late(tables, "spells", "ends_before_start"), "stop")


def spell_after_interview(tables: Tables) -> pd.DataFrame:
    """Spells that start or end after the interview that they were told at; calendar clock."""
    interview = tables.when(INTERVIEW, "spells")
    starts_later, later = _starts_later(tables), _late_spells(tables)
    found = spells_in_words(tables, later, "start", interview)
    return found.assign(what=np.where(starts_later[later], "starts", "ends"))


def _starts_later(tables: Tables) -> np.ndarray:
    return tables.moments("spells", "start")[0] > tables.when(INTERVIEW, "spells").latest


def _late_spells(tables: Tables) -> np.ndarray:
    return _starts_later(tables) | (tables.moments("spells", "stop")[0] > tables.when(INTERVIEW, "spells").latest)


def told_late(tables: Tables, table: str, other: str) -> np.ndarray:
    """Which spells or events are set aside for lying after the interview.

    They are told of once: the check `other` compares nothing with them, unless they are only to be looked at, or the
    other check would stop the study.
    """
    check, find = LATE[table]
    severity = tables.settings.severity
    outdone = getattr(severity, other) == "fatal" != getattr(severity, check)
    if not tables.calendar or outdone or getattr(severity, check) not in ("error", "fatal"):
        return np.zeros(len(tables[table]), dtype=bool)
    return tables.once(("late", table), lambda: find(tables))


def event_told_late(tables: Tables, event: str, table: str, other: str) -> np.ndarray:
    """The same of one event, beside each row of another table."""
    return beside(told_late(tables, "events", other).astype(float), tables.when(event, table).at) == 1


def spell_before_birth(tables: Tables) -> pd.DataFrame:
    """Spells that start before the person was born."""
    born = tables.born("spells")
    before = tables.moments("spells", "start")[1] < born
    return spells_in_words(tables, before, "start").assign(born=_born_in_words(born[before], tables.calendar))


def _born_in_words(born: np.ndarray, calendar: bool) -> list[str]:
    return [f"{time:.0f}" if calendar else f"aged {-time - 1:.0f} at enrolment" for time in born]


def recovery_before_onset(tables: Tables) -> pd.DataFrame:
    """Periods of recovery that start before the problem did."""
    onset = tables.when(ONSET, "spells")
    before = (tables.spells["kind"] == "recovery").to_numpy() & (tables.moments("spells", "start")[1] < onset.earliest)
    before &= ~event_told_late(tables, ONSET, "spells", "recovery_before_onset")
    return spells_in_words(tables, before, "start", onset)


def spells_in_words(tables: Tables, at_fault: np.ndarray, value: str, other: When | None = None) -> pd.DataFrame:
    """Spells at fault with their dates in words, and the date of the event that they are compared with."""
    found = tables.spells[at_fault]
    if found.empty:
        return found
    start = in_words(found["start"], found["precision"], tables.calendar)
    stop = in_words(found["stop"], stop_precision(found, tables.calendar), tables.calendar)
    stop = stop.mask(found["ongoing"].astype(bool), "now")
    found = found.assign(start_words=start, stop_words=stop, what_kind=found["kind"].map(KIND_WORDS))
    if other is not None:
        found["other"] = other.words(at_fault)
    return found.assign(value=found[f"{value}_words"])


def events_in_words(tables: Tables, at_fault: np.ndarray, other: When | None = None) -> pd.DataFrame:
    """Events at fault with their names and dates in words, and the date of the event that they are compared with."""
    found = tables.events[at_fault]
    if found.empty:
        return found
    words = in_words(found["time"], found["precision"], tables.calendar)
    found = found.assign(value=words, name=found["event"].str.replace("_", " "))
    if other is not None:
        found["other"] = other.words(at_fault)
    return found


def event_after_interview(tables: Tables) -> pd.DataFrame:
    """Events after the interview that they were told at, unless people are followed from it on; calendar clock."""
    return events_in_words(tables, _late_events(tables), tables.when(INTERVIEW, "events"))


def _late_events(tables: Tables) -> np.ndarray:
    events = tables.events
    if tables.followed_later:
        return np.zeros(len(events), dtype=bool)
    later = tables.moments("events", "time")[0] > tables.when(INTERVIEW, "events").latest
    return later & (events["observed"] & (events["event"] != INTERVIEW)).to_numpy()


def event_before_birth(tables: Tables) -> pd.DataFrame:
    """Events before the person was born."""
    born = tables.born("events")
    before = tables.moments("events", "time")[1] < born
    return events_in_words(tables, before).assign(born=_born_in_words(born[before], tables.calendar))


def onset_after_first_help(tables: Tables) -> pd.DataFrame:
    """Problems that began after help was first sought for them."""
    help_at = tables.when(FIRST_HELP, "events")
    later = (tables.events["event"] == ONSET).to_numpy() & (tables.moments("events", "time")[0] > help_at.latest)
    later &= ~told_late(tables, "events", "onset_after_first_help")
    return events_in_words(tables, later, help_at)


def age_against_birth_year(tables: Tables) -> pd.DataFrame:
    """Ages that the birth year and the date of the interview do not allow, unless that date is too late by itself."""
    persons = tables.persons
    interview = tables.when(INTERVIEW, "persons")
    at_most = np.floor(interview.time) - persons["birth_year"].to_numpy()
    age = np.floor(persons["age"].to_numpy())
    wrong = (age > at_most) | (age < at_most - 1)
    wrong &= ~(interview.time > (tables.settings.extract_year or np.inf))
    found = persons[wrong]
    return found.assign(
        value=found["age"].map("{:g}".format),
        born=found["birth_year"].map("{:.0f}".format),
        other=interview.words(wrong),
    )


# Table → the check of what lies after the interview, and how it is found.
LATE = {
    "spells": ("spell_after_interview", _late_spells),
    "events": ("event_after_interview", _late_events),
}
