"""The page of the simulation study: its table meets the bars, has a row for all that is tried, and its words agree."""

import re
from pathlib import Path

import pandas as pd
import pytest

from recovery_analysis.simulation_study.methods import METHODS
from recovery_analysis.simulation_study.scenarios import SCENARIOS

PAGE = (Path(__file__).resolve().parents[2] / "docs/simulation-study.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split("## All numbers")[0].split())
REPLICATES = 5000
COLUMNS = ["scenario", "estimator", "truth", "bias", "spread", "std_error", "covers", "rejects"]


def number(text: str) -> float:
    shown = re.split(r"[±(]", text)[0].replace("%", "").replace("−", "-")
    return float(shown) if shown.strip() != "–" else float("nan")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    lines = PAGE.split("<!-- performance -->")[1].split("<!-- end -->")[0].strip().splitlines()[2:]
    cells = pd.DataFrame([[cell.strip() for cell in line.strip("|").split("|")] for line in lines], columns=COLUMNS)
    cells["scenario"] = cells["scenario"].mask(cells["scenario"] == "").ffill()
    for column in COLUMNS[2:]:
        cells[column] = cells[column].map(number)
    name = cells["estimator"].str.replace(r" \(naive\)| \*\*\\\*\*\*", "", regex=True)
    return cells.assign(name=name, holds=cells["estimator"].str.endswith("**\\***"))


def said(pattern: str) -> list[float]:
    found = re.search(pattern, WORDS)
    assert found, pattern
    return [float(group.replace(",", "")) for group in found.groups()]


def test_the_table_has_a_row_for_every_estimator_that_is_tried(table: pd.DataFrame) -> None:
    tried = {(SCENARIOS[name].label, method.label) for method in METHODS.values() for name in method.tried}
    assert set(zip(table["scenario"], table["name"], strict=True)) == tried
    held = {(SCENARIOS[name].label, method.label) for method in METHODS.values() for name in method.holds}
    kept = table[table["holds"]]
    assert set(zip(kept["scenario"], kept["name"], strict=True)) == held


def test_where_assumptions_hold_the_bars_are_met_and_the_page_says_how_closely(table: pd.DataFrame) -> None:
    kept = table[table["holds"]]
    kept = kept[kept["covers"].notna()]
    assert kept["covers"].between(93.5, 96.5).all(), kept
    assert said(r"All (\d+) rows are within 93.5 to 96.5 %") == [len(kept)]
    assert (kept["bias"].abs() / kept["spread"]).max() <= said(r"off by (\d+\.\d+) of the spread")[0] + 0.005
    assert said(r"hold the truth in (\d+\.\d+) to (\d+\.\d+) %") == [kept["covers"].min(), kept["covers"].max()]
    size = kept.loc[kept["truth"] == 0, "rejects"].dropna()
    assert size.between(3.5, 6.5).all(), size
    assert said(r"no effect reject in (\d+\.\d+) to (\d+\.\d+) %") == [size.min(), size.max()]


def test_ever_or_never_never_holds_the_truth(table: pd.DataFrame) -> None:
    covers = table.loc[table["name"] == "Ever or never, adjusted", "covers"].dropna()
    assert (covers == 0).all()
    assert said(r"one interval of ([\d,]+) held the truth") == [REPLICATES * len(covers)]


def test_what_the_page_says_of_one_estimator_is_in_its_row(table: pd.DataFrame) -> None:
    row = table.set_index(["scenario", "name"]).loc
    reverse = row["Only people in recovery", "Reverse-time Cox, adjusted"]
    assert said(r"reverse-time Cox model\*\* covers (\d+\.\d+) % and rejects (\d+\.\d+) %") == list(
        reverse[["covers", "rejects"]]
    )
    told = row["Answers in whole years", "Kaplan-Meier, answers as exact"]
    assert said(r"raises the share at ten years by (\d+\.\d+)") == [round(told["bias"], 2)]
    died = row["Some people die", "Kaplan-Meier, deaths as censored"]
    assert said(r"within ten years (\d+\.\d+) too large") == [round(died["bias"], 3)]
    share = row["Only people in recovery", "Share of the people in the file"]
    assert said(r"within five years is (\d+) points too large") == [round(100 * share["bias"])]
    first = row["In and out of recovery", "Kaplan-Meier of the first time"]
    assert said(r"says (\d+\.\d+) where (\d+\.\d+) is true") == [
        round(first["truth"] + first["bias"], 2),
        first["truth"],
    ]
