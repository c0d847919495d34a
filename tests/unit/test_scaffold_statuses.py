"""A status of several codes: an event that people are followed for, and what may come instead of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from recovery_analysis.project import load_study
from recovery_analysis.scaffold.draft import confirmed, write_draft

N = 90
CODES = np.tile([1, 2, 3], N // 3)
LABELS = {1: "censored", 2: "recovered", 3: "died"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/studies").mkdir(parents=True)
    return tmp_path


def drafted(root: Path, status: Any, labels: dict[int, str] | None = None, **more: Any) -> tuple[str, Any]:
    """The draft as it is written, and the study with every guess confirmed."""
    frame = pd.DataFrame({"id": range(N), "aa": np.tile([0, 1], N // 2), "time": np.arange(N) + 5, "status": status})
    values = {"status": labels} if labels else None
    pyreadstat.write_sav(frame.assign(**more), str(root / "raw.sav"), variable_value_labels=values)
    path = write_draft(root, "x", ["raw.sav"]).path
    text = path.read_text(encoding="utf-8")
    path.write_text(confirmed(text), encoding="utf-8")
    return text, load_study(root, "x")


@pytest.mark.parametrize(
    ("status", "labels", "events", "recodes"),
    [
        (CODES, LABELS, ["recovered", "died"], [{1: 0, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 1}]),
        (CODES - 1, {0: "alive", 1: "Dead", 2: "transplant"}, ["transplant", "dead"], [{0: 0, 1: 0, 2: 1}, {0: 0, 1: 1, 2: 0}]),
        (CODES, None, ["event_2", "event_3"], [{1: 0, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 1}]),
        (pd.Series(CODES).map(LABELS), None, ["recovered", "died"],
         [{"censored": 0, "died": 0, "recovered": 1}, {"censored": 0, "died": 1, "recovered": 0}]),
    ],
    ids=["labels", "death last", "bare codes", "words"],
)  # fmt: skip
def test_a_status_of_several_codes_is_an_event_and_what_competes_with_it(
    root: Path, status: Any, labels: dict[int, str] | None, events: list[str], recodes: list[dict[Any, int]]
) -> None:
    text, study = drafted(root, status, labels)
    assert [spec.event for spec in study.mapping.events] == events
    assert [spec.columns["observed"].recode for spec in study.mapping.events] == recodes
    assert list(study.outcomes) == events[:1] and study.outcomes[events[0]].competing == tuple(events[1:])
    assert list(study.analyses) == [f"time_to_{events[0]}"]
    assert text.count("#?         observed: {column: status") == len(events)


def test_what_is_asked_about_the_codes(root: Path) -> None:
    text, study = drafted(root, CODES, LABELS)
    said = "# by label: 1, 2 and 3; does 3 (died) mean that it had happened by then, and 1 (censored) that nothing had?"
    assert said in text
    assert study.outcomes["recovered"].definition.startswith("Time until status is 2 (recovered) (time);")


def test_two_labelled_codes_are_one_event(root: Path) -> None:
    _, study = drafted(root, np.tile([1, 2], N // 2), {1: "censored", 2: "relapsed"})
    assert [spec.event for spec in study.mapping.events] == ["relapsed"]
    assert study.outcomes["relapsed"].competing == ()


@pytest.mark.parametrize("labels", [{1: "married", 2: "single", 3: "widowed"}, {1: "employed", 2: "ill", 3: "retired"}])
def test_a_status_without_a_word_for_nothing_yet_is_no_event(root: Path, labels: dict[int, str]) -> None:
    _, study = drafted(root, CODES, labels)
    assert not study.mapping.events and "status" in study.variables


def told(root: Path, columns: dict[str, Any], labels: dict[str, str]) -> tuple[str, Any]:
    """The draft of a file with labels, and its pairs of a time and a status: event → time, status, unit."""
    frame = pd.DataFrame({"id": range(N), "aa": np.tile([0, 1], N // 2)} | columns)
    shown = [labels.get(name, "") for name in frame.columns]
    pyreadstat.write_sav(frame, str(root / "raw.sav"), column_labels=shown)
    path = write_draft(root, "x", ["raw.sav"]).path
    text = path.read_text(encoding="utf-8")
    path.write_text(confirmed(text), encoding="utf-8")
    events = load_study(root, "x").mapping.events
    times = {spec.event: spec.columns["time"] for spec in events}
    return text, {
        spec.event: (times[spec.event].column, spec.columns["observed"].column, times[spec.event].unit)
        for spec in events
    }


DAYS, HAPPENED = np.arange(N) + 5, np.tile([0, 0, 1], N // 3)


@pytest.mark.parametrize(
    ("columns", "labels", "pairs"),
    [
        ({"q1": DAYS, "q2": HAPPENED}, {"q1": "Days from start to first use", "q2": "First use observed (1 yes, 0 not)"},
         {"first_use": ("q1", "q2", "days")}),
        ({"q1": DAYS, "q2": HAPPENED}, {"q1": "Time from start to outcome, in months", "q2": "Event indicator"},
         {"event": ("q1", "q2", "months")}),
        ({"ttr": DAYS, "rel": HAPPENED}, {"ttr": "time to relapse (weeks)", "rel": "relapse (event indicator)"},
         {"relapse": ("ttr", "rel", "weeks")}),
        ({"fu": DAYS, "relapse": HAPPENED}, {"fu": "Months until relapse or last contact"},
         {"relapse": ("fu", "relapse", "months")}),
        ({"helpToRecoveryMonths": DAYS, "q2": HAPPENED}, {"q2": "Recovery"},
         {"recovery": ("helpToRecoveryMonths", "q2", "months")}),
    ],
    ids=["labels", "no name", "brackets", "label and name", "name and label"],
)  # fmt: skip
def test_a_time_and_its_status_are_paired_by_what_the_time_goes_to(
    root: Path, columns: dict[str, Any], labels: dict[str, str], pairs: dict[str, Any]
) -> None:
    text, found = told(root, columns, labels)
    assert found == pairs
    assert text.count("#?         observed: ") == text.count("#?         time: {column: ") == 1


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        ({"q1": DAYS, "q2": HAPPENED}, {"q1": "Days to relapse", "q2": "Relapse before treatment"}),
        ({"q1": DAYS, "q2": HAPPENED, "q3": 1 - HAPPENED}, {"q1": "Days to relapse", "q2": "Relapse", "q3": "First relapse"}),
        ({"q1": DAYS, "q2": DAYS + 3, "q3": HAPPENED}, {"q1": "Days to use", "q2": "Days to first use", "q3": "Use"}),
        ({"q1": DAYS - 50, "q2": HAPPENED}, {"q1": "Days to relapse", "q2": "Relapse"}),
        ({"q1": DAYS % 4, "q2": HAPPENED}, {"q1": "Days to relapse", "q2": "Relapse"}),
        ({"q1": DAYS, "q2": HAPPENED}, {"q1": "Use in days up to 30", "q2": "Event indicator"}),
    ],
    ids=["another event", "two statuses", "two times", "below nought", "few values", "no time to anything"],
)  # fmt: skip
def test_a_time_and_a_status_that_need_not_belong_together_are_not_paired(
    root: Path, columns: dict[str, Any], labels: dict[str, str]
) -> None:
    assert told(root, columns, labels)[1] == {}
