"""The figures and the table of analyses that give several estimates: the biased one is marked, nothing collides."""

import itertools

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import formats, labels
from recovery_analysis.figures.draw import draw
from recovery_analysis.figures.sheet import PALETTE
from recovery_analysis.schemas.results import ESTIMATES
from recovery_analysis.study import (
    CurvesFigure,
    Eligibility,
    MultiverseAnalysis,
    MultiverseFigure,
    SpellOutcome,
    TargetTrialAnalysis,
    TimingFigure,
    every_definition,
)
from recovery_analysis.tables.target_trial import target_trial_grid
from tests.unit import sample_results as sample
from tests.unit.test_figures import texts, words

OUTCOME = SpellOutcome(
    kind="spell",
    label="Stable recovery (one year)",
    definition="Years until a spell of recovery has lasted one year.",
    spell="recovery",
    lasting_years=1,
    unit="years",
    since="first help",
    definitions={
        "two_years": {"label": "Two years", "lasting_years": 2},
        "five_years": {"label": "Five years", "lasting_years": 5, "lapse_days": 180, "follow_up_years": 10},
        "no_medication": {"label": "No medication", "medication_counts": False},
        "abstinence": {"label": "Abstinence", "spell": "abstinence"},
    },
)
TRIAL = TargetTrialAnalysis(
    kind="target_trial", title="Peers", outcome="stable", landmarks=(0.5, 2), horizon=10, adjust=("age", "gender")
)
ANALYSES = {
    "timing": TRIAL,
    "definitions": MultiverseAnalysis(kind="multiverse", title="Definitions", outcome="stable"),
}
MODELS = {
    "naive_ever_never": (-0.4, "immortal_time"),
    "time_varying": (0.35, "passed"),
    "landmark_6_months": (0.3, "passed"),
    "landmark_24_months": (0.2, "proportional_hazards"),
    "clone_censor_weight": (0.18, "passed"),
}


def row(analysis: str, estimand: str, value: float, error: float = 0.1, **changes: object) -> dict:
    scale = {"hazard_ratio": "log_hazard", "median_time": "time", "restricted_mean_difference": "time"}
    base = dict.fromkeys(ESTIMATES.columns) | {"study": "s", "analysis": analysis, "estimand": estimand}
    base |= {"scale": scale.get(estimand, "risk"), "cohort": "all", "term": "peer", "level": "peer", "group": "all"}
    base |= {"estimate": value, "std_error": error, "conf_low": value - 2 * error, "conf_high": value + 2 * error}
    base |= {"conf_level": 0.95, "n": 2100.0, "n_events": 1100.0, "status": "ok", "gate": "passed", "outcome": "stable"}
    null = estimand == "hazard_ratio" and base["conf_low"] < 0
    base |= {"detectable": 0.3 if null else float("nan")}
    return base | changes


def released() -> pd.DataFrame:
    rows = [row("timing", "hazard_ratio", v, model=model, gate=gate) for model, (v, gate) in MODELS.items()]
    own = {"model": "clone_censor_weight"}
    rows += [row("timing", "risk", v, 0.02, level=level, **own) for level, v in (("peer", 0.68), ("no_peer", 0.61))]
    rows += [row("timing", "risk_difference", 0.07, 0.04, **own)]
    rows += [row("timing", "restricted_mean_difference", -0.4, 0.2, **own)]
    for place, name in enumerate(every_definition("stable", OUTCOME)):
        rows.append(row("definitions", "hazard_ratio", 0.4 - 0.1 * place, outcome=name, model="adjusted"))
        rows.append(row("definitions", "median_time", 7.5 + place, outcome=name, model="kaplan_meier"))
    return pd.DataFrame(rows)


def context():
    known = sample.context()
    return type(known)(known.about, known.peer, {"stable": OUTCOME}, ANALYSES, known.disclosure)


def drawn(kind: str, estimates: pd.DataFrame):
    block = {
        "timing": TimingFigure(kind="timing", title="Peers counted in different ways", analysis="timing"),
        "definitions": MultiverseFigure(kind="multiverse", title="Several definitions", analysis="definitions"),
    }
    empty = pd.DataFrame()
    return draw(block[kind], context(), estimates=estimates, curves=empty, flow=empty)


@pytest.mark.parametrize("kind", ["timing", "definitions"])
def test_no_text_overlaps_another_or_leaves_the_figure(kind):
    figure = drawn(kind, released()).figure
    boxes, page = texts(figure), figure.bbox
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, text.get_text()
    for (first, a), (second, b) in itertools.combinations(boxes, 2):
        across, along = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 2, (first.get_text(), second.get_text())


def test_words_beside_an_axis_leave_room_for_its_ticks():
    """With short rules below them, `above 1: sooner` lay over 1.5."""
    few = OUTCOME.model_copy(update={"definitions": {"two": OUTCOME.definitions["two_years"]}})
    own = type(context())(sample.context().about, sample.PEER, {"stable": few}, ANALYSES, sample.DISCLOSURE)
    rows = [
        row("definitions", "hazard_ratio", 0.3, 0.2, outcome=n, model="adjusted")
        for n in every_definition("stable", few)
    ]
    block = MultiverseFigure(kind="multiverse", title="T", analysis="definitions")
    figure = draw(block, own, estimates=pd.DataFrame(rows), curves=pd.DataFrame(), flow=pd.DataFrame()).figure
    figure.canvas.draw()
    ticks = [label.get_window_extent() for label in figure.axes[0].get_yticklabels() if label.get_text()]
    beside = [t.get_window_extent() for t in figure.texts if t.get_text().startswith(("above 1", "below 1"))]
    assert ticks and len(beside) == 2 and max(box.x1 for box in beside) < min(box.x0 for box in ticks)


