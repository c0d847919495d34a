"""The table of diagnostics: the worst of each check stands in it, in words, and nothing is lost from its CSV."""

import pandas as pd
import pytest

from recovery_analysis import labels
from recovery_analysis.models import diagnostics as checks
from recovery_analysis.schemas.results import DIAGNOSTICS
from recovery_analysis.steps.render_table import render_table
from recovery_analysis.study import Variable
from recovery_analysis.tables.diagnostics import QUESTIONS, VERDICT, diagnostics_grid
from tests.unit import sample_results as sample

TITLE = "What was checked"


def rows() -> pd.DataFrame:
    found = [
        *checks.fitted("crude", "ok", 4, ""),
        *checks.fitted("adjusted", "ok", 5, ""),
        checks.events_per_parameter("crude", 400, 1),
        checks.events_per_parameter("adjusted", 45, 9),
        checks.events_per_parameter("interaction", 33, 11),
        *checks.proportional_hazards("adjusted", [("age", 9.0, 1, 0.0027), ("global", 3.0, 2, 0.2)], {"age": "Age"}),
        checks.row("adjusted", "concordance", 0.61, True, "Ranks.") | {"verdict": "not_applicable"},
    ]
    frame = pd.DataFrame(found).assign(study="sample", analysis="stable")
    return pd.concat([frame, frame.assign(analysis="first_use")]).reindex(columns=list(DIAGNOSTICS.columns))


def grid(frame: pd.DataFrame | None = None):
    context = sample.context()
    frame = rows() if frame is None else frame
    known = (sample.ANALYSES, {"age": Variable(label="Age at first help", type="number")})
    return diagnostics_grid(frame, TITLE, ("stable", "first_use"), *known, context.about, context.disclosure)


def cells(question: str) -> tuple[str, ...]:
    return next(row.cells for row in grid().rows if row.head == QUESTIONS[question].text)


def test_the_worst_model_of_a_check_is_the_one_told():
    found, limit, verdict, meaning, done = cells("events_per_parameter")
    assert found == "3 (interaction)" and limit == "10 or more" and verdict == "read with care (2 of 3)"
    assert meaning.startswith("Few outcomes") and done == checks.TOLD


def test_a_covariate_is_named_and_told_here_only():
    found, limit, verdict, _, done = cells("proportional_hazards")
    assert found.endswith("0.003 (adjusted: age at first help)") and limit == "0.05 or more"
    assert verdict == "read with care (1 of 2)" and done == checks.TOLD_HERE


def test_models_and_groups_are_told_in_words():
    found = [
        checks.events_per_parameter(model, 9 if model == "adjusted" else 2, 1)
        for model in ("adjusted", "landmark_24_months")
    ]
    frame = pd.DataFrame(
        [*found, checks.row("interaction", "minimum_detectable", 3.1, True, "x") | {"term": "peer:non_binary"}]
    )
    frame = pd.concat([frame, frame.tail(1)]).assign(study="sample", analysis="stable")
    text = str(grid(frame.reindex(columns=list(DIAGNOSTICS.columns))).rows)
    assert "(as known after 2 years)" in text and "(interaction: peers, non-binary people)" in text


def test_the_people_of_a_check_that_stands_alone_are_named():
    alone = checks.row("interaction", "minimum_detectable_effect", 6.17, True, "x") | {"term": "peer:undisclosed"}
    curves = [checks.recall_heaping(model, 0.37, False) for model in ("kaplan_meier", "adjusted")]
    frame = pd.DataFrame([alone, *curves]).assign(study="sample", analysis="stable")
    text = str(grid(frame.reindex(columns=list(DIAGNOSTICS.columns))).rows)
    assert "6.17 (peers, gender not disclosed)" in text and "(Kaplan-Meier)" in text


def test_where_nothing_is_wrong_the_model_read_first_is_told():
    assert cells("convergence")[0] == "5 (adjusted)" and cells("convergence")[2] == "passed"
    assert cells("concordance")[2] == "for information"


def test_each_analysis_is_headed_and_each_check_stands_once():
    found = grid().rows
    heads = [row.head for row in found if not row.cells]
    assert heads == [sample.ANALYSES[name].title for name in ("stable", "first_use")]
    assert len(found) == 2 * (1 + rows()["diagnostic"].nunique())


def test_the_csv_has_every_check_of_every_model():
    tidy = grid().tidy
    assert len(tidy) == len(rows()) and set(tidy["Verdict"]) <= set(VERDICT.values())
    assert tidy["What was done"].str.len().min() > 5


def test_every_gate_has_its_question_and_its_reason():
    """A check without words would reach a reader as the name of a column."""
    assert set(labels.GATE) <= set(QUESTIONS)


def test_no_checks_say_so():
    assert labels.EMPTY["diagnostics"] in grid(rows().head(0)).notes


@pytest.mark.parametrize("kind", ["csv", "html", "docx"])
def test_the_step_writes_it(tmp_path, kind):
    context = sample.context()
    study = {
        "about": context.about.model_dump(),
        "peer": context.peer.model_dump(),
        "outcomes": {name: outcome.model_dump() for name, outcome in sample.OUTCOMES.items()},
        "analyses": {name: analysis.model_dump() for name, analysis in sample.ANALYSES.items()},
        "disclosure": context.disclosure.model_dump(),
    }
    frame = rows()
    frame.to_csv(tmp_path / "diagnostics.csv", index=False)
    out = {name: str(tmp_path / f"t.{name}") for name in ("csv", "html", "docx")}
    paths = dict.fromkeys(("estimates", "table_one"), "not read")
    block = {"kind": "diagnostics", "title": TITLE, "analyses": ["stable", "first_use"]}
    render_table(block, study, diagnostics=str(tmp_path / "diagnostics.csv"), **paths, **out)
    assert (tmp_path / f"t.{kind}").stat().st_size > 500
