"""Checks find what is wrong and nothing else, and nothing is lost when rows are set aside."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.checks import CHECKS, run_checks, set_aside, summarise_issues
from recovery_analysis.checks.moments import earliest, in_words, latest, stop_precision
from recovery_analysis.checks.tables import Tables
from recovery_analysis.checks.whole import WHOLE_CHECKS
from recovery_analysis.errors import ResearchError, account
from recovery_analysis.ingest.dates import decimal_year
from recovery_analysis.ingest.findings import CELL_CHECKS
from recovery_analysis.schemas.results import ISSUES
from recovery_analysis.simulate.generate import simulate_study
from recovery_analysis.study import Checks, Severities, Variable
from tests.unit.tiny_study import TABLES, blocks, check, ingest, write_csv

STUDIES = Path(__file__).resolve().parents[2] / "config" / "studies"
PERSON = {"person_id": "1", "age": 39.0, "birth_year": 1980.0, "gender": "woman", "site": "A"}
SPELL = {
    "person_id": "1",
    "kind": "recovery",
    "start": 2010.5,
    "stop": 2015.5,
    "ongoing": False,
    "precision": "year",
}
INTERVIEW = {"person_id": "1", "event": "interview", "time": 2019.7, "observed": True, "precision": "day"}
ONSET = INTERVIEW | {"event": "onset", "time": 2000.5, "precision": "year"}
HELP = INTERVIEW | {"event": "first_help", "time": 2005 + 2.5 / 12, "precision": "month"}
RELAPSE = HELP | {"event": "relapse"}
WAVE = {"person_id": "1", "wave": 0, "time": 2019.7}
COHORT = {"time_zero": "first_help", "followed": ("relapse",)}
ANSWERS = {"a": 1.0, "b": 2.0, "c": 3.0, "d": "x", "e": 5.0, "f": 6.0}
EMPTY = {"persons": PERSON, "spells": SPELL, "events": INTERVIEW, "waves": WAVE}


def frame(table, rows):
    rows = [row | {"source_file": "f.csv", "source_row": i + 1} for i, row in enumerate(rows)]
    columns = [*EMPTY[table], *(name for row in rows for name in row), "source_file", "source_row"]
    return pd.DataFrame(rows, columns=list(dict.fromkeys(columns)))


def tables(calendar=True, settings=None, variables=None, time_zero="enrolment", followed=None, **changes):
    """A sound person with two spells, three events and two interviews, and the changes."""
    sound = {
        "persons": [PERSON],
        "spells": [SPELL, SPELL | {"kind": "mutual_aid", "start": 2005 + 6.5 / 12, "precision": "month"}],
        "events": [INTERVIEW, ONSET, HELP],
        "waves": [WAVE, WAVE | {"wave": 1, "time": 2020.7}],
    }
    frames = {name: frame(name, rows) for name, rows in (sound | changes).items()}
    return Tables(
        **frames,
        calendar=calendar,
        settings=Checks.model_validate(settings or {}),
        variables={name: Variable.model_validate(v) for name, v in (variables or {}).items()},
        time_zero=time_zero,
        followed=followed,
    )


FAULTS = {
    "person_id_missing": ({"waves": [WAVE, WAVE | {"person_id": None}]}, "no identifier"),
    "duplicate_row": ({"persons": [PERSON, PERSON]}, "with the same answers"),
    "duplicate_person": ({"persons": [PERSON, PERSON | {"age": 38.5}]}, "the rows differ"),
    "duplicate_event": (
        {"events": [INTERVIEW, HELP, HELP | {"time": 2006.5}]},
        "'first_help' more than once",
    ),
    "duplicate_wave": ({"waves": [WAVE, WAVE | {"time": 2019.1}]}, "interview 0 more than once"),
    "wave_missing": ({"waves": [WAVE | {"wave": None}]}, "not known which interview"),
    "unknown_person": ({"waves": [WAVE, WAVE | {"person_id": "01"}]}, "identifiers look like '1'"),
    "ends_before_start": (
        {"spells": [SPELL | {"stop": 2009 + 3.5 / 12}]},
        "A period of recovery ends (April 2009) before it starts (2010).",
    ),
    "spell_after_interview": (
        {"spells": [SPELL | {"start": 2022.5, "stop": np.nan, "ongoing": True}]},
        "starts after the interview (September 2019)",
    ),
    "spell_before_birth": (
        {"spells": [SPELL | {"kind": "use", "start": 1970.5}]},
        "starts (1970) before the person was born (1980)",
    ),
    "recovery_before_onset": (
        {"spells": [SPELL | {"start": 1998 + 0.5 / 12, "precision": "month"}]},
        "starts (January 1998) before the problem began (2000)",
    ),
    "event_after_interview": ({"events": [INTERVIEW, HELP | {"time": 2021.5}]}, "'first help' (July 2021)"),
    "event_before_birth": ({"events": [HELP | {"time": 1979.2}]}, "before the person was born (1980)"),
    "event_before_enrolment": (
        {"events": [INTERVIEW, HELP, RELAPSE | {"time": 2005 + 1.5 / 12}], **COHORT},
        "People are followed from first help, March 2005 on, and the event 'relapse' (February 2005) lies before that.",
    ),
    "wave_before_enrolment": (
        {"waves": [WAVE | {"time": 2018.7}, WAVE | {"wave": 1, "time": 2004.9}], **COHORT},
        "People are followed from first help, March 2005 on, and interview 1 of '1' (November 2004) lies before that.",
    ),
    "onset_after_first_help": (
        {"events": [HELP, ONSET | {"time": 2006.5}]},
        "The problem began (2006) after help was first sought for it (March 2005).",
    ),
    "near_duplicate": (
        {"persons": [PERSON | ANSWERS, PERSON | ANSWERS | {"person_id": "2"}]},
        "Person '2' gives 6 of 6 answers just as person '1' does, and has the same birth year, gender and site.",
    ),
    "recovery_before_use": (
        {"spells": [SPELL, SPELL | {"kind": "use", "start": 2012.5, "stop": 2013.5}]},
        "A period of recovery starts (2010) before any period of use (2012).",
    ),
    "overlapping_spells": (
        {"spells": [SPELL | {"stop": 2014.5}, SPELL | {"start": 2013.0, "precision": "month"}]},
        "A period of recovery starts (January 2013) before an earlier one of the same kind has ended (2014).",
    ),
    "short_gap": (
        {
            "spells": [
                SPELL | {"stop": 2013 + 2.5 / 12},
                SPELL | {"start": 2013 + 3.5 / 12, "precision": "month"},
            ]
        },
        "starts (April 2013) as soon as one of the same kind has ended (March 2013)",
    ),
    "interview_after_extract": (
        {"settings": {"extract_date": "2020-06-30"}},
        "The interview (September 2020) lies after the data were taken (checks.extract_date, 2020-06-30).",
    ),
    "interview_far_later": (
        {
            "persons": [PERSON | {"person_id": str(i)} for i in range(1, 31)],
            "waves": [WAVE | {"person_id": str(i), "time": 2019 + i / 40 + 8 * (i == 30)} for i in range(1, 31)],
        },
        "The interview (October 2027) comes long after all others in f.csv; the last before it was September 2019.",
    ),
    "event_after_extract": (
        {"events": [HELP | {"time": 2022.5, "precision": "year"}]},
        "'first help' (2022) lies after the newest interview in the files (September 2020)",
    ),
    "spell_after_extract": (
        {"events": [ONSET], "spells": [SPELL | {"stop": 2024.5}]},
        "(2010 to 2024) reaches beyond the newest interview in the files (September 2020)",
    ),
    "wave_out_of_order": (
        {"waves": [WAVE, WAVE | {"wave": 1, "time": 2018 + 59.5 / 365}, WAVE | {"wave": 2, "time": 2019.7}]},
        "Interview 1 of person '1' (March 2018) is dated before an earlier one (September 2019).",
    ),
    "wave_skipped": (
        {
            "persons": [PERSON, PERSON | {"person_id": "2"}],
            "waves": [WAVE, WAVE | {"wave": 2}, *(WAVE | {"person_id": "2", "wave": w} for w in (0, 1, 2))],
        },
        "Person '1' has interview 2 and no interview 1 before it.",
    ),
    "impossible_person": (
        {
            "persons": [PERSON | {"arm": 1.0, "sober": 1.0}],
            "settings": {"impossible": [{"when": {"arm": 1}, "and": {"sober": 1}, "label": "in the arm and sober"}]},
        },
        "The answers say: in the arm and sober (arm 1, sober 1).",
    ),
    "impossible_answers": (
        {
            "waves": [WAVE | {"days": 12.0}, WAVE | {"wave": 1, "days": 0.0}],
            "settings": {
                "impossible": [{"when": {"gender": "woman"}, "and": {"days": ["5..30", 99]}, "label": "a made-up rule"}]
            },
        },
        "The answers say: a made-up rule (gender woman, days 12).",
    ),
    "straight_lining": (
        {
            "waves": [WAVE | dict.fromkeys("abcd", 3.0), WAVE | dict.fromkeys("abc", 3.0) | {"d": 4.0, "wave": 1}],
            "settings": {"scales": {"wellbeing": ["a", "b", "c", "d"]}},
        },
        "All 4 items of the scale 'wellbeing' have the answer 3.",
    ),
    "outlier_person": (
        {
            "persons": [PERSON | {"person_id": str(i), "years": 5 + i % 3 + 95.0 * (i == 1)} for i in range(1, 31)],
            "variables": {"years": {"label": "Years of education", "type": "number"}},
        },
        "Years of education is 101, 64.1 robust standard deviations from the median (6).",
    ),
    "outlier_answer": (
        {
            "persons": [PERSON | {"person_id": str(i)} for i in range(1, 31)],
            "waves": [WAVE | {"person_id": str(i), "days": i % 5 + 100.0 * (i == 9)} for i in range(1, 31)],
            "variables": {"days": {"label": "Days", "type": "number"}},
        },
        "Days is 104",
    ),
    "age_against_birth_year": (
        {"persons": [PERSON | {"age": 45.0}]},
        "Age 45 does not agree with a birth in 1980",
    ),
}


def test_a_sound_person_raises_nothing():
    assert run_checks(tables()).empty
    assert run_checks(tables(calendar=False)).empty


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_finds_its_fault_and_no_other(name):
    change, words = FAULTS[name]
    found = run_checks(tables(**change))
    assert set(found["check"]) == {name}
    assert words in found["message"].iloc[0]


def _since_enrolment(followed=("relapse",), waves=(), events=(), spells=()):
    """What is found of a person aged 39 at enrolment, with times counted from it."""
    return run_checks(
        tables(
            calendar=False,
            followed=followed,
            persons=[PERSON | {"birth_year": np.nan}],
            spells=[SPELL | {"precision": "day"} | spell for spell in spells],
            events=[RELAPSE | {"precision": "day"} | event for event in events],
            waves=[WAVE | {"time": 0.0}, *[WAVE | wave for wave in waves]],
        )
    )


def test_follow_up_before_enrolment_is_told_once_and_history_is_not():
    late = [{"event": "relapse", "time": -0.25}, {"event": "death", "time": -1.0, "observed": False}]
    found = _since_enrolment(waves=[{"wave": 1, "time": -0.5}, {"wave": 2, "time": 1.0}], events=late)
    assert sorted(found["check"]) == ["event_before_enrolment", "event_before_enrolment", "wave_before_enrolment"]
    assert sorted(found["value"]) == [f"{t} years before enrolment" for t in ("0.25", "0.50", "1.00")]
    assert (found["severity"] == "error").all()
    history = [{"event": "onset", "time": -20.0}, {"event": "relapse", "time": 0.0}]
    period = [{"kind": "use", "start": -20.0, "stop": -0.5}]
    assert _since_enrolment(events=history, spells=period, waves=[{"wave": 1, "time": 0.0}]).empty


def test_only_a_cohort_is_followed_from_its_start():
    assert _since_enrolment(followed=None, events=[{"event": "relapse", "time": -0.25}]).empty


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"events": [{"event": "onset", "time": -41.0}]}, "(41.00 years before enrolment) lies before"),
        ({"spells": [{"kind": "use", "start": -40.5, "stop": -1.0}]}, "starts (40.50 years before enrolment) before"),
        ({"events": [{"event": "relapse", "time": -41.0}]}, "(41.00 years before enrolment) lies before"),
    ],
)
def test_a_time_before_birth_is_found_by_the_age_at_enrolment(changes, told):
    found = _since_enrolment(**changes)
    assert len(found) == 1 and found["check"].iloc[0].endswith("before_birth")
    assert told in found["message"].iloc[0] and found["message"].iloc[0].endswith("born (aged 39 at enrolment).")


def test_without_a_year_of_birth_the_age_tells_the_earliest_one():
    person = [PERSON | {"birth_year": np.nan}]
    found = run_checks(tables(persons=person, events=[INTERVIEW, ONSET | {"time": 1978.5}]))
    assert list(found["check"]) == ["event_before_birth"] and "born (1979)" in found["message"].iloc[0]
    assert run_checks(tables(persons=person, events=[INTERVIEW, ONSET | {"time": 1979.5}])).empty


def test_an_outcome_before_enrolment_sets_the_person_aside_everywhere():
    data = tables(calendar=False, followed=("relapse",), events=[RELAPSE | {"time": -0.25, "precision": "day"}])
    divided = set_aside(data, run_checks(data))
    assert divided.people["check"].tolist() == ["event_before_enrolment"] and divided.kept["persons"].empty


@pytest.mark.parametrize("settings", [{"extract_date": "2022-06-30"}, {}])
def test_an_interview_too_late_is_told_once_and_the_next_one_is_not_blamed(settings):
    people = [PERSON | {"person_id": str(i)} for i in range(100)]
    first = [WAVE | {"person_id": str(i)} for i in range(100)]
    second = [wave | {"wave": 1, "time": 2020.7} for wave in first]
    third = [wave | {"wave": 2, "time": 2021.7} for wave in first]
    second[7]["time"] = 2029.0
    found = run_checks(tables(settings=settings, persons=people, waves=[*first, *second, *third]))
    assert found["check"].tolist() == ["interview_after_extract" if settings else "interview_far_later"]
    assert found["person_id"].tolist() == ["7"]


def test_an_interview_after_the_extract_sets_the_person_aside_and_their_age_is_not_blamed():
    late = [INTERVIEW | {"time": 2031.2}, ONSET, HELP]
    found = run_checks(tables(settings={"extract_date": "2025-06-30"}, events=late))
    assert found["check"].tolist() == ["interview_after_extract"] and found["severity"].tolist() == ["error"]
    assert found["table"].tolist() == ["events"]


LATER = {"start": 2050.5, "stop": 2052.5, "ongoing": False, "precision": "day"}
LATE_DATES = {
    "a start": ({"spells": [SPELL | LATER | {"stop": 2012.3}]}, "spell_after_interview"),
    "both ends": ({"spells": [SPELL | LATER]}, "spell_after_interview"),
    "an end before another period": (
        {"spells": [SPELL | LATER | {"start": 2006.2}, SPELL | {"start": 2010.2, "precision": "day"}]},
        "spell_after_interview",
    ),
    "use": ({"spells": [SPELL | LATER | {"kind": "use"}, SPELL]}, "spell_after_interview"),
    "onset": ({"events": [INTERVIEW, ONSET | {"time": 2050.5}, HELP]}, "event_after_interview"),
}


@pytest.mark.parametrize("settings", [{"extract_date": "2022-06-30"}, {}])
@pytest.mark.parametrize("name", LATE_DATES)
def test_a_date_after_the_interview_is_told_once(name, settings):
    changes, check = LATE_DATES[name]
    assert run_checks(tables(settings=settings, **changes))["check"].tolist() == [check]


def test_a_period_that_goes_on_is_told_to_last_until_now():
    found = run_checks(tables(spells=[SPELL | LATER | {"stop": np.nan, "ongoing": True}]))
    assert found["message"].tolist() == [
        "A period of recovery (July 2050 to now) starts after the interview (September 2019)."
    ]


def test_a_late_date_that_is_only_looked_at_hides_no_other_fault():
    lowered = {"severity": {"spell_after_interview": "info"}}
    found = run_checks(tables(settings=lowered, **LATE_DATES["a start"][0]))
    assert set(found["check"]) == {"spell_after_interview", "ends_before_start"}
    fatal = run_checks(tables(settings={"severity": {"ends_before_start": "fatal"}}, **LATE_DATES["a start"][0]))
    assert "ends_before_start" in set(fatal["check"])


def test_a_number_beyond_all_measure_is_told_in_few_digits():
    days = [WAVE | {"person_id": str(i), "days": float(i % 7)} for i in range(30)]
    days[4]["days"] = 1e308
    variables = {"days": {"label": "Days", "type": "number"}}
    found = run_checks(
        tables(variables=variables, waves=days, persons=[PERSON | {"person_id": str(i)} for i in range(30)])
    )
    (message,) = found.loc[found["check"] == "outlier_answer", "message"]
    assert len(message) < 100 and "1e+308" in message


def test_a_row_that_differs_from_another_is_not_told_to_repeat_it(tmp_path):
    """Two rows of one person differ in the age; the events that they give are the same."""
    write_csv(tmp_path, "pid,age,day\n1,30,2019-05-01\n1,31,2019-05-01\n2,40,2019-05-01")
    event = {"event": "interview", "files": ["people"], "columns": {"person_id": "pid", "time": {"date": "day"}}}
    found = check(tmp_path, blocks(persons={"age": "age"}, events=[event]))
    assert found["issues"]["check"].tolist() == ["duplicate_person", "duplicate_person"]
    assert found["persons"]["person_id"].tolist() == ["2"] == found["events"]["person_id"].tolist()


def test_every_check_has_a_fault_that_it_finds():
    assert {check.id for check in CHECKS} == set(FAULTS)


def test_every_check_has_a_severity_and_every_severity_a_check():
    known = {check.id for check in (*CHECKS, *WHOLE_CHECKS)} | set(CELL_CHECKS)
    assert set(Severities.model_fields) <= known
    assert {check.id for check in (*CHECKS, *WHOLE_CHECKS)} <= set(Severities.model_fields)


@pytest.mark.parametrize(
    ("start", "stop", "precision"),
    [
        (2010.5, 2010 + 0.5 / 12, "year"),
        (2010 + 11.5 / 12, 2010.5, "month"),
        (2010 + 3.5 / 12, 2010 + 3.5 / 12, "month"),
    ],
)
def test_dates_known_to_the_year_are_not_false_alarms(start, stop, precision):
    spell = SPELL | {"start": start, "stop": stop, "precision": precision}
    assert run_checks(tables(spells=[spell])).empty


def test_an_end_is_a_day_except_in_the_exact_middle_of_a_year():
    """As docs/checks.md says: 2 July of a year of 365 days is taken for its year."""
    days = pd.date_range("2019-01-01", "2020-12-31")
    told = stop_precision(pd.DataFrame({"stop": decimal_year(days)}), True)
    assert days[(told != "day").to_numpy()].strftime("%Y-%m-%d").tolist() == ["2019-07-02"]
    assert told[days.get_loc("2019-07-02")] == "year"


def test_months_in_the_wrong_order_are_found():
    spell = SPELL | {"start": 2010 + 7.5 / 12, "stop": 2010 + 4.5 / 12, "precision": "month"}
    assert run_checks(tables(spells=[spell]))["check"].tolist() == ["ends_before_start"]


@pytest.mark.parametrize(
    ("start", "stop", "precision", "told"),
    [
        (2007.5, 2006.5, "year", "ends (2006) before it starts (2007)"),
        (2007 + 2.5 / 12, 2007 + 1.5 / 12, "month", "ends (February 2007) before it starts (March 2007)"),
        (2007 + 0.5 / 365, 2006 + 364.5 / 365, "day", "ends (December 2006) before it starts (January 2007)"),
        (2008 + 60.5 / 366, 2008 + 59.5 / 366, "day", "ends (February 2008) before it starts (March 2008)"),
    ],
)
def test_dates_one_unit_in_the_wrong_order_are_found(start, stop, precision, told):
    """The year, month or day before is before, whatever day of it is meant."""
    found = run_checks(tables(spells=[SPELL | {"kind": "use", "start": start, "stop": stop, "precision": precision}]))
    assert found["check"].tolist() == ["ends_before_start"] and told in found["message"].iloc[0]


@pytest.mark.parametrize("year", [2019, 2020])
def test_a_day_is_neither_before_nor_after_its_own_month_or_year(year):
    """Months are of different lengths: the first of March is in March, though 59 of 365 days are less than 2 of 12."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    length = 366 if year == 2020 else 365
    day = pd.Series(year + (days.dayofyear - 0.5) / length)
    told = {
        "day": day,
        "month": pd.Series(year + (days.month - 0.5) / 12),
        "year": pd.Series(np.full(len(days), year + 0.5)),
    }
    exact = pd.Series("day", day.index)
    for precision, time in told.items():
        as_told = pd.Series(precision, day.index)
        assert (earliest(time, as_told) <= latest(day, exact)).all()
        assert (earliest(day, exact) <= latest(time, as_told)).all()
    assert in_words(day, exact, calendar=True).tolist() == days.strftime("%B %Y").tolist()
    assert stop_precision(pd.DataFrame({"stop": told["month"]}), calendar=True).eq("month").all()
    assert stop_precision(pd.DataFrame({"stop": day}), calendar=True).isin(["day", "year"]).all()


