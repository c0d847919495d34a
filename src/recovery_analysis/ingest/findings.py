"""What is found while a study is read: mistakes that stop it, and cells that cannot be used."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..errors import ResearchError
from ..study.instruments import BLOCK
from .cells import Cells
from .row_counts import BlockRows
from .values import as_text

CELL_CHECKS = {
    "unreadable_value": "a value that is not of the kind the question needs",
    "out_of_range": "a number outside its valid range",
    "unknown_level": "an answer that is not one of the valid answers",
    "impossible_date": "a date that cannot be",
    "quarantined_code": "a code listed as a typing error",
    "going_on_and_ended": "a period said to go on that also has an end",
    "period_not_recorded": "a date of a period that is not recorded",
    "event_not_known": "a time of an event that may not have happened",
    "event_not_dated": "an event that had happened, without a time",
    "unmatched_row": "a row without a partner in the file that is joined to it",
}
SET_ASIDE = {
    "persons": "The person is set aside",
    "spells": "The person is set aside",
    "events": "The person is set aside",
    "waves": "This interview is set aside",
}


SHOWN = "{shown}"


@dataclass(frozen=True, eq=False)
class Place:
    """Where a column of a canonical table comes from.

    Attributes
    ----------
    file : raw file.
    table : canonical table.
    path : dotted path in the configuration.
    rows : rows of the file, the first data row being 1.
    """

    file: str
    table: str
    path: str
    rows: np.ndarray

    def at(self, *parts: str | int) -> "Place":
        """The same place, some steps deeper in the configuration; an item is told where its instrument is written."""
        last = str(parts[-1])
        if last.startswith(f"{BLOCK}."):
            return replace(self, path=last.rpartition(".")[0])
        return replace(self, path=".".join([self.path, *map(str, parts)]))


@dataclass
class Findings:
    """Collects everything, so that one mistake never hides another.

    Attributes
    ----------
    mistakes : dotted path and sentence → the files it is true of, with what each of them shows.
    cells : issue rows of cells that cannot be used.
    rows : what became of the rows of each file in each block of the mapping.
    """

    mistakes: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    cells: list[pd.DataFrame] = field(default_factory=list)
    rows: list[BlockRows] = field(default_factory=list)

    def mistake(self, place: Place | str, sentence: str, shown: str = "") -> None:
        """Note a mistake that stops the run, once all have been found; SHOWN in the sentence stands for what the first
        of its files shows."""
        path, file = (place, None) if isinstance(place, str) else (place.path, place.file)
        files = self.mistakes.setdefault((path, sentence), {})
        if file is not None:
            files.setdefault(file, shown)

    def add(self, others: "Findings") -> None:
        """Note what was found elsewhere, after what is noted already."""
        for origin, files in others.mistakes.items():
            noted = self.mistakes.setdefault(origin, {})
            self.mistakes[origin] = noted | {file: shown for file, shown in files.items() if file not in noted}
        self.cells += others.cells
        self.rows += others.rows

    def failing_cells(
        self,
        check: str,
        place: Place,
        column: str,
        cells: Cells,
        found: np.ndarray,
        failing: np.ndarray,
        what: str,
        action: str | None = None,
        severity: str = "error",
    ) -> None:
        """Note cells that cannot be used.

        Parameters
        ----------
        check : a key of CELL_CHECKS.
        place : where the column is mapped.
        column : raw column, or several with commas between them where the value is worked out from them.
        cells : the cells; they say which rows hold which value.
        found, failing : arrays of shape (m,): the values as found in the file, and which of them fail.
        what : what is wrong with the value: the end of the sentence "'7' in column gender …".
        action : what was done, and what to do; by default the row is set aside.
        severity : severity of the issue.
        """
        if not failing.any():
            return
        rows = cells.spread(failing)
        shown = as_text(cells.spread(found)[rows])
        origin = f", worked out from {column.replace(', ', ' and ')}," if ", " in column else f" in column {column}"
        todo = action or (
            f"{SET_ASIDE[place.table]}. Correct it in the file, or list the code under `missing` or "
            f"`quarantine` of {place.path}."
        )
        frame = pd.DataFrame({"row": place.rows[rows], "value": shown})
        frame["message"] = [f"'{value}'{origin} {what}." for value in shown]
        frame = frame.assign(check=check, severity=severity, table=place.table, column=column)
        self.cells.append(frame.assign(file=place.file, action=todo))

    def name_people(self, since: int, people: pd.Series) -> None:
        """Give the cells noted from the one numbered `since` on the person of their row; people by row of the file."""
        for cells in self.cells[since:]:
            cells["person_id"] = people.reindex(cells["row"]).to_numpy()

    def stop_if_mistaken(self, more: str = "") -> None:
        """Raise one error with every mistake, and what more there is to say.

        Raises
        ------
        ResearchError
            If there is any.
        """
        if not self.mistakes:
            return
        n = len(self.mistakes)
        origins = [path + (f" ({', '.join(files)})" if files else "") for (path, _), files in self.mistakes.items()]
        sentences = [_with_shown(sentence, files) for (_, sentence), files in self.mistakes.items()]
        numbered = enumerate(zip(origins, sentences, strict=True), 1)
        lines = [f"  {number}. {origin}: {sentence}" for number, (origin, sentence) in numbered]
        lines += [more] if more else []
        head = "1 mistake keeps" if n == 1 else f"{n} mistakes keep"
        raise ResearchError(f"{head} the study's files from being read:\n" + "\n".join(lines))


def _with_shown(sentence: str, files: dict[str, str]) -> str:
    first, shown = next(iter(files.items()), ("", ""))
    return sentence.replace(SHOWN, shown + (f" of {first}" if len(files) > 1 else ""))
