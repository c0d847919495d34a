"""Lines of a draft for columns that belong together by their names; each waits for the researcher to take it up."""

from collections.abc import Iterator

from .column import Column
from .guess import Draft
from .mapping_lines import event_name, first_date, person_line
from .patterns import Parts, SpellPair, date_parts, shared_keys, spell_pairs
from .text import ADD, flow, listed, name, quoted, source, variable
from .values import identifier
from .wide import wide_waves

BY_LABEL = "by label"


def join_lines(drafts: dict[str, Draft]) -> dict[str, str]:
    """File → a line that adds the columns of another to it."""
    return {
        file: f"{ADD}    join: {{file: {other}, by: [{name(key)}], expect: {expect}}}"
        f"  # {BY_LABEL}: {key} is in both, and tells the rows of {other} apart"
        for file, (other, key, expect) in shared_keys(drafts).items()
    }


def wide_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """A block of interviews that stand side by side in one row."""
    found = None if draft.wide else wide_waves(draft)
    if found is None:
        return
    first = next(iter(found.measures))
    several = ", ".join(first.replace("{wave}", text) for text in found.texts)
    waves = {text: number for number, text in enumerate(found.texts)}
    yield f"{ADD}# {BY_LABEL}: {several} look like one question at several interviews."
    yield f"{ADD}# If so, this takes the place of the block above:"
    yield f"{ADD}    - files: {listed(files)}"
    yield f"{ADD}      waves: {{{', '.join(f'{quoted(text)}: {number}' for text, number in waves.items())}}}"
    yield f"{ADD}      columns:"
    yield f"{ADD}{person_line(draft, '        ')}"
    if found.dates:
        yield f"{ADD}        time: {{date: {quoted(next(iter(found.dates)))}}}"
    for pattern, (own, *_) in found.measures.items():
        right = source(own.column, own.meaning).replace(name(own.column.name), quoted(pattern), 1)
        yield f"{ADD}        {_measure(pattern)}: {right}"
    if not found.dates:
        yield f"{ADD}      at:  # unknown: no column says when; years after the first interview"
        yield from (f"{ADD}        {number}: {{time: {{constant: {number}}}}}" for number in waves.values())


def wide_variables(draft: Draft) -> Iterator[str]:
    """What the measures of that block mean."""
    found = None if draft.wide else wide_waves(draft)
    for pattern, (own, *_) in found.measures.items() if found else ():
        yield f"{ADD}  {_measure(pattern)}: {variable(own.column, own.meaning)}"


def _measure(pattern: str) -> str:
    return identifier(pattern.replace("{wave}", "").strip("_."), "measure") + "_by_wave"


def spell_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """Blocks of periods, for columns that say when one started and stopped."""
    pairs = spell_pairs(draft.columns)
    if pairs:
        yield f"{ADD}  spells:"
    for pair in pairs:
        told = f"called {_called(pair)}" if pair.kind else "write which kind of period this is"
        yield f"{ADD}    - kind: {pair.kind or 'recovery'}  # {BY_LABEL if pair.kind else 'unknown'}: {told}"
        yield f"{ADD}      files: {listed(files)}"
        if pair.numbers:
            yield f"{ADD}      repeat: {listed([quoted(number) for number in pair.numbers])}"
        yield f"{ADD}      columns:"
        yield f"{ADD}{person_line(draft, '        ')}"
        number = pair.numbers[0] if pair.numbers else ""
        yield f"{ADD}        start: {_time(pair.start, number)}  # {BY_LABEL}: when it started"
        yield f"{ADD}        stop: {_time(pair.stop, number)}  # {BY_LABEL}: when it stopped; blank while it goes on"


def _called(pair: SpellPair) -> str:
    return pair.start.stem if isinstance(pair.start, Parts) else pair.start.name


def _time(time: Column | Parts, number: str) -> str:
    if isinstance(time, Parts):
        return _by_parts(time)
    written = quoted("{n}".join(time.name.rsplit(number, 1))) if number else name(time.name)
    return f"{{date: {written}}}" if time.kind == "date" else f"{{year_month: {{year: {written}}}}}"


def _by_parts(parts: Parts) -> str:
    pairs = {"year": parts.year, "month": parts.month} | ({"day": parts.day} if parts.day else {})
    word = "year_month_day" if parts.day else "year_month"
    return f"{{{word}: {flow(pairs)}}}"


def dated_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """Blocks of events, for columns that together make a date and belong to no period."""
    pairs = spell_pairs(draft.columns)
    taken = {time.stem for pair in pairs for time in (pair.start, pair.stop) if isinstance(time, Parts)}
    found = [parts for parts in date_parts(draft.columns) if parts.stem not in taken]
    if found and not draft.follow_ups and first_date(draft) is None:
        yield f"{ADD}  events:"
    for parts in found:
        yield f"{ADD}    - event: {event_name(parts.stem)}  # {BY_LABEL}: {parts.year} and {parts.month} make one date"
        yield f"{ADD}      files: {listed(files)}"
        yield f"{ADD}      columns:"
        yield f"{ADD}{person_line(draft, '        ')}"
        yield f"{ADD}        time: {_by_parts(parts)}"
