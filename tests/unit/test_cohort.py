"""Follow-up, exposure and pairs of waves, on cases small enough to work out by hand."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.cohort.describe import describe
from recovery_analysis.cohort.eligibility import apply_rules
from recovery_analysis.cohort.exposure import observed_until, pathways, peer_at_start, peer_start
from recovery_analysis.cohort.periods import follow_up, split_at_changes
from recovery_analysis.cohort.wave_pairs import pair_with_previous
from recovery_analysis.errors import ResearchError
from recovery_analysis.steps.derive_cohort import derive_cohort, nobody_eligible
from recovery_analysis.study import (
    Design,
    Eligibility,
    EventOutcome,
    Peer,
    SpellOutcome,
    Variable,
    WaveOutcome,
)

WORDS = {"label": "x", "definition": "x"}
SURVEY = Design(kind="population_survey", time_zero="first_help")
COHORT = Design(kind="cohort")
PEERS = Peer(label="With", reference="Without", noun="peers", spells=("mutual_aid", "peer_support"))
ATTENDANCE = Peer(label="With", reference="Without", noun="attendance", measure="attended")
ONE_YEAR = SpellOutcome(kind="spell", spell="recovery", lasting_years=1, unit="years", **WORDS)


def _persons(*ids: str, **columns: list) -> pd.DataFrame:
    return pd.DataFrame({"person_id": list(ids), "gender": "woman", **columns})


def _events(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["person_id", "event", "time"]).assign(observed=True, precision="month")


def _spells(rows: list[tuple[str, str, float, float, bool]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["person_id", "kind", "start", "stop", "ongoing"]).assign(precision="year")


def _survey(spells: list[tuple[str, str, float, float, bool]]) -> pd.DataFrame:
    """Follow-up of one person with first help in 2000 and the interview in 2024."""
    tables = {
        "events": _events([("a", "first_help", 2000.0), ("a", "interview", 2024.0)]),
        "spells": _spells(spells),
        "waves": pd.DataFrame(),
    }
    return follow_up("stable", ONE_YEAR, SURVEY, PEERS, _persons("a"), tables)[0]


def test_the_event_is_dated_when_the_year_is_complete() -> None:
    row = _survey([("a", "recovery", 2005.0, np.nan, True)]).iloc[0]
    assert (row["start"], row["stop"], row["event"], row["peer"]) == (0.0, 6.0, 1, 0.0)


def test_a_spell_that_is_too_short_does_not_count() -> None:
    spells = [("a", "recovery", 2002.0, 2002.9, False), ("a", "recovery", 2010.0, 2011.0, False)]
    assert _survey(spells)["stop"].tolist() == [11.0]


def test_without_a_long_spell_the_person_is_censored_at_the_interview() -> None:
    row = _survey([("a", "recovery", 2023.5, np.nan, True)]).iloc[0]
    assert (row["stop"], row["event"]) == (24.0, 0)


def test_peers_count_from_the_first_engagement_on() -> None:
    spells = [
        ("a", "peer_support", 2004.0, 2005.0, False),
        ("a", "mutual_aid", 2003.0, 2003.5, False),
        ("a", "recovery", 2009.0, np.nan, True),
    ]
    rows = _survey(spells)
    assert rows[["start", "stop", "event", "peer"]].to_numpy().tolist() == [[0, 3, 0, 0], [3, 10, 1, 1]]


def test_peers_before_the_clock_starts_count_from_its_start() -> None:
    rows = _survey([("a", "mutual_aid", 1998.0, 1999.0, False), ("a", "recovery", 2009.0, np.nan, True)])
    assert rows[["start", "stop", "peer"]].to_numpy().tolist() == [[0, 10, 1]]


def test_an_unknown_spell_leaves_the_time_unknown_unless_an_earlier_one_met_the_criterion() -> None:
    unknown_start = ("a", "recovery", np.nan, np.nan, True)
    assert _survey([unknown_start]).empty
    assert _survey([("a", "recovery", 2001.0, np.nan, False)]).empty
    later = [("a", "recovery", 2001.0, 2003.0, False), ("a", "recovery", 2010.0, np.nan, False)]
    assert _survey(later)["stop"].tolist() == [2.0]


def test_an_unknown_first_engagement_leaves_the_exposure_missing() -> None:
    rows = _survey([("a", "mutual_aid", np.nan, np.nan, False), ("a", "recovery", 2009.0, np.nan, True)])
    assert rows["peer"].isna().all() and rows["event"].sum() == 1


def test_people_without_usable_time_are_counted_by_reason() -> None:
    tables = {
        "events": _events([("a", "first_help", 2000.0), ("a", "interview", 2024.0), ("b", "interview", 2024.0)]),
        "spells": _spells([("a", "recovery", 1990.0, 1995.0, False)]),
        "waves": pd.DataFrame(),
    }
    rows, left_out = follow_up("stable", ONE_YEAR, SURVEY, PEERS, _persons("a", "b"), tables)
    assert rows.empty and left_out["n"].tolist() == [1, 1]


def test_an_event_on_the_first_day_is_kept_and_stays_first() -> None:
    outcome = EventOutcome(kind="event", event="use", unit="days", **WORDS)
    events = _events([("a", "use", 0.0), ("b", "use", 1 / 365.25)])
    waves = pd.DataFrame({"person_id": ["a", "b"], "wave": 0, "time": 0.0, "attended": [1.0, 0.0]})
    tables = {"events": events, "spells": _spells([]), "waves": waves}
    rows, _ = follow_up("use", outcome, COHORT, ATTENDANCE, _persons("a", "b"), tables)
    assert rows["stop"].tolist() == [0.5, 1.0] and rows["peer"].tolist() == [1.0, 0.0]


def test_people_of_a_cohort_without_a_row_of_the_event_are_followed_until_the_interview() -> None:
    outcome = EventOutcome(kind="event", event="use", competing=("death",), unit="years", **WORDS)
    dated = [("a", "use", 1.0), ("b", "death", 2.0), ("a", "interview", 5.0), ("b", "interview", 2.0)]
    events = _events([*dated, ("c", "interview", 4.0)])
    waves = pd.DataFrame({"person_id": ["a", "b", "c", "d"], "wave": 0, "time": 0.0, "attended": 1.0})
    tables = {"events": events, "spells": _spells([]), "waves": waves}
    rows, left_out = follow_up("use", outcome, COHORT, ATTENDANCE, _persons("a", "b", "c", "d"), tables)
    assert rows[["stop", "event", "competing"]].to_numpy().tolist() == [[1, 1, 0], [2, 0, 1], [4, 0, 0]]
    assert left_out.set_index("label")["n"]["Time to the outcome not known"] == 1
    told = pd.concat([events, _events([("d", "use", 3.0)]).assign(observed=False)])
    rows, left_out = follow_up("use", outcome, COHORT, ATTENDANCE, _persons("a", "c", "d"), tables | {"events": told})
    assert rows["person_id"].tolist() == ["a", "d"] and left_out["n"].tolist()[0] == 1


def test_a_wave_outcome_is_known_to_the_interval_between_interviews() -> None:
    outcome = WaveOutcome(kind="wave", measure="abstinent", unit="years", **WORDS)
    waves = pd.DataFrame(
        {
            "person_id": ["a", "a", "a", "b", "b"],
            "wave": [0, 1, 2, 0, 1],
            "time": [0.0, 0.5, 1.0, 0.0, 0.6],
            "abstinent": [1.0, 0.0, 1.0, np.nan, 0.0],
            "attended": [0.0, 1.0, 0.0, 1.0, 1.0],
        }
    )
    tables = {"events": _events([]), "spells": _spells([]), "waves": waves}
    rows, _ = follow_up("abstinent", outcome, COHORT, ATTENDANCE, _persons("a", "b"), tables)
    a = rows[rows["person_id"] == "a"]
    assert a[["start", "stop", "event", "peer"]].to_numpy().tolist() == [[0, 0.5, 0, 0], [0.5, 1, 1, 1]]
    assert a["lower"].tolist()[-1] == 0.5
    b = rows[rows["person_id"] == "b"]
    assert b[["stop", "event"]].to_numpy().tolist() == [[0.6, 0]]


def test_splitting_keeps_each_persons_time_and_events() -> None:
    rng = np.random.default_rng(1)
    ids = [f"p{i}" for i in range(200)]
    times = pd.DataFrame({"person_id": ids, "length": rng.uniform(1, 9, 200), "event": 1.0})
    times[["lower", "earliest", "latest"]] = np.nan
    changes = pd.DataFrame(
        {
            "person_id": rng.choice(ids, 500),
            "time": rng.uniform(0, 10, 500),
            "peer": rng.integers(0, 2, 500) * 1.0,
        }
    )
    zero = pd.DataFrame({"person_id": ids, "time": 0.0, "peer": 0.0})
    rows = split_at_changes(times, pd.concat([zero, changes]))
    assert (rows["stop"] > rows["start"]).all()
    total = (rows["stop"] - rows["start"]).groupby(rows["person_id"]).sum()
    assert total.reindex(ids).to_numpy() == pytest.approx(times["length"].to_numpy())
    assert rows["event"].sum() == 200


def test_each_wave_stands_beside_the_one_directly_before() -> None:
    waves = pd.DataFrame(
        {
            "person_id": ["a", "a", "a", "b", "b"],
            "wave": [0, 1, 3, 0, 2],
            "score": [1.0, 2, 3, 4, 5],
            "peer": 1.0,
        }
    )
    pairs, unpaired = pair_with_previous(waves, ["score", "peer"], "peer")
    assert pairs[["person_id", "wave", "score", "score_previous"]].to_numpy().tolist() == [["a", 1, 2.0, 1.0]]
    assert unpaired == 2


def test_each_rule_counts_the_people_it_excludes_once() -> None:
    persons = _persons("a", "b", "c", age=[17.0, np.nan, 30.0])
    rules = (
        Eligibility(label="no help", event="first_help"),
        Eligibility(label="under 18", variable="age", at_least=18),
    )
    kept, counts = apply_rules(persons, _events([("a", "first_help", 1.0), ("c", "first_help", 1.0)]), rules)
    assert kept["person_id"].tolist() == ["c"] and counts["n"].tolist() == [1, 1]


def test_first_engagement_is_unknown_if_any_start_is() -> None:
    spells = _spells([("a", "mutual_aid", np.nan, np.nan, True), ("a", "peer_support", 2000.0, np.nan, True)])
    assert peer_start(spells, PEERS).isna().tolist() == [True]


def test_pathways_overlap_and_natural_means_none() -> None:
    spells = _spells([("a", "mutual_aid", 1.0, 2.0, False), ("a", "medication", 1.0, 2.0, False)])
    used = pathways(_persons("a", "b"), spells, ["mutual_aid", "medication", "natural"])
    assert used.to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]
    assert peer_at_start(_persons("a", "b"), spells, pd.DataFrame(), PEERS).tolist() == [1.0, 0.0]


def test_cells_that_are_empty_by_definition_have_no_row() -> None:
    cohort = _persons("a", "b", peer=[1.0, 0.0], pathway_mutual_aid=[1.0, 0.0], pathway_natural=[0.0, 1.0])
    names = ["pathway_mutual_aid", "pathway_natural"]
    known = dict.fromkeys(names, Variable(label="x", type="binary"))
    table = describe(cohort, names, known, ("mutual_aid",))
    rows = set(zip(table["variable"], table["peer"], strict=True))
    assert ("pathway_mutual_aid", "peer") in rows and ("pathway_natural", "no_peer") in rows
    assert ("pathway_mutual_aid", "no_peer") not in rows and ("pathway_natural", "peer") not in rows


def test_table_one_counts_levels_missing_and_groups() -> None:
    cohort = _persons("a", "b", "c", peer=[1.0, 1.0, 0.0], age=[20.0, 40.0, np.nan], drug=["x", "y", "x"])
    variables = {
        "age": Variable(label="Age", type="number"),
        "drug": Variable(label="Drug", type="category", levels={"x": "X", "y": "Y"}),
    }
    table = describe(cohort, ["age", "drug"], variables).set_index(["variable", "peer", "gender"]).sort_index()
    everyone = table.loc[("age", "all", "all")].iloc[0]
    assert (everyone["mean"], everyone["n"], everyone["n_missing"]) == (30.0, 2, 1)
    assert everyone["sd"] == pytest.approx(np.sqrt(200))
    assert table.loc[("drug", "peer", "woman"), "n"].tolist() == [1, 1]


def _with_death(outcome: SpellOutcome, deaths: list[tuple[str, float]]) -> pd.DataFrame:
    """People with first help in 2000 and the interview in 2020; `a` recovers from 2005 on."""
    people = ["a", "b", "c"]
    known = [(p, e, t) for p in people for e, t in (("first_help", 2000.0), ("interview", 2020.0))]
    tables = {
        "events": _events([*known, *((p, "death", t) for p, t in deaths)]),
        "spells": _spells([("a", "recovery", 2005.0, np.nan, True)]),
        "waves": pd.DataFrame(),
    }
    return follow_up("stable", outcome, SURVEY, PEERS, _persons(*people), tables)[0].set_index("person_id")


def test_a_competing_event_ends_the_follow_up_only_before_the_outcome() -> None:
    outcome = ONE_YEAR.model_copy(update={"competing": ("death",)})
    rows = _with_death(outcome, [("a", 2010.0), ("b", 2008.0)])
    assert rows[["stop", "event", "competing"]].to_numpy().tolist() == [[6, 1, 0], [8, 0, 1], [20, 0, 0]]
    rows = _with_death(outcome, [("a", 2005.5), ("b", 2020.0), ("c", 2021.0)])
    assert rows[["stop", "event", "competing"]].to_numpy().tolist() == [[5.5, 0, 1], [20, 0, 1], [20, 0, 0]]
    assert _with_death(ONE_YEAR, [("a", 2005.5)])["competing"].tolist() == [0, 0, 0]


def test_a_spell_that_competes_counts_from_its_first_day_and_unknown_is_unknown() -> None:
    """Recovered at 6; in residential treatment at 3, before help, on an unknown day, or after the outcome."""
    people = ["a", "b", "c", "d", "e"]
    known = [(p, e, t) for p in people for e, t in (("first_help", 2000.0), ("interview", 2020.0))]
    spells = [(p, "recovery", 2005.0, np.nan, True) for p in people]
    starts = {"b": 2003.0, "c": 1999.0, "d": np.nan, "e": 2007.0}
    spells += [(p, "residential", start, np.nan, False) for p, start in starts.items()]
    tables = {"events": _events(known), "spells": _spells(spells), "waves": pd.DataFrame()}
    outcome = ONE_YEAR.model_copy(update={"competing": ("residential",)})
    rows, left_out = follow_up("stable", outcome, SURVEY, PEERS, _persons(*people), tables)
    told = rows.set_index("person_id")[["stop", "event", "competing"]]
    assert told.T.to_dict("list") == {"a": [6, 1, 0], "b": [3, 0, 1], "e": [6, 1, 0]}
    counted = dict(zip(left_out["label"], left_out["n"], strict=True))
    assert counted["Time to the outcome not known"] == 1
    assert counted["Something that competes with the outcome came before the start of the clock"] == 1


def test_a_start_told_as_a_year_makes_the_time_an_interval() -> None:
    """First help to the month, the spell's start to the year: half a year and half a month either way."""
    periods = _survey([("a", "recovery", 2010.5, np.nan, True)])
    last = periods.iloc[-1]
    assert last["stop"] == 11.5
    np.testing.assert_allclose([last["earliest"], last["latest"]], [11.5 - 13 / 24, 11.5 + 13 / 24], atol=1e-6)


