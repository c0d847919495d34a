"""Variables of the simulated extracts: labels, codes and types, the same in every file."""

from dataclasses import dataclass, field
from typing import Literal

from .parameters import PATHWAYS, LifeParameters

REFUSED, DONT_KNOW, UNKNOWN_MONTH = -9, -8, 98
MISSING = {REFUSED: "Refused", DONT_KNOW: "Don't know"}
NO_YES = {0: "No", 1: "Yes"}
RECORDED_SPELLS = 3
COUNTRY_CODES = {"UK": 1, "NL": 2, "BE": 3}
GENDER_CODES = {"woman": 1, "man": 2, "non_binary": 3, "other": 4, "undisclosed": 5}
PROBLEM_CODES = {"alcohol": 1, "opioids": 2, "stimulants": 3, "several": 4, "gambling": 5}
PATHWAY_WORDS = {
    "mutual_aid": "mutual aid (such as AA, NA, SMART)",
    "peer_support": "a lived experience recovery organisation",
    "outpatient": "outpatient treatment",
    "residential": "residential treatment",
    "medication": "medication for the problem",
}


@dataclass(frozen=True)
class Item:
    """One variable of an extract: its question, type, value labels, and whether it can be refused."""

    label: str
    type: Literal["text", "date", "integer", "decimal"] = "integer"
    values: dict[int, str] = field(default_factory=dict)
    can_be_missing: bool = False

    @property
    def value_labels(self) -> dict[int, str]:
        """All labelled codes, those for missing answers included."""
        return self.values | (MISSING if self.can_be_missing else {})


def _sites() -> dict[int, str]:
    numbers = zip(COUNTRY_CODES.items(), LifeParameters().sites, strict=True)
    return {
        10 * code + i: f"{country} site {'ABCDEFGHI'[i - 1]}"
        for (country, code), count in numbers
        for i in range(1, count + 1)
    }


def _year(label: str) -> Item:
    return Item(f"{label}: year", can_be_missing=True)


def _month(label: str) -> Item:
    return Item(f"{label}: month", values={UNKNOWN_MONTH: "Don't know month"})


def _about_the_person() -> dict[str, Item]:
    education = {
        1: "No or lower secondary",
        2: "Upper secondary",
        3: "Vocational or college",
        4: "University",
    }
    problem = {1: "Alcohol", 2: "Opioids", 3: "Stimulants", 4: "Several substances", 5: "Gambling"}
    gender = {1: "Woman", 2: "Man", 3: "Non-binary", 4: "Other", 5: "Prefer not to say"}
    return {
        "pid": Item("Person identifier", "text"),
        "country": Item("Country of interview", values={1: "United Kingdom", 2: "Netherlands", 3: "Belgium"}),
        "site": Item("Site of recruitment", values=_sites()),
        "gender": Item("What is your gender?", values=gender),
        "birth_year": Item("In which year were you born?"),
        "interview_date": Item("Date of interview", "date"),
        "education": Item("Highest level of education completed", values=education, can_be_missing=True),
        "primary_problem": Item(
            "What was the main problem when you first sought help?", values=problem, can_be_missing=True
        ),
        "severity": Item("Severity of the problem at its onset (0 mild - 10 severe)", can_be_missing=True),
        "onset_age": Item("Age when the problem began, in completed years", can_be_missing=True),
        "first_help_year": _year("First sought help"),
        "first_help_month": _month("First sought help"),
    }


def _pathways() -> dict[str, Item]:
    items = {}
    for name in PATHWAYS:
        words = PATHWAY_WORDS[name]
        items[f"{name}_ever"] = Item(f"Ever used {words}", values=NO_YES)
        items[f"{name}_start_year"] = _year(f"First used {words}")
        items[f"{name}_start_month"] = _month(f"First used {words}")
        items[f"{name}_stop_year"] = _year(f"Last used {words}")
        items[f"{name}_stop_month"] = _month(f"Last used {words}")
        items[f"{name}_now"] = Item(f"Still using {words}", values=NO_YES)
    return items


def _recovery() -> dict[str, Item]:
    items = {
        "recovery_now": Item("In recovery at the time of interview", values=NO_YES),
        "n_attempts": Item(
            "Recovery attempts of under one year that came to an end, since first help", can_be_missing=True
        ),
    }
    for number in range(1, RECORDED_SPELLS + 1):
        for end, words in (("start", "began"), ("stop", "ended")):
            label = f"Period of recovery {number} (one year or more, or current) {words}"
            items[f"rec{number}_{end}_year"] = _year(label)
            items[f"rec{number}_{end}_month"] = _month(label)
    return items


MEASURES = {
    "peer_6m": Item(
        "Attended mutual aid or a recovery organisation in the last 6 months",
        values=NO_YES,
        can_be_missing=True,
    ),
    "social_total": Item("Social engagement score (0-40, higher is more engaged)", can_be_missing=True),
    "barc_total": Item("Recovery capital, BARC-10 total (10-60)", can_be_missing=True),
    "arrest_12m": Item(
        "Arrested in the last 12 months, or since the last interview", values=NO_YES, can_be_missing=True
    ),
}
WAVE = Item("Interview", values={0: "Baseline", 1: "First follow-up", 2: "Second follow-up"})
WEIGHT = Item("Sampling weight (mean 1)", "decimal")
_PERSON = _about_the_person()
BASELINE: dict[str, Item] = _PERSON | _pathways() | _recovery() | MEASURES | {"weight": WEIGHT}
FOLLOW_UP: dict[str, Item] = {
    "pid": _PERSON["pid"],
    "wave": WAVE,
    "interview_date": _PERSON["interview_date"],
} | MEASURES
