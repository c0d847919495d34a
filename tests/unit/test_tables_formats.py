"""Numbers as a reader sees them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery_analysis import formats, labels

FLOATS = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1472, 0, "1,472"),
        (-0.001, 2, "0.00"),
        (-7.25, 1, "−7.2"),
        (math.nan, 1, "–"),
        (None, 1, "–"),
        (0, 0, "0"),
    ],
)
def test_number(value, digits, expected):
    assert formats.number(value, digits) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((45.55,), "45.5 %"),
        ((0.03, 1, 3000), "<0.1 %"),
        ((0.0, 0, 3000), "0.0 %"),
        ((99.97, 2999, 3000), ">99.9 %"),
        ((100.0, 3000, 3000), "100.0 %"),
        ((0.3, None, None, 0), "<1 %"),
        ((99.8, None, None, 0), ">99 %"),
        ((math.nan, 1, 2), "–"),
    ],
)
def test_percent(arguments, expected):
    assert formats.percent(*arguments).replace(formats.NBSP, " ") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.00005, "<0.001"), (0.0412, "0.041"), (0.0996, "0.10"), (0.23, "0.23"), (0.999, ">0.99"), (None, "–")],
)
def test_p_value(value, expected):
    assert formats.p_value(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.0001, "p < 0.001"), (0.032, "p = 0.032"), (1.0, "p > 0.99")])
def test_p_value_in_a_sentence(value, expected):
    assert formats.p_equals(value).replace(formats.NBSP, " ") == expected


def test_interval_exponentiates_ratios_and_leaves_differences():
    low, high = math.log(0.98), math.log(1.29)
    assert formats.interval(math.log(1.12), low, high, "log_hazard") == "1.12 (0.98 to 1.29)"
    assert formats.interval(-1.234, -2.0, 0.1, "difference") == "−1.2 (−2.0 to 0.1)"
    assert formats.interval(math.nan, low, high, "log_odds") == "–"


@pytest.mark.parametrize(("value", "expected"), [(0.001, "<0.01"), (12.34, "12.3"), (123.4, "123"), (5e9, ">1,000")])
def test_ratio(value, expected):
    assert formats.ratio(value) == expected


@given(FLOATS, st.integers(0, 3))
def test_no_number_is_minus_zero_and_each_reads_back(value, digits):
    text = formats.plain(formats.number(value, digits))
    assert not (text.startswith("-") and float(text.replace(",", "")) == 0)
    assert float(text.replace(",", "")) == pytest.approx(value, abs=0.51 * 10**-digits)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_of_somebody_is_never_zero_and_of_not_all_never_hundred(n, total):
    n = min(n, total)
    text = formats.percent(100 * n / total, n, total)
    assert (text.startswith("0.0")) == (n == 0)
    assert (text.startswith("100")) == (n == total)


def test_marks_number_different_reasons_once_in_order():
    assert formats.marks(["b", "a", "b"]) == {"b": "†", "a": "‡"}
    assert formats.marks("abcde")["e"] == "††"
    assert formats.marked(["a", "b", "a"], formats.marks(["b", "a"])) == "†‡"


def test_lists_in_words():
    assert [formats.listed(list(x)) for x in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_an_end_that_is_not_at_no_difference_is_not_printed_as_if_it_were():
    """A reader told that 1 means no difference would not believe a clear answer from 1.00 to 1.66."""
    ends = math.log(1.003), math.log(1.66)
    assert formats.interval(math.log(1.29), *ends, "log_hazard") == "1.29 (1.003 to 1.66)"
    assert formats.interval(0.5, 0.0, 0.9, "difference") == "0.50 (0.00 to 0.90)"
    assert formats.interval(0.5, -0.003, 0.9, "difference") == "0.50 (−0.003 to 0.90)"
    assert formats.interval(math.log(0.5), math.log(0.2), -1e-9, "log_odds") == "0.50 (0.20 to 1.00)"


def test_a_label_inside_a_sentence_keeps_its_acronyms():
    assert labels.inside("Did not attend AA") == "did not attend AA"
    assert labels.inside("AA or NA not attended") == "AA or NA not attended"
