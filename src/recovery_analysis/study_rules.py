"""What a study's blocks must say of each other: names that exist, and analyses that the design can answer."""

from collections.abc import Iterable, Iterator

from .analysis_rules import definition_rules, drawn_groups, family_fits, one_model_each, own_kind
from .column_rules import column_rules
from .design_rules import design_answers
from .errors import nearest
from .instruments.plan import problems, score_names
from .list_rules import same_definitions, written_twice
from .sampling_rules import sampling_rules, standardised_figure
from .study import (
    Analysis,
    CurvesFigure,
    DiagnosticsTable,
    EffectsTable,
    EventOutcome,
    ForestFigure,
    MeasureOutcome,
    MultistateAnalysis,
    Outcome,
    ParametricAnalysis,
    RegressionAnalysis,
    SpellOutcome,
    StatesOutcome,
    Study,
    SurvivalAnalysis,
    TableMap,
    TableOne,
    TargetTrialAnalysis,
    TimesTable,
    WaveOutcome,
    pathway_variables,
)
from .study.sources import NUMBER, WAVE, blocks, joined_files, marked
from .study.times import competing_problems, time_problems

PERSON_COLUMNS = ("gender", "country", "site", "age")


def contradictions(study: Study) -> list[str]:
    """Sentences, each beginning with a dotted path; none if the study is consistent."""
    rules = (
        _files,
        _blocks,
        column_rules,
        problems,
        _peer,
        _eligibility,
        _outcomes,
        _analyses,
        _figures,
        _tables,
        _briefing,
        _checks,
        written_twice,
    )
    return [sentence for rule in rules for sentence in rule(study)]


def _unknown(path: str, name: str, known: Iterable[str], what: str) -> Iterator[str]:
    if name not in (names := list(known)):
        none = "Name it under `analyses` first." if "analysis" in what else "The mapping has none yet; add it there."
        beside = nearest(name, names) if names else none
        yield f"{path}: there is no {what} '{name}'. {beside}"


def person_columns(study: Study) -> list[str]:
    """Covariates of persons that an analysis may use."""
    mapped = study.mapping.persons.columns
    return [name for name in mapped if name in PERSON_COLUMNS or name in study.variables]


def measures(study: Study) -> list[str]:
    """Measures that the study's waves carry: mapped columns, and the scores of instruments."""
    mapped = [name for _, wave in blocks(study.mapping, "waves") for name in wave.columns if name in study.variables]
    return [*dict.fromkeys(mapped), *score_names(study.instruments)]


def event_names(study: Study) -> list[str]:
    """Events that the study's mapping fills."""
    return [mapped.event for mapped in study.mapping.events]


def _table_maps(study: Study) -> list[tuple[str, TableMap]]:
    mapping = study.mapping
    rest = [(f"mapping.{k}.{i}", m) for k in ("waves", "spells", "events") for i, m in enumerate(getattr(mapping, k))]
    return [("mapping.persons", mapping.persons), *rest]


def _files(study: Study) -> Iterator[str]:
    for path, table in _table_maps(study):
        for file in table.files:
            yield from _unknown(f"{path}.files", file, study.files, "file")
    for name, source in study.files.items():
        if source.join is not None:
            path, others = f"files.{name}.join.file", [other for other in study.files if other != name]
            yield from _unknown(path, source.join.file, others, "other file")
            if name in (circle := joined_files(study.files, name)):
                way = " → ".join([name, *circle])
                yield f"{path}: the joins go round in a circle ({way}). Take one of them away."


def _blocks(study: Study) -> Iterator[str]:
    """Overrides of files and columns that are there, and marks in names that something takes the place of."""
    for path, table in _table_maps(study):
        for file, own in table.overrides.items():
            yield from _unknown(f"{path}.overrides", file, table.files, "file in this block")
            for column in own:
                yield from _unknown(f"{path}.overrides.{file}", column, table.columns, "column in this block")
        for mark, word in ((WAVE, "waves"), (NUMBER, "repeat")):
            used, given = marked(table, mark), getattr(table, word, ())
            if given and not used:
                yield f"{path}.{word}: no column has {mark} in its name. Write it in the name where these texts differ."
            if used and not given and hasattr(table, word):
                yield f"{path}.columns.{used[0]}: {mark} needs `{word}`, which says what takes its place."
        if getattr(table, "waves", ()) and "wave" in table.columns:
            yield f"{path}.columns.wave: `waves` says the number of each interview already; take one of the two away."
        for number in getattr(table, "at", {}):
            numbers = getattr(table, "waves", {}).values()
            if number not in numbers:
                yield f"{path}.at.{number}: `waves` has no interview {number}. {nearest(number, numbers)}"


