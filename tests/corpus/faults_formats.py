"""Faults that only one or two formats can have: formulas, codes that a file itself declares missing, odd types."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .faults import PERSON, Fault, Issues, Read, Refused
from .faults_files import CANNOT, NO_COLUMN
from .study import people, uniform, write


def _path(folder: Path, kind: str) -> Path:
    return folder / f"people.{kind}"


def _rezip(path: Path, change: Any) -> None:
    """Write a zip file anew, with what a function makes of each part."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def _bomb(folder: Path, kind: str) -> None:
    def grow(name: str, content: bytes) -> bytes:
        return content.replace(b"<sheetData>", b"<sheetData>" + b" " * 150_000_000) if "sheet1" in name else content

    _rezip(_path(folder, kind), grow)


def _nested(folder: Path, kind: str) -> None:
    content = _path(folder, kind).read_bytes()
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
            for i in range(5):
                book.writestr(f"{i}.xlsx", content)
        content = out.getvalue()[:2_000_000]
    _path(folder, kind).write_bytes(content)


def _formula(cached: str, kind: str = "n") -> Any:
    """P04's age becomes a formula; `cached` is its result as the file keeps it, or nothing."""

    def change(name: str, content: bytes) -> bytes:
        if "sheet1" not in name:
            return content
        old = re.search(rb'<c r="C5"[^>]*>.*?</c>', content)[0]
        return content.replace(old, f'<c r="C5" t="{kind}"><f>50+6</f>{cached}</c>'.encode())

    return lambda folder, kind: _rezip(_path(folder, kind), change)


def _merged(folder: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    sheet = book.worksheets[0]
    sheet.insert_rows(1)
    sheet["A1"] = "About the person"
    sheet.merge_cells("A1:D1")
    book.save(_path(folder, kind))


def _hidden_first(folder: Path, kind: str, state: str = "visible") -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    notes = book.create_sheet("Notes", 0)
    notes["A1"], notes.sheet_state = "Exported by the survey team", state
    book.active = 1
    book.save(_path(folder, kind))


def _statistics(age: object = 56, **options: Any) -> Any:
    """Write the people again as sav or dta, P04 of this age, with options of the writer."""

    def files(folder: Path, kind: str) -> None:
        import pyreadstat

        frame = uniform(people())
        frame["age"] = pd.Series([age if i == 3 else float(a) for i, a in enumerate(frame["age"])])
        write = pyreadstat.write_dta if kind == "dta" else pyreadstat.write_sav
        packed = {"compress": True} if kind == "zsav" else {}
        write(frame, str(_path(folder, kind)), **packed, **options)

    return files


NO_AGE = Read({("persons", "P04", "age"): None})
LABELS = {"sex": {1: "man", 2: "woman", 7: "other", 8: "refused"}}
OF_ONE_FORMAT = (
    Fault("a zip bomb", Refused(("people.xlsx", "unpacks to")), ("xlsx",), files=_bomb),
    Fault("workbooks inside workbooks", CANNOT, ("xlsx",), files=_nested),
    Fault("a formula with its result", Read(), ("xlsx",), files=_formula("<v>56</v>")),
    Fault("a formula without its result", Refused(("people.xlsx", "formula", "C5")), ("xlsx",), files=_formula("")),
    Fault("a formula that ended in an error", Issues({"unreadable_value": 1}, PERSON), ("xlsx",),
          files=lambda folder, kind: _formula("<v>#DIV/0!</v>", "e")(folder, kind)),
    Fault("merged cells above the header", NO_COLUMN, ("xlsx",), files=_merged),
    Fault("a sheet of notes before the data", NO_COLUMN, ("xlsx",), files=_hidden_first),
    Fault("labels of codes that nobody gave", Read(), ("sav", "zsav", "dta"), files=_statistics(variable_value_labels=LABELS)),
    Fault("a user-missing code", NO_AGE, ("sav", "zsav"),
          files=_statistics(99, missing_ranges={"age": [99]})),
    Fault("a user-missing range", NO_AGE, ("sav", "zsav"),
          files=_statistics(95, missing_ranges={"age": [{"lo": 90, "hi": 99}]})),
    Fault("a user-missing range without a lower end", NO_AGE, ("sav", "zsav"),
          files=_statistics(-7, missing_ranges={"age": [{"lo": float("-inf"), "hi": -1}]})),
    Fault("the extended missing .a", NO_AGE, ("dta",), files=_statistics("a", missing_user_values={"age": ["a"]})),
    Fault("the extended missing .z", NO_AGE, ("dta",), files=_statistics("z", missing_user_values={"age": ["z"]})),
    Fault("booleans for a yes/no answer", Read(), ("xlsx", "parquet"),
          visits=lambda frame: frame.assign(met=frame["met"].astype(bool).astype(object))),
    Fault("categories", Read(), ("parquet",),
          files=lambda folder, kind: people().assign(arm=people()["arm"].astype("category"), sex=people()["sex"].astype(int).astype("category"),
                age=people()["age"].astype(int)).astype({"aa_stop": float, "w": float}).to_parquet(_path(folder, kind))),
    Fault("real dates counted from 1904, as old Macs do", Read(), ("xlsx",), files=lambda folder, kind: _from_1904(folder, kind)),
    Fault("a workbook of the old kind, or with a password", CANNOT, ("xlsx",),
          damage=lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4088)),
    Fault("decimal numbers", Read(), ("parquet",), files=lambda folder, kind: _arrow(folder, kind, "w", _decimals)),
    Fault("lists in a column nobody reads", Read(), ("parquet",),
          files=lambda folder, kind: _arrow(folder, kind, "note", lambda n: [["a", None]] * n)),
    Fault("lists in a column of numbers", Refused(("column 'age'", "list or a record")), ("parquet",),
          files=lambda folder, kind: _arrow(folder, kind, "age", lambda n: [[56]] * n)),
    Fault("records in a column of numbers", Refused(("column 'age'", "list or a record")), ("parquet",),
          files=lambda folder, kind: _arrow(folder, kind, "age", lambda n: [{"years": 56}] * n)),
    Fault("text that is not declared to be text", Read(), ("parquet",),
          files=lambda folder, kind: _arrow(folder, kind, "region", lambda n: [str(r).encode() for r in people()["region"]])),
    Fault("bytes that are no text", Refused(("column 'region'", "UTF-8")), ("parquet",),
          files=lambda folder, kind: _arrow(folder, kind, "region", lambda n: [b"\xff"] * n)),
    Fault("the identifier as pandas' index", Read(), ("parquet",),
          files=lambda folder, kind: uniform(people()).set_index("pid").to_parquet(_path(folder, kind))),
    Fault("a day in the year 2600 as a real date", Issues({"impossible_date": 1}, PERSON | {"events": 2}), ("parquet", "sav", "zsav", "dta"),
          files=lambda folder, kind: _far_dates(folder, kind, "2600-01-01")),
    Fault("numbers of four bytes", Read(), ("parquet", "dta"), files=lambda folder, kind: _four_bytes(folder, kind)),
    Fault("merged cells among the answers", Refused(("people.xlsx", "cells C5:C6 are merged", "'age'")), ("xlsx",),
          files=lambda folder, kind: _merged_answers(folder, kind)),
    Fault("a blank row above the header", Refused(("people.xlsx", "first row of sheet 'Data' is blank")), ("xlsx",),
          files=lambda folder, kind: _blank_above(folder, kind)),
    Fault("a hidden sheet before the data", Read(), ("xlsx",), files=lambda folder, kind: _hidden_first(folder, kind, "hidden")),
    Fault("a day in the year 9999 as a real date", Issues({"impossible_date": 1}, PERSON | {"events": 2}), ("parquet",),
          files=lambda folder, kind: _far_dates(folder, kind)),
)  # fmt: skip


