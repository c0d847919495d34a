"""The thin module between the library `survival` (a port of R's) and the second fits of curves and of their tests."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CurveAgain:
    """A curve of this engine at 0 and at its times, all (k + 1,).

    Attributes
    ----------
    without, std_error : probability that the outcome has not happened (first, where others compete), and its error.
    hazard, hazard_error : cumulative hazard and its error; None where outcomes compete.
    log_variance : of the logarithm of `without`, Greenwood's; None where outcomes compete, or people have weights.
    """

    time: np.ndarray
    without: np.ndarray
    std_error: np.ndarray
    hazard: np.ndarray | None = None
    hazard_error: np.ndarray | None = None
    log_variance: np.ndarray | None = None

    def at(self, values: np.ndarray, time: float) -> float:
        """A step function's value at a time."""
        return float(values[np.searchsorted(self.time, time, side="right") - 1])

    def area(self, horizon: float) -> tuple[float, float]:
        """Area under `without` up to the horizon, and its error by Greenwood's covariances (missing without them)."""
        inside = self.time < horizon
        strips = self.without[inside] * np.diff(np.append(self.time[inside], horizon))
        if self.log_variance is None:
            return float(strips.sum()), np.nan
        later = strips.sum() - np.cumsum(strips)
        spread = np.where(strips > 0, self.log_variance[inside], 0.0)
        return float(strips.sum()), float(np.sqrt((strips * spread * (strips + 2 * later)).sum()))

    def quantile(self, share: float) -> float:
        """Time by which a share have had the outcome; the middle of a stretch at that height."""
        gap = self.without - (1 - share)
        there, under = self.time[np.abs(gap) < 1e-9], self.time[gap < -1e-9]
        later = under[0] if len(under) else self.time[-1] if len(there) else np.nan
        return float((there[0] + later) / 2 if len(there) else later)


def kaplan_meier_again(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, weights: np.ndarray | None
) -> CurveAgain:
    """Kaplan-Meier and Nelson-Aalen estimates; arguments as `kaplan_meier.kaplan_meier`."""
    from survival.surv_analysis import survfitkm

    options = {"start": start, "weights": weights, "id": np.arange(len(stop)), "robust": weights is not None}
    fit = survfitkm(stop, event.astype(int), timefix=False, **options)
    without, error = np.asarray(fit.surv), np.asarray(fit.std_err)
    log_variance = error**2 if fit.logse and weights is None else None
    error = np.where(without > 0, error, np.nan) * (without if fit.logse else 1.0)
    columns = ((1.0, without), (0.0, error), (0.0, fit.cumhaz), (0.0, fit.std_chaz), (0.0, log_variance))
    return CurveAgain(*_from_zero((0.0, fit.time), *columns))


def incidence_again(start: np.ndarray, stop: np.ndarray, cause: np.ndarray, weights: np.ndarray | None) -> CurveAgain:
    """Aalen-Johansen estimate of cause 1; arguments as `cumulative_incidence.cumulative_incidence`."""
    from survival.surv_analysis import survfitaj

    names = [str(number + 1) for number in range(max(int(cause.max()), 1))]
    options = {"start": start, "weights": weights, "id": np.arange(len(stop))}
    fit = survfitaj(stop, cause.astype(int), names, timefix=False, **options)
    own = fit.states.index("1")
    share, error = np.asarray(fit.pstate)[:, own], np.asarray(fit.std_err)[:, own]
    return CurveAgain(*_from_zero((0.0, fit.time), (1.0, 1 - share), (0.0, error)))


def _from_zero(*columns: tuple[float, np.ndarray | None]) -> list[np.ndarray | None]:
    return [None if values is None else np.concatenate([[first], values]) for first, values in columns]


def log_rank_again(
    start: np.ndarray, stop: np.ndarray, event: np.ndarray, group: np.ndarray, strata: np.ndarray | None, rho: float
) -> float:
    """Chi-square of the log-rank test; arguments as `log_rank.log_rank`, `group` as integer codes."""
    from survival.surv_analysis import survdiff

    entry = start if (start > 0).any() else None
    return float(survdiff(stop, event.astype(int), group, start=entry, strata=strata, rho=rho, timefix=False).chisq)


def robust_log_rank_again(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    group: np.ndarray,
    cluster: np.ndarray,
    weight: np.ndarray | None,
    strata: np.ndarray | None,
) -> float:
    """Robust score test of Cox's model; arguments as `robust_log_rank.robust_log_rank`, `group` as integer codes."""
    from survival.regression import coxph_fit

    x = (group[:, None] == np.unique(group)[1:]).astype(float)
    options = {"entry": start, "strata": strata, "weights": weight, "cluster": cluster}
    return float(coxph_fit(stop, event.astype(int), x, method="breslow", robust=True, iter_max=0, **options).rscore)
