"""How long survival estimators take beside R and lifelines, as ratios: `python benchmarks/survival.py [sizes]`.

Each call is repeated and its least time taken. R is timed by itself, in one process, on the same rows; without
Rscript or lifelines their columns stay empty. Times are whole months, as people recall them, so there are ties.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from beside import least_seconds, r_seconds

from recovery_analysis.estimators.cumulative_incidence import cumulative_incidence
from recovery_analysis.estimators.kaplan_meier import kaplan_meier
from recovery_analysis.estimators.log_rank import log_rank
from recovery_analysis.estimators.restricted_mean import restricted_mean

SIZES = (1_000, 10_000, 100_000, 1_000_000)
HORIZON = 120.0


@dataclass(frozen=True)
class Call:
    """One kind of work: ours and lifelines' from the frame to a result, R's as an expression on `d`."""

    ours: Callable[[pd.DataFrame], object]
    r: str
    lifelines: Callable[[pd.DataFrame], object] | None = None


def _columns(frame: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [frame[name].to_numpy() for name in names]


def _lifelines_curve(frame: pd.DataFrame) -> object:
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(frame["stop"], frame["event"]).median_survival_time_


def _lifelines_mean(frame: pd.DataFrame) -> object:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    fit = KaplanMeierFitter().fit(frame["stop"], frame["event"])
    return restricted_mean_survival_time(fit, t=HORIZON, return_variance=True)


def _lifelines_test(frame: pd.DataFrame) -> object:
    from lifelines.statistics import multivariate_logrank_test

    return multivariate_logrank_test(frame["stop"], frame["peer"], frame["event"]).p_value


def _lifelines_incidence(frame: pd.DataFrame) -> object:
    from lifelines import AalenJohansenFitter

    return AalenJohansenFitter(seed=1).fit(frame["stop"], frame["cause"], event_of_interest=1).cumulative_density_


CALLS = {
    "Kaplan-Meier": Call(
        lambda f: kaplan_meier(*_columns(f, "zero", "stop", "event"), 0.95),
        'survfit(Surv(stop, event) ~ 1, d, conf.type = "log-log")',
        _lifelines_curve,
    ),
    "Kaplan-Meier, delayed entry": Call(
        lambda f: kaplan_meier(*_columns(f, "start", "stop", "event"), 0.95),
        'survfit(Surv(start, stop, event) ~ 1, d, conf.type = "log-log")',
    ),
    "restricted mean": Call(
        lambda f: restricted_mean(*_columns(f, "zero", "stop", "event"), HORIZON),
        f"summary(survfit(Surv(stop, event) ~ 1, d), rmean = {HORIZON:g})$table",
        _lifelines_mean,
    ),
    "log-rank test": Call(
        lambda f: log_rank(*_columns(f, "zero", "stop", "event", "peer")),
        "survdiff(Surv(stop, event) ~ peer, d)",
        _lifelines_test,
    ),
    "Aalen-Johansen with variance": Call(
        lambda f: cumulative_incidence(*_columns(f, "zero", "stop", "cause"), 0.95),
        "survfit(Surv(stop, factor(cause, 0:2)) ~ 1, d)",
        _lifelines_incidence,
    ),
}


def people(n: int) -> pd.DataFrame:
    """Follow-up in months of n people: two outcomes that compete, some who enter late."""
    rng = np.random.default_rng(n)
    stop = np.ceil(rng.exponential(60.0, n))
    start = np.where(rng.random(n) < 0.3, np.floor(stop * rng.random(n)), 0.0)
    cause = rng.choice([0, 1, 2], n, p=[0.4, 0.4, 0.2])
    rows = {"zero": np.zeros(n), "start": start, "stop": stop, "cause": cause, "event": (cause == 1).astype(int)}
    return pd.DataFrame(rows | {"peer": rng.integers(0, 2, n)})


def main(sizes: tuple[int, ...]) -> None:
    """Print milliseconds of ours, and how many times as long the others take."""
    print(f"{'call':32} {'people':>9} {'ours, ms':>9} {'R':>8} {'lifelines':>10}   (times as long as ours)")
    for n in sizes:
        frame, repeats = people(n), 5 if n <= 10_000 else 3
        r = r_seconds({name: call.r for name, call in CALLS.items()}, frame, repeats)
        for name, call in CALLS.items():
            ours = least_seconds(lambda call=call, frame=frame: call.ours(frame), max(repeats, 5))
            shown = [f"{r[name] / ours:.1f}" if name in r else ""]
            slow = n > 100_000 and name.startswith("Aalen")
            if call.lifelines and not slow:
                shown.append(f"{least_seconds(lambda c=call, f=frame: c.lifelines(f), repeats) / ours:.1f}")
            print(f"{name:32} {n:>9} {1000 * ours:>9.2f} {shown[0]:>8} {''.join(shown[1:]):>10}", flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
