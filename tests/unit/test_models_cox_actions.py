"""What a plan says follows from a diagnostic is done, named in the estimates, and right at a known truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.disclosure import PRESETS, release_estimates
from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators import engine_cox, firth
from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.models import second_fit
from recovery_analysis.models.cox_rows import fit_model
from recovery_analysis.models.diagnostics import GATING_TERMS
from recovery_analysis.models.periods import SurvivalSpec
from recovery_analysis.models.rows import AnalysisFrames
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.survival import analyse_survival
from recovery_analysis.study import SurvivalAnalysis

SITE = Covariate("site", "site", "Site", {"A": "A", "B": "B"})
AGE = Covariate("age", "age", "Age")
SPEC = SurvivalSpec("o", "Outcome", "baseline", (SITE, AGE), where="analyses.a")


def people(n: int, early: float, late: float, seed: int = 1) -> pd.DataFrame:
    """Times whose log hazard ratio of peers is `early` up to time 1 and `late` after it."""
    rng = np.random.default_rng(seed)
    peer = rng.integers(0, 2, n).astype(float)
    needed = rng.exponential(size=n)
    first = np.exp(early * peer)
    time = np.where(needed < first, needed / first, 1 + (needed - first) / np.exp(late * peer))
    censored = rng.uniform(0.5, 4, n)
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "start": 0.0,
            "stop": np.minimum(time, censored),
            "event": (time <= censored).astype(int),
            "peer": peer,
            "gender": rng.choice(["woman", "man"], n),
            "site": rng.choice(["A", "B"], n),
            "age": rng.normal(40, 10, n),
        }
    )


def row(frames: AnalysisFrames, model: str, term: str = "peer", group: str = "all") -> pd.Series:
    found = frames.estimates.query("model == @model and term == @term and group == @group")
    assert len(found) == 1
    return found.iloc[0]


def diagnostic(frames: AnalysisFrames, model: str, name: str) -> pd.DataFrame:
    return frames.diagnostics.query("model == @model and diagnostic == @name")


def test_step_finds_both_effects():
    spec = replace(SPEC, if_not_proportional="step", step_at=1.0)
    frames = analyse_survival(people(8_000, 0.8, -0.2), spec, 0.95)
    early, later = row(frames, "adjusted_step"), row(frames, "adjusted_step", "peer:later")
    assert early["conf_low"] < 0.8 < early["conf_high"]
    assert later["conf_low"] < -0.2 < later["conf_high"]
    assert early["horizon"] == 1.0
    assert "changes at 1" in early["note"]
    assert "proportional_hazards" in row(frames, "adjusted")["gate"]
    women = row(frames, "interaction_step", group="woman")
    assert women["conf_low"] < 0.8 < women["conf_high"]


def test_no_further_model_where_hazards_are_proportional():
    spec = replace(SPEC, if_not_proportional="step", step_at=1.0)
    frames = analyse_survival(people(500, 0.3, 0.3), spec, 0.95)
    assert not frames.estimates["model"].str.contains("step").any()


def test_log_time_turns_where_the_effect_falls():
    spec = replace(SPEC, if_not_proportional="log_time")
    frames = analyse_survival(people(700, 1.2, -0.6), spec, 0.95)
    assert row(frames, "adjusted_log_time", "peer:log_time")["conf_high"] < 0


def test_a_category_that_is_not_proportional_becomes_a_stratum():
    frame = people(2_000, 0.4, 0.4)
    sooner = frame["site"] == "A"
    frame.loc[sooner, "stop"] = frame.loc[sooner, "stop"] ** 3
    frames = analyse_survival(frame, replace(SPEC, if_not_proportional="stratify", horizon=1.0, times=(1.0,)), 0.95)
    peer = row(frames, "adjusted")
    assert peer["note"].startswith("Stratified by Site")
    assert peer["conf_low"] < 0.4 < peer["conf_high"]
    assert not (frames.estimates["model"].eq("adjusted") & frames.estimates["term"].eq("site")).any()
    assert "site" not in set(diagnostic(frames, "adjusted", "proportional_hazards")["term"])
    assert (frames.estimates["model"] == "standardised").any()


def test_firth_where_nobody_with_peers_has_the_outcome():
    frame = people(200, 0.0, 0.0)
    frame.loc[frame["peer"] == 1, "event"] = 0
    frames = analyse_survival(frame, replace(SPEC, if_separated="firth"), 0.95)
    peer = row(frames, "adjusted")
    assert peer["status"] == "ok"
    assert -9 < peer["estimate"] < -2
    assert peer["conf_high"] < -1 and peer["p_value"] < 0.001
    assert "Firth" in peer["note"]
    assert frames.fits.set_index("model").loc["adjusted", "note"].startswith("Firth")
    assert diagnostic(frames, "adjusted", "second_fit")["verdict"].tolist() == ["pass"]


def test_firth_where_a_level_of_a_category_has_no_outcome():
    frame = people(300, 0.0, 0.0)
    frame.loc[(frame["site"] == "A"), "event"] = 0
    frames = analyse_survival(frame, replace(SPEC, if_separated="firth"), 0.95)
    assert row(frames, "adjusted", "site")["status"] == "ok"
    assert np.isfinite(row(frames, "adjusted")["estimate"])


def test_second_fit_agrees_and_is_written_down():
    frames = analyse_survival(people(400, 0.3, 0.3), SPEC, 0.95)
    for model in ("crude", "adjusted", "interaction"):
        found = diagnostic(frames, model, "second_fit").iloc[0]
        assert found["verdict"] == "pass"
        assert found["value"] < 1e-8
        assert found["threshold"] == 1e-5


def test_job_fails_where_the_second_fit_disagrees(monkeypatch: pytest.MonkeyPatch):
    def wrong(*arguments: object, **near: object) -> tuple[np.ndarray, np.ndarray]:
        coefficients, std_error = engine_cox.second_fit(*arguments, **near)
        return coefficients * 1.001, std_error

    monkeypatch.setattr(second_fit, "second_fit", wrong)
    with pytest.raises(ResearchError, match=r"analyses\.a: the crude model and its second fit .* differ by"):
        analyse_survival(people(400, 0.3, 0.3), SPEC, 0.95)


def test_a_null_carries_what_could_have_been_found():
    """Schoenfeld 1983: 2.802 / sqrt(D p (1 - p)) on the log scale, at 5 % and 80 % power; p of people at the start."""
    frame = people(400, 0.0, 0.0)
    frames = analyse_survival(frame, SPEC, 0.95)
    found = diagnostic(frames, "crude", "minimum_detectable_hazard_ratio").iloc[0]
    share = frame["peer"].mean()
    expected = np.exp((1.959964 + 0.841621) / np.sqrt(frame["event"].sum() * share * (1 - share)))
    assert found["value"] == pytest.approx(expected, rel=1e-6)
    clear = analyse_survival(people(2_000, 0.8, 0.8), SPEC, 0.95)
    assert diagnostic(clear, "crude", "minimum_detectable_hazard_ratio").empty


def test_a_number_that_bends_is_found():
    frame = people(2_000, 0.0, 0.0)
    frame["stop"] *= np.exp(-0.004 * (frame["age"] - 40) ** 2)
    bent = diagnostic(analyse_survival(frame, SPEC, 0.95), "adjusted", "functional_form").iloc[0]
    straight = diagnostic(analyse_survival(people(2_000, 0.0, 0.0), SPEC, 0.95), "adjusted", "functional_form").iloc[0]
    assert (bent["verdict"], straight["verdict"]) == ("warn", "pass")


def test_one_person_who_decides_is_found():
    frame = people(40, 0.0, 0.0)
    frame.loc[:, "peer"] = 0.0
    frame.loc[:4, "peer"] = 1.0
    frame.loc[0, ["stop", "event"]] = [0.001, 1]
    frame.loc[1:4, ["stop", "event"]] = [4.0, 1]
    found = diagnostic(analyse_survival(frame, replace(SPEC, covariates=()), 0.95), "crude", "influence").iloc[0]
    assert found["verdict"] == "warn"


def test_every_estimate_has_the_verdict_of_its_gates():
    frames = analyse_survival(people(2_000, 1.0, -0.6), replace(SPEC, horizon=1.0, times=(1.0,)), 0.95)
    standardised = frames.estimates.query("model == 'standardised' and group == 'all'")
    assert set(standardised["gate"]) == {row(frames, "adjusted")["gate"]}
    assert "proportional_hazards" in standardised["gate"].iloc[0]


def test_step_needs_its_time():
    plan = {"kind": "survival", "title": "T", "outcome": "o", "exposure": "baseline"}
    with pytest.raises(ValueError, match="step_at"):
        SurvivalAnalysis.model_validate(plan | {"if_not_proportional": "step"})
    with pytest.raises(ValueError, match="step_at"):
        SurvivalAnalysis.model_validate(plan | {"step_at": 2})


# 23 people of a simulated survey, by row: entry, exit, outcome, and four covariates. From nought, the first step of
# Newton's method goes so far that e to the power of a risk is no number: R's coxph stops with "exp overflow".
OVERSHOOTS = np.array(
    [
        [0, 2, 1, 1, 0, 4, 0], [0, 10.25, 1, 0, 0, 3, 0], [0, 6.67, 0, 0, 0, 5, 0], [0, 3, 0, 0, 0, 8, 0],
        [1.17, 2, 1, 0, 0, 4, 1], [0, 5.71, 0, 0, 0, 7, 0], [0, 3.25, 0, 0, 0, 4, 0], [0, 3.21, 0, 0, 0, 3, 0],
        [0, 6.33, 1, 0, 0, 6, 0], [0, 6.12, 1, 0, 1, 5, 0], [0, 13.58, 1, 0, 0, 2, 0], [0.38, 4.12, 1, 0, 0, 9, 0],
        [0, 2.94, 0, 0, 0, 8, 1], [0, 3.33, 1, 0, 0, 8, 1], [0, 9.83, 1, 0, 0, 5, 0], [0, 10.83, 0, 0, 0, 3, 1],
        [0, 3.38, 1, 0, 0, 7, 1], [0.33, 6.5, 1, 0, 0, 10, 0], [0, 5.58, 1, 0, 0, 8, 1], [0, 5.08, 0, 0, 0, 5, 0],
        [0, 2.25, 1, 0, 0, 10, 1], [0, 10.33, 1, 0, 0, 5, 0], [0, 6.75, 1, 0, 0, 4, 1],
    ]
)  # fmt: skip


def test_a_second_engine_that_oversteps_begins_where_the_first_ended():
    start, stop, event, *covariates = OVERSHOOTS.T
    x = np.column_stack(covariates)
    first = fit_cox(start, stop, event, x, ["a", "b", "c", "d"])
    assert first.status == "ok"
    with pytest.raises(RuntimeError, match="overflow"):
        engine_cox.second_fit(start, stop, event, x, None, None)
    for near in (first.coefficients, 0.8 * first.coefficients):
        coefficients, std_error = engine_cox.second_fit(start, stop, event, x, None, None, near=near)
        np.testing.assert_allclose(coefficients, first.coefficients, rtol=1e-6)
        np.testing.assert_allclose(std_error, np.sqrt(np.diag(first.variance)), rtol=1e-6)


def separated(levels: int, n: int = 200) -> tuple[pd.DataFrame, SurvivalSpec]:
    """People at many sites, at several of which nobody has the outcome."""
    frame = people(n, 0.5, 0.5)
    names = [f"S{i:02}" for i in range(levels)]
    frame["site"] = np.random.default_rng(4).choice(names, n)
    frame["event"] = frame["event"].mask(frame["site"] < "S03", 0)
    sites = Covariate("site", "site", "Site", {name: name for name in names})
    return frame, replace(SPEC, covariates=(sites, AGE), if_separated="firth")


def test_sixty_levels_of_a_category_do_not_make_the_second_fit_of_a_penalised_model_differ():
    frame, spec = separated(60)
    fitted = fit_model("adjusted", frame.assign(gender="man"), spec, ())
    assert fitted.fit.penalised
    assert second_fit.cox_row(fitted.plan, fitted.fit, 1e-5, "analyses.a")["verdict"] == "pass"


def test_a_penalised_model_that_does_not_settle_says_so(monkeypatch):
    """Its row said that every estimate is finite, without what was done; later, that it had not converged, but not why."""
    monkeypatch.setattr(firth, "ITERATIONS", 2)
    frames = analyse_survival(*separated(6), 0.95)
    assert row(frames, "adjusted")["status"] == "separated"
    assert frames.diagnostics["done"].notna().all()
    told = diagnostic(frames, "adjusted", "separation")
    assert told["verdict"].item() == "warn"
    for said in (told["meaning"].item(), row(frames, "adjusted")["note"]):
        assert said.startswith("Site: S01, ") and "Even with Firth's penalty no finite estimate" in said


@pytest.mark.parametrize("kind", ["step", "log_time"])
def test_a_model_that_changes_has_a_name_and_a_gate_of_its_own_and_passes_the_disclosure_gate(kind):
    """Its fit had the name of the model that it mends, so that no rule for small numbers could be applied; its gate was
    always passed."""
    spec = replace(SPEC, if_not_proportional=kind, step_at=1.0 if kind == "step" else None)
    frames = analyse_survival(people(240, 0.6, -1.5), spec, 0.95)
    frames = [frame.assign(study="s", analysis="a") for frame in (frames.estimates, frames.fits, frames.diagnostics)]
    estimates, fits, diagnostics = frames
    assert f"crude_{kind}" in set(fits["model"]) and not fits["model"].duplicated().any()
    assert f"crude_{kind}" in set(diagnostics["model"])
    assert not diagnostics.duplicated(["model", "diagnostic", "term"]).any()
    warned = diagnostics[(diagnostics["verdict"] == "warn") & diagnostics["term"].isin(GATING_TERMS)]
    own = estimates[estimates["model"].str.endswith(kind)]
    for model, gate in zip(own["model"], own["gate"], strict=True):
        closed = set(warned.loc[warned["model"] == model, "diagnostic"])
        assert set(gate.split("; ")) == (closed or {"passed"})
    released = release_estimates(estimates, fits, PRESETS["ons10"])
    assert released.loc[released["model"] == f"crude_{kind}", "estimate"].notna().all()
