"""What the values of a column mean: gender, yes/no, categories, numbers; and how `recode` would say it."""

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np

from ..ingest.whole_columns import EXCEL_DAYS
from .column import Column, tokens
from .profile import NO_ANSWER, text_in_words
from .roles import Confidence, is_calendar_year, is_zero_one

GENDER_WORDS = {
    "woman": {"woman", "women", "female", "f", "girl", "vrouw", "femme", "frau"},
    "man": {"man", "men", "male", "m", "boy", "homme", "mann"},
    "non_binary": {"non-binary", "nonbinary", "non binary", "nb", "non_binary", "genderqueer", "x"},
    "other": {"other", "another", "another gender", "other gender", "self-described"},
    "undisclosed": {"prefer not to say", "undisclosed", "refused", "not stated", "not disclosed"},
}
YES = {"yes", "y", "true", "t", "ja", "oui", "si", "present", "checked", "selected", "ever"}
NO = {"no", "n", "false", "f", "nee", "non", "nein", "absent", "unchecked", "not checked", "not selected", "never"}
NEITHER = re.compile(
    rf"{NO_ANSWER.pattern}|not sure|unsure|not disclosed|prefer not|rather not|^n\.?/?a\.?$|^(dk|nk)$|^[?.*/-]+$",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^\W*\d+[\W_]+(?=[^\W\d_])")
NONE_WORDS = {"no", "none", "not", "control", "usual", "tau", "standard", "placebo", "only", "waitlist", "untreated"}
SCORE_WORDS = {"score", "total", "scale", "sum", "points", "index"}
MOST_LEVELS = 12
DATE_WORDS = {
    "date",
    "dates",
    "dat",
    "datum",
    "fecha",
    "dob",
    "seen",
    "admitted",
    "discharged",
    "admission",
    "discharge",
}
WEIGHT_NAMES = {"wgt", "pweight", "pwt", "sampwt", "sampweight", "svywt", "surveywt"}
SAMPLE_WORDS = {"survey", "sampling", "sample", "probability", "nonresponse", "poststratification", "design"}
FAR = 100
YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


@dataclass(frozen=True)
class Meaning:
    """What a column's values are taken for.

    Attributes
    ----------
    type : binary, category, number or gender; None where it cannot be told.
    recode : code → value; empty where the values are taken as they are.
    levels : value → label of a category.
    confidence, why : how sure that is, and what it rests on.
    """

    type: str | None
    confidence: Confidence
    why: str
    recode: dict[str, str | int | None] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)


def gender(columns: list[Column]) -> tuple[Column, Meaning] | None:
    """The column that says each person's gender, and what its codes mean."""
    called = [c for c in columns if c.coded and tokens(c.name) & {"gender", "sex", "female", "male"}]
    called += [c for c in columns if c.coded and tokens(c.label) & {"gender", "sex"}]
    found = [(c, means) for c in called if (means := _gender(c)) is not None]
    if found:
        return min(found, key=lambda pair: pair[1].confidence != "exact")
    return next(((c, means) for c in columns if (means := _by_its_words(c))), None)


def _by_its_words(column: Column) -> Meaning | None:
    """A column that is not called a gender, but whose codes are words for women and men."""
    words = {code: _gender_word(code) for code in (column.common if column.coded and column.kind == "text" else [])}
    plain = {code for code in words if len(code) > 1}
    if not all(words.values()) or not {words[code] for code in plain} >= {"woman", "man"}:
        return None
    return Meaning("gender", "by label", "its codes are words for genders, but it is not called one", words)


def _gender(column: Column) -> Meaning | None:
    words = {code: _gender_word(column.labels.get(code, code)) for code in column.common}
    words |= {code: _gender_word(label) for code, label in column.labels.items()}
    if column.common and all(words.values()):
        sure: Confidence = "by label" if column.rare and not column.labels else "exact"
        return Meaning("gender", sure, "its codes are words for genders", words)
    for name, one, other in (("female", "woman", "man"), ("male", "man", "woman")):
        if name in tokens(column.name) and is_zero_one(column):
            return Meaning("gender", "exact", f"called {name}, 0 or 1", {"0": other, "1": one})
    if sum(word is not None for word in words.values()) > 1:
        known = {code: word for code, word in words.items() if word is not None}
        return Meaning("gender", "by label", "some of its codes are words for genders: say what the others are", known)
    kinds = ("man", "woman", "non_binary", "other", "undisclosed")
    codes = [code for code in column.common if code.isdigit() and int(code) < len(kinds)]
    if len(codes) < 2 or int(codes[-1]) - int(codes[0]) != len(codes) - 1:
        return None
    why = "called a gender, but its codes do not say it: say which is which"
    return Meaning("gender", "by label", why, dict(zip(codes, kinds, strict=False)))


