"""What an error names as valid where everybody is in recovery already: time in recovery from the interview on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.models.cox_checks import delayed_entry, delayed_entry_of_groups
from recovery_analysis.steps.derive_cohort import derive_cohort
from recovery_analysis.steps.fit_parametric import fit_parametric
from recovery_analysis.steps.fit_survival import fit_survival
from tests.unit.tiny_study import TABLES, blocks, check

FITTED = ("estimates", "curves", "fits", "diagnostics", "flow")


def extract(n: int = 1_200) -> pd.DataFrame:
    """Return to use at a hazard that falls with time in recovery; asked some years into it, and seen four years more."""
    rng = np.random.default_rng(3)
    peers = rng.random(n) < 0.5
    length = 6 * np.where(peers, 1.5, 1.0) ** (1 / 0.7) * rng.weibull(0.7, n)
    asked = rng.uniform(0.25, 8, n)
    frame = pd.DataFrame({"pid": [f"p{i:04d}" for i in range(n)], "sex": rng.integers(1, 3, n), "peers": peers * 1})
    start = pd.Timestamp("2012-01-01")
    frame["began"] = start
    frame["interview"] = start + pd.to_timedelta(np.round(asked * 365.25), unit="D")
    seen = np.minimum(length, asked + 4)
    frame["until"] = start + pd.to_timedelta(np.round(seen * 365.25), unit="D")
    frame["returned"] = (length <= asked + 4) * 1
    return frame[length > asked + 0.01]


def study() -> dict:
    events = [
        {"event": name, "files": ["people"], "columns": {"person_id": "pid", "time": {"date": column}} | more}
        for name, column, more in (
            ("began", "began", {}), ("interview", "interview", {}), ("return", "until", {"observed": "returned"})
        )
    ]  # fmt: skip
    waves = [{"files": ["people"], "columns": {"person_id": "pid", "wave": {"constant": 0}, "time": {"date": "interview"},
                                               "peers": "peers"}}]  # fmt: skip
    sex = {"column": "sex", "recode": {1: "man", 2: "woman"}}
    own = blocks(
        "recovery_sample", persons={"gender": sex}, events=events, waves=waves,
        variables={"peers": {"label": "Peers", "type": "binary"}},
    )  # fmt: skip
    own["design"] = {"kind": "recovery_sample", "time_zero": "began", "entry": "interview"}
    own["peer"] = {"label": "Peers", "reference": "No peers", "noun": "peers", "measure": "peers"}
    outcome = {"kind": "event", "label": "Return to use", "definition": "Years.", "event": "return", "unit": "years"}
    own["outcomes"] = {"return": outcome}
    shared = {"title": "Time in recovery", "outcome": "return", "exposure": "baseline"}
    own["analyses"] = {
        "curves": {"kind": "survival", **shared},
        "shapes": {"kind": "parametric", "families": ["weibull"], **shared},
    }
    return own


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder: Path = tmp_path_factory.mktemp("late")
    extract().to_csv(folder / "people.csv", index=False)
    plan = study()
    check(folder, {name: plan[name] for name in ("files", "mapping", "variables", "design", "checks")})
    tables = {name: str(folder / f"{name}.parquet") for name in TABLES}
    derived = {name: str(folder / f"{name}.parquet") for name in
               ("cohort", "periods", "state_paths", "wave_pairs", "table_one")}  # fmt: skip
    asked = {name: plan[name] for name in ("mapping", "variables", "design", "peer", "outcomes")} | {"eligibility": []}
    derive_cohort("tiny", asked, [], {}, **tables, **derived, flow=str(folder / "cohort_flow.csv"))
    found = []
    fitting = {name: plan[name] for name in ("variables", "peer", "design", "analyses", "outcomes")}
    for step, analysis in ((fit_survival, "curves"), (fit_parametric, "shapes")):
        paths = {name: str(folder / f"{analysis}_{name}.parquet") for name in FITTED}
        step("tiny", analysis, fitting, 0.95, derived["cohort"], derived["periods"], **paths)
        found.append(pd.read_parquet(paths["estimates"]))
    return pd.concat(found)


def crude(estimates: pd.DataFrame, estimand: str) -> pd.Series:
    """The crude effect of peers on everybody."""
    rows = estimates[(estimates["estimand"] == estimand) & (estimates["model"] == "crude")]
    return rows[(rows["term"] == "peer") & (rows["group"] == "all")].iloc[0]


@pytest.mark.parametrize(("estimand", "truth"), [("hazard_ratio", -np.log(1.5)), ("time_ratio", np.log(1.5) / 0.7)])
def test_the_truth_is_met_from_the_interview_on(estimates: pd.DataFrame, estimand: str, truth: float) -> None:
    """Peers make time in recovery 1.5 ** (1 / 0.7) times as long: a hazard ratio of 1 / 1.5."""
    row = crude(estimates, estimand)
    assert row["status"] == "ok"
    assert row["conf_low"] < truth < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 1.2


def test_nobody_counts_before_the_interview(estimates: pd.DataFrame) -> None:
    row = crude(estimates, "hazard_ratio")
    assert 150 < row["n_events"] < row["n"] < 700


def test_a_group_of_which_few_are_there_at_its_first_outcome_closes_the_gate_of_the_curves() -> None:
    """In everybody enough are there by then; one group's curve would rest on two of its people."""
    start = np.r_[np.full(38, 1.0), 1.0, 1.0, np.full(38, 6.0), np.full(5, 8.0)]
    rows = pd.DataFrame({"person_id": np.arange(83).astype(str), "start": start, "stop": start + 3, "event": 0})
    rows["gender"] = ["woman"] * 38 + ["man"] * 40 + ["non_binary"] * 5
    rows["peer"] = (np.arange(83) % 2).astype(float)
    rows.loc[[0, 38, 82], ["stop", "event"]] = [[4.0, 1], [2.0, 1], [8.5, 1]]
    (found,) = delayed_entry_of_groups("kaplan_meier", rows)
    assert (found["value"], found["verdict"]) == (2.0, "warn")
    (together,) = delayed_entry("kaplan_meier", rows)
    assert (together["value"], together["verdict"]) == (40.0, "pass")
    assert delayed_entry_of_groups("kaplan_meier", rows.assign(start=0.0)) == []
