"""Lists in which the same thing stands twice, and definitions that differ in nothing."""

from collections.abc import Iterable, Iterator

from .study import SpellOutcome, Study

OF_ANALYSES = ("adjust", "strata", "times", "rho", "families", "landmarks")
OF_DEFINITIONS = ("lasting_years", "lapse_days", "spell", "medication_counts", "follow_up_years")


def written_twice(study: Study) -> Iterator[str]:
    """What is named more than once, where once says all."""
    for name, analysis in study.analyses.items():
        for key in OF_ANALYSES:
            yield from _twice(f"analyses.{name}.{key}", getattr(analysis, key, ()))
    for name, outcome in study.outcomes.items():
        yield from _twice(f"outcomes.{name}.competing", getattr(outcome, "competing", ()))
    for block in ("figures", "tables"):
        for name, shown in getattr(study, block).items():
            for key in ("analyses", "variables"):
                yield from _twice(f"{block}.{name}.{key}", getattr(shown, key, ()))


def _twice(path: str, values: Iterable[object]) -> Iterator[str]:
    seen: list[object] = []
    for value in values:
        if value in seen:
            yield f"{path}: '{value}' is written twice. Name each once."
        seen.append(value)


def same_definitions(path: str, outcome: SpellOutcome) -> Iterator[str]:
    """Definitions of a spell outcome that are the outcome itself, or another of its definitions."""
    seen = {_asks(outcome): "the outcome itself"}
    for name in outcome.definitions:
        asked = _asks(outcome.defined_as(name))
        if asked in seen:
            yield (
                f"{path}.definitions.{name}: it asks for the same as {seen[asked]}. Give what differs "
                f"({', '.join(OF_DEFINITIONS)}), or take it away."
            )
        seen.setdefault(asked, f"the definition '{name}'")


def _asks(outcome: SpellOutcome) -> tuple[object, ...]:
    return tuple(getattr(outcome, key) for key in OF_DEFINITIONS)
