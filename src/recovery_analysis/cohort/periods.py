"""Follow-up of each person for each time-to-event outcome, as counting-process rows (start, stop, event].

The event is dated when the criterion is met, never before, and peer engagement at a time is what was known of
the time before it.
"""

import numpy as np
import pandas as pd

from .. import labels
from ..study import SPELL_KINDS, UNITS_PER_YEAR, Design, EventOutcome, Peer, SpellOutcome, WaveOutcome
from .exposure import peer_start
from .recalled import precision_of, recall_bounds, told_of
from .spells import criterion_met

SIX_DECIMALS = 6
KNOWN = ("lower", "earliest", "latest")


def follow_up(
    name: str,
    outcome: EventOutcome | SpellOutcome | WaveOutcome,
    design: Design,
    peer: Peer,
    persons: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counting-process rows of one outcome, and the people who have no follow-up for it, by reason.

    Parameters
    ----------
    name, outcome : the outcome as the study names and defines it.
    persons : eligible persons; tables: canonical spells, events and waves.

    Returns
    -------
    periods : columns of schemas.cohort.PERIODS, in the unit of the outcome.
    left_out : columns label, n.
    """
    match outcome:
        case EventOutcome():
            times = _event_times(outcome, design, persons, tables["events"])
        case SpellOutcome():
            times = _spell_times(outcome, design, persons, tables)
        case WaveOutcome():
            times = _wave_times(outcome, design, persons, tables)
    times = _first_of(times, outcome, persons, tables)
    entry = None if design.entry is None else _event(persons, tables["events"], design.entry)
    times, left_out = _usable(times, getattr(outcome, "follow_up_years", 0.0), entry)
    changes = _peer_changes(peer, times, tables)
    periods = _from_entry(split_at_changes(times, changes), times)
    return _in_unit(periods.assign(outcome=name), outcome.unit), left_out


def _event_times(outcome: EventOutcome, design: Design, persons: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Time from the start of the clock to the event, or to the last time known to be without it.

    Where the file has no row for people without the event, that is the interview: in every survey, and in a cohort in
    which everybody with a row had the event.
    """
    frame = persons[["person_id"]].assign(zero=_zero(design, persons, events), lower=np.nan)
    own = events[events["event"] == outcome.event].set_index("person_id")
    told = frame["person_id"].map(own["precision"])
    frame["until"] = frame["person_id"].map(own["time"])
    frame["event"] = frame["person_id"].map(own["observed"].astype(float))
    if design.kind != "cohort" or own["observed"].all():
        interview = _event(persons, events, "interview")
        frame["event"] = frame["event"].fillna(0.0)
        frame["until"] = frame["until"].fillna(interview)
    return recall_bounds(frame, told, precision_of(persons, events, design))


def _spell_times(
    outcome: SpellOutcome, design: Design, persons: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Time at which a spell has lasted long enough: its start plus the required length.

    A person with a spell of unknown start or end has no known time, unless an earlier spell met the criterion.
    `followed` is the time from the start of the clock to the interview.
    """
    interview = _event(persons, tables["events"], "interview")
    ids = persons["person_id"]
    spells = tables["spells"].loc[lambda s: s["person_id"].isin(ids)]
    ends = pd.Series(interview.to_numpy(), index=ids)
    spells = spells.assign(stop=spells["stop"].mask(spells["ongoing"], spells["person_id"].map(ends)))
    when, doubt = criterion_met(outcome, spells)
    when = ids.map(when)
    frame = persons[["person_id"]].assign(zero=_zero(design, persons, tables["events"]), lower=np.nan)
    frame["event"] = when.notna().astype(float).mask(ids.map(doubt) < when.fillna(np.inf))
    frame["until"] = when.fillna(interview)
    told = told_of(ids, spells[spells["kind"] == outcome.spell], frame["until"])
    frame = recall_bounds(frame, told, precision_of(persons, tables["events"], design))
    return frame.assign(followed=interview - frame["zero"])


def _wave_times(
    outcome: WaveOutcome, design: Design, persons: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """First follow-up interview at which the measure is 1, else the last one at which it was answered."""
    waves = tables["waves"]
    asked = waves[(waves["wave"] > 0) & waves[outcome.measure].notna()].sort_values(["person_id", "time"])
    zero = _zero(design, persons, tables["events"])
    starts = asked["person_id"].map(pd.Series(zero.to_numpy(), index=persons["person_id"]))
    before = asked.groupby("person_id")["time"].shift().fillna(starts)
    reached = asked.assign(lower=before)[asked[outcome.measure] == 1].drop_duplicates("person_id")
    reached = reached.set_index("person_id")
    ids = persons["person_id"]
    frame = persons[["person_id"]].assign(zero=zero, event=ids.isin(reached.index).astype(float))
    frame["until"] = ids.map(reached["time"]).fillna(ids.map(asked.groupby("person_id")["time"].max()))
    frame["lower"] = ids.map(reached["lower"]) - zero
    return frame.assign(earliest=frame["lower"], latest=(frame["until"] - zero).where(frame["event"] == 1))


def _first_of(
    times: pd.DataFrame,
    outcome: EventOutcome | SpellOutcome | WaveOutcome,
    persons: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    """End the follow-up at the first competing event that comes before the outcome, or by the end without it.

    A kind of spell competes from the start of the first one on; where that is not known, neither is what came first.
    """
    times = times.assign(competing=0)
    names = () if isinstance(outcome, WaveOutcome) else outcome.competing
    for number, name in enumerate(names, start=1):
        if name in SPELL_KINDS:
            when, unknown = _first_spell(persons, tables["spells"], name)
            times["event"] = times["event"].mask(unknown)
        else:
            when = _event(persons, tables["events"], name)
        first = (when < times["until"]) | ((when == times["until"]) & (times["event"] == 0) & (times["competing"] == 0))
        times["until"] = times["until"].mask(first, when)
        times["competing"] = times["competing"].mask(first, number)
        times["event"] = times["event"].mask(first & times["event"].notna(), 0.0)
    return times


def _first_spell(persons: pd.DataFrame, spells: pd.DataFrame, kind: str) -> tuple[pd.Series, pd.Series]:
    """When a person's first spell of a kind began, and whether that is not known."""
    starts = spells[spells["kind"] == kind].groupby("person_id")["start"]
    first, unknown = starts.min(), starts.count() < starts.size()
    return persons["person_id"].map(first), persons["person_id"].isin(unknown.index[unknown])


def _event(persons: pd.DataFrame, events: pd.DataFrame, name: str) -> pd.Series:
    own = events[(events["event"] == name) & events["observed"]].set_index("person_id")["time"]
    return persons["person_id"].map(own)


def _zero(design: Design, persons: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    if not design.calendar:
        return pd.Series(0.0, index=persons.index)
    return _event(persons, events, design.time_zero)


def _usable(times: pd.DataFrame, follow_up_years: float, entry: pd.Series | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People with a follow-up of positive length, and the years of it that are asked for; the others by reason.

    An event on day zero is kept, half a day after it: dropping it would remove people who had the outcome first.
    """
    known = times[["zero", "until", "event"]].notna().all(axis=1)
    length = times["until"] - times["zero"]
    at_zero = known & (length == 0) & (times["event"] == 1)
    times = times.assign(length=length.where(~at_zero, 0.5 / UNITS_PER_YEAR["days"]))
    times["entry"] = 0.0 if entry is None else (entry - times["zero"]).clip(lower=0.0)
    known &= times["entry"].notna()
    positive = known & (times["length"] > times["entry"])
    before = known & ~positive & (times["competing"] > 0)
    reasons = {"Time to the outcome not known": ~known}
    if before.any():
        reasons["Something that competes with the outcome came before the start of the clock"] = before
    reasons |= {
        "Outcome or end of follow-up not after the start of the clock": known & ~positive & ~before,
    }
    if follow_up_years:
        short = positive & (times["followed"] < follow_up_years)
        reasons[f"Followed for less than {labels.duration(follow_up_years, 'years')}"] = short
        positive &= ~short
    left_out = pd.DataFrame({"label": list(reasons), "n": [int(why.sum()) for why in reasons.values()]})
    return times[positive], left_out


def _peer_changes(peer: Peer, times: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Values of peer engagement: person_id, time since zero, peer from then on."""
    zero = times.set_index("person_id")["zero"]
    if not peer.spells:
        waves = tables["waves"][["person_id", "time", peer.measure]].rename(columns={peer.measure: "peer"})
        waves = waves[waves["person_id"].isin(zero.index)]
        return waves.assign(time=waves["time"] - waves["person_id"].map(zero))
    start = peer_start(tables["spells"], peer)
    own = start[start.index.isin(zero.index)]
    never = pd.DataFrame({"person_id": zero.index, "time": 0.0, "peer": 0.0})
    unknown = own.isna()
    never.loc[never["person_id"].isin(own.index[unknown]), "peer"] = np.nan
    since = (own - zero.reindex(own.index)).clip(lower=0.0)[~unknown]
    joined = pd.DataFrame({"person_id": since.index, "time": since.to_numpy(), "peer": 1.0})
    return never if joined.empty else pd.concat([never, joined], ignore_index=True)


def split_at_changes(times: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Split each person's follow-up (0, length] where the exposure changes.

    Parameters
    ----------
    times : person_id, length, event, KNOWN (the interval that the time is known to) and, where events compete,
        competing; one row per person.
    changes : person_id, time, peer; the value holds from `time` until the next one. The last of several at one
        time counts.

    Returns
    -------
    person_id, start, stop, event, competing, peer and KNOWN; event and interval stand on the person's last row.
    """
    person = times.assign(competing=times.get("competing", 0)).set_index("person_id")
    rows = changes[changes["person_id"].isin(person.index)].sort_values(["person_id", "time"], kind="stable")
    rows = rows.drop_duplicates(["person_id", "time"], keep="last")
    rows = rows[rows["time"] < rows["person_id"].map(person["length"])]
    missing = person.index.difference(rows["person_id"])
    rows = pd.concat([rows, pd.DataFrame({"person_id": missing, "time": 0.0, "peer": np.nan})], ignore_index=True)
    rows = rows.sort_values(["person_id", "time"], kind="stable").reset_index(drop=True)
    following = rows.groupby("person_id")["time"].shift(-1)
    last = following.isna()
    return pd.DataFrame(
        {
            "person_id": rows["person_id"],
            "start": rows["time"],
            "stop": following.fillna(rows["person_id"].map(person["length"])),
            "event": rows["person_id"].map(person["event"]).where(last, 0.0).astype(int),
            "competing": rows["person_id"].map(person["competing"]).where(last, 0).astype(int),
            "peer": rows["peer"],
        }
        | {name: rows["person_id"].map(person[name]).where(last) for name in KNOWN}
    )


def _from_entry(periods: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """Follow-up that begins where a person could first be seen to have the outcome (delayed entry)."""
    entry = periods["person_id"].map(times.set_index("person_id")["entry"])
    started = periods.assign(start=np.maximum(periods["start"], entry))
    return started[started["stop"] > started["start"]].reset_index(drop=True)


def _in_unit(periods: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Years to the unit of the outcome, rounded so that people with the same time stay tied."""
    factor = UNITS_PER_YEAR[unit]
    for column in ("start", "stop", *KNOWN):
        periods[column] = (periods[column] * factor).round(SIX_DECIMALS)
    return periods[["person_id", "outcome", "start", "stop", "event", "competing", "peer", *KNOWN]]
