"""The extracts as they are received: files, labels, codes, faults, repeatable bytes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from recovery_analysis.simulate.codebook import BASELINE, FOLLOW_UP, MISSING, Item
from recovery_analysis.simulate.extracts import BASELINE_FILES, FOLLOW_UP_FILES, write_extracts
from recovery_analysis.simulate.generate import simulate_study
from recovery_analysis.simulate.interview import interview
from recovery_analysis.simulate.lives import draw_lives

FILES = (*BASELINE_FILES.values(), *FOLLOW_UP_FILES.values())
N = 1_200


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("study")
    simulate_study(N, 11, directory, directory / "truth.json")
    return directory


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clean")
    assert write_extracts(draw_lives(N, 11), directory, faults=False) == []
    return directory


def read(path: Path) -> pd.DataFrame:
    """An extract as plain codes."""
    if path.suffix == ".sav":
        return pyreadstat.read_sav(path, user_missing=True)[0]
    if path.suffix == ".dta":
        return pd.read_stata(path, convert_categoricals=False)
    return pd.read_excel(path, sheet_name="data") if path.suffix == ".xlsx" else pd.read_csv(path)


def as_written(path: Path) -> pd.DataFrame:
    """The same with texts in numbers left as they are."""
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    if path.suffix == ".xlsx":
        return pd.read_excel(path, sheet_name="data", dtype=object, keep_default_na=False)
    return read(path)


@pytest.mark.parametrize("file", FILES)
def test_same_seed_gives_same_bytes(study: Path, tmp_path: Path, file: str) -> None:
    if not (tmp_path / file).exists():
        write_extracts(draw_lives(N, 11), tmp_path)
    assert (tmp_path / file).read_bytes() == (study / file).read_bytes()


def test_other_seed_gives_other_bytes(study: Path, tmp_path: Path) -> None:
    write_extracts(draw_lives(N, 12), tmp_path)
    assert (tmp_path / "follow_up_1.csv").read_bytes() != (study / "follow_up_1.csv").read_bytes()


@pytest.mark.parametrize("file", FILES)
def test_columns_are_those_of_the_codebook(clean: Path, file: str) -> None:
    expected = FOLLOW_UP if file.endswith(".csv") else BASELINE
    assert list(read(clean / file).columns) == list(expected)


@pytest.mark.parametrize("file", FILES)
def test_every_code_of_a_labelled_variable_is_declared(clean: Path, file: str) -> None:
    frame = read(clean / file)
    items = FOLLOW_UP if file.endswith(".csv") else BASELINE
    for name, item in items.items():
        if item.values and not name.endswith("_month"):
            assert set(frame[name].dropna()) <= set(item.value_labels), name
        if name.endswith("_month"):
            assert set(frame[name].dropna()) <= {*range(1, 13), *item.values}, name


def test_spss_carries_labels_missing_codes_and_dates(clean: Path) -> None:
    frame, meta = pyreadstat.read_sav(clean / "uk_baseline.sav", user_missing=True)
    assert meta.column_names_to_labels["severity"] == BASELINE["severity"].label
    assert meta.variable_value_labels["gender"] == BASELINE["gender"].values
    assert meta.missing_ranges["severity"] == [{"lo": -9.0, "hi": -8.0}]
    assert frame["severity"].isin(list(MISSING)).any()
    assert frame["interview_date"].map(lambda day: day.year).eq(2024).all()
    assert not pyreadstat.read_sav(clean / "uk_baseline.sav")[0]["severity"].lt(0).any()


def test_stata_carries_labels_and_dates(clean: Path) -> None:
    with pd.read_stata(clean / "nl_baseline.dta", iterator=True) as reader:
        assert reader.value_labels()["gender"] == BASELINE["gender"].values
        assert reader.variable_labels()["onset_age"] == BASELINE["onset_age"].label
        assert reader.time_stamp == "01 Jan 2025 00:00"
    frame = read(clean / "nl_baseline.dta")
    assert frame["interview_date"].dt.year.eq(2024).all()


def test_excel_carries_its_codebook(clean: Path) -> None:
    codebook = pd.read_excel(clean / "be_baseline.xlsx", sheet_name="codebook").set_index("variable")
    assert list(codebook.index) == list(BASELINE)
    assert codebook.at["recovery_now", "values"] == "0 = No; 1 = Yes"


@pytest.mark.parametrize("name, item", BASELINE.items())
def test_labels_fit_stata(name: str, item: Item) -> None:
    assert 0 < len(item.label) <= 80
    assert len(name) <= 32


def test_answers_without_faults_hold_together(clean: Path) -> None:
    frame = pd.concat([read(clean / file) for file in BASELINE_FILES.values()], ignore_index=True)
    assert len(frame) == N
    assert frame["pid"].is_unique
    dated = frame[frame["outpatient_stop_year"].gt(0) & frame["outpatient_start_year"].gt(0)]
    assert (dated["outpatient_stop_year"] >= dated["outpatient_start_year"]).all()
    assert frame["mutual_aid_start_year"].notna().equals(frame["mutual_aid_ever"].eq(1))
    assert frame["recovery_now"].eq(1).any()
    ended = [frame[f"rec{i}_start_year"].notna() & frame[f"rec{i}_stop_year"].isna() for i in (1, 2, 3)]
    assert np.logical_or.reduce(ended).tolist() == frame["recovery_now"].eq(1).tolist()
    helped = frame[frame["first_help_year"].gt(0) & frame["rec1_start_year"].gt(0)]
    assert (helped["first_help_year"] <= helped["rec1_start_year"]).all()
    assert frame["weight"].mean() == pytest.approx(1.0, abs=0.001)


def test_about_a_tenth_of_dates_have_no_month_and_few_answers_are_missing() -> None:
    baseline, follow_up = interview(draw_lives(10_000, 2))
    assert baseline["first_help_month"].eq(98).mean() == pytest.approx(0.12, abs=0.02)
    unanswered = baseline["severity"].isna() | baseline["severity"].lt(0)
    assert unanswered.mean() == pytest.approx(0.03, abs=0.01)
    lost = follow_up["social_total"].isna() | follow_up["social_total"].lt(0)
    assert lost.mean() == pytest.approx(0.03, abs=0.01)


def test_long_past_dates_are_heaped_on_whole_five_years() -> None:
    baseline, _ = interview(draw_lives(20_000, 2))
    years = baseline["first_help_year"]
    years = years[years.between(1995, 2009) & baseline["first_help_month"].eq(98)]
    assert (years % 5 == 0).mean() > 0.24


def test_every_listed_fault_is_in_its_file(study: Path) -> None:
    faults = json.loads((study / "truth.json").read_text(encoding="utf-8"))["faults"]
    frames = {file: as_written(study / file).set_index("pid") for file in FILES}
    assert sum(fault["written"] == "duplicated row" for fault in faults) == 3
    for fault in faults:
        found = frames[fault["file"]].loc[[fault["pid"]]]
        if fault["written"] == "duplicated row":
            assert len(found) == 2
        elif isinstance(fault["written"], float):
            assert float(found[fault["column"]].iloc[0]) == fault["written"]
        elif fault["written"] != "unknown person":
            assert found[fault["column"]].iloc[0] == fault["written"]


def test_faults_are_the_only_difference(study: Path, clean: Path) -> None:
    faulty, sound = (read(path / "nl_baseline.dta") for path in (study, clean))
    faulty = faulty.iloc[: len(sound)]
    differs = (faulty != sound) & ~(faulty.isna() & sound.isna())
    listed = [
        fault
        for fault in json.loads((study / "truth.json").read_text(encoding="utf-8"))["faults"]
        if fault["file"] == "nl_baseline.dta" and fault["written"] != "duplicated row"
    ]
    assert differs.to_numpy().sum() == len(listed)


def test_text_stands_in_numbers_of_csv(study: Path) -> None:
    text = pd.read_csv(study / "follow_up_1.csv", dtype=str, keep_default_na=False)["social_total"]
    assert text.str.endswith(" ").any()


def test_follow_up_people_are_known_but_for_the_unknown_ones(study: Path) -> None:
    known = set(pd.concat([read(study / file)["pid"] for file in BASELINE_FILES.values()]))
    for file in FOLLOW_UP_FILES.values():
        assert set(read(study / file)["pid"]) - known == {"XX-00001", "XX-00002"}
