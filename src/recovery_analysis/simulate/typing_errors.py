"""Typing errors of the kind that real extracts carry, each one listed."""

import numpy as np
import pandas as pd

SHARE = 0.001
TEXT_FORMATS = (".csv", ".xlsx")
IMPOSSIBLE = {
    "birth_year": (1897, 20255),
    "gender": (7,),
    "first_help_month": (13,),
    "rec1_start_month": (13,),
    "severity": (55,),
}
IMPOSSIBLE_LATER = {"social_total": (73,), "barc_total": (4,)}
AS_TEXT = {"n_attempts": "n/a", "social_total": "padded"}


def add_baseline_errors(
    frame: pd.DataFrame, file: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Put impossible values, a stop before its start, text in numbers and a duplicated row into an extract.

    Parameters
    ----------
    frame : DataFrame
        Answers of one country.
    file : str
        Name of the file they go to; text in numbers is possible in csv and xlsx alone.
    rng : numpy.random.Generator

    Returns
    -------
    frame : DataFrame
    faults : list of dict
        One entry per error: file, pid, column, written.
    """
    frame, faults = frame.copy(), []
    _write_impossible(frame, IMPOSSIBLE, file, rng, faults)
    stopped = frame.index[frame["outpatient_stop_year"].gt(0) & frame["outpatient_start_year"].gt(0)]
    for row in _pick(stopped, len(frame), rng):
        _write(frame, row, "outpatient_stop_year", frame.at[row, "outpatient_start_year"] - 3, file, faults)
    _write_text(frame, file, rng, faults)
    again = rng.choice(frame.index, 1)
    faults.append({"file": file, "pid": frame.at[again[0], "pid"], "column": "pid", "written": "duplicated row"})
    return pd.concat([frame, frame.loc[again]], ignore_index=True), faults


def add_follow_up_errors(
    frame: pd.DataFrame, file: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Put impossible scores, text in numbers and two unknown people into a follow-up file."""
    frame, faults = frame.copy(), []
    _write_impossible(frame, IMPOSSIBLE_LATER, file, rng, faults)
    _write_text(frame, file, rng, faults)
    strangers = frame.loc[rng.choice(frame.index, 2, replace=False)].copy()
    strangers["pid"] = ["XX-00001", "XX-00002"]
    faults += [{"file": file, "pid": p, "column": "pid", "written": "unknown person"} for p in strangers["pid"]]
    return pd.concat([frame, strangers], ignore_index=True), faults


def _pick(rows: pd.Index, n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(rows, min(len(rows), max(1, round(SHARE * n))), replace=False)


def _write_impossible(
    frame: pd.DataFrame,
    values: dict[str, tuple[int, ...]],
    file: str,
    rng: np.random.Generator,
    faults: list[dict[str, object]],
) -> None:
    for column, value in ((name, value) for name, wrong in values.items() for value in wrong):
        unspoilt = frame.index[frame[column].between(1, 2100)]
        for row in _pick(unspoilt, len(frame), rng):
            _write(frame, row, column, float(value), file, faults)


def _write_text(frame: pd.DataFrame, file: str, rng: np.random.Generator, faults: list[dict[str, object]]) -> None:
    """Make a column of numbers hold a text: a note, or a number followed by a space."""
    if not file.endswith(TEXT_FORMATS):
        return
    for column in [name for name in AS_TEXT if name in frame.columns]:
        rows = _pick(frame.index[frame[column].between(0, 40)], len(frame), rng)
        frame[column] = frame[column].astype(object)
        for row in rows:
            note = AS_TEXT[column]
            text = f"{int(frame.at[row, column])} " if note == "padded" else note
            _write(frame, row, column, text, file, faults)


def _write(
    frame: pd.DataFrame, row: int, column: str, value: float | str, file: str, faults: list[dict[str, object]]
) -> None:
    frame.at[row, column] = value
    faults.append({"file": file, "pid": frame.at[row, "pid"], "column": column, "written": value})
