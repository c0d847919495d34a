"""Periods and interviews in their order: overlaps, gaps, what comes before what."""

import numpy as np
import pandas as pd

from .enrolment import dated_before_enrolment
from .later import too_late
from .moments import ROUNDING, earliest, in_words, latest, stop_precision
from .rules import spells_in_words, told_late
from .tables import Tables, beside


def _precision(ends: pd.Series, spells: pd.DataFrame, calendar: bool) -> pd.Series:
    return stop_precision(spells.assign(stop=ends), calendar)


def _in_order(tables: Tables, check: str) -> tuple[pd.DataFrame, pd.Series]:
    """Dated spells of people who have several of one kind, in order, and when the ones of the same person and kind
    before each had all ended (infinite: not yet; missing: there is none, or it is not known). Nothing is compared with
    those that are told to lie after the interview."""
    late = told_late(tables, "spells", check)
    return tables.once(("in_order", bool(late.any())), lambda: _without(late, tables))


def _without(late: np.ndarray, tables: Tables) -> tuple[pd.DataFrame, pd.Series]:
    spells = tables.spells
    kind = pd.factorize(spells["kind"])[0]
    key = pd.Series(tables.person["spells"].astype(np.int64) * (kind.max(initial=0) + 1) + kind, index=spells.index)
    dated = (tables.person["spells"] >= 0) & spells["start"].notna().to_numpy() & ~tables.repeated["spells"]
    key = key[dated & ~late]
    key = key[key.duplicated(keep=False)]
    ordered = spells.loc[key.index].assign(key=key).sort_values(["key", "start"], kind="stable")
    ends = ordered["stop"].mask(ordered["ongoing"], np.inf)
    last = ends.groupby(ordered["key"]).cummax().groupby(ordered["key"]).ffill()
    return ordered, last.groupby(ordered["key"]).shift()


def overlapping_spells(tables: Tables) -> pd.DataFrame:
    """Spells that surely start before an earlier one of the same person and kind has ended."""
    ordered, ended = _in_order(tables, "overlapping_spells")
    ends = earliest(ended, _precision(ended, ordered, tables.calendar)).where(np.isfinite(ended), ended)
    over = latest(ordered["start"], ordered["precision"]) < ends
    return _told(tables, ordered, ended, over)


def short_gaps(tables: Tables) -> pd.DataFrame:
    """Spells that start hardly later than one of the same person and kind ended; dates known to the month or day."""
    ordered, ended = _in_order(tables, "short_gap")
    gap = ordered["start"] - ended
    exact = ordered["precision"].isin(["day", "month"])
    exact &= _precision(ended, ordered, tables.calendar).isin(["day", "month"])
    return _told(tables, ordered, ended, exact & (gap >= 0) & (gap <= tables.settings.thresholds.short_gap_years))


def _told(tables: Tables, ordered: pd.DataFrame, ended: pd.Series, at_fault: pd.Series) -> pd.DataFrame:
    chosen = tables.spells.index.isin(ordered.index[at_fault])
    found = spells_in_words(tables, chosen, "start")
    if found.empty:
        return found
    at = ended.reindex(found.index)
    finite = at.where(np.isfinite(at))
    words = in_words(finite, _precision(finite, found, tables.calendar), tables.calendar)
    return found.assign(other=words.where(np.isfinite(at), "it goes on"))


def recovery_before_use(tables: Tables) -> pd.DataFrame:
    """Periods of recovery that start before the person's first period of use."""
    spells, (first, last) = tables.spells, tables.moments("spells", "start")
    sound = np.isfinite(first) & ~told_late(tables, "spells", "recovery_before_use")
    use = np.flatnonzero((spells["kind"] == "use").to_numpy() & sound)
    use = use[np.argsort(spells["start"].to_numpy()[use], kind="stable")]
    at = tables.first_row("spells", use, "spells")
    before = (spells["kind"] == "recovery").to_numpy() & (last < beside(first, at))
    found = spells_in_words(tables, before, "start")
    used = spells.iloc[at[before]]
    return found.assign(other=in_words(used["start"], used["precision"], tables.calendar).to_numpy())


def wave_out_of_order(tables: Tables) -> pd.DataFrame:
    """Interviews dated before one of the same person with a lower number.

    Those before all follow-up, and those too late by themselves, are told by other checks: nothing is compared with
    them here, so that a sound interview is not set aside for the date of another.
    """
    waves, person, wave = tables.waves, tables.person["waves"], tables.wave
    time = waves["time"].to_numpy(dtype=float)
    told = dated_before_enrolment(tables) | waves.index.isin(too_late(tables))
    rows = np.flatnonzero((person >= 0) & ~np.isnan(wave) & ~np.isnan(time) & ~told)
    rows = rows[_order(person[rows], wave[rows], time[rows])]
    newest = pd.Series(time[rows]).groupby(person[rows]).cummax().to_numpy()
    same = np.diff(person[rows], prepend=-1) == 0
    early = same & (np.diff(wave[rows], prepend=np.nan) > 0) & (time[rows] < np.roll(newest, 1) - ROUNDING)
    found = waves.iloc[rows[early]]
    day = pd.Series("day", found.index, dtype=object)
    before = pd.Series(np.roll(newest, 1)[early], found.index)
    return found.assign(
        value=in_words(found["time"], day, tables.calendar),
        number=found["wave"].astype(int),
        other=in_words(before, day, tables.calendar),
    )


def _order(person: np.ndarray, wave: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The order by person, wave and time; most files come so."""
    ahead = np.diff(person) > 0
    ahead |= (np.diff(person) == 0) & (np.diff(wave) > 0)
    return np.arange(len(person)) if ahead.all() else np.lexsort((time, wave, person))


def wave_skipped(tables: Tables) -> pd.DataFrame:
    """Interviews whose person has none at the wave before, of the waves that the study has."""
    waves, person = tables.waves, tables.person["waves"]
    known = np.isin(person, tables.person["persons"]) & (person >= 0) & ~np.isnan(tables.wave)
    wave = tables.wave[known]
    rank, numbers = pd.factorize(wave, sort=True)
    # One number for a person and a rank; that of the person's interview before it is one less.
    key = person[known] * (len(numbers) + 1) + rank
    skipped = (rank > 0) & ~np.isin(key - 1, key) & ~pd.Series(key).duplicated().to_numpy()
    found = waves.iloc[np.flatnonzero(known)[skipped]]
    return found.assign(value=found["wave"].astype(int), other=numbers[rank[skipped] - 1].astype(int))
