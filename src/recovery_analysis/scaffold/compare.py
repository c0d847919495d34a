"""What changed between two extracts of the same study: columns, types, codes, labels, distributions.

A shift of a number is its standardised difference of means (Austin, Stat Med 2009; 28: 3083-3107), or else the largest
difference of its cumulative shares (Kolmogorov-Smirnov); a shift of codes is the total-variation distance of their
shares, half the sum of absolute differences; a shift of dates is told in years. One that chance makes in one of a
hundred extracts is not told.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from ..errors import nearest
from .column import Column
from .compare_dates import moved
from .profile import KIND, SMALL, about, plain_line

COLUMNS = ["column", "change", "old", "new", "measure", "sentence"]
STANDARDISED, VARIATION, CHANCE = 0.25, 0.1, 0.01
CODES_SHOWN = 10


def compare(old: list[Column], new: list[Column]) -> pd.DataFrame:
    """Every change, in the order of the old columns and then of the new ones.

    Parameters
    ----------
    old, new : profiles of the two extracts.

    Returns
    -------
    DataFrame
        COLUMNS: `change` is gone, new, type, new_codes, lost_codes, labels, missing or distribution; `measure` is the
        size of a shifted distribution, or the difference of the shares that are missing. Counts under 10 are written
        `<10`, the others rounded to 5.
    """
    before, after = {c.name: c for c in old}, {c.name: c for c in new}
    rows: list[dict[str, object]] = []
    added = [name for name in after if name not in before]
    for name, column in before.items():
        if name not in after:
            like = f" {hint}" if added and (hint := nearest(name, added)).startswith("Did") else ""
            rows.append(_row(name, "gone", "there", "gone", f"The column is gone.{like}"))
        else:
            rows += _changes(column, after[name])
    rows += [_row(name, "new", "", KIND[after[name].kind], "The column is new.") for name in added]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(column: str, change: str, old: str, new: str, sentence: str, measure: float = np.nan) -> dict[str, object]:
    said = f"{plain_line(column)}: {plain_line(sentence)}"
    return dict(zip(COLUMNS, (column, change, old, new, measure, said), strict=True))


def _changes(old: Column, new: Column) -> Iterator[dict[str, object]]:
    same = old.kind == new.kind or {old.kind, new.kind} == {"whole", "number"} or "empty" in (old.kind, new.kind)
    if not same or (old.kind != new.kind and "empty" in (old.kind, new.kind)):
        was, now = KIND[old.kind], KIND[new.kind]
        yield _row(old.name, "type", was, now, f"The type was {was} and is {now}.")
    yield from _codes(old, new)
    yield from _labels(old, new)
    if "empty" not in (old.kind, new.kind):
        yield from _missing(old, new)
    if same or {old.kind, new.kind} == {"date", "text"}:
        yield from _shift(old, new)


def _is_coded(old: Column, new: Column) -> bool:
    """Whether the values are codes: few in both, or labelled; what is told apart for each person is not."""
    return (old.coded and new.coded) or bool(old.labels or new.labels)


def _codes(old: Column, new: Column) -> Iterator[dict[str, object]]:
    if not _is_coded(old, new) or "empty" in (old.kind, new.kind):
        return
    came = [str(code) for code in new.counts.index if code not in old.counts.index]
    went = [str(code) for code in old.counts.index if code not in new.counts.index]
    if came:
        told = _counted(new, came)
        todo = "If the settings recode this column, list them there."
        yield _row(old.name, "new_codes", "", told, f"Codes that were not there before: {told}. {todo}")
    if went:
        told = _counted(old, went)
        yield _row(old.name, "lost_codes", told, "", f"Codes that are not there any more: {told}.")


def _counted(column: Column, codes: list[str]) -> str:
    shown = [f"{code}{_label(column, code)}: {about(column.counts[code])}" for code in codes[:CODES_SHOWN]]
    more = f" and {len(codes) - CODES_SHOWN} more" if len(codes) > CODES_SHOWN else ""
    return ", ".join(shown) + more


def _label(column: Column, code: str) -> str:
    return f" ({column.labels[code]})" if code in column.labels else ""


def _labels(old: Column, new: Column) -> Iterator[dict[str, object]]:
    pairs = {code: (text, new.labels[code]) for code, text in old.labels.items() if code in new.labels}
    changed = {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}
    for code, (was, now) in changed.items():
        said = f"Code {code} was labelled '{was}' and is labelled '{now}'. Does it still mean the same?"
        yield _row(old.name, "labels", f"{code} {was}", f"{code} {now}", said)
    if old.label != new.label:
        said = f"The column was labelled '{old.label}' and is labelled '{new.label}'."
        yield _row(old.name, "labels", old.label, new.label, said)


def _missing(old: Column, new: Column) -> Iterator[dict[str, object]]:
    known, rows = (old.known, new.known), (old.n, new.n)
    if min(rows) < SMALL:
        return
    was, now = (1 - n / of for n, of in zip(known, rows, strict=True))
    counts = pd.DataFrame({"known": known, "missing": [of - n for n, of in zip(known, rows, strict=True)]})
    if abs(now - was) > VARIATION and _beyond_chance(counts):
        said = f"{was:.0%} of its cells had no answer, and {now:.0%} have none now."
        yield _row(old.name, "missing", f"{was:.0%}", f"{now:.0%}", said, round(now - was, 4))


def _beyond_chance(counts: pd.DataFrame) -> bool:
    """Whether two rows of counts differ by more than chance explains (Pearson's chi-square)."""
    counts = counts.loc[:, counts.sum() > 0]
    return counts.shape[1] > 1 and stats.chi2_contingency(counts, correction=False).pvalue < CHANCE


def _shift(old: Column, new: Column) -> Iterator[dict[str, object]]:
    if min(old.known, new.known) < SMALL:
        return
    if not _is_coded(old, new) and (dates := moved(old, new)) is not None:
        said, was, now, size = dates
        yield _row(old.name, "distribution", was, now, said, round(size, 4))
        return
    if old.kind != new.kind and "text" in (old.kind, new.kind) or _tells_apart(old) or _tells_apart(new):
        return
    if _is_coded(old, new) and (old.labels or old.kind == "text" or max(len(old.counts), len(new.counts)) <= 6):
        distance = variation(old.counts, new.counts)
        if distance > VARIATION and _beyond_chance(pd.concat([old.counts, new.counts], axis=1).fillna(0).T):
            said = f"The shares of its codes have shifted (total-variation distance {distance:.2f})."
            yield _row(old.name, "distribution", "", "", said, round(distance, 4))
    elif old.kind in ("whole", "number"):
        yield from _shift_of_numbers(old, new)


def _shift_of_numbers(old: Column, new: Column) -> Iterator[dict[str, object]]:
    first, second = (c.numbers for c in (old, new))
    difference = standardised(first, second)
    shape = stats.ks_2samp(first, second, method="asymp")
    constant = np.isinf(difference)
    if abs(difference) > STANDARDISED and (constant or stats.ttest_ind(first, second, equal_var=False).pvalue < CHANCE):
        way = "higher" if difference > 0 else "lower"
        said = f"Its mean is {way} than before (standardised difference {difference:.2f})."
        yield _row(old.name, "distribution", "", "", said, round(difference, 4))
    elif shape.statistic > VARIATION and shape.pvalue < CHANCE:
        said = f"Its values are spread otherwise (largest difference of cumulative shares {shape.statistic:.2f})."
        yield _row(old.name, "distribution", "", "", said, round(float(shape.statistic), 4))


def _tells_apart(column: Column) -> bool:
    """Whether nearly every person has a whole number or text of their own: an identifier."""
    return column.kind in ("whole", "text") and len(column.counts) >= 0.9 * column.counts.sum()


def variation(old: "pd.Series[int]", new: "pd.Series[int]") -> float:
    """Total-variation distance of the shares of codes, 0 to 1."""
    both = pd.concat([old / old.sum(), new / new.sum()], axis=1).fillna(0.0)
    return float((both.iloc[:, 0] - both.iloc[:, 1]).abs().sum() / 2)


def standardised(old: np.ndarray, new: np.ndarray) -> float:
    """Difference of means over the root of the mean variance; infinite where neither varies and they differ."""
    first, second = old[~np.isnan(old)], new[~np.isnan(new)]
    spread = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    difference = float(second.mean() - first.mean())
    if spread == 0:
        return 0.0 if difference == 0 else float(np.copysign(np.inf, difference))
    return float(difference / spread)
