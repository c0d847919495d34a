"""Second fits of a multi-state analysis: occupancy by another engine, the course after first help by another road."""

import numpy as np

from ..estimators.engine_cox import engine_name
from ..estimators.engine_states import occupancy_again
from ..estimators.multistate import Occupancy
from ..estimators.state_course_again import carried_forward, hazard_again
from ..estimators.transitions import StateRows
from .cox_plans import times_of
from .curve_rows import ARMS
from .second_fit import fits_apart, judged, relative_difference
from .sojourns import STATES, stages_shown
from .standardised_states import Population, Predicted
from .state_groups import HELPED, StatesSpec

ROAD = "people carried forward step by step"


def occupancy_row(rows: StateRows, found: Occupancy, spec: StatesSpec) -> dict:
    """The row `second_fit` of everyone's occupancy at the horizons and its standard errors.

    Raises
    ------
    ResearchError
        If the two engines differ by more than the tolerance.
    """
    again, errors = occupancy_again(rows, found.times)
    seen = found.std_error > 0
    difference = fits_apart(*(values[seen] for values in (found.probability, found.std_error, again, errors)))
    return judged("states", difference, spec.second_fit_tolerance, spec.where, engine_name("survfitaj"))


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
