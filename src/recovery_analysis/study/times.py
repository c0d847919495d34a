"""What the settings of times and of competing events must say of each other."""

from collections.abc import Iterator

from .. import labels
from .analyses import Analysis, SurvivalAnalysis, TargetTrialAnalysis
from .base import UNITS_PER_YEAR
from .plan import EventOutcome, Outcome, SpellOutcome


def competing_problems(path: str, outcome: EventOutcome | SpellOutcome, time_zero: str) -> Iterator[str]:
    """Events that cannot compete with an outcome."""
    own = (outcome.event,) if isinstance(outcome, EventOutcome) else (outcome.spell,)
    for i, event in enumerate(outcome.competing):
        if event in ("interview", time_zero, *own):
            yield (
                f"{path}.competing.{i}: '{event}' cannot compete with this outcome: it is the outcome, the start of "
                "the clock, or the interview, which ends the follow-up of everybody. Name an event after which the "
                "outcome cannot happen, such as death."
            )


def _within_horizon(path: str, analysis: TargetTrialAnalysis) -> Iterator[str]:
    """Times at which a target trial looks lie within its follow-up."""
    asked = {f"landmarks.{i}": at for i, at in enumerate(analysis.landmarks)} | {"grace": analysis.grace}
    for key, at in asked.items():
        if not 0 < at < analysis.horizon:
            yield (
                f"{path}.{key}: found {at:g}, and follow-up ends at `horizon` ({analysis.horizon:g} years). Give a "
                "number of years above 0 and below that."
            )


def time_problems(path: str, analysis: Analysis, outcome: Outcome) -> Iterator[str]:
    """Times before the outcome can be met, and analyses that would take a competing event for censoring."""
    survival = isinstance(analysis, SurvivalAnalysis)
    if isinstance(analysis, TargetTrialAnalysis):
        yield from _within_horizon(path, analysis)
    counts = survival or isinstance(analysis, TargetTrialAnalysis)
    if isinstance(outcome, SpellOutcome) and survival:
        least = outcome.lasting_years * UNITS_PER_YEAR[outcome.unit]
        for i, time in enumerate(analysis.times):
            if time < least:
                soon, asked = (labels.duration(value, outcome.unit) for value in (time, least))
                yield (
                    f"{path}.times.{i}: nobody can have met this outcome by {soon}, since it asks for {asked} in a "
                    "row. Choose a later time."
                )
    if not getattr(outcome, "competing", ()):
        return
    if not counts:
        yield (
            f"{path}.outcome: '{analysis.outcome}' has competing events, which this analysis would take for the end of "
            "follow-up. Valid here: kind survival or target_trial."
        )
