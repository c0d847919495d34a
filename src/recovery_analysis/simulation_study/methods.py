"""The estimators that are tried: those that the pipeline uses, and the naive ones that are often seen instead."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import design_methods as design
from . import survey_methods as survey

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

    `fit` gives (estimate, standard error) of what the scenario draws; missing where there is no estimate.
    """

    label: str
    estimand: str
    fit: Callable[[Any], tuple[float, float]]
    tried: tuple[str, ...]
    holds: tuple[str, ...] = ()
    naive: bool = False


HAZARD, MISSING, RECOVERED = "log_hazard_ratio", ("missing_5", "missing_30"), ("recovered",)
TOLD, DEATHS, STAGES = ("told",), ("deaths",), ("stages",)
METHODS = {
    "cox_time_varying": Method(
        "Cox, peers time-varying, adjusted", HAZARD, survey.cox_time_varying, SURVEY, PROPORTIONAL
    ),
    "cox_crude": Method("Cox, peers time-varying, not adjusted", HAZARD, survey.cox_crude, SURVEY, naive=True),
    "landmark": Method("Landmark at two years, adjusted", HAZARD, survey.landmark, SURVEY, ("no_effect",)),
    "cloned": Method("Target trial by clones", HAZARD, survey.cloned, ("no_effect",), ("no_effect",)),
    "ever_never": Method("Ever or never, adjusted", HAZARD, survey.ever_never, SURVEY, naive=True),
    "without_severity": Method("Cox, severity left out", HAZARD, survey.without_severity, MISSING, naive=True),
    "still_in_recovery": Method(
        "Only who is in recovery now", HAZARD, survey.still_in_recovery, ("relapse",), naive=True
    ),
    "reverse_time": Method("Reverse-time Cox, adjusted", HAZARD, survey.reverse_time, RECOVERED, RECOVERED),
    "right_truncated": Method(
        "Right-truncated Weibull, adjusted", HAZARD, survey.right_truncated, ("recovered",), ("recovered",)
    ),
    "recovered_only": Method("Cox of people in recovery", HAZARD, survey.recovered_only, RECOVERED, naive=True),
    "standardised": Method(
        "Standardised difference in mean time",
        "restricted_mean_difference",
        survey.standardised,
        SURVEY,
        ("no_effect", "effect", "relapse", "lost_measured"),
    ),
    "kaplan_meier": Method("Kaplan-Meier at ten years", "probability", survey.reached_by, SURVEY, ("no_effect",)),
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
    "reverse_curve": Method("Reverse-time curve", "probability_within", survey.reverse_curve, RECOVERED, RECOVERED),
    "share_in_file": Method(
        "Share of the people in the file", "probability_within", survey.share_in_file, RECOVERED, naive=True
    ),
    "turnbull": Method("Turnbull curve at ten years", "probability", design.turnbull_at, TOLD, TOLD),
    "as_exact": Method("Kaplan-Meier, answers as exact", "probability", design.kaplan_meier_told, TOLD, naive=True),
    "interval_weibull": Method("Interval-censored Weibull", "log_time_ratio", design.interval_weibull, TOLD, TOLD),
    "exact_weibull": Method("Weibull, answers as exact", "log_time_ratio", design.exact_weibull, TOLD, naive=True),
    "aalen_johansen": Method("Aalen-Johansen at ten years", "probability", design.incidence_at, DEATHS, DEATHS),
    "deaths_censored": Method(
        "Kaplan-Meier, deaths as censored", "probability", design.deaths_as_censored, DEATHS, naive=True
    ),
    "fine_gray": Method("Fine-Gray, adjusted", "log_subdistribution_ratio", design.fine_gray, DEATHS, DEATHS),
    "pseudo_values": Method("Pseudo-values, adjusted", "risk_difference", design.pseudo_values, DEATHS, DEATHS),
    "occupancy": Method("Aalen-Johansen, share in recovery", "state_probability", design.occupied, STAGES, STAGES),
    "occupied_years": Method("Aalen-Johansen, years in recovery", "state_years", design.years, STAGES, STAGES),
    "first_time": Method("Kaplan-Meier of the first time", "state_probability", design.first_time, STAGES, naive=True),
}