def test_nobody_without_the_outcome_has_an_interval() -> None:
    assert _survey([])[["earliest", "latest"]].isna().all(axis=None)


def test_delayed_entry_leaves_out_the_time_before_it_and_people_who_had_the_outcome_then() -> None:
    events = [("a", "start", 2000.0), ("a", "interview", 2004.0), ("a", "return", 2010.0)]
    events += [("b", "start", 2000.0), ("b", "interview", 2004.0), ("b", "return", 2003.0)]
    design = Design(kind="recovery_sample", time_zero="start", entry="interview")
    tables = {"events": _events(events), "spells": _spells([]), "waves": pd.DataFrame()}
    outcome = EventOutcome(kind="event", event="return", unit="years", **WORDS)
    periods, left_out = follow_up("r", outcome, design, PEERS, _persons("a", "b"), tables)
    assert periods[["person_id", "start", "stop", "event"]].to_numpy().tolist() == [["a", 4.0, 10.0, 1]]
    assert left_out["n"].tolist() == [0, 1]


def test_the_window_ends_at_the_interview_and_peers_begin_at_time_zero_at_the_earliest() -> None:
    events = _events([(p, e, t) for p in "abc" for e, t in (("first_help", 2000.0), ("interview", 2020.0))])
    spells = _spells([("a", "mutual_aid", 2005.0, np.nan, True), ("b", "peer_support", 1998.0, 1999.0, False)])
    found = observed_until(_persons("a", "b", "c"), spells, events, SURVEY, PEERS)
    assert found["window"].tolist() == [20.0, 20.0, 20.0]
    assert found["peer_from"].fillna(-1.0).tolist() == [5.0, 0.0, -1.0]


