"""The cells of text columns of which hardly any text is there twice, as large files have them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from recovery_analysis.ingest.distinct import cells_of

IDS = ["p1", "p2", "p3", "p2"]


def held_by_arrow(texts):
    return pd.Series(pd.array(pa.array(texts, pa.string()), dtype=pd.ArrowDtype(pa.string())))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (IDS, IDS),
        (["p1", None, "p3", "p2"], ["p1", None, "p3", "p2"]),
        (["p1 ", "\tp2", "p3\x1f", "p2"], IDS),
        (["Zoë", "Zoë\u2003", "p3", "p2"], ["Zoë", "Zoë", "p3", "p2"]),
        (["p1", "", "  ", "p2"], ["p1", None, None, "p2"]),
        ([None, None, None, None], [None, None, None, None]),
        (["a b", "p2", "p3", "p2"], ["a b", "p2", "p3", "p2"]),
    ],
)
def test_texts_are_read_without_blanks_however_they_are_held(texts, expected):
    for column in (held_by_arrow(texts), pd.Series(texts, dtype=object)):
        cells = cells_of(column)
        assert cells.spread(cells.text).tolist() == expected
        assert cells.spread_texts(cells.text).astype(object).tolist() == [t or np.nan for t in expected]


def test_an_identifier_keeps_its_noughts_beside_numbers():
    cells = cells_of(held_by_arrow(["007", "7", "12", None]))
    assert cells.spread(cells.text).tolist() == ["007", "7", "12", None]
    assert np.array_equal(cells.spread(cells.number), [7, 7, 12, np.nan], equal_nan=True)
    assert cells.spread_texts(cells.text).astype(object).tolist() == ["007", "7", "12", np.nan]
