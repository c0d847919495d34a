"""Between raw files and canonical rows: the interview a cell belongs to, the column a value comes from."""

import numpy as np
import pandas as pd

from ..io import texts_as_objects
from ..study import Mapping, Scalar
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
    waves = waves[np.isin(waves["source_row"].to_numpy(dtype=int), own["row"])]
    waves = texts_as_objects(waves).rename_axis("at").reset_index()
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


def in_raw_names(issues: pd.DataFrame, tables: Tables, mapping: Mapping) -> pd.DataFrame:
    """Replace a canonical column by the raw columns it is read from, where there is one way to read it.

    In a wide file the number of the interview says which; of a numbered period the name is told as the mapping writes
    it, such as `rec{n}_start`.
    """
    ways = [("persons", "", None, mapping.persons)]
    ways += [("waves", "", spec.columns["wave"].constant, spec) for _, spec in blocks(mapping, "waves")]
    ways += [("spells", spec.kind, None, spec) for spec in mapping.spells]
    ways += [("events", spec.event, None, spec) for _, spec in blocks(mapping, "events")]
    names: dict[tuple[str, str, str], dict[Scalar | None, set[str]]] = {}
    for table, key, number, spec in ways:
        for column, source in sources(spec):
            raw = ", ".join(dict.fromkeys(source_columns(source))) or column
            names.setdefault((table, key, column), {}).setdefault(number, set()).add(raw)
    waves = tables.waves["wave"].reindex(issues["at"].astype("Int64")).to_numpy(dtype=float, na_value=np.nan)
    rows = zip(issues["table"], issues["key"].fillna(""), issues["column"], waves, strict=True)
    shown = [", ".join(_raw_name(names.get((t, k, c), {}), c, n) for c in every.split(", ")) for t, k, every, n in rows]
    return issues.assign(column=shown)


def _raw_name(ways: dict[Scalar | None, set[str]], column: str, wave: float) -> str:
    """The one raw column there is, for all interviews or for this one; else the column's own name."""
    own = ways.get(wave, set()) | ways.get(None, set()) if wave in ways else set().union(*ways.values())
    return next(iter(own)) if len(own) == 1 else column
