"""Multi-state results that are adjusted: stays, models of moves, rows, gate, figure, table, sentence, second fits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.briefings.content import Strength
from recovery_analysis.briefings.lookup import Evidence, as_estimate
from recovery_analysis.briefings.plan import plan_of
from recovery_analysis.briefings.states import Courses, courses, tell_courses, tell_genders_of
from recovery_analysis.disclosure import PRESETS, release_curves, release_estimates
from recovery_analysis.errors import ResearchError
from recovery_analysis.figures.states import draw_states
from recovery_analysis.models import state_groups, stays
from recovery_analysis.models.flow import Selection
from recovery_analysis.models.move_models import fit_moves
from recovery_analysis.models.move_rows import move_rows
from recovery_analysis.models.multistate import analyse_states
from recovery_analysis.models.sojourns import DIED, RECOVERY, RETURNED, TRIED, sojourns
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.standardised_state_rows import NO_PEERS
from recovery_analysis.models.state_groups import StatesSpec, coded
from recovery_analysis.project import load_study
from recovery_analysis.simulate.lives import draw_lives
from recovery_analysis.study_rules import contradictions
from recovery_analysis.tables.states import states_grid
from tests.unit import lives_sample as lives
from tests.unit import sample_results as sample
from tests.unit.test_multistate import context

SPEC = StatesSpec("stages", lives.STAGES.states, (10.0, 20.0), (1.0,), replicates=20)
COVARIATES = (Covariate("severity", "severity", "Severity"),)
STUDY = load_study(Path(__file__).parents[2], "pathways")


@pytest.fixture(scope="module")
def frame():
    """Paths of 900 lives with severity, until their interviews."""
    drawn = draw_lives(900, 4)
    people = drawn.people
    paths = lives.paths_of(drawn, drawn.spells, people["interview_at"].to_numpy(), people["peer_start"].to_numpy())
    return paths.assign(severity=people["severity"].to_numpy()[coded(paths, SPEC.states).person])


@pytest.fixture(scope="module")
def results(frame):
    return analyse_states(frame, SPEC, 0.95, 3, Selection(frame, COVARIATES, [("Not known: Severity", 2)]))


@pytest.fixture(scope="module")
def released(results):
    named = {"study": "pathways", "analysis": "stages"}
    tables = (getattr(results, name).assign(**named) for name in ("estimates", "curves", "fits"))
    estimates, curves, fits = tables
    rules = PRESETS["ons10"]
    return release_estimates(estimates, fits, rules), release_curves(curves, rules)


def test_stays_by_hand():
    """Help at 2, recovery from 4 (five years of it reached at 8), a return at 9, recovery again at 11, death at 12;
    peers from 5."""
    rows = [("before_help", 0, 2, "after_help", 0), ("after_help", 2, 4, "recovery_1", 0),
            ("recovery_1", 4, 5, None, 0), ("recovery_1", 5, 8, "recovery_5", 1), ("recovery_5", 8, 9, "after_help", 1),
            ("after_help", 9, 11, "recovery_1", 1), ("recovery_1", 11, 12, "died", 1)]  # fmt: skip
    path = pd.DataFrame(rows, columns=["origin", "start", "stop", "target", "peer"]).assign(person_id="p", gender="man")
    before, after = sojourns(path.astype({"start": float, "stop": float}), SPEC)
    assert before.stop.tolist() == [2.0]
    assert after["state"].tolist() == [TRIED, *[RECOVERY] * 3, RETURNED, RECOVERY]
    assert after["target"].tolist() == [RECOVERY, -1, -1, RETURNED, RECOVERY, DIED]
    assert after[["start", "stop"]].to_numpy().tolist() == [[0, 2], [0, 1], [1, 4], [4, 5], [0, 2], [0, 1]]


def test_a_small_gender_is_given_the_mean_effect_of_the_others(frame):
    _, rows = sojourns(frame, SPEC)
    first = fit_moves(rows, COVARIATES, SPEC)[0]
    assert list(first.plan.peers) == ["woman", "man"]
    np.testing.assert_allclose(first.pattern.sum(axis=1), 1)
    people = rows.drop_duplicates("person_id")["gender"].value_counts()
    small = first.pattern[(rows["gender"] == "other").to_numpy()]
    np.testing.assert_allclose(small[:, 0], people["woman"] / (people["woman"] + people["man"]))


def test_a_rare_move_has_one_hazard_for_everybody(frame):
    """Three people die: their move is there, with nothing compared."""
    _, rows = sojourns(frame, SPEC)
    last = rows.drop_duplicates("person_id", keep="last").index[:3]
    rows.loc[last, "target"] = DIED
    rare = [model for model in fit_moves(rows, COVARIATES, SPEC) if model.target == DIED]
    assert rare and all(not model.plan.peers and model.fit.status == "ok" for model in rare)
    assert sum(model.fit.hazard.increment.sum() > 0 for model in rare) == len(rare)


def test_adjusted_rows_sum_up_and_carry_gate_interval_and_note(results):
    own = results.estimates[results.estimates["model"] == "standardised"]
    known = own[own["status"] == "ok"]
    assert {"all", "woman", "man"} == set(known["group"]) and own["gate"].nunique() == 1
    assert known["note"].str.contains("not adjusted for").all() and (known["std_error"] > 0).all()
    arms = known[known["reference"].isna()]
    total = arms.groupby(["group", "level", "estimand", "horizon"])["estimate"].sum().reset_index()
    whole = total["horizon"].where(total["estimand"] == "expected_years", 1.0)
    np.testing.assert_allclose(total["estimate"], whole)
    assert ((arms["conf_low"] < arms["estimate"]) & (arms["estimate"] < arms["conf_high"])).all()
    few = own[~own["group"].isin(["all", "woman", "man"])]
    assert len(few) and (few["status"] == "too_few_events").all() and few["note"].notna().all()
    assert results.left_out == [("Not known: Severity (not in what is adjusted)", 2)]


@pytest.mark.parametrize("peers", [0, 1])
def test_without_two_courses_to_compare_there_is_no_number(frame, peers):
    """Nobody with peers, or everybody: a difference of nought with no error would look like an answer."""
    alike = frame.assign(peer=peers)
    found = analyse_states(alike, SPEC, 0.95, 0, Selection(alike, COVARIATES, []))
    own = found.estimates[found.estimates["model"] == "standardised"]
    assert len(own) and (own["status"] == "too_few_events").all() and own["estimate"].isna().all()
    assert (own["note"] == NO_PEERS).all() and not (found.curves["by"] == "standardised").any()
    fit = found.fits.set_index("model").loc["standardised"]
    assert fit["status"] == "too_few_events" and fit["note"] == NO_PEERS


def test_a_stage_that_nobody_reached_has_a_status_and_the_briefing_says_so(frame):
    """Nobody recovered for five years: the question of the briefing is about that stage, and is answered in words."""
    short = frame.assign(origin=frame["origin"].replace("recovery_5", "recovery_1"))
    short = short.assign(target=short["target"].where(short["target"] != "recovery_5"))
    found = analyse_states(short, SPEC, 0.95, 0, Selection(short, COVARIATES, []))
    own = found.estimates[(found.estimates["model"] == "standardised") & (found.estimates["state"] == "recovery_5")]
    assert (own["status"] == "too_few_events").all() and own["estimate"].isna().all()
    estimates = found.estimates.assign(study="pathways", analysis="stages")
    told = courses(plan_of(STUDY.model_dump(), STUDY.figures[STUDY.briefing.figure].model_dump()), estimates, "stages")
    assert told.found.everyone.status == "too_few_events"


def test_the_only_gender_there_is_has_the_courses_of_everyone(frame):
    men = frame[frame["gender"] == "man"].reset_index(drop=True)
    found = analyse_states(men, SPEC, 0.95, 0, Selection(men, COVARIATES, [])).estimates
    own = found[(found["model"] == "standardised") & (found["status"] == "ok")]
    everyone, man = (own[own["group"] == group]["estimate"].tolist() for group in ("all", "man"))
    assert everyone == man and len(man)


def test_moves_to_which_peers_are_taken_to_make_no_difference_are_named(frame, results):
    """Peers of whom nobody comes back from a return: nothing tells the two courses apart there."""
    own = results.estimates[(results.estimates["model"] == "standardised") & (results.estimates["status"] == "ok")]
    assert not own["note"].str.contains("make no difference").any()
    recovered = frame["origin"].str.startswith("recovery").groupby(frame["person_id"]).cummax()
    rare = frame.assign(peer=frame["peer"].where(~recovered | (frame["origin"] != "after_help"), 0))
    found = analyse_states(rare, SPEC, 0.95, 0, Selection(rare, COVARIATES, []))
    own = found.estimates[(found.estimates["model"] == "standardised") & (found.estimates["status"] == "ok")]
    assert len(own) and own["note"].str.endswith("make no difference to them: after_return>recovery_1.").all()


def test_the_interval_allows_for_how_few_samples_its_error_comes_from(results):
    """Twenty samples: Student's t with 19 degrees of freedom, 2.0930; the normal distribution would say 1.96."""
    own = results.estimates.query("model == 'standardised' and status == 'ok' and scale == 'difference'")
    widths = (own["conf_high"] - own["conf_low"]) / (2 * own["std_error"])
    np.testing.assert_allclose(widths, 2.09302, rtol=1e-5)
    arms = results.estimates.query("model == 'standardised' and status == 'ok' and estimand == 'state_probability'")
    share = arms[arms["reference"].isna() & (arms["estimate"] > 0.01)]
    half = np.log(np.log(share["conf_low"]) / np.log(share["estimate"]))
    np.testing.assert_allclose(
        half, 2.09302 * share["std_error"] / (share["estimate"] * -np.log(share["estimate"])), 1e-5
    )


