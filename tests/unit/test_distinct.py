"""The cells of text columns of which hardly any text is there twice, as large files have them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from recovery_analysis.ingest.distinct import cells_of

IDS = ["p1", "p2", "p3", "p2"]


def held_by_arrow(texts):
    return pd.Series(pd.array(pa.array(texts, pa.string()), dtype=pd.ArrowDtype(pa.string())))


def held_in_pieces(texts):
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([texts[:1], texts[1:], []], pa.string())))


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
    for column in (held_by_arrow(texts), held_in_pieces(texts), pd.Series(texts, dtype=object)):
        cells = cells_of(column)
        assert cells.spread(cells.text).tolist() == expected
        assert cells.spread_texts(cells.text).astype(object).tolist() == [t or np.nan for t in expected]


def test_an_identifier_keeps_its_noughts_beside_numbers():
    for held in (held_by_arrow, held_in_pieces):
        noughts_are_kept(cells_of(held(["007", "7", "12", None])))


def noughts_are_kept(cells):
    assert cells.spread(cells.text).tolist() == ["007", "7", "12", None]
    assert np.array_equal(cells.spread(cells.number), [7, 7, 12, np.nan], equal_nan=True)
    assert cells.spread_texts(cells.text).astype(object).tolist() == ["007", "7", "12", np.nan]