def divide(given):
    found = run_checks(given)
    return set_aside(given, found)


def test_an_error_in_a_spell_sets_the_person_aside_everywhere():
    other = [row | {"person_id": "2"} for row in (PERSON, SPELL, WAVE)]
    given = tables(persons=[PERSON, other[0]], spells=[SPELL | {"stop": 2001.5}, other[1]], waves=[WAVE, other[2]])
    divided = divide(given)
    for table in TABLES:
        assert set(divided.kept[table]["person_id"]) <= {"2"}
        aside = divided.rows[divided.rows["table"] == table]
        assert len(divided.kept[table]) + len(aside) == len(given[table])
    assert set(divided.rows["check"]) == {"ends_before_start"}
    assert divided.people.index.tolist() == ["1"]


def test_an_error_in_an_interview_sets_that_interview_aside():
    divided = divide(tables(waves=[WAVE, WAVE | {"wave": None}]))
    assert divided.kept["waves"]["wave"].tolist() == [0]
    assert len(divided.kept["persons"]) == 1
    assert divided.people.empty


def test_rows_that_repeat_another_are_set_aside_and_the_first_is_kept():
    divided = divide(tables(persons=[PERSON, PERSON], waves=[WAVE, WAVE]))
    assert divided.kept["persons"]["source_row"].tolist() == [1]
    assert divided.kept["waves"]["source_row"].tolist() == [1]
    assert divided.rows["check"].tolist() == ["duplicate_row", "duplicate_row"]


