"""Estimators by gender and over time, of groups, of sites that differ, with weights, and of who never recovers."""

from dataclasses import replace

import numpy as np

from ..estimators.cox import fit_cox
from ..estimators.cumulative_incidence import cumulative_incidence
from ..estimators.families import WEIBULL, spline_family, with_cure
from ..estimators.frailty import fit_frailty
from ..estimators.gray_test import gray_test
from ..estimators.log_rank import log_rank
from ..estimators.numerics import critical_value
from ..estimators.parametric import fit_parametric
from ..estimators.restricted_mean import RestrictedMean, difference, restricted_mean, restricted_mean_lost
from ..estimators.time_split import split_rows
from ..estimators.times import known_times
from ..estimators.transitions import StateRows
from .answers import NO_ANSWER, Answer, of_fit, of_share, place
from .designs import Deaths, Told
from .further_designs import Chosen, Sites
from .sample import COVARIATES, Sample
from .scenarios import FADES_AT, LEVEL
from .survey_methods import FIRST_YEAR, NAMES, by_then, split_at_peers
from .truth import PROBABILITY_AT, STAYS_FOR

KNOTS = 1


def _by_gender(sample: Sample, contrast: tuple[float, float]) -> Answer:
    """A combination of the effects of peers among men, and of what is added to it among women."""
    start, stop, event, x = split_at_peers(sample)
    design = np.column_stack([x[:, 0], x[:, 0] * x[:, 1 + COVARIATES.index("woman")], x[:, 1:]])
    fit = fit_cox(start, stop, event, design, ["peers", "peers_women", *COVARIATES])
    if fit.status != "ok":
        return NO_ANSWER
    wanted = np.array([*contrast, *np.zeros(len(COVARIATES))])
    return float(wanted @ fit.coefficients), float(np.sqrt(wanted @ fit.variance @ wanted))


def cox_of_women(sample: Sample) -> Answer:
    """Effect of peers among women, from the model with an effect for each gender."""
    return _by_gender(sample, (1.0, 1.0))


def women_less_men(sample: Sample) -> Answer:
    """Difference of the effects of peers among women and among men."""
    return _by_gender(sample, (0.0, 1.0))


def _step(sample: Sample) -> tuple[Answer, Answer]:
    start, stop, event, x = split_at_peers(sample)
    cut = split_rows(start, stop, event, np.array([FADES_AT]))
    peers, later = x[cut.row, 0], cut.segment
    design = np.column_stack([peers * (later == 0), peers * (later == 1), x[cut.row, 1:]])
    fit = fit_cox(cut.start, cut.stop, cut.event, design, ["early", "late", *COVARIATES])
    if fit.status != "ok":
        return NO_ANSWER, NO_ANSWER
    errors = np.sqrt(np.diag(fit.variance))
    return (float(fit.coefficients[0]), float(errors[0])), (float(fit.coefficients[1]), float(errors[1]))


def step_early(sample: Sample) -> Answer:
    """Effect of peers up to five years since first help, from a model in which it may change then."""
    return _step(sample)[0]


def step_late(sample: Sample) -> Answer:
    """The effect after that."""
    return _step(sample)[1]


def _signed(test: dict[str, float], deaths: Deaths) -> Answer:
    """A test of two groups as a normal deviate: the root of chi-square, with the sign of the difference of rates."""
    peers, happened = deaths.x[:, 0] == 1, deaths.cause == 1
    rates = [happened[group].sum() / deaths.stop[group].sum() for group in (peers, ~peers)]
    return float(np.sqrt(test["statistic"]) * np.sign(rates[0] - rates[1])), 1.0


def _log_rank(deaths: Deaths, **options: object) -> Answer:
    rows = np.zeros(len(deaths.stop)), deaths.stop, (deaths.cause == 1) * 1.0, deaths.x[:, 0]
    return _signed(log_rank(*rows, **options), deaths)


def log_rank_plain(deaths: Deaths) -> Answer:
    """Log-rank test of people with peers and without."""
    return _log_rank(deaths)


def log_rank_early(deaths: Deaths) -> Answer:
    """G-rho test, rho = 1."""
    return _log_rank(deaths, rho=1.0)


def log_rank_stratified(deaths: Deaths) -> Answer:
    """Log-rank test within levels of education."""
    return _log_rank(deaths, strata=deaths.x[:, 1 + COVARIATES.index("education")])


def gray(deaths: Deaths) -> Answer:
    """Gray's test."""
    return _signed(gray_test(deaths.stop, deaths.cause, deaths.x[:, 0]), deaths)


