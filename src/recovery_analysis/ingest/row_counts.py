"""Rows accounted for while a study is read: those of each file, and those that each canonical table looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from .. import labels
from ..errors import account
from ..study import TableMap
from ..study.sources import source_columns
from .formats import RawTable

NOTHING_TO_RECORD = {
    "persons": "No person in the row",
    "spells": "No such period in the row",
    "events": "No date of such an event in the row",
    "waves": "No such interview in the row",
}
COLUMNS = ["kind", "unit", "label", "n"]


@dataclass(frozen=True)
class BlockRows:
    """What became of the rows of one file in one block of the mapping.

    Attributes
    ----------
    table : canonical table.
    rule : the rule of the mapping that leaves rows out, in words; empty if there is none.
    came_in, chosen, taken : rows of the file, those that the rule keeps, those that are now rows of the table.
    """

    table: str
    rule: str
    came_in: int
    chosen: int
    taken: int


def rule_in_words(path: str, spec: TableMap) -> str:
    """What `rows` and `first_by` of a block leave out: ``Left out by mapping.persons.rows: TIME is not 0``."""
    rules = {}
    if spec.rows:
        rules["rows"] = ", or ".join(f"{column} is not {' or '.join(map(str, c))}" for column, c in spec.rows.items())
    if spec.first_by is not None:
        rules["first_by"] = f"not the person's first by {', '.join(source_columns(spec.first_by))}"
    return f"Left out by {path}.{' and '.join(rules)}: {', or '.join(rules.values())}" if rules else ""


def rows_of_files(raws: Iterable[RawTable]) -> pd.DataFrame:
    """Flow rows (kind, unit, label, n): rows in each file, and those left out before the mapping, with the reason.

    Raises
    ------
    ResearchError
        If a file's rows do not add up.
    """
    rows = []
    for raw in raws:
        left_out = [(f"{reason} ({raw.file})", n) for reason, n in raw.left_out.items() if n]
        account(raw.file, "rows", raw.came_in, left_out=sum(n for _, n in left_out), were_read=raw.n)
        rows.append(("read", "rows", f"Rows in {raw.file}", raw.came_in))
        rows += [("excluded", "rows", reason, n) for reason, n in left_out]
    return pd.DataFrame(rows, columns=COLUMNS)


def rows_of_tables(blocks: Iterable[BlockRows], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Flow rows (kind, unit, label, n): for each canonical table, the rows that its mapping looks at and those of them
    that it leaves out.

    A row of a file is looked at once by each block of the mapping that reads the file.

    Parameters
    ----------
    blocks : what became of the rows in each block and file.
    tables : the canonical tables as built.

    Raises
    ------
    ResearchError
        If the rows of a table are not those that its blocks have taken.
    """
    every, rows = list(blocks), []
    for table, frame in tables.items():
        own = [block for block in every if block.table == table]
        left_out: dict[str, int] = {}
        for block in own:
            left_out[block.rule] = left_out.get(block.rule, 0) + block.came_in - block.chosen
        nothing = sum(block.chosen - block.taken for block in own)
        looked_at = sum(block.came_in for block in own)
        parts = {"left_out": sum(left_out.values()), "with_nothing_to_record": nothing, "were_taken": len(frame)}
        account(f"mapping.{table}", "rows", looked_at, **parts)
        if own:
            unit, what = labels.rows_of(table), labels.TABLE[table].lower()
            rows.append(("read", unit, f"Rows looked at for {what}", looked_at))
            rows += [("excluded", unit, rule, n) for rule, n in left_out.items() if n]
            rows += [("excluded", unit, NOTHING_TO_RECORD[table], nothing)] * bool(nothing)
    return pd.DataFrame(rows, columns=COLUMNS)
