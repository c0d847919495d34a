"""What a model needs to know of a study: covariates with their labels, reference levels and units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import CannotAnalyse, ResearchError, nearest
from ..labels import GENDER
from ..study import GENDERS, Variable

FEWEST_PEOPLE = 10
BUILT_IN = {"gender": "Gender", "country": "Country", "site": "Site"}


@dataclass(frozen=True)
class Covariate:
    """A column of the frame and how it enters a model.

    `levels` (value → label; the first one present is the reference) is None for a number or a yes/no
    variable.
    """

    column: str
    term: str
    label: str
    levels: dict[str, str] | None = None
    per: float = 1.0


@dataclass(frozen=True)
class Column:
    """One column of a design matrix: the covariate (term) and, for a category, its level and the reference.

    `label` names the column in messages, `covariate` the whole covariate in a formula.
    """

    term: str
    label: str
    covariate: str
    level: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Design:
    """A design matrix without intercept: `x` is (rows, columns)."""

    columns: tuple[Column, ...]
    x: np.ndarray

    @property
    def names(self) -> list[str]:
        """What each column is, in words."""
        return [column.label for column in self.columns]

    def in_words(self) -> str:
        """The covariates, each named once."""
        return ", ".join(dict.fromkeys(column.covariate for column in self.columns))

    def groups(self) -> dict[str, list[int]]:
        """Term → positions of its columns."""
        found: dict[str, list[int]] = {}
        for position, column in enumerate(self.columns):
            found.setdefault(column.term, []).append(position)
        return found

    def __add__(self, other: "Design") -> "Design":
        return Design(self.columns + other.columns, np.hstack([self.x, other.x]))


def covariates_of(
    adjust: tuple[str, ...],
    variables: dict[str, Variable],
    frame: pd.DataFrame,
    where: str,
    measure: str | None = None,
) -> tuple[Covariate, ...]:
    """Covariates named under `adjust`.

    Parameters
    ----------
    adjust, variables : as the study states them.
    frame : the rows that will be analysed, for the levels of country and site.
    where : dotted path of the analysis, for messages.
    measure : the outcome's measure, which `previous` refers to; None where there is none.

    Raises
    ------
    ResearchError
        If a name is written twice, is unknown, or is not in the data.
    """
    twice = [name for name in adjust if adjust.count(name) > 1]
    if twice:
        raise ResearchError(f"{where}.adjust: '{twice[0]}' is written twice. Name each covariate once.")
    return tuple(_covariate(name, variables, frame, where, measure) for name in adjust)


def _covariate(
    name: str, variables: dict[str, Variable], frame: pd.DataFrame, where: str, measure: str | None
) -> Covariate:
    known = [*BUILT_IN, *variables] + (["previous"] if measure else [])
    column = f"{measure}_previous" if name == "previous" and measure else name
    if name not in known or column not in frame:
        available = [n for n in known if n in frame or n == "previous"]
        raise ResearchError(f"{where}.adjust: no column '{name}' in the data. {nearest(name, available)}")
    if name == "gender":
        return Covariate("gender", "gender", BUILT_IN["gender"], {level: GENDER[level] for level in GENDERS})
    if name in BUILT_IN:
        return Covariate(column, name, BUILT_IN[name], {v: v for v in sorted(frame[column].dropna().unique())})
    variable = variables[measure if name == "previous" else name]
    label = f"{variable.label}, at the wave before" if name == "previous" else variable.label
    return Covariate(column, name, label, variable.levels, variable.per)


def covariate_design(frame: pd.DataFrame, covariates: tuple[Covariate, ...], where: str) -> Design:
    """Columns of the covariates: numbers divided by `per`, categories as dummies.

    The reference of a category is its first level with at least ten people: against fewer, every other level
    would be compared with chance.

    Raises
    ------
    ResearchError
        If a covariate has the same value for everyone, since nothing can be adjusted for it.
    """
    constant = constant_covariate(frame, covariates)
    if constant is not None:
        raise CannotAnalyse(f"{where}.adjust: {constant}")
    parts = [_covariate_columns(frame, covariate, where) for covariate in covariates]
    columns = tuple(column for part in parts for column, _ in part)
    values = [value for part in parts for _, value in part]
    return Design(columns, np.column_stack(values) if values else np.empty((len(frame), 0)))


def constant_covariate(frame: pd.DataFrame, covariates: tuple[Covariate, ...]) -> str | None:
    """A sentence about the first covariate that has one value for everyone, or none; None where all of them vary. It is
    published, so that it does not say which value."""
    for covariate in covariates:
        if frame[covariate.column].nunique(dropna=False) < 2:
            return (
                f"'{covariate.term}' is the same for everyone who is analysed, so nothing can be adjusted for it. "
                "Leave it out of `adjust`."
            )
    return None


def _covariate_columns(frame: pd.DataFrame, covariate: Covariate, where: str) -> list[tuple[Column, np.ndarray]]:
    values = frame[covariate.column]
    if covariate.levels is None:
        stop_if_not_finite(frame, covariate.column, f"{where}.adjust")
        return [(Column(covariate.term, covariate.label, covariate.label), values.to_numpy(float) / covariate.per)]
    people = frame.groupby(covariate.column)["person_id"].nunique()
    present = [level for level in covariate.levels if level in people.index]
    reference = next((level for level in present if people[level] >= FEWEST_PEOPLE), present[0])
    return [
        (
            Column(
                covariate.term,
                f"{covariate.label}: {covariate.levels[level]}",
                covariate.label,
                level,
                reference,
            ),
            (values == level).to_numpy(float),
        )
        for level in present
        if level != reference
    ]


def stop_if_not_finite(frame: pd.DataFrame, column: str, where: str) -> None:
    """Raise ResearchError where a number is infinite or missing, naming its column."""
    wrong = ~np.isfinite(frame[column].to_numpy(float))
    if wrong.any():
        first = frame[column].to_numpy(float)[wrong][0]
        raise ResearchError(
            f"{where}: '{column}' is {first:g} in {int(wrong.sum())} rows, and a model needs a number. Check its "
            "mapping and its valid range."
        )


def dependent_columns(design: Design, intercept: bool = True) -> list[str]:
    """Names of columns that are a combination of the ones before: such a model has no single answer."""
    x = design.x - design.x.mean(axis=0) if intercept else design.x
    scale = np.linalg.norm(x, axis=0)
    x = x / np.where(scale > 0, scale, 1)
    triangle = np.abs(np.diag(np.linalg.qr(x, mode="r"))) if len(x) else np.zeros(x.shape[1])
    independent = np.zeros(x.shape[1], dtype=bool)
    independent[: len(triangle)] = triangle > 1e-9
    return [name for name, ok in zip(design.names, independent, strict=True) if not ok]
