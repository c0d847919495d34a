"""The clean study that every case of the corpus damages: twelve people, three interviews each, in any format."""

import csv
import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tests.unit.tiny_study import check

FORMATS = ("csv", "tsv", "xlsx", "sav", "zsav", "dta", "parquet")
TEXT_FORMATS = ("csv", "tsv")
PEOPLE = 12
VALUES = {
    "persons": ["site", "gender", "age", "birth_year", "weight", "arm"],
    "spells": ["start", "stop", "ongoing"],
    "events": ["time", "precision", "observed"],
    "waves": ["time", "score", "met"],
}
KEYS = {"persons": [], "spells": ["kind"], "events": ["event"], "waves": ["wave"]}
Facts = dict[tuple[str, ...], object]


def people() -> pd.DataFrame:
    """One row per person, as a researcher would export it; each row is right."""
    rows = [
        {
            "pid": f"P{i:02d}",
            "sex": 1 + i % 2,
            "age": 2019 - (1959 + i),
            "born": 1959 + i,
            "seen": "2019-06-15",
            "onset_y": 1979 + i,
            "help_y": 1989 + i,
            "help_m": 99 if i == 2 else 5,
            "aa_start": 1990 + i,
            "aa_stop": None if i == 3 else 1994 + i,
            "aa_on": 1 if i == 3 else 0,
            "w": 1 + i / 2,
            "region": "Zürich" if i % 3 else "North, west",
            "arm": "yes" if i % 2 else "no",
            "note": f"seen in room {i}",
        }
        for i in range(1, PEOPLE + 1)
    ]
    return pd.DataFrame(rows, dtype=object)


def visits() -> pd.DataFrame:
    """One row per interview."""
    rows = [
        {
            "pid": f"P{i:02d}",
            "visit": visit,
            "day": f"20{19 + visit}-06-15",
            "score": (i + visit) % 15,
            "met": visit % 2,
        }
        for i in range(1, PEOPLE + 1)
        for visit in range(3)
    ]
    return pd.DataFrame(rows, dtype=object)


def plan(kind: str) -> dict[str, Any]:
    """The blocks of the study's configuration that reading and checking need; portable files name in capitals."""
    name = str.upper if kind == "por" else str
    year = {column: {"year_month": {"year": name(column)}} for column in ("onset_y", "aa_start", "aa_stop")}
    persons = {
        "person_id": name("pid"),
        "site": name("region"),
        "gender": {"column": name("sex"), "recode": {1: "man", 2: "woman"}, "quarantine": [66]},
        "age": {"column": name("age"), "missing": [-1]},
        "birth_year": name("born"),
        "weight": name("w"),
        "arm": {"column": name("arm"), "recode": {"yes": 1, "no": 0}},
    }
    key = {"person_id": name("pid")}
    spell = key | {"start": year["aa_start"], "stop": year["aa_stop"], "ongoing": name("aa_on")}
    first_help = {"year_month": {"year": name("help_y"), "month": name("help_m"), "unknown_month": [99]}}
    times = {"onset": year["onset_y"], "first_help": first_help, "interview": {"date": name("seen")}}
    waves = key | {"wave": name("visit"), "time": {"date": name("day")}, "score": name("score"), "met": name("met")}
    return {
        "design": {"kind": "population_survey", "time_zero": "first_help"},
        "files": {name: {"path": f"{name}.{kind}"} for name in ("people", "visits")},
        "mapping": {
            "persons": {"files": ["people"], "columns": persons},
            "spells": [{"kind": "mutual_aid", "files": ["people"], "columns": spell}],
            "events": [
                {"event": event, "files": ["people"], "columns": key | {"time": time}} for event, time in times.items()
            ],
            "waves": [{"files": ["visits"], "columns": waves}],
        },
        "variables": {
            "arm": {"label": "Arm", "type": "binary"},
            "score": {"label": "Score", "type": "number", "range": [0, 14]},
            "met": {"label": "Met", "type": "binary"},
        },
    }


def delimited(frame: pd.DataFrame, separator: str = ",") -> str:
    """The frame as delimited text; missing cells are blank."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([["" if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)])
    return out.getvalue()


def uniform(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of one type each, as files of statistics programs have them: all numbers, or all text."""
    done = {}
    for name in frame.columns:
        known = frame[name].dropna()
        if len(known) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known):
            done[name] = pd.to_numeric(frame[name])
        elif len(known) and all(isinstance(cell, pd.Timestamp | bool) for cell in known):
            done[name] = frame[name].infer_objects()
        else:
            done[name] = frame[name].map(lambda cell: None if pd.isna(cell) else str(cell)).astype(object)
    return pd.DataFrame(done)


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame in the format that the path's suffix names."""
    WRITERS[path.suffix](frame, path)


def _write_sheet(frame: pd.DataFrame, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for row in (list(frame.columns), *frame.itertuples(index=False)):
        sheet.append([_sheet_cell(sheet, cell) for cell in row])
    book.save(path)


def _sheet_cell(sheet: Any, value: object) -> object:
    """A cell of a sheet; text that looks like a formula is kept as text, as a survey program writes it."""
    from openpyxl.cell import WriteOnlyCell

    if pd.isna(value):
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _write_spss(frame: pd.DataFrame, path: Path) -> None:
    import pyreadstat

    pyreadstat.write_sav(uniform(frame), str(path))


def _write_packed_spss(frame: pd.DataFrame, path: Path) -> None:
    import pyreadstat

    pyreadstat.write_sav(uniform(frame), str(path), compress=True)


def _write_portable(frame: pd.DataFrame, path: Path) -> None:
    """A portable file of SPSS, whose names are in capitals, and whose text is plain."""
    import pyreadstat

    pyreadstat.write_por(uniform(frame).rename(columns=str.upper), str(path))


def _write_stata(frame: pd.DataFrame, path: Path) -> None:
    import pyreadstat

    pyreadstat.write_dta(uniform(frame), str(path))


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    uniform(frame).to_parquet(path, index=False)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": lambda frame, path: _put(path, delimited(frame)),
    ".tsv": lambda frame, path: _put(path, delimited(frame, "\t")),
    ".xlsx": _write_sheet,
    ".sav": _write_spss,
    ".zsav": _write_packed_spss,
    ".por": _write_portable,
    ".dta": _write_stata,
    ".parquet": _write_parquet,
}


@cache
def clean_file(name: str, kind: str) -> bytes:
    """The undamaged file of people or visits in one format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{kind}"
        write({"people": people, "visits": visits}[name](), path)
        return path.read_bytes()


def _put(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def facts(tables: dict[str, pd.DataFrame]) -> Facts:
    """Every value of the checked tables by table, person, what it is of, and column; missing is None."""
    found: Facts = {}
    for table, columns in VALUES.items():
        for row in tables[table].to_dict("records"):
            key = (table, str(row["person_id"]), *(str(row[name]) for name in KEYS[table]))
            assert (*key, columns[0]) not in found, f"{key} is in the checked table twice"
            found |= {(*key, column): _plain(row.get(column)) for column in columns}
    return found


def _plain(value: object) -> object:
    if value is None or pd.isna(value):
        return None
    return round(value, 9) if isinstance(value, float) else value


def clean_facts(folder: Path) -> Facts:
    """What the undamaged study says."""
    for name, frame in (("people", people()), ("visits", visits())):
        write(frame, folder / f"{name}.csv")
    return facts(check(folder, plan("csv")))
