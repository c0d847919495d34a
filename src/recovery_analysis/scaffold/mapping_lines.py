"""The blocks `files`, `mapping` and `variables` of a draft, line by line."""

from collections.abc import Iterator

from ..study import SourceFile
from .column import FEW, Column
from .first_row import first_row, first_rows
from .guess import Draft, Own, WideWaves
from .profile import about, in_words, plain_line
from .roles import Follow
from .text import ADD, CONFIRM, WRITE, flow, listed, name, quoted, source, variable
from .units import unit_of
from .values import Meaning, identifier, slug

FIRST_INTERVIEW = "first_interview"


def marked(line: str, confidence: str, why: str) -> str:
    """A line with its confidence; anything less than exact has to be confirmed."""
    mark = "" if confidence == "exact" else CONFIRM
    return f"{mark}{line}  # {confidence}: {plain_line(why)}"


def file_lines(sources: dict[str, SourceFile], drafts: dict[str, Draft], joins: dict[str, str]) -> Iterator[str]:
    """Where the data are, with what may be joined to them, and what every column holds."""
    yield "files:"
    for key, spec in sources.items():
        where = f"path: {name(spec.path)}" if spec.path else f"package: {name(str(spec.package))}"
        yield f"  {key}:"
        yield f"    {where}"
        codes = drafts[key].no_answer
        if codes:
            why = "negative where other numbers are not: do these codes mean 'no answer'?"
            yield marked(f"    missing: [{', '.join(map(str, codes))}]", "by label", why)
        if key in joins:
            yield joins[key]
    yield ""
    for key, draft in drafts.items():
        of = "; codes are counted in people" if draft.wave else ""
        yield f"# What {key} ({plain_line(draft.raw.file)}) holds: {about(len(draft.raw.frame))} rows{of}."
        yield from (f"#   {in_words(column)}" for column in draft.columns)
    yield ""


def persons_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """The block `mapping.persons`."""
    yield "mapping:"
    yield "  persons:"
    yield f"    files: {listed(files)}"
    if (rule := first_row(draft)) is not None:
        yield marked(f"    {rule.line}", rule.confidence, rule.why)
    yield "    columns:"
    sure = draft.person.confidence if draft.person else "unknown"
    why = draft.person.why if draft.person else "no column is different for each person"
    yield marked(person_line(draft, "      "), sure, why)
    yield _gender_line(draft)
    yield from _age_lines(draft)
    yield from own_lines([o for o in draft.own if not in_waves(draft, o)], "      ", draft.peer)


def person_line(draft: Draft, indent: str) -> str:
    """The identifier of the person, the same in every block: it is confirmed once, under `persons`."""
    if draft.person is None:
        return f"{indent}person_id: {WRITE}"
    return f"{indent}person_id: {name(draft.person.column.name)}"


def _gender_line(draft: Draft) -> str:
    if draft.gender is None:
        return marked("      gender: {constant: undisclosed}", "unknown", "no column is called gender or sex")
    column, meaning = draft.gender
    why = meaning.why + (f"; codes that fewer than {FEW} people have are not written here" if column.rare else "")
    return marked(f"      gender: {source(column, meaning)}", meaning.confidence, why)


def _age_lines(draft: Draft) -> Iterator[str]:
    if draft.birth_year:
        yield marked(f"      birth_year: {name(draft.birth_year.column.name)}", "exact", draft.birth_year.why)
    if draft.age:
        column = name(draft.age.column.name)
        told = column if draft.age.unit == "years" else f"{{column: {column}, unit: {draft.age.unit}}}"
        yield marked(f"      age: {told}", draft.age.confidence, draft.age.why)
    elif draft.birth_year and draft.dates:
        born, when = name(draft.birth_year.column.name), name(draft.dates[0].name)
        line = f"      age: {{age_on: {{birth_year: {born}, when: {{date: {when}}}}}}}"
        yield marked(line, "exact", "from the year of birth and the first column of dates")


def in_waves(draft: Draft, own: Own) -> bool:
    """Whether a column belongs to the interviews; what is compared always does."""
    return own.varies or own is draft.peer


def own_lines(found: list[Own], indent: str, peer: Own | None) -> Iterator[str]:
    """The study's own columns: those that are sure, then those to confirm, then those that may be added."""
    for own in found:
        line = f"{indent}{own.name}: {source(own.column, typed(own) or own.meaning)}"
        if own.used:
            yield f"{line}  # exact: {plain_line(own.meaning.why)}"
        elif own is peer:
            yield marked(line, own.meaning.confidence, own.meaning.why)
        elif typed(own) is None:
            yield f"{indent}# {plain_line(own.column.name)}: not used; {own.meaning.why}"
        else:
            yield f"{ADD}{line}  # {own.meaning.confidence}: {plain_line(own.meaning.why)}"


def waves_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """The block `mapping.waves`."""
    yield "  waves:"
    yield f"    - files: {listed(files)}"
    if draft.wide:
        yield marked(f"      waves: {{{_texts(draft.wide)}}}", "by label", "these end the names of several columns")
    elif draft.wave is None:
        yield from first_rows(draft)
    yield "      columns:"
    yield person_line(draft, "        ")
    if draft.wide:
        if first_date(draft) is not None:
            yield f"        time: {{date: {quoted(next(iter(draft.wide.dates)))}}}  # exact: dates"
    elif draft.wave is None:
        yield "        wave: {constant: 0}  # the only interview"
        yield "        time: {constant: 0}"
    else:
        yield marked(f"        wave: {_numbered(draft.wave.column)}", draft.wave.confidence, draft.wave.why)
        yield _time_line(draft)
    yield from own_lines([o for o in draft.own if in_waves(draft, o)], "        ", draft.peer)
    if draft.wide and first_date(draft) is None:
        yield "      at:"
        yield from _times_of_waves(draft.wide)


