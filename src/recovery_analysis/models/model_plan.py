"""The three models of every analysis (crude, adjusted, interaction with gender), before they are fitted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..labels import GENDER
from .genders import FEWEST_IN_ARM, GenderGroup
from .spec import FEWEST_PEOPLE, Column, Covariate, Design, constant_covariate, covariate_design, dependent_columns

MODELS = ("crude", "adjusted", "interaction")
FEW_PEOPLE = f"Fewer than {FEWEST_PEOPLE} people: too few to compare."
FEW_IN_ARM = f"Fewer than {FEWEST_IN_ARM} people with peers, or without: too few to compare."
MORE_COLUMNS = (
    "As many covariates, with their levels, as there are people, or more: nothing could tell them apart. Leave some "
    "out of `adjust`, or join levels in the mapping."
)


@dataclass(frozen=True)
class ModelPlan:
    """One model before it is fitted.

    `peers` : group (all, or a gender) → column of its peer effect. `left_out` : genders whose people cannot
    be in this model. `problem` : (status, message) if it cannot be fitted at all. `strata` : columns of `rows` whose
    levels have a baseline hazard of their own. `weighted` : whether the column `weight` of `rows` counts people.
    `cluster` : column whose values belong together in a robust variance; None for the default of the family.
    """

    model: str
    family: str
    outcome: str
    rows: pd.DataFrame
    design: Design
    peers: dict[str, int]
    left_out: tuple[GenderGroup, ...]
    problem: tuple[str, str] | None
    strata: tuple[str, ...] = ()
    weighted: bool = False
    cluster: str | None = None

    @property
    def weights(self) -> np.ndarray | None:
        """(n,) sampling weights of the rows; None if they are not used."""
        return self.rows["weight"].to_numpy(float) if self.weighted else None


def plan_model(
    model: str,
    family: str,
    outcome: str,
    frame: pd.DataFrame,
    covariates: tuple[Covariate, ...],
    genders: tuple[GenderGroup, ...],
    where: str,
    always: tuple[Covariate, ...] = (),
    penalised: bool = False,
) -> ModelPlan:
    """Choose the rows and build the design of one model.

    In the interaction model each gender that can have one has a peer effect of its own; people of a gender
    that cannot stay in the model with their main effect and inform no other gender's peer effect.

    Parameters
    ----------
    model : crude, adjusted or interaction.
    family : cox, logistic or linear.
    outcome : column of the outcome.
    frame : complete rows with person_id, gender, peer (0/1), the outcome and the covariates.
    where : dotted path of the analysis, for messages.
    always : covariates of every model, the crude one included, such as the wave.
    penalised : plan the model even if a level of a category has no outcome, for Firth's penalty.
    """
    chosen = always if model == "crude" else (*covariates, *always)
    few = _too_few(frame, outcome, family)
    with_gender = model == "interaction" or any(c.column == "gender" for c in chosen)
    left_out = tuple(g for g in genders if not g.estimable) if with_gender and few is None else ()
    rows = frame[~frame["gender"].isin([g.level for g in left_out])].reset_index(drop=True)
    if left_out and rows["gender"].nunique() < 2:
        # Of the people who are left nobody differs in it: there is nothing to adjust for.
        chosen = tuple(c for c in chosen if c.column != "gender")
    own = [g for g in genders if g.own_effect and g not in left_out]
    problem = few or _no_comparison(rows, own if model == "interaction" else None) or _constant(rows, chosen)
    if not penalised:
        problem = problem or _empty_level(rows, chosen, outcome, family)
    design, peers = Design((), np.empty((len(rows), 0))), {}
    if problem is None:
        design, peers = _design(model, rows, chosen, own, where)
        problem = _dependent(design, len(rows))
    return ModelPlan(model, family, outcome, rows, design, peers, left_out, problem)


def _design(
    model: str, rows: pd.DataFrame, covariates: tuple[Covariate, ...], own: list[GenderGroup], where: str
) -> tuple[Design, dict[str, int]]:
    peer = rows["peer"].to_numpy(float)
    if model != "interaction":
        column = Design((Column("peer", "Peer engagement", "Peer engagement"),), peer[:, None])
        return column + covariate_design(rows, covariates, where), {"all": 0}
    columns = tuple(Column("peer", f"Peer engagement ({g.label.lower()})", "Peer engagement by gender") for g in own)
    values = [peer * (rows["gender"] == g.level).to_numpy(float) for g in own]
    several = rows["gender"].nunique() > 1
    if several and not any(c.column == "gender" for c in covariates):
        covariates = (*covariates, Covariate("gender", "gender", "Gender", GENDER))
    design = Design(columns, np.column_stack(values)) + covariate_design(rows, covariates, where)
    return design, {g.level: position for position, g in enumerate(own)}


def _too_few(frame: pd.DataFrame, outcome: str, family: str) -> tuple[str, str] | None:
    """Return (too_few_events, message) where no comparison of anybody is possible, whatever is adjusted for."""
    happened = frame[outcome] == 1
    if family == "cox" and happened.sum() < 2:
        return "too_few_events", "A comparison needs at least two outcomes; there are fewer."
    if family == "logistic" and min(happened.sum(), (~happened).sum()) < 2:
        return "too_few_events", "An odds ratio needs at least two answers of each kind; there are fewer."
    return None


def _no_comparison(rows: pd.DataFrame, own: list[GenderGroup] | None) -> tuple[str, str] | None:
    """Return (too_few_events, message) where too few people, or people of one kind alone, are to be compared; `own` are
    the genders with an effect of their own, None in a model of everybody's."""
    if rows["person_id"].nunique() < FEWEST_PEOPLE:
        return "too_few_events", FEW_PEOPLE
    if rows["peer"].nunique() < 2:
        return "too_few_events", "Everybody, or nobody, has peers: there is no comparison to make."
    if rows.groupby("peer")["person_id"].nunique().min() < FEWEST_IN_ARM:
        return "too_few_events", FEW_IN_ARM
    if own is not None and not own:
        return "too_few_events", "No gender has enough people and outcomes, with peers and without."
    return None


