"""Multi-state results: rows, gate, figure and table, and the questions that a design cannot answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.disclosure import PRESETS, release_curves, release_estimates
from recovery_analysis.estimators.transitions import StateRows
from recovery_analysis.estimators.two_clocks import occupancy_on_two_clocks, split_at_first
from recovery_analysis.figures.context import Context
from recovery_analysis.figures.states import draw_states, whole_people
from recovery_analysis.models.multistate import analyse_states
from recovery_analysis.models.state_groups import StatesSpec, coded
from recovery_analysis.models.stays import stay_rows
from recovery_analysis.project import load_study
from recovery_analysis.schemas.results import CURVES, ESTIMATES
from recovery_analysis.simulate.lives import draw_lives
from recovery_analysis.study import MultistateAnalysis
from recovery_analysis.study_rules import contradictions
from recovery_analysis.tables.milestones import milestones_grid
from tests.unit import lives_sample as lives
from tests.unit import sample_results as sample

SPEC = StatesSpec("stages", lives.STAGES.states, (10.0, 20.0), (1.0, 5.0))
KEYS = ["term", "level", "reference", "group", "estimand", "scale", "horizon"]


@pytest.fixture(scope="module")
def results():
    """Estimates and curves of 1,200 lives, as the fitting step writes them."""
    drawn = draw_lives(1200, 11)
    until, peers = drawn.people["interview_at"].to_numpy(), drawn.people["peer_start"].to_numpy()
    found = analyse_states(lives.paths_of(drawn, drawn.spells, until, peers), SPEC, 0.95)
    named = {"study": "sample", "analysis": "stages"}
    estimates, curves = (getattr(found, name).assign(**named) for name in ("estimates", "curves"))
    estimates = ESTIMATES.schema.validate(estimates[list(ESTIMATES.columns)])
    return estimates, CURVES.schema.validate(curves[list(CURVES.columns)]), found.fits.assign(**named)


@pytest.fixture(scope="module")
def released(results):
    estimates, curves, fits = results
    rules = PRESETS["ons10"]
    return release_estimates(estimates, fits, rules), release_curves(curves, rules)


def context(**changes):
    analyses = {"stages": MultistateAnalysis(kind="multistate", title="Stages", outcome="stages")}
    return Context(
        sample.ABOUT, lives.PEERS, {"stages": lives.STAGES}, analyses, sample.context().disclosure, **changes
    )


def test_shares_sum_to_one_and_years_to_the_horizon(results):
    own = results[0][lambda e: (e["model"] == "states") & (e["scale"] != "difference") & (e["status"] == "ok")]
    total = own.groupby(KEYS, dropna=False)["estimate"].sum().reset_index()
    assert set(total["estimand"]) == {"state_probability", "expected_years"}
    whole = total["horizon"].where(total["estimand"] == "expected_years", 1.0)
    np.testing.assert_allclose(total["estimate"], whole)
    assert (own["conf_low"].fillna(0) <= own["estimate"]).all() and (
        own["conf_high"].fillna(1e9) >= own["estimate"]
    ).all()


def test_differences_are_those_of_the_arms_and_the_arms_agree_before_help(results):
    states = results[0][results[0]["model"] == "states"]
    keys = ["group", "state", "estimand", "horizon"]
    arms = states[(states["term"] == "peer") & states["reference"].isna()].set_index([*keys, "level"])["estimate"]
    arms = arms.unstack("level")
    difference = states[states["reference"] == "no_peer"].set_index(keys)["estimate"].dropna()
    np.testing.assert_allclose(difference, (arms["peer"] - arms["no_peer"])[difference.index], atol=1e-12)
    before = arms.xs("before_help", level="state").dropna()
    np.testing.assert_allclose(before["peer"], before["no_peer"])


def test_every_gender_has_rows_and_few_people_have_a_status_in_place_of_a_number(results):
    estimates = results[0]
    assert {"woman", "man", "non_binary", "other", "undisclosed"} <= set(estimates["group"])
    few = estimates[estimates["status"] != "ok"]
    assert len(few) and few["estimate"].isna().all() and few["note"].notna().all()


def test_staying_is_told_from_the_stage_on(results):
    """Hazard of return at t years past the first: 0.08 exp(-0.25 t), 0.7 times that with peers."""
    stays = results[0][lambda e: (e["model"] == "stays") & (e["term"] == "everyone")].set_index(["state", "horizon"])
    for state, years, since in (("recovery_1", 1, 0), ("recovery_1", 5, 0), ("recovery_5", 5, 4)):
        total = 0.32 * np.exp(-0.25 * since) * -np.expm1(-0.25 * years)
        row = stays.loc[(state, years)]
        assert np.exp(-total) - 3 * row["std_error"] < row["estimate"] < np.exp(-0.7 * total) + 3 * row["std_error"]


def test_stays_of_the_same_length_are_tied_whenever_they_began():
    """Twelve people reach a stage at 0.1 and return to use at 0.8; twelve at 0.0 are last heard of at 0.7, so that all 24
    are at risk when the twelve return: half have stayed. In floats 0.8 - 0.1 is more than 0.7."""
    helped, stage = SPEC.states[1:3]
    rows = [(f"r{i}", *row) for i in range(12) for row in ((0.0, 0.1, helped, stage), (0.1, 0.8, stage, helped))]
    rows += [(f"s{i}", 0.0, 0.7, stage, None) for i in range(12)]
    frame = pd.DataFrame(rows, columns=["person_id", "start", "stop", "origin", "target"])
    spec = replace(SPEC, stay_years=(0.7,))
    found = stay_rows(frame.assign(gender="woman", peer=0.0), spec, 0.95, [])
    assert [row["estimate"] for row in found if row["term"] == "everyone"] == [pytest.approx(0.5)]
    after = split_at_first(coded(frame[frame["person_id"].isin(["r0", "s0"])], SPEC.states), 2)[1]
    assert after.stop.tolist() == [0.7, 0.7]


@pytest.mark.parametrize(
    ("help_at", "shares", "years"),
    [((1.0, 2.0), (0, 0.5, 0.5), (1.5, 0.45, 0.05)), ((1.2, 1.8), (0, 1, 0), (1.5, 0.5, 0))],
)
def test_courses_begin_where_help_was_sought_in_whole_years_or_not(help_at, shares, years):
    """Two people move on 0.9 years after help. Who had it at 1 has been there for 0.1 of two years, who had it at 2 is at its
    day; who had it at 1.2 or 1.8 is on the way. By 3 all have been there for 0.6 years on average, either way."""
    person, code = np.arange(2), np.ones(2, dtype=int)
    before = StateRows(person, np.zeros(2), np.array(help_at), 0 * code, code, 3)
    after = StateRows(person, np.zeros(2), np.full(2, 0.9), code, 2 * code, 3)
    found = occupancy_on_two_clocks(before, after, 1, np.array([2.0, 3.0]), 0.5)
    np.testing.assert_allclose(found.probability, [shares, (0, 0, 1)], atol=1e-12)
    np.testing.assert_allclose(found.years, [years, (1.5, 0.9, 0.6)], atol=1e-12)


def test_no_released_number_rests_on_few_people_and_no_state_alone_is_withheld(results, released):
    exact, out = results[0], released[0]
    assert out.loc[exact["n_events"].between(0, 9), "estimate"].isna().all()
    states = out[out["estimand"].isin(["state_probability", "expected_years"]) & (out["scale"] != "difference")]
    hidden = states["estimate"].isna().groupby([states[key].fillna("") for key in KEYS]).sum()
    assert (hidden != 1).all() and (hidden > 1).any()


def test_released_shares_are_whole_percent_and_coarser_where_few_are(results, released):
    exact, out = results[1], released[1]
    shown = out["estimate"].dropna() * 100
    np.testing.assert_allclose(shown, shown.round(), atol=1e-9)
    few = out["n_risk"].isna() & out["estimate"].notna()
    followed = exact.groupby(["by", "group", "time"])["n_risk"].transform("sum")
    step = np.ceil(1000 / followed)
    assert few.any()
    np.testing.assert_allclose(shown[few] / step[few], (shown[few] / step[few]).round(), atol=1e-9)


def test_whole_people_sum_to_a_hundred():
    rng = np.random.default_rng(3)
    for shares in rng.dirichlet(np.ones(5), 200):
        people = whole_people(shares)
        assert people.sum() == 100 and (np.abs(people - 100 * shares) < 1).all()
    assert whole_people(np.array([1 / 3, 1 / 3, 1 / 3])).tolist() == [33, 34, 33]
    # As the briefing says the first of them, whatever the rounding of the released shares adds up to.
    assert whole_people(np.array([0.60, 0.16, 0.22, 0.03])).tolist() == [60, 16, 21, 3]
    assert whole_people(np.array([0.48, 0.17, 0.33, 0.03]))[0] == 48
    assert whole_people(np.array([1.0])).tolist() == [100] == whole_people(np.array([0.996, 0.0])).tolist()[:1]


def test_figure_draws_a_hundred_people_in_every_bar_and_names_every_state(released):
    drawing = draw_states(released[1], context(), "stages", "Where people are")
    first, second = drawing.figure.axes
    for axes in (first, second):
        tops = {}
        for bar in axes.patches:
            year = round(bar.get_x() + bar.get_width() / 2)
            tops[year] = tops.get(year, 0) + bar.get_height()
        assert set(tops.values()) == {100} and len(tops) > 15
    said = " ".join(text.get_text() for text in drawing.figure.texts)
    for word in ("With peers", "Without peers", "No help sought yet", labels.SIMULATED):
        assert word in said
    assert "in recovery, 5 years or more" in drawing.description
    drawing.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in drawing.figure.texts if text.get_text()]
    outside = [box for box in boxes if box.x0 < -1 or box.x1 > drawing.figure.bbox.x1 + 1]
    assert not outside
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert min(a.x1, b.x1) - max(a.x0, b.x0) < 1 or min(a.y1, b.y1) - max(a.y0, b.y0) < 2


def test_nothing_to_draw_is_said_in_words(released):
    drawing = draw_states(released[1].head(0), context(), "stages")
    assert labels.EMPTY["states"] in drawing.description and not drawing.figure.axes


def test_milestones_stand_beside_what_is_quoted(released):
    words = (sample.ABOUT, sample.context().disclosure)
    grid = milestones_grid(released[0], "How long it takes", "stages", lives.STAGES, *words)
    cells = {row.head: row.cells for row in grid.rows if row.cells}
    assert cells["From onset to seeking help"][0].startswith("5 years")
    assert cells["From first help to 1 year in recovery"][0].startswith("8 years")
    assert "years (" in cells["From first help to 1 year in recovery"][1]
    assert "5 years on: " in cells["In recovery for 5 years"][1]
    open_ended = released[0].assign(conf_high=np.nan)
    wide = milestones_grid(open_ended, "How long it takes", "stages", lives.STAGES, *words)
    assert any(row.cells[1].endswith("to not reached)") for row in wide.rows if row.cells)
    assert grid.label == labels.SIMULATED and all("relapser" not in str(row) for row in grid.rows)
    shown = grid.tidy.loc[grid.tidy["Step"] == "From onset to seeking help", "Estimate"]
    own = released[0][lambda e: (e["model"] == "milestones") & (e["group"] == "all")]
    assert shown.iloc[0] == pytest.approx(own["estimate"].iloc[0], abs=1e-3)


@pytest.mark.parametrize("stages", [(0, 1, 5), (0,), (1, 5), (2,)])
def test_states_are_named_for_any_stages(stages):
    names = labels.states(stages)
    assert len(names) == len(stages) + 3 and len(set(names.values())) == len(names)


def test_five_stages_are_followed_too():
    """With spells dated from their first day, a stage under one year is between help and the first year."""
    spec = StatesSpec(
        "stages", ("before_help", "after_help", "recovery_0", "recovery_1", "recovery_5", "died"), (5.0,), (1.0,)
    )
    rows = [("before_help", 0.0, 1.0, "after_help"), ("after_help", 1.0, 2.0, "recovery_0"),
            ("recovery_0", 2.0, 3.0, "recovery_1"), ("recovery_1", 3.0, 6.0, None)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["origin", "start", "stop", "target"]).assign(peer=0.0, gender="woman")
    frame = pd.concat([frame.assign(person_id=f"p{i:02d}") for i in range(20)], ignore_index=True)
    found = analyse_states(frame, spec, 0.95).estimates
    own = found[(found["term"] == "everyone") & (found["status"] == "ok")].set_index(["estimand", "state"])["estimate"]
    assert own["state_probability", "recovery_1"] == 1
    assert own["expected_years"].to_dict() == {"before_help": 1, "after_help": 1, "recovery_0": 1, "recovery_1": 2}
    assert own["median_time", "after_help>recovery_1"] == 2
    (stay,) = found.query("term == 'everyone' and estimand == 'still_in_recovery' and state == 'recovery_0'")["note"]
    assert stay == "Nobody had left recovery by then, so nothing says how certain the share is."


@pytest.fixture(scope="module")
def study():
    return load_study(Path(__file__).parents[2], "pathways")


def said(study, **blocks):
    return " ".join(contradictions(study.model_copy(update=blocks)))


def test_a_design_that_cannot_answer_is_told_what_is_valid(study):
    """People all in recovery, times since enrolment, peers without dates."""
    assert not contradictions(study)
    for changes, words in (
        ({"kind": "recovery_sample"}, "whoever is not in recovery is not in the file"),
        ({"kind": "cohort", "time_zero": "enrolment"}, "counts time from enrolment"),
        ({"entry": "interview"}, "analyses.stages: the stages are counted from onset on, and with design.entry"),
    ):
        assert words in said(study, design=study.design.model_copy(update=changes))
    undated = study.peer.model_copy(update={"spells": ()})
    assert "analyses.stages: people with peers and without are told apart" in said(study, peer=undated)


def test_a_multistate_analysis_wants_states_and_gives_no_single_effect(study):
    analysis, outcomes = study.analyses["stages"], study.outcomes
    wrong = analysis.model_copy(update={"outcome": "arrested"})
    assert "needs an outcome of kind states, found one of kind measure" in said(
        study, analyses=study.analyses | {"stages": wrong}
    )
    falling = analysis.model_copy(update={"horizons": (20, 10)})
    assert "years above 0 in rising order, found 20, 10" in said(study, analyses=study.analyses | {"stages": falling})
    lost = outcomes["stages"].model_copy(update={"onset": "onsett"})
    assert "no mapped event 'onsett'. Did you mean 'onset'?" in said(study, outcomes=outcomes | {"stages": lost})
    forest = study.figures["forest"].model_copy(update={"analyses": ("stages",)})
    assert "Show it in a figure of kind states" in said(study, figures=study.figures | {"forest": forest})
    figure = study.figures["where_people_are"].model_copy(update={"analysis": "arrested"})
    assert "no analysis of kind multistate 'arrested'" in said(
        study, figures=study.figures | {"where_people_are": figure}
    )
