"""What an estimator answers in one sample: estimate, standard error, and the interval where it is not Wald's."""

from typing import Any

import numpy as np

from ..estimators.numerics import log_log_interval
from .scenarios import LEVEL

Answer = tuple[float, float] | tuple[float, float, float, float]
NO_ANSWER = (np.nan, np.nan)
WALD = 2 * 1.959964


def of_fit(fit: Any, name: str | None = None) -> Answer:
    """The first coefficient of a fitted model, or that of a parametric model by name; missing where there is none."""
    if fit.status != "ok":
        return NO_ANSWER
    at = 0 if name is None else fit.position(name)
    return float(fit.coefficients[at]), float(np.sqrt(fit.variance[at, at]))


def of_share(share: float, std_error: float, falls: bool = False) -> Answer:
    """A probability with the log-log interval that the pipeline tells: of the share, or of one minus it (`falls`)."""
    low, high = log_log_interval(np.array(1 - share if falls else share), np.array(std_error), LEVEL)
    low, high = (1 - high, 1 - low) if falls else (low, high)
    return float(share), float(std_error), float(low), float(high)


def of_ends(estimate: float, low: float, high: float) -> Answer:
    """An estimate that has an interval alone, such as a median; the error is that of a Wald interval as wide."""
    return float(estimate), float((high - low) / WALD), float(low), float(high)


def place(times: np.ndarray, at: float) -> int:
    """Position of the last of `times` that is not after `at`."""
    return int(np.searchsorted(times, at, side="right")) - 1
