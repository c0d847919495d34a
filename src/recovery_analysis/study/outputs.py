"""What is made of the results: figures, tables, the briefing, and the rules for small numbers."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from .base import GENDERS, Strict


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
    by: Literal["peer", "gender", "outcomes", "standardised", "strategy"] = Field(
        description="`peer`, `gender`: the people as they were. `outcomes`: everybody, a line for the outcome and for "
        "each that competes with it. `standardised`: all people as if each had peers from the start, or never, "
        "predicted from the adjusted model. `strategy`: all of them under each strategy of an analysis of kind "
        "target_trial."
    )
    gender: Literal[GENDERS] | None = Field(None, description="For `standardised`: the people of this gender only.")
    horizon: float | None = Field(None, gt=0, description="Last time drawn, in the unit of the outcome.")
    caption: str = ""

    @model_validator(mode="after")
    def _gender_of_standardised(self) -> "CurvesFigure":
        if self.gender is not None and self.by != "standardised":
            raise ValueError("`gender` goes with `by: standardised`; take it out, or use `by: gender`")
        return self


class DesignsFigure(Strict):
    """Naive, reverse-time and right-truncated estimates of one time, beside the truth where the data are simulated."""

    kind: Literal["designs"]
    title: str
    analysis: str
    caption: str = ""


class ForestFigure(Strict):
    """Peer effects of several analyses on one scale, overall and by gender."""

    kind: Literal["forest"]
    title: str
    analyses: tuple[str, ...]
    caption: str = ""


class TimingFigure(Strict):
    """The peer effect by each way of counting engagement, the naive one marked as biased."""

    kind: Literal["timing"]
    title: str
    analysis: str
    caption: str = ""


class MultiverseFigure(Strict):
    """The peer effect and the median time under every definition of the outcome."""

    kind: Literal["multiverse"]
    title: str
    analysis: str
    caption: str = ""


class StatesFigure(Strict):
    """Where 100 people are, year by year, with peers and without: adjusted if the analysis is."""

    kind: Literal["states"]
    title: str
    analysis: str
    by: Literal["peer", "gender"] = Field(
        "peer", description="`peer`: everyone. `gender`: side by side, each gender for which there is enough to tell."
    )
    caption: str = ""


Figure = Annotated[
    FlowFigure | CurvesFigure | DesignsFigure | ForestFigure | TimingFigure | MultiverseFigure | StatesFigure,
    Field(discriminator="kind"),
]


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


class TimesTable(Strict):
    """Times and probabilities of the survival analyses named, by peers and by gender, with what differs."""

    kind: Literal["times"]
    title: str
    analyses: tuple[str, ...]


class TargetTrialTable(Strict):
    """The target trial that an analysis emulates, component by component, with its results."""

    kind: Literal["target_trial"]
    title: str
    analysis: str


class MilestonesTable(Strict):
    """Median years from milestone to milestone, beside those that are widely quoted, and how sure recovery is then."""

    kind: Literal["milestones"]
    title: str
    analysis: str


class DiagnosticsTable(Strict):
    """What was looked at before the estimates of the analyses named are relied on, with verdicts and what was done."""

    kind: Literal["diagnostics"]
    title: str
    analyses: tuple[str, ...]


class StatesTable(Strict):
    """Where people are at each horizon and for how many years, with peers and without: adjusted, and as they are."""

    kind: Literal["states"]
    title: str
    analysis: str


Table = Annotated[
    TableOne | EffectsTable | TargetTrialTable | TimesTable | MilestonesTable | DiagnosticsTable | StatesTable,
    Field(discriminator="kind"),
]


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


FIGURE = TypeAdapter(Figure)
TABLE = TypeAdapter(Table)