def _far_dates(folder: Path, kind: str, far: str = "9999-12-31") -> None:
    days = [far if i == 3 else "2019-06-15" for i in range(len(people()))]
    frame = uniform(people()).assign(seen=pd.Series(np.array(days, dtype="datetime64[us]")))
    if kind == "parquet":
        frame.to_parquet(_path(folder, kind))
    else:
        write(frame.assign(seen=[date.fromisoformat(day) for day in days]), _path(folder, kind))


def _four_bytes(folder: Path, kind: str) -> None:
    frame = uniform(people())
    frame = frame.assign(w=frame["w"].astype("float32"), age=frame["age"].astype("float32"))
    if kind == "parquet":
        frame.to_parquet(_path(folder, kind))
    else:
        frame.to_stata(_path(folder, kind), write_index=False, version=118)


def _blank_above(folder: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    book.worksheets[0].insert_rows(1)
    book.save(_path(folder, kind))


def _merged_answers(folder: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(_path(folder, kind))
    book.worksheets[0].merge_cells("C5:C6")
    book.save(_path(folder, kind))


def _from_1904(folder: Path, kind: str) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    frame = people().assign(seen=pd.Timestamp("2019-06-15"))
    for row in (list(frame.columns), *frame.itertuples(index=False)):
        book.worksheets[0].append([None if cell is None or pd.isna(cell) else cell for cell in row])
    book.save(_path(folder, kind))


def _arrow(folder: Path, kind: str, column: str, values: Any) -> None:
    """The people with another kind of column, as only parquet has it."""
    import pyarrow as pa
    import pyarrow.parquet

    table = pa.Table.from_pandas(uniform(people()), preserve_index=False)
    table = table.set_column(table.schema.get_field_index(column), column, pa.array(values(len(table))))
    pa.parquet.write_table(table, _path(folder, kind))


def _decimals(n: int) -> list[Decimal]:
    return [Decimal(str(weight)) for weight in people()["w"]]