def _constant(rows: pd.DataFrame, covariates: tuple[Covariate, ...]) -> tuple[str, str] | None:
    constant = constant_covariate(rows, covariates)
    return ("failed", constant) if constant else None


def _dependent(design: Design, people: int) -> tuple[str, str] | None:
    dependent = dependent_columns(design)
    if not dependent:
        return None
    if len(design.columns) >= people:
        return "too_few_events", MORE_COLUMNS
    return "failed", f"{dependent[0]} adds nothing to the other covariates: leave one of them out."


def _empty_level(
    rows: pd.DataFrame, covariates: tuple[Covariate, ...], outcome: str, family: str
) -> tuple[str, str] | None:
    """Return (separated, message) for the first level of a category in which the outcome never varies."""
    if family == "linear":
        return None
    for covariate in (c for c in covariates if c.levels is not None):
        by_level = rows.groupby(covariate.column)[outcome].agg(["min", "max"])
        stuck = by_level["max"] == 0 if family == "cox" else by_level["max"] == by_level["min"]
        if stuck.any():
            level = covariate.levels[stuck.idxmax()]
            return "separated", (
                f"{covariate.label}: too few outcomes, or only outcomes, at '{level}': no finite estimate. "
                "Join it with another level in the mapping, or leave the covariate out of `adjust`."
            )
    return None


def left_out_of_models(plans: list[ModelPlan]) -> list[tuple[str, int]]:
    """(Label, people) for each gender whose people could not be in some of the models."""
    found: dict[GenderGroup, list[str]] = {}
    for plan in plans:
        for gender in plan.left_out:
            found.setdefault(gender, []).append(plan.model)
    return [
        (
            f"{g.label}: not in these models, for lack of outcomes: {', '.join(models)}",
            g.n,
        )
        for g, models in found.items()
    ]