def test_rows_that_go_missing_stop_the_run():
    account("persons", "rows", 5, were_kept=4, were_set_aside=1)
    with pytest.raises(ResearchError, match="persons: 5 rows came in, but 3 were kept and 1 were set aside"):
        account("persons", "rows", 5, were_kept=3, were_set_aside=1)


def test_a_wide_file_loses_only_the_interview_with_the_bad_cell(tmp_path):
    write_csv(tmp_path, "pid,s0,s1\n1,5,99\n2,99,6\n3,4,4")
    waves = [
        {"files": ["people"], "columns": {"person_id": "pid", "wave": {"constant": i}, "score": f"s{i}"}}
        for i in (0, 1)
    ]
    variables = {"score": {"label": "Score", "type": "number", "range": [0, 10]}}
    done = check(tmp_path, blocks(waves=waves, variables=variables))
    left = done["waves"][["person_id", "wave"]].values.tolist()
    assert sorted(left) == [["1", 0], ["2", 1], ["3", 0], ["3", 1]]
    assert done["quarantine"][["person_id", "check"]].astype(str).values.tolist() == [
        ["2", "out_of_range"],
        ["1", "out_of_range"],
    ]
    assert len(done["persons"]) == 3


def test_flow_says_who_was_set_aside_and_adds_up(tmp_path):
    write_csv(tmp_path, "pid,born\n1,1980\n1,1980\n2,1880\n3,x\n3,1970\n,1960\n4,1990")
    done = check(tmp_path, blocks(persons={"birth_year": "born"}))
    flow = done["flow"]
    assert flow["step"].tolist() == list(range(1, len(flow) + 1))
    people = flow[flow["unit"] == "people"].set_index("label")["n"].to_dict()
    assert people == {
        "People in the files": 5,
        "Set aside: a value that is not of the kind the question needs": 1,
        "Set aside: a number outside its valid range": 1,
        "Set aside: a row without a person's identifier": 1,
    }
    assert done["persons"]["person_id"].tolist() == ["1", "4"]
    assert done["issues"]["check"].value_counts().to_dict() == {
        "unreadable_value": 1,
        "out_of_range": 1,
        "person_id_missing": 1,
        "duplicate_row": 1,
        "duplicate_person": 2,
    }


