"""How people were drawn: sampling weights, and the sites that their answers have in common."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import CannotAnalyse
from ..labels import WEIGHTED
from ..study import Analysis, Variable
from .diagnostics import clusters, row
from .model_plan import ModelPlan
from .spec import BUILT_IN

LARGEST_DESIGN_EFFECT = 2.0
LARGEST_RATIO = 1e5


@dataclass(frozen=True)
class Sampling:
    """`weighted` : whether people count by the column `weight`. `cluster` : column whose values belong together in the
    variance; None for what is usual. `strata` : columns whose levels have a baseline hazard of their own."""

    weighted: bool = False
    cluster: str | None = None
    strata: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """What each estimate says of it."""
        return WEIGHTED if self.weighted else None

    def said(self, note: str | None) -> str | None:
        """A note with what each estimate says of the weights at its end."""
        return " ".join(filter(None, [note, self.note])) or None

    @property
    def simple(self) -> bool:
        """Whether variances may take each person as drawn alone and counting once."""
        return not self.weighted and self.cluster is None

    def plan(self, plan: ModelPlan) -> ModelPlan:
        """A planned model that is fitted so."""
        strata = () if plan.model == "crude" else self.strata
        return replace(plan, weighted=self.weighted, cluster=self.cluster, strata=strata)

    def counted(self, rows: pd.DataFrame) -> dict[str, np.ndarray | None]:
        """Weights and clusters, (n,) each, of people with one row each; None where there are none."""
        unit = self.cluster if self.cluster not in (None, "person_id") else None
        return {
            "weights": rows["weight"].to_numpy(float) if self.weighted else None,
            "cluster": None if unit is None else pd.factorize(rows[unit])[0],
        }

    def needed(self, variables: dict[str, Variable]) -> dict[str, str]:
        """Columns that must be known of everybody who is analysed, with their labels."""
        columns = {name: variables[name].label if name in variables else BUILT_IN[name] for name in self.strata}
        return columns | ({"site": BUILT_IN["site"]} if self.cluster == "site" else {})


SIMPLE = Sampling()


def sampling_of(analysis: Analysis) -> Sampling:
    """The design that a plan states for one analysis."""
    weighted = analysis.weights is not None
    asked = getattr(analysis, "cluster", None)
    cluster = "site" if asked == "site" else ("person_id" if asked else None)
    return Sampling(weighted, cluster, getattr(analysis, "strata", ()))


def weigh(rows: pd.DataFrame, sampling: Sampling, where: str) -> pd.DataFrame:
    """Rows with the column `weight` scaled to a mean of 1 over people: estimates do not depend on its scale.

    Raises
    ------
    ResearchError
        If a weight is missing, infinite, zero, negative or beyond comparison with the others, or everybody is of one
        site where sites are clusters.
    """
    if sampling.cluster is not None and rows[sampling.cluster].nunique() < 2:
        raise CannotAnalyse(
            f"{where}.cluster: everybody who is analysed is of one site, so nothing says how sites differ. "
            "Take `cluster` away."
        )
    if not sampling.weighted:
        return rows
    people = rows.drop_duplicates("person_id")["weight"].to_numpy(float)
    bad = ~(np.isfinite(people) & (people > 0))
    if bad.any():
        first = people[bad][0]
        found = "missing" if np.isnan(first) else f"{first:g}"
        raise CannotAnalyse(
            f"{where}.weights: {int(bad.sum())} of {len(people)} people have no sampling weight that can be used (the "
            f"first: {found}); weights are numbers above 0. Mend the column that mapping.persons.columns.weight names, "
            "leave these people out by a rule under `eligibility` (variable: weight, at_least: 0.000001), or take "
            "`weights` away.",
            "People without a sampling weight above 0 are in this analysis: leave them out, or take `weights` away.",
        )
    if people.max() > LARGEST_RATIO * people.min():
        raise CannotAnalyse(
            f"{where}.weights: the largest sampling weight ({people.max():g}) is over {LARGEST_RATIO:g} times the "
            f"smallest ({people.min():g}), so one person would stand for the whole study. Is it a typing error, or a "
            "code for no answer? Mend the column that mapping.persons.columns.weight names.",
            "The largest sampling weight is so far above the smallest that one person would stand for the whole study.",
        )
    return rows.assign(weight=rows["weight"] / people.mean())


def design_rows(model: str, rows: pd.DataFrame, sampling: Sampling) -> list[dict]:
    """Diagnostics of a design that is not simple: how many clusters, and what unequal weights cost.

    Parameters
    ----------
    rows : those of the model, with person_id and the columns that `sampling` names.
    """
    found = []
    if sampling.cluster is not None:
        unit = "sites" if sampling.cluster == "site" else "people"
        found.append(clusters(model, rows[sampling.cluster].nunique(), unit))
    if sampling.weighted:
        value = design_effect(rows)
        passes = value <= LARGEST_DESIGN_EFFECT
        meaning = (
            "The weights are even enough: less than half of the people's information is lost by them."
            if passes
            else "The weights are very uneven: estimates are as uncertain as with less than half as many people."
        )
        found.append(row(model, "design_effect", value, passes, meaning, threshold=LARGEST_DESIGN_EFFECT))
    return found


def design_effect(rows: pd.DataFrame) -> float:
    """Factor by which unequal weights multiply the variance of a mean (Kish 1965, Survey Sampling, section 11.7)."""
    weight = rows.drop_duplicates("person_id")["weight"].to_numpy(float)
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
