"""Estimators of times known to an interval, of competing events, and of stages that people move between."""

import numpy as np

from ..estimators.cumulative_incidence import cumulative_incidence
from ..estimators.families import WEIBULL
from ..estimators.fine_gray import fit_fine_gray
from ..estimators.multistate import state_occupancy
from ..estimators.parametric import fit_parametric
from ..estimators.pseudo_values import pseudo_incidence, pseudo_regression
from ..estimators.times import Times, known_times
from ..estimators.transitions import StateRows
from ..estimators.turnbull import turnbull, turnbull_curve
from .answers import Answer, of_fit, of_share, place
from .designs import Deaths, Told
from .scenarios import LEVEL
from .survey_methods import FIRST_YEAR, NAMES, by_then
from .truth import PROBABILITY_AT

MIDDLE = 0.5


def turnbull_at(told: Told) -> Answer:
    """Turnbull's estimate from the intervals."""
    curve = turnbull_curve(turnbull(told.lower, told.upper), LEVEL)
    last = place(curve["time"], PROBABILITY_AT)
    return of_share(1 - curve["estimate"][last], curve["std_error"][last], falls=True)


def kaplan_meier_told(told: Told) -> Answer:
    """The completed years that people tell, as if they were the times."""
    return by_then(told.lower, np.isfinite(told.upper) * 1.0)


def _weibull(times: Times, x: np.ndarray) -> Answer:
    return of_fit(fit_parametric(WEIBULL, times, x, tuple(NAMES)), "peers")


def interval_weibull(told: Told) -> Answer:
    """Accelerated failure times since the first year, from the intervals: log ratio of times of people with peers."""
    return _weibull(known_times(told.lower - FIRST_YEAR, told.upper - FIRST_YEAR), told.x)


def exact_weibull(told: Told) -> Answer:
    """The same from completed years as if they were the times; nought as half a year."""
    time = np.maximum(told.lower - FIRST_YEAR, MIDDLE)
    return _weibull(known_times(time, np.where(np.isfinite(told.upper), time, np.inf)), told.x)


def incidence_at(deaths: Deaths) -> Answer:
    """Cumulative incidence of recovery, death competing with it."""
    curve = cumulative_incidence(np.zeros(len(deaths.stop)), deaths.stop, deaths.cause, LEVEL)
    last = place(curve.time, PROBABILITY_AT)
    return of_share(curve.estimate[last, 0], curve.std_error[last, 0])


def deaths_as_censored(deaths: Deaths) -> Answer:
    """Kaplan-Meier, as if people who died could still recover."""
    return by_then(deaths.stop, (deaths.cause == 1) * 1.0)


def fine_gray(deaths: Deaths) -> Answer:
    """Log ratio of subdistribution hazards."""
    return of_fit(fit_fine_gray(np.zeros(len(deaths.stop)), deaths.stop, deaths.cause, deaths.x, NAMES, of=1))


def pseudo_values(deaths: Deaths) -> Answer:
    """Difference of the probability of recovery within ten years, by regression of pseudo-values."""
    values = pseudo_incidence(deaths.stop, deaths.cause, np.array([PROBABILITY_AT]))
    fit = pseudo_regression(values, deaths.x, "identity")
    return float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1]))


def _in_recovery(rows: StateRows, name: str) -> tuple[float, float]:
    """Occupancy of both stages of recovery together at ten years, or time in them."""
    found = state_occupancy(rows, np.array([PROBABILITY_AT]), np.eye(3)[0], influence=True)
    level, each = getattr(found, name)[0, 1:], getattr(found, {"probability": "influence"}.get(name, "years_influence"))
    return float(level.sum()), float(np.sqrt((each[0][:, 1:].sum(axis=1) ** 2).sum()))


def occupied(rows: StateRows) -> Answer:
    """Share in stable recovery ten years after first help, relapse and return counted."""
    return of_share(*_in_recovery(rows, "probability"))


def years(rows: StateRows) -> Answer:
    """Years in stable recovery in the ten years since first help."""
    return _in_recovery(rows, "years")


def first_time(rows: StateRows) -> Answer:
    """Share who have ever reached it, as if it lasted."""
    met = rows.where(rows.origin == 1)
    people, first = np.unique(rows.person), {}
    order = np.argsort(-met.start, kind="stable")
    first = dict(zip(met.person[order].tolist(), met.start[order].tolist(), strict=True))
    end = np.zeros(int(people.max()) + 1)
    np.maximum.at(end, rows.person, rows.stop)
    stop = np.array([first.get(person, end[person]) for person in people.tolist()])
    event = np.array([float(person in first) for person in people.tolist()])
    return by_then(stop, event)
