"""Whether a table satisfies its schema, told by looks at whole columns.

Pandera, which reports every failing cell, is asked only about a table that this cannot vouch for; nearly every table
is sound, and a large one has millions of cells.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .tables import WHOLE, Field, ResultTable

if TYPE_CHECKING:
    import pandera.pandas as pa

CLOSE = 8
LARGEST_KEY = 2**62
TYPES = {"str": "str", "float64": "float", "int64": "int", "bool": "bool"}


def sound(frame: pd.DataFrame, schema: "ResultTable | pa.DataFrameSchema") -> pd.DataFrame | None:
    """The frame with the types of the schema, or None if it must be looked at more closely."""
    if isinstance(schema, ResultTable):
        expected, unique = list(frame.columns) == list(schema.columns), None
    else:
        expected = schema.strict is True and schema.coerce and not schema.checks
        expected = expected and frame.columns.is_unique and set(frame.columns) == set(schema.columns)
        unique = schema.unique
    if not expected or (unique and not _unique_already(unique, schema) and _any_twice(frame, unique)):
        return None
    columns = {}
    for name in frame.columns:
        column = _sound_column(frame[name], schema.columns[name])
        if column is None:
            return None
        columns[name] = column
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _unique_already(columns: list[str], schema: "pa.DataFrameSchema") -> bool:
    """Whether one of the columns must be unique by itself, which is looked at with that column."""
    return any(schema.columns[name].unique for name in columns)


def _any_twice(frame: pd.DataFrame, columns: list[str]) -> bool:
    """Whether two rows hold the same in these columns; told by one whole number for each row where that is possible."""
    key, size = np.zeros(len(frame), dtype=np.int64), 1
    for name in columns:
        codes = codes_of(frame[name])
        n = int(codes.max(initial=-1)) + 2
        key, size = key * n + codes + 1, size * n
        if size > LARGEST_KEY:
            return bool(frame.duplicated(columns).any())
    return bool(more_than_once(key).any())


def codes_of(values: pd.Series) -> np.ndarray:
    """A whole number for each value, the same for equal ones; -1 where missing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy()
    return pd.factorize(values)[0]


def more_than_once(key: np.ndarray) -> np.ndarray:
    """Which whole numbers are there more than once; counted where they lie close together, otherwise looked up."""
    lowest, highest = key.min(initial=0), key.max(initial=0)
    if highest - lowest >= CLOSE * len(key):
        return pd.Series(key).duplicated(keep=False).to_numpy()
    times = np.bincount(key - lowest)
    return times[key - lowest] > 1 if times.max(initial=0) > 1 else np.zeros(len(key), dtype=bool)


def _sound_column(values: pd.Series, column: "Field | pa.Column") -> pd.Series | None:
    kind = column.dtype.__name__ if isinstance(column, Field) else TYPES.get(str(column.dtype), "")
    typed = _typed(values, kind)
    if typed is None or (not column.nullable and typed.isna().any()):
        return None
    if isinstance(column, Field):
        return typed if not column.allowed or _among(typed, column.allowed) else None
    if column.unique and typed.duplicated().any():
        return None
    return typed if all(_holds(check, typed) for check in column.checks) else None


def _typed(values: pd.Series, kind: str) -> pd.Series | None:
    """The values in the type wanted, if that changes none of them."""
    found = values.dtype
    if (kind == "float" and found == np.float64) or (kind == "str" and is_text(values)):
        return values
    if values.empty or (kind in ("str", "float") and values.isna().all()):
        types = {"str": object, "float": np.float64, "int": np.int64, "bool": bool}
        return values.astype(types[kind]) if kind in types else None
    if kind == "str":
        return None
    if kind == "bool":
        return values if found == np.bool_ else None
    if found == {"float": np.float64, "int": np.int64}.get(kind):
        return values
    if found.kind in "iu" and kind in ("float", "int") and not values.hasnans:
        return values.astype({"float": np.float64, "int": np.int64}[kind])
    return None


def is_text(values: pd.Series) -> bool:
    """Whether each cell that is not missing is text."""
    texts = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    return texts.dtype == np.object_ and pd.api.types.infer_dtype(texts, skipna=True) in ("string", "empty")


def _holds(check: Any, values: pd.Series) -> bool:
    """Whether the known values satisfy a check; False also for a check that is not one of those in use."""
    facts, name = check.statistics or {}, check.name
    if name == "isin":
        return _among(values, facts["allowed_values"])
    if isinstance(values.dtype, pd.CategoricalDtype) or values.dtype.kind not in "if":
        return False
    if name == WHOLE:
        return bool((values.isna() | (values % 1 == 0)).all())
    numbers = values.to_numpy(dtype=float)
    least, most = np.fmin.reduce(numbers, initial=np.nan), np.fmax.reduce(numbers, initial=np.nan)
    limits = {
        "in_range": lambda: least >= facts["min_value"] and most <= facts["max_value"],
        "greater_than_or_equal_to": lambda: least >= facts["min_value"],
        "greater_than": lambda: least > facts["min_value"],
    }
    return name in limits and bool(np.isnan(least) or limits[name]())


def _among(values: pd.Series, allowed: Any) -> bool:
    if values.dtype == object or isinstance(values.dtype, pd.CategoricalDtype):
        return set(pd.unique(values.dropna())) <= set(allowed)
    found = values.isna().to_numpy()
    for value in allowed:
        found |= values.to_numpy() == value
    return bool(found.all())
