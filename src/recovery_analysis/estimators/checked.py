"""What estimators are given, as arrays of numbers; a sentence that names the column where it is something else."""

import numpy as np

from ..errors import ResearchError

TIMES = "give times as finite numbers"


def numbers(values: object, name: str) -> np.ndarray:
    """The values as an array of floats.

    Raises
    ------
    ResearchError
        If one of them is no number.
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        first = next(value for value in np.asarray(values, dtype=object).ravel() if not _is_number(value))
        raise ResearchError(f"'{name}' holds {first!r}, which is no number. Give it as numbers.") from None


def _is_number(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def finite(values: object, name: str, advice: str = "give finite numbers") -> np.ndarray:
    """The values as an array of finite floats.

    Raises
    ------
    ResearchError
        If one of them is no number, missing or infinite.
    """
    values = numbers(values, name)
    refuse(~np.isfinite(values), name, "not a finite number", values, advice)
    return values


def positive(values: object, name: str) -> np.ndarray:
    """The values as an array of finite floats above 0.

    Raises
    ------
    ResearchError
        If one of them is anything else.
    """
    values = finite(values, name, TIMES)
    refuse(values <= 0, name, "not above 0", values, "times count from the start; check the dates")
    return values


def causes(values: object, name: str) -> np.ndarray:
    """Outcomes: 0 where none happened, else 1, 2, ... for which one did.

    Raises
    ------
    ResearchError
        If one of them is anything else.
    """
    values = numbers(values, name)
    whole = (values >= 0) & (values == np.floor(values)) & (values < np.inf)
    if not whole.all():
        raise ResearchError(
            "An outcome must be 0 (did not happen) or 1, 2 ... (which one did); "
            f"found {values[~whole][0]:g} in '{name}'."
        )
    return values


def covariates(x: object, names: list[str] | tuple[str, ...] | None = None) -> np.ndarray:
    """Covariates (n, p) as finite floats; `names` as for `column_names`.

    Raises
    ------
    ResearchError
        If a value is no finite number.
    """
    columns = np.asarray(x)
    if columns.dtype.kind in "fiub" and np.isfinite(columns).all():
        return columns.astype(float, copy=False)
    named = zip(columns.T, column_names(columns, names), strict=True)
    return np.column_stack([finite(column, name) for column, name in named])


def column_names(x: np.ndarray, names: list[str] | tuple[str, ...] | None = None) -> list[str]:
    """What messages call the columns of x (n, p): their names, or their numbers from 1 where they have none."""
    return list(names) if names else [f"column {j + 1}" for j in range(x.shape[1])]


def refuse(bad: np.ndarray, name: str, what: str, values: np.ndarray, advice: str) -> None:
    """Raise ResearchError where any value is `bad`, with how many are and the first of them."""
    if bad.any():
        raise ResearchError(
            f"'{name}' is {what} in {int(bad.sum())} rows (first: {values[bad].ravel()[0]:g}); {advice}."
        )
