"""The target trial that an analysis emulates, component by component (Hernan & Robins 2016), with its results."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .. import formats, labels
from ..study import About, Disclosure, Eligibility, Outcome, Peer, TargetTrialAnalysis, Variable
from .grid import Grid, Head, Row

HEADS = ("Component", "Target trial", "How it is emulated here")
BUILT_IN = {"gender": "gender", "country": "country", "site": "site"}
MODEL, NAIVE = "clone_censor_weight", "naive_ever_never"


def target_trial_grid(
    estimates: pd.DataFrame,
    title: str,
    name: str,
    analysis: TargetTrialAnalysis,
    outcome: Outcome,
    eligibility: Sequence[Eligibility],
    variables: Mapping[str, Variable],
    about: About,
    peer: Peer,
    disclosure: Disclosure,
) -> Grid:
    """Lay out the trial.

    Parameters
    ----------
    estimates : the released estimates, for the last rows.
    title : the caption.
    name, analysis, outcome : the analysis of kind target_trial and its outcome.
    eligibility, variables, about, peer, disclosure : words of the study.
    """
    components = [
        _eligibility(eligibility, outcome),
        *_strategies(analysis, peer, outcome),
        *_comparison(analysis, outcome, variables),
        *_results(estimates[(estimates["analysis"] == name) & (estimates["model"] == MODEL)], analysis, outcome),
        *_naive(estimates[(estimates["analysis"] == name) & (estimates["model"] == NAIVE)]),
    ]
    label = labels.SIMULATED if about.simulated else None
    tidy = pd.DataFrame([[formats.plain(cell) for cell in row] for row in components], columns=list(HEADS))
    notes = (
        f"In brackets: {formats.level(estimates['conf_level'].max())} interval.",
        "Components as in Hernán and Robins (2016), American Journal of Epidemiology 183: 758-764.",
        labels.disclosure(disclosure.preset, disclosure.reason),
        f"Source: {about.label}. {about.citation}",
    )
    rows = tuple(Row(head, cells) for head, *cells in components)
    tidy.insert(0, "Data", label or "Released results")
    return Grid(title, label, (tuple(Head(text) for text in HEADS),), rows, notes, tidy, words=True)


def _eligibility(rules: Sequence[Eligibility], outcome: Outcome) -> tuple[str, str, str]:
    excluded = "; ".join(rule.label[:1].lower() + rule.label[1:] for rule in rules)
    return (
        "Eligibility",
        f"People who have reached {outcome.since}, without the outcome so far.",
        f"The same people, as far as the study knows them. Left out: {excluded or 'nobody by a rule'}; and those of "
        "whom a date or something adjusted for is not known.",
    )


def _strategies(analysis: TargetTrialAnalysis, peer: Peer, outcome: Outcome) -> list[tuple[str, str, str]]:
    grace = labels.span(analysis.grace)
    return [
        (
            "Strategies",
            f"(1) Begin {peer.noun} within {grace} of {outcome.since}, on any day. (2) Do not, within {grace}. After "
            "that, under both, people do as they wish.",
            f"The same, from the day of first engagement that people tell. Whoever had engaged before "
            f"{outcome.since} counts as engaging on that day.",
        ),
        (
            "Assignment",
            "At random, and known to those who take part.",
            "Each person is followed twice, once under each strategy. A copy is censored on the day on which the "
            "person does what its strategy does not allow. Within levels of what is adjusted for, that is taken to be "
            "as good as random.",
        ),
        (
            "Time zero",
            f"{outcome.since[:1].upper()}{outcome.since[1:]}: eligibility, assignment and follow-up begin together.",
            "The same, for both copies.",
        ),
    ]


def _comparison(
    analysis: TargetTrialAnalysis, outcome: Outcome, variables: Mapping[str, Variable]
) -> list[tuple[str, str, str]]:
    horizon = labels.span(analysis.horizon)
    named = [BUILT_IN.get(a) or _lower(variables[a].label) for a in analysis.adjust]
    adjusted = formats.listed(named) or "nothing"
    events = [labels.PATHWAY.get(event, event.replace("_", " ")).lower() for event in getattr(outcome, "competing", ())]
    other = f"{formats.listed(events)} (after which it cannot happen), " if events else ""
    before, cause = (" and before anything else", " (cause-specific)") if events else ("", "")
    sampled = "People also count by their sampling weights. " if analysis.weights else ""
    return [
        ("Outcome", outcome.definition, "The same."),
        (
            "Follow-up",
            f"From {outcome.since} to the outcome, {other}for up to {horizon}.",
            f"To the outcome, {other}the end of what is known of the person, or {horizon}, whichever comes first.",
        ),
        (
            "Contrast",
            f"If everybody followed their strategy (per protocol): share with the outcome by {horizon}{before}, mean "
            f"time {'since' if other else 'without'} it, and hazard ratio{cause}.",
            "The same.",
        ),
        (
            "Analysis",
            "Censor those who do not follow their strategy, and weight those who do to stand for them.",
            f"Copies that remain are weighted by the inverse of their probability to remain, from a pooled logistic "
            f"model of first engagement on time and {adjusted}; weights stabilised, and cut at their 99th percentile. "
            f"{sampled}Weighted {'Aalen-Johansen' if other else 'Kaplan-Meier'} curves and Cox model. Intervals from "
            f"{analysis.replicates} bootstrap samples of {'sites' if analysis.cluster == 'site' else 'people'}.",
        ),
    ]


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _results(rows: pd.DataFrame, analysis: TargetTrialAnalysis, outcome: Outcome) -> list[tuple[str, str, str]]:
    known = {(row.estimand, row.level): row for row in rows.itertuples()}
    horizon, unit = labels.span(analysis.horizon), labels.UNIT[outcome.unit][1]
    wanted = (
        (f"Result: share with the outcome by {horizon}, engaging", "risk", "peer", formats.NBSP + "%"),
        (f"Result: share with the outcome by {horizon}, not engaging", "risk", "no_peer", formats.NBSP + "%"),
        ("Result: difference of these shares", "risk_difference", "peer", " percentage points"),
        (
            f"Result: difference in mean time without it, up to {horizon}",
            "restricted_mean_difference",
            "peer",
            f" {unit}",
        ),
        (
            f"Result: difference in mean time since it, up to {horizon}",
            "restricted_mean_lost_difference",
            "peer",
            f" {unit}",
        ),
        ("Result: hazard ratio", "hazard_ratio", "peer", ""),
    )
    return [
        (head, "To be estimated.", _printed(known[estimand, level], mark))
        for head, estimand, level, mark in wanted
        if (estimand, level) in known
    ]


def _naive(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """What immortal time does: the hazard ratio without a time zero, below the others."""
    head = f"For comparison only: hazard ratio, {labels.inside(labels.way_of_counting(NAIVE))}"
    ratios = rows[rows["estimand"] == "hazard_ratio"]
    return [(head, "No trial would ask this.", _printed(row, "")) for row in ratios.itertuples()]


def _printed(row: object, mark: str) -> str:
    if row.status != "ok":
        return labels.STATUS[row.status]
    factor = 100 if row.scale == "risk" else 1
    numbers = (factor * value for value in (row.estimate, row.conf_low, row.conf_high))
    value, bracket, interval = formats.interval(*numbers, row.scale).partition(" (")
    words = f"{value}{mark}{bracket}{interval}"
    least = formats.detectable(row.detectable, row.scale)
    words += f"; could have been found: {least}" if least else ""
    reasons = labels.gate(row.gate)
    return f"{words}. Read with care: {'; '.join(reasons)}." if reasons else words
