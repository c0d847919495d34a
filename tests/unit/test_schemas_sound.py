"""The quick look at a table vouches for it only where Pandera would."""

import numpy as np
import pandas as pd
import pandera.errors
import pytest

from recovery_analysis.schemas.canonical import canonical_schema
from recovery_analysis.schemas.sound import more_than_once, sound
from recovery_analysis.study import Variable

SCHEMA = canonical_schema(
    "waves",
    {
        "score": Variable(label="Score", type="number", range=(0, 10), whole=True),
        "peer": Variable(label="Peer", type="binary"),
        "housing": Variable(label="Housing", type="category", levels={"own": "Own", "none": "None"}),
    },
    ["score", "peer", "housing"],
)


def waves() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": ["a", "a", "b"],
            "wave": pd.array([0, 1, 0], dtype="Int64"),
            "time": [0.0, 0.5, np.nan],
            "score": [0.0, 10.0, np.nan],
            "peer": [0.0, 1.0, np.nan],
            "housing": ["own", None, "none"],
            "source_file": "x.csv",
            "source_row": pd.array([1, 2, 3], dtype="Int64"),
        }
    )


def test_a_sound_table_comes_out_as_pandera_gives_it():
    pd.testing.assert_frame_equal(sound(waves(), SCHEMA), SCHEMA.validate(waves(), lazy=True))


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [
        ("person_id", 0, None),
        ("wave", 1, 0),
        ("wave", 0, -1),
        ("wave", 0, pd.NA),
        ("score", 0, 11.0),
        ("score", 0, 0.5),
        ("peer", 0, 2.0),
        ("housing", 0, "street"),
        ("source_row", 0, 0),
    ],
)
def test_a_faulty_table_is_never_vouched_for(column, row, value):
    frame = waves()
    frame.loc[row, column] = value
    assert sound(frame, SCHEMA) is None
    with pytest.raises(pandera.errors.SchemaErrors):
        SCHEMA.validate(frame, lazy=True)


def test_a_table_with_other_columns_is_never_vouched_for():
    assert sound(waves().drop(columns="time"), SCHEMA) is None
    assert sound(waves().assign(more=1.0), SCHEMA) is None


@pytest.mark.parametrize("texts", [1, 126, 127, 128, 129, 300])
@pytest.mark.parametrize("twice", [False, True])
def test_a_key_that_is_there_twice_is_seen_however_its_columns_are_held(texts, twice):
    names = [f"e{i}" for i in range(texts)]
    rows = [(f"p{i}", name) for i in range(3) for name in names] + [("p2", names[-1])] * twice
    frame = pd.DataFrame(rows, columns=["person_id", "event"]).assign(time=1.0)
    schema = canonical_schema("events", {}, [])
    more = {"observed": True, "precision": "day", "source_file": "f", "source_row": 1}
    frame = frame.assign(**more)[list(schema.columns)]
    coded = frame.astype({"person_id": "category", "event": "category"})
    assert (sound(frame, schema) is None, sound(coded, schema) is None) == (twice, twice)


def test_numbers_far_apart_are_told_apart_as_those_close_together():
    for key in ([5, 7, 5], [5, 10**15, 5], [], [-3, 8, 9]):
        expected = pd.Series(key, dtype=np.int64).duplicated(keep=False)
        assert more_than_once(np.array(key, dtype=np.int64)).tolist() == expected.tolist()
