"""The thin module between the library `survival` (a port of R's) and the second fit of state occupancy."""

import numpy as np

from .transitions import StateRows


def occupancy_again(rows: StateRows, times: np.ndarray, opening: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(m, k) Aalen-Johansen occupancy of this engine at `times`, standard errors, and time in each state from 0 on.

    Everybody starts in state `opening`.
    """
    from survival.surv_analysis import survfitaj

    names = [str(state) for state in range(rows.n_states)]
    fit = survfitaj(
        rows.stop,
        rows.target + 1,
        names,
        start=rows.start,
        id=rows.person,
        istate=[names[state] for state in rows.origin],
        istate_levels=names,
        p0=list(np.eye(rows.n_states)[opening]),
        timefix=False,
        weights=rows.weight,
    )
    order = [fit.states.index(name) for name in names]
    first = np.eye(rows.n_states)[opening : opening + 1]
    parts = ((first, fit.pstate), (0 * first, fit.std_err))
    level, error = (np.vstack([begin, np.asarray(values)[:, order]]) for begin, values in parts)
    moments = np.append(0.0, fit.time)
    at = np.searchsorted(moments, times, side="right") - 1
    years = np.vstack([0 * first, np.cumsum(level[:-1] * np.diff(moments)[:, None], axis=0)])
    return level[at], error[at], years[at] + level[at] * (np.asarray(times) - moments[at])[:, None]
