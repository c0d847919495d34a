"""Published instruments that a study asked: which one, and which raw columns hold its items."""

import re

from pydantic import Field, field_validator, model_validator

from .base import Code, Scalar, Strict

BLOCK = "instruments"
WAVE = "{wave}"
NAME = r"((?:[^{}]|\{wave\})*)"
RUN = re.compile(NAME + r"\{(\w+)\.\.(\w+)\}" + NAME)


class Questionnaire(Strict):
    """A published instrument: its items in the waves' files become scores, which analyses may use as measures."""

    instrument: str = Field(description="Which instrument, such as ces_d or barc_10; docs/instruments.md has all.")
    items: tuple[str, ...] = Field(
        (), description="Raw columns in the order of the items; `q{1..20}` and `F1{A..T}` stand for a run of columns."
    )
    at: dict[int, tuple[str, ...]] = Field(
        {},
        description="Wave → raw columns, instead of `items`, where the columns differ between waves or the instrument "
        "was not asked at all of them.",
    )
    missing: tuple[Code, ...] = Field((), description="Further codes that mean 'no answer' in these columns.")
    quarantine: tuple[Code, ...] = Field(
        (), description="Codes known to be typing errors: these interviews are set aside with the reason."
    )
    recode: dict[Scalar, Scalar | None] | None = Field(
        None, description="Code → answer as the instrument counts it; an unlisted code is an error."
    )

    @field_validator("items")
    @classmethod
    def _runs(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return _expanded(columns)

    @field_validator("at")
    @classmethod
    def _runs_of_waves(cls, waves: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        return {wave: _expanded(columns) for wave, columns in waves.items()}

    @model_validator(mode="after")
    def _one_way(self) -> "Questionnaire":
        if bool(self.items) == bool(self.at):
            raise ValueError("give exactly one of `items` and `at`")
        return self


def _expanded(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for column in columns for name in expanded(column))


def expanded(column: str) -> list[str]:
    """Names that a run of columns such as `q{01..20}` or `F1{A..T}` stands for; a plain name stands for itself.

    `{wave}` is left as it is: in a wide file, it stands for the text of each wave.

    Raises
    ------
    ValueError
        If the ends of the run are not two numbers or two letters, the first before the last.
    """
    if not set("{}") & set(column.replace(WAVE, "")):
        return [column]
    found = RUN.fullmatch(column)
    before, first, last, after = found.groups() if found else ("", "", "", "")
    if first.isdigit() and last.isdigit():
        width = len(first) if first.startswith("0") else 0
        middle = [f"{number:0{width}d}" for number in range(int(first), int(last) + 1)]
    elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        middle = [chr(code) for code in range(ord(first), ord(last) + 1)]
    else:
        middle = []
    if not middle:
        raise ValueError(f"'{column}' is not a run of columns; write it as q{{1..20}} or F1{{A..T}}")
    return [f"{before}{part}{after}" for part in middle]
