"""Beside the valid estimates of right-truncated times: the retro-hazard, the naive ones, and the truth if simulated."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimators.cox import ENGINE as COX
from ..estimators.kaplan_meier import kaplan_meier, median_time
from ..estimators.numerics import wald
from ..estimators.reverse_time import retro_hazard
from ..labels import NAIVE_NOTE
from ..study import GENDERS
from . import diagnostics
from .cox_plans import fit_plan
from .effects import PEER, model_rows
from .genders import gender_groups
from .model_plan import plan_model
from .rows import estimate_row
from .second_fit import cox_row
from .second_fit_times import backwards_difference
from .spec import FEWEST_PEOPLE, Covariate

CONDITIONAL = "Among people who have the outcome within {horizon:g} {unit}: nothing is known of later ones."
RETRO = (
    "Retro-hazard ratio: read backwards from the interview, so above 1 means later. Peers are those with peers by the "
    "start of the clock. Robust variance, corrected for leverage."
)
RETRO_ENGINE = "recovery_analysis.estimators.reverse_time.retro_hazard"
TRUTH = "The truth behind the simulated data, from {n:,} complete lives; no person's answer is in it."
AVERAGE = "It differs by gender, so this is its mean over people."
TRUTH_ENGINE = "recovery_analysis.simulate.recovery_sample"


@dataclass(frozen=True)
class RecoverySpec:
    """One analysis of right-truncated times; see study.RecoveryTimeAnalysis for the settings.

    `year` : a year in the unit of the outcome. `where` : dotted path, for messages.
    """

    outcome: str
    label: str
    unit: str
    year: float
    horizon: float
    families: tuple[str, ...]
    knots: int
    covariates: tuple[Covariate, ...] = ()
    naive: bool = False
    where: str = "analysis"
    tolerance: float = 1e-5

    @property
    def condition(self) -> str:
        """What every time is conditional on, as a sentence."""
        return CONDITIONAL.format(horizon=self.horizon, unit=self.unit)


@dataclass(frozen=True)
class NaiveRows:
    """What the naive analysis adds to the tables."""

    estimates: list[dict]
    curves: list[pd.DataFrame]
    diagnostics: list[dict]


def retro_hazard_rows(
    people: pd.DataFrame, spec: RecoverySpec, conf_level: float, gate: str
) -> tuple[list[dict], list[float]]:
    """Cox model in reverse time by gender, and by peers at the start; each alone in its model.

    Returns the rows, and how far each model is from its second fit.
    """
    at_start = (people["switch"] <= 0).astype(float).to_numpy()
    woman, known = (people["gender"] == "woman").to_numpy(), people["gender"].isin(["woman", "man"]).to_numpy()
    comparisons = [
        ("peer", PEER, at_start, np.ones(len(people), dtype=bool)),
        ("gender", {"level": "woman", "reference": "man"}, woman.astype(float), known),
    ]
    rows, differences = [], []
    for term, levels, values, kept in comparisons:
        time, window = people["stop"].to_numpy()[kept], people["window"].to_numpy()[kept]
        x = values[kept][:, None]
        row = estimate_row(
            spec.outcome, "retro_hazard", term, "retro_hazard_ratio", **levels, engine=RETRO_ENGINE, gate=gate,
            horizon=spec.horizon, n=int(kept.sum()), n_events=int(kept.sum()), note=f"{RETRO} {spec.condition}",
        )  # fmt: skip
        if min(x.sum(), len(x) - x.sum()) < FEWEST_PEOPLE:
            few = f"Fewer than {FEWEST_PEOPLE} people on one side of this comparison."
            rows.append(row | {"status": "too_few_events", "note": few})
            continue
        fit = retro_hazard(time, window, x, [term])
        if fit.status == "ok":
            coefficient, std_error = float(fit.coefficients[0]), float(np.sqrt(fit.variance[0, 0]))
            row |= wald(coefficient, std_error, conf_level)
            model_error = float(np.sqrt(fit.model_variance[0, 0]))
            differences.append(backwards_difference(time, window, x[:, 0], coefficient, model_error))
        rows.append(row | {"status": fit.status, "note": fit.message or row["note"]})
    return rows, differences


def naive_rows(
    people: pd.DataFrame, rows: pd.DataFrame, spec: RecoverySpec, conf_level: float, checks: list[dict]
) -> NaiveRows:
    """Kaplan-Meier medians and curve, and the adjusted Cox model, as if nobody were missing."""
    gate, estimates, curves = diagnostics.gate(checks), [], []
    for group in ("all", *(g for g in GENDERS if (people["gender"] == g).any())):
        own = people if group == "all" else people[people["gender"] == group]
        row = estimate_row(
            spec.outcome, "naive", "time", "conditional_median", group=group, horizon=spec.horizon, n=len(own),
            n_events=len(own), conf_level=conf_level, engine="recovery_analysis.estimators.kaplan_meier",
            gate=gate, note=f"{NAIVE_NOTE} {spec.condition}",
        )  # fmt: skip
        if len(own) < FEWEST_PEOPLE:
            estimates.append(row | {"status": "too_few_events", "note": f"Fewer than {FEWEST_PEOPLE} people."})
            continue
        times = own["stop"].to_numpy(float)
        curve = kaplan_meier(np.zeros(len(own)), times, np.ones(len(own)), conf_level)
        numbers = dict(zip(("estimate", "conf_low", "conf_high"), median_time(curve), strict=True))
        estimates.append(row | numbers)
        if group == "all":
            named = {"outcome": spec.outcome, "by": "design", "group": "naive", "method": "naive", "suppressed": False}
            curves.append(curve.assign(**named))
    cox, again = _naive_cox(rows, spec, conf_level, gate)
    return NaiveRows(estimates + cox, curves, checks + again)


def _naive_cox(rows: pd.DataFrame, spec: RecoverySpec, conf_level: float, gate: str) -> tuple[list[dict], list[dict]]:
    """Effects of peers, and how far the two models are from their second fits at most."""
    genders = gender_groups(rows, "event", "cox")
    people, found, again = rows["person_id"].nunique(), [], []
    for model in ("adjusted", "interaction"):
        plan = plan_model(model, "cox", "event", rows, spec.covariates, genders, spec.where)
        shared = {
            "outcome": spec.outcome,
            "engine": COX,
            "gate": gate,
            "note": f"{NAIVE_NOTE} {spec.condition}",
            "df_residual": None,
            "n": people,
            "n_events": people,
        }
        fit = fit_plan(plan)
        found += model_rows(plan, fit, genders, conf_level, shared)
        again += [cox_row(plan, fit, spec.tolerance, spec.where)] if fit.status == "ok" else []
    largest = sorted(again, key=lambda row: row["value"])[-1:]
    effects = [row for row in found if row["term"] == "peer"]
    return [row | {"model": "naive"} for row in effects], [row | {"model": "naive"} for row in largest]


def true_rows(truth: dict, people: pd.DataFrame, spec: RecoverySpec) -> tuple[list[dict], pd.DataFrame]:
    """Conditional medians, effects of peers and curve of the lives themselves, as rows of model `truth`.

    Parameters
    ----------
    truth : time (years), share by group, log_hazard_ratio by group, n; from simulate.recovery_sample.
    """
    grid = np.asarray(truth["time"]) * spec.year
    note = f"{TRUTH.format(n=truth['n'])} {spec.condition}"
    rows = []
    for group in ("all", *(g for g in GENDERS if (people["gender"] == g).any())):
        share = np.asarray(truth["share"][group])
        median = float(np.interp(0.5 * np.interp(spec.horizon, grid, share), share, grid))
        rows.append(
            estimate_row(spec.outcome, "truth", "time", "conditional_median", group=group, horizon=spec.horizon,
                         estimate=median, engine=TRUTH_ENGINE, note=note)
        )  # fmt: skip
        ratio, own = truth["log_hazard_ratio"][group], f"{note} {AVERAGE}" if group == "all" else note
        rows.append(
            estimate_row(spec.outcome, "truth", "peer", "hazard_ratio", group=group, estimate=ratio,
                         engine=TRUTH_ENGINE, note=own, **PEER)
        )  # fmt: skip
    kept = grid <= spec.horizon + 1e-9
    share = np.asarray(truth["share"]["all"])[kept]
    curve = pd.DataFrame({"time": grid[kept], "estimate": 1 - share / share[-1]})
    named = {"outcome": spec.outcome, "by": "design", "group": "truth", "method": "truth", "suppressed": False}
    return rows, curve.iloc[::10].assign(**named)
