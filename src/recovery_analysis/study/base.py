"""Words and rules that every block of a study's configuration shares."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Scalar = str | int | float
Unit = Literal["days", "weeks", "months", "years"]
DAYS_PER_YEAR = 365.25
UNITS_PER_YEAR = {"days": DAYS_PER_YEAR, "weeks": DAYS_PER_YEAR / 7, "months": 12.0, "years": 1.0}

GENDERS = ("woman", "man", "non_binary", "other", "undisclosed")
SPELL_KINDS = (
    "use",
    "recovery",
    "abstinence",
    "mutual_aid",
    "peer_support",
    "outpatient",
    "residential",
    "medication",
    "natural",
)


class Strict(BaseModel):
    """A block of configuration in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