def test_a_study_without_dated_interviews_has_no_window() -> None:
    spells = pd.DataFrame({"person_id": ["a"], "kind": ["mutual_aid"], "start": [2001.0]})
    events = pd.DataFrame({"person_id": ["a"], "event": ["first_help"], "time": [2000.0], "observed": [True]})
    found = observed_until(_persons("a"), spells, events, SURVEY, PEERS)
    assert found["window"].isna().all() and found["peer_from"].tolist() == [1.0]


def test_peers_have_their_date_where_the_clock_starts_at_enrolment() -> None:
    """Without it a parametric model took everybody who joined for somebody whose date is not known."""
    spells = pd.DataFrame({"person_id": ["a"], "kind": ["mutual_aid"], "start": [1.5]})
    events = pd.DataFrame({"person_id": [], "event": [], "time": [], "observed": []}).astype({"observed": bool})
    found = observed_until(_persons("a", "b"), spells, events, Design(kind="cohort"), PEERS)
    assert found["peer_from"].fillna(-1.0).tolist() == [1.5, -1.0]


def test_that_every_person_is_set_aside_is_not_blamed_on_a_rule(tmp_path):
    given = {table: str(tmp_path / f"{table}.parquet") for table in ("persons", "spells", "events", "waves")}
    for path in given.values():
        pd.DataFrame({"person_id": pd.Series(dtype=object)}).to_parquet(path)
    out = {name: "" for name in ("cohort", "periods", "state_paths", "wave_pairs", "table_one", "flow")}
    with pytest.raises(ResearchError, match="x: every person is set aside.*issues.csv says why"):
        derive_cohort("x", {}, [], {}, **given, **out)


def test_where_nobody_is_eligible_the_rules_are_named():
    """The sentence pointed to a folder in which nothing said why."""
    excluded = pd.DataFrame({"label": ["Under 18, or age not known", "No interview"], "n": [300, 0]})
    told = nobody_eligible("mine", excluded)
    assert told.startswith("mine: no person meets every rule under `eligibility`.")
    assert "'Under 18, or age not known' (300)" in told and "No interview" not in told
