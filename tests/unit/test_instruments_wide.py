"""Instruments in wide files: one row holds several interviews, and items are named wave by wave."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.errors import ResearchError
from recovery_analysis.instruments.plan import with_instruments
from recovery_analysis.io import read_table
from recovery_analysis.project import load_study
from recovery_analysis.schemas.results import RELIABILITY
from recovery_analysis.steps.score_instruments import score_instruments
from recovery_analysis.study import Study
from tests.unit import tiny_study

ROOT = Path(__file__).resolve().parents[2]
WAVES = {"t0": 0, "t1": 1}
ITEMS = {"instrument": "css", "items": ["c{1..5}_{wave}"]}
AT = {"instrument": "css", "at": {0: ["c{1..5}_t0"], 1: ["later_{a..e}"]}}
HEAD = "pid,sex,day_t0,day_t1,c1_t0,c2_t0,c3_t0,c4_t0,c5_t0,c1_t1,c2_t1,c3_t1,c4_t1,c5_t1"
LATER = "pid,sex,day_t0,day_t1,c1_t0,c2_t0,c3_t0,c4_t0,c5_t0,later_a,later_b,later_c,later_d,later_e"
ROWS = """
1,1,2019-01-02,2020-01-02,1,2,3,4,5,6,6,6,6,6
2,2,2019-01-02,2020-01-02,1,1,1,1,1,2,2,2,2,
3,2,2019-01-02,,2,1,2,1,2,,,,,
"""


def content(questionnaire: dict[str, Any], **block: Any) -> dict[str, Any]:
    """A study with two interviews in each row; only what reading and scoring needs is used."""
    text = (ROOT / "config/studies/help.yaml").read_text(encoding="utf-8")
    columns = {"person_id": "pid", "time": {"date": "day_{wave}"}}
    waves = [{"files": ["people"], "waves": WAVES, "columns": columns} | block]
    sex = {"gender": tiny_study.SEX}
    blocks = tiny_study.blocks("population_survey", persons=sex, waves=waves)
    return yaml.safe_load(text) | {"instruments": {"commitment": questionnaire}} | blocks


def scored(folder: Path, head: str, rows: str, questionnaire: dict[str, Any], **block: Any) -> dict[str, pd.DataFrame]:
    """Scored waves, their reliability, and the issues."""
    tiny_study.write_csv(folder, head + rows)
    study = with_instruments(Study.model_validate(content(questionnaire, **block)))
    plan = study.model_dump()
    checked = tiny_study.check(folder, {key: plan[key] for key in ("files", "mapping", "variables", "design")})
    paths = {"waves": str(folder / "scored.parquet"), "reliability": str(folder / "reliability.parquet")}
    tables = {"persons": str(folder / "persons.parquet"), "waves_in": str(folder / "waves.parquet")}
    score_instruments("tiny", {k: plan[k] for k in ("mapping", "variables", "instruments")}, 0.95, **tables, **paths)
    reliability = read_table(paths["reliability"], RELIABILITY)
    return {"waves": read_table(paths["waves"]), "reliability": reliability, "issues": checked["issues"]}


@pytest.mark.parametrize(("head", "questionnaire"), [(HEAD, ITEMS), (LATER, AT)], ids=["mark", "at"])
def test_items_of_each_wave_are_scored(tmp_path: Path, head: str, questionnaire: dict[str, Any]) -> None:
    done = scored(tmp_path, head, ROWS, questionnaire)
    assert done["issues"].empty
    assert [name for name in done["waves"].columns if name.startswith("commitment")] == ["commitment"]
    scores = done["waves"].pivot(index="person_id", columns="wave", values="commitment")
    np.testing.assert_array_equal(scores.to_numpy(), [[15, 30], [5, np.nan], [8, np.nan]])
    assert len(done["waves"]) == 5, "a row whose columns of a wave are all blank is no interview"
    everyone = done["reliability"].query("gender == 'all'")
    assert everyone[["wave", "n", "items"]].to_numpy().tolist() == [[0, 3, 5], [1, 1, 5]]


def test_an_instrument_asked_at_one_wave_of_a_wide_file(tmp_path: Path) -> None:
    done = scored(tmp_path, LATER, ROWS, {"instrument": "css", "at": {1: ["later_{a..e}"]}})
    scores = done["waves"].set_index(["person_id", "wave"])["commitment"]
    assert scores.dropna().to_dict() == {("1", 1): 30.0}
    assert set(done["reliability"]["wave"]) == {1}


def test_an_answer_that_cannot_be_sets_its_own_interview_aside(tmp_path: Path) -> None:
    rows = ROWS.replace("1,1,2019-01-02,2020-01-02,1,2,3,4,5,6,6", "1,1,2019-01-02,2020-01-02,1,2,3,4,5,9,6")
    done = scored(tmp_path, HEAD, rows, ITEMS)
    told = done["issues"][["column", "value", "check", "row"]].to_numpy().tolist()
    assert told == [["c1_t1", "9", "out_of_range", 1]]
    kept = done["waves"][["person_id", "wave"]].to_numpy().tolist()
    assert ["1", 0] in kept and ["1", 1] not in kept and ["2", 1] in kept


def test_a_measure_asked_at_one_wave_only(tmp_path: Path) -> None:
    """`at` of the block itself, beside the items of an instrument."""
    tiny_study.write_csv(tmp_path, "pid,sex,day_t0,day_t1,work_now\n1,1,2019-01-02,2020-01-02,1\n2,2,2019-01-02,,\n")
    columns = {"person_id": "pid", "time": {"date": "day_{wave}"}}
    block = {"files": ["people"], "waves": WAVES, "columns": columns, "at": {1: {"work": "work_now"}}}
    study = tiny_study.blocks(waves=[block], variables={"work": {"label": "Work", "type": "binary"}})
    waves = tiny_study.ingest(tmp_path, study)["waves"]
    found = {(person, wave): work for person, wave, work in waves[["person_id", "wave", "work"]].to_numpy().tolist()}
    assert found.keys() == {("1", 0), ("1", 1), ("2", 0)}
    assert found["1", 1] == 1 and np.isnan(found["1", 0])
    study["mapping"]["waves"][0]["at"] = {1: {"work": "wokr_now"}}
    with pytest.raises(ResearchError, match=r"mapping\.waves\.0\.at\.1\.work \(people\.csv\): there is no column"):
        tiny_study.ingest(tmp_path, study)


def test_numbers_may_stand_for_their_digits(tmp_path: Path) -> None:
    tiny_study.write_csv(tmp_path, "pid,score_1,score_2\nA,4,5")
    block = {"files": ["people"], "waves": {1: 0, 2: 1}, "columns": {"person_id": "pid", "score": "score_{wave}"}}
    study = tiny_study.blocks(waves=[block], variables={"score": {"label": "Score", "type": "number"}})
    waves = tiny_study.ingest(tmp_path, study)["waves"]
    assert waves.set_index("wave")["score"].to_dict() == {0: 4.0, 1: 5.0}


@pytest.mark.parametrize(
    ("questionnaire", "block", "said"),
    [
        (ITEMS | {"items": ["c{1..5}"]}, {}, "instruments.commitment.items: mapping.waves.0 holds several interviews"),
        (AT | {"at": {2: ["c{1..5}_t2"]}}, {}, "instruments.commitment.at.2: no block of mapping.waves has"),
        (ITEMS, {"waves": {}}, "instruments.commitment.items: {wave} needs `waves` in mapping.waves.0"),
        (ITEMS, {"at": {4: {"work": "w"}}}, "mapping.waves.0.at.4: `waves` has no interview 4"),
        (ITEMS, {"at": {1: {"work": "w"}}}, "mapping.waves.0.at.1.work: describe this column under `variables`"),
        (ITEMS | {"items": ["c{1..4}_{wave}"]}, {}, "instruments.commitment.items: found 4 columns"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, questionnaire: dict[str, Any], block: dict[str, Any], said: str) -> None:
    path = tmp_path / "config/studies/wide.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(content(questionnaire, **block), sort_keys=False), encoding="utf-8")
    with pytest.raises(ResearchError) as error:
        load_study(tmp_path, "wide")
    assert said in str(error.value)
