"""What every figure needs to know of its study, and the notes that every figure carries."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .. import labels
from ..study import About, Analysis, Disclosure, Outcome, Peer


@dataclass(frozen=True)
class Context:
    """The parts of a study that put words to its numbers.

    `compact` is for a document that says the definition, the method, the source and the rule for small numbers itself.
    `conf_level` is that of the intervals of every curve; curves.csv does not name it.
    """

    about: About
    peer: Peer
    outcomes: Mapping[str, Outcome]
    analyses: Mapping[str, Analysis]
    disclosure: Disclosure
    compact: bool = False
    conf_level: float | None = None

    @property
    def simulated(self) -> str | None:
        """The label that simulated data must carry; None for real data."""
        return labels.SIMULATED if self.about.simulated else None

    def naive(self, analysis: str) -> bool:
        """Whether an analysis takes no notice of people who are missing by design."""
        plan = self.analyses[analysis]
        return plan.kind == "survival" and plan.naive

    def warning(self, analysis: str) -> str | None:
        """What must stand above a figure of an analysis: that the data are simulated, that it is naive."""
        return ". ".join(filter(None, [self.simulated, labels.NAIVE if self.naive(analysis) else None])) or None

    def outcome_of(self, analysis: str) -> Outcome:
        """The outcome of a named analysis."""
        return self.outcomes[self.analyses[analysis].outcome]

    def group(self, by: str, name: str, analysis: str = "") -> str:
        """A group of curves in words; strategies and outcomes that compete need the analysis that states them."""
        if by == "strategy":
            plan = self.analyses[analysis]
            within = f"within {labels.span(plan.grace)} of {self.outcome_of(analysis).since}"
            return {"peer": f"{self.peer.label} {within}", "no_peer": f"{self.peer.reference} {within}"}[name]
        if by == labels.OUTCOMES:
            outcome = self.outcome_of(analysis)
            return labels.came_first(name, outcome.label, outcome.competing)
        if by == "peer":
            return {"peer": self.peer.label, "no_peer": self.peer.reference}.get(name, name)
        if by.startswith(labels.STANDARDISED):
            return {"peer": f"{self.peer.label}, from the start", "no_peer": f"{self.peer.reference}, throughout"}[name]
        return labels.gender(name)

    def closing(self, withheld: bool = False) -> list[str]:
        """The last notes of a figure: what a dash means, the rule for small numbers, the source."""
        notes = [labels.WITHHELD] if withheld else []
        if not self.compact:
            notes += [labels.disclosure(self.disclosure.preset, self.disclosure.reason), self.source()]
        return [" ".join(notes)]

    def source(self) -> str:
        """Where the numbers come from."""
        return f"Source: {self.about.label}. {self.about.citation}"


def in_order(names: pd.Series, order: tuple[str, ...]) -> list[str]:
    """The names that occur, in the order given; others follow by alphabet."""
    found = set(names.dropna())
    return [name for name in order if name in found] + sorted(found - set(order))
