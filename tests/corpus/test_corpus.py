"""Every bad input of the corpus gives the right issue or a clear error: no traceback, no hang, no wrong number."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from tests.unit.tiny_study import check, check_ingested, ingest, ingested

from .faults import Fault, Issues, Read, Refused
from .packed import MODEL, Pack, as_written, damaged_cell, is_text, pack
from .registry import BY_ITSELF, TOGETHER
from .study import Facts, clean_facts, clean_file, facts, people, plan, visits, write

SECONDS = 10
TABLES = ("persons", "spells", "events", "waves")


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Interrupt what takes more of the processor's time, or waits for six times as long."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    # Processor time does not grow on a busy machine; what waits for ever uses none.
    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, 6 * seconds))
    before = [(sign, signal.signal(sign, stop)) for sign, _, _ in clocks]
    for _, clock, limit in clocks:
        signal.setitimer(clock, limit)
    try:
        yield
    finally:
        for _, clock, _ in clocks:
            signal.setitimer(clock, 0)
        for sign, handler in before:
            signal.signal(sign, handler)


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


def cases(chosen: list[tuple[Fault, str]]) -> Any:
    """One test for each case."""
    return pytest.mark.parametrize(
        ("fault", "kind"), [pytest.param(fault, kind, id=f"{fault.name}-{kind}") for fault, kind in chosen]
    )


@cases(BY_ITSELF)
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
        tables = checked(fault, before, tmp_path, study)
    if isinstance(expected, Read):
        holds_read(tables, clean.facts, expected)
    else:
        holds_issues(tables, clean.facts, expected)


Tables = dict[str, pd.DataFrame]
CHECKED: dict[str, list[tuple[Tables, Tables]]] = {}
OF_A_FILE = {"source_file", "file", "message", "action"}


def checked(fault: Fault, before: Tables, folder: Path, study: dict[str, Any]) -> Tables:
    """The checked tables; those of the same fault in another format where reading gave the same tables, since
    checking sees nothing else."""
    for earlier, tables in CHECKED.setdefault(fault.name, []):
        if same_tables(before, earlier):
            return tables
    tables = check_ingested(folder, study)
    CHECKED[fault.name].append((before, tables))
    return tables


def same_tables(found: Tables, other: Tables) -> bool:
    """Whether every table, and every issue, is the same but for what names the file."""
    return all(_nameless(found[name]).equals(_nameless(other[name])) for name in (*TABLES, "issues"))


def _nameless(table: pd.DataFrame) -> pd.DataFrame:
    return table[[name for name in table.columns if name not in OF_A_FILE]]


@cache
def pack_of(kind: str, text: bool) -> Pack:
    """The faults of single cells that are tried together in one format."""
    with at_most(SECONDS):
        return pack((f for f, other in TOGETHER if other == kind and is_text(f) == text), kind)


@cases(TOGETHER)
def test_a_bad_cell_among_others(clean: Clean, fault: Fault, kind: str, record_property: Any) -> None:
    expected, study, cell = fault.expect(kind), pack_of(kind, is_text(fault)), damaged_cell(fault)
    record_property("corpus", expected.outcome)
    person = study.hit[fault.name]
    right = {key: as_written(value, kind) for key, value in clean.facts.items()}
    wanted = {key: value for key, value in right.items() if key[1] == MODEL} | dict(expected.changed)
    assert study.strays == [] and study.others == right
    if isinstance(expected, Read):
        assert person.issues[person.issues["severity"] == "error"].empty and person.aside == {}
        assert person.facts == wanted
        return
    told = person.issues[person.issues["severity"] == "error"]
    counts = person.issues["check"].value_counts().to_dict()
    assert {check: counts.get(check, 0) for check in expected.counts} == dict(expected.counts)
    assert told["check"].isin(expected.counts).all()
    assert person.aside == {table: n for table, n in expected.aside.items() if n}
    assert {key: value for key, value in person.facts.items() if wanted[key] != value} == {}
    own = person.issues[person.issues["check"].isin(expected.counts)]
    assert set(own["row"]) == {person.row} and set(own["file"]) == {f"{'people' if fault.people else 'visits'}.{kind}"}
    column = own["column"].str.lower()
    assert column.str.contains(cell.column).all()
    alone = own.loc[column == cell.column, "value"].dropna()
    # A whole number beside decimals of other people is written with a point.
    assert (alone.str.removesuffix(".0") == str(cell.value).strip().removesuffix(".0")).all()


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
