"""What was looked at before an estimate is relied on: each check of each analysis, its verdict, and what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from .. import formats, labels
from ..study import About, Analysis, Disclosure, Variable
from .grid import Grid, Head, Row

HEADS = ("What was asked", "Found", "Limit", "Verdict", "What it means", "What was done")
VERDICT = {"pass": "passed", "warn": "read with care", "not_applicable": "for information"}
MODEL = {"kaplan_meier": "Kaplan-Meier", "aalen_johansen": "Aalen-Johansen", "turnbull": "Turnbull"}
# The model that is read first, where nothing is wrong with any of them.
FIRST = ("adjusted", "right_truncated", "time_varying", "crude")


@dataclass(frozen=True)
class Question:
    """A diagnostic as a question; how its value is printed, and its limit; whether a small value is the bad one."""

    text: str
    value: Callable[[float], str]
    limit: str = "{}"
    low_is_bad: bool = False


def _one(value: float) -> str:
    return formats.number(value, 1)


def _two(value: float) -> str:
    return formats.number(value, 2)


def _whole(value: float) -> str:
    return formats.number(value, 0)


def _share(value: float) -> str:
    return formats.percent(100 * value, digits=0)


def _tiny(value: float) -> str:
    return f"{value:.0e}"


def _yes(value: float) -> str:
    return "yes" if value else "no"


QUESTIONS = {
    "convergence": Question("Did the calculation settle? (iterations)", _whole),
    "separation": Question("Is the outcome all or none in a group?", _yes),
    "events_per_parameter": Question("Outcomes for each coefficient", _whole, "{} or more", low_is_bad=True),
    "clusters": Question("People behind the interval", _whole, "{} or more", low_is_bad=True),
    "design_effect": Question("Times that uneven weights multiply the variance", _two, "{} or less"),
    "proportional_hazards": Question(
        "Do effects stay the same over time? (Schoenfeld)", formats.p_equals, "{} or more", True
    ),
    "influence": Question("Most that one person moves the effect of peers (dfbeta, standard errors)", _two, "under {}"),
    "functional_form": Question(
        "Does a straight line do? (martingale residuals)", formats.p_equals, "{} or more", low_is_bad=True
    ),
    "concordance": Question("How well the model ranks people (concordance)", _two),
    "immortal_time": Question("Follow-up before engaging, of those who engaged (immortal time)", _share),
    "delayed_entry": Question("People there at the first outcome, where entry is late", _whole, "{} or more", True),
    "recall_heaping": Question("Outcomes dated to a year only (recall heaping)", _share, "{} or less"),
    "truncation": Question("Are people who are not there yet missing from the file? (truncation)", _yes),
    "truncation_at_help": Question("Are people who have not sought help missing from the file? (truncation)", _yes),
    "informative_interviews": Question(
        "Does the time to the interview bear on the course?", formats.p_equals, "{} or more", True
    ),
    "people_in_states": Question("People ever in the state that has the fewest", _whole, "{} or more", True),
    "sufficient_follow_up": Question("Is follow-up long enough to say who never will?", formats.p_equals, "under {}"),
    "largest_weight": Question("People that one person stands for, at most (weight)", _one, "{} or less"),
    "followed_to_horizon": Question(
        "People followed to the end under a strategy, at least", _whole, "{} or more", True
    ),
    "bootstrap_samples": Question("Bootstrap samples that give an estimate", _share, "{} or more", low_is_bad=True),
    "second_fit": Question("Difference from a second program (relative)", _tiny, "{} or less"),
    "minimum_detectable_hazard_ratio": Question("Hazard ratio that could have been found", _two),
    "minimum_detectable_effect": Question("Effect that could have been found", _two),
}


def diagnostics_grid(
    diagnostics: pd.DataFrame,
    title: str,
    analyses: Sequence[str],
    known: Mapping[str, Analysis],
    variables: Mapping[str, Variable],
    about: About,
    disclosure: Disclosure,
) -> Grid:
    """Lay out one row for each check of each analysis: the one to be read with care if there is any.

    Parameters
    ----------
    diagnostics : the released diagnostics.
    title : the caption.
    analyses : in the order shown.
    known : every analysis of the study. variables, about, disclosure : words of the study.
    """
    label = labels.SIMULATED if about.simulated else None
    rows: list[Row] = []
    for name in analyses:
        own = diagnostics[diagnostics["analysis"] == name]
        if own.empty:
            continue
        rows.append(Row(known[name].title))
        order = {diagnostic: place for place, diagnostic in enumerate(QUESTIONS)}
        by_place = own["diagnostic"].map(order).fillna(len(order))
        ordered = own.assign(place=by_place).sort_values("place", kind="stable")
        rows += [_row(group, variables) for _, group in ordered.groupby("diagnostic", sort=False)]
    heads = (tuple(Head(text) for text in HEADS),)
    rule = labels.disclosure(disclosure.preset, disclosure.reason)
    notes = (*(NOTES if rows else (labels.EMPTY["diagnostics"],)), rule, f"Source: {about.label}. {about.citation}")
    shown = diagnostics[diagnostics["analysis"].isin(analyses)]
    return Grid(title, label, heads, tuple(rows), notes, _tidy(shown, known, label), words=True)


NOTES = (
    "One row for each check of an analysis. Where some of its models do not pass, the row is about the worst of them; "
    "otherwise about the model that is read first. The CSV has every check of every model.",
    "A check that says 'read with care' stands beside each estimate that it is about, in every figure, table and "
    "sentence. Checks of what is only adjusted for are told here.",
)


def _row(group: pd.DataFrame, variables: Mapping[str, Variable]) -> Row:
    """One check of one analysis: the worst of its warnings, or the first model's row."""
    name = group["diagnostic"].iloc[0]
    asked = QUESTIONS.get(name, Question(name.replace("_", " "), _two))
    warned = group[group["verdict"] == "warn"]
    chosen = _worst(warned, asked) if len(warned) else _first(group)
    found = formats.MISSING if formats.is_missing(chosen.value) else asked.value(chosen.value)
    which = _which(chosen, len(group) > 1, variables)
    limit = "" if formats.is_missing(chosen.threshold) else asked.limit.format(_limit(asked, chosen.threshold))
    verdict = VERDICT[chosen.verdict]
    if len(warned) and len(group) > 1:
        verdict += f" ({len(warned)} of {len(group)})"
    done = " ".join(dict.fromkeys(warned["done"])) if len(warned) else chosen.done
    return Row(asked.text, (f"{found}{which}", limit, verdict, chosen.meaning, done), indent=True)


