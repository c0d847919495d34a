"""The result tables: tidy, one row per estimate; the contract between fitting and everything rendered.

Suppressed numbers are missing and flagged, never a sentinel. Estimates are on the scale of the model.
"""

from .tables import Field, ResultTable

# Diagnostics that say what a null could have found: a ratio above 1, or a difference above 0.
DETECTABLE = ("minimum_detectable_hazard_ratio", "minimum_detectable_effect")
STATUSES = ("ok", "not_converged", "separated", "too_few_events", "suppressed", "failed")


def _text(description: str, nullable: bool = True) -> Field:
    return Field(str, description, nullable=nullable)


def _number(description: str) -> Field:
    return Field(float, description, nullable=True)


ESTIMATES = ResultTable(
    "estimates",
    {
        "study": _text("Study.", nullable=False),
        "analysis": _text("Analysis, as named in the study's configuration.", nullable=False),
        "model": _text(
            "crude, adjusted, interaction, each also with _step or _log_time; adjusted_frailty; kaplan_meier, "
            "aalen_johansen, log_rank, log_rank_stratified, log_rank_rho_ and a power, gray_test, fine_gray, "
            "pseudo_values, pseudo_values_adjusted, standardised, a way of counting peers, a method of kind "
            "recovery_time or parametric; states, stays, milestones or rates of a multi-state analysis, or one of its "
            "moves, as from>to.",
            nullable=False,
        ),
        "cohort": _text("Who is analysed: all, or the stated subset.", nullable=False),
        "outcome": _text("Outcome, as named in the configuration.", nullable=False),
        "term": _text(
            "peer, a covariate, peer:gender, peer:later, peer:log_time, or the grouping of a curve; everyone for none.",
            nullable=False,
        ),
        "level": _text("Level of a category, compared with `reference`."),
        "reference": _text("Level that is compared against."),
        "group": _text("People the estimate is for: all, or a gender.", nullable=False),
        "state": _text("State of a multi-state analysis, or the move between two, as from>to."),
        "estimand": _text(
            "hazard_ratio, subdistribution_hazard_ratio, retro_hazard_ratio, time_ratio, odds_ratio, mean_difference; "
            "median_time, lower_quartile_time, upper_quartile_time; conditional_median (of those within the horizon); "
            "never_share; "
            "restricted_mean (time without the outcome, up to the horizon), restricted_mean_lost (time since it), each "
            "also with _difference or _ratio; risk (of the outcome by the horizon), risk_difference, risk_competing "
            "(that something else came first), risk_ever (by the last time with 20 people at risk); "
            "cumulative_hazard; frailty_variance; test; state_probability, expected_years, still_in_recovery, "
            "transition_rate.",
            nullable=False,
        ),
        "scale": _text(
            "log_hazard, log_time, log_odds, log_ratio, difference, time (unit of the outcome), risk (a share of "
            "people), probability, log_rate (per person-year), hazard, variance or none.",
            nullable=False,
        ),
        "horizon": _number("Last time that the estimand looks at, unit of the outcome; since the stage for a stay."),
        "estimate": _number("Point estimate on `scale`."),
        "std_error": _number("Standard error on `scale`."),
        "conf_low": _number("Lower end of the interval on `scale`."),
        "conf_high": _number("Upper end of the interval on `scale`."),
        "conf_level": _number("Level of the interval."),
        "statistic": _number("Test statistic."),
        "df": _number("Degrees of freedom of the statistic."),
        "p_value": _number("Two-sided p-value."),
        "detectable": _number(
            "Beside a peer effect whose interval includes no difference: the smallest effect, on `scale`, that a study "
            "of this size finds in four of five; as far below none as above it."
        ),
        "p_adjusted": _number("p-value adjusted for several tests; missing where none was asked for."),
        "n": _number("People in the model or group."),
        "n_events": _number("People with the outcome; missing for a linear outcome."),
        "engine": _text("Library and function that computed it.", nullable=False),
        "status": Field(str, "ok, or why there is no usable number.", allowed=STATUSES),
        "gate": _text("passed, or the diagnostics that were not, separated by semicolons.", nullable=False),
        "note": _text("What a reader must know about this row."),
    },
)
CURVES = ResultTable(
    "curves",
    {
        "study": _text("Study.", nullable=False),
        "analysis": _text("Analysis.", nullable=False),
        "outcome": _text("Outcome.", nullable=False),
        "by": _text(
            "peer, gender, everyone, strategy, outcomes (what came first), standardised, standardised_ and a gender, "
            "or design (methods beside one another).",
            nullable=False,
        ),
        "group": _text(
            "Group within `by`: peer, no_peer, a gender, all, a method, outcome, or competing_1 and on.", nullable=False
        ),
        "state": _text("State of a multi-state analysis; missing for other curves."),
        "method": _text(
            "kaplan_meier, simon_makuch, aalen_johansen, each also with weighted_; turnbull, standardised, "
            "clone_censor_weight, state_occupancy; reverse_time, right_truncated, naive or truth.",
            nullable=False,
        ),
        "time": _number("Time, unit of the outcome."),
        "estimate": _number("Probability that the outcome has not happened by `time`, or to be in `state` then."),
        "conf_low": _number("Lower end of the pointwise interval (log-log)."),
        "conf_high": _number("Upper end of the pointwise interval (log-log)."),
        "n_risk": _number("People at risk just before `time`; people seen in `state` at it."),
        "n_event": _number("Outcomes, or moves into `state`, since the row before."),
        "n_censor": _number("People censored since the row before."),
        "suppressed": Field(bool, "True if a small count is withheld here."),
    },
)
FITS = ResultTable(
    "fits",
    {
        "study": _text("Study.", nullable=False),
        "analysis": _text("Analysis.", nullable=False),
        "model": _text("Model.", nullable=False),
        "engine": _text("Library, version and function.", nullable=False),
        "formula": _text("What was fitted, in words.", nullable=False),
        "n": _number("People."),
        "n_rows": _number("Rows: person-periods or person-waves."),
        "n_events": _number("Outcomes."),
        "n_missing": _number("People left out since a value was missing."),
        "parameters": _number("Estimated coefficients."),
        "log_likelihood": _number("Log (partial) likelihood; missing where there is none."),
        "aic": _number("Akaike's information criterion, where families are compared; lower is better."),
        "concordance": _number("Concordance of a Cox model, R squared of a linear model."),
        "status": Field(str, "ok, or why there is no usable fit.", allowed=STATUSES),
        "note": _text("Message of a model that failed."),
    },
)
DIAGNOSTICS = ResultTable(
    "diagnostics",
    {
        "study": _text("Study.", nullable=False),
        "analysis": _text("Analysis.", nullable=False),
        "model": _text("Model.", nullable=False),
        "diagnostic": _text("proportional_hazards, events_per_parameter, second_fit …", nullable=False),
        "term": _text("Term, or global.", nullable=False),
        "value": _number("Value of the diagnostic."),
        "statistic": _number("Test statistic, if it is a test."),
        "df": _number("Degrees of freedom."),
        "threshold": _number("Value at which the verdict turns."),
        "verdict": Field(str, "Verdict.", allowed=("pass", "warn", "not_applicable")),
        "meaning": _text("What it means, in a sentence.", nullable=False),
        "done": _text("What was done about it, in a sentence.", nullable=False),
    },
)
FLOW = ResultTable(
    "flow",
    {
        "study": _text("Study.", nullable=False),
        "step": Field(int, "Order of the step."),
        "unit": _text(
            "people, rows (of a file), or rows of a canonical table, such as rows of spells.", nullable=False
        ),
        "kind": Field(str, "What it is.", allowed=("read", "quarantined", "excluded", "eligible", "analysed")),
        "analysis": _text("Analysis that the step belongs to; missing for steps common to all."),
        "label": _text("The step in words.", nullable=False),
        "n": _number("How many."),
        "suppressed": Field(bool, "True if a small count is withheld."),
    },
)
ISSUES = ResultTable(
    "issues",
    {
        "study": _text("Study.", nullable=False),
        "check": _text("Identifier of the check.", nullable=False),
        "severity": Field(str, "Severity.", allowed=("info", "warning", "error", "fatal")),
        "file": _text("Raw file.", nullable=False),
        "table": _text("Canonical table.", nullable=False),
        "column": _text("Column as the researcher knows it."),
        "message": _text("What was found, in a sentence.", nullable=False),
        "action": _text("What was done, and what to do.", nullable=False),
        "n": _number("How many cells or rows."),
        "suppressed": Field(bool, "True if a small count is withheld."),
    },
)
ISSUE_ROWS = ResultTable(
    "issue_rows",
    {
        "check": _text("Identifier of the check.", nullable=False),
        "severity": Field(str, "Severity.", allowed=("info", "warning", "error", "fatal")),
        "table": _text("Canonical table.", nullable=False),
        "person_id": _text("Person; missing if the identifier itself is unusable."),
        "column": _text("Column as the researcher knows it: the raw column where there is one."),
        "value": _text("Value as found."),
        "file": _text("Raw file.", nullable=False),
        "row": Field(int, "Row in that file, the first data row being 1."),
        "message": _text("What was found, in a sentence.", nullable=False),
        "action": _text("What was done, and what to do.", nullable=False),
    },
)
TABLE_ONE = ResultTable(
    "table_one",
    {
        "study": _text("Study.", nullable=False),
        "variable": _text("Variable; `people` for the number of people.", nullable=False),
        "level": _text("Level of a category; missing for a number."),
        "peer": _text("peer, no_peer or all.", nullable=False),
        "gender": _text("A gender, or all.", nullable=False),
        "n": _number("People with this level (category) or with a value (number)."),
        "total": _number("People with a known value in this column of the table."),
        "percent": _number("100 n / total, from the counts as released."),
        "mean": _number("Mean of a number."),
        "sd": _number("Standard deviation of a number."),
        "median": _number("Median of a number."),
        "n_missing": _number("People without a value."),
        "suppressed": Field(bool, "True if a small count is withheld."),
    },
)
RELIABILITY = ResultTable(
    "reliability",
    {
        "study": _text("Study.", nullable=False),
        "measure": _text("Score, as analyses name it.", nullable=False),
        "instrument": _text("Instrument that it is a score of.", nullable=False),
        "wave": Field(int, "Number of the interview; 0 is the first."),
        "gender": _text("A gender, or all.", nullable=False),
        "items": Field(int, "Items of the scale."),
        "n": _number("Interviews with an answer to every item of the scale."),
        "alpha": _number("Cronbach's alpha; missing where it is withheld, or cannot be computed."),
        "conf_low": _number("Lower end of its interval (Feldt)."),
        "conf_high": _number("Upper end of its interval (Feldt)."),
        "conf_level": _number("Level of the interval."),
        "suppressed": Field(bool, "True if it rests on too few people to be shown."),
    },
)
DATA_CHECKS = ResultTable(
    "data_checks",
    {
        "study": _text("Study.", nullable=False),
        "check": _text("Identifier of the check of the study as a whole.", nullable=False),
        "what": _text("What was looked at: an interview, a date, an answer, an outcome.", nullable=False),
        "by": _text("What the people are divided by: all, peer, gender, file, or peer and gender.", nullable=False),
        "group": _text("People, or file, that the row is about.", nullable=False),
        "value": _number("What was found, in `unit`."),
        "unit": _text("share, p_value, index, difference, variation or groups.", nullable=False),
        "threshold": _number("Value at which the verdict turns; for a p-value, under it."),
        "verdict": Field(
            str,
            "pass, or by the check's severity info or warn; not_applicable if it cannot be judged.",
            allowed=("pass", "info", "warn", "not_applicable"),
        ),
        "meaning": _text("What it means for the analysis, in a sentence.", nullable=False),
        "n": _number("People, or dates, that it rests on."),
        "suppressed": Field(bool, "True if it rests on too few people to be shown."),
    },
)
DATA_CHECK_ROWS = ResultTable(
    "data_check_rows",
    dict(DATA_CHECKS.columns) | {"count": _number("People in the numerator of a share, exact.")},
)
PERFORMANCE = ResultTable(
    "performance",
    {
        "scenario": _text("Scenario of the simulation study.", nullable=False),
        "scenario_label": _text("What is special about it.", nullable=False),
        "method": _text("Estimator.", nullable=False),
        "method_label": _text("The estimator in words.", nullable=False),
        "estimand": _text("What it estimates; hazard and odds ratios as logarithms, times in years.", nullable=False),
        "naive": Field(bool, "True for an analysis that is often seen, and shown only for what goes wrong with it."),
        "assumptions_hold": Field(bool, "True if the scenario meets the assumptions of the estimator."),
        "replicates": _number("Samples drawn."),
        "failed": _number("Samples without an estimate."),
        "truth": _number("True value; missing where no single value is true."),
        "mean": _number("Mean of the estimates."),
        "bias": _number("Mean less truth."),
        "bias_mcse": _number("Monte Carlo standard error of the bias."),
        "empirical_se": _number("Standard deviation of the estimates."),
        "empirical_se_mcse": _number("Its Monte Carlo standard error."),
        "model_se": _number("Root mean square of the standard errors that the estimator gave."),
        "model_se_mcse": _number("Its Monte Carlo standard error."),
        "coverage": _number("Share of the intervals that hold the truth."),
        "coverage_mcse": _number("Its Monte Carlo standard error."),
        "rejected": _number("Share of the tests of no difference that reject: size without an effect, else power."),
        "rejected_mcse": _number("Its Monte Carlo standard error."),
    },
)
RESULTS = {
    "estimates": ESTIMATES,
    "curves": CURVES,
    "fits": FITS,
    "diagnostics": DIAGNOSTICS,
    "flow": FLOW,
    "issues": ISSUES,
    "table_one": TABLE_ONE,
    "data_checks": DATA_CHECKS,
    "reliability": RELIABILITY,
}
