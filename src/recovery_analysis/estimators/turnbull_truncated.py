"""The distribution of interval-censored times of people who were seen only if their time fell in a set of their own."""

import numpy as np

GAP, SMALL, RETURNED = 1e-9, 1e-12, 1e-3
EM_ROUNDS, EM_STEPS, NEWTON_STEPS = 60, 40, 30


def maximise_truncated(covers: np.ndarray, seen: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, int]:
    """Masses that maximise the product of P(in the interval) / P(could be seen), and the number of steps.

    Turnbull's self-consistent EM (1976, J R Stat Soc B 38: 290-295), in which people who were not seen are expected in
    proportion, with squared extrapolation (Varadhan & Roland 2008, Scand J Stat 35: 335-353); Newton steps among the
    masses above zero finish it. The likelihood need not be concave, so the caller looks at the gap that is left.

    Parameters
    ----------
    covers, seen : (people, intervals) whether the person's interval, and truncation set, hold each innermost interval.
    count : (people,) how often each row counts.
    """
    mass, steps = np.full(covers.shape[1], 1 / covers.shape[1]), 0
    for _ in range(EM_ROUNDS):
        for _ in range(EM_STEPS):
            mass = _squared_step(covers, seen, count, mass)
        mass = _newton(covers, seen, count, np.where(mass < SMALL, 0.0, mass))
        steps += EM_STEPS
        rising = slopes(covers, seen, count, mass)
        if rising.max() < GAP:
            break
        mass = np.where((mass == 0) & (rising > 0), RETURNED / len(mass), mass)
        mass = mass / mass.sum()
    return mass, steps


def slopes(covers: np.ndarray, seen: np.ndarray, count: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Derivative of the log-likelihood by each mass, per person: at the maximum 0 where there is mass, else below."""
    return (covers.T @ (count / (covers @ mass)) - seen.T @ (count / (seen @ mass))) / count.sum()


def log_likelihood(covers: np.ndarray, seen: np.ndarray, count: np.ndarray, mass: np.ndarray) -> float:
    """Logarithm of the probability of what is known of everybody, given that they could be seen."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(count @ (np.log(covers @ mass) - np.log(seen @ mass)))
    return value if np.isfinite(value) else -np.inf


def _em(covers: np.ndarray, seen: np.ndarray, count: np.ndarray, mass: np.ndarray) -> np.ndarray:
    held, unseen = count / (covers @ mass), count / (seen @ mass)
    expected = mass * (covers.T @ held + (1 - seen).T @ unseen)
    return expected / expected.sum()


def _squared_step(covers: np.ndarray, seen: np.ndarray, count: np.ndarray, mass: np.ndarray) -> np.ndarray:
    one = _em(covers, seen, count, mass)
    two = _em(covers, seen, count, one)
    first, second = one - mass, two - 2 * one + mass
    length = np.sqrt(second @ second)
    if length == 0:
        return two
    stretch = -max(1.0, np.sqrt(first @ first) / length)
    ahead = np.maximum(mass - 2 * stretch * first + stretch**2 * second, 0.0)
    if log_likelihood(covers, seen, count, ahead) < log_likelihood(covers, seen, count, two):
        return two
    return _em(covers, seen, count, ahead / ahead.sum())


def _newton(covers: np.ndarray, seen: np.ndarray, count: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Newton steps for the logarithms of the masses above zero, each taken only uphill."""
    for _ in range(NEWTON_STEPS):
        support = np.flatnonzero(mass > 0)
        own = mass[support]
        inside = covers[:, support] * own / (covers @ mass)[:, None]
        could = seen[:, support] * own / (seen @ mass)[:, None]
        gradient = count @ (inside - could)
        if np.abs(gradient).max() < GAP * count.sum() * SMALL:
            break
        information = inside.T @ (count[:, None] * inside) - could.T @ (count[:, None] * could)
        information -= np.diag(count @ (inside - could))
        move = np.linalg.lstsq(information, gradient, rcond=1e-12)[0]
        ahead = mass.copy()
        ahead[support] = own * np.exp(np.clip(move, -5, 5))
        ahead /= ahead.sum()
        if log_likelihood(covers, seen, count, ahead) < log_likelihood(covers, seen, count, mass):
            break
        mass = ahead
    return mass
