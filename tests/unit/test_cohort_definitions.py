"""Definitions of a spell outcome, each on a life small enough to work out by hand."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.cohort.periods import follow_up
from recovery_analysis.cohort.spells import join_spells, outside_of
from recovery_analysis.study import Design, Peer, SpellOutcome, every_definition

SURVEY = Design(kind="population_survey", time_zero="first_help")
PEERS = Peer(label="With", reference="Without", noun="peers", spells=("mutual_aid",))
OUTCOME = SpellOutcome(
    kind="spell",
    label="One year",
    definition="x",
    spell="recovery",
    lasting_years=1,
    unit="years",
    definitions={
        "five_years": {"label": "Five years", "lasting_years": 5},
        "lapse": {"label": "Five years, lapses of 30 days", "lasting_years": 5, "lapse_days": 30},
        "no_medication": {"label": "Without medication", "medication_counts": False},
        "abstinence": {"label": "Abstinence", "spell": "abstinence"},
        "followed": {"label": "If followed for ten years", "follow_up_years": 10},
    },
)
NEVER = (24.0, 0)


def spells(*rows: tuple[str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "start", "stop"]).astype({"start": float, "stop": float})
    return frame.assign(person_id="a", ongoing=False, precision="day")


def judged(definition: str | None, *rows: tuple[str, float, float], interview: float = 2024.0) -> tuple | None:
    """(time, event) of a person with first help in 2000 by a definition; None if it cannot judge them."""
    name = "stable" if definition is None else f"stable.{definition}"
    outcome = every_definition("stable", OUTCOME)[name]
    events = pd.DataFrame({"person_id": "a", "event": ["first_help", "interview"], "time": [2000.0, interview]})
    tables = {"events": events.assign(observed=True, precision="day"), "spells": spells(*rows), "waves": pd.DataFrame()}
    rows, left_out = follow_up(name, outcome, SURVEY, PEERS, pd.DataFrame({"person_id": ["a"]}), tables)
    assert len(rows) + left_out["n"].sum() == 1
    return None if rows.empty else (rows["stop"].iloc[0], rows["event"].iloc[0])


def test_each_definition_keeps_what_it_does_not_change() -> None:
    stated = every_definition("stable", OUTCOME)
    assert list(stated) == ["stable", *(f"stable.{name}" for name in OUTCOME.definitions)]
    lapse = stated["stable.lapse"]
    assert (lapse.spell, lapse.lasting_years, lapse.lapse_days, lapse.unit) == ("recovery", 5, 30, "years")
    assert lapse.label == "Five years, lapses of 30 days" and lapse.definitions == {}


def test_a_short_lapse_does_not_end_a_spell_where_it_is_allowed() -> None:
    month = 30 / 365.25
    life = (("recovery", 2002.0, 2005.0), ("recovery", 2005.0 + month, 2009.0))
    assert judged("five_years", *life) == NEVER
    assert judged("lapse", *life) == (7.0, 1)
    longer = (life[0], ("recovery", 2005.0 + month + 0.01, 2009.0))
    assert judged("lapse", *longer) == NEVER


def test_time_on_medication_is_cut_out_where_it_does_not_count() -> None:
    recovery = ("recovery", 2002.0, 2006.0)
    assert judged("no_medication", recovery) == (3.0, 1)
    assert judged("no_medication", recovery, ("medication", 2000.0, 2003.5)) == (4.5, 1)
    # 2002-2002.8 and 2005.2-2006 are left: neither is a year.
    assert judged("no_medication", recovery, ("medication", 2002.8, 2005.2)) == NEVER
    assert judged(None, recovery, ("medication", 2000.0, 2003.5)) == (3.0, 1)


def test_medication_of_unknown_dates_leaves_the_person_in_doubt() -> None:
    life = (("recovery", 2002.0, 2006.0), ("medication", np.nan, 2003.0))
    assert judged("no_medication", *life) is None
    assert judged(None, *life) == (3.0, 1)


def test_abstinence_is_a_spell_of_its_own() -> None:
    life = (("recovery", 2002.0, 2006.0), ("abstinence", 2003.0, 2006.0))
    assert judged("abstinence", *life) == (4.0, 1)


def test_too_short_a_follow_up_is_left_out_and_counted() -> None:
    life = (("recovery", 2002.0, 2006.0),)
    assert judged("followed", *life, interview=2009.9) is None
    assert judged("followed", *life, interview=2010.0) == (3.0, 1)


def test_overlapping_spells_are_joined_also_behind_a_long_one() -> None:
    rows = spells(("recovery", 0.0, 10.0), ("recovery", 1.0, 2.0), ("recovery", 9.0, 11.0), ("recovery", 12.0, 13.0))
    joined = join_spells(rows, 0.0)
    assert joined[["start", "stop"]].to_numpy().tolist() == [[0.0, 11.0], [12.0, 13.0]]


def test_cutting_out_agrees_with_counting_days() -> None:
    """Random lives of whole days: what is left is the days of recovery that are not days of medication."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        start, gone = rng.integers(0, 40, 3), rng.integers(0, 40, 4)
        recovery = join_spells(spells(*(("recovery", s, s + rng.integers(1, 12)) for s in start)), 0.0)
        medication = spells(*(("medication", s, s + rng.integers(1, 6)) for s in gone))
        left = outside_of(recovery, medication)
        days = set().union(*(range(int(r.start), int(r.stop)) for r in recovery.itertuples()))
        days -= set().union(*(range(int(r.start), int(r.stop)) for r in medication.itertuples()))
        found = [day for r in left.itertuples() for day in range(int(r.start), int(r.stop))]
        assert sorted(found) == sorted(days)


@pytest.mark.parametrize("taken", [(), (("medication", 50.0, 60.0),)])
def test_nothing_is_cut_out_elsewhere(taken: tuple) -> None:
    rows = spells(("recovery", 0.0, 10.0))
    assert outside_of(rows, spells(*taken))[["start", "stop"]].to_numpy().tolist() == [[0.0, 10.0]]
