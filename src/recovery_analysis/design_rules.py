"""What each design can answer: an analysis that it cannot is refused, and a valid one is named."""

from collections.abc import Iterator

from .study import (
    HAZARD_FAMILIES,
    Analysis,
    EventOutcome,
    MeasureOutcome,
    MultistateAnalysis,
    MultiverseAnalysis,
    Outcome,
    ParametricAnalysis,
    RecoveryTimeAnalysis,
    RegressionAnalysis,
    SpellOutcome,
    Study,
    SurvivalAnalysis,
    TargetTrialAnalysis,
    WaveOutcome,
)


def design_answers(path: str, study: Study, analysis: Analysis, outcome: Outcome) -> Iterator[str]:
    """Sentences, each beginning with a dotted path, about an analysis that its study's design cannot answer."""
    if isinstance(analysis, MultistateAnalysis):
        yield from _states_answered(path, study, analysis)
    if isinstance(analysis, RegressionAnalysis | MultistateAnalysis):
        return
    if isinstance(analysis, MultiverseAnalysis) and not getattr(outcome, "definitions", None):
        yield (
            f"{path}.outcome: '{analysis.outcome}' has one definition only. List others under "
            f"outcomes.{analysis.outcome}.definitions (outcomes of kind spell), or use kind survival."
        )
    if isinstance(analysis, TargetTrialAnalysis):
        yield from _first_engagement_dated(path, study, outcome)
    yield from _late_entry(path, study, analysis)
    kind = study.design.kind
    if isinstance(analysis, RecoveryTimeAnalysis):
        yield from _recovery_time(path, study, outcome)
    elif kind == "recovery_sample":
        yield from _forward_in_recovery(path, study, analysis, outcome)
    if kind == "population_survey" and getattr(analysis, "exposure", None) == "baseline":
        yield (
            f"{path}.exposure: in a population survey people join peers after the clock starts, so `baseline` would "
            "count the time before as time with peers (immortal time). Valid here: time_varying."
        )
    yield from _peers_looked_back_at(path, study, analysis)
    if isinstance(analysis, ParametricAnalysis):
        yield from _parametric(path, study, analysis, outcome)
    if isinstance(analysis, SurvivalAnalysis) and analysis.naive and kind != "recovery_sample":
        yield f"{path}.naive: only a recovery_sample has a naive analysis; in a {kind} this one is valid. Take it away."
    if isinstance(outcome, SpellOutcome) and kind == "cohort":
        yield f"{path}.outcome: a spell outcome needs calendar dates; in a cohort use kind event or wave."
    if isinstance(outcome, WaveOutcome) and kind != "cohort":
        yield f"{path}.outcome: an outcome of kind wave needs design.kind cohort; use kind spell or event."


def _peers_looked_back_at(path: str, study: Study, analysis: Analysis) -> Iterator[str]:
    """People who look back from an interview tell when they engaged; an answer at the interview does not."""
    looks_back = study.design.kind == "population_survey" and study.design.entry != "interview"
    moving = isinstance(analysis, SurvivalAnalysis | MultiverseAnalysis) and analysis.exposure == "time_varying"
    if looks_back and moving and not study.peer.spells:
        yield (
            f"{path}.exposure: people look back from the interview here, and peer.measure is known from the interview "
            "on only, so no time before it is known to be with peers or without. Map dated spells with peers and name "
            "them under peer.spells. Valid without: kind regression."
        )


def _recovery_time(path: str, study: Study, outcome: Outcome) -> Iterator[str]:
    if study.design.kind != "recovery_sample":
        yield (
            f"{path}: reverse-time and right-truncated estimates are for a file in which everybody has had the outcome "
            f"(design.kind recovery_sample); this is a {study.design.kind}. Valid here: kind survival or parametric."
        )
    if not study.peer.spells and not isinstance(outcome, MeasureOutcome):
        yield f"{path}: peers must have dates here, since people join at different times. Set peer.spells."


