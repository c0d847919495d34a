"""The peer effect by each way of counting engagement: what immortal time does, seen beside estimates without it."""

from dataclasses import replace

import pandas as pd

from .. import formats, labels
from ..study import TargetTrialAnalysis
from .context import Context
from .effects import Effect, Panel, Study, axis_of, effect_of
from .forest import BIASED, draw_panels
from .sheet import Drawing

HEADINGS = ("For comparison only", "Peers counted from the day they are met", "As a trial would ask")


def draw_timing(
    estimates: pd.DataFrame, context: Context, analysis: str, title: str | None, caption: str = ""
) -> Drawing:
    """Draw the hazard ratios of one analysis of kind target_trial, the naive one marked as biased.

    Parameters
    ----------
    estimates : the released estimates, on the scale of the model.
    context : words of the study.
    analysis : its name.
    title : None leaves it out, for a document that has a heading of its own.
    """
    plan = context.analyses[analysis]
    studies = [study for study in _studies(estimates, analysis, plan) if study.effects]
    panels = [Panel("log_hazard", *axis_of("log_hazard", context.outcome_of(analysis)), tuple(studies))]
    level = formats.level(estimates["conf_level"].max())
    words = " ".join([_words(plan, context, analysis, level), *labels.weighted([plan])])
    return draw_panels(panels if studies else [], context, title, words, caption)


def _studies(estimates: pd.DataFrame, analysis: str, plan: TargetTrialAnalysis) -> list[Study]:
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["estimand"] == "hazard_ratio")]
    known = {row.model: row for row in rows.itertuples()}
    landmarks = [plan.landmark_model(at) for at in plan.landmarks]
    groups = (("naive_ever_never",), ("time_varying", *landmarks), ("clone_censor_weight",))
    return [
        Study(
            heading, tuple(_effect(known[model], labels.way_of_counting(model)) for model in models if model in known)
        )
        for heading, models in zip(HEADINGS, groups, strict=True)
    ]


def _effect(row: object, label: str) -> Effect:
    biased = row.model == "naive_ever_never"
    return replace(effect_of(row), label=label, group=BIASED if biased else "all")


def _words(plan: TargetTrialAnalysis, context: Context, analysis: str, level: str) -> str:
    grace, outcome, peer = labels.span(plan.grace), context.outcome_of(analysis), context.peer
    first = f" {labels.COMPETING}" if getattr(outcome, "competing", ()) else ""
    return (
        f"{outcome.label}, followed for up to {labels.span(plan.horizon)} from {outcome.since}. {peer.label}, compared "
        f"with: {labels.inside(peer.reference)}. Point: estimate; line: {level} interval, adjusted. A ratio of 1 means "
        "no difference. Ever or never: counts the time before people met peers as time with peers. As known after a "
        f"time: people without the outcome by then. Target trial: engage within {grace}, or not, by clones of each "
        f"person, weighted.{first} These are different questions: in the last two, people may engage later as well."
    )
