"""From a study's plan and its released tables to the content of the briefing."""

import re

import pandas as pd

from .. import formats, labels
from ..study import (
    GENDERS,
    CurvesFigure,
    DesignsFigure,
    FlowFigure,
    RecoveryTimeAnalysis,
)
from . import method, words
from .content import Document, FigureText, FindingText, Section, Statement, Strength
from .lookup import Estimate, Evidence, conditional_median, evidence, people
from .nouns import names_of, of_states, wording
from .numbers import numbers_table
from .plan import Plan
from .statements import genders_compared, genders_differ, tell, tell_genders
from .states import Courses, courses, tell_courses, tell_genders_of
from .strength import definitions

MOST_KEY_FINDINGS = 3
ONE = {"women": "woman", "men": "man", "people": "person"}


def compose(
    plan: Plan,
    estimates: pd.DataFrame,
    flow: pd.DataFrame,
    table_one: pd.DataFrame,
    picture: str,
    conf_level: float,
) -> Document:
    """Build the briefing; every number in it is looked up in the released tables.

    Parameters
    ----------
    plan : the study's questions and the words for them.
    estimates, flow, table_one : released tables (schemas.results).
    picture : what the figure shows, in words, for a reader who cannot see it.
    conf_level : level of the intervals, 0 to 1.

    Raises
    ------
    ResearchError
        If a finding's analysis has no row in `estimates`.
    """
    told = plan.briefing.findings
    staged = {f.analysis: courses(plan, estimates, f.analysis) for f in told if of_states(plan, f.analysis)}
    found = {
        f.analysis: staged[f.analysis].found if f.analysis in staged else evidence(estimates, f.analysis) for f in told
    }
    recorded = {gender: people(table_one, gender=gender) for gender in GENDERS}
    there = {gender: n is not None for gender, (n, _) in recorded.items()}
    said = {
        a: tell_courses(staged[a], plan.peer.noun) if a in staged else tell(e.everyone, wording(plan, a))
        for a, e in found.items()
    }
    return Document(
        title=plan.briefing.title,
        study=plan.about.title,
        label=labels.SIMULATED if plan.about.simulated else "",
        question=plan.briefing.question,
        who=who_took_part(plan, flow, table_one),
        key_points=key_points(plan, found, said),
        figure=figure_text(plan, picture),
        how_sure=definitions(conf_level, len(told), found.values()),
        table=numbers_table(plan, found, conf_level),
        comparison=f"Each answer compares people who reported {plan.peer.noun} with people who did not.",
        findings=tuple(
            FindingText(
                f.heading,
                said[f.analysis],
                by_gender(plan, f.analysis, found[f.analysis], staged, there),
                f"{behind(found[f.analysis].everyone)}{half_there(plan, f.analysis, estimates)}",
            )
            for f in told
        ),
        cautions=method.cautions(plan),
        method=method.method(plan),
        source=method.source(plan),
    )


def figure_text(plan: Plan, picture: str) -> FigureText:
    """Heading and caption of the briefing's figure, and its content in words."""
    figure = plan.figure
    if isinstance(figure, CurvesFigure | DesignsFigure):
        heading = plan.analyses[figure.analysis].title
    else:
        heading = "Who took part" if isinstance(figure, FlowFigure) else "The findings at a glance"
    return FigureText(heading, words.sentence(figure.caption) if figure.caption else "", picture)


def by_gender(
    plan: Plan, analysis: str, found: Evidence, staged: dict[str, Courses], there: dict[str, bool]
) -> tuple[str, ...]:
    """What is said of each gender."""
    if analysis in staged:
        return tell_genders_of(staged[analysis])
    return tell_genders(found, there, wording(plan, analysis))


def behind(row: Estimate) -> str:
    """People, and people with the outcome, behind an estimate; and what else a reader must know of it, such as why
    there is none."""
    if formats.is_missing(row.n):
        return "Number of people: withheld."
    events = "" if formats.is_missing(row.n_events) else f", {formats.count(row.n_events)} with the outcome"
    note = f" {words.sentence(row.note)}" if row.note and row.status in ("ok", "failed") else ""
    return f"{_counted('{} people', row.n, withheld=False)}{events}.{note}"


