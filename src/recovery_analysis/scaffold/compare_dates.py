"""Dates of two extracts of one study: whether they lie elsewhere, by how many years; told by their middle alone."""

import numpy as np
import pandas as pd
from scipy import stats

from ..checks.moments import in_words
from ..ingest.dates import MIDDLE_OF_YEAR, decimal_year
from .column import MOSTLY, Column
from .profile import DATES

LEAST_YEARS, DIFFERENCE, CHANCE = 0.5, 0.1, 0.01
YEAR = r"(\d{4})"


def years_of(column: Column) -> tuple[np.ndarray, str] | None:
    """Decimal years of a column's dates, and how exactly they are known: a day, or the year where the order of day and
    month is not sure; None where it does not hold dates."""
    if column.cells.values.dtype.kind == "M":
        return decimal_year(pd.DatetimeIndex(column.cells.spread(column.cells.values))), "day"
    texts = pd.Series(column.texts.index.repeat(column.texts), dtype=object)
    if column.kind == "date":
        return decimal_year(pd.DatetimeIndex(pd.to_datetime(texts.str[:10], format="%Y-%m-%d", errors="coerce"))), "day"
    if column.kind != "text" or texts.str.fullmatch("|".join(DATES)).mean() < MOSTLY:
        return None
    return texts.str.extract(YEAR)[0].astype(float).to_numpy() + MIDDLE_OF_YEAR, "year"


def moved(old: Column, new: Column) -> tuple[str, str, str, float] | None:
    """What is told of dates that lie elsewhere or are spread otherwise: a sentence, the middle of the old and the new
    dates, and the size of the shift in years (of the difference, where they are spread otherwise); None if they do not
    differ by more than chance explains (Kolmogorov-Smirnov), or either column holds no dates."""
    both = [years_of(column) for column in (old, new)]
    if both[0] is None or both[1] is None:
        return None
    (first, exact), (second, exact_now) = both
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    precision = "year" if "year" in (exact, exact_now) else "month"
    if precision == "year":
        first, second = (np.floor(years) + MIDDLE_OF_YEAR for years in (first, second))
    shape = stats.ks_2samp(first, second, method="asymp")
    if shape.statistic <= DIFFERENCE or shape.pvalue >= CHANCE:
        return None
    was, now = np.median(first), np.median(second)
    middles = in_words(pd.Series([was, now]), pd.Series([precision] * 2), True).tolist()
    if abs(now - was) < LEAST_YEARS:
        said = f"Its dates are spread otherwise (largest difference of cumulative shares {shape.statistic:.2f})."
        return said, *middles, float(shape.statistic)
    way = "later" if now > was else "earlier"
    by = f"Its dates lie {abs(now - was):.1f} years {way} than before"
    said = f"{by}: their middle was {middles[0]} and is {middles[1]}."
    return said, *middles, float(now - was)
