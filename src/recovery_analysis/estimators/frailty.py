"""The Cox model with a gamma frailty that people of one site share, by the library `survival`."""

from dataclasses import dataclass

import numpy as np

from .checked import column_names
from .cox_data import alike, check_rows, too_few
from .numerics import chi_square_p
from .partial_likelihood import gradient, hazard_at
from .risk_sets import lay_out

ITERATIONS, OUTER_ITERATIONS, TOLERANCE = 100, 200, 1e-10
# R and the library stop looking for the variance when the log likelihood changes by one part in 100,000: far too soon
# where it is large.
SEARCH = 1e-10
NO_VARIANCE = 1e-6


@dataclass(frozen=True)
class FrailtyFit:
    """A Cox model given the frailties of sites, or the reason why there is none.

    Attributes
    ----------
    coefficients, variance : (p,) and (p, p) log hazard ratios between people of one site.
    theta : variance of the frailties, whose mean is 1; 0 if sites do not differ.
    log_likelihood, log_likelihood_without : with the frailties integrated out, and with none.
    statistic, p_value : likelihood ratio test that sites do not differ; p is half that of chi-square on 1 degree of
        freedom, since a variance cannot be negative.
    frailty : (sites,) logarithm of each site's frailty.
    status, message : as of `cox.CoxFit`.
    """

    coefficients: np.ndarray
    variance: np.ndarray
    theta: float
    log_likelihood: float
    log_likelihood_without: float
    statistic: float
    p_value: float
    frailty: np.ndarray
    status: str
    message: str


def fit_frailty(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    site: np.ndarray,
    stratum: np.ndarray | None = None,
    names: list[str] | None = None,
) -> FrailtyFit:
    """Penalised partial likelihood with the variance of the frailties by profile likelihood.

    Therneau, Grambsch & Pankratz 2003 (J Comput Graph Stat 12: 156-175); Nielsen et al. 1992 (Scand J Stat 19: 25-43).
    Equal to R's `coxph(... + frailty(site, eps = 1e-10))`.

    Parameters
    ----------
    start, stop, event, x, stratum : rows that `cox.fit_cox` can fit, Efron ties.
    site : (n,) integer codes from 0, two sites or more.
    names : of the columns of x, for messages.

    Raises
    ------
    ResearchError
        If a time or value is not a finite number, or a row does not stop after it starts.
    """
    from survival import regression

    p, named = x.shape[1], column_names(x, names)
    check_rows(start, stop, event, x, named, None)
    problem = too_few(stop, event, None, stratum) or alike(x, named)
    if problem is not None:
        return no_frailty(*problem)
    fit = regression.coxpenal_fit(
        stop.astype(float),
        event.astype(int),
        np.column_stack([x, site]).astype(float),
        [regression.CoxPenalty.frailty(eps=SEARCH)],
        [[p]],
        entry=start.astype(float) if (start > 0).any() else None,
        strata=stratum,
        iter_max=ITERATIONS,
        outer_max=OUTER_ITERATIONS,
        eps=TOLERANCE,
    )
    found, coefficients, variance = fit.history[0], np.array(fit.coefficients), np.array(fit.var)
    without = float(found.history[0][1])
    theta = float(found.theta) if found.theta > NO_VARIANCE else 0.0
    statistic = max(2 * (found.c_loglik - without), 0.0) if theta else 0.0
    converged = found.done and np.isfinite(coefficients).all() and np.isfinite(variance).all()
    status, message = ("ok", "") if converged else ("not_converged", "The variance between sites did not settle.")
    return FrailtyFit(
        coefficients,
        variance,
        theta,
        float(found.c_loglik),
        without,
        statistic,
        chi_square_p(statistic, 1) / 2,
        np.array(fit.frail),
        status,
        message,
    )


def no_frailty(status: str, message: str) -> FrailtyFit:
    """A model that could not be fitted, with the reason."""
    empty, nan = np.empty(0), np.nan
    return FrailtyFit(empty, empty, nan, nan, nan, nan, nan, empty, status, message)


def remaining_step(
    fit: FrailtyFit,
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    site: np.ndarray,
    stratum: np.ndarray | None = None,
) -> float:
    """How far our own likelihood, given each site's frailty, would still move a coefficient, in standard errors."""
    sets = lay_out(start, stop, event, None, stratum)
    columns = np.ascontiguousarray((x - x.mean(axis=0))[sets.order].T)
    eta = fit.coefficients @ columns + fit.frailty[site][sets.order]
    step = fit.variance @ gradient(columns, sets, hazard_at(eta, sets))
    return float(np.abs(step / np.sqrt(np.diag(fit.variance))).max())
