"""Words for the reader: canonical values in plain, person-first language."""

from collections.abc import Iterable, Mapping, Sequence

from . import formats

GENDER = {
    "woman": "Women",
    "man": "Men",
    "non_binary": "Non-binary people",
    "other": "People of another gender",
    "undisclosed": "Gender not disclosed",
}
PATHWAY = {
    "mutual_aid": "Mutual aid (such as AA, NA, SMART)",
    "peer_support": "Peer support in a recovery organisation",
    "outpatient": "Outpatient treatment",
    "residential": "Residential treatment",
    "medication": "Medication",
    "natural": "Without formal help",
}
NAIVE = "Naive: not valid"
SIMULATED = "Simulated data: no real person is described"
SCALE = {
    "log_hazard": "Hazard ratio",
    "log_time": "Time ratio",
    "log_odds": "Odds ratio",
    "difference": "Difference",
}
EVERYONE = "Everyone"
FAMILY = {
    "weibull": "Weibull distribution",
    "log_normal": "Log-normal distribution",
    "log_logistic": "Log-logistic distribution",
    "generalised_gamma": "Generalised gamma distribution",
    "weibull_hazard": "Weibull hazard",
    "spline_1": "Hazard as a spline with one interior knot",
    "spline_2": "Hazard as a spline with two interior knots",
    "spline_3": "Hazard as a spline with three interior knots",
}
MODEL = {"crude": "not adjusted", "adjusted": "adjusted"}
# What is said in place of an estimate, by its status.
STATUS = {
    "not_converged": "no estimate: the model did not settle",
    "separated": "no estimate: the outcome is all or none in a group",
    "too_few_events": "too few people to say",
    "suppressed": "withheld, too few people",
    "failed": "no estimate: the model failed",
}
# Ways of counting peer engagement, by model; landmarks are told by their time.
TIMING = {
    "naive_ever_never": "Ever or never (biased)",
    "time_varying": "From first engagement on",
    "clone_censor_weight": "Target trial",
}
# A diagnostic that was not passed, as a reason to read with care.
GATE = {
    "proportional_hazards": "the difference changes over time, so that one ratio is an average",
    "events_per_parameter": "few people had the outcome for the number of things adjusted for",
    "second_fit": "a second program gave a different answer",
    "clusters": "few people, or few sites, stand behind the interval",
    "design_effect": "the sampling weights are very uneven",
    "convergence": "the model did not settle",
    "sufficient_follow_up": "follow-up is too short to say who never has the outcome",
    "truncation": "the method takes no notice of people who are not there yet",
    "truncation_at_help": "people who had not sought help by the interview are missing from the file",
    "recall_heaping": "many times are known to the year only",
    "separation": "the outcome is all or none in a group",
    "immortal_time": "biased, since time before engaging counts as time with peers (immortal time)",
    "largest_weight": "a few people stand for many others",
    "followed_to_horizon": "few people are followed to the end under one of the strategies",
    "bootstrap_samples": "many bootstrap samples gave no estimate",
    "influence": "one person alone moves the answer",
    "delayed_entry": "few people are followed at the start, since they enter late",
    "informative_interviews": "when people were interviewed bears on their course",
    "people_in_states": "few people were ever in one of the states",
}
STANDARDISED = "standardised"
OUTCOMES = "outcomes"
EMULATED = (
    "A target trial: each person counts under both strategies until they do what one of them does not allow; those "
    "who remain are weighted to stand for the others. Intervals from bootstrap samples of people. It holds if "
    "nothing that is not adjusted for drives both engagement and the outcome."
)
METHOD = {
    "kaplan_meier": "Kaplan-Meier estimate; people count until the outcome or until they were last heard of.",
    "simon_makuch": (
        "Simon-Makuch estimate: each person is counted in the group they belong to at that time, and so may "
        "move from one to the other."
    ),
    "aalen_johansen": (
        "Aalen-Johansen estimate: the share who had the outcome before anything after which it cannot happen."
    ),
    "state_occupancy": "Aalen-Johansen estimate; people count until they were last heard of.",
    "turnbull": "Turnbull estimate: each time counts as known to an interval only.",
    "clone_censor_weight": EMULATED,
    "clone_censor_weight_competing": (
        f"{EMULATED} The share is of those who had the outcome before anything after which it cannot happen."
    ),
    STANDARDISED: (
        "Predicted from the adjusted Cox model: the same people, as if each had peers from the start, or never. It "
        "holds if nothing that is not adjusted for drives both engagement and the outcome."
    ),
}
NAIVE_NOTE = (
    "Naive: as if everybody had been followed from the start. Biased, since people not there yet are not in the file."
)
WEIGHTED = "Weighted by the sampling weights; numbers of people are not weighted."
METHOD |= {
    f"weighted_{method}": f"{METHOD[method]} {WEIGHTED}"
    for method in (
        "kaplan_meier",
        "simon_makuch",
        "aalen_johansen",
        "turnbull",
        "state_occupancy",
        STANDARDISED,
        "clone_censor_weight",
        "clone_censor_weight_competing",
    )
}
METHOD |= {
    "reverse_time": "Reverse-time estimate: times read backwards from the interview.",
    "right_truncated": "Right-truncated model: a smooth curve, fitted to the same people.",
    "naive": "Naive estimate: as if nobody were missing.",
    "naive_kaplan_meier": "Naive Kaplan-Meier estimate: as if nobody were missing.",
    "naive_simon_makuch": "Naive Simon-Makuch estimate: as if nobody were missing.",
    "truth": "Truth behind the simulated data.",
}
# Methods beside one another, in a file of people who are all there already.
DESIGN = {
    "reverse_time": "Read backwards from the interview (reverse time)",
    "right_truncated": "Right-truncated model",
    "naive": "Naive: as if nobody were missing. Too short",
    "truth": "The truth behind the simulated data",
}
DESIGN_SHORT = {
    "reverse_time": "Reverse time",
    "right_truncated": "Right-truncated model",
    "naive": "Naive (not valid)",
    "truth": "Truth",
}
PEER_RATIO = "People with peers: times as likely at any given time (hazard ratio, adjusted)"
PEER_RATIO_NOTE = "The thin line of the hazard ratios is 1, no difference; reverse time has no hazard ratio."
NEXT_STEP = "The number of people at a time is the one at the next step."
JOINING = f"People come into a group after the start. {NEXT_STEP}"
COARSE = (
    "To protect people, the steps of a line are joined until each stands for enough of them; it ends where "
    f"few are left. {NEXT_STEP}"
)
CLONED = (
    "To protect people, the steps of a line are joined until each stands for enough of them, and the same people being "
    "under both strategies, shares and counts are rounded to those of as many people as may be shown."
)
COMPETING = (
    "Something else may come first: shares are of those who have the outcome before it, and the hazard ratio compares "
    "people in whom neither has happened yet."
)
FLAT, RISING = "The curve is flat", "The curve still rises"
NOT_REACHED = "not reached"
WITHHELD = "–: a number that is not shown, because it is small or would reveal a small one."
COULD_FIND = (
    "Could have been found: where the interval includes no difference, the smallest effect that a study of this size "
    "finds in four of five. A smaller one may be there."
)
TICKS = (
    "Small ticks, where the interval includes no difference: four of five studies of this size would find an "
    "effect out there; one between them may be missed. None is drawn beyond the axis."
)
DISCLOSURE = {
    "ons10": "Counts under 10 are not shown, except some that are 0; other counts are rounded to the nearest 5.",
    "opensafely": "Counts from 1 to 7 are not shown; other counts are rounded to the nearest 5.",
    "hes": "Counts from 1 to 7 are not shown; other counts are rounded to the nearest 5.",
    "ndtms": "Counts from 1 to 4 are not shown; other counts are rounded to the nearest 5.",
    "open": "Counts are exact.",
}
# Each canonical table, and what one row of it describes.
TABLE = {
    "persons": "People",
    "spells": "Periods of use, recovery and support",
    "events": "Dated events",
    "waves": "Interviews",
}
SEVERITY = {
    "fatal": "Stopped the analysis",
    "error": "Set aside",
    "warning": "Kept, to be looked at",
    "info": "Good to know",
}
SEVERITY_MEANING = {
    "fatal": "The analysis cannot go on until these are mended.",
    "error": "These values or rows were not used. Each is kept in quarantine with its reason.",
    "warning": "These values were used, unless their line says otherwise. Look at them before you rely on the results.",
    "info": "Nothing was changed.",
}
# One unit and several, as after a number.
UNIT = {
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
    "years": ("year", "years"),
}
EMPTY = {
    "flow": "There are no numbers of people to show.",
    "curves": "There are too few people to draw a curve.",
    "forest": "There are no estimates to show.",
    "states": "There are too few people to say where they are.",
    "milestones": "There are no times to show.",
    "table_one": "There are no numbers of people to show.",
    "effects": "There are no estimates to show.",
    "times": "There are no times to show.",
    "diagnostics": "There are no checks of models to show.",
}
VARIABLE = {
    "people": "People",
    "gender": "Gender",
    "age": "Age",
    "country": "Country",
    "site": "Site",
}


