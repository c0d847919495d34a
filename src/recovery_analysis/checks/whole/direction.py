"""Whether a measure runs the same way in every file, and the same way and on the same scale at every interview.

Means cannot tell: a scale turned about its middle, or two codes that are swapped, may leave them where they were. What
goes with a measure can: its correlations with other answers, and with the same people's answers at another interview.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from .finding import StudyData, finding

# A correlation from which two answers are taken to go together.
TOGETHER = 0.3
# How far 1 must be above the limit, in standard errors of an agreement: fewer people cannot tell.
SURE = 3.75
# How far a correlation must be under nought, in standard errors.
NEGATIVE = 3.0
TURNED_FILE = (
    "What goes together in other files goes apart here. Look for a scale that runs the other way in one of the files, "
    "or codes that were swapped (`recode`)."
)
TURNED_INTERVIEW = (
    "People who had much of it at one of these interviews had little at the other. Look for a scale that runs the "
    "other way at one of them (`recode`)."
)
OTHER_SCALE = (
    "Answers of the same people lie several times as far apart at one of these interviews. Look for another unit or "
    "another range of the scale at one of them."
)
SAME = "Nothing runs the other way, as far as answers that go together can tell."
SAME_SCALE = "The same people's answers lie about as far apart at each interview."


def direction(data: StudyData) -> list[dict]:
    """Measures that run the other way in a file or at an interview, and those on another scale at an interview.

    All that is found is told; of each of the three where nothing is, the measure that comes closest.
    """
    asked = _coded(data, data.waves)
    turned, scaled = _between_interviews(data, asked)
    return [*_told(_of_files(data, asked), -1), *_told(turned, -1), *_told(scaled, 1)]


def _of_files(data: StudyData, asked: pd.DataFrame) -> list[dict]:
    """What is told of persons, then at each interview, beside whatever else is known of the same people."""
    of_persons, rows = _coded(data, data.persons), []
    if data.persons["source_file"].nunique() > 1:
        rows += _between_files(data, _coded(data, data.baseline), data.persons["source_file"], of_persons.columns, "")
    people = of_persons.drop(columns=asked.columns, errors="ignore").set_index(data.persons["person_id"])
    for wave, own in data.waves.groupby("wave"):
        if own["source_file"].nunique() > 1:
            beside = people.reindex(own["person_id"]).set_index(own.index)
            answers = asked.loc[own.index].join(beside)
            rows += _between_files(data, answers, own["source_file"], asked.columns, f", interview {wave}")
    return rows


def _told(rows: list[dict], sign: int) -> list[dict]:
    """What is flagged, or else the row that comes closest: the largest (sign 1) or smallest (-1) value."""
    return [row for row in rows if row["flagged"]] or sorted(rows, key=lambda row: -sign * row["value"])[:1]


def _coded(data: StudyData, frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers, yes/no answers, and categories of two levels, as numbers."""
    coded = {}
    for name, known in data.plan.variables.items():
        if name in frame and known.type != "category":
            coded[name] = frame[name].astype(float)
        elif name in frame and len(known.levels) == 2:
            coded[name] = (frame[name] == list(known.levels)[1]).astype(float).where(frame[name].notna())
    return pd.DataFrame(coded, index=frame.index)


def _between_files(
    data: StudyData, values: pd.DataFrame, source: pd.Series, asked: Iterable[str], suffix: str
) -> list[dict]:
    """For each column asked in several files: the file whose correlations agree least with those of the others."""
    limits, sizes = data.settings.thresholds, source.value_counts()
    files = sorted(sizes[sizes >= limits.drift_people].index)
    if len(files) < 2 or values.shape[1] < 2:
        return []
    drawn_in = without_tails(values.to_numpy())
    sums = {file: sums_of_pairs(drawn_in[(source == file).to_numpy()]) for file in files}
    total, limit, rows = sum(sums.values()), limits.direction_agreement, []
    found = np.array([agreements(own, total - own, limits.drift_people, limit) for own in sums.values()])
    for name in asked:
        place = values.columns.get_loc(name)
        if np.isnan(found[:, place]).all():
            continue
        least = int(np.nanargmin(found[:, place]))
        value, n = found[least, place], sums[files[least]][0, place, place]
        rows.append(
            finding(
                "direction", data.label(name) + suffix, float(value), "agreement", bool(value < limit),
                TURNED_FILE if value < limit else SAME, by="file", threshold=limit, n=int(n),
                # Of two files nobody can tell which one is turned round.
                group=files[least] if len(files) > 2 else " against ".join(files),
            )
        )  # fmt: skip
    return rows


def without_tails(values: np.ndarray) -> np.ndarray:
    """(n, p) with the lowest and highest twentieth of each column drawn in, less their middle: a few people far out
    decide nothing."""
    some = ~np.isnan(values).all(axis=0)
    low, high = np.full((2, values.shape[1]), np.nan)
    if some.any():
        low[some], high[some] = np.nanquantile(values[:, some], [0.05, 0.95], axis=0)
    return np.clip(values, low, high) - (low + high) / 2