def test_hazard_ratios_of_every_move_by_gender(results):
    own = results.estimates[results.estimates["estimand"] == "hazard_ratio"]
    assert set(own["model"]) == {"after_help>recovery_1", "after_return>recovery_1", "recovery_1>after_return"}
    assert {"woman", "man"} <= set(own["group"]) and (own["state"] == own["model"]).all()


def test_every_part_is_fitted_twice(results):
    again = results.diagnostics[results.diagnostics["diagnostic"] == "second_fit"]
    moves = {"after_help>recovery_1", "after_return>recovery_1", "recovery_1>after_return"}
    assert set(again["model"]) == moves | {"states", "stays", "standardised"}
    assert (again["value"] < 1e-6).all() and (again["verdict"] == "pass").all()


TWICE = [
    *(("state_occupancy", name) for name in ("probability", "std_error", "years")),
    ("occupancy_on_two_clocks", "probability"),
    *(("stays", name) for name in ("probability", "std_error")),
]


@pytest.mark.parametrize(("what", "name"), TWICE)
def test_a_second_fit_that_differs_stops_the_job(frame, monkeypatch: pytest.MonkeyPatch, what: str, name: str):
    module, function = (stays, "state_occupancy") if what == "stays" else (state_groups, what)
    right = getattr(module, function)

    def off(*values: object, **options: object) -> object:
        found = right(*values, **options)
        return replace(found, **{name: getattr(found, name) * 1.001})

    monkeypatch.setattr(module, function, off)
    model = "stays" if what == "stays" else "states"
    with pytest.raises(ResearchError, match=f"the {model} model and its second fit"):
        analyse_states(frame, SPEC, 0.95)


