"""How long Cox models take beside R and lifelines, as ratios: `python benchmarks/cox.py [sizes]`.

Eight covariates and times in whole months. Each call is repeated and its least time taken; R is timed by itself on the
same rows. Without Rscript or lifelines their columns stay empty. What R and lifelines need many minutes for is not
asked of them at the largest sizes. The last lines are 1,000 bootstrap refits of 1,000 people, and the largest memory.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from beside import least_seconds, r_seconds

from recovery_analysis.estimators.cox import CoxFit, fit_cox
from recovery_analysis.estimators.cox_zph import proportional_hazards

SIZES = (1_000, 10_000, 100_000, 1_000_000)
NAMES = [f"x{i}" for i in range(8)]
ON = " + ".join(NAMES)


@dataclass(frozen=True)
class Call:
    """One kind of work: ours and lifelines' on a frame, R's as an expression on `d`; each up to so many people."""

    ours: Callable[[pd.DataFrame], object]
    r: str
    r_largest: int
    lifelines: Callable[[pd.DataFrame], object] | None = None
    lifelines_largest: int = 0


def people(n: int) -> pd.DataFrame:
    """Follow-up in months of n people with eight covariates; half enter late."""
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, 8))
    x[:, :3] = x[:, :3] > 0
    time_to = rng.exponential(60 / np.exp(x @ np.linspace(-0.4, 0.4, 8)))
    censored = rng.uniform(12, 240, n)
    stop = np.maximum(np.ceil(np.minimum(time_to, censored)), 1.0)
    start = np.floor(stop * rng.uniform(0, 0.8, n)) * (rng.random(n) < 0.5)
    columns = {"zero": 0.0, "start": start, "stop": stop, "event": (time_to <= censored).astype(int)}
    return pd.DataFrame(columns | {"pair": np.arange(n) // 2} | dict(zip(NAMES, x.T, strict=True)))


def _fit(frame: pd.DataFrame, start: str = "zero", **options: np.ndarray) -> CoxFit:
    rows = (frame[name].to_numpy(float) for name in (start, "stop", "event"))
    return fit_cox(*rows, frame[NAMES].to_numpy(), NAMES, **options)


def _zph(frame: pd.DataFrame) -> object:
    rows = [frame[name].to_numpy(float) for name in ("zero", "stop", "event")]
    return proportional_hazards(_fit(frame), *rows, {name: [i] for i, name in enumerate(NAMES)})


def _lifelines(frame: pd.DataFrame, *more: str, **options: str) -> object:
    from lifelines import CoxPHFitter

    return CoxPHFitter().fit(frame[[*NAMES, "stop", "event", *more]], "stop", "event", **options)


CALLS = {
    "Cox": Call(_fit, f"coxph(Surv(stop, event) ~ {ON}, d)", 1_000_000, _lifelines, 1_000_000),
    "Cox, delayed entry": Call(
        lambda f: _fit(f, "start"),
        f"coxph(Surv(start, stop, event) ~ {ON}, d)",
        1_000_000,
        lambda f: _lifelines(f, "start", entry_col="start"),
        1_000_000,
    ),
    "Cox, robust by pair": Call(
        lambda f: _fit(f, cluster=f["pair"].to_numpy()),
        f"coxph(Surv(stop, event) ~ {ON}, d, cluster = pair)",
        100_000,
        lambda f: _lifelines(f, "pair", cluster_col="pair"),
        10_000,
    ),
    "Cox and its zph": Call(_zph, f"cox.zph(coxph(Surv(stop, event) ~ {ON}, d))", 1_000_000),
}


def refits(n: int = 1_000, samples: int = 1_000) -> float:
    """Seconds for bootstrap refits of n people."""
    frame = people(n)
    rows = [frame[name].to_numpy(float) for name in ("zero", "stop", "event")]
    x, rng = frame[NAMES].to_numpy(), np.random.default_rng(1)
    started = time.perf_counter()
    for _ in range(samples):
        drawn = rng.integers(0, n, n)
        fit_cox(*(column[drawn] for column in rows), x[drawn], NAMES)
    return time.perf_counter() - started


def main(sizes: tuple[int, ...]) -> None:
    """Print milliseconds of ours, and how many times as long the others take."""
    print(f"{'call':24} {'people':>9} {'ours, ms':>9} {'R':>8} {'lifelines':>10}   (times as long as ours)")
    for n in sizes:
        frame, repeats = people(n), 3 if n <= 10_000 else 1
        r = r_seconds({name: call.r for name, call in CALLS.items() if n <= call.r_largest}, frame, repeats)
        for name, call in CALLS.items():
            ours = least_seconds(lambda call=call, frame=frame: call.ours(frame), 10 if n <= 10_000 else 3)
            line = f"{name:24} {n:>9} {1000 * ours:>9.2f} {f'{r[name] / ours:.1f}' if name in r else '':>8}"
            if n <= call.lifelines_largest:
                theirs = least_seconds(lambda call=call, frame=frame: call.lifelines(frame), repeats)
                line += f" {theirs / ours:>10.1f}"
            print(line, flush=True)
    print(f"1,000 bootstrap refits of 1,000 people: {refits():.1f} s")
    print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