def sums_of_pairs(values: np.ndarray) -> np.ndarray:
    """For each two columns, over the rows with both: their number, the sum and the sum of squares of the first, the sum
    of products.

    Parameters
    ----------
    values : (n, p), NaN where missing; near nought, so that nothing is lost in the squares.

    Returns
    -------
    (4, p, p) which can be added up over rows.
    """
    known = (~np.isnan(values)).astype(float)
    x = np.where(known > 0, values, 0.0)
    return np.array([known.T @ known, x.T @ known, (x * x).T @ known, x.T @ x])


def correlations(sums: np.ndarray, fewest: int) -> np.ndarray:
    """(p, p) correlations from `sums_of_pairs`; NaN for fewer than `fewest` rows, or where either is constant."""
    n, total, square, product = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = square / n - (total / n) ** 2
        varies = spread > 1e-9 * square / n
        r = (product / n - total * total.T / n**2) / np.sqrt(spread * spread.T)
    return np.where((n >= fewest) & varies & varies.T, np.clip(r, -1, 1), np.nan)


def agreements(own: np.ndarray, others: np.ndarray, fewest: int, limit: float) -> np.ndarray:
    """How far the correlations of each column in some rows are those in others: 1 alike, 0 none, -1 turned round.

    The slope of the correlations in `own` on those in `others`, over the columns that go together with it there.

    Parameters
    ----------
    own, others : (4, p, p) from `sums_of_pairs`. fewest : rows with both answers that a correlation needs.
    limit : NaN is returned where chance could take an agreement from 1 to it.
    """
    here, there = correlations(own, fewest), correlations(others, fewest)
    np.fill_diagonal(there, np.nan)
    known = (np.abs(there) >= TOGETHER) & ~np.isnan(here)
    there, here = np.where(known, there, 0.0), np.where(known, here, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (here * there).sum(axis=1) / (there**2).sum(axis=1)
    # The variance of a correlation is about 1 / n.
    precision = (own[0] * there**2).sum(axis=1)
    return np.where(precision * (1 - limit) ** 2 >= SURE**2, slope, np.nan)


def _between_interviews(data: StudyData, asked: pd.DataFrame) -> tuple[list[dict], list[dict]]:
    """Each measure of the same people at one interview and the next that has it: correlation, and ratio of
    interquartile ranges."""
    by_wave = {wave: asked.loc[own.index].set_index(own["person_id"]) for wave, own in data.waves.groupby("wave")}
    pairs: dict[tuple[int, int], list[str]] = {}
    for name in asked:
        having = [wave for wave, answers in by_wave.items() if answers[name].notna().any()]
        for pair in pairwise(having):
            pairs.setdefault(pair, []).append(name)
    turned, scaled = [], []
    for (first, second), names in pairs.items():
        later = by_wave[second][names]
        before = by_wave[first][names].reindex(later.index)
        for name in names:
            both = np.column_stack([before[name], later[name]])
            both = both[~np.isnan(both).any(axis=1)]
            what = f"{data.label(name)}, interviews {first} and {second}"
            turned += _turned(data, what, both)
            scaled += _scaled(data, what, both)
    return turned, scaled


def _turned(data: StudyData, what: str, both: np.ndarray) -> list[dict]:
    """The correlation of a measure at two interviews; none for few people, or where an answer is constant."""
    limits = data.settings.thresholds
    drawn_in = without_tails(both)
    if len(both) < limits.drift_people or not np.ptp(drawn_in, axis=0).all():
        return []
    r = float(np.corrcoef(drawn_in.T)[0, 1])
    sure = np.arctanh(np.clip(r, -1 + 1e-9, 0)) * np.sqrt(max(len(both) - 3, 1)) < -NEGATIVE
    flagged = bool(r < limits.direction_correlation and sure)
    meaning, limit = TURNED_INTERVIEW if flagged else SAME, limits.direction_correlation
    return [finding("direction", what, r, "correlation", flagged, meaning, threshold=limit, n=len(both))]


def _scaled(data: StudyData, what: str, both: np.ndarray) -> list[dict]:
    """The ratio of the two interquartile ranges; none for few people, or where half of them answer alike."""
    limits = data.settings.thresholds
    if len(both) < limits.drift_people:
        return []
    spread = np.subtract(*np.quantile(both, [0.75, 0.25], axis=0))
    if spread.min() <= 0:
        return []
    times, limit = float(spread.max() / spread.min()), limits.direction_spread
    meaning = OTHER_SCALE if times > limit else SAME_SCALE
    return [finding("direction", what, times, "times", times > limit, meaning, threshold=limit, n=len(both))]
