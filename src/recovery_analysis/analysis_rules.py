"""What the analyses beyond a single model must say: several definitions, figures and tables of their own."""

from collections.abc import Iterable, Iterator

from .errors import nearest
from .study import (
    CurvesFigure,
    DesignsFigure,
    MeasureOutcome,
    MilestonesTable,
    MultiverseFigure,
    RegressionAnalysis,
    SpellOutcome,
    StatesFigure,
    StatesTable,
    Study,
    TargetTrialTable,
    TimingFigure,
)

# Kinds whose estimates only figures and tables of their own can show.
OWN_FIGURE = {
    "target_trial": "a figure of kind timing",
    "multiverse": "a figure of kind multiverse",
    "multistate": "a figure of kind states",
}


def definition_rules(path: str, study: Study, outcome: SpellOutcome) -> Iterator[str]:
    """Each definition of a spell outcome needs the spells that it asks for."""
    kinds = [spells.kind for spells in study.mapping.spells]
    stated = {path: outcome} | {f"{path}.definitions.{name}": d for name, d in outcome.definitions.items()}
    for where, definition in stated.items():
        if definition.spell is not None and definition.spell not in kinds:
            yield f"{where}.spell: there is no mapped kind of spell '{definition.spell}'. " + nearest(
                definition.spell, kinds
            )
        if definition.medication_counts is False and "medication" not in kinds:
            yield f"{where}.medication_counts: no spells of kind medication are mapped, so their time is not known."


def family_fits(path: str, study: Study, analysis: RegressionAnalysis, outcome: MeasureOutcome) -> Iterator[str]:
    """A logistic regression is of a yes/no measure, a linear one of a number or a yes/no measure."""
    variable = study.variables.get(outcome.measure)
    valid = {"logistic": ("binary",), "linear": ("number", "binary")}[analysis.family]
    if variable is not None and variable.type not in valid:
        found = f"'{outcome.measure}' is of type {variable.type} (variables.{outcome.measure}.type)"
        other = "Valid here: linear." if variable.type == "number" else "Choose a measure of type number or binary."
        needed = f"a {analysis.family} regression needs a measure of type {' or '.join(valid)}"
        yield f"{path}.family: {needed}, and {found}. {other}"


def drawn_groups(path: str, study: Study, figure: CurvesFigure) -> Iterator[str]:
    """What came first is drawn where something competes with the outcome."""
    analysis = study.analyses.get(figure.analysis)
    outcome = None if analysis is None else study.outcomes.get(analysis.outcome)
    if figure.by == "outcomes" and outcome is not None and not getattr(outcome, "competing", ()):
        yield (
            f"{path}.by: nothing competes with '{analysis.outcome}', so there is one line. Name what does under "
            f"outcomes.{analysis.outcome}.competing, or draw by peer or gender."
        )


def own_kind(path: str, study: Study, block: object) -> Iterator[str]:
    """Figures and tables of one kind of analysis name an analysis of that kind."""
    match block:
        case TimingFigure() | TargetTrialTable():
            kind = "target_trial"
        case MultiverseFigure():
            kind = "multiverse"
        case DesignsFigure():
            kind = "recovery_time"
        case StatesFigure() | StatesTable() | MilestonesTable():
            kind = "multistate"
        case _:
            return
    known = [name for name, analysis in study.analyses.items() if analysis.kind == kind]
    if block.analysis not in known:
        yield f"{path}.analysis: there is no analysis of kind {kind} '{block.analysis}'. " + nearest(
            block.analysis, known
        )


def one_model_each(path: str, study: Study, names: Iterable[str]) -> Iterator[str]:
    """Where one adjusted effect of each analysis is shown, analyses that give several cannot stand."""
    for name in names:
        analysis = study.analyses.get(name)
        if analysis is not None and analysis.kind in OWN_FIGURE:
            yield (
                f"{path}: '{name}' is of kind {analysis.kind}, which gives several estimates of one effect. Show it in "
                f"{OWN_FIGURE[analysis.kind]}."
            )
