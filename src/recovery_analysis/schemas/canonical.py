"""The canonical tables: what every study is turned into before anything is computed.

Times are in years on one clock per study: years since enrolment where `design.time_zero` is `enrolment`, otherwise
calendar years (2019.5 is the middle of 2019). A date that was told as an age in completed years has the precision
`age`: known to a year on either side.
"""

from typing import Any

import pandera.pandas as pa

from ..study import GENDERS, SPELL_KINDS, Variable
from .tables import WHOLE
from .text import TEXT

PRECISIONS = ("day", "month", "year", "age")


def _origin() -> dict[str, pa.Column]:
    return {
        "source_file": pa.Column(TEXT, description="Name of the raw file the row came from."),
        "source_row": pa.Column(int, pa.Check.ge(1), description="Row in that file, the first data row being 1."),
    }


def _person_id(unique: bool = False) -> pa.Column:
    return pa.Column(TEXT, unique=unique, description="Identifier of the person within the study.")


PERSONS = {
    "person_id": _person_id(unique=True),
    "country": pa.Column(TEXT, nullable=True, description="Country of residence."),
    "site": pa.Column(TEXT, nullable=True, description="Place or organisation of recruitment."),
    "gender": pa.Column(TEXT, pa.Check.isin(GENDERS), nullable=True, description="Gender as the person gave it."),
    "age": pa.Column(float, pa.Check.in_range(0, 120), nullable=True, description="Age at first interview, years."),
    "birth_year": pa.Column(float, pa.Check.in_range(1900, 2020), nullable=True, description="Calendar year of birth."),
    "weight": pa.Column(float, pa.Check.gt(0), nullable=True, description="Sampling weight; 1 if there is none."),
}
SPELLS = {
    "person_id": _person_id(),
    "kind": pa.Column(TEXT, pa.Check.isin(SPELL_KINDS), description="What the person was doing."),
    "start": pa.Column(float, nullable=True, description="Start of the spell, study clock in years."),
    "stop": pa.Column(float, nullable=True, description="End of the spell; missing while it goes on or if not known."),
    "ongoing": pa.Column(bool, description="True if the spell goes on at the interview."),
    "precision": pa.Column(TEXT, pa.Check.isin(PRECISIONS), description="How exactly the start is known."),
}
EVENTS = {
    "person_id": _person_id(),
    "event": pa.Column(TEXT, description="What happened, such as first_help or interview."),
    "time": pa.Column(float, nullable=True, description="When, study clock in years."),
    "observed": pa.Column(bool, description="False if the event had not happened by `time`."),
    "precision": pa.Column(TEXT, pa.Check.isin(PRECISIONS), description="How exactly the time is known."),
}
WAVES = {
    "person_id": _person_id(),
    "wave": pa.Column(int, pa.Check.ge(0), description="Number of the interview; 0 is the first."),
    "time": pa.Column(float, nullable=True, description="When the interview was, study clock in years."),
}
UNIQUE: dict[str, list[str] | None] = {
    "persons": ["person_id"],
    "spells": None,
    "events": ["person_id", "event"],
    "waves": ["person_id", "wave"],
}
COLUMNS = {"persons": PERSONS, "spells": SPELLS, "events": EVENTS, "waves": WAVES}


def variable_column(variable: Variable) -> pa.Column:
    """Column of a study's own covariate or measure, with the valid values that its description states."""
    checks: list[Any] = []
    if variable.range is not None:
        checks.append(pa.Check.in_range(*variable.range))
    if variable.whole:
        checks.append(pa.Check(_are_whole, name=WHOLE))
    if variable.type == "binary":
        checks.append(pa.Check.isin([0.0, 1.0]))
    if variable.levels is not None:
        checks.append(pa.Check.isin(list(variable.levels)))
    dtype = TEXT if variable.type == "category" else float
    return pa.Column(dtype, checks, nullable=True, description=variable.label)


def _are_whole(values: Any) -> Any:
    return values % 1 == 0


def canonical_schema(table: str, variables: dict[str, Variable], present: list[str]) -> pa.DataFrameSchema:
    """Strict schema of a canonical table of one study.

    Parameters
    ----------
    table : persons, spells, events or waves.
    variables : the study's own columns; only those in `present` are expected.
    present : the columns that the study's mapping fills.
    """
    own = {name: variable_column(v) for name, v in variables.items() if name in present}
    return pa.DataFrameSchema(
        COLUMNS[table] | own | _origin(), strict=True, coerce=True, unique=UNIQUE[table], name=table
    )
