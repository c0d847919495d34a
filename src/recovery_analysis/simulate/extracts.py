"""Writing the extracts as a researcher receives them: SPSS, Stata, Excel and CSV; repeatable bytes."""

import re
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from .codebook import BASELINE, COUNTRY_CODES, DONT_KNOW, FOLLOW_UP, REFUSED, Item
from .interview import interview
from .lives import Lives
from .typing_errors import add_baseline_errors, add_follow_up_errors

BASELINE_FILES = {"UK": "uk_baseline.sav", "NL": "nl_baseline.dta", "BE": "be_baseline.xlsx"}
FOLLOW_UP_FILES = {1: "follow_up_1.csv", 2: "follow_up_2.csv"}
WRITTEN = datetime(2025, 1, 1)
SAV_DATE_OFFSET, SAV_TIME_OFFSET = 92, 101
FAULTS_STREAM = 200


def write_extracts(
    lives: Lives, directory: Path, faults: bool = True, only: np.ndarray | None = None
) -> list[dict[str, object]]:
    """Interview everybody and write one baseline file per country and one file per follow-up wave.

    Parameters
    ----------
    lives : Lives
    directory : Path
        Made if it does not exist.
    faults : bool
        Whether typing errors, duplicated rows and unknown people are put in.
    only : array of bool, optional
        Which people are interviewed; everybody when not given.

    Returns
    -------
    list of dict
        The faults put in: file, pid, column, written.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([lives.seed, FAULTS_STREAM])
    baseline, follow_up = interview(lives)
    if only is not None:
        baseline = baseline[only]
        follow_up = follow_up[follow_up["pid"].isin(baseline["pid"])]
    listed: list[dict[str, object]] = []
    for country, file in BASELINE_FILES.items():
        frame = baseline[baseline["country"] == COUNTRY_CODES[country]].reset_index(drop=True)
        if faults:
            frame, found = add_baseline_errors(frame, file, rng)
            listed += found
        WRITERS[Path(file).suffix](frame, BASELINE, directory / file)
    for wave, file in FOLLOW_UP_FILES.items():
        frame = follow_up[follow_up["wave"] == wave].reset_index(drop=True)
        if faults:
            frame, found = add_follow_up_errors(frame, file, rng)
            listed += found
        write_csv(frame, FOLLOW_UP, directory / file)
    return listed


def _numbers_as_float(frame: pd.DataFrame, items: dict[str, Item]) -> pd.DataFrame:
    numeric = [name for name, item in items.items() if item.type in ("integer", "decimal")]
    return frame.astype(dict.fromkeys(numeric, float))


def write_sav(frame: pd.DataFrame, items: dict[str, Item], path: Path) -> None:
    """Write SPSS with variable and value labels, -9 and -8 declared as user-missing, and real dates."""
    import pyreadstat

    frame = _numbers_as_float(frame, items)
    for name in (name for name, item in items.items() if item.type == "date"):
        frame[name] = frame[name].dt.date
    formats = {"integer": "F8.0", "decimal": "F8.4"}
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels={name: item.label for name, item in items.items()},
        variable_value_labels={name: item.value_labels for name, item in items.items() if item.value_labels},
        missing_ranges={
            name: [{"lo": REFUSED, "hi": DONT_KNOW}] for name, item in items.items() if item.can_be_missing
        },
        variable_format={name: formats[item.type] for name, item in items.items() if item.type in formats},
    )
    content = bytearray(path.read_bytes())
    content[SAV_DATE_OFFSET : SAV_DATE_OFFSET + 9] = WRITTEN.strftime("%d %b %y").encode("ascii")
    content[SAV_TIME_OFFSET : SAV_TIME_OFFSET + 8] = WRITTEN.strftime("%H:%M:%S").encode("ascii")
    path.write_bytes(content)


def write_dta(frame: pd.DataFrame, items: dict[str, Item], path: Path) -> None:
    """Write Stata 14 with variable and value labels; refused and don't know stay -9 and -8."""
    _numbers_as_float(frame, items).to_stata(
        path,
        write_index=False,
        version=118,
        time_stamp=WRITTEN,
        convert_dates={name: "td" for name, item in items.items() if item.type == "date"},
        variable_labels={name: item.label[:80] for name, item in items.items()},
        value_labels={name: item.value_labels for name, item in items.items() if item.value_labels},
    )


def _cells(frame: pd.DataFrame, items: dict[str, Item]) -> list[list[object]]:
    """Cells as written by hand: whole numbers without a point, ISO dates, None for blank."""
    columns = []
    for name, item in items.items():
        values = frame[name].dt.strftime("%Y-%m-%d") if item.type == "date" else frame[name]
        whole = item.type == "integer"
        columns.append([_cell(value, whole) for value in values])
    return [list(row) for row in zip(*columns, strict=True)]


def _cell(value: object, whole: bool) -> object:
    if pd.isna(value):
        return None
    return int(value) if whole and not isinstance(value, str) else value


def write_xlsx(frame: pd.DataFrame, items: dict[str, Item], path: Path) -> None:
    """Write Excel with a sheet `data` and a sheet `codebook`."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "recovery-analysis simulator"
    data = book.active
    data.title = "data"
    for row in [list(items), *_cells(frame, items)]:
        data.append(row)
    sheet = book.create_sheet("codebook")
    sheet.append(["variable", "label", "values"])
    for name, item in items.items():
        values = "; ".join(f"{code} = {label}" for code, label in item.value_labels.items())
        sheet.append([name, item.label, values])
    book.save(path)
    _fix_zip_dates(path)


def _fix_zip_dates(path: Path) -> None:
    """Give every member, and the document properties, a constant date."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    stamp = WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    core = members["docProps/core.xml"]
    members["docProps/core.xml"] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, core)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            target.writestr(member, members[name], zipfile.ZIP_DEFLATED)


def write_csv(frame: pd.DataFrame, items: dict[str, Item], path: Path) -> None:
    """Write CSV: UTF-8, comma, a header, blank for no answer."""
    table = pd.DataFrame(_cells(frame, items), columns=list(items), dtype=object)
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


WRITERS = {".sav": write_sav, ".dta": write_dta, ".xlsx": write_xlsx}
