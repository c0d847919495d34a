"""The course of states a second time, by another road: people by state and time in it, carried forward step by step.

Nothing is shared with `state_course`: hazards are added up outcome by outcome from Efron's definition, and no share of
those who entered is ever formed.
"""

import numpy as np


def hazard_again(
    start: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    eta: np.ndarray,
    step: float,
    steps: int,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """(steps + 1,) hazard of somebody of linear predictor 0 in each step; `eta` (n,) are those of the rows.

    At each time with d outcomes, the sum over j = 0 … d - 1 of 1 / (sum of risks - j / d times the risks of the
    outcomes) (Efron 1977). With weights, each risk times its weight, and outcomes count by the mean of theirs.
    """
    weight = np.ones(len(stop)) if weight is None else weight
    found, risk = np.zeros(steps + 1), weight * np.exp(eta)
    for time in np.unique(stop[event == 1]):
        place = max(int(np.rint(time / step)), 1)
        cases = (stop == time) & (event == 1)
        whole, tied, d = risk[(start < time) & (stop >= time)].sum(), risk[cases].sum(), int(cases.sum())
        if place <= steps:
            found[place] += weight[cases].mean() * sum(1 / (whole - j / d * tied) for j in range(d))
    return found


def carried_forward(
    moves: dict[tuple[int, int], np.ndarray], n_states: int, weight: np.ndarray | None = None
) -> np.ndarray:
    """(T + 1, n_states, T + 1) mean share of n people at each step, by state and steps since it was entered.

    Parameters
    ----------
    moves : (origin, target) → hazard (T + 1, n) by steps since `origin` was entered.
    weight : (n,) weights of the people in the mean; once each if left out.
    """
    count, people = next(iter(moves.values())).shape
    totals = [sum((h for (origin, _), h in moves.items() if origin == state), 0.0) for state in range(n_states)]
    there = [np.zeros((count, people)) for _ in range(n_states)]
    there[0][0] = 1.0
    found = np.zeros((count, n_states, count))
    found[0, 0, 0] = 1.0
    for t in range(1, count):
        after = [np.zeros((count, people)) for _ in range(n_states)]
        for state, (now, total) in enumerate(zip(there, totals, strict=True)):
            stay = np.exp(-total[1 : t + 1]) if isinstance(total, np.ndarray) else 1.0
            after[state][1 : t + 1] += now[:t] * stay
        for (origin, target), hazard in moves.items():
            own, total = hazard[1 : t + 1], totals[origin][1 : t + 1]
            share = np.where(total > 0, own / np.where(total > 0, total, 1.0), 0.0)
            after[target][0] += (there[origin][:t] * -np.expm1(-total) * share).sum(axis=0)
        there = after
        for state in range(n_states):
            found[t, state] = np.average(there[state], axis=1, weights=weight)
    return found
