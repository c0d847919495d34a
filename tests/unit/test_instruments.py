"""Instruments in a study: how their items are named, read, checked and scored, and what is told of a mistake."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from recovery_analysis.disclosure import PRESETS, release_reliability
from recovery_analysis.errors import ResearchError
from recovery_analysis.instruments.plan import score_names, with_instruments
from recovery_analysis.instruments.registry import INSTRUMENTS
from recovery_analysis.io import read_table
from recovery_analysis.project import load_study
from recovery_analysis.schemas.results import RELIABILITY
from recovery_analysis.steps.score_instruments import score_instruments
from recovery_analysis.study import Questionnaire, Study
from recovery_analysis.study.instruments import expanded
from tests.unit import tiny_study

ROOT = Path(__file__).parents[2]
CES_D = {"instrument": "ces_d", "items": ["F1{A..T}"]}
CSS = {"instrument": "css", "items": ["c{1..5}"]}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("q7", ["q7"]),
        ("q{9..11}", ["q9", "q10", "q11"]),
        ("q{08..10}_w1", ["q08_w1", "q09_w1", "q10_w1"]),
        ("F1{A..C}", ["F1A", "F1B", "F1C"]),
        ("q{1..2}_{wave}", ["q1_{wave}", "q2_{wave}"]),
        ("{wave}_q1", ["{wave}_q1"]),
    ],
)
def test_a_run_of_columns_is_spelt_out(written: str, names: list[str]) -> None:
    assert expanded(written) == names


@pytest.mark.parametrize("written", ["q{1..}", "q{3..1}", "q{a..3}", "q{1..3", "q{1..2}{3..4}"])
def test_what_is_not_a_run_is_told(written: str) -> None:
    with pytest.raises(ValueError, match="is not a run of columns"):
        expanded(written)


def test_items_are_given_one_way() -> None:
    with pytest.raises(ValidationError, match="exactly one of `items` and `at`"):
        Questionnaire.model_validate({"instrument": "css"})
    with pytest.raises(ValidationError, match="exactly one of `items` and `at`"):
        Questionnaire.model_validate(CSS | {"at": {0: ["c{1..5}"]}})


def _help(**instruments: dict[str, Any]) -> dict[str, Any]:
    """The study HELP with further instruments."""
    content = yaml.safe_load((ROOT / "config/studies/help.yaml").read_text(encoding="utf-8"))
    return content | {"instruments": content.get("instruments", {}) | instruments}


def _load(folder: Path, content: dict[str, Any]) -> Study:
    path = folder / "config/studies/help.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return load_study(folder, "help")


@pytest.mark.parametrize(
    ("instrument", "said"),
    [
        (
            {"instrument": "sabrs", "items": ["s{1..15}", "b{1..16}"]},
            "instruments.low.items: found 31 columns, but Strengths And Barriers Recovery Scale (SABRS) has 32 items",
        ),
        (
            {"instrument": "cesd", "items": ["F1{A..T}"]},
            "instruments.low.instrument: there is no instrument 'cesd'. Did",
        ),
        (CES_D | {"items": ["F1{A..S}"]}, "instruments.low.items: found 19 columns, but Centre for Epidemiologic"),
        (CES_D | {"items": ["F1{A..S}", "F1A"]}, "instruments.low.items: the column F1A is named more than once"),
        (CES_D | {"items": ["F1{A..7}"]}, "'F1{A..7}' is not a run of columns"),
        ({"instrument": "css", "at": {3: ["c{1..5}"]}}, "instruments.low.at.3: no block of mapping.waves has"),
    ],
)
def test_a_mistake_in_an_instrument_is_told(tmp_path: Path, instrument: dict[str, Any], said: str) -> None:
    with pytest.raises(ResearchError) as error:
        _load(tmp_path, _help(low=instrument))
    assert "config/studies/help.yaml: instruments.low" in str(error.value)
    assert said in str(error.value)


def test_a_score_needs_a_name_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ResearchError, match="instruments.self_help: 'self_help' is the name of a score"):
        _load(tmp_path, _help(self_help=CES_D))


def test_a_score_is_a_measure_that_an_outcome_may_use(tmp_path: Path) -> None:
    content = _help(mood=CES_D)
    content["outcomes"]["depression"]["measure"] = "mood"
    study = _load(tmp_path, content)
    assert study.variables["mood"].range == (0, 60)
    assert study.variables["instruments.mood.item_4"].range == (0, 3)
    assert study.mapping.waves[0].columns["instruments.mood.item_20"].column == "F1T"


def test_what_the_study_says_of_a_score_is_kept(tmp_path: Path) -> None:
    content = _help(mood=CES_D)
    content["variables"]["mood"] = {"label": "Mood", "type": "number", "per": 5}
    assert _load(tmp_path, content).variables["mood"].label == "Mood"


def test_a_study_without_instruments_is_left_as_it_is() -> None:
    study = Study.model_validate({key: value for key, value in _help().items() if key != "instruments"})
    assert with_instruments(study) is study


def _tiny(at: dict[int, list[str]] | None = None, **further: Any) -> Study:
    """A cohort with two interviews in one wide file, plan and all; only what reading and scoring needs is used."""
    waves = [
        {"files": ["people"], "columns": {"person_id": "pid", "wave": {"constant": n}, "time": {"constant": n}}}
        for n in (0, 1)
    ]
    commitment = {"instrument": "css", "at": at or {0: ["a{1..5}"], 1: ["b{1..5}"]}, **further}
    content = _help() | {"instruments": {"commitment": commitment}}
    blocks = tiny_study.blocks("cohort", persons={"gender": tiny_study.SEX}, waves=waves)
    return with_instruments(Study.model_validate(content | blocks))


def _score(folder: Path, study: Study) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Scored waves, reliability and issues of a study whose file is in `folder`."""
    plan = {key: study.model_dump()[key] for key in ("files", "mapping", "variables", "design")}
    checked = tiny_study.check(folder, plan)
    paths = {"waves": str(folder / "scored.parquet"), "reliability": str(folder / "reliability.parquet")}
    tables = {"persons": str(folder / "persons.parquet"), "waves_in": str(folder / "waves.parquet")}
    plan = {key: study.model_dump()[key] for key in ("mapping", "variables", "instruments")}
    score_instruments("tiny", plan, 0.95, **tables, **paths)
    scored = read_table(paths["waves"])
    return scored, read_table(paths["reliability"], RELIABILITY), checked["issues"]


