"""Numbers and labels in plain words."""

import re
from dataclasses import dataclass

from .. import formats, labels
from ..study import Variable

CLOSING_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
GENDER_NOUN = {
    "woman": "women",
    "man": "men",
    "non_binary": "non-binary people",
    "other": "people of another gender",
    "undisclosed": "people whose gender is not disclosed",
}
MOST_IN_PERCENT = 2.0


@dataclass(frozen=True)
class Change:
    """Words for a ratio below, above and at one, and for a multiple; all are followed by `noun`."""

    less: str
    more: str
    same: str
    times: str
    noun: str


CHANGE = {
    "log_hazard": Change("less", "more", "equally", "as", "likely"),
    "log_time": Change("shorter", "longer", "the same", "the", "time"),
    "log_odds": Change("lower", "higher", "the same", "the", "odds"),
}


def phrase(label: str) -> str:
    """A label as it stands inside a sentence: no closing bracket, small first letter unless it is an acronym.

    >>> phrase("Depressive symptoms (CES-D, 0-60 points)")
    'depressive symptoms'
    """
    return labels.inside(CLOSING_BRACKET.sub("", label).rstrip("."))


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def change(log_ratio: float, words: Change) -> str:
    """One end of an interval of ratios as a change: `12 % less`, `31 % more`.

    A doubling or more is said as `2.40 times as`, since percentages above 100 are misread.

    Parameters
    ----------
    log_ratio : the end of the interval on the log scale.
    """
    ratio = formats.natural(log_ratio, "log_")
    if ratio >= MOST_IN_PERCENT:
        return f"{formats.ratio(ratio)} times {words.times}"
    percent = round(100 * abs(ratio - 1))
    if percent == 0:
        return words.same
    return f"{percent}{formats.NBSP}% {words.less if ratio < 1 else words.more}"


def span(log_low: float, log_high: float, words: Change) -> str:
    """Both ends of an interval of ratios: `12 % less to 31 % more likely`."""
    return f"{change(log_low, words)} to {change(log_high, words)} {words.noun}"


def scale_of(variable: Variable | None) -> str:
    """The range of a measure in its own unit: `on a scale of 0 to 14 points`; empty if not stated."""
    if variable is None or variable.range is None:
        return ""
    low, high = variable.range
    return f"on a scale of {low:g} to {high:g} {variable.unit or ''}".rstrip()


def bare(label: str) -> str:
    """A label without its closing bracket: `Social support of friends`."""
    return CLOSING_BRACKET.sub("", label)


def sentence(text: str) -> str:
    """The text with single spaces and a full stop at its end."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
