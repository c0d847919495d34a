"""Everything that is guessed of a file, in one place."""

from dataclasses import dataclass, field

import pandas as pd

from ..errors import ResearchError
from ..ingest.formats import RawTable
from . import roles, values
from .profile import Column, profile
from .roles import Follow, Guess
from .values import Meaning

RESERVED = {"person_id", "country", "site", "gender", "age", "birth_year", "weight", "wave", "time", "peer"}
RESERVED |= {"source_file", "source_row", "previous", "people"}
MOST_USED = 25


@dataclass(frozen=True)
class Own:
    """A column of the study's own: its name in the settings, what it means, where it belongs and whether it is used.

    Attributes
    ----------
    varies : whether it differs between a person's interviews.
    used : whether the draft reads it without being asked.
    """

    name: str
    column: Column
    meaning: Meaning
    varies: bool
    used: bool


@dataclass
class Draft:
    """What a file is taken for; see roles and values for how each was guessed."""

    raw: RawTable
    columns: list[Column]
    no_answer: list[int]
    person: Guess | None
    wave: Guess | None
    gender: tuple[Column, Meaning] | None
    age: Guess | None
    birth_year: Guess | None
    dates: list[Column]
    elapsed: Column | None
    follow_ups: list[Follow]
    own: list[Own] = field(default_factory=list)
    peer: Own | None = None
    peer_named: bool = False

    @property
    def rare(self) -> dict[str, list[str]]:
        """Codes that fewer than five people have, of columns that the draft recodes: for the terminal only."""
        recoded = [self.gender[0]] if self.gender else []
        recoded += [own.column for own in self.own if (own.used or own is self.peer) and own.meaning.recode]
        return {c.name: unlisted for c in recoded if (unlisted := [r for r in c.rare if r not in c.labels])}


def guess(raw: RawTable) -> Draft:
    """Take a file apart.

    Raises
    ------
    ResearchError
        If it has no column.
    """
    if not raw.columns:
        raise ResearchError(f"{raw.file} has no columns. Check that the export was complete.")
    no_answer = values.no_answer_codes(profile(raw))
    person = roles.guess_person(profile(raw, no_answer))
    columns = profile(raw, no_answer, person.column.name if person else None)
    wave = roles.guess_wave(columns, person.column) if person else None
    draft = Draft(
        raw,
        columns,
        no_answer,
        person,
        wave,
        values.gender(columns),
        roles.guess_age(columns),
        roles.guess_birth_year(columns),
        [g.column for g in roles.guess_dates(columns)],
        roles.guess_elapsed(columns, wave.column) if wave else None,
        roles.guess_follow_up(columns),
    )
    draft.own = _own(draft)
    _choose_peer(draft)
    return draft


def _own(draft: Draft) -> list[Own]:
    guessed = [g.column for g in (draft.person, draft.wave, draft.age, draft.birth_year) if g]
    guessed += [draft.gender[0]] if draft.gender else []
    guessed += [c for pair in draft.follow_ups for c in (pair.time, pair.status)]
    guessed += [draft.elapsed] if draft.elapsed else []
    taken = {c.name for c in guessed} | {c.name for c in draft.dates}
    told = {"sex", "gender", "female", "male"} if draft.gender else set()
    told |= {pair.name for pair in draft.follow_ups}
    found: list[Own] = []
    names: set[str] = set()
    for column in draft.columns:
        if column.name in taken:
            continue
        meaning = values.meaning(column)
        varies = draft.wave is not None and not roles.same_within_people(column)
        used = meaning.confidence == "exact" and sum(own.used for own in found) < MOST_USED
        used = used and not _identifies(column) and _not_a_row_number(column) and column.name.lower() not in told
        found.append(Own(_named(column, names), column, meaning, varies, used))
    return found


def _identifies(column: Column) -> bool:
    """Whether it is another identifier, such as a row number beside a person's."""
    return bool({column.name.lower()} & (roles.ROW_WORDS | roles.PERSON_WORDS))


def _not_a_row_number(column: Column) -> bool:
    return column.kind != "whole" or pd.Series(column.codes).nunique() < max(len(column.cells.values), 2)


def _named(column: Column, names: set[str]) -> str:
    """A name for the settings that is not taken: letters, digits and _."""
    plain = values.identifier(column.name, "column")
    plain = f"{plain}_answer" if plain in RESERVED else plain
    unique = plain
    for number in range(2, len(names) + 3):
        if unique not in names:
            break
        unique = f"{plain}_{number}"
    names.add(unique)
    return unique


def _choose_peer(draft: Draft) -> None:
    """The yes/no column that is compared: one that is called peers, else any, which the researcher must replace."""
    able = [own for own in draft.own if own.meaning.type == "binary"]
    able = [own for own in able if draft.wave is None or own.varies] or able
    called = roles.guess_peer([own.column for own in able])
    draft.peer_named = called is not None
    exact = [own for own in able if own.used] or able
    draft.peer = next((own for own in able if own.column is called), exact[0] if exact else None)