HEAD = "pid,sex,a1,a2,a3,a4,a5,b1,b2,b3,b4,b5"


def test_items_are_read_wave_by_wave_and_scored(tmp_path: Path) -> None:
    tiny_study.write_csv(
        tmp_path,
        f"""{HEAD}
        1,1,1,2,3,4,5,6,6,6,6,6
        2,2,1,1,1,1,1,2,2,2,2,
        3,2,2,1,2,1,2,5,5,5,5,5""",
    )
    waves, reliability, issues = _score(tmp_path, _tiny())
    assert issues.empty
    assert [name for name in waves.columns if name.startswith("commitment")] == ["commitment"]
    scores = waves.pivot(index="person_id", columns="wave", values="commitment")
    np.testing.assert_array_equal(scores.to_numpy(), [[15, 30], [5, np.nan], [8, 25]])
    everyone = reliability[reliability["gender"] == "all"]
    assert everyone[["wave", "n", "items"]].to_numpy().tolist() == [[0, 3, 5], [1, 2, 5]]
    assert set(reliability["gender"]) == {"all", "man", "woman"}


def test_an_instrument_may_be_asked_at_one_wave_only(tmp_path: Path) -> None:
    tiny_study.write_csv(tmp_path, f"{HEAD}\n1,1,1,2,3,4,5,6,6,6,6,6")
    waves, reliability, _ = _score(tmp_path, _tiny({1: ["b{1..5}"]}))
    assert waves.sort_values("wave")["commitment"].tolist() == [pytest.approx(np.nan, nan_ok=True), 30]
    assert set(reliability["wave"]) == {1}


def test_what_is_asked_of_addiction_and_of_recovery_is_scored_wave_by_wave(tmp_path: Path) -> None:
    """The Life in Recovery survey asks each item twice in one interview: its two halves are two waves."""
    halves = {"a": ("s{1..15}", "b{1..17}"), "r": ("s{1..15}", "b{1..17}")}
    names = [name for half, runs in halves.items() for run in runs for name in expanded(f"{half}{run}")]
    people = [[3, 12, 9, 2], [0, 17, 15, 0], [5, 8, 6, 7], [2, 10, 12, 1]]
    told = [[int(i < n) for n, k in zip(p, (15, 17, 15, 17), strict=True) for i in range(k)] for p in people]
    rows = [f"{i},{1 + i % 2}," + ",".join(map(str, answers)) for i, answers in enumerate(told, 1)]
    rows[3] = rows[3][:-1]
    tiny_study.write_csv(tmp_path, "\n".join(["pid,sex," + ",".join(names), *rows]))
    waves, reliability, issues = _score(
        tmp_path, _tiny({0: ["as{1..15}", "ab{1..17}"], 1: ["rs{1..15}", "rb{1..17}"]}, instrument="sabrs")
    )
    assert issues.empty
    found = waves.pivot(index="person_id", columns="wave", values=["commitment_strengths", "commitment_barriers"])
    expected = [[3, 9, 12, 2], [0, 15, 17, 0], [5, 6, 8, 7], [2, 12, 10, np.nan]]
    np.testing.assert_array_equal(found.to_numpy(), expected)
    everyone = reliability[reliability["gender"] == "all"].set_index(["measure", "wave"])
    assert everyone["items"].to_dict() == {
        ("commitment_barriers", 0): 17,
        ("commitment_barriers", 1): 17,
        ("commitment_strengths", 0): 15,
        ("commitment_strengths", 1): 15,
    }
    assert everyone["n"].to_dict() == dict.fromkeys(everyone.index, 4) | {("commitment_barriers", 1): 3}
    assert (everyone["conf_low"] < everyone["alpha"]).all() and (everyone["alpha"] < everyone["conf_high"]).all()


