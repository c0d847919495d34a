"""The two fitting steps: tables on disk to tables on disk, for a study as its configuration states it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from recovery_analysis.errors import ResearchError
from recovery_analysis.io import read_table
from recovery_analysis.schemas.results import RESULTS
from recovery_analysis.steps.fit_regression import fit_regression
from recovery_analysis.steps.fit_survival import fit_survival
from recovery_analysis.study import Study

ROOT = Path(__file__).parents[2]
OUTPUTS = ("estimates", "curves", "fits", "diagnostics", "flow")
N = 300


@pytest.fixture
def study() -> dict:
    """The blocks of the HELP study that a workflow gives to a fitting step, defaults written out."""
    written = yaml.safe_load((ROOT / "config" / "studies" / "help.yaml").read_text(encoding="utf-8"))
    study = Study.model_validate(written).model_dump(mode="json")
    return {block: study[block] for block in ("variables", "peer", "outcomes", "analyses")}


@pytest.fixture
def tables(tmp_path) -> dict[str, str]:
    """Made-up cohort, periods and wave pairs of the HELP study, written as the derive step would."""
    rng = np.random.default_rng(11)
    ids = [f"p{i}" for i in range(N)]
    cohort = pd.DataFrame({"person_id": ids, "gender": rng.choice(["woman", "man"], N), "age": rng.uniform(20, 60, N)})
    cohort["substance"] = rng.choice(["alcohol", "cocaine", "heroin"], N)
    for name in ("peer", "trial_arm", "homeless_before"):
        cohort[name] = rng.integers(0, 2, N).astype(float)
    cohort.loc[:6, "substance"] = None
    cohort.loc[5:9, "peer"] = None
    stop = rng.integers(10, 300, N).astype(float)
    first = pd.DataFrame({"person_id": ids, "start": 0.0, "stop": stop / 2, "event": 0, "peer": 0.0})
    second = pd.DataFrame({"person_id": ids, "start": stop / 2, "stop": stop, "event": rng.integers(0, 2, N)})
    periods = pd.concat([first, second.assign(peer=rng.integers(0, 2, N).astype(float))])
    outcomes = [periods.assign(outcome=name, lower=np.nan) for name in ("first_use", "stable_recovery")]
    pairs = pd.DataFrame({"person_id": np.repeat(ids[20:], 2), "wave": np.tile([1, 2], N - 20)})
    for name in ("peer_previous", "arrested", "arrested_previous"):
        pairs[name] = rng.integers(0, 2, len(pairs)).astype(float)
    for name in ("friends_support", "friends_support_previous"):
        pairs[name] = rng.normal(7, 3, len(pairs))
    frames = {"cohort": cohort, "periods": pd.concat(outcomes), "wave_pairs": pairs}
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    return {name: str(tmp_path / f"{name}.parquet") for name in frames}


def outputs(folder: Path) -> dict[str, str]:
    return {name: str(folder / "out" / f"{name}.parquet") for name in OUTPUTS}


def run(study: dict, analysis: str, tables: dict[str, str], folder: Path) -> dict[str, pd.DataFrame]:
    survival = study["analyses"][analysis]["kind"] == "survival"
    step, second = (fit_survival, "periods") if survival else (fit_regression, "wave_pairs")
    paths = outputs(folder)
    step("help", analysis, study, 0.95, tables["cohort"], tables[second], **paths)
    return {name: read_table(path, RESULTS[name]) for name, path in paths.items()}


@pytest.mark.parametrize("analysis", ["first_use", "stable_recovery", "friends_support", "arrested"])
def test_step_writes_valid_tables(analysis, study, tables, tmp_path):
    written = run(study, analysis, tables, tmp_path)
    for name, frame in written.items():
        assert list(frame.columns) == list(RESULTS[name].columns)
        assert set(frame["study"]) <= {"help"} and set(frame["analysis"].dropna()) <= {analysis}
    estimates = written["estimates"]
    assert {"crude", "adjusted", "interaction"} <= set(estimates["model"])
    told = estimates["model"].isin(["crude", "adjusted", "interaction", "log_rank"])
    assert set(estimates.loc[told, "status"]) == {"ok"}
    assert set(estimates["status"]) <= {"ok", "too_few_events"}
    peer = estimates[(estimates["term"] == "peer") & estimates["model"].isin(["crude", "adjusted", "interaction"])]
    assert peer.groupby("model")["group"].apply(list).to_dict() == {
        "crude": ["all"],
        "adjusted": ["all"],
        "interaction": ["woman", "man"],
    }
    assert ((peer["conf_low"] < peer["estimate"]) & (peer["estimate"] < peer["conf_high"])).all()
    assert len(written["curves"]) == 0 if analysis in ("friends_support", "arrested") else len(written["curves"]) > 100


def test_curve_method_and_groups_follow_the_exposure(study, tables, tmp_path):
    for analysis, method in (("first_use", "kaplan_meier"), ("stable_recovery", "simon_makuch")):
        curves = run(study, analysis, tables, tmp_path)["curves"]
        assert set(curves.loc[curves["by"] == "peer", "method"]) == {method}
        assert set(curves.loc[curves["by"] == "gender", "method"]) == {"kaplan_meier"}
        assert set(curves["group"]) == {"peer", "no_peer", "woman", "man"}


def test_flow_counts_everybody_once(study, tables, tmp_path):
    baseline = run(study, "first_use", tables, tmp_path)["flow"]
    assert dict(zip(baseline["label"], baseline["n"], strict=True)) == {
        "Not known: Attended AA, NA or self-help": 5,
        "Not known: Primary substance": 5,
        "People analysed": N - 10,
    }
    waves = run(study, "arrested", tables, tmp_path)["flow"]
    assert waves["n"].sum() == N
    assert waves.iloc[0][["kind", "label", "n"]].tolist() == [
        "excluded",
        "Not interviewed at two waves in a row",
        20,
    ]


def test_two_runs_write_the_same_bytes(study, tables, tmp_path):
    run(study, "stable_recovery", tables, tmp_path)
    first = {name: Path(path).read_bytes() for name, path in outputs(tmp_path).items()}
    run(study, "stable_recovery", tables, tmp_path)
    assert first == {name: Path(path).read_bytes() for name, path in outputs(tmp_path).items()}


@pytest.mark.parametrize("analysis", ["first_use", "arrested"])
def test_required_model_that_fails_stops_before_anything_is_written(analysis, study, tables, tmp_path):
    cohort = pd.read_parquet(tables["cohort"])
    cohort.assign(homeless_before=cohort["trial_arm"]).to_parquet(tables["cohort"], index=False)
    study["analyses"][analysis]["adjust"] = ["trial_arm", "homeless_before"]
    with pytest.raises(ResearchError, match=f"analyses.{analysis}: the adjusted model failed.*Homeless"):
        run(study, analysis, tables, tmp_path)
    assert not (tmp_path / "out").exists()
    study["analyses"][analysis]["required"] = False
    fits = run(study, analysis, tables, tmp_path)["fits"].set_index("model")
    assert fits.loc["adjusted", "status"] == "failed" and fits.loc["crude", "status"] == "ok"


@pytest.mark.parametrize("analysis", ["first_use", "arrested"])
def test_weights_and_sites_are_asked_for_in_the_plan(analysis, study, tables, tmp_path):
    plain = run(study, analysis, tables, tmp_path)["estimates"]
    cohort = pd.read_parquet(tables["cohort"])
    cohort = cohort.assign(weight=np.arange(N) % 4 + 1.0, site=[f"s{i % 50}" for i in range(N)])
    cohort.to_parquet(tables["cohort"], index=False)
    study["analyses"][analysis] |= {"weights": "sampling_weight", "cluster": "site"}
    written = run(study, analysis, tables, tmp_path)
    told = written["estimates"].query("model == 'adjusted' and term == 'peer'").iloc[0]
    before = plain.query("model == 'adjusted' and term == 'peer'").iloc[0]
    assert told["estimate"] != before["estimate"] and told["n"] == before["n"]
    assert "Weighted by the sampling weights" in told["note"]
    checks = written["diagnostics"].query("model == 'adjusted'").set_index("diagnostic")
    assert checks.loc["clusters", "value"] == 50 and checks.loc["design_effect", "value"] > 1
    assert checks.loc["second_fit", "verdict"] == "pass"
    cohort.assign(weight=cohort["weight"].mask(cohort.index == 250)).to_parquet(tables["cohort"], index=False)
    with pytest.raises(ResearchError, match=f"analyses.{analysis}.weights: 1 of .* first: missing"):
        run(study, analysis, tables, tmp_path)


def test_nobody_left_says_why(study, tables, tmp_path):
    cohort = pd.read_parquet(tables["cohort"])
    cohort.assign(age=np.nan).to_parquet(tables["cohort"], index=False)
    with pytest.raises(ResearchError, match=r"analyses\.first_use: nobody is left.*Not known: Age \(295\)"):
        run(study, "first_use", tables, tmp_path)


@pytest.mark.parametrize("analysis", ["first_use", "arrested"])
def test_where_an_analysis_is_not_required_nobody_left_is_a_row(analysis, study, tables, tmp_path):
    """The run goes on, and the analysis says why it has no answer, without a number of people in the sentence."""
    cohort = pd.read_parquet(tables["cohort"])
    cohort.assign(age=np.nan).to_parquet(tables["cohort"], index=False)
    study["analyses"][analysis]["required"] = False
    written = run(study, analysis, tables, tmp_path)
    (estimate,) = written["estimates"].to_dict("records")
    assert (estimate["model"], estimate["term"], estimate["status"]) == ("adjusted", "peer", "failed")
    assert "Nobody is left to analyse" in estimate["note"] and "Not known: Age" in estimate["note"]
    assert not any(character.isdigit() for character in estimate["note"])
    assert np.isnan(estimate["estimate"]) and written["fits"]["status"].tolist() == ["failed"]
    flow = written["flow"].set_index("label")["n"]
    assert flow["People analysed"] == 0 and flow["Not known: Age"] > 200


def test_where_an_analysis_is_not_required_weights_that_cannot_be_used_are_a_row(study, tables, tmp_path):
    cohort = pd.read_parquet(tables["cohort"])
    cohort.assign(weight=np.where(cohort.index == 250, np.nan, 1.0)).to_parquet(tables["cohort"], index=False)
    study["analyses"]["first_use"] |= {"weights": "sampling_weight", "required": False}
    (estimate,) = run(study, "first_use", tables, tmp_path)["estimates"].to_dict("records")
    assert estimate["status"] == "failed" and "People without a sampling weight above 0" in estimate["note"]


def test_second_fits_that_differ_stop_what_is_not_required_too(study, tables, tmp_path):
    study["analyses"]["first_use"] |= {"second_fit_tolerance": 1e-30, "required": False}
    with pytest.raises(ResearchError, match="second"):
        run(study, "first_use", tables, tmp_path)


@pytest.mark.parametrize("analysis", ["first_use", "arrested"])
def test_what_is_not_analysed_adds_up(analysis, study, tables, tmp_path):
    """The step that publishes the results stopped: so many came in, and nobody was left out."""
    cohort = pd.read_parquet(tables["cohort"]).assign(age=np.nan, weight=0.0)
    for adjust, weights in (([], "sampling_weight"), (["age"], None)):
        cohort.to_parquet(tables["cohort"], index=False)
        study["analyses"][analysis] |= {"required": False, "adjust": adjust, "weights": weights}
        written = run(study, analysis, tables, tmp_path)
        assert written["estimates"]["status"].tolist() == ["failed"]
        assert written["flow"].query("kind == 'excluded'")["n"].sum() == N
