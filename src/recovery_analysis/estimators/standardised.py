"""Survival curves of a population under each of several scenarios, predicted from a Cox model (g-computation)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .cox import CoxFit
from .partial_likelihood import risk_set_sums

# A curve has every outcome time, unless it is of so many people that it would take long; it has so many at the least.
FEWEST_TIMES, MOST_CELLS = 500, 20_000_000
PEOPLE_AT_ONCE = 4_096


@dataclass(frozen=True)
class Segment:
    """Covariates (N, p) of the people under a scenario, from the segment before up to and at the time `until`."""

    until: float
    x: np.ndarray


@dataclass(frozen=True)
class Standardised:
    """Mean survival of N people at `times` (t,), and their mean time before the outcome up to each horizon (h,).

    Standard errors allow for the coefficients, the baseline hazard, and the people being a sample.
    """

    times: np.ndarray
    survival: np.ndarray
    std_error: np.ndarray
    restricted_mean: np.ndarray
    restricted_mean_std_error: np.ndarray


@dataclass(frozen=True)
class _Baseline:
    """By stratum and segment at the times: cumulative hazard (s, g, t), the variance added since the time before
    (s, g, t), minus the derivative of the hazard by the coefficients (s, g, t, p)."""

    hazard: np.ndarray
    variance: np.ndarray
    slope: np.ndarray


@dataclass
class _Sums:
    """Sums over people of the functionals (f,), of survival's derivatives by the coefficients (t, p), and of minus its
    derivatives by the hazards (s, g, t)."""

    value: np.ndarray
    by_coefficient: np.ndarray
    by_hazard: np.ndarray

    def less(self, other: "_Sums") -> "_Sums":
        return _Sums(
            self.value - other.value,
            self.by_coefficient - other.by_coefficient,
            self.by_hazard - other.by_hazard,
        )


def standardise(
    fit: CoxFit,
    scenarios: dict[str, list[Segment]],
    horizons: np.ndarray,
    also: np.ndarray,
    stratum: np.ndarray | None = None,
) -> dict[str, Standardised]:
    """Curves had everybody been in each scenario; of two, the first less the second too (key `difference`).

    The mean over people of exp(-cumulative hazard): direct standardisation (Makuch 1982, J Chronic Dis 35: 437-443;
    Robins 1986). Variance by the delta method, coefficients and baseline hazard as in Tsiatis 1981 (Ann Stat 9:
    93-108), people as a simple random sample; a difference allows for what its curves have in common.

    Parameters
    ----------
    fit : a model with status ok.
    scenarios : name → segments in order of time, the last until infinity; the same N people in each.
    horizons : (h,) times up to which the mean time is restricted. also : further times wanted on the curve.
    stratum : (N,) stratum of each person, coded as in the fit; left out if the fit has only stratum 0.
    """
    first = next(iter(scenarios.values()))
    people = len(first[0].x)
    code = np.zeros(people, dtype=int) if stratum is None else stratum
    levels = np.unique(code)
    times = _grid(fit.sets.times, np.concatenate([horizons, also]), max(FEWEST_TIMES, MOST_CELLS // max(people, 1)))
    base = _baseline(fit, levels, [segment.until for segment in first], times)
    area = _areas(times, horizons)
    sums = {name: _zero(base, len(area)) for name in scenarios}
    squares = {name: np.zeros(len(times) + len(area)) for name in [*scenarios, "difference"]}
    for level, rows in _chunks(code, levels):
        values = {}
        for name, segments in scenarios.items():
            values[name] = _add(sums[name], fit, [s.x[rows] for s in segments], base, level, area)
            squares[name] += (values[name] ** 2).sum(axis=0)
        if len(values) == 2:
            one, other = values.values()
            squares["difference"] += ((one - other) ** 2).sum(axis=0)
    if len(sums) == 2:
        one, other = sums.values()
        sums["difference"] = one.less(other)
    return {name: _finish(fit, sums[name], squares[name], base, times, area, people) for name in sums}


def _grid(times: np.ndarray, wanted: np.ndarray, most: int) -> np.ndarray:
    """Time 0 and the outcome times, thinned to so many at most, and the times wanted."""
    distinct = np.unique(times)
    if len(distinct) > most:
        distinct = distinct[np.linspace(0, len(distinct) - 1, most).round().astype(int)]
    return np.unique(np.concatenate([[0.0], distinct, wanted]))


def _areas(times: np.ndarray, horizons: np.ndarray) -> np.ndarray:
    """(h, t) weights that turn survival at the times into the area under its steps up to each horizon."""
    widths = np.append(np.diff(times), 0.0)
    return np.where(times < horizons[:, None], widths, 0.0)


def _baseline(fit: CoxFit, levels: np.ndarray, untils: list[float], times: np.ndarray) -> _Baseline:
    """Breslow's or Efron's hazard at the mean covariates, added up within each stratum and segment."""
    sets = fit.sets
    s1, d1 = risk_set_sums(fit.x, sets, fit.hazard.risk)
    c0, c1, _ = fit.hazard.squares(sets) * sets.mean_weight
    slope = (s1 * c0 - d1 * c1).T
    columns = np.column_stack([fit.hazard.increment, c0 * sets.mean_weight, slope])
    at = np.searchsorted(times, sets.times, side="left")
    segment = np.searchsorted(untils, sets.times, side="left")
    cells = np.zeros((len(levels), len(untils), len(times) + 1, columns.shape[1]))
    known = np.isin(sets.stratum, levels)
    where = np.searchsorted(levels, sets.stratum[known])
    np.add.at(cells, (where, segment[known], at[known]), columns[known])
    cells = cells[:, :, :-1]
    summed = np.cumsum(cells, axis=2)
    return _Baseline(summed[..., 0], cells[..., 1], summed[..., 2:])


def _zero(base: _Baseline, horizons: int) -> _Sums:
    *_, t, p = base.slope.shape
    return _Sums(np.zeros(t + horizons), np.zeros((t, p)), np.zeros(base.hazard.shape))


def _chunks(code: np.ndarray, levels: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for number, level in enumerate(levels):
        rows = np.flatnonzero(code == level)
        for begin in range(0, len(rows), PEOPLE_AT_ONCE):
            yield number, rows[begin : begin + PEOPLE_AT_ONCE]


def _add(
    sums: _Sums, fit: CoxFit, covariates: list[np.ndarray], base: _Baseline, level: int, area: np.ndarray
) -> np.ndarray:
    """Add some people of one stratum to the sums; return their functionals (people, f)."""
    centred = [x - fit.centre for x in covariates]
    risks = [np.exp(x @ fit.coefficients) for x in centred]
    survival = np.exp(-sum(np.outer(r, base.hazard[level, g]) for g, r in enumerate(risks)))
    values = np.hstack([survival, survival @ area.T])
    sums.value += values.sum(axis=0)
    for g, (x, risk) in enumerate(zip(centred, risks, strict=True)):
        moved = risk @ survival
        sums.by_hazard[level, g] += moved
        sums.by_coefficient -= (survival.T @ (x * risk[:, None])) * base.hazard[level, g][:, None]
        sums.by_coefficient += moved[:, None] * base.slope[level, g]
    return values


def _finish(
    fit: CoxFit,
    sums: _Sums,
    square: np.ndarray,
    base: _Baseline,
    times: np.ndarray,
    area: np.ndarray,
    people: int,
) -> Standardised:
    value, by_coefficient, by_hazard = sums.value / people, sums.by_coefficient / people, sums.by_hazard / people
    slopes = np.vstack([by_coefficient, area @ by_coefficient])
    variance = np.einsum("fp,pq,fq->f", slopes, fit.variance, slopes)
    pointwise = (by_hazard**2 * np.cumsum(base.variance, axis=2)).sum(axis=(0, 1))
    later = np.cumsum((area[:, None, None, :] * by_hazard)[..., ::-1], axis=-1)[..., ::-1]
    variance += np.concatenate([pointwise, (later**2 * base.variance).sum(axis=(1, 2, 3))])
    variance += np.maximum(square / people - value**2, 0.0) / people
    std_error, t = np.sqrt(variance), len(times)
    return Standardised(times, value[:t], std_error[:t], value[t:], std_error[t:])