def test_same_numbers_twice(frame, results):
    again = analyse_states(frame, SPEC, 0.95, 3, Selection(frame, COVARIATES, []))
    pd.testing.assert_frame_equal(again.estimates, results.estimates)


def test_figures_show_what_is_adjusted_and_genders_side_by_side(released):
    for by, axes in (("peer", 2), ("gender", 4)):
        drawing = draw_states(released[1], context(), "stages", "Where people are", by=by)
        said = " ".join(text.get_text() for text in drawing.figure.texts)
        assert len(drawing.figure.axes) == axes and "adjusted for what is known" in said.replace("\n", " ")
        assert ("Women" in said and "Men" in said) == (by == "gender")
        hidden = "Not drawn, too few people: non-binary people and people of another gender."
        assert (hidden in said.replace("\n", " ")) == (by == "gender"), said
        for panel in drawing.figure.axes:
            tops = {}
            for bar in (patch for patch in panel.patches if hasattr(patch, "get_height")):
                year = round(bar.get_x() + bar.get_width() / 2)
                tops[year] = tops.get(year, 0) + bar.get_height()
            assert set(tops.values()) == {100}
        drawing.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in drawing.figure.texts if text.get_text()]
        assert not [box for box in boxes if box.x0 < -1 or box.x1 > drawing.figure.bbox.x1 + 1]
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert min(a.x1, b.x1) - max(a.x0, b.x0) < 1 or min(a.y1, b.y1) - max(a.y0, b.y0) < 2
    assert "Women: With peers" in drawing.description


