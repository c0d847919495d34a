"""Everything that is guessed of a file, in one place."""

from dataclasses import dataclass, field, replace

from ..column_rules import KEYS, MADE
from ..errors import ResearchError
from ..ingest.formats import RawTable
from . import roles, values
from .ages import AgeGuess, guess_age
from .column import Column
from .profile import counted_in_people, profile
from .roles import Follow, Guess
from .start_stop import StartStop, start_stop
from .statuses import events_of
from .told_times import told_pairs
from .values import Meaning

RESERVED = {*KEYS, *MADE, "people", "observed", "ongoing", "present"}
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


@dataclass(frozen=True)
class WideWaves:
    """Questions asked at several interviews, each a column of its own.

    Attributes
    ----------
    texts : what differs between the names, in the order of the interviews.
    measures : name with `{wave}` in it → its columns, in that order.
    dates : the same for dates.
    stems : the same name → the name without what tells interviews apart.
    unit : the unit that the texts count in, such as months; missing where the names do not say.
    sure : whether the names speak of interviews, and not of the items of a scale.
    """

    texts: tuple[str, ...]
    measures: dict[str, tuple[Own, ...]]
    dates: dict[str, tuple[Column, ...]]
    stems: dict[str, str]
    unit: str | None
    sure: bool


@dataclass
class Draft:
    """What a file is taken for; see roles and values for how each was guessed.

    `wide` is there where the file holds several interviews in a row, and the draft reads it so; `start_stop` where
    people have several rows that each go from a time to a time.
    """

    raw: RawTable
    columns: list[Column]
    no_answer: list[int]
    person: Guess | None
    wave: Guess | None
    gender: tuple[Column, Meaning] | None
    age: AgeGuess | None
    birth_year: Guess | None
    dates: list[Column]
    elapsed: Column | None
    follow_ups: list[Follow]
    own: list[Own] = field(default_factory=list)
    peer: Own | None = None
    peer_named: bool = False
    wide: WideWaves | None = None
    start_stop: StartStop | None = None

    @property
    def rare(self) -> dict[str, list[str]]:
        """Codes that fewer than five people have, of columns that the draft recodes: for the terminal only."""
        recoded = [self.gender] if self.gender else []
        recoded += [(own.column, own.meaning) for own in self.own if own.used or own is self.peer]
        pairs = {c.name: [code for code in c.rare if code not in m.recode] for c, m in recoded if m.recode}
        return {name: codes for name, codes in pairs.items() if codes}


def guess(raw: RawTable) -> Draft:
    """Take a file apart.

    Raises
    ------
    ResearchError
        If it has no column.
    """
    if not raw.columns:
        raise ResearchError(f"{raw.file} has no columns. Check that the export was complete.")
    columns = profile(raw)
    no_answer = values.no_answer_codes(columns)
    columns = profile(raw, no_answer) if no_answer else columns
    if (person := roles.guess_person(columns)) is not None:
        columns = counted_in_people(columns, person.column)
    wave = roles.guess_wave(columns, person.column) if person else None
    rows = start_stop(columns, person.column) if person else None
    if rows and wave and wave.confidence == "exact" and wave.column not in rows.columns:
        rows = None
    wave = None if rows else wave
    answers = values.yes_no_codes(columns)
    named = [] if rows else roles.guess_follow_up(columns, answers, events_of)
    draft = Draft(
        raw,
        columns,
        no_answer,
        person,
        wave,
        values.gender(columns),
        guess_age(columns),
        roles.guess_birth_year(columns),
        [g.column for g in roles.guess_dates(columns)],
        roles.guess_elapsed(columns, wave.column) if wave else None,
        [] if rows else [*named, *told_pairs(columns, named, answers)],
        start_stop=rows,
    )
    draft.own = _own(draft)
    choose_peer(draft)
    return draft


def _own(draft: Draft) -> list[Own]:
    guessed = [g.column for g in (draft.person, draft.wave, draft.age, draft.birth_year) if g]
    guessed += [draft.gender[0]] if draft.gender else []
    guessed += [c for pair in draft.follow_ups for c in (pair.time, pair.status)]
    guessed += [draft.elapsed] if draft.elapsed else []
    guessed += draft.start_stop.columns if draft.start_stop else []
    taken = {c.name for c in guessed} | {c.name for c in draft.dates}
    told = {"sex", "gender", "female", "male"} if draft.gender else set()
    told |= {pair.name for pair in draft.follow_ups}
    found: list[Own] = []
    names: set[str] = set()
    for column in draft.columns:
        if column.name in taken:
            continue
        meaning = values.meaning(column)
        varies = draft.wave is not None and not column.same_within_people
        used = meaning.confidence == "exact" and sum(own.used for own in found) < MOST_USED
        used = used and not _identifies(column) and _not_a_row_number(column) and column.name.lower() not in told
        found.append(Own(_named(column, names), column, meaning, varies, used))
    return found


def _identifies(column: Column) -> bool:
    """Whether it is another identifier, such as a row number beside a person's."""
    return bool({column.name.lower()} & (roles.ROW_WORDS | roles.PERSON_WORDS))


def _not_a_row_number(column: Column) -> bool:
    return column.kind != "whole" or column.different < max(column.n, 2)


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


def choose_peer(draft: Draft) -> None:
    """The yes/no column that is compared: one that is called peers or a treatment, then two groups that are called so,
    else any, which the researcher must replace; an outcome only if there is nothing else."""
    able = [own for own in draft.own if own.meaning.type == "binary"]
    if draft.wave or draft.wide:
        able = [own for own in able if own.varies] or able
    called = roles.guess_peer([own.column for own in able])
    named = next((own for own in able if own.column is called), None) or _two_groups(draft)
    exact = [own for own in able if own.used] or able
    others = [own for own in exact if not roles.is_outcome(own.column)] or exact
    draft.peer_named = named is not None
    draft.peer = named or next(iter(others), None)


def _two_groups(draft: Draft) -> Own | None:
    """Two groups that are called peers or a treatment, taken as yes and no in place of a category."""
    pairs = [own for own in draft.own if own.meaning.type == "category" and len(own.meaning.levels) == 2 and own.used]
    column = roles.guess_peer([own.column for own in pairs])
    own = next((own for own in pairs if own.column is column), None)
    if own is None:
        return None
    named = replace(own, meaning=values.two_groups(own.column), used=False)
    draft.own[draft.own.index(own)] = named
    return named
