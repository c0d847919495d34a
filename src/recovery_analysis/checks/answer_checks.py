"""Checks of answers: those that cannot be together, are all the same, or lie far from everybody else's."""

from functools import partial

from . import answers, rules
from .check import Check

FAR = "Correct it in the file if it is a typing error; give the variable a `range` if such values cannot be."

ANSWER_CHECKS: tuple[Check, ...] = (
    Check(
        "age_against_birth_year",
        "persons",
        "an age that does not agree with the year of birth",
        "age",
        "Age {value} does not agree with a birth in {born} and an interview in {other}.",
        "Correct one of them in the file.",
        "Adjustment for age uses a wrong age.",
        rules.age_against_birth_year,
        calendar_only=True,
        kept="Both are kept as they are.",
    ),
    Check(
        "impossible_person",
        "persons",
        "answers that cannot be together",
        "",
        "The answers say: {what} ({found}). The study states that this is impossible.",
        "Correct one of the answers in the file, or the rule under `checks.impossible`.",
        "At least one of the answers is wrong, and it is not known which.",
        partial(answers.impossible, table="persons"),
    ),
    Check(
        "impossible_answers",
        "waves",
        "answers that cannot be together",
        "",
        "The answers say: {what} ({found}). The study states that this is impossible.",
        "Correct one of the answers in the file, or the rule under `checks.impossible`.",
        "At least one of the answers is wrong, and it is not known which.",
        partial(answers.impossible, table="waves"),
    ),
    Check(
        "straight_lining",
        "waves",
        "an interview with the same answer to every item of a scale",
        "",
        "All {items} items of the scale '{scale}' have the answer {value}.",
        "Look at the interview: was it hurried, or typed in by copying a column?",
        "Answers given without reading blur every difference, most of all where items are worded both ways.",
        answers.straight_lining,
    ),
    Check(
        "outlier_person",
        "persons",
        "a number far from everybody else's",
        "",
        "{label} is {value}, {z} robust standard deviations from the median ({median}).",
        FAR,
        "A few values far out can decide a slope.",
        partial(answers.outliers, table="persons"),
    ),
    Check(
        "outlier_answer",
        "waves",
        "an answer far from all others",
        "",
        "{label} is {value}, {z} robust standard deviations from the median ({median}).",
        FAR,
        "A few values far out can decide a mean difference.",
        partial(answers.outliers, table="waves"),
    ),
)
