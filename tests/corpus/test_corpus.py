"""Every bad input of the corpus gives the right issue or a clear error: no traceback, no hang, no wrong number."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from tests.unit.tiny_study import check, check_ingested, ingest, ingested

from .faults import Fault, Issues, Read, Refused
from .registry import CASES
from .study import Facts, clean_facts, clean_file, facts, people, plan, visits, write

SECONDS = 10
TABLES = ("persons", "spells", "events", "waves")


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True)
class Clean:
    """What the undamaged study says: its values once checked, and its tables as they are before."""

    facts: Facts
    ingested: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    folder = tmp_path_factory.mktemp("clean")
    return Clean(clean_facts(folder), ingested(folder))


def damaged_study(folder: Path, fault: Fault, kind: str) -> dict[str, Any]:
    """Write the study's files with the fault; its configuration."""
    for name, frame, change in (("people", people, fault.people), ("visits", visits, fault.visits)):
        if change:
            write(change(frame()), folder / f"{name}.{kind}")
        else:
            (folder / f"{name}.{kind}").write_bytes(clean_file(name, kind))
    if fault.damage:
        path = folder / f"people.{kind}"
        path.write_bytes(fault.damage(path.read_bytes()))
    if fault.files:
        fault.files(folder, kind)
    study = plan(kind)
    if fault.settings:
        fault.settings(study)
    return study


@pytest.mark.parametrize(("fault", "kind"), [pytest.param(f, kind, id=f"{f.name}-{kind}") for f, kind in CASES])
def test_bad_input(tmp_path: Path, clean: Clean, fault: Fault, kind: str, record_property: Any) -> None:
    study, expected = damaged_study(tmp_path, fault, kind), fault.expect(kind)
    record_property("corpus", expected.outcome)
    with at_most(SECONDS):
        if isinstance(expected, Refused):
            with pytest.raises(ResearchError) as caught:
                check(tmp_path, study)
            assert [word for word in expected.words if word not in str(caught.value)] == [], str(caught.value)
            assert str(tmp_path) not in str(caught.value)
            return
        before = ingest(tmp_path, study)
        if expected == Read() and same_tables(before, clean.ingested):
            return
        tables = check_ingested(tmp_path, study)
    if isinstance(expected, Read):
        holds_read(tables, clean.facts, expected)
    else:
        holds_issues(tables, clean.facts, expected)


def same_tables(found: dict[str, pd.DataFrame], clean: dict[str, pd.DataFrame]) -> bool:
    """Whether every table is that of the clean study, name of the file aside, and no cell was told: it says the same
    once checked, since checking sees nothing else."""
    same = [found[name].drop(columns="source_file").equals(clean[name].drop(columns="source_file")) for name in TABLES]
    return all(same) and found["issues"].empty


def holds_read(tables: dict[str, Any], clean: Facts, expected: Read) -> None:
    """Nothing is set aside, and every value is that of the clean study but for those that the fault changes."""
    issues = tables["issues"]
    assert issues[issues["severity"] == "error"].empty, issues["message"].tolist()
    assert tables["quarantine"].empty
    names = expected.people
    found = {(key[0], names.get(key[1], key[1]), *key[2:]): value for key, value in facts(tables).items()}
    if names:
        assert {key[1] for key in facts(tables)} == set(names)
    wanted = clean | dict(expected.changed)
    if expected.gone:
        gone = {key for key in wanted if key[:2] in expected.gone} - set(found)
        assert gone
        wanted = {key: value for key, value in wanted.items() if key not in gone}
    assert found == wanted


def holds_issues(tables: dict[str, Any], clean: Facts, expected: Issues) -> None:
    """The issues are told, what they touch is set aside and nothing else, and no value is wrong."""
    issues = tables["issues"]
    counts = issues["check"].value_counts().to_dict()
    assert {name: counts.get(name, 0) for name in expected.counts} == dict(expected.counts), counts
    others = issues[(issues["severity"] == "error") & ~issues["check"].isin(expected.counts)]
    assert others.empty, others["message"].tolist()
    aside = tables["quarantine"]["table"].value_counts()
    assert {t: int(aside.get(t, 0)) for t in TABLES} == {t: expected.aside.get(t, 0) for t in TABLES}
    wanted = clean | dict(expected.changed)
    wrong = {key: value for key, value in facts(tables).items() if key[1] in known(clean) and wanted.get(key) != value}
    assert wrong == {}


def known(clean: Facts) -> set[str]:
    return {key[1] for key in clean}
