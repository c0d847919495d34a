"""Estimators of samples of people who are all in recovery: those in use, and the naive ones beside them."""

import numpy as np

from ..estimators.families import spline_family, with_switch
from ..estimators.parametric import fit_parametric
from ..estimators.reverse_time import conditional_curve, conditional_quantile, retro_hazard
from ..estimators.times import known_times
from .answers import NO_ANSWER, Answer, of_ends, of_fit, of_share, place
from .sample import Sample
from .scenarios import LEVEL
from .survey_methods import FIRST_YEAR, NAMES, cox
from .truth import EARLY, RESTRICTED_TO

KNOTS = 0


def _first_year(sample: Sample) -> np.ndarray:
    """Peers in the year after first help, when nobody can have reached stable recovery yet, and the covariates."""
    return np.column_stack([(sample.peer_start <= FIRST_YEAR) * 1.0, sample.x])


def recovered_only(sample: Sample) -> Answer:
    """Cox model of people in recovery, as if everybody had been in the file."""
    return cox(np.zeros(len(sample.stop)), sample.stop, sample.event, _first_year(sample))


def reverse_time(sample: Sample) -> Answer:
    """Retro-hazard Cox model: time runs backwards, and a person enters it at the interview (Lagakos et al. 1988)."""
    x = _first_year(sample)
    varies = np.ptp(x, axis=0) > 0
    fit = retro_hazard(sample.stop, sample.since_help, x[:, varies], [NAMES[i] for i in np.flatnonzero(varies)])
    if not varies[0]:
        return NO_ANSWER
    later, std_error = of_fit(fit)
    return -later, std_error


def right_truncated(sample: Sample) -> Answer:
    """Weibull hazards of time since the first year, given that stable recovery came before the interview."""
    time, window = sample.stop - FIRST_YEAR, sample.since_help - FIRST_YEAR
    x = _first_year(sample)
    fit = fit_parametric(spline_family(np.log(time), 0), known_times(time, time, window=window), x, tuple(NAMES))
    return of_fit(fit, "peers")


def right_truncated_by_date(sample: Sample) -> Answer:
    """The same with peers from their own first date on, as the pipeline counts them."""
    time, window = sample.stop - FIRST_YEAR, sample.since_help - FIRST_YEAR
    joins = np.where(sample.peer_start < sample.since_help, np.maximum(sample.peer_start - FIRST_YEAR, 0.0), np.inf)
    with np.errstate(divide="ignore"):
        family = with_switch(spline_family(np.log(time), KNOTS), np.log(joins))
    ever = {"switch": (np.isfinite(joins)[:, None] * 1.0, ("peers",))}
    return of_fit(
        fit_parametric(family, known_times(time, time, window=window), sample.x, tuple(NAMES[1:]), ever), "peers"
    )


def reverse_curve(sample: Sample) -> Answer:
    """Reverse-time probability of recovery within five years, of those who get there within twenty."""
    early = sample.of(sample.stop <= RESTRICTED_TO)
    curve = conditional_curve(early.stop, np.minimum(early.since_help, RESTRICTED_TO), LEVEL)
    last = place(curve.time, EARLY)
    return of_share(curve.estimate[last], curve.std_error[last])


def reverse_median(sample: Sample) -> Answer:
    """Median time of those who get there within twenty years, read from the reverse-time curve."""
    early = sample.of(sample.stop <= RESTRICTED_TO)
    curve = conditional_curve(early.stop, np.minimum(early.since_help, RESTRICTED_TO), LEVEL)
    return of_ends(*conditional_quantile(curve, 0.5))


def share_in_file(sample: Sample) -> Answer:
    """The same as the plain share of the people in the file."""
    early = sample.stop[sample.stop <= RESTRICTED_TO] <= EARLY
    share = float(early.mean())
    return share, float(np.sqrt(share * (1 - share) / len(early)))
