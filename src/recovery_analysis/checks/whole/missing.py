"""Which answers are missing, and whether they are missing at random."""

import numpy as np
import pandas as pd

from .finding import TOO_FEW, StudyData, finding, share
from .little import little_test

CHECK = "missing_pattern"
TOGETHER = "All answers at the start"
MANY = "Many people have no answer; an analysis that uses it leaves them out."
FEW = "Few people have no answer."
FEWEST = 30
NOT_AT_RANDOM = (
    "Answers are not missing completely at random (Little's test): people with all answers differ from the others, so "
    "an analysis of complete answers may not hold for everyone."
)
AT_RANDOM = "No sign against answers being missing completely at random (Little's test)."
NOT_SETTLED = (
    "Little's test cannot be computed: too few people have these answers together, or some follow from others."
)
TOO_MANY = (
    "Little's test is not computed: people lack these answers in too many different combinations to work through. See "
    "which answers are missing most."
)
NONE_MISSING = "No answer is missing."


def missing_pattern(data: StudyData) -> list[dict]:
    """Share missing of each answer at the start, of people without all of them, and Little's test."""
    baseline, limits = data.baseline, data.settings.thresholds
    names = [n for n in ("gender", "age", *data.plan.variables) if n in baseline and baseline[n].notna().any()]
    answers = baseline[list(dict.fromkeys(names))]
    n = len(answers)
    rows = []
    for name in answers:
        count = int(answers[name].isna().sum())
        rows.append(share(CHECK, data.label(name), count, n, limits.missing_share, MANY, FEW))
    incomplete = int(answers.isna().any(axis=1).sum())
    rows.append(share(CHECK, f"{TOGETHER}, any", incomplete, n, limits.missing_share, MANY, FEW))
    return [*rows, _little(answers, limits.missing_p)]


def _little(answers: pd.DataFrame, limit: float) -> dict:
    x = _numbers(answers)
    shared = {"threshold": limit, "n": len(x)}
    if not np.isnan(x).any():
        return finding(CHECK, TOGETHER, float("nan"), "p_value", None, NONE_MISSING, **shared)
    if len(x) < FEWEST:
        return finding(CHECK, TOGETHER, float("nan"), "p_value", None, TOO_FEW, **shared)
    test = little_test(x)
    if test.too_many:
        return finding(CHECK, TOGETHER, float("nan"), "p_value", None, TOO_MANY, **shared)
    if not test.settled:
        return finding(CHECK, TOGETHER, float("nan"), "p_value", None, NOT_SETTLED, **shared)
    if np.isnan(test.p_value):
        return finding(CHECK, TOGETHER, float("nan"), "p_value", None, TOO_FEW, **shared)
    flagged = test.p_value < limit
    words = NOT_AT_RANDOM if flagged else AT_RANDOM
    return finding(CHECK, TOGETHER, test.p_value, "p_value", flagged, words, **shared)


def _numbers(answers: pd.DataFrame) -> np.ndarray:
    """The answers that are numbers and vary, of people who gave any; shape (people, answers)."""
    columns = [answers[name] for name, kind in answers.dtypes.items() if kind.kind in "iuf"]
    x = np.empty((len(answers), len(columns)))
    for j, column in enumerate(columns):
        x[:, j] = column.to_numpy(dtype=float, na_value=np.nan)
    x = x[~np.isnan(x).all(axis=1)]
    varied = np.fmin.reduce(x, axis=0, initial=np.nan) < np.fmax.reduce(x, axis=0, initial=np.nan)
    return x if varied.all() else x[:, varied]
