"""What is asked of the data: design, eligibility, peer engagement, outcomes, analyses."""

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
        (), description="Events after which the outcome cannot happen, such as death: they end the follow-up."
    )
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class SpellOutcome(Strict):
    """Time until a spell has lasted a stated number of years: dated when the criterion is met."""

    kind: Literal["spell"]
    label: str
    definition: str
    spell: Literal[SPELL_KINDS]
    lasting_years: float = Field(gt=0)
    unit: Unit
    competing: tuple[str, ...] = Field(
        (), description="Events after which the outcome cannot happen, such as death: they end the follow-up."
    )
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class WaveOutcome(Strict):
    """Time to the first follow-up interview at which a yes/no measure is 1: known to the interval between waves."""

    kind: Literal["wave"]
    label: str
    definition: str
    measure: str
    unit: Unit
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class MeasureOutcome(Strict):
    """The value of a measure at a follow-up wave."""

    kind: Literal["measure"]
    label: str
    definition: str
    measure: str
    better: Literal["higher", "lower"]


Outcome = Annotated[EventOutcome | SpellOutcome | WaveOutcome | MeasureOutcome, Field(discriminator="kind")]


class SurvivalAnalysis(Strict):
    """Curves, times and probabilities, log-rank tests and Cox models of one time-to-event outcome."""

    kind: Literal["survival"]
    title: str
    outcome: str
    exposure: Literal["baseline", "time_varying"]
    adjust: tuple[str, ...] = ()
    horizon: float | None = Field(
        None,
        gt=0,
        description="Time up to which mean times are told, in the unit of the outcome. Left out: the last time at "
        "which ten people of each group are followed.",
    )
    times: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (), description="Times at which the probability of the outcome is told, in its unit."
    )
    required: bool = Field(True, description="A model of a required analysis that fails, fails the run.")


class RegressionAnalysis(Strict):
    """A measure at a wave on peer engagement at the wave before, people clustered."""

    kind: Literal["regression"]
    title: str
    outcome: str
    family: Literal["linear", "logistic"]
    adjust: tuple[str, ...] = Field((), description="Covariates of persons, or `previous` for the outcome before.")
    required: bool = True


Analysis = Annotated[SurvivalAnalysis | RegressionAnalysis, Field(discriminator="kind")]
