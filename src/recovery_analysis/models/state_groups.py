"""Who a multi-state estimate is of: everyone, each gender, and people with peers and without."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimators.follow_up_weights import weighted_for_follow_up
from ..estimators.multistate import Occupancy, state_occupancy
from ..estimators.transitions import NO_MOVE, StateRows
from ..estimators.two_clocks import occupancy_on_two_clocks, split_at_first
from ..study import GENDERS
from .curve_rows import ARMS
from .sampling import SIMPLE, Sampling
from .spec import FEWEST_PEOPLE

HELPED = 1
STEP = 0.5
NOT_YET = 0.01


@dataclass(frozen=True)
class StatesSpec:
    """One multi-state analysis.

    `states` : names in order; the first is where everybody starts, those beginning with `recovery` are stages of
    it. `horizons`, `stay_years`, `replicates`, `second_fit_tolerance` : as in the configuration. `where` : dotted path,
    for messages.
    """

    outcome: str
    states: tuple[str, ...]
    horizons: tuple[float, ...]
    stay_years: tuple[float, ...]
    where: str = "analysis"
    replicates: int = 50
    second_fit_tolerance: float = 1e-5
    sampling: Sampling = SIMPLE

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages of recovery, in order."""
        return tuple(state for state in self.states if state.startswith("recovery"))


@dataclass(frozen=True)
class StateGroup:
    """Histories of one group, with what its rows of `estimates` say of it.

    `term` : everyone, gender or peer; `level` : the gender, or the arm; `group` : all, or the gender within which
    people with and without peers are compared. An arm has `course` too: the histories of the whole group before first
    help, and those of the arm since first help, on a clock of their own. Where all had sought help, `weighed` are the
    rows of everyone, or of a gender, weighted for follow-up that counts from first help.
    """

    term: str
    level: str | None
    group: str
    rows: StateRows
    course: tuple[StateRows, StateRows] | None = None
    weighed: StateRows | None = None

    @property
    def occupied(self) -> StateRows:
        """Rows from which its occupancy is found, save that of an arm with a course."""
        return self.rows if self.weighed is None else self.weighed

    @property
    def people(self) -> int:
        """How many people it holds; of an arm, those who were in it after first help."""
        return len(np.unique((self.course[1] if self.course else self.rows).person))

    @property
    def labels(self) -> dict[str, str | None]:
        """Columns of `estimates` that say who it is of."""
        return {"term": self.term, "level": self.level, "group": self.group}


def coded(frame: pd.DataFrame, states: tuple[str, ...], sampling: Sampling = SIMPLE) -> StateRows:
    """Rows of state paths with people and states as integers; people by the order of their first row."""
    code = {state: number for number, state in enumerate(states)}
    return StateRows(
        person=pd.factorize(frame["person_id"])[0],
        start=frame["start"].to_numpy(float),
        stop=frame["stop"].to_numpy(float),
        origin=frame["origin"].map(code).to_numpy(int),
        target=frame["target"].map(code).fillna(NO_MOVE).to_numpy(int),
        n_states=len(states),
        weight=frame["weight"].to_numpy(float) if sampling.weighted else None,
    )


def state_groups(frame: pd.DataFrame, spec: StatesSpec) -> Iterator[StateGroup]:
    """Everyone, each gender that is present, and each arm of peers among everyone and within each gender."""
    rows = coded(frame, spec.states, spec.sampling)

    def counted(own: StateRows) -> StateRows | None:
        return weighted_for_follow_up(own, HELPED, spec.horizons[-1]) if only_helped(rows) else None

    yield StateGroup("everyone", None, "all", rows, weighed=counted(rows))
    genders = [gender for gender in GENDERS if (frame["gender"] == gender).any()]
    masks = {gender: (frame["gender"] == gender).to_numpy() for gender in genders}
    for gender in genders:
        own = rows.where(masks[gender])
        yield StateGroup("gender", gender, gender, own, weighed=counted(own))
    before, after, kept = split_at_first(rows, HELPED)
    peer = frame["peer"].to_numpy()
    for group, mask in ({"all": np.ones(len(frame), dtype=bool)} | masks).items():
        for value, arm in ARMS.items():
            course = before.where(mask[~kept]), after.where((mask & (peer == value))[kept])
            yield StateGroup("peer", arm, group, rows.where(mask & arm_rows(frame, value, spec)), course)


def only_helped(rows: StateRows) -> bool:
    """Whether (nearly) nobody is in the file who has not sought help yet: then who has not is missing by design."""
    last = np.append(rows.person[1:] != rows.person[:-1], True)
    return float((rows.origin[last & (rows.target == NO_MOVE)] == 0).mean()) < NOT_YET


def arm_rows(frame: pd.DataFrame, peer: float, spec: StatesSpec) -> np.ndarray:
    """Rows from which the course with peers (1) or without (0) is put together.

    Time before first help counts for both, since the two courses part there; after it, time counts for the arm
    that the person was in at the time, so that nobody is said to have had peers before they met them.
    """
    return ((frame["peer"] == peer) | (frame["origin"] == spec.states[0])).to_numpy()


def occupancy_of(group: StateGroup, times: np.ndarray, influence: bool = False) -> Occupancy:
    """Occupancy of a group since onset.

    That of an arm is put together at first help, with the clock set anew: who had help early has had more time both
    to meet peers and to recover, so that years since onset alone would mistake the one for the work of the other.
    """
    if group.course is not None and len(group.course[1].start):
        return occupancy_on_two_clocks(*group.course, HELPED, times, STEP)
    return state_occupancy(group.occupied, times, np.eye(group.rows.n_states)[0], influence=influence)


def stands_for(group: StateGroup, until: float) -> float:
    """How many people one stands for at most by then, of the same sampling weight, because of follow-up."""
    rows, own = group.occupied, np.ones(len(group.rows.person))
    if group.rows.weight is not None:
        own = group.rows.weight
    weight = np.ones(len(rows.person)) if rows.weight is None else rows.weight
    people, first = np.unique(group.rows.person, return_index=True)
    ratio = weight / own[first][np.searchsorted(people, rows.person)]
    return float(ratio[rows.start < until].max())


def seen_in_state(group: StateGroup, times: np.ndarray) -> np.ndarray:
    """(m, k) people known to be in each state at each time."""
    rows, count = group.rows, []
    for state in range(rows.n_states):
        own = rows.origin == state
        entered = np.searchsorted(np.sort(rows.start[own]), times, side="right")
        count.append(entered - np.searchsorted(np.sort(rows.stop[own]), times, side="right"))
    return np.column_stack(count)


def followed(group: StateGroup, times: np.ndarray) -> np.ndarray:
    """(m,) True where enough people are known about; of an arm, enough who had sought help."""
    return seen_in_state(group, times)[:, int(group.course is not None) :].sum(axis=1) >= FEWEST_PEOPLE
