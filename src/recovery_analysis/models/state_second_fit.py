"""Second fits of a multi-state analysis: occupancy by another engine, the course after first help by another road."""

from dataclasses import replace

import numpy as np

from ..estimators.engine_cox import engine_name
from ..estimators.engine_curves import kaplan_meier_again
from ..estimators.engine_states import occupancy_again
from ..estimators.multistate import Occupancy
from ..estimators.state_course_again import carried_forward, hazard_again
from ..estimators.transitions import NO_MOVE, StateRows
from ..estimators.two_clocks import DECIMALS
from .cox_plans import times_of
from .curve_rows import ARMS
from .second_fit import fits_apart, judged, relative_difference
from .sojourns import STATES, stages_shown
from .standardised_states import Population, Predicted
from .state_groups import HELPED, STEP, StateGroup, StatesSpec

# A standard error of nought, as rounding may leave it.
NOTHING = 1e-12
ROAD = "people carried forward step by step"


def states_row(differences: list[float], spec: StatesSpec) -> dict:
    """The row `second_fit` of all occupancies: everybody's, each gender's, and those of arms.

    Raises
    ------
    ResearchError
        If the two engines differ by more than the tolerance.
    """
    return judged("states", max(differences), spec.second_fit_tolerance, spec.where, engine_name("survfitaj"))


def occupancy_difference(group: StateGroup, found: Occupancy) -> float:
    """How far a group's occupancy, the time in each state, and their errors are from another engine's.

    Of an arm, the shares are compared: the engine's own of both parts are put together at first help.
    """
    if group.course is not None:
        return float(np.abs(_arm_again(group, found.times) - found.probability).max())
    again, errors, years = occupancy_again(group.occupied, found.times)
    seen = found.std_error > NOTHING
    shares = fits_apart(*(values[seen] for values in (found.probability, found.std_error, again, errors)))
    return max(shares, relative_difference(found.years[seen], years[seen], found.years_std_error[seen]))


def _arm_again(group: StateGroup, times: np.ndarray) -> np.ndarray:
    """(m, k) share in each state: a mixture over the time of first help, as in `occupancy_on_two_clocks`, or where
    nobody is seen after it, of all rows of the arm."""
    before, after = group.course
    # Shares do not depend on which rows are a person's; a person may leave an arm, and the engine wants whole paths.
    rows, after = (replace(part, person=np.arange(len(part.person))) for part in (group.rows, after))
    if not len(after.start):
        return occupancy_again(rows, times)[0]
    places = np.rint(times / STEP).astype(int)
    grid = STEP * np.arange(1, places.max() + 1)
    first = np.vstack([np.eye(before.n_states)[0], occupancy_again(before, grid)[0]])
    since_help = np.round(grid - _gone_on_average(before), DECIMALS)
    course, chance = occupancy_again(after, since_help, HELPED)[0], np.diff(first[:, HELPED])
    there = np.arange(before.n_states) != HELPED
    return np.array([first[t] * there + sum(chance[d] * course[t - d - 1] for d in range(t)) for t in places])


def _gone_on_average(before: StateRows) -> float:
    """Mean time from the beginning of the half year (., .] in which people sought help to the day of it."""
    helped = before.where(before.target == HELPED)
    if not len(helped.stop):
        return STEP / 2
    into = helped.stop - STEP * (np.ceil(helped.stop / STEP) - 1)
    return float(np.average(into, weights=helped.weight))


def stays_rows(differences: list[float], spec: StatesSpec) -> list[dict]:
    """The row `second_fit` of how surely people stay in recovery; none where nobody reached a stage."""
    told = (spec.second_fit_tolerance, spec.where, engine_name("survfitkm"))
    return [judged("stays", max(differences), *told)] if differences else []


def stay_difference(rows: StateRows, times: np.ndarray, found: Occupancy, state: int) -> float:
    """How far the shares who stayed in `state`, and their errors, are from another engine's Kaplan-Meier curve; one row
    for each person."""
    curve = kaplan_meier_again(rows.start, rows.stop, rows.target != NO_MOVE, rows.weight)
    own = found.probability[:, state], found.std_error[:, state]
    again = [np.array([curve.at(values, time) for time in times]) for values in (curve.without, curve.std_error)]
    known = own[1] > NOTHING
    return fits_apart(*(values[known] for values in (*own, *again)))


def course_row(whole: Population, found: Predicted, spread: Predicted, spec: StatesSpec) -> dict:
    """The row `second_fit` of the shares of everyone with peers, and without, at the horizons.

    Raises
    ------
    ResearchError
        If the two roads differ by more than the tolerance.
    """
    step, steps = found.step, found.probability.shape[2] - 1
    grid = step * np.arange(1, steps + 1)
    before = np.vstack([np.eye(len(spec.states))[0], occupancy_again(whole.before, grid)[0]])
    chance = np.diff(before[:, HELPED])
    largest = 0.0
    for arm, value in enumerate(ARMS):
        after = _after(whole, value, step, steps, spec)
        for horizon in spec.horizons:
            t = int(round(horizon / step))
            again = before[t] * (np.arange(len(spec.states)) != HELPED)
            again = again + sum(chance[d] * after[t - d - 1] for d in range(t))
            own, error = found.probability[arm, 0, t], spread.probability[arm, 0, int(round(horizon / spread.step))]
            known = np.maximum(own, error) > 0
            largest = max(largest, relative_difference(own[known], again[known], error[known]))
    return judged("standardised", largest, spec.second_fit_tolerance, spec.where, ROAD)


def _after(whole: Population, peer: float, step: float, steps: int, spec: StatesSpec) -> np.ndarray:
    """(T + 1, k) mean share of people in each state, by steps since first help."""
    moves = {}
    for model in whole.models:
        beta, plan = model.fit.coefficients, model.plan
        baseline = hazard_again(*times_of(plan.rows), plan.design.x @ beta, step, steps, plan.weights)
        moves[model.origin, model.target] = np.outer(baseline, np.exp(model.covariates(whole.first, peer) @ beta))
    carried = carried_forward(moves, STATES, whole.weight[whole.code[whole.first]])
    after = np.zeros((steps + 1, len(spec.states)))
    for state, parts in enumerate(stages_shown(spec, step), start=HELPED):
        for part in parts:
            after[:, state] += carried[:, part.state, part.begin : part.end].sum(axis=1)
    return after
