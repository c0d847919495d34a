"""Tables in parquet files come back as they were written, and cells of floats keep their values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recovery_analysis import parquet
from recovery_analysis.ingest.cells import cells_of

TABLE = pd.DataFrame(
    {
        "text": ["b", None, "a"],
        "nothing": pd.Series([None, None, None], dtype=object),
        "wave": pd.array([1, None, 2], dtype="Int64"),
        "row": [1, 2, 3],
        "time": [1.5, np.nan, -0.25],
        "day": pd.to_datetime(["2020-01-01", None, "2021-02-02"]),
        "seen": [True, False, True],
    }
)


@pytest.mark.parametrize("rows", [3, 0])
def test_a_table_comes_back_as_it_was_written(tmp_path: Path, rows: int) -> None:
    path, table = tmp_path / "table.parquet", TABLE.iloc[:rows]
    parquet.write(table, path)
    expected = table if rows else table.astype({"wave": int})
    pd.testing.assert_frame_equal(parquet.read_written(path), expected)


def test_categories_are_written_as_their_texts(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    parquet.write(pd.DataFrame({"text": pd.Categorical(["b", None, "b"], ["a", "b"])}), path)
    assert parquet.read_written(path)["text"].tolist() == ["b", None, "b"]
    assert pd.read_parquet(path)["text"].tolist() == ["b", None, "b"]


def test_a_raw_file_is_read_by_its_distinct_texts(tmp_path: Path) -> None:
    path = tmp_path / "raw.parquet"
    rows = 3000
    names = [f"P{i:06d}" for i in range(rows)]
    pd.DataFrame({"site": ["x", "x", None] * (rows // 3), "pid": names, "code": range(rows), "other": 0}).to_parquet(
        path
    )
    found = parquet.read_raw(path, ["site", "pid", "code"])
    assert found["site"].cat.categories.tolist() == ["x"]
    assert found["code"].tolist() == list(range(rows))
    assert found["pid"].dtype == object and found["pid"].tolist() == names


def test_identifiers_are_written_as_they_are_and_come_back(tmp_path: Path) -> None:
    path, names = tmp_path / "table.parquet", [f"P{i:06d}" for i in range(3000)]
    table = pd.DataFrame({"person_id": [*names, None], "kind": ["a", "b", None] * 1000 + ["a"]})
    parquet.write(table, path)
    pd.testing.assert_frame_equal(parquet.read_written(path), table)


@pytest.mark.parametrize(
    "values",
    [
        [1.0, -9.0, np.nan, 1.0],
        [0.5, 1.5, 0.25],
        [1.0, np.inf, 2.0],
        [1e308, 1.0],
        [np.nan, np.nan],
        [],
        [2.0**60, 0.0],
    ],
)
def test_floats_keep_their_values(values: list[float]) -> None:
    cells = cells_of(pd.Series(values, dtype=float))
    np.testing.assert_array_equal(cells.spread(cells.values), values)
    assert len(cells) == len(values)


def test_whole_floats_are_held_once_each() -> None:
    cells = cells_of(pd.Series([3.0, -9.0, np.nan, 3.0]))
    assert cells.values[:2].tolist() == [-9.0, 3.0]
    assert np.isnan(cells.values[2:]).all()


def test_whole_numbers_without_a_code_stay_exact() -> None:
    large = 2**53 + 1
    cells = cells_of(pd.Series([large, -9, 7]))
    left = cells.without(cells.among([-9]))
    assert left.spread(left.text).tolist() == [str(large), None, "7"]
    cells = cells_of(pd.Series([100_000, -9, 7]))
    left = cells.without(cells.among([-9]))
    assert left.spread(left.text).tolist() == ["100000", None, "7"]
