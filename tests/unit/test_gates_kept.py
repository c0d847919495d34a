"""A check that did not pass reaches whatever is made of an estimate: every figure, table and sentence is tried."""

import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.briefings.statements import tell
from recovery_analysis.figures.context import Context
from recovery_analysis.figures.draw import draw
from recovery_analysis.schemas.results import CURVES, ESTIMATES, FLOW
from recovery_analysis.study import (
    FIGURE,
    TABLE,
    MultistateAnalysis,
    MultiverseAnalysis,
    RecoveryTimeAnalysis,
    TargetTrialAnalysis,
)
from recovery_analysis.tables.effects import effects_grid
from recovery_analysis.tables.milestones import milestones_grid
from recovery_analysis.tables.states import states_grid
from recovery_analysis.tables.target_trial import target_trial_grid
from recovery_analysis.tables.times import times_grid
from tests.unit import lives_sample as lives
from tests.unit import sample_results as sample
from tests.unit import test_bad_input as people
from tests.unit.test_briefings_statements import ABSTINENCE, ratio
from tests.unit.test_figures import words
from tests.unit.test_figures_timing import OUTCOME

# A check that nobody gave words to: it must be seen all the same.
GATE, SAID = "passed_over_check", "passed over check"
PLANS = {
    "trial": TargetTrialAnalysis(kind="target_trial", title="Peers", outcome="own", landmarks=(0.5,), horizon=10),
    "definitions": MultiverseAnalysis(kind="multiverse", title="Definitions", outcome="own"),
    "stages": MultistateAnalysis(kind="multistate", title="Stages", outcome="stages"),
    "there": RecoveryTimeAnalysis(kind="recovery_time", title="Time", outcome="own", horizon=20),
}
TIMES = ("kaplan_meier", "median_time", "time")
RATIO = ("hazard_ratio", "log_hazard")
ROWS = [
    ("stable", *TIMES, "stable"),
    ("stable", "standardised", "risk", "risk", "stable"),
    ("stable", "adjusted", *RATIO, "stable"),
    ("trial", "time_varying", *RATIO, "own"),
    ("trial", "clone_censor_weight", *RATIO, "own"),
    ("definitions", "adjusted", *RATIO, "own"),
    ("stages", "states", "state_probability", "probability", "stages"),
    ("stages", "milestones", "median_time", "time", "stages"),
    ("stages", "standardised", "state_probability", "probability", "stages"),
    ("there", "reverse_time", "conditional_median", "time", "own"),
]


def context() -> Context:
    own = sample.context()
    outcomes = sample.OUTCOMES | {"own": OUTCOME, "stages": lives.STAGES}
    return Context(own.about, own.peer, outcomes, sample.ANALYSES | PLANS, own.disclosure)


def estimates(gate: str) -> pd.DataFrame:
    """One usable row of each model that something is made of, all with the same gate."""
    found = []
    for analysis, model, estimand, scale, outcome in ROWS:
        row = dict.fromkeys(ESTIMATES.columns) | {"study": "s", "analysis": analysis, "model": model, "cohort": "all"}
        row |= {"outcome": outcome, "estimand": estimand, "scale": scale, "term": "peer", "level": "peer"}
        row |= {"reference": "no_peer" if scale == "log_hazard" else None, "group": "all", "horizon": 10.0}
        row |= {"estimate": 0.5, "conf_low": 0.2, "conf_high": 0.8, "conf_level": 0.95, "std_error": 0.1, "n": 100.0}
        row |= {"p_value": 0.01, "n_events": 50.0, "engine": "e", "status": "ok", "gate": gate}
        everyone = {"term": "everyone", "level": None, "state": "before_help>after_help"}
        found.append(row | (everyone if model in ("states", "milestones") else {}))
    return pd.DataFrame(found)


FIGURES = {
    "curves by peers": {"kind": "curves", "analysis": "stable", "by": "peer"},
    "curves by gender": {"kind": "curves", "analysis": "stable", "by": "gender"},
    "standardised curves": {"kind": "curves", "analysis": "stable", "by": "standardised"},
    "what came first": {"kind": "curves", "analysis": "stable", "by": "outcomes"},
    "strategies": {"kind": "curves", "analysis": "trial", "by": "strategy"},
    "forest": {"kind": "forest", "analyses": ["stable"]},
    "timing": {"kind": "timing", "analysis": "trial"},
    "multiverse": {"kind": "multiverse", "analysis": "definitions"},
    "states": {"kind": "states", "analysis": "stages"},
    "designs": {"kind": "designs", "analysis": "there"},
}
TABLES = {
    "effects": lambda e, *told: effects_grid(e, "T", ["stable"], sample.ANALYSES, sample.OUTCOMES, *told),
    "times": lambda e, *told: times_grid(e, "T", ["stable"], sample.ANALYSES, sample.OUTCOMES, *told),
    "milestones": lambda e, about, _, rule: milestones_grid(e, "T", "stages", lives.STAGES, about, rule),
    "states": lambda e, *told: states_grid(e, "T", "stages", lives.STAGES, *told),
    "target_trial": lambda e, *told: target_trial_grid(e, "T", "trial", PLANS["trial"], OUTCOME, (), {}, *told),
}
# Figures and tables without an estimate: counts of people, and the table of the checks themselves.
WITHOUT = {"flow", "table_one", "diagnostics"}


