"""What each preset withholds and rounds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rules:
    """What a preset withholds and rounds.

    Attributes
    ----------
    smallest, largest : counts from `smallest` to `largest` are withheld; none if largest < smallest.
    base : the other counts are rounded to a multiple of this.
    residual_df : fewest residual degrees of freedom of a released model.
    """

    smallest: int
    largest: int
    base: int
    residual_df: int

    @property
    def protects(self) -> bool:
        """False for public data, which pass unchanged."""
        return self.largest >= self.smallest

    def small(self, counts: pd.Series) -> pd.Series:
        """True where a count must be withheld."""
        return counts.between(self.smallest, self.largest)

    def rounded(self, counts: pd.Series) -> pd.Series:
        """Counts rounded to the base, half up."""
        return np.floor(counts / self.base + 0.5) * self.base


PRESETS = {
    "ons10": Rules(0, 9, 5, 10),
    "opensafely": Rules(1, 7, 5, 1),
    "hes": Rules(1, 7, 5, 1),
    "ndtms": Rules(1, 4, 1, 1),
    "open": Rules(1, 0, 1, 0),
}
