"""The same question in different files: are the answers alike?"""

import numpy as np
import pandas as pd

from .finding import StudyData, finding

DIFFERENT = (
    "Answers in this file differ from those in the others. Look first for another coding or direction of the scale "
    "(mapping); if there is none, the people differ, and the file's place should be adjusted for."
)
ALIKE = "The files give similar answers."


def drift(data: StudyData) -> list[dict]:
    """For each column read from several files: the file that differs most from all others together."""
    rows = _columns(data, data.persons, "")
    for wave, interviews in data.waves.groupby("wave"):
        rows += _columns(data, interviews, f", interview {wave}")
    return rows


def _columns(data: StudyData, frame: pd.DataFrame, suffix: str) -> list[dict]:
    if frame["source_file"].nunique() < 2:
        return []
    names = [name for name in ("gender", *data.plan.variables) if name in frame]
    rows = [_one(data, frame[["source_file", name]].dropna(), name, suffix) for name in dict.fromkeys(names)]
    return [row for row in rows if row is not None]


def _one(data: StudyData, answers: pd.DataFrame, name: str, suffix: str) -> dict | None:
    limits = data.settings.thresholds
    sizes = answers["source_file"].value_counts()
    files = sorted(sizes[sizes >= limits.drift_people].index)
    if len(files) < 2:
        return None
    answers = answers[answers["source_file"].isin(files)]
    known = data.plan.variables.get(name)
    number = known is not None and known.type == "number"
    measure = standardised_difference if number else total_variation
    found = {}
    for file in files:
        own = answers["source_file"] == file
        found[file] = measure(answers.loc[own, name], answers.loc[~own, name])
    most = max(files, key=lambda file: found[file])
    limit = limits.drift_difference if number else limits.drift_variation
    flagged = found[most] > limit
    return finding(
        "drift",
        data.label(name) + suffix,
        found[most],
        "difference" if number else "variation",
        flagged,
        DIFFERENT if flagged else ALIKE,
        by="file",
        group=most,
        threshold=limit,
        n=int(sizes[most]),
    )


def standardised_difference(one: pd.Series, other: pd.Series) -> float:
    """Distance of two means in standard deviations: |m1 - m2| / sqrt((s1² + s2²) / 2) (Austin PC. Stat Med 2009; 28:
    3083-3107); 0 where neither varies and both agree, infinite where they do not."""
    spread = np.sqrt((one.var() + other.var()) / 2)
    away = abs(one.mean() - other.mean())
    return float(away / spread) if spread > 0 else float(np.inf if away > 0 else 0.0)


def total_variation(one: pd.Series, other: pd.Series) -> float:
    """Half the sum of the differences of the shares of each answer: 0 alike, 1 nothing in common."""
    shares = pd.concat([one.value_counts(normalize=True), other.value_counts(normalize=True)], axis=1).fillna(0.0)
    return float(shares.iloc[:, 0].sub(shares.iloc[:, 1]).abs().sum() / 2)
