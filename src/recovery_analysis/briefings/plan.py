"""The parts of a study's configuration that put words to its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from ..study import FIGURE, About, Analysis, Briefing, Disclosure, Figure, Outcome, Peer, Variable


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
    return Plan(
        about=About.model_validate(study["about"]),
        peer=Peer.model_validate(study["peer"]),
        outcomes=TypeAdapter(dict[str, Outcome]).validate_python(study["outcomes"]),
        analyses=TypeAdapter(dict[str, Analysis]).validate_python(study["analyses"]),
        variables=TypeAdapter(dict[str, Variable]).validate_python(study["variables"]),
        disclosure=Disclosure.model_validate(study["disclosure"]),
        briefing=Briefing.model_validate(study["briefing"]),
        figure=FIGURE.validate_python(figure),
    )