def _peer(study: Study) -> Iterator[str]:
    if study.peer.measure is not None:
        yield from _unknown("peer.measure", study.peer.measure, measures(study), "measure of the waves")
    for kind in study.peer.spells:
        yield from _unknown("peer.spells", kind, [s.kind for s in study.mapping.spells], "mapped kind of spell")


def _eligibility(study: Study) -> Iterator[str]:
    for i, rule in enumerate(study.eligibility):
        if rule.variable is not None:
            known = [*person_columns(study), *(["weight"] if "weight" in study.mapping.persons.columns else [])]
            yield from _unknown(f"eligibility.{i}.variable", rule.variable, known, "column of persons")
        if rule.event is not None:
            yield from _unknown(f"eligibility.{i}.event", rule.event, event_names(study), "mapped event")


def _outcomes(study: Study) -> Iterator[str]:
    for name, outcome in study.outcomes.items():
        path = f"outcomes.{name}"
        match outcome:
            case EventOutcome():
                yield from _unknown(f"{path}.event", outcome.event, event_names(study), "mapped event")
                yield from _followed_without(f"{path}.event", study, outcome.event)
            case SpellOutcome():
                yield from definition_rules(path, study, outcome)
                yield from same_definitions(path, outcome)
            case StatesOutcome():
                kinds = [s.kind for s in study.mapping.spells]
                yield from _unknown(f"{path}.spell", outcome.spell, kinds, "mapped kind of spell")
                for event in (outcome.onset, outcome.first_help, "interview"):
                    yield from _unknown(f"{path}: mapping.events", event, event_names(study), "mapped event")
            case WaveOutcome() | MeasureOutcome():
                yield from _unknown(f"{path}.measure", outcome.measure, measures(study), "measure of the waves")
        for i, event in enumerate(getattr(outcome, "competing", ())):
            known = [*event_names(study), *(spells.kind for spells in study.mapping.spells)]
            yield from _unknown(f"{path}.competing.{i}", event, dict.fromkeys(known), "mapped event or kind of spell")
        if isinstance(outcome, EventOutcome | SpellOutcome):
            yield from competing_problems(path, outcome, study.design.time_zero)
    if study.design.calendar:
        yield from _unknown("design.time_zero", study.design.time_zero, event_names(study), "mapped event")
    if study.design.entry is not None:
        yield from _unknown("design.entry", study.design.entry, event_names(study), "mapped event")
        if study.design.entry == study.design.time_zero:
            yield (
                "design.entry: this is the event that starts the clock (design.time_zero), so nobody enters late. Take "
                "design.entry away, or name the event from which on people could be seen."
            )
    if study.design.kind != "cohort":
        if not study.design.calendar:
            yield "design.time_zero: name the event that starts the clock, such as onset or first_help."
        yield from _unknown("mapping.events", "interview", event_names(study), "mapped event")


def _followed_without(path: str, study: Study, event: str) -> Iterator[str]:
    """People of a cohort who do not have the event must be followed until a time that the mapping gives."""
    mapped = [block for block in study.mapping.events if block.event == event]
    if mapped and not any("observed" in block.columns for block in mapped) and "interview" not in event_names(study):
        yield (
            f"{path}: nothing says how long people without '{event}' were followed, so only those with it would be "
            "analysed. Map an event `interview`, dated when each person was last seen; or map `observed` of the event, "
            "0 for people without it, whose `time` is then that of the last contact (constant: 1 if all had it)."
        )


def _analyses(study: Study) -> Iterator[str]:
    for name, analysis in study.analyses.items():
        path = f"analyses.{name}"
        if isinstance(analysis, RegressionAnalysis) and study.peer.measure is None:
            yield f"{path}: a regression needs peer engagement at the waves; name it under peer.measure."
        yield from _unknown(f"{path}.outcome", analysis.outcome, study.outcomes, "outcome")
        known = person_columns(study) + (["previous"] if isinstance(analysis, RegressionAnalysis) else [])
        for covariate in analysis.adjust:
            yield from _unknown(f"{path}.adjust", covariate, known, "covariate")
            if covariate == "age" and "age" in known and "age" not in study.variables:
                yield f"{path}.adjust: describe age under `variables`, with its `label`, `unit: years` and `per: 10`."
        outcome = study.outcomes.get(analysis.outcome)
        if outcome is not None:
            yield from _kind_fits(path, analysis, outcome)
            yield from design_answers(path, study, analysis, outcome)
            yield from time_problems(path, analysis, outcome)
        if isinstance(analysis, RegressionAnalysis) and isinstance(outcome, MeasureOutcome):
            yield from family_fits(path, study, analysis, outcome)
        yield from sampling_rules(path, study, analysis)


