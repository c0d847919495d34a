"""The words for one analysis of the briefing, as they stand inside a sentence."""

from collections import Counter
from collections.abc import Iterable

from .. import labels
from ..study import MeasureOutcome, MultistateAnalysis
from . import words
from .plan import Plan
from .statements import Wording
from .states import place_of


def wording(plan: Plan, analysis: str) -> Wording:
    """Nouns for the sentences of one analysis."""
    outcome = plan.outcomes[plan.analyses[analysis].outcome]
    if of_states(plan, analysis):
        return Wording(plan.peer.noun, f"being {place_of(plan, plan.analyses[analysis])}")
    measure = isinstance(outcome, MeasureOutcome)
    return Wording(
        plan.peer.noun,
        words.phrase(outcome.label),
        plan.variables.get(outcome.measure) if measure else None,
        outcome.better if measure else "",
    )


def of_states(plan: Plan, analysis: str) -> bool:
    """Whether an analysis follows people through stages."""
    return isinstance(plan.analyses[analysis], MultistateAnalysis)


def names_of(plan: Plan, analyses: Iterable[str]) -> dict[str, str]:
    """What each analysis is about: its outcome, or its own title where others have the same outcome."""
    outcomes = {analysis: wording(plan, analysis).outcome for analysis in analyses}
    often = Counter(outcomes.values())
    return {
        analysis: outcome if often[outcome] == 1 else labels.inside(plan.analyses[analysis].title)
        for analysis, outcome in outcomes.items()
    }
