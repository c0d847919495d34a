"""Whatever the codes are: the study is read with every row accounted for, or it is refused with a sentence."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recovery_analysis.errors import ResearchError
from tests.unit.tiny_study import TABLES, check, ingested

from .study import clean_file, people, plan, write

ODD_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=8)
NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False), st.sampled_from([1e308, -0.0, 2.0**53]))
CELLS = st.one_of(st.none(), ODD_TEXT, NUMBERS.map(str), st.sampled_from(["1", "2", "99", "2019-06-15", "NaN", "=1+1"]))
# Columns whose cells are judged one by one; an unlisted code in the others stops the study.
JUDGED = ("age", "born", "w", "onset_y", "help_y", "help_m", "aa_start", "aa_stop", "aa_on", "seen", "pid")
Tables = dict[str, pd.DataFrame]
RARE = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def read_study(folder: Path, frame: pd.DataFrame, kind: str) -> tuple[Tables, Tables] | None:
    """The tables of a study before and after its checks; None if it is refused with a sentence."""
    write(frame, folder / f"people.{kind}")
    (folder / f"visits.{kind}").write_bytes(clean_file("visits", kind))
    try:
        checked = check(folder, plan(kind))
    except ResearchError:
        return None
    return ingested(folder), checked


def rows_lost(read: Tables, checked: Tables) -> dict[str, int]:
    """Rows of each table that are neither kept nor set aside."""
    aside = checked["quarantine"]["table"].value_counts()
    kept = {table: len(checked[table]) + int(aside.get(table, 0)) for table in TABLES}
    return {table: len(read[table]) - n for table, n in kept.items()}


def rows_with_an_answer(frame: pd.DataFrame) -> int:
    """Rows of the file of people that are not blank in every column that the study reads."""
    held = frame.map(lambda cell: cell is not None and str(cell) != "").drop(columns="note")
    return int(held.any(axis=1).sum())


def never_infinite(checked: Tables) -> bool:
    """Whether every number that is kept is one, or missing."""
    numbers = checked["persons"][["age", "weight"]].astype(float)
    return bool((numbers.isna() | np.isfinite(numbers)).all().all())


@RARE
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4), st.sampled_from(["csv", "parquet"]))
def test_any_frame_of_random_codes(rows: list[list[object]], kind: str) -> None:
    frame = people()
    for i, row in enumerate(rows):
        for name, cell in zip(("sex", "age", "arm", "seen"), row, strict=True):
            frame.at[i, name] = cell
    with tempfile.TemporaryDirectory() as folder:
        told = read_study(Path(folder), frame, kind)
    if told is None:
        return
    read, checked = told
    assert rows_lost(read, checked) == dict.fromkeys(TABLES, 0)
    assert len(read["persons"]) == rows_with_an_answer(frame)
    assert set(checked["quarantine"]["check"]) <= set(checked["issues"]["check"])
    assert never_infinite(checked)


@RARE
@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(JUDGED), CELLS), min_size=1, max_size=4))
def test_odd_cells_here_and_there_never_stop_the_study(odd: list[tuple[int, str, object]]) -> None:
    frame = people()
    for row, name, cell in odd:
        frame.at[row, name] = cell
    with tempfile.TemporaryDirectory() as folder:
        told = read_study(Path(folder), frame, "csv")
    assert told is not None, "the study was refused"
    read, checked = told
    assert rows_lost(read, checked) == dict.fromkeys(TABLES, 0)
    assert len(read["persons"]) == rows_with_an_answer(frame)
    assert set(checked["quarantine"]["check"]) <= set(checked["issues"]["check"])
    assert never_infinite(checked)
