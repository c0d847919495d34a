"""Tables in columnar files: what was written comes back, and people are numbered alike in all tables of a study."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recovery_analysis.io import read_coded, read_table, texts_as_objects, write_table, write_tables

PERSONS = pd.DataFrame({"person_id": ["b", None, "a"], "site": ["x", "x", None], "age": [40.0, np.nan, 31.5]})
WAVES = pd.DataFrame({"person_id": ["c", "a", "a"], "wave": pd.array([0, None, 1], dtype="Int64")})
SPELLS = pd.DataFrame({"person_id": pd.Series([], dtype=object), "start": pd.Series([], dtype=float)})


@pytest.fixture(params=["parquet", "arrow"])
def paths(tmp_path, request):
    tables = {"persons": PERSONS, "spells": SPELLS, "waves": WAVES}
    for name, table in tables.items():
        write_table(table, tmp_path / f"{name}.{request.param}")
    return {name: tmp_path / f"{name}.{request.param}" for name in tables}


def plain(frame):
    return frame.astype(object).where(frame.notna(), None)


def test_coded_tables_say_what_the_plain_ones_say(paths):
    coded = read_coded(paths, "person_id")
    for name, path in paths.items():
        assert_frame_equal(plain(texts_as_objects(coded[name])), plain(read_table(path)))


def test_a_person_has_one_number_in_all_tables(paths):
    coded = read_coded(paths, "person_id")
    ids = {name: frame["person_id"].cat for name, frame in coded.items()}
    assert all(own.categories is ids["persons"].categories for own in ids.values())
    assert list(ids["persons"].categories) == ["b", "a", "c"]
    assert ids["persons"].codes.tolist() == [0, -1, 1]
    assert ids["waves"].codes.tolist() == [2, 1, 1]
    assert len(ids["spells"].codes) == 0


def test_what_is_read_coded_is_written_as_it_came(paths, tmp_path):
    for name, frame in read_coded(paths, "person_id").items():
        again = tmp_path / "again.parquet"
        write_table(frame, again)
        assert_frame_equal(read_table(again), read_table(paths[name]), check_dtype=name != "spells")


def test_tables_that_share_their_identifiers_are_written_together(tmp_path):
    people = pd.CategoricalDtype(["a", "b", "never seen"])
    one = pd.DataFrame({"person_id": pd.Categorical(["b", "a"], dtype=people), "age": [31.0, np.nan]})
    other = pd.DataFrame({"person_id": pd.Categorical(["b", None, "b"], dtype=people), "wave": [0, 1, 2]})
    paths = {"one": str(tmp_path / "new" / "one.arrow"), "other": str(tmp_path / "new" / "other.arrow")}
    write_tables({"one": one, "other": other}, paths)
    coded = read_coded(paths, "person_id")
    assert coded["one"]["person_id"].cat.categories is coded["other"]["person_id"].cat.categories
    assert_frame_equal(plain(coded["one"]), plain(one))
    assert_frame_equal(plain(coded["other"]), plain(other))


def test_a_table_that_is_held_stays_as_it_is_when_its_file_is_written_anew(tmp_path):
    path = tmp_path / "waves.arrow"
    write_table(pd.DataFrame({"person_id": ["a"] * 5000, "score": np.arange(5000.0)}), path)
    held = read_coded({"waves": path}, "person_id")["waves"]
    write_table(pd.DataFrame({"person_id": ["b"], "score": [-1.0]}), path)
    assert held["score"].tolist() == list(range(5000))


def test_an_arrow_file_has_the_same_bytes_each_time(tmp_path):
    for name in ("one", "other"):
        write_table(PERSONS, tmp_path / f"{name}.arrow")
    assert (tmp_path / "one.arrow").read_bytes() == (tmp_path / "other.arrow").read_bytes()
