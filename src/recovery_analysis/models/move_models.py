"""A Cox model of each move between stays since first help, with an effect of peers for each gender."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import CannotAnalyse
from ..estimators.cox import CoxFit, fit_cox
from ..estimators.partial_likelihood import hazard_at
from ..estimators.risk_sets import lay_out
from ..labels import GENDER
from ..study import GENDERS
from .cox_plans import fit_plan, times_of
from .model_plan import ModelPlan
from .sojourns import move_name
from .spec import Column, Covariate, Design, covariate_design
from .state_groups import StatesSpec

# Fewer would be missing from some of the samples of the bootstrap.
FEWEST_MOVES = 10
FEWEST_IN_ARM = 20
COMMON = "all"


@dataclass(frozen=True)
class MoveModel:
    """The model of one move, and what its prediction for each of n people needs.

    `own` : the stays that can end so. `pattern` (rows, q), which peers multiply, and `fixed` (rows, r) : for all stays.
    """

    origin: int
    target: int
    plan: ModelPlan
    fit: CoxFit
    own: np.ndarray
    pattern: np.ndarray
    fixed: np.ndarray

    def covariates(self, people: np.ndarray, peer: float) -> np.ndarray:
        """(n, p) design of the people whose stays are at `people`, with peers (1) or without (0)."""
        return np.hstack([peer * self.pattern[people], self.fixed[people]])


def fit_moves(rows: pd.DataFrame, covariates: tuple[Covariate, ...], spec: StatesSpec) -> list[MoveModel]:
    """Fit every move that was seen.

    Parameters
    ----------
    rows : stays as from `sojourns`, with person_id, gender, peer and the covariates.
    """
    design = _adjusted(rows, covariates, spec.where)
    found = []
    for origin, target in (
        rows.loc[rows["target"] >= 0, ["state", "target"]]
        .drop_duplicates()
        .sort_values(["state", "target"])
        .itertuples(index=False)
    ):
        own = (rows["state"] == origin).to_numpy()
        event = (own & (rows["target"] == target)).to_numpy(float)
        moved = rows[event == 1]
        peers, columns, pattern = _peers(rows, moved)
        kept = [i for i, column in enumerate(design.columns) if _informed(column, design.x[:, i], own, event)]
        if len(moved) < FEWEST_IN_ARM:
            peers, columns, pattern, kept = {}, (), np.empty((len(rows), 0)), []
        fixed = design.x[:, kept]
        x = np.hstack([pattern * rows["peer"].to_numpy(float)[:, None], fixed])[own]
        own_rows = rows[own].assign(event=event[own]).reset_index(drop=True)
        whole = Design(columns + tuple(design.columns[i] for i in kept), x)
        plan = spec.sampling.plan(
            ModelPlan(move_name(origin, target, spec), "cox", "event", own_rows, whole, peers, (), None)
        )
        fit = fit_plan(plan) if len(whole.columns) else baseline(*times_of(own_rows), plan.weights)
        found.append(MoveModel(int(origin), int(target), plan, fit, own, pattern, fixed))
    return found


def refit(model: MoveModel, weight: np.ndarray) -> CoxFit:
    """The model again for people counted `weight` times (one value per row of its own rows), sampling weights aside."""
    drawn, plan = weight > 0, model.plan
    weight = weight if plan.weights is None else weight * plan.weights
    start, stop, event = (values[drawn] for values in times_of(plan.rows))
    if not plan.design.columns:
        return baseline(start, stop, event, weight[drawn])
    return fit_cox(start, stop, event, plan.design.x[drawn], plan.design.names, weight=weight[drawn])


def baseline(start: np.ndarray, stop: np.ndarray, event: np.ndarray, weight: np.ndarray | None = None) -> CoxFit:
    """A hazard that is the same for everybody, for a move that was seen too rarely to compare people."""
    sets = lay_out(start, stop, event, weight)
    hazard = hazard_at(np.zeros(len(stop)), sets)
    nothing, matrix = np.empty(0), np.empty((0, 0))
    counts = (len(stop), int(event.sum()), 0, False, "ok", "")
    level = hazard.log_likelihood
    return CoxFit(
        nothing, matrix, matrix, level, level, 0.0, *counts, x=np.empty((0, len(stop))), centre=nothing, sets=sets,
        hazard=hazard,
    )  # fmt: skip


def _adjusted(rows: pd.DataFrame, covariates: tuple[Covariate, ...], where: str) -> Design:
    """Columns of the covariates, gender among them if there are several."""
    if rows["gender"].nunique() > 1 and not any(c.column == "gender" for c in covariates):
        covariates = (*covariates, Covariate("gender", "gender", "Gender", GENDER))
    if rows.empty:
        raise CannotAnalyse(f"{where}: nobody had sought help, so nothing can be said of the years since.")
    return covariate_design(rows, covariates, where)


def _informed(column: Column, x: np.ndarray, own: np.ndarray, event: np.ndarray) -> bool:
    """Whether enough people of a level moved to tell it from the reference level, which it joins otherwise."""
    if column.level is None:
        return bool(np.ptp(x[own]) > 0)
    return bool((x * event).sum() >= FEWEST_MOVES and ((1 - x) * event).sum() >= FEWEST_MOVES)


def _peers(rows: pd.DataFrame, moved: pd.DataFrame) -> tuple[dict[str, int], tuple[Column, ...], np.ndarray]:
    """A column of peers for each gender of whom enough moved with peers, and without.

    People of other genders are given the mean effect of these, weighted by numbers of people: with an effect of their
    own it would be chance, with the effect of one gender a claim.
    """
    seen = moved.groupby(["gender", "peer"]).size().unstack(fill_value=0).reindex(columns=[0.0, 1.0], fill_value=0)
    enough = (seen >= FEWEST_IN_ARM).all(axis=1)
    own = [gender for gender in GENDERS if enough.get(gender, False)]
    if len(own) < 2:
        both = (seen.sum() >= FEWEST_IN_ARM).all()
        column = Column("peer", "Peer engagement", "Peer engagement")
        return ({COMMON: 0}, (column,), np.ones((len(rows), 1))) if both else ({}, (), np.empty((len(rows), 0)))
    people = rows.drop_duplicates("person_id")["gender"].value_counts()[own].to_numpy(float)
    pattern = np.tile(people / people.sum(), (len(rows), 1))
    for gender in own:
        pattern[rows["gender"] == gender] = [float(gender == other) for other in own]
    columns = tuple(
        Column("peer", f"Peer engagement ({GENDER[gender].lower()})", "Peer engagement by gender") for gender in own
    )
    return {gender: position for position, gender in enumerate(own)}, columns, pattern
