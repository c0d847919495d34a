"""What is read off a curve: its steps, its numbers at risk, the ticks of its time axis."""

import math

import numpy as np
import pandas as pd

# A start and one step are not a curve.
FEWEST_ROWS = 3
STEPS = {
    "days": (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650, 7300),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 260, 520),
    "months": (1, 2, 3, 6, 12, 24, 60, 120, 240, 360),
    "years": (1, 2, 5, 10, 20, 50),
}


def time_ticks(horizon: float, unit: str, most: int = 8) -> list[float]:
    """Times from 0 to the horizon at whole, customary steps; at most `most` steps.

    Parameters
    ----------
    horizon : last time drawn, in `unit`.
    unit : days, weeks, months or years.
    """
    step = next((s for s in STEPS[unit] if horizon / s <= most), math.ceil(horizon / most))
    return [float(t) for t in np.arange(0, horizon + 1e-9, step)]


def cumulative(group: pd.DataFrame, horizon: float) -> pd.DataFrame:
    """Steps of the cumulative probability of one group, percent, from time 0 to the horizon.

    Parameters
    ----------
    group : rows of one group of a released curves table; rows without an estimate are left out.
    horizon : last time kept.

    Returns
    -------
    Columns time, percent, low, high; empty if too little was released to draw a line.
    """
    rows = group[group["estimate"].notna() & (group["time"] <= horizon)].sort_values("time", kind="stable")
    if len(rows) < FEWEST_ROWS:
        return pd.DataFrame(columns=["time", "percent", "low", "high"], dtype=float)
    steps = pd.DataFrame(
        {
            "time": rows["time"],
            "percent": 100 * (1 - rows["estimate"]),
            "low": 100 * (1 - rows["conf_high"]),
            "high": 100 * (1 - rows["conf_low"]),
        }
    )
    if (group["time"] > horizon).any():
        steps = pd.concat([steps, steps.tail(1).assign(time=horizon)])
    start = pd.DataFrame({"time": [0.0], "percent": [0.0], "low": [0.0], "high": [0.0]})
    steps = steps if steps["time"].iloc[0] <= 0 else pd.concat([start, steps])
    return steps.reset_index(drop=True)


def common_time(drawn: list[pd.DataFrame], ticks: list[float], planned: float | None) -> float:
    """The last time that every curve reaches: the horizon of the plan, or the last tick before the first end."""
    end = min(float(steps["time"].iloc[-1]) for steps in drawn)
    return planned if planned and end >= planned else max((t for t in ticks if 0 < t <= end), default=end)


def joined(group: pd.DataFrame) -> bool:
    """Whether people come into a group after its start: the number at risk grows."""
    return bool((group.sort_values("time", kind="stable")["n_risk"].diff() > 0).any())


def value_at(steps: pd.DataFrame, time: float) -> pd.Series:
    """The row of the steps that holds at a time."""
    return steps[steps["time"] <= time + 1e-9].iloc[-1]


def at_risk(group: pd.DataFrame, ticks: list[float], exact: bool) -> list[float | None]:
    """People at risk at each tick; None where the number is withheld.

    A row states the people at risk just before its time, so the first row at or after a tick answers for it.

    Parameters
    ----------
    group : rows of one group of a released curves table.
    ticks : times asked for.
    exact : every exit has a row of its own, so nobody is left after the last one. Otherwise the last rows are
        withheld, and what comes after them is not known.
    """
    rows = group.sort_values("time", kind="stable")
    numbers: list[float | None] = []
    for tick in ticks:
        later = rows.loc[rows["time"] >= tick - 1e-9, "n_risk"]
        if later.empty:
            numbers.append(0.0 if exact else None)
        else:
            numbers.append(None if np.isnan(later.iloc[0]) else float(later.iloc[0]))
    return numbers