def test_issues_carry_the_raw_column(tmp_path):
    write_csv(tmp_path, "pid,from,to\n1,2010,2001")
    columns = {
        "person_id": "pid",
        "start": {"year_month": {"year": "from"}},
        "stop": {"year_month": {"year": "to"}},
    }
    done = check(tmp_path, blocks(spells=[{"kind": "use", "files": ["people"], "columns": columns}]))
    assert done["issues"][["column", "row", "value"]].astype(str).values.tolist() == [["to", "1", "2001"]]


def test_issues_of_a_wide_file_carry_the_column_of_the_interview(tmp_path):
    write_csv(tmp_path, "pid,a0,b0,a1,b1,rec1,rec2,end1,end2\n1,1,2,3,3,2010,2014,2012,2013\n2,1,2,1,2,,,,")
    waves = {"files": ["people"], "waves": {0: 0, 1: 1}}
    waves["columns"] = {"person_id": "pid", "a": "a{wave}", "b": "b{wave}"}
    spells = {"kind": "recovery", "files": ["people"], "repeat": [1, 2]}
    spells["columns"] = {
        "person_id": "pid",
        "start": {"year_month": {"year": "rec{n}"}},
        "stop": {"year_month": {"year": "end{n}"}},
    }
    item = {"label": "Item", "type": "number"}
    rules = {"scales": {"s": ["a", "b"]}, "thresholds": {"straight_lining_items": 2}}
    study = blocks(waves=[waves], spells=[spells], variables={"a": item, "b": item}, checks=rules)
    found = check(tmp_path, study)["issues"].set_index("check")["column"]
    assert found.to_dict() == {"ends_before_start": "end{n}", "straight_lining": "a1, b1"}


