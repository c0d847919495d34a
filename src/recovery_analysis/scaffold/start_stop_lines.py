"""Lines of a draft for people with several rows, each from a start to a stop."""

from collections.abc import Iterator

from .guess import Draft
from .profile import plain_line
from .start_stop import StartStop
from .text import ADD, listed, name, quoted, source
from .units import unit_of


def start_stop_lines(draft: Draft, files: list[str], study: str) -> Iterator[str]:
    """Periods of what differs between a person's rows, to be taken up; and how to get the event, in comments."""
    rows = draft.start_stop
    if rows is None or draft.person is None:
        return
    person, start, stop = (name(c.name) for c in (draft.person.column, rows.start, rows.stop))
    unit = unit_of(rows.stop)
    if draft.peer is not None and not draft.peer.column.same_within_people:
        yield f"{ADD}  spells:"
        why = f"each row with {plain_line(draft.peer.column.name)}; is this the kind? Then write peer.spells as well"
        yield f"{ADD}    - kind: peer_support  # unknown: {why}"
        yield f"{ADD}      files: {listed(files)}"
        yield f"{ADD}      columns:"
        yield f"{ADD}        person_id: {person}"
        yield f"{ADD}        present: {source(draft.peer.column, draft.peer.meaning)}"
        yield f"{ADD}        start: {{column: {start}, unit: {unit}}}  # by label: is it in {unit}?"
        yield f"{ADD}        stop: {{column: {stop}, unit: {unit}}}"
    if rows.status is not None:
        yield from _hook_lines(draft, rows, study)


def _hook_lines(draft: Draft, rows: StartStop, study: str) -> Iterator[str]:
    person, stop, status = (quoted(c.name) for c in (draft.person.column, rows.stop, rows.status))
    unit = unit_of(rows.stop)
    told = [plain_line(column.name) for column in rows.columns]
    yield f"# Each row goes from {told[0]} to {told[1]}, and {told[2]} says what happened at its end."
    yield "# For the time to it, one row of each person is needed: the first with the event, or else the last. No word"
    yield f"# of the mapping takes the last row, so write a hook (docs/mapping.md), config/hooks/{study}.py:"
    yield "#   def prepare(frames):"
    yield '#       rows = frames["ends"]'
    yield f"#       end = rows[{stop}].astype(float)"
    yield f"#       order = end.where(rows[{status}].astype(float) == 1, 1e9 - end)"
    yield f'#       frames["ends"] = rows.loc[order.groupby(rows[{person}]).idxmin()]'
    yield "#       return frames"
    yield f"# Name it by `hook: config/hooks/{study}.py`, put the file once more under `files` as `ends`, and add:"
    yield "#   events:"
    yield "#     - event: end_of_rows"
    yield "#       files: [ends]"
    yield "#       columns:"
    yield f"#         person_id: {person}"
    yield f"#         time: {{column: {stop}, unit: {unit}}}"
    yield f"#         observed: {status}"
    yield f"# An outcome of kind `event` with `event: end_of_rows` and `unit: {unit}`, and an analysis of kind"
    yield "# `survival`, then count time to it (docs/your-study.md)."
