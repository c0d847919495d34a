"""How the numbers were made and guarded, and what they do not show: text from the plan of the study."""

from collections.abc import Sequence

from .. import formats, labels
from ..study import (
    Analysis,
    MultistateAnalysis,
    ParametricAnalysis,
    RecoveryTimeAnalysis,
    RegressionAnalysis,
    SurvivalAnalysis,
)
from . import words
from .content import Section
from .plan import Plan


def cautions(plan: Plan) -> Section:
    """What not to conclude: two rules that always hold, then the study's own."""
    noun = plan.peer.noun
    rules = (
        "These results compare groups of people. They do not show why the groups differ, so they cannot say "
        f"what {noun} would do for a person who starts now.",
        "'Cannot tell' is not 'no difference'. Genders differ only where the text says that the difference is clear.",
    )
    points = tuple(("", words.sentence(text)) for text in (*rules, *plan.briefing.cautions))
    return Section("What not to conclude", points)


def method(plan: Plan) -> Section:
    """How each kind of analysis was made, what its measures mean, and how outcomes were defined."""
    told = [f.analysis for f in plan.briefing.findings]
    survival = [plan.analyses[a] for a in told if isinstance(plan.analyses[a], SurvivalAnalysis)]
    regression = [plan.analyses[a] for a in told if isinstance(plan.analyses[a], RegressionAnalysis)]
    points = [("What was measured.", definitions(plan))] if told else []
    if survival:
        points.append(("Time to an outcome:", _survival(plan, survival)))
    for kind, heading, tell in OTHER_KINDS:
        points += [(heading, tell(plan, plan.analyses[a])) for a in told if isinstance(plan.analyses[a], kind)]
    if regression:
        points.append(("Outcomes at interviews:", _regression(plan, regression)))
    points += [("Weights:", note) for note in labels.weighted(plan.analyses[a] for a in dict.fromkeys(told))]
    points.append(("Small numbers:", labels.disclosure(plan.disclosure.preset, plan.disclosure.reason)))
    return Section("Method and source", tuple(points))


def definitions(plan: Plan) -> str:
    """Definition of every outcome that the findings speak of, once each."""
    names = dict.fromkeys(plan.analyses[f.analysis].outcome for f in plan.briefing.findings)
    outcomes = [plan.outcomes[name] for name in names]
    return " ".join(f"{words.bare(o.label)}: {words.sentence(o.definition)}" for o in outcomes)


def _survival(plan: Plan, analyses: list[SurvivalAnalysis]) -> str:
    exposures = list(dict.fromkeys(_exposure(plan, a) for a in analyses))
    return (
        "Cox models; 'times as likely at any given time' is their hazard ratio. "
        f"{words.capital(plan.peer.noun)} counts {' or '.join(exposures)}{_adjusted(plan, analyses)}."
    )


def _regression(plan: Plan, analyses: list[RegressionAnalysis]) -> str:
    odds = any(a.family == "logistic" for a in analyses)
    return (
        f"{words.capital(plan.peer.noun)} as told at one interview, the outcome at the next; answers of the "
        f"same person belong together{_adjusted(plan, analyses)}."
        + (" Odds are people with the outcome for each person without it." if odds else "")
    )


def _recovery_time(plan: Plan, analysis: RecoveryTimeAnalysis) -> str:
    reach = labels.duration(analysis.horizon, plan.outcomes[analysis.outcome].unit)
    return (
        "only people who are there already were asked, so times are right-truncated at the interview. They are read "
        "backwards from it (Lagakos 1988), or modelled given that they ended before it. Every number is "
        f"conditional on getting there within {reach}. 'Times as likely at any given time' is the hazard ratio of a "
        f"right-truncated model; {plan.peer.noun} counts from its first date on{_adjusted(plan, [analysis])}."
    )


def _parametric(plan: Plan, analysis: ParametricAnalysis) -> str:
    return (
        "parametric models, the family with the lowest AIC; 'times as long' is their time ratio. Times known to an "
        f"interval count as that interval. {words.capital(plan.peer.noun)} counts {_exposure(plan, analysis)}"
        f"{_adjusted(plan, [analysis])}."
    )


def _states(plan: Plan, analysis: MultistateAnalysis) -> str:
    return (
        "Cox models of each move between states since first help, by the time since the state was entered, with "
        f"{plan.peer.noun} from its first date on{_adjusted(plan, [analysis])}. From them, where the same people would "
        "be had each gone on with peers, or without; intervals from samples of people drawn with replacement."
    )


OTHER_KINDS = (
    (MultistateAnalysis, "Where people are:", _states),
    (RecoveryTimeAnalysis, "Time to recovery, seen from recovery:", _recovery_time),
    (ParametricAnalysis, "Time to an outcome, as a distribution:", _parametric),
)


def _exposure(plan: Plan, analysis: SurvivalAnalysis | ParametricAnalysis) -> str:
    if analysis.exposure == "baseline":
        return "as told at the start of the study"
    if plan.peer.spells:
        return "from its first date on, never for the time before"
    return "for the time after the interview at which it was told"


def _adjusted(plan: Plan, analyses: Sequence[Analysis]) -> str:
    names = dict.fromkeys(name for a in analyses for name in a.adjust)
    labels = [_covariate(plan, name) for name in names]
    return f"; adjusted for {formats.listed(labels)}" if labels else "; not adjusted for other differences"


def _covariate(plan: Plan, name: str) -> str:
    if name == "previous":
        return "the same outcome one interview before"
    return words.phrase(plan.variables[name].label) if name in plan.variables else name.replace("_", " ")


def source(plan: Plan) -> tuple[tuple[str, str], ...]:
    """How to cite the data, and what may be done with them."""
    return (("Data:", words.sentence(plan.about.citation)), ("Licence:", words.sentence(plan.about.licence)))
