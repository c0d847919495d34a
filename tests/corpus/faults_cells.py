"""Faults of single cells and columns: the same in every format that can hold them."""

import pandas as pd

from .faults import PERSON, Cell, Fault, Issues, Read, Refused, column
from .study import FORMATS, PEOPLE

# Stata holds numbers up to 8.9e307.
UP_TO_1E308 = tuple(kind for kind in FORMATS if kind != "dta")
TYPED = ("xlsx", "sav", "zsav", "dta", "parquet")


def _person(check: str, **changed: object) -> Issues:
    return Issues({check: 1}, PERSON, changed)


def _event_missing(event: str, check: str = "impossible_date") -> Issues:
    """An error in the date of an event: the event has no row, and the rest of the person is set aside."""
    return Issues({check: 1}, PERSON | {"events": 2})


UNREADABLE = {
    "a number in words": "forty",
    "a decimal comma in a cell": "44,5",
    "a thousands separator": "1,044",
    "a thousands separator of an apostrophe": "1'044",
    "a number with underscores": "4_4",
    "a percent sign": "44%",
    "a unit after the number": "44 years",
    "the word NaN": "NaN",
    "the word NA": "NA",
    "the word null": "null",
    "a full stop for missing": ".",
    "the word inf": "inf",
    "the word Infinity": "-Infinity",
    "a hexadecimal number": "0x2C",
    "a spreadsheet's #N/A": "#N/A",
    "a spreadsheet's #DIV/0!": "#DIV/0!",
    "a question mark": "44?",
    "a range in a cell": "40-49",
    "a boolean word": "TRUE",
}
IMPOSSIBLE = {
    "a day that does not exist": "2019-02-30",
    "day and month swapped": "2019-15-06",
    "a two-digit year": "19-06-15",
    "a date with slashes": "15/06/2019",
    "a date with full stops": "15.06.2019",
    "a date without hyphens": "20190615",
    "two dates in one cell": "2019-06-15 to 2019-07-15",
    "a date in words": "15 June 2019",
    "a date before 1900": "1899-12-31",
    "a date before the calendar": "0001-01-01",
    "the date 0000-00-00": "0000-00-00",
    "the date 9999-12-31": "9999-12-31",
    "an Excel serial among dates": 43631,
}
REFUSED_CODES = {
    "an unlisted code": ("sex", 7, "7"),
    "a negative code that is not listed": ("sex", -8, "-8"),
    "a code with a decimal part": ("sex", 1.5, "1.5"),
    "a code in words": ("sex", "male", "male"),
    "a code in capitals": ("arm", "YES", "YES"),
    "a code with a capital": ("arm", "Yes", "Yes"),
    "a boolean word as a code": ("arm", "True", "True"),
    "two codes in one cell": ("sex", "1;2", "1;2"),
    "the word NA as a code": ("sex", "NA", "NA"),
    "an emoji as a code": ("arm", "👍", "👍"),
}

