"""Numbers as a reader sees them: shared by figures, tables and briefings.

Text has a true minus and a no-break space before a percent sign; `plain` makes it fit for a
spreadsheet. A missing number, suppressed or not, is always the same dash.
"""

import math
import re
from collections.abc import Iterable, Mapping

MISSING = "–"
MINUS = "−"
NBSP = "\u00a0"
MARKS = "†‡§¶"
# A spreadsheet takes a text that starts with one of these for a formula.
MAY_CHANGE = ("=", "+", "-", "@", "\t", "\r", "'")
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def is_missing(value: float | None) -> bool:
    """True for None and for not-a-number."""
    return value is None or value != value


def number(value: float | None, digits: int = 1) -> str:
    """A number with a fixed count of decimals, thousands separated, and never a minus before zero."""
    if is_missing(value):
        return MISSING
    text = f"{value:,.{digits}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def count(value: float | None) -> str:
    """A number of people, rows or events: whole, thousands separated."""
    return number(value, 0)


def percent(value: float | None, n: float | None = None, total: float | None = None, digits: int = 1) -> str:
    """A percentage; ``<0.1 %`` where somebody is counted, ``>99.9 %`` where not everybody is.

    Parameters
    ----------
    value : 0 to 100.
    n, total : the counts behind it; without them the value itself tells whether it is truly 0 or 100.
    """
    if is_missing(value):
        return MISSING
    least, most = 10**-digits, 100 - 10**-digits
    some = value > 0 if is_missing(n) else n > 0
    all_of_them = value >= 100 if is_missing(n) or is_missing(total) else n >= total
    text = number(value, digits)
    if some and float(f"{value:.{digits}f}") == 0:
        text = f"<{least:.{digits}f}"
    elif not all_of_them and float(f"{value:.{digits}f}") >= 100:
        text = f">{most:.{digits}f}"
    return f"{text}{NBSP}%"


def count_percent(n: float | None, value: float | None, total: float | None = None) -> str:
    """``123 (45.6 %)``, or the dash if the count is missing."""
    if is_missing(n):
        return MISSING
    return count(n) if is_missing(value) else f"{count(n)} ({percent(value, n, total)})"


def mean_sd(mean: float | None, sd: float | None, digits: int = 1) -> str:
    """``37.2 (9.8)``, or the dash if the mean is missing."""
    if is_missing(mean):
        return MISSING
    return number(mean, digits) if is_missing(sd) else f"{number(mean, digits)} ({number(sd, digits)})"


def ratio(value: float | None) -> str:
    """A ratio: two decimals, fewer when it is large, and bounds where it cannot be printed."""
    if is_missing(value):
        return MISSING
    if value < 0.005:
        return "<0.01"
    if value >= 1000:
        return ">1,000"
    return number(value, 2 if value < 10 else 1 if value < 100 else 0)


def difference_digits(low: float | None, high: float | None) -> int:
    """Decimals that suit an interval: two for one narrower than 2, otherwise one."""
    if is_missing(low) or is_missing(high):
        return 2
    return 2 if abs(high - low) < 2 else 1


def interval(estimate: float | None, low: float | None, high: float | None, scale: str) -> str:
    """``1.12 (0.98 to 1.29)`` from numbers on the scale of the model.

    Parameters
    ----------
    scale : ``log_hazard`` and ``log_odds`` are exponentiated here; any other scale is printed as it is.
    """
    if is_missing(estimate):
        return MISSING
    if is_log(scale):
        first, digits, same = ratio(natural(estimate, scale)), 2, 1.0
    else:
        digits, same = difference_digits(low, high), 0.0
        first = number(estimate, digits)
    if is_missing(low) or is_missing(high):
        return first
    ends = [ratio(natural(value, scale)) if is_log(scale) else number(value, digits) for value in (low, high)]
    ends = [apart(natural(v, scale), text, same, digits) for v, text in zip((low, high), ends, strict=True)]
    return f"{first} ({ends[0]} to {ends[1]})"


def detectable(value: float | None, scale: str) -> str:
    """What a null could have found, both ways: ``1.50 or more, 0.67 or less``, or ``0.94 up or down``; empty for none.

    Parameters
    ----------
    value : above no difference, on the scale of the model.
    """
    if is_missing(value):
        return ""
    if is_log(scale):
        return f"{ratio(natural(value, scale))} or more, {ratio(natural(-value, scale))} or less"
    return f"{number(value, difference_digits(-value, value))} up or down"


def apart(value: float, text: str, same: float, digits: int) -> str:
    """The text, or one or two decimals more where it says that an end is at no difference and the end is not."""
    for more in range(digits, digits + 3):
        if round(value, more) != same:
            return text if more == digits else number(value, more)
    return text


def is_log(scale: str) -> bool:
    """True for a scale on which zero means a ratio of one."""
    return scale.startswith("log_")


def natural(value: float | None, scale: str) -> float:
    """The value as a reader knows it: a ratio instead of its logarithm; infinite if it is beyond printing."""
    if is_missing(value):
        return math.nan
    return math.exp(min(value, 700.0)) if is_log(scale) else float(value)


def p_value(value: float | None) -> str:
    """``<0.001``, three decimals below 0.1, two above, and never 1."""
    if is_missing(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    if value < 0.0995:
        return f"{value:.3f}"
    return ">0.99" if value >= 0.995 else f"{value:.2f}"


def p_equals(value: float | None) -> str:
    """A p-value in a sentence: ``p = 0.03``, ``p < 0.001``, with spaces that do not break."""
    text = p_value(value)
    sign, number_only = (text[0], text[1:]) if text[0] in "<>" else ("=", text)
    return f"p {sign} {number_only}".replace(" ", NBSP)


def level(value: float | None) -> str:
    """A confidence level of 0.95 as ``95 %``."""
    return f"{(0.95 if is_missing(value) else value) * 100:g}{NBSP}%"


def plain(text: str) -> str:
    """The same text with a hyphen for the minus and ordinary spaces, for a spreadsheet."""
    return text.replace(MINUS, "-").replace(NBSP, " ")


def listed(items: list[str]) -> str:
    """``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def marks(reasons: Iterable[str]) -> dict[str, str]:
    """A footnote mark for each different reason, in the order in which they come."""
    different = list(dict.fromkeys(reasons))
    return {reason: MARKS[i % len(MARKS)] * (1 + i // len(MARKS)) for i, reason in enumerate(different)}


def marked(reasons: Iterable[str], known: Mapping[str, str]) -> str:
    """The marks of these reasons, in the order of the footnotes."""
    own = set(reasons)
    return "".join(mark for reason, mark in known.items() if reason in own)


def first_sentence(text: str | None) -> str:
    """The first sentence of a note, which says why there is no number; empty without a note."""
    return re.split(r"(?<=[.!?]) (?=\S)", text, maxsplit=1)[0] if isinstance(text, str) else ""


def for_spreadsheet(text: str) -> str:
    """The text with an apostrophe first where a spreadsheet would take it for a formula; numbers stay.

    >>> for_spreadsheet("=1+1")
    "'=1+1"
    """
    return f"'{text}" if FORMULA.match(text) and not _is_number(text) else text


def from_spreadsheet(text: str) -> str:
    """What `for_spreadsheet` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
