"""What a briefing says, apart from how it looks: one structure, written as PDF and as Word."""

from dataclasses import dataclass
from enum import Enum


class Strength(Enum):
    """How sure a statement is, in the words that the reader sees."""

    CLEAR = "clear"
    SOME_SIGN = "some sign"
    CANNOT_TELL = "cannot tell"
    TOO_FEW = "too few people"


@dataclass(frozen=True)
class Statement:
    """A sentence built from one row of the estimates, and how sure it is.

    `text` stands alone; `brief` stands where it has been said which people are compared.
    """

    text: str
    brief: str
    strength: Strength


@dataclass(frozen=True)
class FindingText:
    """One question and its answer: for everyone, then for each gender, then whether genders differ."""

    heading: str
    everyone: Statement
    genders: tuple[str, ...]
    people: str

    @property
    def in_one(self) -> str:
        """The answer as one paragraph."""
        return " ".join((self.everyone.brief, self.people, *self.genders))


@dataclass(frozen=True)
class NumbersTable:
    """The numbers behind the sentences; the first column heads each row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FigureText:
    """Words of the figure: heading, caption if any, and its content for a reader who cannot see it."""

    title: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Section:
    """A heading with short paragraphs or points; a pair (lead, text) starts with the lead in bold."""

    heading: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Document:
    """The whole briefing. `label` is printed on every page and on the first line if it is not empty."""

    title: str
    study: str
    label: str
    question: str
    who: tuple[str, ...]
    key_points: Section
    figure: FigureText
    how_sure: Section
    table: NumbersTable
    comparison: str
    findings: tuple[FindingText, ...]
    cautions: Section
    method: Section
    source: tuple[tuple[str, str], ...]
