"""Tables in parquet: what was written comes back, and people are numbered alike in all tables of a study."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recovery_analysis.io import read_coded, read_table, texts_as_objects, write_table

PERSONS = pd.DataFrame({"person_id": ["b", None, "a"], "site": ["x", "x", None], "age": [40.0, np.nan, 31.5]})
WAVES = pd.DataFrame({"person_id": ["c", "a", "a"], "wave": pd.array([0, None, 1], dtype="Int64")})
SPELLS = pd.DataFrame({"person_id": pd.Series([], dtype=object), "start": pd.Series([], dtype=float)})


@pytest.fixture()
def paths(tmp_path):
    tables = {"persons": PERSONS, "spells": SPELLS, "waves": WAVES}
    for name, table in tables.items():
        write_table(table, tmp_path / f"{name}.parquet")
    return {name: tmp_path / f"{name}.parquet" for name in tables}


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
