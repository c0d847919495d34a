"""The words for one analysis of the briefing, as they stand inside a sentence."""

from collections import Counter
from collections.abc import Iterable

from .. import labels
from ..study import MeasureOutcome, MultistateAnalysis, RecoveryTimeAnalysis
from . import words
from .plan import Plan
from .statements import Wording
from .states import place_of


def wording(plan: Plan, analysis: str) -> Wording:
    """Nouns for the sentences of one analysis."""
    asked = plan.analyses[analysis]
    outcome = plan.outcomes[asked.outcome]
    if of_states(plan, analysis):
        return Wording(plan.peer.noun, f"being {place_of(plan, asked)}")
    measure, label = isinstance(outcome, MeasureOutcome), words.phrase(outcome.label)
    if isinstance(asked, RecoveryTimeAnalysis):
        label = f"{label} within {labels.duration(asked.horizon, outcome.unit)}"
    return Wording(
        plan.peer.noun,
        label,
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
