"""Mistakes in the configuration: all told at once, each with its dotted path and the nearest valid name."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from recovery_analysis.column_rules import KEYS, MADE
from recovery_analysis.errors import ResearchError, placed
from recovery_analysis.estimators.families import spline_family
from recovery_analysis.project import load_project, load_study, read_yaml
from recovery_analysis.schemas.cohort import COHORT, PERIODS, STATE_PATHS, WAVE_PAIRS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def _change(project: Path, change: Callable[[dict[str, Any]], None], study: str = "help") -> str:
    """Apply a change to a study file; the message of the error that follows."""
    path = project / f"config/studies/{study}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(ResearchError) as error:
        load_study(project, study)
    return str(error.value)


def test_the_projects_own_studies_are_valid() -> None:
    project, studies = load_project(ROOT)
    assert set(project.studies) == set(studies) == {"help", "pathways", "in_recovery"}


def _set(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        block: Any = content
        for step in path[:-1]:
            block = block[step]
        block[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("desing", to={}), "desing: unknown key. Did you mean 'design'?"),
        (
            _set("analyses", "first_use", "exposur", to="x"),
            "analyses.first_use.exposur: unknown key. Did you mean 'exposure'?",
        ),
        (
            _set("analyses", "first_use", "exposure", to="basline"),
            "analyses.first_use.exposure: found 'basline'. Did you mean 'baseline'?",
        ),
        (_set("figures", "flow", "kind", to="flwo"), "figures.flow.kind: found 'flwo'. Did you mean 'flow'?"),
        (_set("design", "kind", to="cohrt"), "design.kind: found 'cohrt'. Did you mean 'cohort'?"),
        (
            _set("analyses", "first_use", "outcome", to="first_us"),
            "analyses.first_use.outcome: there is no outcome 'first_us'. Did you mean 'first_use'?",
        ),
        (
            _set("analyses", "in_jail", "adjust", to=["gendre"]),
            "analyses.in_jail.adjust: there is no covariate 'gendre'. Did you mean 'gender'?",
        ),
        (
            _set("mapping", "persons", "files", to=["interview"]),
            "mapping.persons.files: there is no file 'interview'. Did you mean 'interviews'?",
        ),
        (
            _set("outcomes", "first_use", "competing", to=["deth"]),
            "outcomes.first_use.competing.0: there is no mapped event or kind of spell 'deth'.",
        ),
        (
            _set("mapping", "events", 0, "columns", to={"person_id": "ID", "time": {"column": "DAYSANYSUB"}}),
            "outcomes.first_use.event: nothing says how long people without 'first_use' were followed",
        ),
        (
            _set("figures", "first_use_by_peer", "by", to="outcomes"),
            "figures.first_use_by_peer.by: nothing competes with 'first_use', so there is one line.",
        ),
        (
            _set("outcomes", "first_use", "competing", to=["first_use"]),
            "outcomes.first_use.competing.0: 'first_use' cannot compete with this outcome",
        ),
        (
            _set("tables", "times", "analyses", to=["in_jail"]),
            "tables.times.analyses: there is no survival analysis 'in_jail'.",
        ),
        (
            _set("figures", "forest", "analyses", to=["in_jial"]),
            "figures.forest.analyses: there is no analysis 'in_jial'. Did you mean 'in_jail'?",
        ),
        (
            _set("tables", "table_one", "variables", to=["ago"]),
            "tables.table_one.variables: there is no column of persons 'ago'. Did you mean 'age'?",
        ),
        (
            _set("briefing", "figure", to="forst"),
            "briefing.figure: there is no figure 'forst'. Did you mean 'forest'?",
        ),
        (
            _set("peer", "measure", to="selfhelp"),
            "peer.measure: there is no measure of the waves 'selfhelp'. Did you mean 'self_help'?",
        ),
        (_set("disclosure", "reason", to=None), "preset `open` needs a `reason`"),
        (_set("variables", "age", "range", to=[1]), "variables.age.range"),
        (
            _set("analyses", "first_use", "horizon", to=True),
            "analyses.first_use: `horizon` is a number, found yes or true",
        ),
        (lambda content: content["variables"].pop("age"), "adjust: describe age under `variables`"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(project: Path, change: Any, said: str) -> None:
    message = _change(project, change)
    assert said in message
    assert message.startswith("config/studies/help.yaml: ")


def test_every_mistake_is_told_at_once(project: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["desing"] = 1
        content["analyses"]["first_use"]["exposure"] = "ever"
        del content["peer"]["noun"]

    message = _change(project, change)
    assert message.splitlines()[3:] == [
        f"{message.split(':')[0]}: whether its parts fit together is looked at when this is mended."
    ]
    assert "peer.noun: this key is needed" in message


@pytest.mark.parametrize(
    ("study", "change", "said"),
    [
        (
            "pathways",
            _set("analyses", "stable_recovery", "exposure", to="baseline"),
            "Valid here: time_varying",
        ),
        ("pathways", _set("design", "kind", to="recovery_sample"), "right truncation"),
        ("pathways", _set("design", "kind", to="recovery_sample"), "Valid here: kind recovery_time"),
        ("pathways", _set("design", "kind", to="recovery_sample"), "`naive: true`"),
        ("in_recovery", _set("design", "kind", to="population_survey"), "Valid here: kind survival or parametric"),
        ("pathways", _set("analyses", "stable_recovery", "naive", to=True), "only a recovery_sample"),
        (
            "help",
            _set("analyses", "stable_recovery_interval", "exposure", to="time_varying"),
            "Valid with time_varying: weibull_hazard",
        ),
        ("pathways", _set("design", "entry", to="intreview"), "Did you mean 'interview'?"),
        (
            "pathways",
            _set("figures", "peer_strategies", "analysis", to="stable_recovery"),
            "there is no analysis of kind target_trial 'stable_recovery'",
        ),
        (
            "pathways",
            _set("figures", "peer_strategies", "by", to="peer"),
            "there is no survival or parametric analysis",
        ),
        ("pathways", _set("tables", "diagnostics", "analyses", to=["peer_timin"]), "Did you mean 'peer_timing'?"),
        ("pathways", _set("design", "entry", to="first_help"), "starts the clock (design.time_zero), so nobody enters"),
        ("pathways", _set("design", "entry", to="interview"), "missing from both arms. Valid here: kind survival"),
        ("in_recovery", _set("design", "entry", to="interview"), "Take design.entry away; valid with it"),
        ("help", _set("analyses", "arrested", "outcome", to="first_use"), "needs an outcome of kind measure"),
        (
            "help",
            _set("analyses", "first_use", "outcome", to="in_jail"),
            "needs an outcome of kind event, spell or wave",
        ),
        ("help", _set("design", "kind", to="population_survey"), "needs design.kind cohort"),
    ],
)
def test_an_analysis_that_the_design_cannot_answer_is_refused(
    project: Path, study: str, change: Any, said: str
) -> None:
    assert said in _change(project, change, study)


def test_what_does_not_fit_is_told_beside_keys_that_are_misspelt(project: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        first = content["analyses"]["first_use"]
        first["exposur"], first["nonsense"] = first.pop("exposure"), 1
        content["figures"]["forest"]["analyses"] = ["first_usee"]

    said = _change(project, change)
    assert "analyses.first_use.exposur: unknown key. Did you mean 'exposure'?" in said
    assert "analyses.first_use.nonsense: unknown key." in said
    assert "figures.forest.analyses" in said and "first_usee" in said
    assert "is looked at when this is mended" not in said


def test_an_unknown_study_names_the_nearest(project: Path) -> None:
    (project / "config/config.yaml").write_text("studies: [hlep]\n", encoding="utf-8")
    with pytest.raises(ResearchError, match="config.yaml: studies: 'hlep' is not a study: .* Did you mean 'help'"):
        load_project(project)
    with pytest.raises(ResearchError, match="^'hlep' is not a study: there is no config/studies/hlep.yaml"):
        load_study(project, "hlep")


def test_an_error_names_its_place_once() -> None:
    with pytest.raises(ResearchError, match="^analyses.a: A spline with 2 interior knots needs"), placed("analyses.a"):
        spline_family(np.log([1.0, 1.0, 2.0]), 2)
    with pytest.raises(ResearchError, match="^analyses.a: told$"), placed("analyses.a"):
        raise ResearchError("analyses.a: told")


def test_a_missing_raw_file_names_the_nearest(project: Path) -> None:
    (project / "data").mkdir()
    (project / "data/survey_2024.csv").write_text("a\n1\n", encoding="utf-8")
    message = _change(project, _set("files", "interviews", to={"path": "data/survey_2042.csv"}))
    assert (
        "files.interviews.path: there is no file data/survey_2042.csv. Did you mean 'data/survey_2024.csv'?" in message
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "line 2, column 1: not valid YAML: the key 'a' is written twice"),
        ("a: [1\n", "not valid YAML"),
        ("a:\n  b: 1\n   c: 2\n", "line 3"),
        ("a:\n   b: 1\n  c: 2\n", "as far to the right as those beside it?"),
        ("- 1\n", "expected keys and values, found list"),
        ("a: !!python/object/apply:os.system [ls]\n", "not valid YAML"),
        ("", "expected keys and values"),
    ],
)
def test_broken_yaml_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResearchError) as error:
        read_yaml(path)
    assert said in str(error.value)


def _wide(content: dict[str, Any]) -> None:
    content["mapping"]["waves"][0]["waves"] = {"w0": 0}


def _circle(content: dict[str, Any]) -> None:
    """Two files that join each other."""
    join = {"by": ["ID"], "expect": "many_to_one"}
    content["files"]["interviews"]["join"] = join | {"file": "sites"}
    content["files"]["sites"] = {"package": "mosaicData/HELPrct", "join": join | {"file": "interviews"}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_wide, "mapping.waves.0.waves: no column has {wave} in its name."),
        (_wide, "mapping.waves.0.columns.wave: `waves` says the number of each interview already"),
        (
            _set("mapping", "waves", 0, "columns", "depression", to="CES_{wave}"),
            "mapping.waves.0.columns.depression: {wave} needs `waves`",
        ),
        (
            _set("mapping", "persons", "overrides", to={"interviews": {"gendre": "A1"}}),
            "mapping.persons.overrides.interviews: there is no column in this block 'gendre'. Did you mean 'gender'?",
        ),
        (
            _set("mapping", "persons", "overrides", to={"interview": {}}),
            "mapping.persons.overrides: there is no file in this block 'interview'. Did you mean 'interviews'?",
        ),
        (
            _set("files", "interviews", "join", to={"file": "sites", "by": ["ID"], "expect": "many_to_one"}),
            "files.interviews.join.file: there is no other file 'sites'.",
        ),
        (_circle, "files.interviews.join.file: the joins go round in a circle (interviews → sites → interviews)"),
        (_set("hook", to="config/hooks/help.py"), "hook: there is no file config/hooks/help.py."),
        (_set("hook", to="../help.py"), "hook: ../help.py is not a Python file (.py) of this project"),
    ],
)
def test_blocks_files_and_hooks_that_do_not_fit_are_told(project: Path, change: Any, said: str) -> None:
    assert said in _change(project, change)


def test_a_probability_before_the_outcome_can_be_met_is_refused(project: Path) -> None:
    said = _change(project, _set("analyses", "stable_recovery", "times", to=[0.5, 5]), "pathways")
    sentence = "nobody can have met this outcome by 0.5 years, since it asks for 1 year in a row"
    assert f"analyses.stable_recovery.times.0: {sentence}" in said


def _one_definition(content: dict[str, Any]) -> None:
    del content["outcomes"]["stable_recovery"]["definitions"]


def _no_medication_mapped(content: dict[str, Any]) -> None:
    spells = content["mapping"]["spells"]
    content["mapping"]["spells"] = [block for block in spells if block["kind"] != "medication"]
    content["tables"]["table_one"]["variables"].remove("pathway_medication")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            _set("analyses", "peer_timing", "grace", to=12),
            "analyses.peer_timing.grace: found 12, and follow-up ends at `horizon` (10 years).",
        ),
        (_set("peer", "spells", to=[]), "analyses.peer_timing: a target trial needs the day on which people first"),
        (
            _set("peer", "spells", to=[]),
            "analyses.stable_recovery.exposure: people look back from the interview here, and peer.measure is known",
        ),
        (
            _set("design", "kind", to="recovery_sample"),
            "analyses.peer_timing: a study of people who are all in recovery",
        ),
        (
            _set("figures", "peer_timing", "analysis", to="stable_recovery"),
            "figures.peer_timing.analysis: there is no analysis of kind target_trial 'stable_recovery'.",
        ),
        (
            _set("figures", "forest", "analyses", to=["peer_timing"]),
            "figures.forest.analyses: 'peer_timing' is of kind target_trial, which gives several estimates",
        ),
        (
            _set("briefing", "findings", 0, "analysis", to="definitions"),
            "briefing.findings.0.analysis: 'definitions' is of kind multiverse",
        ),
        (_one_definition, "analyses.definitions.outcome: 'stable_recovery' has one definition only."),
        (
            _set("outcomes", "stable_recovery", "definitions", "two_years", "spell", to="abstinence"),
            "outcomes.stable_recovery.definitions.two_years.spell: there is no mapped kind of spell 'abstinence'.",
        ),
        (_no_medication_mapped, "no_medication.medication_counts: no spells of kind medication are mapped"),
    ],
)
def test_ways_of_counting_and_definitions_that_cannot_be_are_told(project: Path, change: Any, said: str) -> None:
    assert said in _change(project, change, "pathways")


def _renamed(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """A column under another name, wherever the study says it."""

    def change(content: dict[str, Any]) -> None:
        text = yaml.safe_dump(content, sort_keys=False)
        content.update(yaml.safe_load(re.sub(rf"\b{old}\b", new, text)))

    return change


@pytest.mark.parametrize("taken", ["switch", "window", "earliest", "source_row", "event", "entry", "previous", "peer"])
def test_a_column_of_the_studys_own_is_never_taken_for_one_that_the_analysis_makes(project: Path, taken: str) -> None:
    """With `switch`, `window` or `earliest` as covariates, parametric models gave other numbers without a word."""
    said = _change(project, _renamed("trial_arm", taken))
    assert f"variables.{taken}: the analysis makes a column of this name itself" in said


def test_every_column_of_the_derived_tables_is_kept_from_studies() -> None:
    derived = {*PERIODS.columns, *WAVE_PAIRS.columns, *STATE_PATHS.columns, *COHORT.columns}
    assert derived <= {*KEYS, *MADE}


def test_what_was_said_at_the_start_has_a_name_of_its_own(project: Path) -> None:
    """A regression would have adjusted for the answer of the same interview as the outcome."""

    def change(content: dict[str, Any]) -> None:
        content["mapping"]["persons"]["columns"]["friends_support"] = "PSS_FR"

    said = _change(project, change)
    assert "mapping.persons.columns.friends_support: the interviews have a measure of the same name" in said


@pytest.mark.parametrize("limits", [[10, 0], [3, 3], [float("nan"), 10]])
def test_a_range_that_runs_backwards_is_told(project: Path, limits: list[float]) -> None:
    """It was a traceback when the file was read."""
    said = _change(project, _set("variables", "age", "range", to=limits))
    assert "variables.age: `range` is the lowest and the highest valid value, in this order" in said
