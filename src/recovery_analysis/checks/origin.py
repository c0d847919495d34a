"""Between raw files and canonical rows: the interview a cell belongs to, the column a value comes from."""

import numpy as np
import pandas as pd

from ..study import Mapping
from ..study.sources import blocks, raw_columns, source_columns, sources
from .tables import Tables


def rows_of_issues(issues: pd.DataFrame, tables: Tables, mapping: Mapping) -> pd.DataFrame:
    """Ingest's issues with `at`, the index of the interview in waves that each belongs to.

    Parameters
    ----------
    issues : schemas.results.ISSUE_ROWS.
    tables : the canonical tables.
    mapping : tells apart the interviews that one row of a wide file holds.

    Returns
    -------
    DataFrame
        The issues with `at` (missing outside waves), `key` (missing) and `row_only` (False); an issue that
        belongs to several interviews is repeated.
    """
    rest = issues[issues["table"] != "waves"].assign(at=pd.NA)
    own = issues[issues["table"] == "waves"]
    waves = tables.waves[["source_file", "source_row", "wave"]]
    waves = waves[np.isin(waves["source_row"].to_numpy(dtype=int), own["row"])].rename_axis("at").reset_index()
    own = own.merge(waves, how="left", left_on=["file", "row"], right_on=["source_file", "source_row"])
    own = own[_same_interview(own, mapping)]
    joined = pd.concat([frame for frame in (rest, own) if not frame.empty] or [rest], ignore_index=True)
    return joined[[*issues.columns, "at"]].assign(key=None, row_only=False)


def _same_interview(own: pd.DataFrame, mapping: Mapping) -> pd.Series:
    """Whether an issue's raw column is read for the interview it is joined to."""
    waves_of: dict[str, set[float] | None] = {}
    for _, spec in blocks(mapping, "waves"):
        number = spec.columns["wave"].constant
        for column in raw_columns(spec):
            if number is None:
                waves_of[column] = None
            elif waves_of.get(column, set()) is not None:
                waves_of.setdefault(column, set()).add(float(number))
    allowed = [waves_of.get(column) for column in own["column"]]
    numbers = own["wave"].astype(float)
    same = [a is None or pd.isna(n) or n in a for a, n in zip(allowed, numbers, strict=True)]
    return pd.Series(same, own.index, dtype=bool)


def in_raw_names(issues: pd.DataFrame, mapping: Mapping) -> pd.DataFrame:
    """Replace a canonical column by the raw columns it is read from, where there is one way to read it."""
    read = [("persons", "", mapping.persons)] + [("waves", "", spec) for _, spec in blocks(mapping, "waves")]
    read += [("spells", spec.kind, spec) for _, spec in blocks(mapping, "spells")]
    read += [("events", spec.event, spec) for _, spec in blocks(mapping, "events")]
    names: dict[tuple[str, str, str], set[str]] = {}
    for table, key, spec in read:
        for column, source in sources(spec):
            raw = ", ".join(dict.fromkeys(source_columns(source)))
            names.setdefault((table, key, column), set()).add(raw or column)
    keys = zip(issues["table"], issues["key"].fillna(""), issues["column"], strict=True)
    shown = [(names.get(key, set()), key[2]) for key in keys]
    return issues.assign(column=[next(iter(raw)) if len(raw) == 1 else column for raw, column in shown])
