"""Cox's log partial likelihood and its derivatives on risk sets that are laid out."""

from dataclasses import dataclass

import numpy as np

from .risk_sets import RiskSets

CHUNK = 65_536


@dataclass(frozen=True)
class Hazard:
    """Hazard increments at the m outcome times for given risks of the rows, and what each row passed through.

    `risk` : (n,) weight times relative hazard. `u` : (d,) one over the sum of risks for each outcome. `increment` :
    (m,) of the cumulative hazard. `passed` : (n,) risk times the hazard passed through: the expected outcomes.
    """

    risk: np.ndarray
    u: np.ndarray
    increment: np.ndarray
    passed: np.ndarray
    log_likelihood: float

    def squares(self, sets: RiskSets) -> np.ndarray:
        """(3, m) sums over the outcomes at each time of `u` squared times `share` to the powers 0, 1 and 2."""
        square = self.u**2
        return sets.over_cases(np.array([square, sets.share * square, sets.share**2 * square]))


def hazard_at(eta: np.ndarray, sets: RiskSets, scale: np.ndarray | None = None) -> Hazard:
    """Hazard increments and log partial likelihood at linear predictors `eta` (n,).

    `scale` (m,) multiplies the increments of each outcome time, for weighted sums over outcome times.
    """
    risk, d = np.exp(eta), sets.d
    if sets.weighted:
        risk *= sets.weight
    below = sets.over_risk_sets(risk)[sets.tie]
    if sets.tied:
        below -= sets.share * sets.over_cases(risk[:d])[sets.tie]
    factor = sets.mean_weight if scale is None else sets.mean_weight * scale
    with np.errstate(invalid="ignore", divide="ignore"):
        u = 1 / below
        log_likelihood = float(sets.weight[:d] @ eta[:d] - sets.mean_weight[sets.tie] @ np.log(below))
        increment = sets.over_cases(u) * factor
        passed = risk * sets.along_rows(increment)
        if sets.tied:
            passed[:d] -= risk[:d] * (sets.over_cases(sets.share * u) * factor)[sets.tie]
    return Hazard(risk, u, increment, passed, log_likelihood)


def gradient(x: np.ndarray, sets: RiskSets, hazard: Hazard) -> np.ndarray:
    """(p,) derivative of the log partial likelihood: covariates times observed minus expected outcomes."""
    return x[:, : sets.d] @ sets.weight[: sets.d] - x @ hazard.passed


def information(x: np.ndarray, sets: RiskSets, hazard: Hazard, scale: np.ndarray | None = None) -> np.ndarray:
    """(p, p) minus the second derivative of the log partial likelihood.

    With `scale` (m,), which `hazard` must have been computed with too, each outcome time counts that many times.
    """
    s1, d1 = risk_set_sums(x, sets, hazard.risk)
    factor = sets.mean_weight if scale is None else sets.mean_weight * scale
    c0, c1, c2 = hazard.squares(sets) * factor
    around = (s1 * c0) @ s1.T
    if sets.tied:
        cross = (s1 * c1) @ d1.T
        around += (d1 * c2) @ d1.T - cross - cross.T
    return weighted_squares(x, hazard.passed) - around


def risk_set_sums(x: np.ndarray, sets: RiskSets, risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p, m) sums of risk times covariates over each risk set, and over the tied outcomes at each time."""
    weighted = x * risk
    s1 = sets.over_risk_sets(weighted)
    return s1, sets.over_cases(weighted[:, : sets.d]) if sets.tied else 0 * s1


def weighted_squares(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(p, p) sum over rows of weight x x', in chunks so that memory stays low."""
    total = np.zeros((len(x), len(x)))
    for begin in range(0, x.shape[1], CHUNK):
        part = x[:, begin : begin + CHUNK]
        total += (part * weight[begin : begin + CHUNK]) @ part.T
    return total


def inverse(matrix: np.ndarray) -> np.ndarray | None:
    """Inverse of an information matrix, or None if it is singular."""
    try:
        np.linalg.cholesky(matrix)
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
