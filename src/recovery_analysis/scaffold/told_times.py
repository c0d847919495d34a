"""A time and its status, by what the time goes to: ``Days from start to first use``, and ``First use observed``."""

import re

import numpy as np

from .column import Column, parted, tokens
from .roles import FEWEST_TIMES, Follow
from .statuses import events_of
from .units import UNIT_OF, told_unit, unit_of
from .values import slug

LENGTH = r"(?:number of )?(?:follow.?up |survival )?(?:time|duration|days|weeks|months|years)\b"
AIM = re.compile(rf"\s*{LENGTH}(?: (?:from|since|after) [^.,;:()]+?)? (?:to|until|till) ([^.,;:()\[]+)", re.IGNORECASE)
NAMED = re.compile(r"(?:.*[_. ])?(?:to|until|till)[_. ](.+)", re.IGNORECASE)
# What follows the event in a label and is no part of its name.
BEHIND = re.compile(r"\s+(?:or|in (?:days|weeks|months|years))\b.*", re.IGNORECASE)
# A status may be called by the event and these words, and by no other.
INDICATOR_WORDS = {"status", "event", "outcome", "observed", "indicator", "flag", "happened", "occurred", "had", "has"}
SMALL_WORDS = {"the", "a", "an", "of", "any", "first"}


def told_pairs(columns: list[Column], known: list[Follow], answers: dict[str, dict[str, int]]) -> list[Follow]:
    """Pairs whose labels or names speak of the same event, each with one partner only, of columns not paired so far.

    Parameters
    ----------
    known : the pairs that are found already.
    answers : column of yes and no → code → 1 or 0; empty where it holds 0 and 1.
    """
    taken = {column.name for pair in known for column in (pair.time, pair.status)}
    free = [column for column in columns if column.name not in taken]
    times = [(column, aim) for column in free if (aim := _aim(column)) is not None]
    pairs = []
    for time, aim in times:
        alike = [other for other, to in times if _core(to) == _core(aim)]
        statuses = [s for s in free if s is not time and _meanings(s, aim, answers) and _names(s, aim)]
        if len(alike) == len(statuses) == 1:
            events = _meanings(statuses[0], aim, answers)
            if set(events) & {pair.name for pair in known}:
                continue
            for i, (event, recode) in enumerate(events.items()):
                others = tuple(other for other in events if other != event) if i == 0 else ()
                pairs.append(Follow(time, statuses[0], event, unit_of(time), "by label", recode, others, i == 0))
    return pairs


def _aim(column: Column) -> str | None:
    """What a length of time goes to, as its label or name says it; None where they, or the values, speak of none."""
    said = AIM.match(column.label) or (NAMED.fullmatch(parted(column.name)) if told_unit(column) else None)
    long = (
        column.kind in ("whole", "number") and column.sound and not column.labels and column.different >= FEWEST_TIMES
    )
    if said is None or not long or column.share_within(0, np.inf) < 1:
        return None
    words = re.split(r"[_. ]+", BEHIND.sub("", said[1]))
    return " ".join(word for word in words if word.lower() not in UNIT_OF)


def _meanings(status: Column, aim: str, answers: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Event → code → 1 if it had happened; empty where a column does not say whether something had."""
    event = slug(aim) if _core(aim) else "event"
    return {event: answers[status.name]} if status.name in answers else events_of(status, event)


def _names(status: Column, aim: str) -> bool:
    """Whether its name, or its label up to a bracket, names the event and nothing else."""
    label = re.split(r"[(\[,;:]", status.label)[0]
    if not _core(aim):
        return bool(tokens(label) & INDICATOR_WORDS) and not _core(label)
    return _core(aim) in (_core(label), _core(status.name))


def _core(text: str) -> set[str]:
    return tokens(text) - INDICATOR_WORDS - SMALL_WORDS