def kinds(adapter: object) -> set[str]:
    return set(adapter.core_schema["choices"] if "choices" in adapter.core_schema else adapter.core_schema["schema"])


NO_CURVES, NO_FLOW = (pd.DataFrame(columns=list(table.columns)) for table in (CURVES, FLOW))


def drawn(block: dict, gate: str) -> str:
    return shown(block, estimates(gate), sample.curves() if block["kind"] == "curves" else NO_CURVES)


def shown(block: dict, told: pd.DataFrame, curves: pd.DataFrame) -> str:
    picture = draw(FIGURE.validate_python(block | {"title": "T"}), context(), told, curves, NO_FLOW)
    return " ".join(words(picture.figure).split())


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_loses_it(name: str):
    assert SAID in drawn(FIGURES[name], GATE)
    assert SAID not in drawn(FIGURES[name], "passed")


@pytest.mark.parametrize(
    ("name", "by", "model"),
    [
        ("curves by peers", None, "kaplan_meier"),
        ("what came first", None, "kaplan_meier"),
        ("standardised curves", None, "standardised"),
        ("states", None, "states"),
        ("states", "standardised", "standardised"),
    ],
)
def test_a_figure_says_what_holds_of_the_model_that_it_shows(name: str, by: str | None, model: str):
    """`by` : of the one curve that there is, if any."""
    curves = NO_CURVES if by is None else pd.DataFrame([{"analysis": "stages", "by": by}], columns=NO_CURVES.columns)
    told = estimates("passed")
    assert SAID in shown(FIGURES[name], told.assign(gate=told["gate"].mask(told["model"] == model, GATE)), curves)
    assert SAID not in shown(FIGURES[name], told.assign(gate=told["gate"].mask(told["model"] != model, GATE)), curves)


def test_standardised_curves_carry_the_gate_of_the_people_they_are_of():
    """Everyone's come from the adjusted model, those of a gender from another."""
    told, block = estimates("passed"), {**FIGURES["standardised curves"], "caption": ""}
    women = told[told["model"] == "standardised"].assign(group="woman", gate=GATE)
    both = pd.concat([told, women], ignore_index=True)
    assert SAID not in shown(block, both, sample.curves())
    assert SAID in shown(block | {"gender": "woman"}, both, sample.curves())


@pytest.mark.parametrize("name", TABLES)
def test_no_table_loses_it(name: str):
    own = context()
    for gate, expected in ((GATE, True), ("passed", False)):
        grid = TABLES[name](estimates(gate), own.about, own.peer, own.disclosure)
        said = " ".join([*grid.notes, *(cell for row in grid.rows for cell in row.cells)])
        assert (SAID in said) is expected


def test_no_sentence_loses_it():
    said = tell(ratio("log_hazard", 1.5, 1.2, 1.9, gate=GATE), ABSTINENCE)
    assert SAID in said.text.lower() and SAID in said.brief.lower()


def test_every_kind_of_figure_and_table_is_tried():
    """A new kind must be tried here, or be one without estimates."""
    assert kinds(FIGURE) == {block["kind"] for block in FIGURES.values()} | (WITHOUT & kinds(FIGURE))
    assert kinds(TABLE) == set(TABLES) | (WITHOUT & kinds(TABLE))


def test_every_gate_has_words():
    assert labels.gate(GATE) == [SAID]


@pytest.mark.parametrize(("width", "closed"), [(1.0, True), (0.1, False)])
@pytest.mark.parametrize(
    ("analyse", "model"), [(people.target_trial, "clone_censor_weight"), (people.multiverse, "kaplan_meier")]
)
def test_dates_told_to_the_year_close_the_gate_of_a_trial_and_of_medians(analyse, model, width, closed):
    """The emulated trial, and the median under each definition, take the same dates as the Cox models beside them."""
    frame = people.people()
    happened = frame["event"] == 1
    ends = {"earliest": (frame["stop"] - width).where(happened), "latest": frame["stop"].where(happened)}
    found = analyse(frame.assign(**ends), ()).estimates
    gates = found.loc[found["model"] == model, "gate"]
    assert len(gates)
    assert gates.str.contains("recall_heaping").eq(closed).all()