def test_the_naive_estimate_is_marked_without_colour_too():
    drawing = drawn("timing", released())
    said = words(drawing.figure)
    assert "Ever or never (biased)" in said and "immortal" in said and labels.SIMULATED in said
    lines = [line for axes in drawing.figure.axes for line in axes.lines]
    assert [line.get_marker() for line in lines if line.get_markeredgecolor() == PALETTE[1]].count("X") == 1
    assert [line.is_dashed() for line in lines if line.get_color() == PALETTE[1]] == [True]
    assert all(name in said for name in ("As known after 6 months", "As known after 2 years", "Target trial"))
    assert "0.67 (0.55 to 0.82)" in said


def test_definitions_are_sorted_and_told_by_their_rules():
    drawing = drawn("definitions", released())
    said = [text.get_text() for text in drawing.figure.texts]
    ratios = [text for text in said if text in ("1.49", "1.35", "1.22", "1.11", "1.00")]
    assert ratios[:5] == ["1.49", "1.35", "1.22", "1.11", "1.00"]
    for rule in (
        "Lasting 5 years",
        "Lapses of up to 180 days allowed",
        "Time on medication does not count",
        "Abstinence",
    ):
        assert rule in said
    assert "Two years: hazard ratio 1.35 (1.11 to 1.65), median time 8.5." in drawing.description


def test_a_definition_without_a_clear_effect_has_ticks_for_what_could_have_been_found():
    drawing = drawn("definitions", released())
    ticks = [line for axes in drawing.figure.axes for line in axes.lines if line.get_marker() == "_"]
    nulls = drawing.description.count("four of five such studies would find 1.35 or more, 0.74 or less")
    assert nulls > 0 and [line.get_ydata()[0] for line in ticks] == [-0.3, 0.3] * nulls
    assert "Small ticks" in words(drawing.figure)


def test_a_withheld_definition_has_no_point_and_no_number():
    rows = released()
    hidden = (rows["analysis"] == "definitions") & (rows["outcome"] == "stable.two_years")
    rows.loc[hidden, ["estimate", "conf_low", "conf_high"]] = np.nan
    rows.loc[hidden, "status"] = "suppressed"
    drawing = drawn("definitions", rows)
    assert f"Two years: hazard ratio {labels.STATUS['suppressed']}, median time –." in drawing.description
    points = [line for axes in drawing.figure.axes[:1] for line in axes.lines if line.get_marker() in ("o", "D")]
    assert len(points) == len(OUTCOME.definitions)


def test_strategies_end_at_the_shares_of_the_table():
    """The key said 69 % where the table says 68.4 %: curves are rounded to people who may be shown, estimates are not."""
    lines = [("peer", 1.0, 0.9), ("peer", 10.0, 0.3143), ("no_peer", 1.0, 0.9), ("no_peer", 10.0, 0.39)]
    shared = {"analysis": "timing", "by": "strategy", "method": "clone_censor_weight"}
    curves = pd.DataFrame(lines, columns=["group", "time", "estimate"]).assign(**shared, n_risk=50.0)
    curves = pd.concat([curves, curves.assign(time=5.0, estimate=0.6)], ignore_index=True)
    curves = curves.assign(conf_low=curves["estimate"] - 0.1, conf_high=curves["estimate"] + 0.1)
    told = released()
    told.loc[told["estimand"] == "risk", "horizon"] = 10.0
    figure = CurvesFigure(kind="curves", title="T", analysis="timing", by="strategy")
    said = draw(figure, context(), estimates=told, curves=curves, flow=pd.DataFrame()).description
    assert "68 % (64 % to 72 %) within 10 years" in formats.plain(said)
    withheld = told.assign(status=told["status"].mask(told["estimand"] == "risk", "suppressed"))
    said = draw(figure, context(), estimates=withheld, curves=curves, flow=pd.DataFrame()).description
    assert "69 % (59 % to 79 %) within 10 years" in formats.plain(said)


def grid(estimates: pd.DataFrame):
    rules = (Eligibility(label="Date of first help not known", event="first_help"),)
    words_of = (sample.ABOUT, sample.PEER, sample.DISCLOSURE)
    return target_trial_grid(estimates, "Trial", "timing", TRIAL, OUTCOME, rules, sample.VARIABLES, *words_of)


def test_the_trial_is_stated_component_by_component():
    made = grid(released())
    heads = [r.head for r in made.rows]
    components = [
        "Eligibility",
        "Strategies",
        "Assignment",
        "Time zero",
        "Outcome",
        "Follow-up",
        "Contrast",
        "Analysis",
    ]
    assert heads[:8] == components and made.label == labels.SIMULATED
    said = " ".join(cell for r in made.rows for cell in r.cells)
    assert "within 1 year of first help" in said and "time and age and gender" in said
    results = {r.head: r.cells[1] for r in made.rows[8:]}
    least = "could have been found: 1.35 or more, 0.74 or less"
    assert results["Result: hazard ratio"] == f"1.20 (0.98 to 1.46); {least}"
    assert formats.plain(results["Result: difference of these shares"]) == "7.0 percentage points (-1.0 to 15.0)"
    naive = results["For comparison only: hazard ratio, ever or never (biased)"]
    assert naive.startswith("0.67 (") and "Read with care: biased, since time before engaging" in naive


def test_withheld_results_are_words():
    rows = released().assign(status="suppressed", estimate=np.nan)
    assert {r.cells[1] for r in grid(rows).rows[8:]} == {labels.STATUS["suppressed"]}
