"""Stays in a state since first help, each on a clock of its own: rows of the models of each move."""

import numpy as np
import pandas as pd

from ..estimators.state_course import NO_LIMIT, Stage
from ..estimators.transitions import NO_MOVE, StateRows
from ..estimators.two_clocks import since, split_at_first
from .state_groups import HELPED, StatesSpec, coded

# Help sought and no recovery since; a return to use since; in recovery, at whatever stage; died.
TRIED, RETURNED, RECOVERY, DIED = range(4)
STATES = 4


def sojourns(frame: pd.DataFrame, spec: StatesSpec) -> tuple[StateRows, pd.DataFrame]:
    """Histories before first help, and stays since then.

    A stage of recovery begins when the stay has lasted so long, so that all stages are one stay. Time counts from the
    day on which the stay began: how soon people return to use depends on how long they have been in recovery, and
    who returned once starts again on other terms than before.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time, complete.

    Returns
    -------
    before : as from `split_at_first`.
    rows : the rows since first help with `state`, `target` (-1: no move seen), and start and stop since the state was
        entered; the other columns of the frame as they are.
    """
    before, after, kept = split_at_first(coded(frame, spec.states, spec.sampling), HELPED)
    rows = frame[kept].reset_index(drop=True)
    stages = [spec.states.index(stage) for stage in spec.stages]
    recovery = pd.Series(np.isin(after.origin, stages))
    person = pd.Series(after.person)
    earlier = recovery.groupby(person).cumsum() - recovery > 0
    state = pd.Series(np.where(recovery, RECOVERY, np.where(earlier, RETURNED, TRIED)))
    number = ((state != state.shift()) | (person != person.shift())).cumsum()
    began = pd.Series(after.start).groupby(number).transform("first").to_numpy()
    target = np.full(len(rows), NO_MOVE)
    target[~recovery & np.isin(after.target, stages)] = RECOVERY
    target[recovery & (after.target == HELPED)] = RETURNED
    target[after.target == len(spec.states) - 1] = DIED
    times = {"start": since(began, after.start), "stop": since(began, after.stop)}
    return before, rows.assign(**times, state=state, target=target)


def move_name(origin: int, target: int, spec: StatesSpec) -> str:
    """A move between stays, as from>to."""
    names = ("after_help", "after_return", spec.stages[0], "died")
    return f"{names[origin]}>{names[target]}"


def stages_shown(spec: StatesSpec, step: float) -> list[list[Stage]]:
    """The parts that each state of the analysis but the first consists of, in steps since a stay began."""
    begins = [float(stage.removeprefix("recovery_")) for stage in spec.stages]
    places = [int(round((begin - begins[0]) / step)) for begin in begins] + [NO_LIMIT]
    recovery = [[Stage(RECOVERY, *ends)] for ends in zip(places[:-1], places[1:], strict=True)]
    return [[Stage(TRIED), Stage(RETURNED)], *recovery, [Stage(DIED)]]
