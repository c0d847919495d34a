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
        (), description="Events after which the outcome cannot happen, such as death: they end the follow-up."
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
        (), description="Events after which the outcome cannot happen, such as death: they end the follow-up."
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


Tolerance = Annotated[
    float,
    Field(
        gt=0,
        description="Largest relative difference between each model and its second fit by an independent engine; over "
        "it the job fails.",
    ),
]


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
        description="Time up to which the mean times of the curves are told, in the unit of the outcome. "
        "Left out: the last time at which ten people of each group are followed.",
    )
    times: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (), description="Times at which the probability of the outcome is told, in its unit, from the curves."
    )
    if_not_proportional: Literal["report", "stratify", "step", "log_time"] = Field(
        "report",
        description="What follows where the test of proportional hazards says that an effect changes over time. "
        "`report`: nothing, the gate warns. `stratify`: categories adjusted for get baseline hazards of their own. "
        "`step`, `log_time`: a further model in which the effect of peers changes, once at `step_at` or with log time.",
    )
    step_at: float | None = Field(None, gt=0, description="When the effect of peers may change; for `step`.")
    if_separated: Literal["report", "firth"] = Field(
        "firth",
        description="What follows where nobody in some group has the outcome: Firth's penalised likelihood, named in "
        "the note of each estimate, or a status and no number.",
    )
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = Field(True, description="A model of a required analysis that fails, fails the run.")
    naive: bool = Field(
        False, description="In a recovery_sample: analyse as if nobody were missing, marked as naive wherever shown."
    )

    @model_validator(mode="after")
    def _step_has_time(self) -> "SurvivalAnalysis":
        if (self.if_not_proportional == "step") != (self.step_at is not None):
            raise ValueError("`if_not_proportional: step` and `step_at` go together: give both or neither")
        return self


Family = Literal[
    "weibull",
    "log_normal",
    "log_logistic",
    "generalised_gamma",
    "weibull_hazard",
    "spline_1",
    "spline_2",
    "spline_3",
]
HAZARD_FAMILIES = ("weibull_hazard", "spline_1", "spline_2", "spline_3")


class RecoveryTimeAnalysis(Strict):
    """Time to an outcome that everybody in the file has had: right-truncated at the interview, in a recovery_sample."""

    kind: Literal["recovery_time"]
    title: str
    outcome: str
    horizon: float = Field(
        gt=0,
        description="Times are estimated among people who have the outcome within this time, unit of the outcome; at "
        "most the longest time from time zero to an interview.",
    )
    families: tuple[Family, ...] = Field(
        ("weibull", "log_normal", "log_logistic", "spline_1", "spline_2"),
        min_length=1,
        description="Distributions of the right-truncated model, compared by AIC.",
    )
    knots: int = Field(
        1, ge=0, le=3, description="Interior knots of the hazard in the comparison of people with peers."
    )
    adjust: tuple[str, ...] = ()
    naive: bool = Field(False, description="Show the naive estimates beside the others, marked as naive.")
    required: bool = True


class ParametricAnalysis(Strict):
    """Parametric models of one time-to-event outcome, compared by AIC; intervals where times are known to one."""

    kind: Literal["parametric"]
    title: str
    outcome: str
    exposure: Literal["baseline", "time_varying"]
    families: tuple[Family, ...] = Field(
        ("weibull", "log_normal", "log_logistic", "spline_2"),
        min_length=1,
        description="Distributions, compared by AIC.",
    )
    adjust: tuple[str, ...] = ()
    cure: bool = Field(
        False, description="Also a mixture cure model, where follow-up is long enough to support a share who never do."
    )
    required: bool = True


class MultiverseAnalysis(Strict):
    """The adjusted peer effect, and the median time, under every definition of a spell outcome."""

    kind: Literal["multiverse"]
    title: str
    outcome: str
    exposure: Literal["time_varying"] = "time_varying"
    adjust: tuple[str, ...] = ()
    required: bool = True


class RegressionAnalysis(Strict):
    """A measure at a wave on peer engagement at the wave before, people clustered."""

    kind: Literal["regression"]
    title: str
    outcome: str
    family: Literal["linear", "logistic"]
    adjust: tuple[str, ...] = Field((), description="Covariates of persons, or `previous` for the outcome before.")
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = True


class TargetTrialAnalysis(Strict):
    """The peer effect on a time-to-event outcome by each way of counting engagement, side by side: ever or never
    (naive), time-varying, at landmarks, and a target trial of engaging within a grace period or not."""

    kind: Literal["target_trial"]
    title: str
    outcome: str
    landmarks: tuple[float, ...] = Field(
        (0.5, 1.0, 2.0), description="Years since the start at which engagement is fixed, one model for each."
    )
    grace: float = Field(1.0, gt=0, description="Years in which to engage, or not, in the target trial.")
    horizon: float = Field(gt=0, description="Years since the start at which follow-up ends, for every model.")
    adjust: tuple[str, ...] = ()
    replicates: int = Field(200, ge=50, description="Bootstrap samples for the intervals of the target trial.")
    required: bool = True

    @staticmethod
    def landmark_model(landmark: float) -> str:
        """What the results call the model of a landmark (years), such as landmark_6_months."""
        return f"landmark_{12 * landmark:g}_months".replace(".", "_")

    @model_validator(mode="after")
    def _within_horizon(self) -> "TargetTrialAnalysis":
        late = [at for at in (*self.landmarks, self.grace) if not 0 < at < self.horizon]
        if late:
            raise ValueError(f"`landmarks` and `grace` lie between 0 and `horizon`, found {late[0]:g}")
        return self


class MultistateAnalysis(Strict):
    """Where people are in the years since onset: in which stage, for how long, and how surely they stay in recovery."""

    kind: Literal["multistate"]
    title: str
    outcome: str
    horizons: tuple[int, ...] = Field(
        (10, 20), min_length=1, description="Years since onset at which people are counted, in rising order."
    )
    stay_years: tuple[float, ...] = Field(
        (1, 5, 10), min_length=1, description="Years after a stage is reached for which staying in recovery is told."
    )
    required: bool = True

    @property
    def adjust(self) -> tuple[str, ...]:
        """No covariates: the groups are told as they are."""
        return ()


Analysis = Annotated[
    SurvivalAnalysis
    | RecoveryTimeAnalysis
    | ParametricAnalysis
    | MultiverseAnalysis
    | RegressionAnalysis
    | TargetTrialAnalysis
    | MultistateAnalysis,
    Field(discriminator="kind"),
]


def every_definition(name: str, outcome: Outcome) -> dict[str, Outcome]:
    """The outcome by its name, and each other definition of it as `<outcome>.<definition>`."""
    others = outcome.definitions if isinstance(outcome, SpellOutcome) else {}
    return {name: outcome} | {f"{name}.{other}": outcome.defined_as(other) for other in others}
