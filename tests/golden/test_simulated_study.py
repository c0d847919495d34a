"""The whole way from extracts to estimates at n = 20,000: the simulator's truth lies in the 95 % intervals."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recovery_analysis.project import load_study
from recovery_analysis.steps.check_study import check_study
from recovery_analysis.steps.derive_cohort import derive_cohort
from recovery_analysis.steps.fit_multistate import fit_multistate
from recovery_analysis.steps.fit_regression import fit_regression
from recovery_analysis.steps.fit_survival import fit_survival
from recovery_analysis.steps.ingest_study import ingest_study
from recovery_analysis.steps.simulate_extracts import simulate_extracts

ROOT = Path(__file__).parents[2]
TABLES = ("persons", "spells", "events", "waves")
FITTED = ("estimates", "curves", "fits", "diagnostics", "flow")
MEASURES = {"social_engagement": "social_total", "recovery_capital": "barc_total", "arrested": "arrest_12m"}


def run_study(folder: Path, people: int, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Estimates of the pathways study with this many people, and the truth; the pipeline sees the extracts only."""
    raw = folder / "data/raw/pathways"
    raw.mkdir(parents=True)
    extracts = {"uk": "uk_baseline.sav", "nl": "nl_baseline.dta", "be": "be_baseline.xlsx"}
    extracts |= {name: f"{name}.csv" for name in ("follow_up_1", "follow_up_2")}
    truth = folder / "truth.json"
    paths = {name: str(raw / file) for name, file in extracts.items()}
    simulate_extracts({"people": people, "seed": seed}, truth=str(truth), **paths)
    study = load_study(ROOT, "pathways").model_dump()
    plan = {name: study[name] for name in ("mapping", "variables", "design", "eligibility", "peer", "outcomes")}
    ingested = {name: str(folder / f"ingested_{name}.parquet") for name in (*TABLES, "issues", "flow")}
    checked = {name: str(folder / f"{name}.parquet") for name in (*TABLES, "issues", "quarantine", "flow")}
    derived = {
        name: str(folder / f"{name}.parquet")
        for name in ("cohort", "periods", "state_paths", "wave_pairs", "table_one")
    }
    read = {name: study[name] for name in ("files", "mapping", "variables", "design")}
    ingest_study("pathways", read, folder, **ingested)
    check_study("pathways", read, **{f"{name}_in": path for name, path in ingested.items()}, **checked)
    tables = {name: checked[name] for name in TABLES}
    derive_cohort("pathways", plan, [], {}, **tables, **derived, flow=str(folder / "cohort_flow.parquet"))
    fits = [_fit(folder, study, name, derived) for name in ("stable_recovery", *MEASURES)]
    return pd.concat(fits), json.loads(truth.read_text(encoding="utf-8"))


def _fit(folder: Path, study: dict[str, Any], analysis: str, derived: dict[str, str]) -> pd.DataFrame:
    outputs = {name: str(folder / f"{analysis}_{name}.parquet") for name in FITTED}
    plan = {name: study[name] for name in ("variables", "peer", "design", "analyses", "outcomes")}
    common = ("pathways", analysis, plan, 0.95, derived["cohort"])
    kind = study["analyses"][analysis]["kind"]
    if kind == "survival":
        fit_survival(*common, derived["periods"], **outputs)
    elif kind == "multistate":
        fit_multistate(*common, derived["state_paths"], **outputs)
    else:
        fit_regression(*common, derived["wave_pairs"], **outputs)
    return pd.read_parquet(outputs["estimates"])


def primary_truth(truth: dict[str, Any], analysis: str, gender: str) -> float:
    """True effect of peers within a gender, on the scale of the model."""
    if analysis == "stable_recovery":
        return truth["log_hazard_ratio_peer"][gender]
    return truth["waves"][MEASURES[analysis]]["peer_attendance_at_previous_wave"][gender]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, dict[str, Any]]:
    return run_study(tmp_path_factory.mktemp("pathways"), people=20_000, seed=20150802)


@pytest.mark.parametrize("gender", ["woman", "man"])
@pytest.mark.parametrize("analysis", ["stable_recovery", *MEASURES])
def test_the_truth_lies_in_the_interval(study: tuple[pd.DataFrame, dict[str, Any]], analysis: str, gender: str) -> None:
    estimates, truth = study
    own = estimates[(estimates["analysis"] == analysis) & (estimates["model"] == "interaction")]
    row = own[(own["term"] == "peer") & (own["group"] == gender)].iloc[0]
    assert row["status"] == "ok"
    assert row["conf_low"] <= primary_truth(truth, analysis, gender) <= row["conf_high"]


def test_without_adjustment_the_truth_is_missed(study: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    """People with more severe problems join peers more often: the crude ratio lies below both true ones' mean."""
    estimates, truth = study
    crude = estimates.query("analysis == 'stable_recovery' and model == 'crude' and term == 'peer'").iloc[0]
    assert crude["conf_high"] < truth["common_effect"]["share_weighted_log_hazard_ratio"]


@pytest.mark.parametrize("group", ["all", "woman", "man"])
def test_standardised_restricted_means_hold_the_truth(study: tuple[pd.DataFrame, dict[str, Any]], group: str) -> None:
    """With peers from first help on, without them ever, and the difference: counterfactual truth, by gender."""
    estimates, truth = study
    own = estimates.query("model == 'standardised' and group == @group and estimand.str.startswith('restricted_mean')")
    assert set(own["status"]) == {"ok"}
    contrasts = truth["contrasts"]["overall" if group == "all" else group]
    names = {("restricted_mean", "peer"): "peers", ("restricted_mean", "no_peer"): "never"}
    names[("restricted_mean_difference", "peer")] = "difference"
    for (estimand, level), name in names.items():
        row = own.query("estimand == @estimand and level == @level").iloc[0]
        assert row["conf_low"] <= contrasts[name]["restricted_mean_20"] <= row["conf_high"], (estimand, level)


def test_curves_alone_miss_the_true_difference_of_mean_times(study: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    """People move between the curves, and those with more severe problems join more often: curves understate it."""
    estimates, truth = study
    wanted = estimates["estimand"].eq("restricted_mean_difference") & estimates["model"].eq("kaplan_meier")
    row = estimates[wanted & (estimates["analysis"] == "stable_recovery") & (estimates["term"] == "peer")].iloc[0]
    assert row["horizon"] == 20 and row["conf_high"] < 0
    assert truth["contrasts"]["overall"]["difference"]["restricted_mean_20"] < row["conf_low"]
    assert row["note"].startswith("People move between the groups")
