"""The estimators that are tried: those that the pipeline uses, and the naive ones that are often seen instead."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import design_methods as design
from . import further_methods as further
from . import survey_methods as survey
from . import truncated_methods as truncated
from .answers import Answer

SURVEY = (
    "no_effect",
    "effect",
    "fading",
    "relapse",
    "lost_measured",
    "lost_unmeasured",
    "whole_years",
    "missing_5",
    "missing_30",
)
PROPORTIONAL = ("no_effect", "effect", "relapse", "lost_measured", "missing_5", "missing_30")


@dataclass(frozen=True)
class Method:
    """An estimator, what it estimates, where it is tried, and where its assumptions hold.

    `fit` gives the `Answer` to what the scenario draws; missing where there is no estimate.
    """

    label: str
    estimand: str
    fit: Callable[[Any], Answer]
    tried: tuple[str, ...]
    holds: tuple[str, ...] = ()
    naive: bool = False


HAZARD, MISSING, RECOVERED = "log_hazard_ratio", ("missing_5", "missing_30"), ("recovered",)
TOLD, DEATHS, STAGES = ("told",), ("deaths", "no_effect_deaths"), ("stages",)
NULL, GENDERS, FADING = ("no_effect",), ("no_effect", "effect"), ("fading",)
NULL_DEATHS, SITES, CHOSEN, NEVER = ("no_effect_deaths",), ("sites",), ("chosen",), ("never",)
METHODS = {
    "cox_time_varying": Method(
        "Cox, peers time-varying, adjusted", HAZARD, survey.cox_time_varying, SURVEY, PROPORTIONAL
    ),
    "cox_crude": Method("Cox, peers time-varying, not adjusted", HAZARD, survey.cox_crude, SURVEY, naive=True),
    "landmark": Method("Landmark at two years, adjusted", HAZARD, survey.landmark, SURVEY, ("no_effect",)),
    "cox_of_women": Method("Cox, peers among women", HAZARD, further.cox_of_women, GENDERS, GENDERS),
    "women_less_men": Method("Cox, women less men", "gender_difference", further.women_less_men, GENDERS, GENDERS),
    "step_early": Method("Cox, peers up to five years", "log_hazard_ratio_early", further.step_early, FADING, FADING),
    "step_late": Method("Cox, peers later", "log_hazard_ratio_late", further.step_late, FADING, FADING),
    "cloned": Method("Target trial by clones", HAZARD, survey.cloned, NULL, NULL),
    "cloned_risk": Method("Target trial, ten years", "trial_risk_difference", survey.cloned_risk, NULL, NULL),
    "cloned_mean": Method("Target trial, mean time", "trial_mean_difference", survey.cloned_mean, NULL, NULL),
    "ever_never": Method("Ever or never, adjusted", HAZARD, survey.ever_never, SURVEY, naive=True),
    "without_severity": Method("Cox, severity left out", HAZARD, survey.without_severity, MISSING, naive=True),
    "still_in_recovery": Method(
        "Only who is in recovery now", HAZARD, survey.still_in_recovery, ("relapse",), naive=True
    ),
    "reverse_time": Method("Reverse-time Cox, adjusted", HAZARD, truncated.reverse_time, RECOVERED, RECOVERED),
    "right_truncated": Method(
        "Right-truncated Weibull, adjusted", HAZARD, truncated.right_truncated, ("recovered",), ("recovered",)
    ),
    "right_truncated_by_date": Method(
        "Right-truncated Weibull, peers by date", HAZARD, truncated.right_truncated_by_date, RECOVERED, RECOVERED
    ),
    "recovered_only": Method("Cox of people in recovery", HAZARD, truncated.recovered_only, RECOVERED, naive=True),
    "standardised": Method(
        "Standardised difference in mean time",
        "restricted_mean_difference",
        survey.standardised,
        SURVEY,
        ("no_effect", "effect", "relapse", "lost_measured"),
    ),
    "kaplan_meier": Method("Kaplan-Meier at ten years", "probability", survey.reached_by, SURVEY, ("no_effect",)),
    "median": Method("Kaplan-Meier median", "median", survey.median, NULL, NULL),
    "followed": Method(
        "Share of those followed ten years", "probability", survey.reached_of_followed, SURVEY, naive=True
    ),
    "social_after": Method(
        "Linear, peers the wave before", "mean_difference", survey.social_after, ("waves",), ("waves",)
    ),
    "social_same": Method(
        "Linear, peers at the same wave", "mean_difference", survey.social_same, ("waves",), naive=True
    ),
    "arrest_after": Method(
        "Logistic, peers the wave before", "log_odds_ratio", survey.arrest_after, ("waves",), ("waves",)
    ),
    "arrest_same": Method(
        "Logistic, peers at the same wave", "log_odds_ratio", survey.arrest_same, ("waves",), naive=True
    ),
    "reverse_curve": Method("Reverse-time curve", "probability_within", truncated.reverse_curve, RECOVERED, RECOVERED),
    "reverse_median": Method("Reverse-time median", "median_within", truncated.reverse_median, RECOVERED, RECOVERED),
    "share_in_file": Method(
        "Share of the people in the file", "probability_within", truncated.share_in_file, RECOVERED, naive=True
    ),
    "turnbull": Method("Turnbull curve at ten years", "probability", design.turnbull_at, TOLD, TOLD),
    "as_exact": Method("Kaplan-Meier, answers as exact", "probability", design.kaplan_meier_told, TOLD, naive=True),
    "interval_weibull": Method("Interval-censored Weibull", "log_time_ratio", design.interval_weibull, TOLD, TOLD),
    "interval_spline": Method("Interval-censored spline", HAZARD, further.interval_spline, TOLD, TOLD),
    "exact_weibull": Method("Weibull, answers as exact", "log_time_ratio", design.exact_weibull, TOLD, naive=True),
    "aalen_johansen": Method("Aalen-Johansen at ten years", "probability", design.incidence_at, DEATHS, DEATHS),
    "deaths_censored": Method(
        "Kaplan-Meier, deaths as censored", "probability", design.deaths_as_censored, DEATHS, naive=True
    ),
    "fine_gray": Method("Fine-Gray, adjusted", "log_subdistribution_ratio", design.fine_gray, DEATHS, DEATHS),
    "pseudo_values": Method("Pseudo-values, adjusted", "risk_difference", design.pseudo_values, DEATHS, DEATHS),
    "mean_since": Method(
        "Aalen-Johansen, mean time since", "mean_since_difference", further.mean_since, DEATHS, DEATHS
    ),
    "mean_without": Method(
        "Restricted mean time without", "mean_without_difference", further.mean_without, DEATHS, DEATHS
    ),
    "gray": Method("Gray's test", "no_difference", further.gray, DEATHS, NULL_DEATHS),
    "log_rank": Method("Log-rank test", "no_difference", further.log_rank_plain, DEATHS, NULL_DEATHS),
    "log_rank_early": Method("G-rho test", "no_difference", further.log_rank_early, DEATHS, NULL_DEATHS),
    "log_rank_stratified": Method(
        "Log-rank test, stratified", "no_difference", further.log_rank_stratified, DEATHS, NULL_DEATHS
    ),
    "frailty": Method("Cox, frailty of sites", HAZARD, further.frailty, SITES, SITES),
    "clustered": Method("Cox, robust by site", HAZARD, further.clustered, SITES, SITES),
    "sites_ignored": Method("Cox, sites ignored", HAZARD, further.sites_ignored, SITES, naive=True),
    "weighted_curve": Method("Kaplan-Meier, weighted", "probability", further.weighted_curve, CHOSEN, CHOSEN),
    "weighted_cox": Method("Cox, weighted", HAZARD, further.weighted_cox, CHOSEN, CHOSEN),
    "unweighted": Method("Kaplan-Meier, weights ignored", "probability", further.unweighted_curve, CHOSEN, naive=True),
    "cured": Method("Weibull cure model", "never_share", further.cured, NEVER, NEVER),
    "not_yet": Method("Share not there yet", "never_share", further.not_yet, NEVER, naive=True),
    "occupancy": Method("Aalen-Johansen, share in recovery", "state_probability", design.occupied, STAGES, STAGES),
    "occupied_years": Method("Aalen-Johansen, years in recovery", "state_years", design.years, STAGES, STAGES),
    "stayed": Method("Still in recovery five years on", "stay_probability", further.stayed, STAGES, STAGES),
    "first_time": Method("Kaplan-Meier of the first time", "state_probability", design.first_time, STAGES, naive=True),
}
