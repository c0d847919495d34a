"""Paths through the stages of recovery, on lives small enough to work out by hand."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.cohort.state_paths import HALF_A_DAY, state_paths
from recovery_analysis.study import Peer, StatesOutcome

PEERS = Peer(label="With", reference="Without", noun="peers", spells=("mutual_aid",))
BEGIN, HELP, UNDER, ONE, FIVE = "before_help", "after_help", "recovery_0", "recovery_1", "recovery_5"
DATES = {"onset": 2000.0, "first_help": 2004.0, "interview": 2020.0}


def outcome(*stages):
    return StatesOutcome(kind="states", label="x", definition="x", stages=stages or (0, 1, 5))


def paths(spells=(), dates=DATES, stages=(0, 1, 5), told=None):
    """Rows and reasons of one person; spells are (kind, start, stop), a stop of None going on. `told` : how exactly dates
    were told, by event or kind of spell, where not to the day."""
    events = pd.DataFrame({"person_id": "a", "event": list(dates), "time": list(dates.values()), "observed": True})
    events["precision"] = events["event"].map(told or {}).fillna("day")
    rows = [("a", kind, start, stop, stop is None) for kind, start, stop in spells]
    table = pd.DataFrame(rows, columns=["person_id", "kind", "start", "stop", "ongoing"])
    table[["start", "stop"]] = table[["start", "stop"]].astype(float)
    table["precision"] = table["kind"].map(told or {}).fillna("day")
    persons = pd.DataFrame({"person_id": ["a"]})
    return state_paths("stages", outcome(*stages), PEERS, persons, {"events": events, "spells": table})


def way(*args, **changes):
    """The path as (start, state) with the end and the last target."""
    rows, left_out = paths(*args, **changes)
    assert left_out["n"].sum() == 0
    assert (rows["start"].iloc[1:].to_numpy() == rows["stop"].iloc[:-1].to_numpy()).all()
    moved = rows["target"].notna()
    assert rows.loc[moved, "target"].iloc[: len(rows) - 1].tolist() == rows["origin"].shift(-1)[moved].dropna().tolist()
    return list(zip(rows["start"], rows["origin"], strict=True)), rows["stop"].iloc[-1], rows["target"].iloc[-1]


def test_a_stage_begins_when_recovery_has_lasted_so_long_and_a_return_leads_back():
    steps, end, target = way([("recovery", 2006.0, 2008.5), ("recovery", 2010.0, None)])
    assert steps == [
        (0.0, BEGIN), (4.0, HELP), (6.0, UNDER), (7.0, ONE), (8.5, HELP), (10.0, UNDER), (11.0, ONE), (15.0, FIVE),
    ]  # fmt: skip
    assert end == 20.0 and target is None


def test_where_short_spells_are_not_dated_recovery_counts_from_its_first_year():
    steps, _, _ = way(
        [("recovery", 2006.0, 2006.8), ("recovery", 2010.0, 2011.0), ("recovery", 2014, None)], stages=(1, 5)
    )
    assert steps == [(0.0, BEGIN), (4.0, HELP), (15.0, ONE), (19.0, FIVE)]


def test_spells_that_overlap_or_adjoin_are_one():
    steps, _, _ = way([("recovery", 2006.0, 2009.0), ("recovery", 2008.0, 2010.0), ("recovery", 2010.0, 2012.0)])
    assert steps == [(0.0, BEGIN), (4.0, HELP), (6.0, UNDER), (7.0, ONE), (11.0, FIVE), (12.0, HELP)]


@pytest.mark.parametrize(("precision", "part"), [("year", 1 / 6), ("month", 1 / 72)])
def test_two_spells_that_meet_in_a_month_or_year_have_a_return_to_use_between_them(precision, part):
    """Two dates anywhere in the same year, one after the other, are a third of it apart on average. A spell that goes on
    and has only begun keeps half of its length."""
    own = [("recovery", 2006.5, 2009.5), ("recovery", 2009.5, 2012.5)]
    steps, _, _ = way(own, told={"recovery": precision}, stages=(1, 5))
    middle = [(7.5, ONE), (9.5 - part, HELP), (10.5 + part, ONE), (12.5, HELP)]
    assert steps == [(0.0, BEGIN), (4.0, HELP), *((pytest.approx(at, abs=1e-6), state) for at, state in middle)]
    lately = [("recovery", 2015.5, 2019.5), ("recovery", 2019.5, None)]
    steps, end, _ = way(lately, told={"recovery": precision}, dates=DATES | {"interview": 2019.6}, stages=(0, 1))
    begun = 19.5 + min(part, 0.05)
    assert steps[-2:] == [(pytest.approx(19.5 - part, abs=1e-6), HELP), (pytest.approx(begun, abs=1e-6), UNDER)]
    assert end == pytest.approx(19.6)


def test_a_spell_dated_to_the_month_that_just_reaches_the_first_stage_reached_it():
    """Spells of which only those of a year or more are dated; to the day, a year to the day is not more than a year."""
    own = [("recovery", 2010.5, 2011.5), ("recovery", 2013.5, 2018.5)]
    steps, _, _ = way(own, told={"recovery": "month"}, stages=(1, 5))
    first = [(pytest.approx(11.5 - HALF_A_DAY, abs=1e-6), ONE), (11.5, HELP)]
    assert steps == [(0.0, BEGIN), (4.0, HELP), *first, (14.5, ONE), (18.5, HELP)]
    assert way(own, stages=(1, 5))[0] == [(0.0, BEGIN), (4.0, HELP), (14.5, ONE), (18.5, HELP)]


def test_where_shorter_spells_are_dated_too_one_that_is_just_as_long_did_not_reach_the_first_stage():
    own = [("recovery", 2008.5, 2009.0), ("recovery", 2010.5, 2011.5), ("recovery", 2013.5, 2018.5)]
    steps, _, _ = way(own, told={"recovery": "month"}, stages=(1, 5))
    assert steps == [(0.0, BEGIN), (4.0, HELP), (14.5, ONE), (18.5, HELP)]


def test_recovery_before_help_leads_back_to_before_help_and_help_within_it_is_no_move():
    steps, _, _ = way([("recovery", 2001.0, 2001.5), ("recovery", 2003.0, 2004.5)])
    assert steps == [(0.0, BEGIN), (1.0, UNDER), (1.5, BEGIN), (3.0, UNDER), (4.0, ONE), (4.5, HELP)]


def test_death_ends_the_path_and_no_help_is_no_move():
    steps, end, target = way(dates={"onset": 2000.0, "death": 2009.0, "interview": 2020.0})
    assert (steps, end, target) == ([(0.0, BEGIN)], 9.0, "died")


def test_help_at_onset_counts_half_a_day_later():
    steps, _, _ = way(dates=DATES | {"first_help": 1999.5})
    assert steps == [(0.0, BEGIN), (pytest.approx(HALF_A_DAY, abs=1e-6), HELP)]


def test_time_is_with_peers_from_the_first_day_and_not_before():
    rows, _ = paths([("mutual_aid", 2005.0, 2006.0), ("recovery", 2006.0, None)])
    assert rows[["start", "stop", "origin", "peer"]].values.tolist() == [
        [0.0, 4.0, BEGIN, 0.0], [4.0, 5.0, HELP, 0.0], [5.0, 6.0, HELP, 1.0],
        [6.0, 7.0, UNDER, 1.0], [7.0, 11.0, ONE, 1.0], [11.0, 20.0, FIVE, 1.0],
    ]  # fmt: skip
    assert rows["target"].isna().tolist() == [False, True, False, False, False, True]


def test_peers_of_unknown_date_are_missing_on_every_row():
    assert paths([("mutual_aid", np.nan, None)])[0]["peer"].isna().all()


@pytest.mark.parametrize(
    ("spells", "dates", "reason"),
    [
        ((), DATES | {"onset": np.nan}, "not known"),
        ((), DATES | {"first_help": np.nan}, "not known"),
        ((), DATES | {"first_help": 1998.0}, "Onset after"),
        ((), DATES | {"interview": 1999.0}, "Onset after"),
        ([("recovery", 1990.0, 1995.0)], DATES, "Onset after"),
        ([("recovery", np.nan, 2010.0)], DATES, "Dates of a spell"),
        ([("recovery", 2005.0, np.nan)], DATES, "Dates of a spell"),
    ],
)
def test_who_has_no_path_is_counted_with_the_reason(spells, dates, reason):
    rows, left_out = paths(spells, dates)
    assert rows.empty
    told = left_out[left_out["n"] > 0]
    assert told["n"].tolist() == [1] and reason in told["label"].iloc[0]


@pytest.mark.parametrize(
    ("told", "to_year"),
    [
        ({}, []),
        ({"first_help": "year"}, ["after_help"]),
        ({"recovery": "year"}, ["recovery_1", "recovery_5", "after_help later"]),
        ({"recovery": "month", "onset": "month"}, []),
        ({"onset": "year"}, ["after_help", "recovery_1", "recovery_5", "after_help later"]),
    ],
)
def test_a_move_is_known_to_the_year_where_either_of_its_dates_was_told_so(told, to_year):
    rows, _ = paths([("recovery", 2006.0, 2014.0)], stages=(1, 5), told=told)
    moves = [("after_help", 4.0), ("recovery_1", 7.0), ("recovery_5", 11.0), ("after_help later", 14.0)]
    names = dict(zip([stop for _, stop in moves], [name for name, _ in moves], strict=True))
    assert [names[stop] for stop in rows.loc[rows["told_to_year"], "stop"]] == to_year
