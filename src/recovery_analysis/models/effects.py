"""The three models of every analysis (crude, adjusted, interaction with gender): designs and rows."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit
from ..estimators.firth import profile_interval
from ..estimators.numerics import wald, wald_test
from ..labels import GENDER
from .genders import GenderGroup
from .rows import estimate_row
from .spec import (
    FEWEST_PEOPLE,
    Column,
    Covariate,
    Design,
    constant_covariate,
    covariate_design,
    dependent_columns,
)

MODELS = ("crude", "adjusted", "interaction")
ESTIMAND = {"cox": "hazard_ratio", "logistic": "odds_ratio", "linear": "mean_difference"}
PEER = {"level": "peer", "reference": "no_peer"}
ADJUSTED_FOR = "Adjusted for, not studied: do not read it as the effect of this covariate."
NO_END = "Too few outcomes for so many covariates: even with Firth's penalty, the interval has no end."


class Fit(Protocol):
    """What the rows need of a fitted model, whichever engine fitted it."""

    coefficients: np.ndarray
    variance: np.ndarray
    status: str
    message: str


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
    if few is not None:
        problem = few
    elif len(rows) == 0 or rows["peer"].nunique() < 2:
        problem = ("too_few_events", "Everybody, or nobody, has peers: there is no comparison to make.")
    elif model == "interaction" and not own:
        problem = ("too_few_events", "No gender has enough people and outcomes, with peers and without.")
    else:
        constant = constant_covariate(rows, chosen)
        problem = ("failed", constant) if constant else None
        problem = problem or (None if penalised else _empty_level(rows, chosen, outcome, family))
    design, peers = Design((), np.empty((len(rows), 0))), {}
    if problem is None:
        design, peers = _design(model, rows, chosen, own, where)
        dependent = dependent_columns(design)
        if dependent:
            problem = (
                "failed",
                f"{dependent[0]} adds nothing to the other covariates: leave one of them out.",
            )
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


def model_rows(
    plan: ModelPlan, fit: Fit, genders: tuple[GenderGroup, ...], conf_level: float, shared: dict[str, object]
) -> list[dict]:
    """All rows of `estimates` that one model gives.

    Parameters
    ----------
    shared : columns that all rows of the model have in common: outcome, engine, gate, n, n_events, note; and
        `df_residual` for Student's t and F, None for the normal and chi-square distributions.
    """
    df = shared.pop("df_residual")
    base = {"model": plan.model, "estimand": ESTIMAND[plan.family]} | shared
    if plan.left_out:
        names = ", ".join(g.label for g in plan.left_out)
        base["note"] = " ".join(
            filter(
                None,
                [
                    base["note"],
                    f"Not in this model, since no effect of their gender can be estimated: {names}.",
                ],
            )
        )
    if plan.model == "interaction":
        rows = [_gender_row(plan, fit, g, conf_level, df, base) for g in genders]
        return rows + [_interaction_test(plan, fit, df, base)]
    peer = _number_row(fit, plan.peers.get("all"), conf_level, df, base | {"term": "peer"} | PEER)
    return [peer] + covariate_rows(plan, fit, conf_level, df, base)


def _number_row(fit: Fit, position: int | None, conf_level: float, df: float | None, base: dict) -> dict:
    if fit.status != "ok" or position is None:
        return estimate_row(**base, status=fit.status) | {"note": _join(fit.message, base["note"])}
    std_error = float(np.sqrt(fit.variance[position, position]))
    values = wald(float(fit.coefficients[position]), std_error, conf_level, df)
    if isinstance(fit, CoxFit) and fit.penalised:
        profile = profile_interval(fit, position, conf_level)
        if not np.isfinite(profile).all():
            return estimate_row(**base, status="separated") | {"note": _join(NO_END, base["note"])}
        values |= dict(zip(("conf_low", "conf_high", "p_value"), profile, strict=True))
    return estimate_row(**base, **values)


def _gender_row(
    plan: ModelPlan, fit: Fit, gender: GenderGroup, conf_level: float, df: float | None, base: dict
) -> dict:
    own = base | {"term": "peer", "group": gender.level, "n": gender.n, "n_events": gender.n_events} | PEER
    if not gender.own_effect:
        return estimate_row(**own | {"note": gender.reason}, status="too_few_events")
    return _number_row(fit, plan.peers.get(gender.level), conf_level, df, own)


def _interaction_test(plan: ModelPlan, fit: Fit, df: float | None, base: dict) -> dict:
    """Wald test that the peer effect is the same in every gender that has one."""
    row = estimate_row(**base | {"term": "peer:gender", "estimand": "test"})
    if fit.status != "ok":
        return row | {"status": fit.status, "note": _join(fit.message, base["note"])}
    positions = list(plan.peers.values())
    if len(positions) < 2:
        return row | {
            "status": "too_few_events",
            "note": "Fewer than two genders have an effect of their own.",
        }
    contrasts = np.zeros((len(positions) - 1, len(fit.coefficients)))
    contrasts[:, positions[0]] = -1
    contrasts[np.arange(len(positions) - 1), positions[1:]] = 1
    return row | wald_test(contrasts, fit.coefficients, fit.variance, df)


def covariate_rows(
    plan: ModelPlan, fit: Fit, conf_level: float, df: float | None, base: dict, studied: tuple[str, ...] = ()
) -> list[dict]:
    """A row for each column of the design but peers and waves; those of terms not `studied` say so."""
    rows = []
    for position, column in enumerate(plan.design.columns):
        if column.term in ("peer", "wave"):
            continue
        own = base | {"term": column.term, "level": column.level, "reference": column.reference}
        own["note"] = base["note"] if column.term in studied else _join(ADJUSTED_FOR, base["note"])
        members = plan.rows.loc[plan.design.x[:, position] == 1, "person_id"].nunique()
        if column.level is not None and members < FEWEST_PEOPLE:
            own["note"] = _join(f"Fewer than {FEWEST_PEOPLE} people: they are in the model.", base["note"])
            rows.append(estimate_row(**own, status="too_few_events"))
        else:
            rows.append(_number_row(fit, position, conf_level, df, own))
    return rows


def _join(first: str, second: str | None) -> str:
    return f"{first} {second}" if second else first
