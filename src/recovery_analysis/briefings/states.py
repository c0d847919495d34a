"""Where people are with peers and without, in sentences: of 100 people, so many in the last stage of recovery."""

from dataclasses import dataclass

import pandas as pd

from .. import formats, labels
from ..errors import ResearchError
from ..study import GENDERS, MultistateAnalysis, StatesOutcome
from . import words
from .content import Statement, Strength
from .lookup import Estimate, Evidence, as_estimate
from .plan import Plan
from .statements import interval_of, reservations
from .strength import UNUSABLE, strength

ADJUSTED = "standardised"


@dataclass(frozen=True)
class Courses:
    """Of 100 people, how many are in the last stage at the last horizon: difference by group, and both courses.

    `place` : the stage and the time, as after "of 100 people".
    """

    found: Evidence
    with_peers: float
    without: float
    place: str


def courses(plan: Plan, estimates: pd.DataFrame, analysis: str) -> Courses:
    """Look up the adjusted difference of one multi-state analysis, for everyone and each gender.

    Raises
    ------
    ResearchError
        If the released table has no adjusted row of it.
    """
    asked = plan.analyses[analysis]
    stage, horizon = _last(plan, asked)
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["model"] == ADJUSTED)]
    rows = rows[(rows["state"] == stage) & (rows["estimand"] == "state_probability") & (rows["horizon"] == horizon)]
    rows = rows.assign(**{name: 100 * rows[name] for name in ("estimate", "conf_low", "conf_high")})
    everyone = rows[(rows["group"] == "all") & rows["reference"].notna()]
    if everyone.empty:
        raise ResearchError(
            f"briefing.findings: the table of estimates has no adjusted row for '{analysis}' ({stage} after {horizon} "
            "years). Run this analysis again with `adjust`, or take it out of briefing.findings."
        )
    differences = rows[rows["reference"].notna()].drop_duplicates("group").set_index("group", drop=False)
    arms = rows[(rows["group"] == "all") & rows["reference"].isna()].set_index("level")["estimate"]
    genders = {g: as_estimate(differences.loc[g]) for g in GENDERS if g in differences.index}
    found = Evidence(as_estimate(everyone.iloc[0]), genders, None)
    return Courses(found, arms.get("peer", float("nan")), arms.get("no_peer", float("nan")), place_of(plan, asked))


def place_of(plan: Plan, analysis: MultistateAnalysis) -> str:
    """`in recovery, 5 years or more, 20 years after onset`."""
    stage, horizon = _last(plan, analysis)
    outcome = plan.outcomes[analysis.outcome]
    place = words.phrase(labels.states(outcome.stages)[stage]).replace(", ", " for ")
    return f"{place}, {labels.duration(horizon, 'years')} after {outcome.since}"


def _last(plan: Plan, analysis: MultistateAnalysis) -> tuple[str, float]:
    outcome: StatesOutcome = plan.outcomes[analysis.outcome]
    return outcome.states[-2], analysis.horizons[-1]


def tell_courses(told: Courses, noun: str) -> Statement:
    """The difference for everyone in full sentences; the verb depends on the interval and the gates."""
    row = told.found.everyone
    sure = strength(row)
    if row.status != "ok":
        reason = UNUSABLE[row.status]
        return Statement(f"About who is {told.place}, {reason}.", f"{words.capital(reason)}.", sure)
    more = reservations(row)
    if sure is Strength.CANNOT_TELL:
        fits = f"the data are consistent with anything from {_span(row)} in 100"
        text = f"We could not tell whether more or fewer people are {told.place} among those who go on {noun}: {fits}."
        return Statement(f"{text}{more}", f"{words.capital(fits)}.{more}", sure)
    counts = f"{formats.number(told.with_peers, 0)} are {told.place}; of 100 who go on without, "
    counts += f"{formats.number(told.without, 0)}: {_amount(row.estimate)}{_unrounded(told)} ({interval_of(row)})."
    alone = f"Among people alike in what is adjusted for, we estimate that of 100 who go on from first help {noun}, "
    brief = f"Of 100 people who go on with peers from first help, {counts}"
    return Statement(f"{alone}{counts}{more}", f"{brief}{more}", sure)


def tell_genders_of(told: Courses) -> tuple[str, ...]:
    """One short part for each gender with a number, one for those without."""
    parts, silent = [], {}
    for gender, row in told.found.genders.items():
        who = words.GENDER_NOUN[gender]
        if row.status != "ok":
            silent.setdefault(labels.STATUS[row.status], []).append(who)
        elif strength(row) is Strength.CANNOT_TELL:
            parts.append(f"{words.capital(who)}: cannot tell ({_span(row)} in 100).")
        else:
            doubt = ", but a check of the method did not pass" if labels.gate(row.gate) else ""
            parts.append(f"{words.capital(who)}: {_amount(row.estimate)} ({interval_of(row)}){doubt}.")
    return (*parts, *(f"{words.capital(formats.listed(who))}: {reason}." for reason, who in silent.items()))


def _amount(value: float) -> str:
    return f"{formats.number(abs(value), 1)} {'more' if value > 0 else 'fewer'} in 100"


def _unrounded(told: Courses) -> str:
    """A word where the two whole numbers differ by another number than the difference does."""
    values = (told.with_peers, told.without, told.found.everyone.estimate)
    if any(formats.is_missing(value) for value in values):
        return ""
    with_peers, without, difference = (int(f"{value:.0f}") for value in values)
    return "" if with_peers - without == difference else ", before rounding"


def _span(row: Estimate) -> str:
    low, high = (f"{formats.number(abs(v), 1)} {'more' if v > 0 else 'fewer'}" for v in (row.conf_low, row.conf_high))
    return f"{low} to {high}"
