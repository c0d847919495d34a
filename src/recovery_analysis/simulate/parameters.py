"""What is true in the simulated world, as one frozen object."""

from dataclasses import dataclass, replace
from math import log

COUNTRIES = ("UK", "NL", "BE")
PROBLEMS = ("alcohol", "opioids", "stimulants", "several", "gambling")
PATHWAYS = ("mutual_aid", "peer_support", "outpatient", "residential", "medication")
PEER_PATHWAYS = ("mutual_aid", "peer_support")
AGE_CENTRE = 27.0
SEVERITY_CENTRE = 5.0
EDUCATION_CENTRE = 2.0
CALENDAR_CENTRE = 2010.0
RECENT_PEER_RATE, RECENT_PEER_GROWTH = (0.010, 0.003), (0.12, 0.30)


@dataclass(frozen=True)
class CovariateEffects:
    """Log hazard ratios of what is recorded about a person.

    gender: one value for each of GENDERS, men being the reference.
    age_per_10: per 10 years of age at first help, centred at 27.
    severity: per point of severity at onset (0-10), centred at 5.
    problem: one value for each of PROBLEMS, alcohol being the reference.
    education: per level of education (1-4), centred at 2.
    """

    gender: tuple[float, ...]
    age_per_10: float
    severity: float
    problem: tuple[float, ...]
    education: float


@dataclass(frozen=True)
class WaveModel:
    """Linear predictor of one wave measure, from recorded values of the wave before.

    intercept: value for a man of 42 who has severity 5, education 2, and no peer attendance.
    peer: effect of peer attendance at the previous wave, one value for each of GENDERS.
    gender: main effect of gender, one value for each of GENDERS, men being the reference.
    previous: effect of the same measure at the previous wave.
    social: per point of the previous social engagement score (where it is not itself the measure).
    age_per_10: per 10 years of age at the baseline interview, centred at 42.
    severity: per point of severity at onset, centred at 5.
    education: per level of education, centred at 2.
    sd: standard deviation of the normal error (linear measures); 0 for a logistic measure.
    """

    intercept: float
    peer: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
    gender: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
    previous: float = 0.0
    social: float = 0.0
    age_per_10: float = 0.0
    severity: float = 0.0
    education: float = 0.0
    sd: float = 0.0


