"""How exactly a number may be told: a share or a mean with all its digits says how many people it is of.

A mean of 5.619048 points is 118 of 21 people, and a curve that begins to fall at 0.987915 is of 827. With the exact
size of every group that is shown, the size of those that are withheld is what is left of the total. Where every group
is shown, nothing is left.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from .rules import Rules

FEW = 10


def digits_of(table_one: pd.DataFrame, estimates: pd.DataFrame, curves: pd.DataFrame, rules: Rules) -> Rules:
    """The rules, with all digits unless a number of people, or of people with the outcome, is withheld anywhere."""
    people = table_one.loc[table_one["variable"] == "people", "n"]
    followed = curves.groupby(["analysis", "by", "group"])["n_risk"].max()
    counts = (people, estimates["n"], estimates["n_events"], followed)
    return replace(rules, all_digits=not any(rules.small(own.astype(float)).any() for own in counts))


def share_step(n: pd.Series | float, rules: Rules) -> pd.Series | float:
    """What `base` people are of n, itself rounded: shares are told in steps of it, as if of rounded counts."""
    return 1 / np.maximum(np.floor(n / rules.base + 0.5), 1)


def in_steps(values: pd.DataFrame, step: pd.Series | float) -> pd.DataFrame:
    """Values rounded to a multiple of the step, half up."""
    steps = pd.Series(step, index=values.index)
    return values.astype(float).div(steps, axis=0).add(0.5).apply(np.floor).mul(steps, axis=0)


def second_digit(spread: pd.Series) -> pd.Series:
    """The place of the second digit of a standard error; missing where there is none."""
    spread = spread.astype(float)
    return 10.0 ** (np.floor(np.log10(spread.where(spread > 0))) - 1)


def place_of_means(spread: pd.Series, n: pd.Series) -> pd.Series:
    """The place to which means of n people are told, from their standard deviation.

    One decimal where it is from 1 to 100, none for fewer than ten people: means of whole numbers then fit
    several sizes.
    """
    spread = spread.astype(float)
    digits = np.floor(np.log10(spread.where(spread > 0)))
    return 10.0 ** ((digits - 1 - (digits >= 1)).fillna(-1.0) + (n < FEW))
