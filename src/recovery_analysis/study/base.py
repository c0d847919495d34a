"""Words and rules that every block of a study's configuration shares."""

import re
from datetime import date
from types import NoneType
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

# What a draft holds where only the researcher can say which column is meant.
PLACEHOLDER = "WRITE_A_COLUMN"
NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)"
SPAN = re.compile(rf"\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*")
OPEN_SPAN = re.compile(rf"\s*(?:{NUMBER}\s*\.\.|\.\.\s*{NUMBER})\s*")


def span(code: object) -> tuple[float, float] | None:
    """Limits of a range written `lo..hi`, or None if the code is not one."""
    match = SPAN.fullmatch(code) if isinstance(code, str) else None
    return (float(match[1]), float(match[2])) if match else None


def _sound_span(code: str | int | float) -> str | int | float:
    limits = span(code)
    if limits is not None and limits[0] > limits[1]:
        raise ValueError(f"the range {code} runs backwards; write the lower end first")
    if limits is None and isinstance(code, str) and OPEN_SPAN.fullmatch(code):
        raise ValueError(f"the range {code} needs both ends, such as -9..-1")
    return code


Scalar = str | int | float
# YAML reads 1900-01-01 without quotes as a date.
Code = Annotated[
    Scalar,
    BeforeValidator(lambda code: code.isoformat() if type(code) is date else code),
    AfterValidator(_sound_span),
]
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

    @model_validator(mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, content: Any) -> Any:
        """YAML reads `yes` and `on` as true too, which Python takes for 1."""
        for key, value in content.items() if isinstance(content, dict) else ():
            if isinstance(value, bool) and key in cls.model_fields and _numeric(cls.model_fields[key].annotation):
                raise ValueError(f"`{key}` is a number, found {'yes or true' if value else 'no or false'}")
        return content


def _numeric(annotation: Any) -> bool:
    return {*(get_args(annotation) or [annotation])} <= {int, float, NoneType}
