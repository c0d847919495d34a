"""Second fits of models of times: right-truncated, read backwards, known to an interval."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..estimators.engine_cox import engine_name, second_fit
from ..estimators.families import spline_knots
from ..estimators.parametric import ParametricFit
from ..estimators.parametric_again import Model, refit
from ..estimators.reverse_time import ConditionalCurve, reverse_rows
from ..estimators.times import Times
from ..estimators.turnbull import TurnbullFit
from .second_fit import fits_apart, judged, relative_difference

# A parameter with a standard error above this (of a log hazard or time) is as good as not known; the curvature of a
# likelihood that is so flat drowns in the rounding of its differences, and the estimates alone are compared.
UNKNOWN = 10.0
LIKELIHOOD = "a likelihood written from the survival function"
SELF_CONSISTENCY = "a round of self-consistency, person by person"
LIBRARY = {
    "retro_hazard": "coxph_fit",
    "kaplan_meier": "survfitkm",
    "aalen_johansen": "survfitaj",
    "log_rank": "survdiff",
    "fine_gray": "coxph_fit",
}
BY_DEFINITION = {
    "pseudo_values": "leaving out one person at a time",
    "standardised": "curves predicted person by person",
    "clone_censor_weight": "clones weighted anew, curves and Cox model of another engine",
}
LYNDEN_BELL = "Lynden-Bell's product, person by person"


def parametric_differences(
    fits: Iterable[ParametricFit | None], times: Times, switch: np.ndarray | None = None
) -> list[float]:
    """Relative difference of each parametric model that stands from the step and curvature of a second likelihood.

    Parameters
    ----------
    fits : models of the same people. `times` : what they were fitted to.
    switch : (n,) when peers begin, where the hazard changes then.
    """
    return [_parametric_difference(fit, times, switch) for fit in fits if fit is not None and fit.status == "ok"]


def _parametric_difference(fit: ParametricFit, times: Times, switch: np.ndarray | None) -> float:
    happened = np.isfinite(times.upper)
    middle = (times.lower[happened] + times.upper[happened]) / 2
    interior = sum(name.startswith("spline_") for name in fit.names) - 1
    knots = spline_knots(np.log(middle[middle > 0]), interior) if interior >= 0 else np.empty(0)
    model = Model(fit.family.name, fit.designs, knots, switch, fit.weights, fit.cluster)
    std_error = np.sqrt(np.diag(fit.variance))
    again, errors = refit(model, times, fit.coefficients, fit.model_variance)
    if std_error.max() > UNKNOWN:
        return relative_difference(fit.coefficients, again, std_error)
    return fits_apart(fit.coefficients, std_error, again, errors)


def curve_difference(curve: ConditionalCurve, people: pd.DataFrame) -> float:
    """Largest difference of a reverse-time curve and its errors from the product over right-truncated risk sets.

    Lynden-Bell 1971 (Mon Not R Astron Soc 155: 95-118): at each time u after t, one minus the people whose time is u
    over those whose time is not later than u and whose window is not earlier.
    """
    time, window = people["stop"].to_numpy(float), people["window"].to_numpy(float)
    product, summed, largest = 1.0, 0.0, 0.0
    for position in range(len(curve.time) - 1, -1, -1):
        at = curve.time[position]
        largest = max(largest, abs(product - curve.estimate[position]))
        if 0 < product < 1:
            largest = max(largest, abs(product * np.sqrt(summed) / curve.std_error[position] - 1))
        now = int(np.sum(time == at))
        there = int(np.sum((time <= at) & (at <= window)))
        product *= (there - now) / there
        summed += now / (there * (there - now)) if there > now else 0.0
    return float(largest)


def backwards_difference(
    time: np.ndarray, window: np.ndarray, x: np.ndarray, coefficient: float, std_error: float
) -> float:
    """Relative difference of a retro-hazard Cox model of one covariate, and of its model-based error."""
    rows = reverse_rows(time, window)
    second = second_fit(rows.start, rows.stop, np.ones(len(time)), x[:, None], None, None)
    return fits_apart(np.array([coefficient]), np.array([std_error]), *second)


def turnbull_difference(fit: TurnbullFit, times: Times, weights: np.ndarray | None = None) -> float:
    """How far one round of self-consistency moves the masses of Turnbull's estimate (Turnbull 1976, equation 3.1).

    The share of people expected in each interval, those who could not be seen among them, is the estimate itself.
    """
    point, mass = fit.left == fit.right, fit.mass
    expected, weights = np.zeros(len(mass)), np.ones(len(times.lower)) if weights is None else weights
    for lower, upper, entry, window, weight in zip(
        times.lower, times.upper, times.entry, times.window, weights, strict=True
    ):
        after = (fit.left > lower) | ((fit.left == lower) & (~point | (lower == upper)))
        could = ((fit.left > entry) | ((fit.left == entry) & ~point)) & (fit.right <= window)
        own = mass * (after & (fit.right <= upper) & could)
        expected += weight * (own / own.sum() + mass * ~could / mass[could].sum())
    return float(np.abs(expected / expected.sum() - mass).max())


def second_fit_rows(differences: dict[str, list[float]], tolerance: float, where: str) -> list[dict]:
    """A row `second_fit` for each model with anything to compare: the largest of its differences.

    Raises
    ------
    ResearchError
        If any is over the tolerance.
    """
    engines = {"reverse_time": LYNDEN_BELL, "turnbull": SELF_CONSISTENCY}
    engines |= BY_DEFINITION | {model: engine_name(function) for model, function in LIBRARY.items()}
    return [
        judged(model, max(found), tolerance, where, engines.get(_family_of(model), LIKELIHOOD))
        for model, found in differences.items()
        if found
    ]


def _family_of(model: str) -> str:
    return next((name for name in ("log_rank", "pseudo_values") if model.startswith(name)), model)