@dataclass(frozen=True)
class LifeParameters:
    """The known truth. Times are in years; tuples follow GENDERS, COUNTRIES, PROBLEMS or PATHWAYS.

    gender_shares: share of each gender.
    country_shares: share of each country.
    sites: number of sites in each country.
    onset_median: median age at onset of the problem.
    onset_log_sd: standard deviation of log(age at onset - 8).
    help_delay_median: median time from onset to first help.
    help_delay_log_sd: standard deviation of its logarithm.
    first_interview: first possible day of the baseline interview.
    interview_days: length of the baseline fieldwork, in days.
    longest_since_help: longest possible time from first help to interview.
    since_help_shape: beta distribution of time since first help, between its shortest and longest value.
    stable_after: length of a recovery spell at which the stable-recovery criterion is met.
    baseline_shape: Weibull shape of the hazard of meeting the criterion, counted from stable_after.
    baseline_scale: Weibull scale of the same.
    log_hr_peer: log hazard ratio after, against before, first engagement with any peer pathway, by gender.
    peer_effect_until: years since first help after which peers make no difference; a million: for life.
    recovery_effects: log hazard ratios of covariates on meeting the criterion.
    peer_rate: yearly rate of starting mutual aid and peer support in 2010.
    peer_growth: growth of these rates per calendar year, on the log scale.
    peer_before_help: probability that mutual aid was first used between onset and first help.
    uptake_effects: log hazard ratios of the same covariates on starting either peer pathway.
    treatment_at_first_help: probability that first help was outpatient, residential, medication.
    treatment_rate: yearly rate of starting each of these three later.
    duration_median: median time spent in each pathway.
    duration_log_sd: standard deviation of its logarithm.
    attempt_rate_median: median over people of the yearly rate of short recovery attempts.
    attempt_rate_log_sd: standard deviation over people of its logarithm.
    attempt_length: mean length of a short attempt before the cap.
    relapse_rate: yearly hazard of relapse at the time the criterion is met.
    relapse_decline: fall of that hazard per further year in recovery, on the log scale.
    log_hr_relapse_peer: log hazard ratio of relapse after first peer engagement.
    use_again_median: median time from relapse to the next recovery spell.
    use_again_log_sd: standard deviation of its logarithm.
    social_start, social: social engagement (0-40) at baseline and at waves 1, 2.
    barc_start, barc: BARC-10 total (10-60) at baseline and at waves 1, 2.
    arrest_start, arrest: any arrest, log odds, at baseline and at waves 1, 2.
    recovery_scores: what being in recovery at interview adds to the three baseline measures.
    attendance: peer attendance at waves 1, 2, log odds.
    dropout: loss before waves 1, 2, log odds.
    year_only: share of dates, other than recent ones, that are recalled without a month.
    heaped: share of long-past start dates that are moved to a whole five years.
    missing: share of missing answers to a question about a covariate or a score.
    missing_date: share of missing answers to a question about a date.
    """

    gender_shares: tuple[float, ...] = (0.40, 0.56, 0.02, 0.01, 0.01)
    country_shares: tuple[float, ...] = (0.43, 0.32, 0.25)
    sites: tuple[int, ...] = (5, 4, 3)
    onset_median: float = 20.0
    onset_log_sd: float = 0.42
    help_delay_median: float = 5.0
    help_delay_log_sd: float = 0.8
    first_interview: str = "2024-01-01"
    interview_days: int = 270
    longest_since_help: float = 38.0
    since_help_shape: tuple[float, float] = (1.2, 1.8)
    stable_after: float = 1.0
    baseline_shape: float = 1.1
    baseline_scale: float = 9.8
    log_hr_peer: tuple[float, ...] = (log(1.7), log(1.35), log(1.5), log(1.5), log(1.5))
    peer_effect_until: float = 1e6
    recovery_effects: CovariateEffects = CovariateEffects(
        gender=(0.10, 0.0, -0.05, -0.05, 0.0),
        age_per_10=0.10,
        severity=-0.08,
        problem=(0.0, -0.25, 0.05, -0.35, 0.20),
        education=0.12,
    )
    peer_rate: tuple[float, float] = (0.022, 0.010)
    peer_growth: tuple[float, float] = (0.04, 0.12)
    peer_before_help: float = 0.05
    uptake_effects: CovariateEffects = CovariateEffects(
        gender=(0.20, 0.0, 0.15, 0.15, 0.0),
        age_per_10=0.08,
        severity=0.14,
        problem=(0.0, -0.20, 0.0, 0.25, -0.40),
        education=-0.15,
    )
    treatment_at_first_help: tuple[float, float, float] = (0.45, 0.10, 0.15)
    treatment_rate: tuple[float, float, float] = (0.04, 0.02, 0.02)
    duration_median: tuple[float, ...] = (2.5, 1.8, 0.9, 0.4, 1.6)
    duration_log_sd: float = 1.0
    attempt_rate_median: float = 0.5
    attempt_rate_log_sd: float = 1.1
    attempt_length: float = 0.3
    relapse_rate: float = 0.08
    relapse_decline: float = 0.25
    log_hr_relapse_peer: float = log(0.7)
    use_again_median: float = 1.5
    use_again_log_sd: float = 0.8
    social_start: WaveModel = WaveModel(18.5, (1.6, 1.2, 1.4, 1.4, 1.4), severity=-0.15, education=0.3, sd=4.2)
    social: WaveModel = WaveModel(
        9.5, (2.0, 1.2, 1.5, 1.5, 1.5), (0.4, 0.0, -0.5, -0.5, 0.0), 0.55, 0.0, -0.15, -0.12, 0.25, sd=3.6
    )
    barc_start: WaveModel = WaveModel(38.5, (1.4, 1.0, 1.2, 1.2, 1.2), severity=-0.2, education=0.3, sd=4.8)
    barc: WaveModel = WaveModel(
        19.5, (2.2, 1.4, 1.8, 1.8, 1.8), (0.3, 0.0, -0.6, -0.6, 0.0), 0.52, 0.0, 0.15, -0.15, 0.2, sd=4.2
    )
    arrest_start: WaveModel = WaveModel(
        -0.75, gender=(-0.5, 0.0, -0.3, -0.3, 0.0), age_per_10=-0.4, severity=0.08, education=-0.15
    )
    arrest: WaveModel = WaveModel(
        -1.55, (-0.7, -0.35, -0.5, -0.5, -0.5), (-0.4, 0.0, -0.2, -0.2, 0.0), 1.3, 0.0, -0.35, 0.08, -0.12
    )
    recovery_scores: tuple[float, float, float] = (3.5, 4.5, -1.2)
    attendance: WaveModel = WaveModel(
        -3.7, gender=(0.15, 0.0, 0.1, 0.1, 0.0), previous=2.6, social=0.08, severity=0.04, education=-0.05
    )
    dropout: WaveModel = WaveModel(
        -0.6, (-0.3, -0.3, -0.3, -0.3, -0.3), social=-0.05, age_per_10=-0.18, severity=0.05, education=-0.1
    )
    year_only: float = 0.10
    heaped: float = 0.03
    missing: float = 0.03
    missing_date: float = 0.015


def parameters_of(peers: str) -> LifeParameters:
    """The truth of a study whose peers became common over decades (`gradual`), or mostly lately (`recent`)."""
    truth = LifeParameters()
    if peers == "gradual":
        return truth
    return replace(truth, peer_rate=RECENT_PEER_RATE, peer_growth=RECENT_PEER_GROWTH)
