"""Rows of `estimates` of a model in which the effect of peers changes over time."""

from ..estimators.cox import ENGINE
from ..estimators.numerics import wald
from .cox_plans import FittedCox
from .effects import ESTIMAND, PEER
from .genders import GenderGroup
from .periods import SurvivalSpec
from .rows import estimate_row

SECOND_TERM = {"step": "peer:later", "log_time": "peer:log_time"}


def changing_rows(
    fitted: FittedCox,
    genders: tuple[GenderGroup, ...],
    spec: SurvivalSpec,
    conf_level: float,
    gate: str,
    note: str | None,
) -> list[dict]:
    """Two rows for each peer effect.

    With a step: `peer` up to it (its time is the horizon) and `peer:later` after it. With the logarithm of time:
    `peer` at time 1, and `peer:log_time` for the change of the log hazard ratio per unit of log time.
    """
    plan, fit = fitted.plan, fitted.fit
    kind = spec.if_not_proportional
    counts = {g.level: (g.n, g.n_events) for g in genders}
    counts["all"] = (plan.rows["person_id"].nunique(), plan.rows.loc[plan.rows["event"] == 1, "person_id"].nunique())
    first_added = len(plan.design.columns) - len(plan.peers)
    rows = []
    for number, (group, position) in enumerate(plan.peers.items()):
        n, n_events = counts[group]
        own = {
            "group": group,
            "n": n,
            "n_events": n_events,
            "engine": ENGINE,
            "status": fit.status,
            "gate": gate,
        } | PEER
        own["note"] = " ".join(filter(None, [fit.message, fitted.note, note]))
        for term, column in (("peer", position), (SECOND_TERM[kind], first_added + number)):
            horizon = spec.step_at if (kind, term) == ("step", "peer") else None
            row = estimate_row(spec.outcome, plan.model, term, ESTIMAND["cox"], horizon=horizon, **own)
            if fit.status == "ok":
                std_error = float(fit.variance[column, column] ** 0.5)
                row |= wald(float(fit.coefficients[column]), std_error, conf_level)
            rows.append(row)
    return rows