def _kind_fits(path: str, analysis: Analysis, outcome: Outcome) -> Iterator[str]:
    times = ("event, spell or wave", (EventOutcome, SpellOutcome, WaveOutcome))
    valid = {RegressionAnalysis: ("measure", (MeasureOutcome,)), MultistateAnalysis: ("states", (StatesOutcome,))}
    words, kinds = valid.get(type(analysis), times)
    if not isinstance(outcome, kinds):
        needed = f"an outcome of kind {words}"
        yield f"{path}.outcome: this analysis needs {needed}, found one of kind {outcome.kind}."


def _of_kind(study: Study, kind: type) -> list[str]:
    return [name for name, analysis in study.analyses.items() if isinstance(analysis, kind)]


def _figures(study: Study) -> Iterator[str]:
    for name, figure in study.figures.items():
        path = f"figures.{name}"
        if isinstance(figure, CurvesFigure):
            drawn = [*_of_kind(study, SurvivalAnalysis), *_of_kind(study, ParametricAnalysis)]
            words = "survival or parametric analysis"
            if figure.by == "strategy":
                drawn, words = _of_kind(study, TargetTrialAnalysis), "analysis of kind target_trial"
            yield from _unknown(f"{path}.analysis", figure.analysis, drawn, words)
            yield from standardised_figure(path, study, figure)
            yield from drawn_groups(path, study, figure)
        yield from own_kind(path, study, figure)
        if isinstance(figure, ForestFigure):
            yield from one_model_each(f"{path}.analyses", study, figure.analyses)
            for analysis in figure.analyses:
                yield from _unknown(f"{path}.analyses", analysis, study.analyses, "analysis")


def _tables(study: Study) -> Iterator[str]:
    for name, table in study.tables.items():
        path = f"tables.{name}"
        if isinstance(table, TableOne):
            for variable in table.variables:
                known = [*person_columns(study), *pathway_variables(study.mapping)]
                yield from _unknown(f"{path}.variables", variable, known, "column of persons")
        yield from own_kind(path, study, table)
        if isinstance(table, EffectsTable):
            yield from one_model_each(f"{path}.analyses", study, table.analyses)
        if isinstance(table, EffectsTable | DiagnosticsTable):
            for analysis in table.analyses:
                yield from _unknown(f"{path}.analyses", analysis, study.analyses, "analysis")
        if isinstance(table, TimesTable):
            for analysis in table.analyses:
                known = _of_kind(study, SurvivalAnalysis)
                yield from _unknown(f"{path}.analyses", analysis, known, "survival analysis")


def _briefing(study: Study) -> Iterator[str]:
    yield from _unknown("briefing.figure", study.briefing.figure, study.figures, "figure")
    for i, finding in enumerate(study.briefing.findings):
        asked = study.analyses.get(finding.analysis)
        if not (isinstance(asked, MultistateAnalysis) and asked.adjust):
            yield from one_model_each(f"briefing.findings.{i}.analysis", study, [finding.analysis])
        yield from _unknown(f"briefing.findings.{i}.analysis", finding.analysis, study.analyses, "analysis")


def _checks(study: Study) -> Iterator[str]:
    items = [*measures(study), *(name for _, wave in blocks(study.mapping, "waves") for name in wave.columns)]
    for name, scale in study.checks.scales.items():
        for item in scale:
            yield from _unknown(f"checks.scales.{name}", item, dict.fromkeys(items), "measure of the waves")
    for i, rule in enumerate(study.checks.impossible):
        for column, values in rule.columns.items():
            path = f"checks.impossible.{i}.{column}"
            known = [c for c in study.mapping.persons.columns if c != "person_id"]
            yield from _unknown(path, column, dict.fromkeys([*known, *items]), "column of persons or waves")
            variable = study.variables.get(column)
            for value in values if variable is not None and variable.levels else ():
                yield from _unknown(path, str(value), variable.levels, "level")
    if study.checks.extract_date is not None and not study.design.calendar:
        yield (
            "checks.extract_date: this study counts time from enrolment (design.time_zero), so no date can be compared "
            "with it. Remove it."
        )
