"""Rows of `estimates` of a model that compares people with peers and without."""

from typing import Protocol

import numpy as np

from ..estimators.cox import CoxFit
from ..estimators.firth import profile_interval
from ..estimators.numerics import wald, wald_test
from .genders import GenderGroup
from .model_plan import ModelPlan
from .rows import estimate_row
from .spec import FEWEST_PEOPLE

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
