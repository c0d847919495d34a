"""People lost at each later interview: how many, and whether peers and genders are lost alike."""

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from ... import labels
from .finding import GENDER_NOT_KNOWN, NOT_KNOWN, PEER_NOT_KNOWN, TOO_FEW, StudyData, finding, share

MANY = "Many people were not interviewed; what is seen at this interview is what those who could be reached said."
FEW = "Most people were interviewed."
UNEVEN = (
    "Groups were lost to different degrees, so a difference between those who stayed may come from who stayed. Read "
    "results at the interviews with care."
)
ADJUSTED = "The p-value is adjusted for the {n} tests of attrition in this study (Holm)."
EVEN = "No sign that groups were lost to different degrees."
FEWEST_EXPECTED = 5.0
FEWEST_OF_GROUP = 10
BY = {"peer": "peers"}


def attrition(data: StudyData) -> list[dict]:
    """Share of people lost at each interview after the first: everyone, by peer engagement, by gender."""
    measures = [name for name in data.waves.columns if name in data.plan.variables]
    seen = data.waves[data.waves[measures].notna().any(axis=1)] if measures else data.waves
    groups = {"peer": peer_groups(data), "gender": gender_groups(data)}
    rows = []
    for wave in sorted(data.waves["wave"].unique())[1:]:
        lost = ~data.cohort["person_id"].isin(seen.loc[seen["wave"] == wave, "person_id"])
        rows += _one_wave(data, f"Interview {wave}", lost, groups)
    return _adjusted(rows, data.settings.thresholds.attrition_p)


def peer_groups(data: StudyData) -> pd.Series:
    """Peer engagement of each person of the cohort at the start, as printed."""
    words = {1.0: data.plan.peer.label, 0.0: data.plan.peer.reference}
    return data.cohort["peer"].map(words).fillna(PEER_NOT_KNOWN)


def gender_groups(data: StudyData) -> pd.Series:
    """Gender of each person of the cohort, as printed."""
    return data.cohort["gender"].map(labels.GENDER).fillna(GENDER_NOT_KNOWN)


def _one_wave(data: StudyData, what: str, lost: pd.Series, groups: dict[str, pd.Series]) -> list[dict]:
    limits = data.settings.thresholds
    rows = [share("attrition", what, int(lost.sum()), len(lost), limits.attrition_share, MANY, FEW)]
    for by, group in groups.items():
        for name, own in lost.groupby(group):
            rows.append(_of_group(what, int(own.sum()), len(own), limits.attrition_share, by, name))
        known = ~group.isin(NOT_KNOWN)
        p = chi_square_p(lost[known], group[known])
        told = {"by": by, "group": f"Difference by {BY.get(by, by)}", "threshold": limits.attrition_p, "n": len(lost)}
        rows.append(finding("attrition", what, p, "p_value", None, TOO_FEW, **told))
    return rows


def _of_group(what: str, count: int, n: int, limit: float, by: str, name: str) -> dict:
    """The share that a group lost; of a few people it says nothing, and is not judged."""
    row = share("attrition", what, count, n, limit, MANY, FEW, by=by, group=name)
    return row | ({"flagged": None, "meaning": TOO_FEW} if n < FEWEST_OF_GROUP else {})


def _adjusted(rows: list[dict], threshold: float) -> list[dict]:
    """The findings with p-values adjusted for all tests of the study's attrition, and judged."""
    tests = [row for row in rows if row["unit"] == "p_value" and not np.isnan(row["value"])]
    for row, p in zip(tests, holm(np.array([row["value"] for row in tests])), strict=True):
        words = f"{UNEVEN if p < threshold else EVEN} {ADJUSTED.format(n=len(tests))}"
        row.update(value=float(p), flagged=bool(p < threshold), meaning=words)
    return rows


def holm(p: np.ndarray) -> np.ndarray:
    """p-values adjusted so that a family of tests has one chance of a false alarm (Holm S. A simple sequentially
    rejective multiple test procedure. Scand J Stat 1979; 6: 65-70).

    Parameters
    ----------
    p : array of shape (tests,), without missing values.
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def chi_square_p(lost: pd.Series, group: pd.Series) -> float:
    """p-value of Pearson's chi-square test that every group is lost alike; groups too small for the test (fewer than 5
    expected) are left out, and it is missing where fewer than two are left."""
    table = pd.crosstab(group, lost).reindex(columns=[False, True], fill_value=0).to_numpy(dtype=float)
    while len(table) > 1:
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        small = expected.min(axis=1) < FEWEST_EXPECTED
        if not small.any():
            statistic = ((table - expected) ** 2 / expected).sum()
            return float(chdtrc(len(table) - 1, statistic))
        table = np.delete(table, np.argmin(expected.min(axis=1)), axis=0)
    return float("nan")
