"""Every check of a study as a whole in one place, and running them."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ...errors import ResearchError
from ...schemas.results import DATA_CHECK_ROWS
from .attrition import attrition
from .direction import direction
from .drift import drift
from .finding import StudyData
from .heaping import heaping
from .missing import missing_pattern
from .small_cells import small_cells

VERDICT = {"info": "info", "warning": "warn", "fatal": "warn"}


@dataclass(frozen=True)
class WholeCheck:
    """One check of a study as a whole.

    Attributes
    ----------
    id : identifier; its severity is `checks.severity.<id>`.
    label : what it looks for, as a noun phrase.
    sentence : what is computed.
    todo : what to do.
    meaning : what it means for the analysis.
    find : the study's tables → findings.
    """

    id: str
    label: str
    sentence: str
    todo: str
    meaning: str
    find: Callable[[StudyData], list[dict]]


WHOLE_CHECKS: tuple[WholeCheck, ...] = (
    WholeCheck(
        "attrition",
        "people lost at later interviews",
        "The share of people who were not interviewed, at each interview after the first: everyone, by peer engagement "
        "and by gender, with a chi-square test that groups are lost alike; its p-values are adjusted for the number of "
        "tests (Holm).",
        "Say in the report how many were lost; ask the data owner why. Do not use interviews that few attended.",
        "Regressions use the people who stayed. If those who left differ, so may the answer.",
        attrition,
    ),
    WholeCheck(
        "heaping",
        "dates and ages told as round numbers",
        "Whipple's index of years and ages that end in 0 or 5 (100: none rounded, 500: all), and the share of dates "
        "that are known to the year only.",
        "Nothing can be mended; choose a definition of the outcome that is long beside the rounding.",
        "Durations are blurred, which weakens differences and makes steps at whole years.",
        heaping,
    ),
    WholeCheck(
        "missing_pattern",
        "answers that are missing",
        "The share of people without each answer at the start, the share without all of them, and Little's test that "
        "they are missing completely at random.",
        "See whether a code was taken for 'no answer' that is not one; adjust for less that many did not answer.",
        "Each analysis uses people with every answer that it needs. If they differ from the others, it holds for them.",
        missing_pattern,
    ),
    WholeCheck(
        "drift",
        "a question answered differently in different files",
        "For each column that several files have: the file furthest from the others, by the standardised difference of "
        "a number or the total variation of a category.",
        "Compare the questionnaires and the `recode` of each file.",
        "A scale that runs the other way in one file, or codes that were swapped, would reverse an effect there.",
        drift,
    ),
    WholeCheck(
        "direction",
        "a scale that is turned round, or another, in one file or at one interview",
        "For each number or yes/no answer: whether it goes with other answers in each file as it does in the others; "
        "and of the same people at one interview and the next, the correlation and the ratio of the interquartile "
        "ranges.",
        "Compare the questionnaires, and mend it with `recode` for that file or interview.",
        "An effect on a measure that is turned round in a part of the data is hidden, or reversed.",
        direction,
    ),
    WholeCheck(
        "small_cells",
        "groups with few outcomes",
        "For each outcome, of stages of recovery the last: how many groups of peer engagement and gender have no more "
        "people with it than the "
        "disclosure rules withhold.",
        "Ask for fewer groups, or a more common outcome.",
        "Estimates of these groups will be withheld, or do not exist.",
        small_cells,
    ),
)


def assess(data: StudyData, study_id: str) -> pd.DataFrame:
    """Run every check of the study as a whole.

    Returns
    -------
    DataFrame
        schemas.results.DATA_CHECK_ROWS: exact, to be passed through the disclosure gate.
    """
    rows = pd.DataFrame([row for check in WHOLE_CHECKS for row in check.find(data)])
    rows = rows.reindex(columns=[*[c for c in DATA_CHECK_ROWS.columns if c not in ("study", "verdict")], "flagged"])
    verdicts = [
        "not_applicable" if flagged is None else VERDICT[getattr(data.settings.severity, check)] if flagged else "pass"
        for check, flagged in zip(rows["check"], rows["flagged"].astype(object), strict=True)
    ]
    return rows.assign(study=study_id, verdict=verdicts, suppressed=False)[list(DATA_CHECK_ROWS.columns)]


def stop_if_fatal(rows: pd.DataFrame, data: StudyData) -> None:
    """Stop the study where a check whose severity is `fatal` found something.

    Raises
    ------
    ResearchError
        One message that names each such finding.
    """
    fatal = [check.id for check in WHOLE_CHECKS if getattr(data.settings.severity, check.id) == "fatal"]
    found = rows[rows["check"].isin(fatal) & (rows["verdict"] == "warn")]
    if found.empty:
        return
    lines = [
        f"  {row.check}: {row.what}, {row.group}: {_found(row.unit, row.value, row.threshold)} "
        f"(checks.severity.{row.check} is fatal). {row.meaning}"
        for row in found.itertuples()
    ]
    raise ResearchError("The checks stopped the study:\n" + "\n".join(lines))


def _found(unit: str, value: float, limit: float) -> str:
    """What was found, beside its limit, in words."""
    match unit:
        case "share":
            return f"{value:.0%}, above {limit:.0%}"
        case "p_value":
            return f"p = {value:.2g}, under {limit:g}"
        case "groups":
            return f"{value:.0f} {'group' if value == 1 else 'groups'} of at most {limit:.0f} people with it"
        case "agreement" | "correlation":
            return f"{value:.2f}, under {limit:g}"
        case _:
            return f"{value:.3g}, above {limit:g}"
