"""Faults of identifiers, rows and columns, and answers that contradict one another."""

import pandas as pd

from .faults import PERSON, Cell, Change, Fault, Issues, Read, Refused, column
from .study import FORMATS, PEOPLE, TEXT_FORMATS

IDS = [f"P{i:02d}" for i in range(1, PEOPLE + 1)]
VISITS = {"waves": 3}


def _rename(make: object) -> dict[str, Change]:
    return {"people": column("pid", make), "visits": column("pid", make)}


def _names(make: object) -> dict[str, str]:
    return {make(pid): pid for pid in IDS}


def _number(pid: str) -> int:
    return int(pid[1:])


IDENTIFIERS = (
    Fault("spaces after identifiers in one file", Read(), people=column("pid", lambda pid: f"{pid}  ")),
    Fault("a no-break space after an identifier", Read(), people=Cell("pid", "P04\u00a0")),
    Fault(
        "identifiers with leading zeros",
        Read(people=_names(lambda pid: f"0{pid[1:]}")),
        **_rename(lambda pid: f"0{pid[1:]}"),
    ),
    Fault("numeric identifiers", Read(people=_names(lambda pid: str(_number(pid)))), **_rename(_number)),
    Fault(
        "numeric identifiers, stored with .0 in one file",
        {kind: Read(people=_names(lambda pid: str(_number(pid)))) for kind in FORMATS if kind not in TEXT_FORMATS}
        | {kind: Issues({"unknown_person": 36}, {"waves": 36}) for kind in TEXT_FORMATS},
        people=column("pid", lambda pid: float(_number(pid))),
        visits=column("pid", _number),
    ),
    Fault(
        "identifiers above 2 to the power of 53",
        Read(people=_names(lambda pid: str(2**53 + 1 + 2 * _number(pid)))),
        ("csv", "tsv", "parquet"),
        **_rename(lambda pid: 2**53 + 1 + 2 * _number(pid)),
    ),
    Fault(
        "identifiers that look like scientific notation",
        Read(people=_names(lambda pid: f"1E{pid[1:]}")),
        **_rename(lambda pid: f"1E{pid[1:]}"),
    ),
    Fault(
        "identifiers that look like dates",
        Read(people=_names(lambda pid: f"3-{pid}")),
        **_rename(lambda pid: f"3-{pid}"),
    ),
    Fault("emoji in identifiers", Read(people=_names(lambda pid: f"{pid}🌱")), **_rename(lambda pid: f"{pid}🌱")),
    Fault(
        "identifiers that are formulas", Read(people=_names(lambda pid: f"={pid}")), **_rename(lambda pid: f"={pid}")
    ),
    Fault(
        "identifiers with line breaks", Read(people=_names(lambda pid: f"{pid}\nA")), **_rename(lambda pid: f"{pid}\nA")
    ),
    Fault(
        "an identifier in small letters in one file", Issues({"unknown_person": 3}, VISITS), people=Cell("pid", "p04")
    ),
    Fault(
        "a right-to-left mark in an identifier", Issues({"unknown_person": 3}, VISITS), people=Cell("pid", "\u200fP04")
    ),
    Fault(
        "a zero-width space in an identifier", Issues({"unknown_person": 3}, VISITS), people=Cell("pid", "P04\u200b")
    ),
    Fault(
        "a person who is not in the people's file",
        Issues({"unknown_person": 1}, {"waves": 1}),
        visits=Cell("pid", "P99"),
    ),
    Fault(
        "a row of people without an identifier",
        Issues({"person_id_missing": 1, "unknown_person": 3}, PERSON),
        people=Cell("pid", None),
    ),
    Fault(
        "an interview without an identifier", Issues({"person_id_missing": 1}, {"waves": 1}), visits=Cell("pid", " ")
    ),
)


def _again(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[[3]]], ignore_index=True)


def _again_but(name: str, value: object) -> Change:
    return lambda frame: Cell(name, value, len(frame))(_again(frame))


def _gone(rows: slice) -> tuple[tuple[str, ...], ...]:
    return tuple(("waves", pid) for pid in IDS[rows])