def _texts(found: WideWaves) -> str:
    return ", ".join(f"{quoted(text)}: {number}" for number, text in enumerate(found.texts))


def _times_of_waves(found: WideWaves) -> Iterator[str]:
    """When each interview was, where no column says so."""
    first = int(found.texts[0])
    for number, text in enumerate(found.texts):
        since, unit = (int(text) - first, found.unit) if found.unit else (number, "years")
        line = f"        {number}: {{time: {{constant: {since}, unit: {unit}}}}}"
        why = "by its name; is this the time since the first interview?" if found.unit else "no column says when it was"
        yield marked(line, "by label" if found.unit else "unknown", why)


def first_date(draft: Draft) -> Column | None:
    """The date of the first interview, where interviews have dates and nothing counts from enrolment."""
    if draft.follow_ups or draft.elapsed:
        return None
    if draft.wide:
        return next((several[0] for several in draft.wide.dates.values()), None)
    known = [d for d in draft.dates if draft.wave and d.known == d.n and not d.same_within_people]
    return next(iter(known), None)


def dates_read(draft: Draft) -> list[Column]:
    """Columns of dates that the draft reads."""
    if draft.wide and first_date(draft) is not None:
        return list(next(iter(draft.wide.dates.values())))
    return [column for column in [first_date(draft)] if column is not None]


def _numbered(column: Column) -> str:
    """Interviews numbered 0, 1, 2 …; a file that counts in months is recoded."""
    codes = sorted(column.common, key=float)
    if column.rare or codes == [str(i) for i in range(len(codes))]:
        return name(column.name)
    return f"{{column: {name(column.name)}, recode: {flow({code: i for i, code in enumerate(codes)})}}}"


def _time_line(draft: Draft) -> str:
    if (dated := first_date(draft)) is not None:
        return f"        time: {{date: {name(dated.name)}}}  # exact: dates"
    if draft.elapsed is None:
        line = f"        time: {{column: {name(draft.wave.column.name)}, unit: years}}"
        return marked(line, "unknown", "no column says how long after the first interview this one was")
    column = draft.elapsed
    part = f"{{column: {name(column.name)}, unit: {unit_of(column)}}}"
    if column.known < column.n:
        part = f"{{first_of: [{part}, {{constant: 0}}]}}"
    return marked(f"        time: {part}", "by label", f"time since the first interview; is it in {unit_of(column)}?")


def events_lines(draft: Draft, files: list[str]) -> Iterator[str]:
    """The block `mapping.events`: a time and whether it had happened by then."""
    dated = first_date(draft)
    if draft.follow_ups or dated is not None:
        yield "  events:"
    if dated is not None:
        yield f"    - event: {FIRST_INTERVIEW}  # the clock starts there"
        yield f"      files: {listed(files)}"
        yield from first_rows(draft)
        yield "      columns:"
        yield person_line(draft, "        ")
        yield f"        time: {{date: {name(dated.name)}}}  # exact: dates"
    for pair in draft.follow_ups:
        yield f"    - event: {event_name(pair.name)}"
        yield f"      files: {listed(files)}"
        yield from first_rows(draft)
        yield "      columns:"
        yield person_line(draft, "        ")
        why = f"a length of time; is it in {pair.unit}?"
        yield marked(f"        time: {{column: {name(pair.time.name)}, unit: {pair.unit}}}", pair.confidence, why)
        yield _observed_line(pair, [other for other in draft.follow_ups if other.status is pair.status])


def _observed_line(pair: Follow, others: list[Follow]) -> str:
    """Whether it had happened: a status of 0 and 1, of yes and no, of 1 and 2, or of codes for several events."""
    codes = list(pair.recode) or ["0", "1"]
    listed_codes = f"{', '.join(codes[:-1])} and {codes[-1]}"
    nothing = [pair.told(code) for code in codes if all(other.recode.get(code) == 0 for other in [pair, *others])]
    also = f", and {' and '.join(nothing)} that nothing had" if len(codes) > 2 and nothing else ""
    why = f"{listed_codes}; does {pair.happened} mean that it had happened by then{also}?"
    right = source(pair.status, Meaning("binary", pair.confidence, why, dict(pair.recode)))
    return marked(f"        observed: {right}", pair.confidence, why)


def event_name(text: str) -> str:
    """A name for an event, made of letters, digits and _."""
    return identifier(text, "event")


def typed(own: Own) -> Meaning | None:
    """What a column would be if it were added; None for text that is no category."""
    if own.meaning.type is not None:
        return own.meaning
    column = own.column
    if not (column.coded and column.common):
        return None
    values = {code: slug(f"code {code}") for code in column.common}
    levels = {value: code for code, value in values.items()}
    return Meaning("category", "unknown", own.meaning.why, dict(values), levels) if len(levels) == len(values) else None


def variables_lines(draft: Draft) -> Iterator[str]:
    """The block `variables`: also of columns that are not used yet, so that adding one is one line."""
    lines = []
    if draft.age or (draft.birth_year and draft.dates):
        lines.append('  age: {label: "Age", type: number, range: [0, 110], unit: years, per: 10}')
    for own in draft.own:
        if (meaning := typed(own)) is not None:
            lines.append(f"  {own.name}: {variable(own.column, meaning)}")
    yield from ["variables:", *lines] if lines else ["variables: {}"]
