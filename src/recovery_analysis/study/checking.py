"""What is done about what the checks find: severities, thresholds, and what the study says cannot be."""

import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from .base import Code, Strict

Severity = Literal["info", "warning", "error", "fatal"]
StudySeverity = Literal["info", "warning", "fatal"]
KeySeverity = Literal["error", "fatal"]
RepeatSeverity = Literal["info", "warning", "fatal"]


class Severities(Strict):
    """Severity of each check: `info` and `warning` report; `error` sets the person or interview aside; `fatal` stops
    the study. Checks of keys cannot be less than an error; checks of the whole study set nobody aside."""

    unreadable_value: Severity = Field("error", description="A value that is not of the kind the question needs.")
    out_of_range: Severity = Field("error", description="A number outside its valid range.")
    unknown_level: Severity = Field("error", description="An answer that is not one of the valid answers.")
    impossible_date: Severity = Field("error", description="A date that cannot be.")
    quarantined_code: Severity = Field("error", description="A code listed as a typing error.")
    going_on_and_ended: Severity = Field("warning", description="A period said to go on that also has an end.")
    period_not_recorded: Severity = Field("warning", description="A date of a period that is not recorded.")
    event_not_known: Severity = Field("error", description="A time of an event that may not have happened.")
    event_not_dated: Severity = Field("error", description="An event that had happened, without a time.")
    person_id_missing: KeySeverity = Field("error", description="A row without a person's identifier.")
    duplicate_row: RepeatSeverity = Field("warning", description="A row that repeats another; it is set aside.")
    duplicate_person: KeySeverity = Field("error", description="A person with two rows that differ.")
    duplicate_event: KeySeverity = Field("error", description="An event with two different dates.")
    duplicate_wave: KeySeverity = Field("error", description="Two interviews with the same number that differ.")
    wave_missing: KeySeverity = Field("error", description="An interview without a number.")
    unknown_person: KeySeverity = Field("error", description="A row of a person who is not in the study.")
    near_duplicate: Severity = Field("warning", description="Two people with nearly the same answers.")
    ends_before_start: Severity = Field("error", description="A period that ends before it starts.")
    spell_after_interview: Severity = Field("error", description="A period dated after the interview.")
    spell_before_birth: Severity = Field("error", description="A period dated before the person was born.")
    recovery_before_onset: Severity = Field("error", description="A recovery dated before the problem began.")
    recovery_before_use: Severity = Field("warning", description="A recovery dated before any use.")
    overlapping_spells: Severity = Field("warning", description="Two periods of one kind that overlap.")
    short_gap: Severity = Field("info", description="Two periods of one kind, hardly any time apart.")
    event_after_interview: Severity = Field(
        "error",
        description="An event dated after the interview, unless people are followed from it on (design.entry).",
    )
    event_before_birth: Severity = Field("error", description="An event dated before the person was born.")
    event_before_enrolment: Severity = Field(
        "error", description="In a cohort, an event that people are followed for, dated before they were enrolled."
    )
    onset_after_first_help: Severity = Field("error", description="A problem that began after help was sought.")
    interview_after_extract: Severity = Field("error", description="An interview dated after `extract_date`.")
    interview_far_later: Severity = Field("warning", description="An interview long after all others of its file.")
    event_after_extract: Severity = Field("warning", description="An event dated after the data were taken.")
    spell_after_extract: Severity = Field("warning", description="A period dated after the data were taken.")
    age_against_birth_year: Severity = Field("warning", description="An age that does not fit the year of birth.")
    wave_before_enrolment: Severity = Field(
        "error", description="In a cohort, an interview after the first, dated before people were enrolled."
    )
    wave_out_of_order: Severity = Field("error", description="An interview dated before an earlier one.")
    wave_skipped: Severity = Field("info", description="An interview that follows one that is not there.")
    impossible_person: Severity = Field("error", description="Answers of a person stated to be impossible together.")
    impossible_answers: Severity = Field("error", description="Answers of an interview stated to be impossible.")
    straight_lining: Severity = Field("warning", description="The same answer to every item of a scale.")
    outlier_person: Severity = Field("warning", description="A number of a person far from everybody else's.")
    outlier_answer: Severity = Field("warning", description="An answer of an interview far from all others.")
    attrition: StudySeverity = Field("warning", description="People lost at later interviews, unevenly or many.")
    heaping: StudySeverity = Field("warning", description="Dates and ages rounded to whole or five years.")
    missing_pattern: StudySeverity = Field("warning", description="Answers that are missing, and not at random.")
    drift: StudySeverity = Field("warning", description="A question answered differently in different files.")
    direction: StudySeverity = Field("warning", description="A scale turned round, or another, in a part of the data.")
    small_cells: StudySeverity = Field("warning", description="Groups with too few outcomes to be published.")


