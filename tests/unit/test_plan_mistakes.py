"""Mistakes in the plan of an analysis: numbers that cannot be, lists that say a thing twice, and what fits together."""

from pathlib import Path
from typing import Any

import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.project import load_project, read_yaml
from tests.unit.test_project import _change, _set, project

__all__ = ["project"]
SURVIVAL, TRIAL = ("analyses", "stable_recovery"), ("analyses", "peer_timing")
DEFINITIONS = ("outcomes", "stable_recovery", "definitions")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ((*SURVIVAL, "horizon"), 0, "analyses.stable_recovery.horizon: found '0', and expected a number above 0."),
        ((*SURVIVAL, "horizon"), "ten years", "horizon: found 'ten years', and expected a number."),
        ((*SURVIVAL, "horizon"), float("inf"), "horizon: found 'inf', and expected a number that is not infinite."),
        (
            (*SURVIVAL, "second_fit_tolerance"),
            1,
            "second_fit_tolerance: found '1', and expected a number of 0.01 or less.",
        ),
        ((*SURVIVAL, "second_fit_tolerance"), 0, "second_fit_tolerance: found '0', and expected a number above 0."),
        ((*SURVIVAL, "second_fit_tolerance"), -1, "second_fit_tolerance: found '-1', and expected a number above 0."),
        ((*SURVIVAL, "required"), "perhaps", "required: found 'perhaps', and expected true or false."),
        ((*SURVIVAL, "times"), [5, 5], "analyses.stable_recovery.times: '5.0' is written twice."),
        ((*SURVIVAL, "adjust"), ["gender", "gender"], "analyses.stable_recovery.adjust: 'gender' is written twice."),
        ((*TRIAL, "landmarks"), [1, 90], "analyses.peer_timing.landmarks.1: found 90, and follow-up ends at `horizon`"),
        ((*TRIAL, "grace"), 0, "analyses.peer_timing.grace: found '0', and expected a number above 0."),
        ((*TRIAL, "replicates"), 50.5, "replicates: found '50.5', and expected a whole number."),
        (
            (*DEFINITIONS, "same"),
            {"label": "The same"},
            "definitions.same: it asks for the same as the outcome itself.",
        ),
        ((*DEFINITIONS, "none"), {"label": "No time", "lasting_years": 0}, "lasting_years: found '0', and expected"),
        (
            (*DEFINITIONS, "none"),
            {"label": "Less", "lapse_days": -1},
            "found '-1', and expected a number of 0 or more.",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_told_by_its_dotted_path(
    project: Path, path: tuple[str, ...], value: Any, said: str
) -> None:
    assert said in _change(project, _set(*path, to=value), "pathways")


def test_a_list_with_a_misspelt_item_is_not_told_to_be_empty_too(project: Path) -> None:
    said = _change(project, _set("analyses", "stable_recovery", "families", to=["weibul"]), "in_recovery")
    assert "families.0: found 'weibul'. Did you mean 'weibull'?" in said and "empty" not in said


def test_a_logistic_regression_of_a_number_is_refused_before_anything_is_fitted(project: Path) -> None:
    said = _change(project, _set("analyses", "depression", "family", to="logistic"))
    assert "analyses.depression.family: a logistic regression needs a measure of type binary" in said
    assert "Valid here: linear." in said


def test_a_level_of_95_is_told_how_it_is_written(project: Path) -> None:
    settings = read_yaml(project / "config/config.yaml") | {"conf_level": 95}
    with pytest.raises(
        ResearchError, match=r"conf_level: found '95', and expected a number below 1, such as 0\.95 for"
    ):
        load_project(project, settings)
