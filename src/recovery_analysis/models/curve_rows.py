"""Curves by peers and by gender, and the rows of `estimates` that are read from them."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..estimators.cumulative_incidence import cumulative_incidence
from ..estimators.gray_test import gray_test
from ..estimators.kaplan_meier import kaplan_meier
from ..estimators.log_rank import log_rank
from ..estimators.restricted_mean import FEWEST_AT_RISK, largest_horizon
from ..estimators.risk_table import risk_table
from ..estimators.robust_log_rank import robust_log_rank
from ..study import GENDERS
from .curve_group import CurveGroup
from .model_plan import FEW_PEOPLE
from .periods import SurvivalSpec, join_neighbours
from .rows import estimate_row
from .second_fit_curves import curve_difference, test_differences
from .time_rows import contrast_rows, group_rows

ARMS = {1.0: "peer", 0.0: "no_peer"}
ORDER = {"peer": ("no_peer", "peer"), "gender": GENDERS}
DELAYED = "Score test of the Cox model with exact ties: people are compared while they are in each group."
CAUSE_SPECIFIC = "Compares how often the outcome happens among people who have had no competing event."
EARLY = "Early differences count more: each time has the weight of the share without the outcome, to the power {rho:g}."
ROBUST = "Score test of the Cox model with a robust variance, in place of the log-rank test."
ENGINES = {
    "gray_test": "recovery_analysis.estimators.gray_test.gray_test",
    "log_rank": "recovery_analysis.estimators.log_rank.log_rank",
    "robust_log_rank": "recovery_analysis.estimators.robust_log_rank.robust_log_rank",
}
NO_TEST = "Fewer than two groups with people at risk when an outcome happened, or all outcomes at one time."


def describe_curves(
    frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float, note: str | None
) -> tuple[list[pd.DataFrame], list[dict], dict[str, list[float]]]:
    """Curves by peers and by gender, and their rows of `estimates`: times, probabilities, differences and tests; and,
    by model, how far these are from their second fits."""
    curves, rows, apart = [], [], defaultdict(list)
    for by, labels in (("peer", frame["peer"].map(ARMS)), ("gender", frame["gender"])):
        groups = list(_groups(frame, labels, by, spec, conf_level))
        if not groups:
            continue
        horizon = spec.horizon or _horizon(groups)
        for group in groups:
            names = {"outcome": spec.outcome, "by": by, "group": group.level, "method": group.method}
            curves.append(group.curve.assign(**names, suppressed=False))
        read = [row for group in groups for row in group_rows(group, horizon, spec, conf_level, note)]
        compared = [group for group in groups if group.n >= FEWEST_AT_RISK]
        read += contrast_rows(compared, horizon, spec, conf_level, note)
        tests = log_rank_rows(frame, labels, by, spec, note)
        rows += read + tests
        apart[curve_model(spec)].append(curve_difference(groups, read))
        for model, found in test_differences(frame, labels, spec, tests).items():
            apart[model] += found
        if spec.competing and not any(group.moving for group in groups):
            rows.append(_gray_row(groups, by, spec, note))
    if spec.competing:
        curves += outcome_curves(frame, spec, conf_level)
    return curves, rows, apart


def curve_model(spec: SurvivalSpec) -> str:
    """Column `model` of what is read from the curves of an analysis."""
    return "aalen_johansen" if spec.competing else "kaplan_meier"


def outcome_curves(frame: pd.DataFrame, spec: SurvivalSpec, conf_level: float) -> list[pd.DataFrame]:
    """A curve for each of the outcomes that compete, of everybody together: what came first."""
    rows = whole_follow_up(frame, spec.outcome)
    start, stop = (rows[name].to_numpy() for name in ("start", "stop"))
    cause, weights = causes(rows), rows["weight"].to_numpy(float) if spec.sampling.weighted else None
    found = []
    for number in range(int(cause.max())):
        own = swapped(cause, number + 1)
        curve = incidence_curve(start, stop, own, conf_level, weights)
        curve = curve if weights is None else with_people(curve, start, stop, own)
        names = {
            "outcome": spec.outcome,
            "by": "outcomes",
            "group": "outcome" if number == 0 else f"competing_{number}",
        }
        found.append(curve.assign(**names, method="aalen_johansen", suppressed=False))
    return found


def swapped(cause: np.ndarray, of: int) -> np.ndarray:
    """The causes with another one as the first."""
    return np.where(cause == of, 1, np.where(cause == 1, of, cause))


def _groups(
    frame: pd.DataFrame, labels: pd.Series, by: str, spec: SurvivalSpec, conf_level: float
) -> Iterator[CurveGroup]:
    """Each group that is there, in the order in which they are compared: the first is the reference."""
    moving = by == "peer" and spec.exposure == "time_varying"
    present = set(labels.dropna())
    for level in [*(name for name in ORDER[by] if name in present), *sorted(present - set(ORDER[by]))]:
        rows = frame[labels == level]
        if by == "gender":
            rows = whole_follow_up(rows, spec.outcome)
        start, stop = (rows[name].to_numpy() for name in ("start", "stop"))
        cause = causes(rows)
        person = rows["person_id"].to_numpy(str)
        weights = rows["weight"].to_numpy(float) if spec.sampling.weighted else None
        if spec.competing:
            curve, method = incidence_curve(start, stop, cause, conf_level, weights), "aalen_johansen"
        else:
            curve = kaplan_meier(start, stop, (cause == 1).astype(int), conf_level, weights)
            method = "simon_makuch" if moving else "kaplan_meier"
        if weights is not None:
            curve = with_people(curve, start, stop, cause)
        yield CurveGroup(by, level, start, stop, cause, person, curve, method, moving, weights)


def with_people(curve: pd.DataFrame, start: np.ndarray, stop: np.ndarray, cause: np.ndarray) -> pd.DataFrame:
    """A weighted curve with numbers of people in place of sums of weights: a small sum need not be a small number."""
    table = risk_table(start, stop, cause == 1, causes=1)
    counts = {"n_risk": table.n_risk, "n_event": table.n_event[:, 0], "n_censor": table.n_censor}
    first = {"n_risk": float(np.sum(start <= 0)), "n_event": 0.0, "n_censor": 0.0}
    return curve.assign(**{name: np.concatenate([[first[name]], own]) for name, own in counts.items()})


def whole_follow_up(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Rows of a person joined whether they had peers or not."""
    same = rows.assign(peer=0.0, lower=np.nan).sort_values(["person_id", "start"], kind="stable")
    return join_neighbours(same, outcome)


