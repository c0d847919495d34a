"""Whatever the codes are: the study is read with every row accounted for, or it is refused with a sentence."""

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recovery_analysis.errors import ResearchError
from tests.unit.tiny_study import check, ingest

from .study import people, plan, visits, write

ODD_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=8)
NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False), st.sampled_from([1e308, -0.0, 2.0**53]))
CELLS = st.one_of(st.none(), ODD_TEXT, NUMBERS.map(str), st.sampled_from(["1", "2", "99", "2019-06-15", "NaN", "=1+1"]))
# Columns whose cells are judged one by one; an unlisted code in the others stops the study.
JUDGED = ("age", "born", "w", "onset_y", "help_y", "help_m", "aa_start", "aa_stop", "aa_on", "seen", "pid")
RARE = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def accounted(folder: Path, frame: pd.DataFrame, kind: str) -> bool:
    """Read the study; whether it could be read. Every row must be kept or set aside, and every person told."""
    write(frame, folder / f"people.{kind}")
    write(visits(), folder / f"visits.{kind}")
    study = plan(kind)
    try:
        read = ingest(folder, study)
        tables = check(folder, study)
    except ResearchError as error:
        assert "Traceback" not in str(error)
        return False
    aside = tables["quarantine"]["table"].value_counts()
    for table in ("persons", "spells", "events", "waves"):
        assert len(read[table]) == len(tables[table]) + aside.get(table, 0)
    held = frame.map(lambda cell: cell is not None and str(cell) != "").drop(columns="note").any(axis=1).sum()
    assert len(read["persons"]) == held
    assert set(tables["quarantine"]["check"]) <= set(tables["issues"]["check"])
    for column in ("age", "weight"):
        assert tables["persons"][column].map(lambda x: pd.isna(x) or abs(x) < float("inf")).all()
    return True


@RARE
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4), st.sampled_from(["csv", "parquet"]))
def test_any_frame_of_random_codes(rows: list[list[object]], kind: str) -> None:
    frame = people()
    for i, row in enumerate(rows):
        for name, cell in zip(("sex", "age", "arm", "seen"), row, strict=True):
            frame.at[i, name] = cell
    with tempfile.TemporaryDirectory() as folder:
        accounted(Path(folder), frame, kind)


@RARE
@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(JUDGED), CELLS), min_size=1, max_size=4))
def test_odd_cells_here_and_there_never_stop_the_study(odd: list[tuple[int, str, object]]) -> None:
    frame = people()
    for row, name, cell in odd:
        frame.at[row, name] = cell
    with tempfile.TemporaryDirectory() as folder:
        assert accounted(Path(folder), frame, "csv")
