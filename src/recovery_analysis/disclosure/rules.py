"""What each preset withholds and rounds."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

EMULATED = "clone_censor_weight"


@dataclass(frozen=True)
class Rules:
    """What a preset withholds and rounds.

    Attributes
    ----------
    smallest, largest : counts from `smallest` to `largest` are withheld; none if largest < smallest.
    base : the other counts are rounded to a multiple of this.
    residual_df : fewest residual degrees of freedom of a released model.
    all_digits : whether shares, times and means keep all their digits, which say how many people they are of.
    """

    smallest: int
    largest: int
    base: int
    residual_df: int
    all_digits: bool = False

    @property
    def protects(self) -> bool:
        """False for public data, which pass unchanged."""
        return self.largest >= self.smallest

    @property
    def overlapping(self) -> "Rules":
        """The rules for counts of people who are in each other: rounded so coarsely that no two of them, taken from
        one another, say how few lie between."""
        return replace(self, base=max(self.base, self.largest + 1))

    def small(self, counts: pd.Series) -> pd.Series:
        """True where a count must be withheld."""
        return counts.between(self.smallest, self.largest)

    def rounded(self, counts: pd.Series) -> pd.Series:
        """Counts rounded to the base, half up."""
        return np.floor(counts / self.base + 0.5) * self.base


def same_people(frame: pd.DataFrame) -> pd.Series:
    """True for rows of analyses that count the same people several times: under both strategies of a target trial, at
    each landmark, under each definition of an outcome. One such count taken from another is a count of people too.

    Parameters
    ----------
    frame : rows with analysis and model; the models of further definitions are named `<model>.<definition>`.
    """
    several = (frame["model"] == EMULATED) | frame["model"].str.contains(".", regex=False)
    return several.groupby(frame["analysis"]).transform("any").astype(bool)


PRESETS = {
    "ons10": Rules(0, 9, 5, 10),
    "opensafely": Rules(1, 7, 5, 1),
    "hes": Rules(1, 7, 5, 1),
    "ndtms": Rules(1, 4, 5, 1),
    "open": Rules(1, 0, 1, 0),
}
