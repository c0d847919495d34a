"""Regression on the subdistribution hazard of one of several competing events."""

from dataclasses import replace

import numpy as np

from .checked import causes
from .cox import CoxFit, fit_cox, no_fit
from .cox_data import check_rows, too_few

NO_WEIGHTS = (
    "At some time everybody at risk is censored, or nobody has entered yet, and others follow later: the chance of "
    "being followed is 0 before the last outcome, and a subdistribution hazard cannot be told."
)


def fit_fine_gray(
    start: np.ndarray,
    stop: np.ndarray,
    cause: np.ndarray,
    x: np.ndarray,
    names: list[str],
    of: int,
    ties: str = "efron",
    cluster: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> CoxFit:
    """Fit the proportional subdistribution hazards model of Fine & Gray 1999 (JASA 94: 496-509).

    People who had another event stay at risk, with a weight that falls as they would have been censored. With
    delayed entry the weight rises and falls with the distribution of entry too (Geskus 2011, Biometrics 67: 39-49).
    The variance is robust, with the person as the unit, as in R's `finegray` followed by `coxph`. The model of
    the cause-specific hazard is `fit_cox` with the other events as censoring.

    Parameters
    ----------
    start, stop : (n,) entry and exit, one row per person.
    cause : (n,) 0 if censored at exit, else the number of the event from 1.
    x : (n, p) design without intercept; `names` say what its columns are, for messages.
    of : the event whose subdistribution hazard is modelled.
    ties : efron or breslow; Breslow's is what Fine & Gray's own program, R's `crr`, does.
    cluster : (n,) integer codes of what belongs together in the variance; the person if left out.
    weight : (n,) sampling weights; they count in the distributions of censoring and entry too, as in `finegray`.

    Returns
    -------
    CoxFit
        `n_rows` counts people and `n_events` events of the kind `of`; a coefficient is a log ratio of
        subdistribution hazards.

    Raises
    ------
    ResearchError
        If a time, weight or value is not a finite number, or a row does not stop after it starts.
    """
    cause = causes(cause, "cause")
    wanted = (cause == of).astype(int)
    check_rows(start, stop, wanted, x, names, weight)
    problem = too_few(stop, wanted, weight, None)
    if problem is not None:
        return no_fit(x.shape[1], len(stop), int(wanted.sum()), *problem)
    expanded = weighted_rows(start, stop, cause, of, weight)
    if expanded is None:
        return no_fit(x.shape[1], len(stop), int(wanted.sum()), "failed", NO_WEIGHTS)
    rows, row, own = expanded
    fit = fit_cox(*rows, x[row], names, ties, cluster=row if cluster is None else cluster[row], weight=own)
    return replace(fit, n_rows=len(stop))


def weighted_rows(
    start: np.ndarray, stop: np.ndarray, cause: np.ndarray, of: int, weight: np.ndarray | None
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray, np.ndarray] | None:
    """Rows (start, stop, event) of the weighted Cox model that a Fine-Gray model is, the person and weight of each.

    None where the chance of being followed is 0 before the last outcome. Parameters as `fit_fine_gray`.
    """
    from survival import regression

    times = (stop.astype(float), cause.astype(int), of, start.astype(float) if (start > 0).any() else None)
    try:
        expanded = regression.finegray_expand(*times, id=np.arange(len(stop)), weights=weight, timefix=False)
    except ValueError:
        return None
    columns = {name: np.asarray(column) for name, column in expanded.to_arrays().items()}
    row = columns["row"].astype(int) - 1
    happened = (cause[row] == of) & (columns["add"] == 0)
    rows = (columns["start"].astype(float), columns["end"].astype(float), happened.astype(int))
    return rows, row, columns["wt"].astype(float)