def half_there(plan: Plan, analysis: str, estimates: pd.DataFrame) -> str:
    """When half of the people are there, in a sample of people who all are, and what that is conditional on."""
    asked = plan.analyses[analysis]
    median = conditional_median(estimates, analysis) if isinstance(asked, RecoveryTimeAnalysis) else None
    if median is None:
        return ""
    unit, since = plan.outcomes[asked.outcome].unit, plan.outcomes[asked.outcome].since
    numbers = [formats.number(value, 1) for value in (median.estimate, median.conf_low, median.conf_high)]
    return (
        f" Of those who get there within {labels.duration(asked.horizon, unit)} of {since}, half do within "
        f"{numbers[0]} {unit} ({formats.level(median.conf_level)} interval {numbers[1]} to {numbers[2]}); nothing "
        "is known of people who take longer."
    )


def who_took_part(plan: Plan, flow: pd.DataFrame, table_one: pd.DataFrame) -> tuple[str, ...]:
    """The study in its own words, numbers of people, and every gender by name."""
    eligible = flow[(flow["kind"] == "eligible") & (flow["unit"] == "people")]
    sentences = []
    if len(eligible):
        sentences.append(_counted("{} people could be analysed.", *_cell(eligible.iloc[-1])))
    with_peers = people(table_one, peer="peer")
    if with_peers[0] is not None:
        when = "before the first interview" if plan.peer.spells else "at the start"
        sentences.append(_counted(f"{{}} people reported {plan.peer.noun} {when}.", *with_peers))
    counts = {gender: people(table_one, gender=gender) for gender in GENDERS}
    present = [_counted(f"{{}} {words.GENDER_NOUN[g]}", *cell) for g, cell in counts.items() if cell[0] is not None]
    sentences.append(f"By gender: {formats.listed(present)}.")
    absent = [words.GENDER_NOUN[g] for g, (n, _) in counts.items() if n is None and g != "undisclosed"]
    if absent:
        who = formats.listed(absent)
        sentences.append(f"Nobody is recorded among {who}, so nothing can be said of them.")
    return words.sentence(plan.about.summary), " ".join(sentences)


def _cell(row: pd.Series) -> tuple[float, bool]:
    return row["n"], bool(row["suppressed"]) or formats.is_missing(row["n"])


def _counted(text: str, n: float | None, withheld: bool) -> str:
    """The text with its number: ``470 women``, ``women (number withheld)``, ``470 people could be analysed.``"""
    if not withheld:
        text = re.sub("women|men|people", lambda several: ONE[several[0]], text, count=1) if n == 1 else text
        return text.replace("{}", formats.count(n), 1)
    rest = text.replace("{} ", "", 1)
    return f"{words.capital(rest[:-1])} (number withheld)." if rest.endswith(".") else f"{rest} (number withheld)"


def key_points(plan: Plan, found: dict[str, Evidence], said: dict[str, Statement]) -> Section:
    """What a reader in a hurry needs: clear answers in full, the rest by name, then gender."""
    if not found:
        return Section("Key points", (("No answers yet:", "the plan of this study names no findings."),))
    by_strength = {s: [a for a, statement in said.items() if statement.strength is s] for s in Strength}
    clear = by_strength[Strength.CLEAR]
    names = names_of(plan, found)
    points = [("Clear:", said[a].text) for a in clear[:MOST_KEY_FINDINGS]]
    if clear[MOST_KEY_FINDINGS:]:
        points.append(("Clear as well:", _names(names, clear[MOST_KEY_FINDINGS:])))
    if not clear:
        points.append(("Clear:", "none of the questions has a clear answer in these data."))
    lead = {
        Strength.SOME_SIGN: "Some sign of a difference:",
        Strength.CANNOT_TELL: "We could not tell:",
        Strength.TOO_FEW: "Too few people to say:",
    }
    points += [(lead[s], _names(names, by_strength[s])) for s in lead if by_strength[s]]
    points.append(("By gender:", _gender_point(found, names)))
    return Section("Key points", tuple(points))


def _names(names: dict[str, str], analyses: list[str]) -> str:
    return f"{formats.listed([names[a] for a in analyses])}."


def _gender_point(found: dict[str, Evidence], names: dict[str, str]) -> str:
    differ = [names[a] for a, e in found.items() if genders_differ(e)]
    silent = [names[a] for a, e in found.items() if not genders_compared(e)]
    if len(silent) == len(found):
        return "the data do not allow a comparison between genders."
    rest = f" The data do not allow a comparison on {formats.listed(silent)}." if silent else ""
    if differ:
        others = "" if len(differ) + len(silent) == len(found) else "; no other difference between them is clear"
        return f"genders clearly differ in the answer on {formats.listed(differ)}{others}.{rest}"
    answers = "the answers that could be compared" if silent else "any of the answers"
    return (
        f"there is no clear difference between genders in {answers}. With these numbers of people, "
        f"differences may well exist that could not be seen.{rest}"
    )