class Thresholds(Strict):
    """Values at which checks speak up."""

    near_duplicate_share: float = Field(0.95, gt=0.5, le=1, description="Least share of equal answers.")
    near_duplicate_answers: int = Field(5, ge=1, description="Fewest answers that two people are compared on.")
    short_gap_years: float = Field(0.1, gt=0, description="Longest gap, in years, that may be one period told as two.")
    interview_gap_years: float = Field(1.0, gt=0, description="Years without an interview before one that is too late.")
    straight_lining_items: int = Field(4, ge=2, description="Fewest answered items that can form a straight line.")
    outlier_z: float = Field(5.0, gt=0, description="Largest distance from the median, in robust standard deviations.")
    attrition_share: float = Field(0.4, gt=0, lt=1, description="Largest share of people lost at an interview.")
    attrition_p: float = Field(0.05, gt=0, lt=1, description="p-value under which loss differs between groups.")
    heaping_index: float = Field(125.0, ge=100, le=500, description="Largest index: 100 none, 500 all rounded.")
    heaping_year_only: float = Field(0.5, gt=0, le=1, description="Largest share of dates known to the year only.")
    missing_share: float = Field(0.2, gt=0, lt=1, description="Largest share of people without an answer.")
    missing_p: float = Field(0.05, gt=0, lt=1, description="p-value under which answers are not missing at random.")
    drift_difference: float = Field(0.5, gt=0, description="Largest standardised difference of a number.")
    drift_variation: float = Field(0.25, gt=0, le=1, description="Largest total variation of a category.")
    drift_people: int = Field(30, ge=2, description="Fewest answers in a file, or of the same people, compared.")
    direction_agreement: float = Field(
        -0.5, lt=1, description="Least agreement of what goes together in a file: 1 as in the others, -1 turned round."
    )
    direction_correlation: float = Field(
        -0.2, lt=1, description="Least correlation of the same people's answers at an interview and the next."
    )
    direction_spread: float = Field(
        5.0, gt=1, description="Largest ratio of the interquartile ranges of these answers."
    )


class Impossible(Strict):
    """Two answers that cannot both be: where every column under `when` and every one under `and` has its value."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    label: str = Field(description="What is impossible, as a clause: 'in recovery and using every day'.")
    when: dict[str, Code | tuple[Code, ...]] = Field(
        min_length=1, description="Column of persons or waves → value, list of values, or range `lo..hi`."
    )
    and_: dict[str, Code | tuple[Code, ...]] = Field(
        alias="and", min_length=1, description="The same for the other columns."
    )

    @model_validator(mode="after")
    def _different_columns(self) -> "Impossible":
        if both := set(self.when) & set(self.and_):
            raise ValueError(f"column '{min(both)}' is under `when` and under `and`; name it once")
        return self

    @property
    def columns(self) -> dict[str, tuple[Code, ...]]:
        """Every column with the values that are impossible together."""
        both = self.when | self.and_
        return {name: values if isinstance(values, tuple) else (values,) for name, values in both.items()}


class Checks(Strict):
    """What the checks do; every key may be left out."""

    extract_date: str | None = Field(
        None, description="Day the data were taken from their source, YYYY-MM-DD; nothing can be later."
    )
    severity: Severities = Field(Severities(), description="Check → severity.")
    thresholds: Thresholds = Field(Thresholds(), description="Values at which checks speak up.")
    impossible: tuple[Impossible, ...] = Field((), description="Answers that cannot be together.")
    scales: dict[str, tuple[str, ...]] = Field(
        {}, description="Name of a scale → its items, measures of the waves: looked at for straight-lining."
    )

    @field_validator("extract_date", mode="before")
    @classmethod
    def _a_day(cls, value: Any) -> Any:
        if value is None:
            return None
        try:
            return datetime.date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError("is not a day written YYYY-MM-DD") from None

    @property
    def extract_year(self) -> float | None:
        """`extract_date` as a decimal year, at the end of that day."""
        if self.extract_date is None:
            return None
        day = datetime.date.fromisoformat(self.extract_date)
        first, next_first = datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)
        return day.year + ((day - first).days + 1) / (next_first - first).days
