"""A status of several codes: who had nothing happen yet, what people are followed for, and what may come instead."""

import re

from .column import Column
from .values import slug

NOT_YET = re.compile(
    r"cens|alive|living|no event|event.?free|\bnone\b|not yet|\bno (?:relapse|recovery)|ongoing|\blost\b|withdr|end of",
    re.IGNORECASE,
)
DEATH = re.compile(r"\b(?:died?|dead|deaths?|deceased)\b", re.IGNORECASE)
MOST_CODES, FEWEST_PLAIN = 5, 3


def events_of(column: Column, stem: str) -> dict[str, dict[str, int]]:
    """What a status says, where it is not just yes or no.

    Parameters
    ----------
    column : the status.
    stem : what an event is called where codes have no words.

    Returns
    -------
    dict
        Event → code → 1 if it means that the event had happened. What people are followed for comes first, deaths last.
        Without words the lowest code is taken for nothing yet. Empty where it cannot be told.
    """
    codes = [*column.labels] or column.common
    told = column.kind == "text" or set(map(str, column.counts.index)) <= set(column.labels)
    if not column.coded or not 2 <= len(codes) <= MOST_CODES or column.kind not in ("whole", "text"):
        return {}
    words = {code: column.labels.get(code, code) for code in codes}
    if told:
        nothing = [code for code in codes if NOT_YET.search(words[code])]
    else:
        nothing = codes[:1] if not column.labels and _one_by_one(codes) else []
    rest = sorted((c for c in codes if c not in nothing), key=lambda c: bool(DEATH.search(words[c])))
    names = {code: slug(words[code]) if told else f"{stem}_{code}" for code in rest}
    if not nothing or not all(names.values()) or len(set(names.values())) < len(rest):
        return {}
    return {names[own]: {code: int(code == own) for code in codes} for own in rest}


def _one_by_one(codes: list[str]) -> bool:
    """Whether codes without words are 0, 1, 2 … or 1, 2, 3 …: three or more."""
    if len(codes) < FEWEST_PLAIN or codes[0] not in ("0", "1"):
        return False
    return codes == [str(int(codes[0]) + i) for i in range(len(codes))]
