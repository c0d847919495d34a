"""What an instrument is made of, as data."""

from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]


@dataclass(frozen=True)
class Scale:
    """A score made of items that count alike.

    Attributes
    ----------
    name : what is added to the name that the study gives; empty for the score that bears that name alone.
    label : name as printed.
    items : numbers of its items, the first item of the instrument being 1.
    low, high : lowest and highest possible score.
    how : `sum` of the answers, or `percent`: their mean from the lowest (0) to the highest answer (100).
    most_missing : how many items may be without an answer; with more there is no score.
    """

    name: str
    label: str
    items: tuple[int, ...]
    low: float
    high: float
    how: Literal["sum", "percent"] = "sum"
    most_missing: int = 0


@dataclass(frozen=True)
class WeightedScale:
    """A score that adds a published weight for each answer to a constant; every item must be answered.

    Attributes
    ----------
    name, label : as in Scale.
    constant : the score of a person whose every answer weighs nothing.
    weights : for each item of the instrument, the weight of each answer from the lowest on.
    """

    name: str
    label: str
    constant: float
    weights: tuple[tuple[float, ...], ...]

    @property
    def items(self) -> tuple[int, ...]:
        """Numbers of its items: all."""
        return tuple(range(1, len(self.weights) + 1))

    @property
    def low(self) -> float:
        """Lowest possible score."""
        return self.constant + sum(min(answers) for answers in self.weights)

    @property
    def high(self) -> float:
        """Highest possible score."""
        return self.constant + sum(max(answers) for answers in self.weights)


@dataclass(frozen=True)
class Instrument:
    """One published instrument.

    Attributes
    ----------
    name : name in a study's configuration.
    title : name as printed.
    answers : lowest and highest valid answer of each item, in the order of the items.
    scales : its scores.
    citation : where the scoring is published.
    reversed : items whose lowest answer counts as the highest.
    most_missing : how many items of the whole may be without an answer; None where no such rule is published.
    cut : the published cut-off of the score that bears the study's name alone, if there is one.
    """

    name: str
    title: str
    answers: tuple[Span, ...]
    scales: tuple[Scale | WeightedScale, ...]
    citation: str
    reversed: tuple[int, ...] = ()
    most_missing: int | None = None
    cut: float | None = None


def run(first: int, last: int) -> tuple[int, ...]:
    """Item numbers from first to last, both included."""
    return tuple(range(first, last + 1))
