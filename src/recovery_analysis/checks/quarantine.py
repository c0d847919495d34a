"""Setting people and rows aside: nothing is lost, and everything set aside has a reason."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import account
from ..io import texts_as_objects
from .tables import TABLES, Tables

COLUMNS = ["table", "person_id", "file", "row", "reason", "check"]
PERSON_TABLES = ("persons", "spells", "events")


@dataclass(frozen=True)
class Quarantined:
    """What is kept, what is set aside, and why.

    Attributes
    ----------
    kept : canonical table → its rows that can be used.
    rows : one row per row set aside: table, person_id, file, row, reason, check.
    people : people set aside, indexed by identifier: check, message.
    """

    kept: dict[str, pd.DataFrame]
    rows: pd.DataFrame
    people: pd.DataFrame


def set_aside(tables: Tables, issues: pd.DataFrame) -> Quarantined:
    """Divide every table into rows kept and rows set aside.

    A person with an error in persons, spells or events is set aside from every table: a person whose spell
    cannot be used would otherwise count as never having had it. An error in waves sets that interview aside.

    Parameters
    ----------
    tables : the canonical tables.
    issues : issue rows with `at` (index of the row in its table; missing for an issue of a whole person) and
        `row_only`.

    Raises
    ------
    ResearchError
        If rows kept and rows set aside do not add up to the rows that came in.
    """
    errors = issues[issues["severity"].isin(["error", "fatal"])]
    of_people = errors[errors["table"].isin(PERSON_TABLES) & ~errors["row_only"] & errors["person_id"].notna()]
    people = of_people.drop_duplicates("person_id").set_index("person_id")[["check", "message"]]
    of_rows = issues[issues["row_only"] | ((issues["table"] == "waves") & issues.index.isin(errors.index))]
    of_rows = of_rows[of_rows["at"].notna()].drop_duplicates(["table", "at"])
    gone = np.zeros(len(tables.people) + 1, dtype=bool)
    # The last is that of rows without a person.
    gone[:-1] = tables.people.isin(people.index)
    kept, aside = {}, []
    for name in TABLES:
        frame, own = tables[name], of_rows[of_rows["table"] == name].set_index("at")
        out = gone[tables.person[name]]
        out[frame.index.get_indexer(own.index.astype(int))] = True
        reasons = own[["check", "message"]].reindex(frame.index[out])
        whole = people.reindex(texts_as_objects(frame[["person_id"]][out])["person_id"]).set_axis(reasons.index)
        reasons = reasons.where(reasons["check"].notna(), whole)
        kept[name] = frame[~out] if out.any() else frame
        aside.append(_described(name, frame[out], reasons))
        account(name, "rows", len(frame), were_kept=len(kept[name]), were_set_aside=len(aside[-1]))
    return Quarantined(kept, pd.concat(aside, ignore_index=True)[COLUMNS], people)


def _described(table: str, frame: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    frame = texts_as_objects(frame)
    return pd.DataFrame(
        {
            "table": table,
            "person_id": frame["person_id"],
            "file": frame["source_file"],
            "row": frame["source_row"],
            "reason": reasons["message"],
            "check": reasons["check"],
        }
    )
