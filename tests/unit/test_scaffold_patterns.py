"""Columns that belong together by their names: guessed, told with what the guess rests on, and true once taken up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.errors import ResearchError
from recovery_analysis.project import load_study
from recovery_analysis.scaffold.draft import confirmed, write_draft
from recovery_analysis.scaffold.guess import Draft, guess
from recovery_analysis.scaffold.patterns import Parts, date_parts, shared_keys, spell_pairs
from recovery_analysis.scaffold.read import read_whole
from recovery_analysis.scaffold.text import ADD
from recovery_analysis.scaffold.wide import wide_waves
from recovery_analysis.study import SourceFile, Study, StudyBlocks

N = 60
RNG = np.random.default_rng(7)
IDS = [f"P{i:02}" for i in range(N)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/studies").mkdir(parents=True)
    return tmp_path


def draft_of(root: Path, frame: pd.DataFrame, name: str = "raw") -> Draft:
    frame.to_csv(root / f"{name}.csv", index=False)
    return guess(read_whole(root, name, SourceFile(path=f"{name}.csv")))


def people(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"pid": IDS, **columns})


def scores() -> np.ndarray:
    return RNG.normal(10, 3, N).round(2)


def years(low: int = 1990, high: int = 2000) -> np.ndarray:
    return RNG.integers(low, high, N)


def taken_up(root: Path, *files: str) -> dict:
    """The settings with every guess confirmed and every further line used."""
    text = write_draft(root, "x", list(files)).path.read_text(encoding="utf-8")
    return yaml.safe_load("\n".join(line.removeprefix(ADD) for line in confirmed(text).split("\n")))


@pytest.mark.parametrize(
    ("names", "texts", "pattern"),
    [
        (["score_1", "mood_1", "score_2", "mood_2"], ("1", "2"), "score_{wave}"),
        (["score_t0", "mood_t0", "score_t6", "mood_t6"], ("0", "6"), "score_t{wave}"),
        (["w1_score", "w1_mood", "w2_score", "w2_mood"], ("1", "2"), "w{wave}_score"),
        (["score.2m", "mood.2m", "score.4m", "mood.4m"], ("2", "4"), "score.{wave}m"),
        (["score_m0", "mood_m0", "score_m6", "mood_m6"], ("0", "6"), "score_m{wave}"),
    ],
)
def test_one_question_at_several_interviews(root: Path, names: list[str], texts: tuple, pattern: str) -> None:
    found = wide_waves(draft_of(root, people(**{name: scores() for name in names})))
    assert found is not None and found.texts == texts
    assert pattern in found.measures and len(found.measures) == 2


@pytest.mark.parametrize(
    "frame",
    [
        people(**{f"q{i}": scores() for i in range(1, 21)}),
        people(score_1=scores(), score_2=scores()),
        people(score_1=scores(), mood_2=scores()),
        pd.DataFrame({"pid": np.repeat(IDS, 2), "wave": [0, 1] * N, "a_1": 1.5, "a_2": 2.5, "b_1": 1.5, "b_2": 2.5}),
    ],
    ids=["items of one scale", "one question only", "nothing in common", "rows are interviews already"],
)
def test_what_is_no_interview_is_not_taken_for_one(root: Path, frame: pd.DataFrame) -> None:
    assert wide_waves(draft_of(root, frame)) is None


def test_one_question_is_taken_for_several_interviews_where_its_name_says_so(root: Path) -> None:
    assert wide_waves(draft_of(root, people(score_t0=scores(), score_t1=scores(), score_t2=scores()))) is not None
    assert wide_waves(draft_of(root, people(score_1=scores(), score_2=scores(), score_3=scores()))) is None


def settings(root: Path, study: str = "x") -> Study:
    """The draft with every guess confirmed as it stands."""
    path = write_draft(root, study, ["raw.csv"]).path
    path.write_text(confirmed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return load_study(root, study)


def test_a_wide_file_with_dates_is_a_study_of_interviews(root: Path) -> None:
    """Names that speak of interviews are taken at their word: nothing but confirming is left to do."""
    columns = {f"{name}_{n}": scores() for n in (1, 2) for name in ("score", "mood")}
    met = {f"peer_group_{n}": RNG.integers(0, 2, N) for n in (1, 2)}
    days = {f"day_{n}": pd.date_range(f"202{n}-01-01", periods=N).strftime("%Y-%m-%d") for n in (1, 2)}
    people(**columns, **met, **days).to_csv(root / "raw.csv", index=False)
    study = settings(root)
    (block,) = study.mapping.waves
    assert block.waves == {"1": 0, "2": 1} and block.columns["time"].date == "day_{wave}"
    assert {name: study.variables[name].type for name in ("score", "mood", "peer_group")} == {
        "score": "number",
        "mood": "number",
        "peer_group": "binary",
    }
    assert (study.peer.measure, study.design.time_zero) == ("peer_group", "first_interview")
    assert study.mapping.events[0].columns["time"].date == "day_1"
    assert list(study.analyses) == ["later_score", "later_mood"]
    assert set(study.mapping.persons.columns) == {"person_id", "gender"}


def test_without_dates_the_names_say_when_the_interviews_were(root: Path) -> None:
    frame = people(**{f"{name}.{n}m": scores() for n in (2, 8) for name in ("score", "mood")}, aa=RNG.integers(0, 2, N))
    frame.to_csv(root / "raw.csv", index=False)
    (block,) = settings(root).mapping.waves
    assert {number: (own["time"].constant, own["time"].unit) for number, own in block.at.items()} == {
        0: (0, "months"),
        1: (6, "months"),
    }


def test_names_that_may_be_items_are_a_line_to_take_up(root: Path) -> None:
    people(**{f"{name}_{n}": scores() for n in (1, 2) for name in ("score", "mood")}).to_csv(
        root / "raw.csv", index=False
    )
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "#+       at:  # unknown: no column says when" in text
    assert "score_1, score_2 look like one question at several interviews" in text
    content = yaml.safe_load("\n".join(line.removeprefix(ADD) for line in confirmed(text).split("\n")))
    block = content["mapping"]["waves"][1]
    assert block["waves"] == {"1": 0, "2": 1}
    assert block["columns"]["score_by_wave"] == "score_{wave}"
    assert content["variables"]["score_by_wave"]["type"] == "number"
    assert StudyBlocks.model_validate({"mapping": content["mapping"]}).mapping.waves[1].waves == {"1": 0, "2": 1}


def test_dates_of_long_files_give_the_time_of_each_interview(root: Path) -> None:
    ids, visits = np.repeat(IDS, 2), np.tile([0, 1], N)
    days = [f"202{visit}-03-0{1 + i % 9}" for i, visit in enumerate(visits)]
    frame = pd.DataFrame({"pid": ids, "visit": visits, "day": days, "aa": RNG.integers(0, 2, 2 * N)})
    frame.assign(score=RNG.normal(size=2 * N)).to_csv(root / "raw.csv", index=False)
    study = settings(root)
    assert study.mapping.waves[0].columns["time"].date == "day"
    assert study.design.time_zero == "first_interview" and study.mapping.events[0].rows == {"visit": (0,)}


def test_a_file_without_anything_to_compare_says_what_is_wanting(root: Path) -> None:
    people(score=scores()).to_csv(root / "raw.csv", index=False)
    said = (
        r"^config/studies/x.yaml: WRITE_A_COLUMN is still to be filled in, at peer.measure \(line \d+\): write the name"
    )
    with pytest.raises(ResearchError, match=said):
        settings(root)


def test_two_groups_that_are_called_a_treatment_are_compared(root: Path) -> None:
    """An outcome is never what is compared where there is anything else."""
    frame = people(ttr=RNG.integers(1, 200, N), relapse=RNG.integers(0, 2, N), arm=["usual", "navigator"] * (N // 2))
    frame.to_csv(root / "raw.csv", index=False)
    study = settings(root)
    assert study.peer.measure == "arm"
    assert study.mapping.waves[0].columns["arm"].recode == {"usual": 0, "navigator": 1}
    assert list(study.analyses) == ["time_to_relapse"]


def test_years_and_months_make_a_date(root: Path) -> None:
    months, days = RNG.integers(1, 13, N), RNG.integers(1, 29, N)
    frame = people(
        help_year=years(), help_month=months, yr_born=years(), arrest_y=years(), arrest_m=months, arrest_d=days
    )
    found = date_parts(draft_of(root, frame).columns)
    assert found == [
        Parts("help", "help_year", "help_month", None),
        Parts("arrest", "arrest_y", "arrest_m", "arrest_d"),
    ]
    events = taken_up(root, "raw.csv")["mapping"]["events"]
    assert [(e["event"], e["columns"]["time"]) for e in events] == [
        ("help", {"year_month": {"year": "help_year", "month": "help_month"}}),
        ("arrest", {"year_month_day": {"year": "arrest_y", "month": "arrest_m", "day": "arrest_d"}}),
    ]
    assert StudyBlocks.model_validate({"mapping": {"persons": {"files": [], "columns": {}}, "events": events}})


def test_months_that_are_none_make_no_date(root: Path) -> None:
    frame = people(help_year=years(), help_month=RNG.integers(1, 99, N))
    assert date_parts(draft_of(root, frame).columns) == []


def test_starts_and_stops_make_periods(root: Path) -> None:
    day = pd.date_range("2001-01-01", periods=N).strftime("%Y-%m-%d")
    frame = people(
        aa_start=years(), aa_stop=years(2001, 2009), rec1_begin=day, rec1_end=day, rec2_begin=day, rec2_end=day,
        xyz_from=years(), xyz_to=years(2001, 2009),
    )  # fmt: skip
    found = spell_pairs(draft_of(root, frame).columns)
    assert [(p.kind, p.start.name, p.stop.name, p.numbers) for p in found] == [
        ("mutual_aid", "aa_start", "aa_stop", ()),
        (None, "rec1_begin", "rec1_end", ("1", "2")),
        (None, "xyz_from", "xyz_to", ()),
    ]
    text = write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")
    assert "#+     - kind: mutual_aid  # by label: called aa_start" in text
    assert "# unknown: write which kind of period this is" in text
    (root / "config/studies/x.yaml").unlink()
    spells = taken_up(root, "raw.csv")["mapping"]["spells"]
    assert spells[0]["columns"]["start"] == {"year_month": {"year": "aa_start"}}
    assert spells[1]["repeat"] == ["1", "2"] and spells[1]["columns"]["stop"] == {"date": "rec{n}_end"}
    assert StudyBlocks.model_validate({"mapping": {"persons": {"files": [], "columns": {}}, "spells": spells}})


def test_periods_in_parts_of_dates(root: Path) -> None:
    months = RNG.integers(1, 13, N)
    frame = people(
        rehab_start_year=years(), rehab_start_month=months, rehab_end_year=years(2001, 2009), rehab_end_month=months
    )
    (pair,) = spell_pairs(draft_of(root, frame).columns)
    assert pair.kind == "residential"
    assert pair.start == Parts("rehab_start", "rehab_start_year", "rehab_start_month", None)
    content = taken_up(root, "raw.csv")["mapping"]
    assert "events" not in content
    assert content["spells"][0]["columns"]["stop"] == {
        "year_month": {"year": "rehab_end_year", "month": "rehab_end_month"}
    }


def test_a_key_of_several_files_becomes_a_join(root: Path) -> None:
    people(score=scores()).to_csv(root / "people.csv", index=False)
    visits = pd.DataFrame({"pid": np.repeat(IDS, 2), "wave": [0, 1] * N, "answer": RNG.normal(size=2 * N)})
    visits.to_csv(root / "visits.csv", index=False)
    found = {name: draft_of(root, pd.read_csv(root / f"{name}.csv"), name) for name in ("people", "visits")}
    assert shared_keys(found) == {"visits": ("people", "pid", "many_to_one")}
    text = write_draft(root, "x", ["people.csv", "visits.csv"]).path.read_text(encoding="utf-8")
    assert "#+     join: {file: people, by: [pid], expect: many_to_one}  # by label: pid is in both" in text


def test_files_about_other_people_are_not_joined(root: Path) -> None:
    people(score=scores()).to_csv(root / "here.csv", index=False)
    people(answer=scores()).assign(pid=[f"Q{i}" for i in range(N)]).to_csv(root / "there.csv", index=False)
    found = {name: draft_of(root, pd.read_csv(root / f"{name}.csv"), name) for name in ("here", "there")}
    assert shared_keys(found) == {}