def _gender_word(text: str) -> str | None:
    plain = NUMBERED.sub("", text.strip().lower())
    known = next((value for value, words in GENDER_WORDS.items() if plain in words), None)
    return known or ("undisclosed" if NEITHER.search(plain) else None)


def meaning(column: Column) -> Meaning:
    """What a covariate or measure is: yes/no, a category, a number, or not known."""
    if column.kind in ("empty", "date"):
        return Meaning(None, "unknown", "nothing to go by")
    if is_zero_one(column) and not _turned(column):
        return Meaning("binary", "exact", "0 and 1")
    if is_calendar_year(column):
        return Meaning("number", "by label", "calendar years: part of a date, see `year_month` in docs/your-study.md")
    if column.coded and (found := _yes_no(column)):
        return found
    if column.coded and column.labels:
        return _labelled(column)
    if column.kind == "text":
        return _words(column)
    if not column.sound:
        return Meaning("number", "by label", "numbers, with some cells that are not")
    if column.coded and column.kind == "whole" and len(column.counts) <= 2:
        return _two_codes(column)
    if (named := told_by_name(column)) is not None:
        return Meaning(None, "unknown", named)
    if column.coded and column.kind == "whole" and len(column.counts) < 6 and not column.has_words(*SCORE_WORDS):
        return Meaning(None, "unknown", "a few codes without labels: a category, or a number?")
    return Meaning("number", "exact", "numbers")


def told_by_name(column: Column) -> str | None:
    """What numbers are by the name or label of their column, where they are no answer of anybody."""
    words = tokens(f"{column.name} {column.label}")
    if words & DATE_WORDS and column.kind == "whole" and column.share_within(*EXCEL_DAYS) == 1:
        return "called a date, and like Excel's numbers of days: see `format: excel` in docs/mapping.md"
    if (tokens(column.name) & WEIGHT_NAMES or ("weight" in words and words & SAMPLE_WORDS)) and _above_zero(column):
        return "a sampling weight: map it as `weight` of persons, see docs/mapping.md"
    return None


def _above_zero(column: Column) -> bool:
    return column.share_within(np.nextafter(0, 1), np.inf) == 1


def _yes_no(column: Column) -> Meaning | None:
    """Yes and no in one spelling each, capitals aside; words for no answer beside them count as not answered."""
    answers = {code: _answer(column.labels.get(code, code)) for code in [*column.counts.index, *column.labels]}
    known = {code: said for code, said in answers.items() if said is not None}
    said = set(known.values())
    if {value for value, _ in said} != {0, 1} or len(said) > 2:
        return None
    neither = [code for code in answers if code not in known and NEITHER.search(column.labels.get(code, code))]
    if any(code in column.common or code in column.labels for code in answers.keys() - known.keys() - set(neither)):
        return None
    recode: dict[str, str | int | None] = {code: value for code, (value, _) in known.items()}
    recode |= {code: None for code in neither if code in column.common or code in column.labels}
    plain = not any(rest for _, rest in said) and recode.keys() == known.keys() and not _unlisted(column, recode)
    why = "its codes are yes and no" + (", and words for no answer" if recode.keys() != known.keys() else "")
    return Meaning("binary", "exact" if plain else "by label", why, recode)


def _answer(text: str) -> tuple[int, str] | None:
    """1 for yes and 0 for no, with what is said beside the word: ``1. Yes`` → (1, ""), ``No, never`` → (0, "never")."""
    plain = NUMBERED.sub("", text.strip().lower()).strip(" .;:")
    word, _, rest = (part.strip() for part in re.sub(r"\s*(?:[,;:(]|\s-\s)\s*", "\n", plain, count=1).partition("\n"))
    return (int(word in YES), rest) if word in YES | NO else None


