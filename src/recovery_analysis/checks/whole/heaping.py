"""Dates and ages told as round numbers."""

import numpy as np
import pandas as pd
from scipy.special import betainc

from ..rules import INTERVIEW, KIND_WORDS
from .finding import TOO_FEW, StudyData, finding, share

FEWEST = 50
DECADES = 3
# Years between these quantiles say how long a time the dates lie in: one typing error does not make it longer.
MOST = (0.05, 0.95)
SURE = 0.01
ADULT_AGES = (23, 62)
ONSET_AGES = (8, 37)
ROUNDED = (
    "More of these are whole fives than chance allows: people rounded. Durations counted from them are blurred by up "
    "to two and a half years either way, which weakens differences; do not read steps at whole five years as real."
)
FEW_YEARS = "These lie within less than ten years, in which whole fives need not be one in five."
NOT_ROUNDED = "No sign of rounding to whole fives."
YEAR_ONLY = (
    "Many of these are known to the year only and are put in its middle; durations are uncertain by half a year either "
    "way, so short ones mean little."
)
DATED = "Most of these are known to the month or day."


def heaping(data: StudyData) -> list[dict]:
    """Whipple's index of years and ages, and the share of dates that are known to the year only."""
    rows = []
    for what, dates in _dates(data).items():
        years = np.floor(dates["time"].to_numpy())
        newest, (early, late) = years.max(), np.quantile(years, MOST)
        decades = min(DECADES, int(late - early + 1) // 10)
        if decades:
            rows.append(_index(data, f"{what}: year", years, newest - 10 * decades + 1, newest))
        else:
            rows.append(finding("heaping", f"{what}: year", float("nan"), "index", None, FEW_YEARS, n=len(years)))
        count, limit = int((dates["precision"] == "year").sum()), data.settings.thresholds.heaping_year_only
        rows.append(share("heaping", f"{what}: year only", count, len(dates), limit, YEAR_ONLY, DATED))
    if data.persons["age"].notna().any():
        rows.append(_index(data, "Age", np.floor(data.persons["age"].to_numpy()), *ADULT_AGES))
    for what, ages in _ages(data).items():
        rows.append(_index(data, f"{what}: age", ages, *ONSET_AGES))
    return rows


def _dates(data: StudyData) -> dict[str, pd.DataFrame]:
    """Calendar dates as told, by what they are dates of; none where the clock is not the calendar."""
    if not data.plan.design.calendar:
        return {}
    spells = data.spells.rename(columns={"start": "time"})
    told = {f"Start of {KIND_WORDS[kind]}": rows for kind, rows in spells.groupby("kind", sort=False)}
    events = data.events[data.events["observed"] & (data.events["event"] != INTERVIEW)]
    told |= {name.replace("_", " ").capitalize(): rows for name, rows in events.groupby("event", sort=False)}
    known = {what: rows[rows["time"].notna() & (rows["precision"] != "age")] for what, rows in told.items()}
    return {what: rows for what, rows in known.items() if len(rows)}


def _ages(data: StudyData) -> dict[str, np.ndarray]:
    """Ages in completed years at events that were told as an age."""
    born = data.persons.set_index("person_id")["birth_year"]
    events = data.events[(data.events["precision"] == "age") & data.events["time"].notna()]
    ages = (events["time"] - events["person_id"].map(born) - 1.0).round()
    return {n.replace("_", " ").capitalize(): rows.to_numpy() for n, rows in ages.groupby(events["event"], sort=False)}


def _index(data: StudyData, what: str, numbers: np.ndarray, low: float, high: float) -> dict:
    limit = data.settings.thresholds.heaping_index
    value, n, p = whipple(numbers, low, high)
    if n < FEWEST:
        return finding("heaping", what, float("nan"), "index", None, TOO_FEW, threshold=limit, n=n)
    flagged = bool(value > limit and p < SURE)
    return finding("heaping", what, value, "index", flagged, ROUNDED if flagged else NOT_ROUNDED, threshold=limit, n=n)


def whipple(numbers: np.ndarray, low: float, high: float) -> tuple[float, int, float]:
    """Whipple's index of whole numbers that end in 0 or 5 (Shryock HS, Siegel JS. The methods and materials of
    demography. US Bureau of the Census, 1971).

    Parameters
    ----------
    numbers : whole numbers; missing ones are left out.
    low, high : the window, both ends included; it holds a multiple of ten numbers.

    Returns
    -------
    The index (100: none rounded, 500: all), how many numbers are in the window, and the probability of so many round
    ones by chance alone.
    """
    inside = numbers[(numbers >= low) & (numbers <= high)]
    n = len(inside)
    if n == 0:
        return float("nan"), 0, 1.0
    round_ones = int((np.mod(inside, 5) == 0).sum())
    return 500.0 * round_ones / n, n, _at_least(round_ones, n, 0.2)


def _at_least(k: int, n: int, share: float) -> float:
    """Probability of `k` or more out of `n`, each with the probability `share` (binomial)."""
    return 1.0 if k <= 0 else float(betainc(k, n - k + 1, share))