def test_an_answer_out_of_range_or_not_whole_is_an_issue(tmp_path: Path) -> None:
    tiny_study.write_csv(
        tmp_path,
        f"""{HEAD}
        1,1,7,2,3,4,5,6,6,6,6,6
        2,2,1,2.5,3,4,5,6,6,6,6,6
        3,2,1,2,3,4,5,6,6,6,6,6""",
    )
    waves, _, issues = _score(tmp_path, _tiny())
    assert issues[["row", "column", "value", "check"]].to_numpy().tolist() == [
        [1, "a1", "7", "out_of_range"],
        [2, "a2", "2.5", "unreadable_value"],
    ]
    assert all("under `missing` or `quarantine` of instruments.commitment." in action for action in issues["action"])
    assert len(waves) == 4 and waves["commitment"].notna().all()


def test_an_item_that_the_file_lacks_is_told_where_the_instrument_is_written(tmp_path: Path) -> None:
    tiny_study.write_csv(tmp_path, f"{HEAD}\n1,1,1,2,3,4,5,6,6,6,6,6")
    with pytest.raises(ResearchError, match=r"instruments\.commitment \(people\.csv\): there is no column 'c1'"):
        _score(tmp_path, _tiny({0: ["c1", "a{2..5}"]}))


def test_codes_of_a_file_become_answers(tmp_path: Path) -> None:
    tiny_study.write_csv(tmp_path, f"{HEAD}\n1,1,0,1,2,3,4,5,5,5,5,99")
    waves, _, issues = _score(tmp_path, _tiny(recode={"0": 1, "1": 2, "2": 3, "3": 4, "4": 5, "5": 6}, missing=[99]))
    assert issues.empty
    assert waves.sort_values("wave")["commitment"].tolist() == [15, pytest.approx(np.nan, nan_ok=True)]


def test_every_instrument_is_described_in_its_page() -> None:
    page = (ROOT / "docs/instruments.md").read_text(encoding="utf-8")
    for name, instrument in INSTRUMENTS.items():
        assert f"| `{name}` " in page and f"\n### {name}\n" in page
        assert instrument.citation.split(" ")[0] in page


def test_scores_of_an_unknown_instrument_are_none() -> None:
    assert score_names({"low": Questionnaire(instrument="cesd", items=("a",))}) == []


def _reliability(*counts: tuple[str, int]) -> pd.DataFrame:
    rows = [{"measure": "mood", "wave": 0, "gender": gender, "n": float(n), "alpha": 0.81234} for gender, n in counts]
    frame = pd.DataFrame(rows).assign(study="s", instrument="ces_d", items=20, conf_low=0.7, conf_high=0.9)
    return frame.assign(conf_level=0.95, suppressed=False)


def test_alpha_of_few_people_is_withheld_and_what_would_give_them_back() -> None:
    table = _reliability(("all", 107), ("man", 60), ("woman", 43), ("non_binary", 4))
    shown = release_reliability(table, PRESETS["ons10"]).set_index("gender")
    assert shown["suppressed"].to_dict() == {"all": False, "man": False, "woman": True, "non_binary": True}
    assert shown.loc["all", ["n", "alpha"]].tolist() == [105, 0.812]
    assert shown.loc[["woman", "non_binary"], ["n", "alpha", "conf_low", "conf_high"]].isna().all().all()


def test_people_of_unknown_gender_are_not_given_away() -> None:
    shown = release_reliability(_reliability(("all", 107), ("man", 60), ("woman", 43)), PRESETS["ndtms"])
    assert shown.set_index("gender")["suppressed"].to_dict() == {"all": False, "man": False, "woman": True}


def test_public_data_pass_unchanged() -> None:
    table = _reliability(("all", 3))
    pd.testing.assert_frame_equal(release_reliability(table, PRESETS["open"]), table)