def _groups(deaths: Deaths) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Start, stop and cause of people with peers, then without."""
    masks = [deaths.x[:, 0] == value for value in (1.0, 0.0)]
    return [(np.zeros(own.sum()), deaths.stop[own], deaths.cause[own]) for own in masks]


def _less(one: RestrictedMean, other: RestrictedMean) -> Answer:
    found = difference(one, other, LEVEL)
    return found["estimate"], found["std_error"]


def mean_since(deaths: Deaths) -> Answer:
    """Mean time in recovery within ten years, death competing, with peers less without."""
    return _less(*(restricted_mean_lost(*rows, PROBABILITY_AT, causes=2)[0] for rows in _groups(deaths)))


def mean_without(deaths: Deaths) -> Answer:
    """Restricted mean time until recovery or death, with peers less without (Kaplan-Meier)."""
    groups = ((start, stop, (cause > 0) * 1.0) for start, stop, cause in _groups(deaths))
    return _less(*(restricted_mean(*rows, PROBABILITY_AT) for rows in groups))


def frailty(sites: Sites) -> Answer:
    """Cox model with a gamma frailty of sites."""
    return of_fit(fit_frailty(np.zeros(len(sites.stop)), sites.stop, sites.event, sites.x, sites.site))


def clustered(sites: Sites) -> Answer:
    """Cox model with a robust variance by site."""
    return of_fit(fit_cox(np.zeros(len(sites.stop)), sites.stop, sites.event, sites.x, NAMES, cluster=sites.site))


def sites_ignored(sites: Sites) -> Answer:
    """Cox model as if people of a site were strangers."""
    return of_fit(fit_cox(np.zeros(len(sites.stop)), sites.stop, sites.event, sites.x, NAMES))


def weighted_curve(chosen: Chosen) -> Answer:
    """Kaplan-Meier at ten years with sampling weights and a robust variance."""
    return by_then(chosen.sample.stop, chosen.sample.event, chosen.weight)


def unweighted_curve(chosen: Chosen) -> Answer:
    """The same as if everybody had been as likely to be asked."""
    return by_then(chosen.sample.stop, chosen.sample.event)


def weighted_cox(chosen: Chosen) -> Answer:
    """Adjusted Cox model with sampling weights, its variance robust by person."""
    people = np.arange(len(chosen.weight), dtype=float)
    both = replace(chosen.sample, x=np.column_stack([chosen.sample.x, chosen.weight, people]))
    start, stop, event, x = split_at_peers(both)
    person = x[:, -1].astype(int)
    return of_fit(fit_cox(start, stop, event, x[:, :-2], NAMES, cluster=person, weight=x[:, -2]))


def interval_spline(told: Told) -> Answer:
    """Spline model of the hazard (Royston & Parmar) from the intervals: log hazard ratio of people with peers."""
    lower, upper = told.lower - FIRST_YEAR, told.upper - FIRST_YEAR
    known = np.isfinite(upper)
    family = spline_family(np.log((lower + upper)[known] / 2), KNOTS)
    return of_fit(fit_parametric(family, known_times(lower, upper), told.x, tuple(NAMES)), "peers")


def cured(deaths: Deaths) -> Answer:
    """Share who never recover, from a Weibull mixture cure model of time since the first year."""
    later = deaths.stop > FIRST_YEAR
    time = deaths.stop[later] - FIRST_YEAR
    times = known_times(time, np.where(deaths.cause[later] == 1, time, np.inf))
    fit = fit_parametric(with_cure(WEIBULL), times, np.empty((len(time), 0)), ())
    logit, error = of_fit(fit, "logit_never")[:2]
    half = critical_value(LEVEL) * error
    low, share, high = (float(1 / (1 + np.exp(-(logit + sign * half)))) for sign in (-1, 0, 1))
    return share, share * (1 - share) * error, low, high


def not_yet(deaths: Deaths) -> Answer:
    """Share of the people who have not recovered by the interview."""
    share = float((deaths.cause == 0).mean())
    return share, float(np.sqrt(share * (1 - share) / len(deaths.cause)))


def stayed(rows: StateRows) -> Answer:
    """Share still in recovery five years after reaching stable recovery for the first time."""
    first = np.full(int(rows.person.max()) + 1, np.inf)
    inside = rows.origin > 0
    np.minimum.at(first, rows.person[inside], rows.start[inside])
    later = rows.where(rows.start >= first[rows.person])
    returned = np.full(len(first), np.inf)
    left = later.target == 0
    np.minimum.at(returned, later.person[left], later.stop[left])
    end = np.zeros(len(first))
    np.maximum.at(end, later.person, later.stop)
    people = np.isfinite(first)
    stop = np.minimum(returned, end)[people] - first[people]
    curve = cumulative_incidence(np.zeros(len(stop)), stop, np.isfinite(returned[people]) * 1, LEVEL)
    last = place(curve.time, STAYS_FOR)
    return of_share(1 - curve.estimate[last, 0], curve.std_error[last, 0])