def _limit(asked: Question, threshold: float) -> str:
    return asked.value(threshold) if asked.value is _share else f"{threshold:g}"


def _worst(warned: pd.DataFrame, asked: Question) -> object:
    ordered = warned.sort_values("value", ascending=asked.low_is_bad, kind="stable")
    return next(ordered.itertuples())


def _first(group: pd.DataFrame) -> object:
    """The row of the model that is read first; of its terms the model as a whole."""
    place = group["model"].map({model: i for i, model in enumerate(FIRST)}).fillna(len(FIRST))
    whole = ~group["term"].isin(["global", "peer"])
    return next(group.assign(place=place, whole=whole).sort_values(["place", "whole"], kind="stable").itertuples())


def _which(row: object, several: bool, variables: Mapping[str, Variable]) -> str:
    """Which model, and which term of it, the value is of."""
    term = "" if row.term in ("global", "peer") else _term(row.term, variables)
    model = MODEL.get(row.model) or labels.inside(labels.way_of_counting(row.model)) if several else ""
    which = ": ".join(filter(None, [model, term]))
    return f" ({which})" if which else ""


def _term(term: str, variables: Mapping[str, Variable]) -> str:
    """A covariate, or the effect of peers in some people, as a reader knows it."""
    name, _, of = term.partition(":")
    if name == "peer":
        return f"peers, {labels.inside(labels.gender(of)).replace('_', ' ')}"
    return labels.inside(variables[name].label) if name in variables else term.replace("_", " ")


def _tidy(rows: pd.DataFrame, known: Mapping[str, Analysis], label: str | None) -> pd.DataFrame:
    """Every check of every model, numbers as numbers."""
    asked = [QUESTIONS[name].text if name in QUESTIONS else name.replace("_", " ") for name in rows["diagnostic"]]
    columns = {
        "Data": label or "Released results",
        "Analysis": [known[name].title for name in rows["analysis"]],
        "Model": rows["model"],
        "What was asked": asked,
        "Term": rows["term"],
        "Found": rows["value"],
        "Limit": rows["threshold"],
        "Statistic": rows["statistic"],
        "Degrees of freedom": rows["df"],
        "Verdict": rows["verdict"].map(VERDICT),
        "What it means": rows["meaning"],
        "What was done": rows["done"],
    }
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)