def weighted(analyses: Iterable[object]) -> list[str]:
    """A note that names the analyses in which people count by their sampling weights; none if there are none."""
    titles = [analysis.title for analysis in analyses if getattr(analysis, "weights", None)]
    return [f"Weighted by the sampling weights, numbers of people aside: {'; '.join(titles)}."] if titles else []


def conditional(analyses: Iterable[object], outcomes: Mapping[str, object]) -> list[str]:
    """A note for each analysis that is about people who get there within a horizon; none if there are none."""
    return [
        f"{analysis.title}: among people who get there within "
        f"{duration(analysis.horizon, outcomes[analysis.outcome].unit)}; this sample cannot tell of later times."
        for analysis in analyses
        if getattr(analysis, "kind", None) == "recovery_time"
    ]


def weighted_notes(notes: Iterable[object]) -> list[str]:
    """The sentence about sampling weights, where a note of an estimate has it."""
    return [WEIGHTED] if any(WEIGHTED in note for note in notes if isinstance(note, str)) else []


def states(stages: Sequence[float]) -> dict[str, str]:
    """States of a multi-state outcome in words, from the years at which its stages of recovery begin."""
    first = duration(stages[0], "years")
    words = {"before_help": "No help sought yet"}
    words["after_help"] = f"Help sought, less than {first} in recovery" if stages[0] else "Help sought, not in recovery"
    for years, until in zip(stages, [*stages[1:], None], strict=True):
        if until is None:
            length = f"{duration(years, 'years')} or more" if years else "of any length"
        else:
            length = f"{years:g} to {duration(until, 'years')}" if years else f"under {duration(until, 'years')}"
        words[f"recovery_{years:g}"] = f"In recovery, {length}"
    return words | {"died": "Died"}