ROWS = (
    Fault("a row of people twice", Issues({"duplicate_row": 1}, PERSON | {"waves": 0}), people=_again),
    Fault("an interview twice", Issues({"duplicate_row": 1}, {"waves": 1}), visits=_again),
    Fault(
        "an interview twice with other answers",
        Issues({"duplicate_wave": 2}, {"waves": 2}),
        visits=_again_but("score", 9),
    ),
    Fault("an interview without a number", Issues({"wave_missing": 1}, {"waves": 1}), visits=Cell("visit", None)),
    Fault(
        "an interview numbered in words",
        Issues({"unreadable_value": 1, "wave_missing": 1}, {"waves": 1}),
        visits=Cell("visit", "first"),
    ),
    Fault(
        "an interview numbered 1.5",
        Issues({"unreadable_value": 1, "wave_missing": 1}, {"waves": 1}),
        visits=Cell("visit", 1.5),
    ),
    Fault(
        "an interview numbered -1",
        Issues({"out_of_range": 1, "wave_missing": 1}, {"waves": 1}),
        visits=Cell("visit", -1),
    ),
    Fault("rows in another order", Read(), people=lambda f: f.iloc[::-1], visits=lambda f: f.iloc[::-1]),
    Fault("columns in another order", Read(), people=lambda f: f[f.columns[::-1]]),
    Fault("one row of people", Issues({"unknown_person": 33}, {"waves": 33}), people=lambda f: f.head(1)),
    Fault("one interview", Read(gone=_gone(slice(None))), visits=lambda f: f.head(1)),
    Fault("only a header", Refused(("people.", "no rows of data")), people=lambda f: f.head(0)),
    Fault(
        "a column that is not there",
        Refused(("no column 'age'", "persons.columns.age")),
        people=lambda f: f.drop(columns="age"),
    ),
    Fault(
        "a column in capitals",
        Refused(("no column 'age'", "Did you mean 'AGE'? Capitals count")),
        people=lambda f: f.rename(columns={"age": "AGE"}),
    ),
    Fault(
        "a misspelt column",
        Refused(("no column 'score'", "Did you mean 'scoer'")),
        visits=lambda f: f.rename(columns={"score": "scoer"}),
    ),
    Fault(
        "spaces around a column's name",
        Read(),
        ("csv", "tsv", "xlsx"),
        people=lambda f: f.rename(columns={"age": " age "}),
    ),
    Fault(
        "two columns of one name",
        Refused(("more than one column named 'age'",)),
        ("csv", "tsv", "xlsx"),
        people=lambda f: _twin(f, "age"),
    ),
    Fault(
        "two columns of one name that nobody reads", Read(), ("csv", "tsv", "xlsx"), people=lambda f: _twin(f, "note")
    ),
    Fault("blank rows between rows", Read(), ("csv", "tsv", "xlsx"), people=lambda f: _blank_between(f)),
    Fault("a second header row of labels", Refused(("recode", "sex of the person")), people=lambda f: _labels_first(f)),
    Fault("the header again at the end", Refused(("recode", "arm in 1 row")), people=lambda f: _header_last(f)),
    Fault(
        "a row of totals at the end", Issues({"person_id_missing": 1}, {"persons": 1}), people=lambda f: _totals_last(f)
    ),
)


def _twin(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.concat([frame, frame[[name]]], axis=1)


def _blank_between(frame: pd.DataFrame) -> pd.DataFrame:
    blank = pd.DataFrame(None, index=frame.index, columns=frame.columns, dtype=object)
    return pd.concat([frame, blank]).sort_index(kind="stable").reset_index(drop=True)


def _labels_first(frame: pd.DataFrame) -> pd.DataFrame:
    labels = {name: f"{name} of the person" for name in frame.columns}
    return pd.concat([pd.DataFrame([labels]), frame], ignore_index=True).astype(object)


def _header_last(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, pd.DataFrame([dict(zip(frame.columns, frame.columns, strict=True))])], ignore_index=True)


def _totals_last(frame: pd.DataFrame) -> pd.DataFrame:
    total = pd.DataFrame([{"w": frame["w"].sum(), "note": "sum"}])
    return pd.concat([frame, total], ignore_index=True).astype(object)


CONTRADICTIONS = (
    Fault("a person twice with other answers", Issues({"duplicate_person": 2}, {"persons": 2, "spells": 2, "events": 6, "waves": 3}),
          people=_again_but("age", 57)),
    Fault("a period that ends before it starts", Issues({"ends_before_start": 1}, PERSON), people=Cell("aa_stop", 1991)),
    Fault(
        "a period after the interview",
        Issues({"spell_after_interview": 1}, PERSON),
        people=lambda f: Cell("aa_start", 2021)(Cell("aa_stop", 2022)(f)),
    ),
    Fault("a period before birth", Issues({"spell_before_birth": 1}, PERSON), people=Cell("aa_start", 1950)),
    Fault(
        "a period that goes on and has ended",
        Issues(
            {"going_on_and_ended": 1},
            {},
            {("spells", "P04", "mutual_aid", "ongoing"): True, ("spells", "P04", "mutual_aid", "stop"): None},
        ),
        people=Cell("aa_on", 1),
    ),
    Fault("a first help after the interview", Issues({"event_after_interview": 1}, PERSON), people=Cell("help_y", 2020)),
    Fault("a problem before birth", Issues({"event_before_birth": 1}, PERSON), people=Cell("onset_y", 1950)),
    Fault("a problem after the first help for it", Issues({"onset_after_first_help": 1}, PERSON), people=Cell("onset_y", 1998)),
    Fault(
        "an age that does not fit the birth year",
        Issues({"age_against_birth_year": 1}, {}, {("persons", "P04", "age"): 30.0}),
        people=Cell("age", 30),
    ),
)  # fmt: skip
