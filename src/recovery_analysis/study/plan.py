"""What is asked of the data: design, eligibility, peer engagement, outcomes."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import SPELL_KINDS, Strict, Unit


class Design(Strict):
    """How people came into the file; it decides which analyses are valid."""

    kind: Literal["cohort", "population_survey", "recovery_sample"]
    time_zero: str = Field(
        "enrolment",
        description="`enrolment`: the mapping gives times since enrolment. Otherwise the event that starts the clock; "
        "the mapping then gives calendar dates.",
    )
    entry: str | None = Field(
        None,
        description="The event from which on a person could be seen to have the outcome, if that is later than time "
        "zero (delayed entry), such as `interview` for time in recovery.",
    )

    @property
    def calendar(self) -> bool:
        """Whether the mapping gives calendar dates, rather than times since enrolment."""
        return self.time_zero != "enrolment"


class Eligibility(Strict):
    """One stated rule; people who do not meet it are counted in the flow figure."""

    label: str = Field(description="Why people are left out, as printed: 'No date of first help'.")
    variable: str | None = Field(None, description="A column of persons that must be known and in range.")
    at_least: float | None = None
    at_most: float | None = None
    event: str | None = Field(None, description="An event that must be known.")


class Peer(Strict):
    """Peer engagement: in survival models from spells (from the first one on) where there are any, otherwise from
    a measure of the waves; in wave regressions from that measure."""

    label: str = Field(description="People with peers, as printed: 'Attended AA, NA or self-help'.")
    reference: str = Field(description="People without, as printed.")
    noun: str = Field(description="Peer engagement as a noun phrase, for sentences.")
    spells: tuple[Literal[SPELL_KINDS], ...] = ()
    measure: str | None = None

    @model_validator(mode="after")
    def _any_source(self) -> "Peer":
        if not self.spells and self.measure is None:
            raise ValueError("give `spells`, `measure` or both")
        return self


class EventOutcome(Strict):
    """Time to an event of the events table."""

    kind: Literal["event"]
    label: str
    definition: str = Field(description="The rule in words, printed under each figure.")
    event: str
    unit: Unit
    competing: tuple[str, ...] = Field(
        (),
        description="Events, or kinds of spells, after which the outcome cannot happen any more, such as death: they "
        "end the follow-up.",
    )
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class SpellDefinition(Strict):
    """Another definition of a spell outcome; what is left out is as in the outcome itself."""

    label: str
    spell: Literal[SPELL_KINDS] | None = Field(
        None, description="Kind of spell, such as `abstinence` where the outcome takes `recovery` as people tell it."
    )
    lasting_years: float | None = Field(None, gt=0)
    lapse_days: float | None = Field(None, ge=0, description="Days of a gap that does not end a spell.")
    medication_counts: bool | None = Field(None, description="Whether time on medication counts.")
    follow_up_years: float | None = Field(None, ge=0, description="Years of follow-up needed to judge.")


class SpellOutcome(Strict):
    """Time until a spell has lasted a stated number of years: dated when the criterion is met."""

    kind: Literal["spell"]
    label: str
    definition: str
    spell: Literal[SPELL_KINDS]
    lasting_years: float = Field(gt=0)
    lapse_days: float = Field(
        0,
        ge=0,
        description="Gaps of at most this many days between two spells do not end the first.",
    )
    medication_counts: bool = Field(True, description="If false, time in spells of kind medication does not count.")
    follow_up_years: float = Field(
        0, ge=0, description="People whose clock started less than this before the interview are left out."
    )
    definitions: dict[str, SpellDefinition] = Field(
        {}, description="Name → another definition, for an analysis of kind multiverse."
    )
    unit: Unit
    competing: tuple[str, ...] = Field(
        (),
        description="Events, or kinds of spells, after which the outcome cannot happen any more, such as death: they "
        "end the follow-up.",
    )
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")

    def defined_as(self, name: str) -> "SpellOutcome":
        """The outcome under one of its other definitions."""
        stated = self.definitions[name].model_dump(exclude_none=True)
        return self.model_copy(update=stated | {"definitions": {}})


class WaveOutcome(Strict):
    """Time to the first follow-up interview at which a yes/no measure is 1: known to the interval between waves."""

    kind: Literal["wave"]
    label: str
    definition: str
    measure: str
    unit: Unit
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class StatesOutcome(Strict):
    """The way through the stages of recovery, from onset to first help, to recovery of each stated length, and back."""

    kind: Literal["states"]
    label: str
    definition: str
    spell: Literal[SPELL_KINDS] = "recovery"
    stages: tuple[float, ...] = Field(
        (0, 1, 5),
        min_length=1,
        description="Years in recovery at which each stage begins. Begin with 0 only if the file dates every spell; "
        "if short ones were not asked about, begin with the shortest that were.",
    )
    onset: str = Field("onset", description="The event that starts the clock.")
    first_help: str = Field("first_help", description="The event that means first help.")
    unit: Literal["years"] = "years"
    since: str = Field("onset", description="When the clock starts, as the time axis says it.")

    @model_validator(mode="after")
    def _rising(self) -> "StatesOutcome":
        if self.stages[0] < 0 or sorted(set(self.stages)) != list(self.stages):
            raise ValueError("`stages` must rise, from 0 or more")
        return self

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states in order: before help, after it, each stage of recovery, died."""
        return ("before_help", "after_help", *(f"recovery_{years:g}" for years in self.stages), "died")


class MeasureOutcome(Strict):
    """The value of a measure at a follow-up wave."""

    kind: Literal["measure"]
    label: str
    definition: str
    measure: str
    better: Literal["higher", "lower"]


Outcome = Annotated[
    EventOutcome | SpellOutcome | WaveOutcome | StatesOutcome | MeasureOutcome, Field(discriminator="kind")
]


def every_definition(name: str, outcome: Outcome) -> dict[str, Outcome]:
    """The outcome by its name, and each other definition of it as `<outcome>.<definition>`."""
    others = outcome.definitions if isinstance(outcome, SpellOutcome) else {}
    return {name: outcome} | {f"{name}.{other}": outcome.defined_as(other) for other in others}
