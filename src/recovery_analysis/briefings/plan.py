"""The parts of a study's configuration that put words to its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..study import FIGURE, About, Analysis, Briefing, Disclosure, Figure, Outcome, Peer, StudyBlocks, Variable


@dataclass(frozen=True)
class Plan:
    """What a briefing needs to know of its study, and the one figure that it shows."""

    about: About
    peer: Peer
    outcomes: Mapping[str, Outcome]
    analyses: Mapping[str, Analysis]
    variables: Mapping[str, Variable]
    disclosure: Disclosure
    briefing: Briefing
    figure: Figure


def plan_of(study: Mapping[str, Any], figure: Mapping[str, Any]) -> Plan:
    """Read the blocks of a study's configuration, which has been validated as a whole before.

    Parameters
    ----------
    study : blocks about, peer, outcomes, analyses, variables, disclosure and briefing; others are left alone.
    figure : the block of the figure that the briefing shows.
    """
    names = [field.name for field in fields(Plan) if field.name != "figure"]
    blocks = StudyBlocks.model_validate({name: study[name] for name in names})
    return Plan(**{name: getattr(blocks, name) for name in names}, figure=FIGURE.validate_python(figure))
