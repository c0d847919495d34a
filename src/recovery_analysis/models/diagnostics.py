"""Diagnostics of a model, each with a verdict and a sentence; together they are the gate of its estimates."""

EVENTS_PER_PARAMETER = 10.0
ALPHA = 0.05
FEWEST_CLUSTERS = 40.0
LARGEST_WEIGHT = 10.0
FEWEST_SAMPLES = 0.95
FEWEST_FOLLOWED = 10.0
RECALL_HEAPING = 0.3
GATING_TERMS = ("global", "peer", "peer:gender")
NOTHING = "Nothing needed."
TOLD = "Told with each estimate of this model (gate)."
TOLD_HERE = "Told here only: it is adjusted for, not studied."


def row(
    model: str, diagnostic: str, value: float, passes: bool, meaning: str, term: str = "global", **more: float
) -> dict:
    """One row of `diagnostics`."""
    verdict = "pass" if passes else "warn"
    return {
        "model": model,
        "diagnostic": diagnostic,
        "term": term,
        "value": value,
        "verdict": verdict,
        "meaning": meaning,
        "done": NOTHING if passes else TOLD if term in GATING_TERMS else TOLD_HERE,
    } | more


def events_per_parameter(model: str, n_events: float, parameters: int) -> dict:
    """Outcomes per estimated coefficient (Peduzzi et al. 1995, J Clin Epidemiol 48: 1503-1510).

    For a binary outcome `n_events` is the rarer of its two values.
    """
    value = n_events / parameters
    passes = value >= EVENTS_PER_PARAMETER
    meaning = (
        "There are enough outcomes for the number of coefficients."
        if passes
        else "Few outcomes for the number of coefficients: estimates may be extreme, intervals too narrow."
    )
    return row(model, "events_per_parameter", value, passes, meaning, threshold=EVENTS_PER_PARAMETER)


def proportional_hazards(
    model: str, tests: list[tuple[str, float, float, float]], labels: dict[str, str]
) -> list[dict]:
    """Rows for (term, chi-square, df, p) of Grambsch and Therneau's tests; `value` is the p-value.

    `labels` gives each term in words.
    """
    rows = []
    for term, statistic, df, p in tests:
        passes = p >= ALPHA
        subject = "The model as a whole" if term == "global" else f"The effect of '{labels[term]}'"
        meaning = (
            f"{subject} shows no sign of changing over time."
            if passes
            else f"{subject} changes over time: one hazard ratio is an average over the follow-up."
        )
        rows.append(
            row(
                model,
                "proportional_hazards",
                p,
                passes,
                meaning,
                term,
                statistic=statistic,
                df=df,
                threshold=ALPHA,
            )
        )
    return rows


def fitted(model: str, status: str, iterations: float, message: str) -> list[dict]:
    """Whether the iterations ended, and whether every estimate is finite; nothing of a model that was not fitted."""
    if status in ("too_few_events", "failed"):
        return []
    converged, finite = status != "not_converged", status != "separated"
    return [
        row(model, "convergence", iterations, converged, "The iterations ended." if converged else message),
        row(
            model,
            "separation",
            0.0 if finite else 1.0,
            finite,
            "Every estimate is finite." if finite else message,
        ),
    ]


def clusters(model: str, n: int, unit: str = "people") -> dict:
    """People or sites as clusters: the sandwich variance needs many (Cameron & Miller 2015, J Hum Resour 50: 317)."""
    passes = n >= FEWEST_CLUSTERS
    alike = "repeated answers" if unit == "people" else "people of one site being alike"
    meaning = (
        f"Enough {unit} for a variance that allows for {alike}."
        if passes
        else f"Few {unit}: the variance that allows for {alike} may be too small."
    )
    return row(model, "clusters", float(n), passes, meaning, threshold=FEWEST_CLUSTERS)


def largest_weight(model: str, value: float, term: str = "global") -> dict:
    """Largest weight after truncation: one person who stands for many (Cole & Hernan 2008, Am J Epidemiol 168: 656)."""
    passes = value <= LARGEST_WEIGHT
    meaning = (
        "Nobody stands for many others."
        if passes
        else "A few people stand for many others: the estimate leans on them, and its interval may be too narrow."
    )
    return row(model, "largest_weight", value, passes, meaning, term, threshold=LARGEST_WEIGHT)


def followed_to_horizon(model: str, people: int) -> dict:
    """People under the strategy of the fewest who are still followed at the horizon."""
    passes = people >= FEWEST_FOLLOWED
    meaning = (
        "Enough people are followed to the horizon under each strategy."
        if passes
        else "Few people are followed to the horizon under one of the strategies: its end rests on them."
    )
    return row(model, "followed_to_horizon", float(people), passes, meaning, threshold=FEWEST_FOLLOWED)


def bootstrap_samples(model: str, share: float) -> dict:
    """Share of the bootstrap samples from which the estimates could be computed."""
    passes = share >= FEWEST_SAMPLES
    meaning = (
        "The bootstrap samples give the estimates."
        if passes
        else "Many bootstrap samples give no estimate: too few people engage for this interval."
    )
    return row(model, "bootstrap_samples", share, passes, meaning, threshold=FEWEST_SAMPLES)


def truncation(model: str, allowed_for: bool) -> dict:
    """Whether a model of a file in which everybody has had the outcome allows for that (right truncation)."""
    meaning = (
        "Only people who have had the outcome are in the file, and the method allows for it."
        if allowed_for
        else "Only people who have had the outcome are in the file, and this method takes no notice: times come out "
        "too short, and comparisons of groups that could be seen for different lengths of time mean nothing."
    )
    return row(model, "truncation", 1.0, allowed_for, meaning)


def sufficient_follow_up(model: str, alpha: float) -> dict:
    """Whether the curve is flat for long enough at its end to speak of people who never have the outcome."""
    passes = alpha < ALPHA
    meaning = (
        "Follow-up goes on long after the last outcome, so a share who never have it can be estimated."
        if passes
        else "Outcomes go on until near the end of follow-up: it is too short to say how many never have the outcome."
    )
    return row(model, "sufficient_follow_up", alpha, passes, meaning, threshold=ALPHA)


def recall_heaping(model: str, share: float, as_intervals: bool) -> dict:
    """Share of outcomes whose time is known to a year or less exactly, and whether the model treats them so."""
    passes = as_intervals or share <= RECALL_HEAPING
    if share <= RECALL_HEAPING:
        meaning = "Most times are known more exactly than to a year."
    elif as_intervals:
        meaning = "Many times are known to a year only, and the method treats them as intervals."
    else:
        meaning = "Many times are known to a year only and are treated as exact: small differences mean little."
    return row(model, "recall_heaping", share, passes, meaning, threshold=RECALL_HEAPING)


def gate(rows: list[dict]) -> str:
    """`passed`, or the names of the diagnostics with a warning, joined by `; `.

    The test of proportional hazards counts for the model as a whole and for peers, not for a covariate that
    is only
    adjusted for: with eight covariates one in three models would otherwise warn by chance.
    """
    warned = [r["diagnostic"] for r in rows if r["verdict"] == "warn" and r["term"] in GATING_TERMS]
    return "; ".join(dict.fromkeys(warned)) or "passed"