CELLS = (
    *(Fault(name, _person("unreadable_value"), people=Cell("age", text)) for name, text in UNREADABLE.items()),
    *(Fault(name, _event_missing("interview"), people=Cell("seen", date)) for name, date in IMPOSSIBLE.items()),
    *(
        Fault(name, Refused(("recode", f"'{where}'", f"{shown} in 1 row")), people=Cell(where, code))
        for name, (where, code, shown) in REFUSED_CODES.items()
    ),
    Fault(
        "a code with a right-to-left mark",
        Refused(("recode", "'arm'", "yes in 1 row")),
        people=Cell("arm", "\u200fyes"),
    ),
    Fault("age 250", _person("out_of_range"), people=Cell("age", 250)),
    Fault("a negative age that is no listed code", _person("out_of_range"), people=Cell("age", -9)),
    Fault("an age of 1e308", _person("out_of_range"), UP_TO_1E308, people=Cell("age", 1e308)),
    Fault("an infinite weight", _person("unreadable_value"), ("parquet",), people=Cell("w", float("inf"))),
    Fault("an infinite age", _person("unreadable_value"), ("parquet",), people=Cell("age", float("-inf"))),
    Fault("a weight of zero", _person("out_of_range"), people=Cell("w", 0)),
    Fault("birth year 20255", _person("out_of_range"), people=Cell("born", 20255)),
    Fault("birth year with two digits", _person("out_of_range"), people=Cell("born", 63)),
    Fault("a code listed as a typing error", _person("quarantined_code"), people=Cell("sex", 66)),
    Fault("month 13", _event_missing("first_help"), people=Cell("help_m", 13)),
    Fault("month 0", _event_missing("first_help"), people=Cell("help_m", 0)),
    Fault("a month in words", Read(), people=Cell("help_m", "May")),
    Fault("a month in words of another language", _event_missing("first_help"), people=Cell("help_m", "mei")),
    Fault("a year with a decimal part", _event_missing("first_help"), people=Cell("help_y", 1993.5)),
    Fault("a year 3019", _event_missing("first_help"), people=Cell("help_y", 3019)),
    Fault("a listed missing code", Read({("persons", "P04", "age"): None}), people=Cell("age", -1)),
    Fault("an empty cell", Read({("persons", "P04", "age"): None}), people=Cell("age", None)),
    Fault("a cell of spaces", Read({("persons", "P04", "age"): None}), people=Cell("age", "   ")),
    Fault("a cell of a no-break space", Read({("persons", "P04", "age"): None}), people=Cell("age", "\u00a0")),
    Fault("a number stored as text", Read(), people=Cell("age", "56")),
    Fault("numbers stored as text throughout", Read(), people=column("age", str)),
    Fault("a whole number with a decimal point", Read(), people=Cell("age", "56.0")),
    Fault("a number in scientific notation", Read(), people=Cell("age", "5.6e1")),
    Fault("a number with a plus sign", Read(), people=Cell("age", "+56")),
    Fault("a number with spaces around it", Read(), people=Cell("age", " 56 ")),
    Fault("a code with spaces around it", Read(), people=Cell("arm", " no ")),
    Fault("a date with a time of day", Read(), people=Cell("seen", "2019-06-15 23:59:59")),
    Fault("a date with a time zone", Read(), people=Cell("seen", "2019-06-15T23:30:00+05:00")),
    Fault(
        "a column that is missing throughout",
        Read({("persons", f"P{i:02d}", "age"): None for i in range(1, PEOPLE + 1)}),
        people=column("age", None),
    ),
    Fault(
        "a column that never varies",
        Read({("persons", f"P{i:02d}", "gender"): "man" for i in range(1, PEOPLE + 1)}),
        people=column("sex", 1),
    ),
    Fault(
        "months that are not known throughout",
        Read(
            {("events", f"P{i:02d}", "first_help", "precision"): "year" for i in range(1, PEOPLE + 1)}
            | {("events", f"P{i:02d}", "first_help", "time"): 1989.5 + i for i in range(1, PEOPLE + 1)}
        ),
        people=column("help_m", 99),
    ),
    Fault("Excel serials throughout", Refused(("seen", "YYYY-MM-DD", "43631")), people=column("seen", 43631)),
    Fault(
        "dates with slashes throughout",
        Refused(("seen", "YYYY-MM-DD", "15/06/2019")),
        people=column("seen", "15/06/2019"),
    ),
    Fault(
        "decimal commas throughout",
        Refused(("column 'w'", "number", "1,5")),
        people=column("w", lambda w: f"{w:.1f}".replace(".", ",")),
    ),
    Fault("words in a column of numbers", Refused(("column 'age'", "number")), people=column("age", "old")),
    Fault("true/false for a yes/no answer", Issues({"unreadable_value": 1}, {"waves": 1}), visits=Cell("met", "yes")),
    Fault("a yes/no answer of 2", Issues({"unreadable_value": 1}, {"waves": 1}), visits=Cell("met", 2)),
    Fault("a score above its range", Issues({"out_of_range": 1}, {"waves": 1}), visits=Cell("score", 15)),
    Fault("a score of 1e308", Issues({"out_of_range": 1}, {"waves": 1}), UP_TO_1E308, visits=Cell("score", 1e308)),
    Fault("a score in words", Issues({"unreadable_value": 1}, {"waves": 1}), visits=Cell("score", "low")),
    Fault("an interview on a day that is none", Issues({"impossible_date": 1}, {"waves": 1}), visits=Cell("day", "?")),
)

WORDS = {
    "line breaks inside a cell": "North\nwest",
    "quotes inside quotes": 'the "old" town, ""north""',
    "a formula as text": "=cmd|' /C calc'!A0",
    "text that starts with +": "+44 20 7946",
    "text that starts with -": "-dash",
    "text that starts with @": "@SUM(A1)",
    "an apostrophe first": "'North",
    "emoji in text": "north 🧭",
    "right-to-left text": "\u200fشمال",
    "markup in text": "<script>alert(1)</script>",
    "semicolons and tabs in text": "a;b\tc",
    "a backslash at the end": "north\\",
    "text in another script": "北",
}
TEXTS = tuple(
    Fault(name, Read({("persons", "P04", "site"): text}), people=Cell("region", text)) for name, text in WORDS.items()
)
LONG = "n" * 1_000_000
TEXTS += (
    Fault(
        "a cell of one megabyte",
        Read({("persons", "P04", "site"): LONG}),
        ("csv", "tsv", "parquet"),
        people=Cell("region", LONG),
    ),
    Fault("one megabyte in a column nobody reads", Read(), ("csv", "tsv", "parquet"), people=Cell("note", LONG)),
    Fault(
        "a control character in text",
        Read({("persons", "P04", "site"): "no\x07rth"}),
        tuple(kind for kind in FORMATS if kind != "xlsx"),
        people=Cell("region", "no\x07rth"),
    ),
)


def _stamps(zone: str | None) -> object:
    return lambda text: pd.Timestamp(f"{text} 23:30").tz_localize(zone)


TYPED_DATES = (
    Fault("real dates", Read(), TYPED, people=column("seen", pd.Timestamp)),
    Fault("real dates in a time zone", Read(), ("parquet",), people=column("seen", _stamps("Asia/Tokyo"))),
    Fault("real dates with a time of day", Read(), TYPED, people=column("seen", _stamps(None))),
    Fault("real dates in a column of numbers", Refused(("column 'age'", "number")), TYPED, people=column("age", pd.Timestamp("2019-06-15"))),
    Fault("hours in a column of numbers", Refused(("column 'age'", "number")), ("xlsx", "parquet"),
          people=column("age", pd.Timedelta(hours=56))),
    Fault("one real date among numbers", _person("unreadable_value"), ("xlsx",), people=Cell("age", pd.Timestamp("1956-01-01"))),
    Fault("one text among real dates", _event_missing("interview"), ("xlsx",),
          people=lambda f: Cell("seen", "soon")(column("seen", pd.Timestamp)(f))),
)  # fmt: skip
