"""People who cannot be analysed since a value is missing, counted under the first reason."""

from dataclasses import dataclass

import pandas as pd

from ..errors import CannotAnalyse, account
from ..study import Variable
from .spec import Covariate, covariates_of


@dataclass(frozen=True)
class Selection:
    """Who is analysed: complete `rows`, the `covariates`, and (label, people) of those `lost`."""

    rows: pd.DataFrame
    covariates: tuple[Covariate, ...]
    lost: list[tuple[str, int]]

    @property
    def people(self) -> int:
        """People who are analysed."""
        return self.rows["person_id"].nunique()

    @property
    def missing(self) -> int:
        """People who are not."""
        return sum(n for _, n in self.lost)


def select_people(
    frame: pd.DataFrame,
    adjust: tuple[str, ...],
    variables: dict[str, Variable],
    others: dict[str, str],
    where: str,
    measure: str | None = None,
) -> Selection:
    """Rows in which everything that the analysis needs is known; everybody is accounted for.

    Parameters
    ----------
    frame : rows with person_id; a person may have several.
    adjust, variables : as the study states them. `others` : further columns that must be known, with their labels.
    where : dotted path of the analysis, for messages.
    measure : the outcome's measure, which `previous` refers to; None where there is none.

    Raises
    ------
    ResearchError
        If a covariate cannot be used, or nobody is left.
    """
    covariates = covariates_of(adjust, variables, frame, where, measure)
    rows, lost = complete_cases(frame, needed_columns(frame, covariates, others), where)
    chosen = Selection(rows, covariates, lost)
    account(where, "people", frame["person_id"].nunique(), left_out=chosen.missing, analysed=chosen.people)
    return chosen


def needed_columns(frame: pd.DataFrame, covariates: tuple[Covariate, ...], others: dict[str, str]) -> dict[str, str]:
    """Columns that must be known, with their labels: those given, gender if anybody's is known, the
    covariates.

    All models of an analysis use the same people, so that what changes between crude and adjusted is the
    adjustment and not who is in it.
    """
    needed = dict(others)
    if frame["gender"].notna().any():
        needed["gender"] = "Gender"
    return needed | {c.column: c.label for c in covariates}


def complete_cases(
    frame: pd.DataFrame, needed: dict[str, str], where: str
) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """Keep rows without a missing value, column after column.

    Parameters
    ----------
    frame : rows with person_id; a person may have several.
    needed : column → what it is, as printed.

    Returns
    -------
    The complete rows, and (label, people lost) for each column that lost people. A person is lost where none
    of their rows is left.

    Raises
    ------
    ResearchError
        If nobody is left.
    """
    lost = []
    for column, label in needed.items():
        before = frame["person_id"].nunique()
        frame = frame[frame[column].notna()]
        n = before - frame["person_id"].nunique()
        if n:
            lost.append((f"Not known: {label}", n))
    if frame.empty:
        reasons = "; ".join(f"{label} ({n})" for label, n in lost) or "nobody has follow-up for this outcome"
        named = "; ".join(label for label, _ in lost) or "no follow-up for this outcome"
        raise CannotAnalyse(
            f"{where}: nobody is left to analyse. Left out: {reasons}. Check the mapping of these.",
            f"Nobody is left to analyse. Left out: {named}.",
            lost,
        )
    return frame.reset_index(drop=True), lost


def flow_rows(lost: list[tuple[str, int]], analysed: int, later: list[tuple[str, int]]) -> pd.DataFrame:
    """Rows of `flow` without study and analysis: people excluded, analysed, left out of single models."""
    rows = [("excluded", label, n) for label, n in lost]
    rows += [("analysed", "People analysed", analysed)]
    rows += [("excluded", label, n) for label, n in later]
    frame = pd.DataFrame(rows, columns=["kind", "label", "n"])
    return frame.assign(step=range(1, len(frame) + 1), unit="people", suppressed=False)