def yes_no_codes(columns: list[Column]) -> dict[str, dict[str, int]]:
    """Column of yes and no, told for everybody → code → 1 or 0; empty where it holds 0 and 1."""
    found: dict[str, dict[str, int]] = {}
    for column in columns:
        if is_zero_one(column) and not _turned(column):
            found[column.name] = {}
        elif column.coded and (means := _yes_no(column)) is not None and means.confidence == "exact":
            found[column.name] = {code: int(value) for code, value in means.recode.items() if value is not None}
    return found


def _turned(column: Column) -> bool:
    """Whether labels say that 0 is yes and 1 is no."""
    found = _yes_no(column) if column.labels else None
    return found is not None and found.recode == {"0": 1, "1": 0}


def _two_codes(column: Column) -> Meaning:
    if column.common != ["1", "2"] or column.rare:
        return Meaning(None, "unknown", "one or two codes without labels")
    return Meaning("binary", "by label", "1 and 2 without labels: taken as 1 yes, 2 no", {"1": 1, "2": 0})


def two_groups(column: Column) -> Meaning:
    """Two groups as yes and no: no is the one that is called a usual or no treatment, else the first."""
    codes = [*column.labels] or column.common
    plain = next((c for c in codes if tokens(column.labels.get(c, c)) & NONE_WORDS), codes[0])
    recode: dict[str, str | int | None] = {code: int(code != plain) for code in codes}
    return Meaning("binary", "by label", "two groups: 1 is compared with 0; is it this way round?", recode)


def _labelled(column: Column) -> Meaning:
    """Codes with labels: a category; a scale of which only the ends are labelled is a number."""
    if _unlisted(column, column.labels) and column.kind in ("whole", "number"):
        return Meaning("number", "by label", "only some of its codes have labels: taken as a scale")
    values = {code: slug(label) for code, label in column.labels.items()}
    if len(set(values.values())) < len(values) or "" in values.values():
        values = {code: f"code_{slug(code)}" for code in column.labels}
    levels = {values[code]: label for code, label in column.labels.items()}
    return Meaning("category", "exact", "every code has a label", dict(values), levels)


def _words(column: Column) -> Meaning:
    if not column.coded or len(column.counts) > MOST_LEVELS or len(column.counts) < 2:
        return Meaning(None, "unknown", text_in_words(column))
    if column.rare:
        return Meaning(None, "unknown", "a category, with codes that fewer than 5 people have")
    values = {code: slug(code) for code in column.common}
    if "" in values.values():
        return Meaning(None, "unknown", "a category, with a code that has neither letters nor digits")
    if len(set(values.values())) < len(values):
        return Meaning(None, "unknown", "words that differ in capitals or signs only")
    levels = {values[code]: code for code in column.common}
    plain = {code: value for code, value in values.items() if code != value}
    return Meaning("category", "exact", "a few words", dict(values) if plain else {}, levels)


def _unlisted(column: Column, codes: dict[str, object]) -> bool:
    return bool(set(map(str, column.counts.index)) - set(codes))


# Letters that are not another letter with a mark on it.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE"}
)


def slug(text: str) -> str:
    """A name of letters, digits and _ : ``Upper secondary`` → upper_secondary, ``Łódź`` → lodz."""
    plain = unicodedata.normalize("NFKD", text.translate(WHOLE_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain.lower()).strip("_")[:40]


def identifier(text: str, kind: str) -> str:
    """A name of letters, digits and _ that begins with a letter and is no word of YAML: ``no`` → file_no."""
    plain = slug(text)
    return plain if plain[:1].isalpha() and plain not in YAML_WORDS else f"{kind}_{plain}".rstrip("_")


def no_answer_codes(columns: list[Column]) -> list[int]:
    """Negative whole numbers in columns whose other numbers are not: by custom they mean 'no answer'."""
    found: set[int] = set()
    for column in columns:
        numbers = column.cells.number if column.kind == "whole" else np.array([])
        below = set(numbers[numbers < 0].astype(int))
        others = numbers[numbers >= 0]
        # Years are far from such a code, so that it may be what most people have: of those who never had peers.
        apart = column.share_within(0, np.inf) > 0.5 or (len(others) and others.min() >= FAR)
        if below and below <= {-1, -7, -8, -9, -77, -88, -99, -777, -888, -999} and apart:
            found |= below
    return sorted(map(int, found))
