"""A seed → extracts as a survey company delivers them, and the truth behind them."""

from pathlib import Path
from typing import Any

from ..simulate.generate import simulate_study
from ..simulate.parameters import parameters_of
from ..study import Simulate


def simulate_extracts(
    plan: dict[str, Any], uk: str, nl: str, be: str, follow_up_1: str, follow_up_2: str, truth: str
) -> None:
    """Draw the people that the plan asks for; see recovery_analysis.simulate.

    Parameters
    ----------
    plan : block `simulate` of the study.
    uk, nl, be, follow_up_1, follow_up_2 : extracts, all in one folder, named as the simulator names them.
    truth : where the truth goes.
    """
    folders = {Path(path).parent for path in (uk, nl, be, follow_up_1, follow_up_2)}
    asked = Simulate.model_validate(plan)
    world = parameters_of(asked.peers)
    simulate_study(
        asked.people, asked.seed, folders.pop(), Path(truth), parameters=world, interviewed=asked.interviewed
    )