def test_a_summary_counts_and_names_no_person_and_no_value(tmp_path):
    write_csv(tmp_path, "pid,born\nsecret1,1777\nsecret2,1777\nok,1980")
    issues = ingest(tmp_path, blocks(persons={"birth_year": "born"}))["issues"]
    counts = summarise_issues(issues)
    assert counts["n"].tolist() == [2]
    ISSUES.schema.validate(counts.assign(study="tiny")[list(ISSUES.columns)])
    assert counts["action"].tolist() == [
        "The person is set aside. Correct it in the file, or list the code under `missing` or `quarantine`."
    ]
    assert "secret" not in counts.to_csv()
    assert "1777" not in counts.to_csv()
    assert summarise_issues(issues.iloc[:0]).empty


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pathways")
    study = yaml.safe_load((STUDIES / "pathways.yaml").read_text())
    simulate_study(400, 1, folder / "data" / "raw" / "pathways", folder / "truth.json")
    names = ("files", "mapping", "variables", "design")
    return check(folder, {name: study[name] for name in names} | {"checks": {}}), json.loads(
        (folder / "truth.json").read_text()
    )


def test_every_simulated_typing_error_is_found_and_nothing_else(simulated):
    done, truth = simulated
    padded = [fault for fault in truth["faults"] if str(fault["written"]).endswith(" ")]
    unread = [fault for fault in truth["faults"] if fault["column"] == "n_attempts"]
    faults = [fault for fault in truth["faults"] if fault not in padded + unread]
    issues = done["issues"][done["issues"]["severity"].eq("error") | done["issues"]["check"].eq("duplicate_row")]
    assert padded
    assert {(f["file"], f["pid"]) for f in faults} == set(zip(issues["file"], issues["person_id"], strict=True))


def test_rows_of_the_simulated_study_add_up(simulated):
    done, _ = simulated
    people = done["flow"][done["flow"]["unit"] == "people"]
    assert people["n"].iloc[0] == 400
    assert people["n"].iloc[0] - people["n"].iloc[1:].sum() == len(done["persons"])