def _forward_in_recovery(path: str, study: Study, analysis: Analysis, outcome: Outcome) -> Iterator[str]:
    """Time to recovery is refused, unless naive; time in recovery from the interview on is valid."""
    later = study.design.entry == "interview" and isinstance(outcome, EventOutcome)
    if later or getattr(analysis, "naive", False):
        return
    naive = ", or `naive: true` to show how far off this one is" if isinstance(analysis, SurvivalAnalysis) else ""
    yield (
        f"{path}: a study of people who are all in recovery (design.kind recovery_sample) cannot say how long it "
        "takes to get there: whoever is not there yet is not in the file (right truncation). Valid here: kind "
        "recovery_time, which reads the times backwards from the interview; regressions of measures at the waves; "
        f"time in recovery from the interview on (an outcome of kind event, and design.entry: interview){naive}."
    )


def _late_entry(path: str, study: Study, analysis: Analysis) -> Iterator[str]:
    """Analyses that need everybody from time zero on, or that already look back from the interview."""
    entry = study.design.entry
    if entry is None:
        return
    if isinstance(analysis, TargetTrialAnalysis):
        yield (
            f"{path}: a target trial begins when the clock starts, and with design.entry ({entry}) people are "
            "only later: those who had the outcome before are missing from both arms. Valid here: kind survival."
        )
    if isinstance(analysis, RecoveryTimeAnalysis):
        yield (
            f"{path}: times read backwards end at the interview, and with design.entry ({entry}) they would begin "
            "there. Take design.entry away; valid with it: kind survival of an outcome that comes after the interview."
        )


def _parametric(path: str, study: Study, analysis: ParametricAnalysis, outcome: Outcome) -> Iterator[str]:
    if analysis.exposure == "time_varying":
        for family in analysis.families:
            if family not in HAZARD_FAMILIES:
                yield (
                    f"{path}.families: '{family}' stretches a person's whole time, so peers cannot begin part of the "
                    f"way. Valid with time_varying: {', '.join(HAZARD_FAMILIES)}."
                )
        if not study.peer.spells:
            yield f"{path}.exposure: time_varying needs dates of peers here (peer.spells). Valid here: baseline."
    if analysis.cure and analysis.exposure == "time_varying":
        yield f"{path}.cure: a cure model compares people by peers at the start. Valid with it: exposure baseline."


def _first_engagement_dated(path: str, study: Study, outcome: Outcome) -> Iterator[str]:
    """A landmark and a grace period need the day of first engagement, and of the outcome."""
    if not study.peer.spells:
        yield (
            f"{path}: a target trial needs the day on which people first engaged with peers; peer.measure tells it at "
            "interviews only. Map dated spells and name them under peer.spells. Valid here: kind survival."
        )
    if isinstance(outcome, WaveOutcome):
        yield (
            f"{path}.outcome: an outcome of kind wave is dated at interviews only, too rarely for a grace period. "
            "Valid here: kind survival, or an outcome of kind event or spell."
        )


def _states_answered(path: str, study: Study, analysis: MultistateAnalysis) -> Iterator[str]:
    """What a multi-state analysis needs: dates from onset on, of people whether in recovery or not, and of peers."""
    if study.design.kind == "recovery_sample":
        yield (
            f"{path}: a study of people who are all in recovery (design.kind recovery_sample) cannot say where people "
            "are in the years since onset: whoever is not in recovery is not in the file. Valid here: regressions of "
            "measures at the waves; a multistate analysis needs design.kind population_survey or cohort."
        )
    elif not study.design.calendar:
        yield (
            f"{path}: the stages are counted from onset, which needs calendar dates, and this study counts time from "
            "enrolment (design.time_zero). Valid here: survival and regression."
        )
    if study.design.entry is not None:
        yield (
            f"{path}: the stages are counted from onset on, and with design.entry ({study.design.entry}) people are "
            "seen only later: who left before, by death too, is missing from the years before. Valid here: kind "
            "survival, which counts each person from their entry on; or a study file of its own without design.entry."
        )
    if not study.peer.spells:
        yield f"{path}: people with peers and without are told apart by dates of engagement: name peer.spells."
    for name in ("horizons", "stay_years"):
        years = getattr(analysis, name)
        if years[0] <= 0 or sorted(set(years)) != list(years):
            yield f"{path}.{name}: give years above 0 in rising order, found {', '.join(f'{y:g}' for y in years)}."
