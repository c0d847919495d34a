"""Nothing small passes the gate, and nothing that passes gives it back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery_analysis.cohort.describe import describe
from recovery_analysis.disclosure import (
    PRESETS,
    release_counts,
    release_curves,
    release_estimates,
    release_flow,
    release_issues,
    release_table_one,
)
from recovery_analysis.io import empty, read_table, write_table
from recovery_analysis.schemas.results import DATA_CHECK_ROWS, FLOW, ISSUE_ROWS, RELIABILITY, RESULTS, TABLE_ONE
from recovery_analysis.steps.release_results import release_results
from recovery_analysis.study import Variable

ONS10 = PRESETS["ons10"]


def _estimates(n: list[float], n_events: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"analysis": "a", "model": "m", "n": n, "n_events": n_events, "status": "ok", "scale": "log_hazard"}
    )
    words = {"term": "peer", "level": "peer", "reference": "no_peer", "estimand": "hazard_ratio"}
    return frame.assign(
        **words,
        horizon=np.nan,
        note=None,
        estimate=0.5,
        std_error=0.1,
        conf_low=0.3,
        conf_high=0.7,
        statistic=5.0,
        p_value=0.01,
        p_adjusted=np.nan,
    )


FITS = pd.DataFrame({"analysis": ["a"], "model": ["m"], "n": [200.0], "parameters": [3.0]})


@pytest.mark.parametrize(
    ("preset", "counts", "released"),
    [
        ("ons10", [0, 3, 9, 10, 12, 13], [0, np.nan, np.nan, 10, 10, 15]),
        ("opensafely", [0, 1, 7, 8], [0, np.nan, np.nan, 10]),
        ("hes", [7, 12], [np.nan, 10]),
        ("ndtms", [0, 4, 5, 8], [0, np.nan, 5, 10]),
        ("open", [1, 2], [1, 2]),
    ],
)
def test_presets_withhold_and_round(preset: str, counts: list[int], released: list[float]) -> None:
    frame = release_counts(pd.DataFrame({"n": counts, "suppressed": False}), PRESETS[preset])
    np.testing.assert_array_equal(frame["n"].astype(float), released)


def test_rare_reasons_are_told_together() -> None:
    kinds = ["read", "quarantined", "quarantined", "eligible"]
    flow = pd.DataFrame(
        {"step": [1, 2, 3, 4], "kind": kinds, "unit": "people", "label": list("abcd"), "n": [100, 4, 9, 87]}
    )
    out = release_flow(flow.assign(suppressed=False), ONS10)
    assert out["kind"].tolist() == ["read", "quarantined", "eligible"]
    assert out["n"].tolist() == [100, 15, 85] and not out["suppressed"].any()


def test_issues_that_are_rare_in_each_file_are_counted_over_all_files() -> None:
    issues = pd.DataFrame({"check": ["x", "x", "y"], "file": ["a", "b", "a"], "n": [6, 8, 3], "suppressed": False})
    out = release_issues(issues, ONS10).set_index("check")
    assert out.loc["x", "n"] == 15 and out.loc["x", "file"] == "several files"
    assert pd.isna(out.loc["y", "n"]) and out.loc["y", "file"] == "a"


def test_an_estimate_on_few_events_is_a_row_without_numbers() -> None:
    out = release_estimates(_estimates([200, 203], [9, 88]), FITS, ONS10)
    assert out["status"].tolist() == ["suppressed", "ok"]
    assert out["estimate"].isna().tolist() == [True, False]
    assert out["n"].tolist() == [200, 205] and out["n_events"].isna().tolist() == [True, False]


def test_what_could_have_been_found_is_told_as_among_the_diagnostics() -> None:
    """Its further digits, with the share of people with peers, give back the number of outcomes."""
    table = _estimates([300.0, 300.0, 12.0], [120.0, 120.0, 3.0])
    table = table.assign(
        detectable=[np.log(1.443405233), 0.942160, 0.5], scale=["log_hazard", "difference", "log_odds"]
    )
    fits = pd.DataFrame({"analysis": ["a"], "model": ["adjusted"], "n": [300.0], "parameters": [3.0]})
    told = release_estimates(table, fits, PRESETS["ons10"])["detectable"]
    assert told[:2].tolist() == pytest.approx([np.log(1.44), 0.94], abs=1e-12)
    assert np.isnan(told[2])


def test_a_model_with_few_residual_degrees_of_freedom_is_withheld() -> None:
    starved = FITS.assign(n=12.0)
    assert release_estimates(_estimates([12], [12]), starved, ONS10)["status"].tolist() == ["suppressed"]


def _time_rows(rows: list[tuple[str, str | None, str, float, float]]) -> pd.DataFrame:
    """Rows (level, reference, estimand, horizon, outcomes) of 100 people each."""
    frame = _estimates([100.0] * len(rows), [row[4] for row in rows])
    columns = zip(*(row[:4] for row in rows), strict=True)
    return frame.assign(
        **dict(zip(("level", "reference", "estimand", "horizon"), columns, strict=True)),
        note="said",
        model="kaplan_meier",
    )


def test_a_difference_does_not_give_back_the_group_that_is_withheld() -> None:
    mean = "restricted_mean"
    rows = [
        ("man", None, mean, 5.0, 40.0),
        ("woman", None, mean, 5.0, 40.0),
        ("other", None, mean, 5.0, 8.0),
        ("man", "woman", f"{mean}_difference", 5.0, 80.0),
        ("other", "woman", f"{mean}_difference", 5.0, 48.0),
        ("other", "woman", f"{mean}_ratio", 5.0, 48.0),
    ]
    out = release_estimates(_time_rows(rows), FITS, ONS10)
    assert out["estimate"].isna().tolist() == [False, False, True, False, True, True]
    assert out["status"].tolist() == ["ok", "ok", "suppressed", "ok", "suppressed", "suppressed"]
    assert out.loc[3:, ["n", "n_events"]].isna().all(axis=None)
    assert out["note"].isna().tolist() == [False, False, True, False, True, True]


def test_probabilities_close_together_do_not_tell_of_the_few_between() -> None:
    rows = [("man", None, "risk", time, events) for time, events in ((1.0, 20.0), (2.0, 24.0), (5.0, 60.0))]
    rows += [("woman", None, "risk", 1.0, 95.0), ("other", None, "risk", 1.0, 8.0)]
    rows += [("other", None, "risk", 2.0, 15.0), ("other", None, "risk_ever", 3.0, 15.0)]
    out = release_estimates(_time_rows(rows), FITS, ONS10)
    assert out["estimate"].isna().tolist() == [False, True, False, True, True, False, False]


def test_each_released_step_of_a_curve_stands_for_ten_events_or_more() -> None:
    n = 100
    curve = pd.DataFrame({"analysis": "a", "by": "peer", "group": "peer", "state": None, "time": np.arange(n + 1.0)})
    curve["method"] = "kaplan_meier"
    curve = curve.assign(n_risk=[n, *range(n, 0, -1)], n_event=[0] + [1] * n, n_censor=0, suppressed=False)
    curve["estimate"] = np.r_[1, np.cumprod(1 - 1 / np.arange(n, 0, -1.0))]
    curve = curve.assign(conf_low=curve["estimate"], conf_high=curve["estimate"])
    out = release_curves(curve, ONS10)
    assert out["n_event"].tolist() == [0] + [10] * 9
    assert out["estimate"].tolist() == pytest.approx(np.linspace(1, 0.1, 10).tolist())
    assert (out["n_risk"] % 5 == 0).all() and out["n_risk"].min() >= 10


def test_a_curve_of_few_people_says_nothing() -> None:
    curve = pd.DataFrame({"analysis": "a", "by": "peer", "group": "x", "time": [0.0, 1.0], "estimate": [1.0, 0.5]})
    curve = curve.assign(
        state=None,
        method="kaplan_meier",
        conf_low=0.5,
        conf_high=1,
        n_risk=[4, 4],
        n_event=[0, 2],
        n_censor=0,
        suppressed=False,
    )
    out = release_curves(curve, ONS10)
    assert len(out) == 1 and out["suppressed"].all() and out["estimate"].isna().all()


def test_a_curve_of_late_entrants_begins_where_enough_people_are_at_risk() -> None:
    """Nobody starts in the group; people join it later, as in a Simon-Makuch curve."""
    n_risk = [0, 3, 8, 12, *range(40, 0, -1)]
    curve = pd.DataFrame({"analysis": "a", "by": "peer", "group": "peer", "time": np.arange(float(len(n_risk)))})
    curve = curve.assign(
        state=None, method="simon_makuch", n_risk=n_risk, n_event=1, n_censor=0, suppressed=False, estimate=0.5
    )
    out = release_curves(curve.assign(conf_low=0.4, conf_high=0.6), ONS10)
    assert out["time"].tolist()[0] == 3.0 and pd.isna(out["n_event"].tolist()[0])
    assert (out["n_event"].iloc[1:] == 10).all() and out["n_risk"].min() >= 10


def _table(cells: np.ndarray) -> pd.DataFrame:
    """Table 1 of a made-up cohort with the given counts: drug × peer × gender."""
    rows = [
        {"drug": drug, "peer": float(peer), "gender": gender}
        for drug, by_peer in zip("xyz", cells, strict=True)
        for peer, by_gender in enumerate(by_peer)
        for gender, n in zip(("woman", "man", "non_binary"), by_gender, strict=True)
        for _ in range(n)
    ]
    cohort = pd.DataFrame(rows)
    variable = Variable(label="Drug", type="category", levels={"x": "X", "y": "Y", "z": "Z"})
    return describe(cohort, ["drug"], {"drug": variable}).assign(study="s", suppressed=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=18, max_size=18))
def test_no_total_gives_back_a_withheld_cell(counts: list[int]) -> None:
    """For every sum of the table (parts and total), either no member is withheld or at least two are."""
    counts[0] += 30
    cells = np.array(counts).reshape(3, 2, 3)
    exact = _table(cells)
    out = release_table_one(exact, ONS10)
    shown = out["n"].dropna()
    assert (shown % 5 == 0).all() and (shown[exact.loc[shown.index, "n"] < 10]).empty
    drug = out[out["variable"] == "drug"]
    for _, column in drug.groupby(["peer", "gender"]):
        assert column["suppressed"].sum() != 1
    for keys in (["level", "peer"], ["level", "gender"]):
        for _, row in drug.groupby(keys):
            assert row["suppressed"].sum() != 1


def test_percentages_come_from_the_counts_as_released() -> None:
    cells = np.full((3, 2, 3), 13)
    out = release_table_one(_table(cells), ONS10)
    level = out[(out["variable"] == "drug") & (out["peer"] == "peer") & (out["gender"] == "woman")]
    assert level["n"].tolist() == [15, 15, 15] and level["total"].tolist() == [40, 40, 40]
    assert level["percent"].tolist() == [37.5, 37.5, 37.5]


def test_public_data_pass_unchanged() -> None:
    exact = _table(np.full((3, 2, 3), 3))
    out = release_table_one(exact, PRESETS["open"])
    pd.testing.assert_series_equal(out["n"], exact["n"])
    assert not out["suppressed"].any()


def test_an_odds_ratio_on_few_people_without_the_outcome_is_withheld() -> None:
    """Who has it in 195 of 203 people says who the other eight are; a hazard ratio needs nobody without it."""
    rows = _estimates([203, 203, 203], [195, 150, 195]).assign(scale=["log_odds", "log_odds", "log_hazard"])
    out = release_estimates(rows, FITS, ONS10)
    assert out["status"].tolist() == ["suppressed", "ok", "ok"]
    assert out["estimate"].isna().tolist() == [True, False, False]
    assert out["n"].tolist() == [205, 205, 205]
    assert out["n_events"].isna().tolist() == [True, False, False]
    assert release_estimates(rows, FITS, PRESETS["open"])["status"].eq("ok").all()


def test_a_study_without_analyses_is_released_with_what_it_has(tmp_path: Path) -> None:
    counts = {"table_one": TABLE_ONE, "issues": ISSUE_ROWS, "data_checks": DATA_CHECK_ROWS, "reliability": RELIABILITY}
    given = {f"{name}_in": str(tmp_path / f"{name}.parquet") for name in counts}
    for name, table in counts.items():
        write_table(empty(table), given[f"{name}_in"], table)
    step = {"study": "s", "unit": "people", "analysis": None, "n": 40.0, "suppressed": False}
    told = [
        {"step": 1, "kind": "read", "label": "In the files"},
        {"step": 2, "kind": "eligible", "label": "In the study"},
    ]
    flow = pd.DataFrame([step | line for line in told])[list(FLOW.columns)]
    write_table(flow, str(tmp_path / "flow.csv"), FLOW)
    out = {name: str(tmp_path / "out" / f"{name}.csv") for name in RESULTS}
    none = {f"{name}_in": [] for name in ("estimates", "curves", "fits", "diagnostics", "analysis_flow")}
    release_results("s", "ons10", flow_in=[str(tmp_path / "flow.csv")], **none, **given, **out)
    assert read_table(out["flow"])["n"].tolist() == [40, 40]
    assert all(read_table(out[name], RESULTS[name]).empty for name in RESULTS if name != "flow")