def test_genders_as_they_are_where_nothing_is_adjusted(released):
    crude = released[1][~released[1]["by"].str.startswith("standardised")]
    drawing = draw_states(crude, context(), "stages", by="gender")
    assert len(drawing.figure.axes) == 2 and "as they are" in " ".join(t.get_text() for t in drawing.figure.texts)


def test_table_sets_the_adjusted_difference_beside_the_crude_one(released):
    words = (sample.ABOUT, lives.PEERS, sample.context().disclosure)
    grid = states_grid(released[0], "Where people would be", "stages", lives.STAGES, *words)
    heads = [head.text for head in grid.heads[0]]
    assert heads[-2].startswith("Difference, adjusted") and heads[-1].startswith("Difference, not adjusted")
    first = next(row for row in grid.rows if row.head == "In recovery, 5 years or more")
    assert first.cells[0].endswith("%") and "points (" in first.cells[2] and "points (" in first.cells[3]
    assert next(row for row in grid.rows if row.head == "No help sought yet").cells[2:] == ("the same", "the same")
    assert {"yes", "no"} == set(grid.tidy["Adjusted"])
    crude = released[0][released[0]["model"] != "standardised"]
    assert len(states_grid(crude, "", "stages", lives.STAGES, *words).heads[0]) == 4


def told(estimates, **changes):
    plan = plan_of(STUDY.model_dump(), STUDY.figures[STUDY.briefing.figure].model_dump())
    own = estimates["model"].eq("standardised") & estimates["reference"].notna() & estimates["estimate"].notna()
    changes = {"gate": "passed"} | changes
    found = courses(
        plan, estimates.assign(**{name: estimates[name].mask(own, v) for name, v in changes.items()}), "stages"
    )
    return tell_courses(found, plan.peer.noun), tell_genders_of(found)


