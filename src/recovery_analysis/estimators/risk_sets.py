"""Risk sets of counting-process rows: laid out once, summed for any coefficients without a loop over times.

A row (start, stop] is at risk at a run of outcome times, so every risk-set sum is a difference of cumulative sums, and
every sum over risk sets of row quantities is one weighted sum over rows: the weight of a row is the hazard that it
passed through. Second moments of the covariates per outcome time are never formed.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RiskSets:
    """Where each row is at risk among the m distinct outcome times of its stratum.

    `order` : (n,) the rows as they are laid out here: first the d with the outcome in order of time, then the others.
    All other row quantities are in this order. `first`, `last` : (n,) a row is at risk at the outcome times
    first <= k < last. `entered` : whether any `first` is above 0. `tie` : (d,) outcome time of each outcome; `share` :
    (d,) j/d_k for the j-th (from 0) of d_k tied outcomes, 0 throughout for Breslow. `deaths`, `mean_weight` : (m,)
    number and mean weight of the outcomes at k. `weighted`, `tied` : whether any weight is not 1, any `share` not 0.
    `case_runs` : (m,) where the outcomes at k begin; `other_runs`, `other_last` : where each run of the other rows with
    the same `last` begins, and that `last`.
    """

    order: np.ndarray
    first: np.ndarray
    last: np.ndarray
    entered: bool
    weight: np.ndarray
    tie: np.ndarray
    share: np.ndarray
    deaths: np.ndarray
    mean_weight: np.ndarray
    times: np.ndarray
    stratum: np.ndarray
    weighted: bool
    tied: bool
    case_runs: np.ndarray
    other_runs: np.ndarray
    other_last: np.ndarray

    @property
    def d(self) -> int:
        """Number of outcomes: the rows before it have the outcome."""
        return len(self.tie)

    def as_given(self, values: np.ndarray) -> np.ndarray:
        """Row values (..., n) in the order in which the rows were given."""
        back = np.empty_like(values)
        back[..., self.order] = values
        return back

    def over_risk_sets(self, values: np.ndarray) -> np.ndarray:
        """(..., m) sums of row values (..., n) over each risk set."""
        m = len(self.times)
        change = np.zeros((*values.shape[:-1], m + 1))
        change[..., 1:] = self.over_cases(values[..., : self.d])
        if len(self.other_runs):
            change[..., self.other_last] += np.add.reduceat(values[..., self.d :], self.other_runs, axis=-1)
        if self.entered:
            for line, row in zip(np.atleast_2d(change), np.atleast_2d(values), strict=True):
                line -= np.bincount(self.first, row, m + 1)
        return change[..., :0:-1].cumsum(axis=-1)[..., ::-1]

    def over_cases(self, values: np.ndarray) -> np.ndarray:
        """(..., m) sums over the outcomes at each time of values given for each outcome (..., d)."""
        return np.add.reduceat(values, self.case_runs, axis=-1)

    def along_rows(self, increments: np.ndarray) -> np.ndarray:
        """(n,) sum of the increments (m,) over the outcome times at which each row is at risk."""
        total = np.concatenate([[0.0], np.cumsum(increments)])
        return total[self.last] - total[self.first] if self.entered else total[self.last]


def lay_out(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    weight: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
    ties: str = "efron",
) -> RiskSets:
    """Find the risk sets of rows (start, stop], separately in each stratum.

    Parameters
    ----------
    start, stop : (n,) entry and exit; at risk at t if start < t <= stop.
    event : (n,) 1 where the outcome happened at `stop`.
    weight : (n,) case weights; 1 if left out.
    stratum : (n,) integer codes; one stratum if left out.
    ties : efron or breslow.
    """
    event, n = np.asarray(event), len(stop)
    code = np.zeros(n, dtype=np.int64) if stratum is None else np.asarray(stratum)
    cases = np.flatnonzero(event == 1)
    cases = cases[np.lexsort((stop[cases], code[cases]))]
    where, when = code[cases], stop[cases]
    new = np.ones(len(cases), dtype=bool)
    new[1:] = (where[1:] != where[:-1]) | (when[1:] != when[:-1])
    times, strata, tie = when[new], where[new], np.cumsum(new) - 1
    deaths = np.bincount(tie, minlength=len(times)).astype(float)
    share = np.zeros(len(cases))
    if ties == "efron":
        share = (np.arange(len(cases)) - np.flatnonzero(new)[tie]) / deaths[tie]
    first, last = _positions(start, code, times, strata), _positions(stop, code, times, strata)
    others = np.flatnonzero(event != 1)
    others = others[np.argsort(last[others].astype(np.int32), kind="stable")]
    order = np.concatenate([cases, others])
    weight = np.ones(n) if weight is None else np.asarray(weight, float)[order]
    other_last, other_runs = np.unique(last[others], return_index=True)
    return RiskSets(
        order=order,
        first=first[order],
        last=last[order],
        entered=bool((first > 0).any()),
        weight=weight,
        tie=tie,
        share=share,
        deaths=deaths,
        mean_weight=np.bincount(tie, weight[: len(cases)], len(times)) / deaths,
        times=times,
        stratum=strata,
        weighted=bool((weight != 1).any()),
        tied=bool((share > 0).any()),
        case_runs=np.flatnonzero(new),
        other_runs=other_runs,
        other_last=other_last,
    )


def _positions(at: np.ndarray, code: np.ndarray, times: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Number of outcome times up to and at `at`, counted on through the strata before."""
    grid = np.unique(times)
    rank = np.searchsorted(grid, at, side="right")
    if len(grid) == len(times) and (code == code[0]).all():
        return rank
    own = strata * (len(grid) + 1) + np.searchsorted(grid, times, side="right")
    return np.searchsorted(own, code * (len(grid) + 1) + rank, side="right")