def came_first(name: str, outcome: str, competing: Sequence[str]) -> str:
    """A curve of outcomes that compete: the outcome itself, or competing_1 and on in the order of the plan."""
    if name == "outcome":
        return outcome
    event = competing[int(name.removeprefix("competing_")) - 1]
    return f"Came first: {PATHWAY.get(event, event.replace('_', ' ')).lower()}"


def gender(value: str) -> str:
    """A gender, or all of them, in words; a value that is not known is returned as it is."""
    return EVERYONE if value == "all" else GENDER.get(value, value)


def inside(text: str) -> str:
    """A text as it stands inside a sentence: a small first letter, unless it begins with an acronym.

    >>> inside("Did not attend AA")
    'did not attend AA'
    """
    return text if any(c.isupper() for c in text.split(" ", 1)[0][1:]) else text[:1].lower() + text[1:]


def gate(value: str) -> list[str]:
    """The reasons to read an estimate with care; none if its gates were passed."""
    names = [name.strip() for name in value.split(";") if name.strip()]
    return [GATE.get(name, name.replace("_", " ")) for name in names if name != "passed"]


def care(gates: Iterable[str]) -> list[str]:
    """One sentence with every reason that these gates give to read with care; none if all were passed."""
    reasons = dict.fromkeys(reason for value in gates for reason in gate(value))
    return [f"Read with care: {'; '.join(reasons)}."] if reasons else []


def not_drawn(groups: Sequence[str]) -> str:
    """A note that names the groups of people without a line or picture, as inside a sentence."""
    return f"Not drawn, too few people: {formats.listed(list(groups))}."


def step(label: str) -> str:
    """A step of the flow as a line of a list: a capital first, without the heading it stands under."""
    text = label.removeprefix("Set aside: ")
    return text[:1].upper() + text[1:]


def rows_of(table: str) -> str:
    """The unit of a step of the flow that counts rows of a canonical table."""
    return f"rows of {table}"


def amount(n: float | None, unit: str, suppressed: bool) -> str:
    """``470 people``, ``1 row`` or, for a number withheld, the dash with its unit."""
    if not suppressed and n == 1:
        first, *rest = unit.split(" ", 1)
        unit = " ".join([{"people": "person", "rows": "row"}.get(first, first), *rest])
    return f"{formats.count(None if suppressed else n)}{formats.NBSP}{unit}"


def duration(value: float, unit: str) -> str:
    """A time with its unit: ``1 year``, ``180 days``, ``1,057 months``."""
    return f"{value:,g} {UNIT[unit][int(value != 1)]}"


def way_of_counting(model: str) -> str:
    """A way of counting peer engagement, by its model; a model that is none of them in plain words.

    >>> way_of_counting("landmark_24_months")
    'As known after 2 years'
    """
    if model.startswith("landmark_"):
        months = model.removeprefix("landmark_").removesuffix("_months").replace("_", ".")
        return f"As known after {span(float(months) / 12)}"
    return TIMING.get(model, model.replace("_", " ").replace(".", ", "))


def span(years: float) -> str:
    """A stated time in years as people say it: ``6 months``, ``1 year``, ``18 months``."""
    whole = float(years).is_integer()
    return duration(years, "years") if whole else duration(12 * years, "months")


def disclosure(preset: str, reason: str | None) -> str:
    """The rule for small numbers, in words, with the reason why there is none where that is so."""
    return f"{DISCLOSURE[preset]} {reason}" if preset == "open" and reason else DISCLOSURE[preset]
