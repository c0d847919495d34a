"""Linear and logistic regression a second time, by another route: QR and reweighted least squares, person by person.

For the second fit only; it shares no line with `glm`, so that a slip in one is not repeated in the other.
"""

import numpy as np

ITERATIONS = 100
CLOSE = 1e-13


def again(
    family: str, y: np.ndarray, x: np.ndarray, person: np.ndarray, sampling: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and cluster-robust standard errors without the intercept, each (p,): CR1, or a survey's if weighted.

    Parameters
    ----------
    family : linear, or logistic (McCullagh & Nelder 1989, section 2.5: iteratively reweighted least squares).
    y : (n,) outcome; x : (n, p) design without intercept; person : (n,) code of the cluster; sampling : (n,) weights.
    """
    design, counts = np.insert(x, 0, 1.0, axis=1), np.ones(len(y)) if sampling is None else sampling
    if family == "linear":
        beta, triangle = _least_squares(design, y, counts)
        residual = counts * (y - design @ beta)
    else:
        beta, triangle = _reweighted(design, y, counts)
        residual = counts * (y - _logistic(design @ beta))
    small_sample = (len(y) - 1) / (len(y) - len(beta)) if sampling is None else 1.0
    return beta[1:], _standard_errors(design, residual, triangle, person, small_sample)[1:]


def logistic_coefficients(design: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(p,) coefficients of a logistic regression whose design holds its intercept; each row counts `counts` times."""
    return _reweighted(design, y, counts)[0]


def _least_squares(design: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    root = np.sqrt(weight)
    orthogonal, triangle = np.linalg.qr(design * root[:, None])
    return np.linalg.solve(triangle, orthogonal.T @ (root * y)), triangle


def _reweighted(design: np.ndarray, y: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fitted = (y + 0.5) / 2
    eta, before = np.log(fitted / (1 - fitted)), np.inf
    for _ in range(ITERATIONS):
        weight = fitted * (1 - fitted)
        beta, triangle = _least_squares(design, eta + (y - fitted) / weight, counts * weight)
        if np.abs(beta - before).max() <= CLOSE * (1 + np.abs(beta).max()):
            break
        eta, before = design @ beta, beta
        fitted = _logistic(eta)
    return beta, triangle


def _logistic(eta: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(eta / 2))


def _standard_errors(
    design: np.ndarray, residual: np.ndarray, triangle: np.ndarray, person: np.ndarray, small_sample: float
) -> np.ndarray:
    order = np.argsort(person, kind="stable")
    begins = np.flatnonzero(np.r_[True, np.diff(person[order]) != 0])
    by_person = np.add.reduceat((design * residual[:, None])[order], begins, axis=0)
    half = np.linalg.solve(triangle, np.linalg.solve(triangle.T, by_person.T))
    groups = len(begins)
    return np.sqrt((half**2).sum(axis=1) * groups / (groups - 1) * small_sample)
