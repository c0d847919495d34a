"""The table of the briefing: one row per finding, in the numbers that the sentences tell."""

from .. import formats
from ..study import Variable
from . import words
from .content import NumbersTable
from .lookup import Estimate, Evidence
from .nouns import names_of, wording
from .plan import Plan
from .strength import MARKS, strength

MEASURE = {
    "log_hazard": "times as likely",
    "log_time": "times as long",
    "log_odds": "times the odds",
}
MAIN_GENDERS = ("woman", "man")


def numbers_table(plan: Plan, found: dict[str, Evidence], conf_level: float) -> NumbersTable:
    """One row per finding: the measure, everyone, women, men, and how sure."""
    rows, names = [], names_of(plan, found)
    for finding in plan.briefing.findings:
        row = found[finding.analysis]
        numbers = [_number(row.everyone), *(_number(row.genders.get(g)) for g in MAIN_GENDERS)]
        sure = strength(row.everyone)
        measure = _measure(row.everyone, names[finding.analysis], wording(plan, finding.analysis).variable)
        rows.append((measure, *numbers, f"{MARKS[sure]} {words.capital(sure.value)}"))
    others = any(g not in MAIN_GENDERS for e in found.values() for g in e.genders)
    caption = (
        f"{plan.peer.label}, compared with: {words.phrase(plan.peer.reference)}. In brackets the "
        f"{formats.level(conf_level)} interval. 1 means no difference for 'times as likely' (at any given "
        "time) and 'times the odds', 0 for all others. 'How sure' is about everyone."
    ) + (" Other genders: see the findings." if others else "")
    return NumbersTable(caption, ("Outcome and measure", "Everyone", "Women", "Men", "How sure"), tuple(rows))


def _measure(row: Estimate, name: str, variable: Variable | None) -> str:
    unit = variable.unit if variable and variable.unit else "difference"
    unit = "more in 100" if row.estimand == "state_probability" else unit
    return f"{words.capital(name)}: {MEASURE.get(row.scale, unit)}"


def _number(row: Estimate | None) -> str:
    if row is None or row.status in ("too_few_events", "separated"):
        return "too few people"
    if row.status == "suppressed":
        return "withheld"
    if row.status != "ok":
        return "no answer"
    return formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)