def causes(rows: pd.DataFrame) -> np.ndarray:
    """0 where nothing happened at the end of a row, 1 for the outcome, 2 and on for what competes with it."""
    competing = rows["competing"].to_numpy()
    return np.where(rows["event"] == 1, 1, np.where(competing > 0, competing + 1, 0))


def incidence_curve(
    start: np.ndarray, stop: np.ndarray, cause: np.ndarray, conf_level: float, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Aalen-Johansen curve of the outcome in the columns of `kaplan_meier`: probability that it has not happened."""
    found = cumulative_incidence(start, stop, cause, conf_level, weights, causes=max(int(cause.max()), 1))
    columns = {
        "time": (0.0, found.time),
        "estimate": (1.0, 1 - found.estimate[:, 0]),
        "std_error": (0.0, found.std_error[:, 0]),
        "conf_low": (np.nan, 1 - found.conf_high[:, 0]),
        "conf_high": (np.nan, 1 - found.conf_low[:, 0]),
        "n_risk": (float(np.sum(start <= 0)), found.n_risk),
        "n_event": (0.0, found.n_event[:, 0]),
        "n_censor": (0.0, found.n_censor + found.n_event[:, 1:].sum(axis=1)),
    }
    return pd.DataFrame({name: np.concatenate([[first], rest]) for name, (first, rest) in columns.items()})


def _horizon(groups: list[CurveGroup]) -> float:
    """The longest that all groups support; groups too small to support any are left aside."""
    supported = [largest_horizon([(group.start, group.stop)]) for group in groups]
    return min((time for time in supported if np.isfinite(time)), default=np.nan)


def log_rank_rows(frame: pd.DataFrame, group: pd.Series, by: str, spec: SurvivalSpec, note: str | None) -> list[dict]:
    """The log-rank test, and those that the plan asks for: within strata, and for early differences (G-rho).

    With sampling weights or sites as clusters it is the score test of the weighted Cox model with a robust variance.
    """
    known = frame[group.notna()]
    rows = tuple(known[name].to_numpy(float) for name in ("start", "stop", "event"))
    own, strata = group[group.notna()].to_numpy(str), spec.sampling.strata
    within = known.groupby(list(strata), observed=True).ngroup().to_numpy() if strata else None
    said = [DELAYED] if (frame["start"] > 0).any() and by == "peer" else []
    said += [CAUSE_SPECIFIC] if spec.competing else []
    counted = {"n": frame["person_id"].nunique(), "n_events": frame["event"].sum()}
    asked = [("log_rank", None, 0.0, said)]
    asked += [("log_rank_stratified", within, 0.0, [*said, f"Within levels of {', '.join(strata)}."])] if strata else []
    asked += [(f"log_rank_rho_{rho:g}", within, rho, [*said, EARLY.format(rho=rho)]) for rho in spec.rho]
    found = []
    for model, stratum, rho, words in asked:
        if spec.sampling.simple:
            test = log_rank(*rows, own, stratum, rho)
        else:
            unit = pd.factorize(known[spec.sampling.cluster or "person_id"])[0]
            weights = known["weight"].to_numpy(float) if spec.sampling.weighted else None
            test, words = robust_log_rank(*rows, own, unit, weights, stratum), [*words, ROBUST]
        found.append(_test_row(model, test, by, spec, counted, words, note))
    return found


def _gray_row(groups: list[CurveGroup], by: str, spec: SurvivalSpec, note: str | None) -> dict:
    """Gray's test of the cumulative incidence of the outcome."""
    stop, cause = (np.concatenate([getattr(group, name) for group in groups]) for name in ("stop", "cause"))
    level = np.repeat([group.level for group in groups], [len(group.stop) for group in groups])
    counted = {"n": sum(group.n for group in groups), "n_events": int((cause == 1).sum())}
    said = ["Compares the shares that ever have the outcome, the competing events included."]
    if any(group.start.max() > 0 for group in groups):
        return _test_row("gray_test", None, by, spec, counted, ["Not defined where people enter late."], note)
    if spec.sampling.weighted:
        return _test_row("gray_test", None, by, spec, counted, ["Not defined with sampling weights."], note)
    return _test_row("gray_test", gray_test(stop, cause, level), by, spec, counted, said, note)


def _test_row(
    model: str,
    test: dict[str, float] | None,
    by: str,
    spec: SurvivalSpec,
    counted: dict[str, int],
    said: list[str],
    note: str | None,
) -> dict:
    engine = ENGINES["gray_test" if model == "gray_test" else "log_rank" if spec.sampling.simple else "robust_log_rank"]
    few = counted["n"] < FEWEST_AT_RISK
    empty = test is None or few or not np.isfinite(test["statistic"])
    status = {"status": "too_few_events"} if empty else {}
    note = NO_TEST if empty and test is not None else " ".join(filter(None, [*said, note])) or None
    test, note = (None, FEW_PEOPLE) if few else (test, note)
    return estimate_row(spec.outcome, model, by, "test", engine=engine, note=note, **counted, **status, **(test or {}))
