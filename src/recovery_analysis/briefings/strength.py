"""How sure a statement is: read from the status, the interval and the gates of its estimate."""

from collections.abc import Iterable

from .. import formats, labels
from .content import Section, Strength
from .lookup import Estimate, Evidence

UNUSABLE = {
    "too_few_events": "there are too few people to say",
    "separated": "there are too few people to say (in one group everybody or nobody had the outcome)",
    "suppressed": "there are too few people to say; the number is withheld to protect them",
    "not_converged": "the calculation gave no usable answer, so nothing can be said",
    "failed": "the calculation gave no usable answer, so nothing can be said",
}
TOO_FEW = ("too_few_events", "separated", "suppressed")
MARKS = {
    Strength.CLEAR: "●",
    Strength.SOME_SIGN: "◐",
    Strength.CANNOT_TELL: "○",
    Strength.TOO_FEW: "–",
}


def excludes_no_difference(row: Estimate) -> bool:
    """True if the interval lies wholly on one side of no difference (zero on the scale of the model)."""
    return row.conf_low > 0 or row.conf_high < 0


def chance_after_all(row: Estimate) -> bool:
    """True if the p-value that allows for several tests, where one was asked for, is not below its limit."""
    return not formats.is_missing(row.p_adjusted) and row.p_adjusted >= 1 - row.conf_level


def strength(row: Estimate) -> Strength:
    """Strength of one estimate.

    - not usable: `too few people` if that is why, otherwise `cannot tell`;
    - interval includes no difference: `cannot tell`;
    - it excludes no difference, but a gate did not pass or chance remains after several tests: `some sign`;
    - it excludes no difference and every gate passed: `clear`.
    """
    if row.status != "ok":
        return Strength.TOO_FEW if row.status in TOO_FEW else Strength.CANNOT_TELL
    if not excludes_no_difference(row):
        return Strength.CANNOT_TELL
    return Strength.SOME_SIGN if labels.gate(row.gate) or chance_after_all(row) else Strength.CLEAR


def definitions(conf_level: float, questions: int, found: Iterable[Evidence]) -> Section:
    """What each word of the scale means, how often chance alone misleads, and what stays unseen where it is told."""
    rows = [row for evidence in found for row in (evidence.everyone, *evidence.genders.values())]
    unseen = (
        "Can miss:",
        "a difference as large as this is found by four of five studies of this size; a smaller one may stay unseen.",
    )
    level = formats.level(conf_level)
    one_in = round(1 / (1 - conf_level))
    return Section(
        "How sure are we?",
        (
            (
                f"{MARKS[Strength.CLEAR]} Clear:",
                f"the whole {level} interval lies on one side of 'no difference', and every check of the "
                "method passed.",
            ),
            (
                f"{MARKS[Strength.SOME_SIGN]} Some sign:",
                "the interval lies on one side, but a check did not pass, so the number itself may not hold.",
            ),
            (
                f"{MARKS[Strength.CANNOT_TELL]} Cannot tell:",
                "more, less and no difference all fit the data.",
            ),
            (f"{MARKS[Strength.TOO_FEW]} Too few people:", "no number can be given, or it is withheld."),
            (
                "Interval:",
                f"the values that fit the data. About 1 in {one_in} intervals misses the true value by "
                f"chance alone; {questions} {'question was' if questions == 1 else 'questions were'} asked.",
            ),
            *([unseen] if any(not formats.is_missing(row.detectable) for row in rows) else []),
        ),
    )
