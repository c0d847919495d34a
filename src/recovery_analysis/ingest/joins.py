"""Adding the columns of another file to each row of one, by a key; never a row more or less."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import nearest
from ..study import Join
from .cells import Cells
from .extract import Declared
from .findings import Findings, Place
from .formats import RawTable

KEYS_SHOWN = 5
ROW_KEPT = "The row is kept, and the columns of the other file are not known for it. Correct the key in one of the two."
NOT_USED = "The row is not used. Correct the key in one of the two files, or leave it if that is right."


def joined(name: str, join: Join, raws: dict[str, RawTable], findings: Findings) -> RawTable:
    """The file with the columns of the other one; rows without a partner are kept, and told.

    After a mistake in the join its columns are there without a value, so that no other mistake is told because of it.

    Parameters
    ----------
    name : the key under `files` of the file that is added to.
    join : the other file, the key, and how often a key may occur.
    raws : every file that could be read.
    findings : receives keys that occur more often than expected, and rows without a partner.
    """
    raw, path = raws[name], f"files.{name}.join"
    other = raws.get(join.file)
    if other is None:
        return raw
    if not _fits(raw, other, join, path, findings):
        return raw
    keys, theirs = _keys(raw, join.by), _keys(other, join.by)
    if not _as_expected(keys, theirs, raw, other, join, path, findings):
        return _widened(raw, other, np.full(raw.n, -1), join)
    at = pd.Index(theirs).get_indexer(keys)
    at[pd.isna(keys)] = -1
    if (at < 0).all():
        shown = [repr(pd.Series(k).dropna().iloc[0]) if pd.notna(k).any() else "nothing" for k in (keys, theirs)]
        sentence = f"no row finds a partner: keys are like {shown[0]} here and like {shown[1]} in {other.file}."
        findings.mistake(Place(raw.file, "persons", path, raw.rows), sentence)
        return _widened(raw, other, at, join)
    _tell(raw, keys, at < 0, other.file, join, path, ROW_KEPT, findings)
    unused = ~np.isin(np.arange(other.n), at)
    _tell(other, theirs, unused, raw.file, join, path, NOT_USED, findings)
    return _widened(raw, other, at, join)


def _fits(raw: RawTable, other: RawTable, join: Join, path: str, findings: Findings) -> bool:
    """Whether both files have the key, and nothing else in common that is read."""
    before = len(findings.mistakes)
    for table in (raw, other):
        for column in join.by:
            if column not in table.frame.columns:
                sentence = f"there is no column '{column}'. {nearest(column, table.columns)}"
                findings.mistake(Place(table.file, "persons", f"{path}.by", table.rows), sentence)
    for column in sorted(set(raw.frame.columns) & set(other.frame.columns) - set(join.by)):
        findings.mistake(
            path,
            f"both {raw.file} and {other.file} have the column '{column}', so it is not clear which is meant. "
            "Rename it in one of them, or in a hook.",
        )
    return len(findings.mistakes) == before


def _keys(raw: RawTable, by: tuple[str, ...]) -> np.ndarray:
    """One text per row, missing where any part of the key is."""
    parts = [raw.cells(column) for column in by]
    texts = [cells.spread(cells.text) for cells in parts]
    if len(texts) == 1:
        return texts[0]
    known = np.logical_and.reduce([cells.spread(cells.known) for cells in parts])
    both = [" / ".join(row) if ok else None for ok, *row in zip(known, *texts, strict=True)]
    return np.array([*both, None], dtype=object)[:-1]


def _as_expected(
    keys: np.ndarray, theirs: np.ndarray, raw: RawTable, other: RawTable, join: Join, path: str, findings: Findings
) -> bool:
    checked = [(other, theirs)] + ([(raw, keys)] if join.expect == "one_to_one" else [])
    good = True
    for table, texts in checked:
        known = pd.Series(texts).dropna()
        twice = known[known.duplicated()].unique()
        if len(twice):
            good = False
            shown = ", ".join(map(repr, twice[:KEYS_SHOWN])) + (" …" if len(twice) > KEYS_SHOWN else "")
            what = "1 key is" if len(twice) == 1 else f"{len(twice)} keys are"
            findings.mistake(
                Place(table.file, "persons", f"{path}.expect", table.rows),
                f"{join.expect} expects each key in one row only, but {what} in more than one: {shown}. "
                "Correct the file, or choose columns under `by` that tell the rows apart.",
            )
    return good


def _tell(
    raw: RawTable,
    keys: np.ndarray,
    alone: np.ndarray,
    file: str,
    join: Join,
    path: str,
    action: str,
    findings: Findings,
) -> None:
    place = Place(raw.file, "persons", path, raw.rows)
    shown = np.where(pd.isna(keys), "(blank)", keys)
    column, what = ", ".join(join.by), f"has no partner in {file}"
    findings.failing_cells("unmatched_row", place, column, Cells(shown), shown, alone, what, action, "warning")


def _widened(raw: RawTable, other: RawTable, at: np.ndarray, join: Join) -> RawTable:
    added = [column for column in other.frame.columns if column not in join.by]
    rows = np.where(at < 0, len(other.frame), at)
    theirs = other.frame[added].reset_index(drop=True).reindex(rows) if (at < 0).any() else other.frame[added].take(at)
    frame = pd.concat([raw.frame, theirs.set_axis(raw.frame.index, axis=0)], axis=1)
    missing = raw.missing | {c: other.missing.get(c, ()) for c in added}
    ours, others = raw.declared, other.declared
    declared = Declared(
        ours.missing | {c: s for c, s in others.missing.items() if c in added},
        ours.labels | {c: s for c, s in others.labels.items() if c in added},
    )
    columns = tuple(dict.fromkeys([*raw.columns, *other.columns]))
    return replace(raw, frame=frame, columns=columns, missing=missing, declared=declared, _seen={})