def test_the_sentence_depends_on_interval_gate_and_status(released):
    estimates = released[0]
    clear, genders = told(estimates, estimate=0.12, conf_low=0.08, conf_high=0.16)
    assert (
        clear.strength is Strength.CLEAR
        and "12.0 more in 100, before rounding (95\N{NO-BREAK SPACE}% interval 8.0 to 16.0)" in clear.text
    )
    assert "5 years or more, 20 years after onset" in clear.text and any("Women: 12.0 more" in part for part in genders)
    assert "too few people" in genders[-1] and "Non-binary people" in genders[-1].replace("non-binary", "Non-binary")
    open_, _ = told(estimates, estimate=0.01, conf_low=-0.02, conf_high=0.04)
    assert open_.strength is Strength.CANNOT_TELL and "2.0 fewer to 4.0 more in 100" in open_.text
    gated, _ = told(estimates, estimate=0.12, conf_low=0.08, conf_high=0.16, gate="proportional_hazards")
    assert gated.strength is Strength.SOME_SIGN and labels.GATE["proportional_hazards"][5:] in gated.text
    none, _ = told(estimates, status="suppressed", estimate=np.nan)
    assert none.strength is Strength.TOO_FEW and "too few people" in none.text
    with pytest.raises(ResearchError, match="no adjusted row for 'stages'"):
        told(estimates[estimates["model"] != "standardised"])


@pytest.mark.parametrize(
    ("with_peers", "without", "said"),
    [(59.7, 47.46, "47: 12.2 more in 100, before rounding ("), (59.7, 47.6, "48: 12.1 more in 100 (")],
)
def test_a_difference_that_the_whole_numbers_do_not_give_is_said_to_be_one_before_rounding(
    released, with_peers, without, said
):
    """60 of 100 and 47 of 100 are 13 apart, and the sentence said 12.2."""
    rows = released[0].query("model == 'standardised' and reference.notna() and group == 'all'")
    row = as_estimate(rows.assign(status="ok", gate="passed", conf_level=0.95).iloc[0])
    row = replace(row, estimate=with_peers - without, conf_low=8.8, conf_high=15.6)
    text = tell_courses(Courses(Evidence(row, {}, None), with_peers, without, "there"), "with peers").text
    assert said in text


def test_a_briefing_tells_where_people_are_only_if_it_is_adjusted():
    assert not contradictions(STUDY)
    crude = STUDY.analyses["stages"].model_copy(update={"adjust": ()})
    said = " ".join(contradictions(STUDY.model_copy(update={"analyses": STUDY.analyses | {"stages": crude}})))
    assert "briefing.findings.1.analysis" in said


@pytest.mark.parametrize("to_the_year", [True, False])
def test_hazard_ratios_of_moves_carry_the_gate_of_their_dates(frame, to_the_year):
    """They said `passed` where every date was told as a year."""
    told = frame.assign(told_to_year=frame["target"].notna() & to_the_year)
    models = [m for m in fit_moves(sojourns(told, SPEC)[1], COVARIATES, SPEC) if m.plan.peers]
    assert models
    for model in models:
        rows, _, checks = move_rows(model, SPEC, 0.95, 0)
        assert all(("recall_heaping" in row["gate"]) == to_the_year for row in rows)
        (check,) = [c for c in checks if c["diagnostic"] == "recall_heaping"]
        assert check["value"] == float(to_the_year) and check["model"] == model.plan.model


def test_null_moves_say_what_could_have_been_found(frame, results):
    ratios = results.estimates[results.estimates["model"].str.contains(">", regex=False)]
    null = ratios[(ratios["conf_low"] <= 0) & (ratios["conf_high"] >= 0)]
    said = results.diagnostics.query("diagnostic == 'minimum_detectable_hazard_ratio'")
    assert len(null) and sorted(said["model"]) == sorted(null["model"])
    assert (said["value"] > 1).all()


def test_a_constant_covariate_leaves_what_is_described(frame):
    """The whole job failed with it."""
    same = frame.assign(severity=5.0)
    found = analyse_states(same, SPEC, 0.95, 0, Selection(same, COVARIATES, []))
    adjusted = found.estimates.query("model == 'standardised'")
    assert set(adjusted["status"]) == {"failed"} and adjusted["note"].str.contains("'severity' is the same").all()
    assert (found.estimates.query("model == 'states'")["status"] == "ok").any()
    assert found.fits.set_index("model").loc["standardised", "status"] == "failed"
