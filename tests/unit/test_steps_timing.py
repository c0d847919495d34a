"""The steps behind kinds target_trial and multiverse: tables on disk to tables on disk, for the pathways plan."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.checks import account_for_flow
from recovery_analysis.errors import ResearchError
from recovery_analysis.io import read_table
from recovery_analysis.schemas.results import RESULTS
from recovery_analysis.steps.fit_multiverse import fit_multiverse
from recovery_analysis.steps.fit_target_trial import fit_target_trial
from recovery_analysis.study import Study, every_definition

ROOT = Path(__file__).parents[2]
OUTPUTS = ("estimates", "curves", "fits", "diagnostics", "flow")
N = 500
STEPS = {"peer_timing": fit_target_trial, "definitions": fit_multiverse}


@pytest.fixture
def study() -> dict:
    written = yaml.safe_load((ROOT / "config" / "studies" / "pathways.yaml").read_text(encoding="utf-8"))
    written["analyses"]["peer_timing"] |= {"replicates": 50, "adjust": ["gender", "severity"]}
    written["analyses"]["definitions"]["adjust"] = ["gender", "severity"]
    study = Study.model_validate(written).model_dump(mode="json")
    return {block: study[block] for block in ("variables", "peer", "outcomes", "analyses", "design")}


@pytest.fixture
def tables(tmp_path: Path, study: dict) -> dict[str, str]:
    """Made-up cohort, and periods of every definition of stable recovery, as the derive step would write them."""
    rng = np.random.default_rng(3)
    ids = np.array([f"p{i:03}" for i in range(N)])
    cohort = pd.DataFrame({"person_id": ids, "gender": rng.choice(["woman", "man"], N)})
    cohort = cohort.assign(peer=1.0, severity=rng.integers(0, 11, N).astype(float))
    cohort.loc[:9, "severity"] = np.nan
    outcome = Study.model_validate(
        yaml.safe_load((ROOT / "config" / "studies" / "pathways.yaml").read_text(encoding="utf-8"))
    ).outcomes["stable_recovery"]
    parts = []
    for place, name in enumerate(every_definition("stable_recovery", outcome)):
        length, joins = rng.exponential(5.0, N) + 1.0 + place, rng.exponential(2.0, N)
        engages, event = joins < length, rng.integers(0, 2, N)
        first = pd.DataFrame({"person_id": ids, "start": 0.0, "stop": np.minimum(length, joins), "peer": 0.0})
        later = pd.DataFrame({"person_id": ids, "start": joins, "stop": length, "peer": 1.0, "event": event})[engages]
        both = pd.concat([first.assign(event=np.where(engages, 0, event)), later]).assign(outcome=name, lower=np.nan)
        parts.append(both[both["person_id"] >= "p100"] if name.endswith("followed") else both)
    frames = {"cohort": cohort, "periods": pd.concat(parts)}
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    return {name: str(tmp_path / f"{name}.parquet") for name in frames}


def run(analysis: str, study: dict, tables: dict[str, str], folder: Path) -> dict[str, pd.DataFrame]:
    paths = {name: str(folder / "out" / f"{name}.parquet") for name in OUTPUTS}
    STEPS[analysis]("pathways", analysis, study, 0.95, **tables, **paths)
    return {name: read_table(path, RESULTS[name]) for name, path in paths.items()}


@pytest.mark.parametrize("analysis", STEPS)
def test_steps_write_valid_tables_that_account_for_everybody(analysis, study, tables, tmp_path):
    written = run(analysis, study, tables, tmp_path)
    assert set(written["estimates"]["status"]) == {"ok"}
    assert set(written["curves"]["by"]) == ({"strategy"} if analysis == "peer_timing" else set())
    flow = written["flow"]
    common = [("read", N), ("eligible", N)]
    before = pd.DataFrame(common, columns=["kind", "n"]).assign(step=[-1, 0], unit="people", label="x", analysis=None)
    account_for_flow(pd.concat([before, flow]))
    assert flow.query("kind == 'analysed'")["n"].tolist() == [N - 10]


def test_the_same_run_gives_the_same_bytes(study, tables, tmp_path):
    first = run("peer_timing", study, tables, tmp_path / "a")
    second = run("peer_timing", study, tables, tmp_path / "b")
    for name in OUTPUTS:
        pd.testing.assert_frame_equal(first[name], second[name])


def test_a_definition_that_nobody_can_be_judged_by_is_told(study, tables, tmp_path):
    periods = pd.read_parquet(tables["periods"])
    periods[~periods["outcome"].str.endswith("no_medication")].to_parquet(tables["periods"], index=False)
    with pytest.raises(ResearchError, match="nobody can be judged by the definition 'stable_recovery.no_medication'"):
        run("definitions", study, tables, tmp_path)
