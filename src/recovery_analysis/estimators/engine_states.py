"""The thin module between the library `survival` (a port of R's) and the second fit of state occupancy."""

import numpy as np

from .transitions import StateRows


def occupancy_again(rows: StateRows, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(m, k) Aalen-Johansen occupancy of this engine at `times`, everybody starting in state 0, and standard errors."""
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
        p0=list(np.eye(rows.n_states)[0]),
        timefix=False,
        weights=rows.weight,
    )
    order = [fit.states.index(name) for name in names]
    at = np.searchsorted(np.asarray(fit.time), times, side="right")
    first = np.eye(rows.n_states)[:1]
    parts = ((first, fit.pstate), (0 * first, fit.std_err))
    return tuple(np.vstack([begin, np.asarray(values)[:, order]])[at] for begin, values in parts)
