"""From lives to answers: what each person is recorded as saying."""

import numpy as np
import pandas as pd

from .codebook import (
    BASELINE,
    COUNTRY_CODES,
    DONT_KNOW,
    FOLLOW_UP,
    GENDER_CODES,
    PROBLEM_CODES,
    RECORDED_SPELLS,
    REFUSED,
    UNKNOWN_MONTH,
)
from .lives import Lives
from .parameters import PATHWAYS
from .recall import heap, knows_month, year_and_month
from .waves import in_recovery

ANSWERS = {
    "social": "social_total",
    "barc": "barc_total",
    "arrest": "arrest_12m",
    "interview": "interview_date",
}
MAY_BE_MISSING = ("education", "primary_problem", "severity", "onset_age", "n_attempts")
SCORES = ("peer_6m", "social_total", "barc_total", "arrest_12m")
INTERVIEW_STREAM = 100


def interview(lives: Lives) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Record the answers of all people, before typing errors.

    Parameters
    ----------
    lives : Lives

    Returns
    -------
    baseline : DataFrame
        One row per person, columns of `codebook.BASELINE`; blank is nan.
    follow_up : DataFrame
        One row per follow-up interview, columns of `codebook.FOLLOW_UP`.
    """
    rng = np.random.default_rng([lives.seed, INTERVIEW_STREAM])
    people = lives.people
    recovery = _recovery(lives, rng)
    baseline = pd.concat([_person(people), _first_help(lives, recovery, rng)], axis=1)
    baseline = pd.concat([baseline, *(_pathway(lives, p, rng) for p in PATHWAYS), recovery], axis=1)
    waves = lives.waves.rename(columns=ANSWERS)
    first = waves[waves["wave"] == 0].set_index("person")[list(SCORES)]
    baseline = pd.concat([baseline, first, _weight(people)], axis=1)[list(BASELINE)]
    later = waves[waves["wave"] > 0]
    follow_up = later.assign(pid=baseline["pid"].to_numpy()[later["person"]])[list(FOLLOW_UP)]
    follow_up = follow_up.sort_values(["wave", "pid"], ignore_index=True)
    share = lives.parameters.missing
    baseline = _unanswered(baseline, (*MAY_BE_MISSING, *SCORES), share, rng)
    return _undated(baseline, lives.parameters.missing_date, rng), _unanswered(follow_up, SCORES, share, rng)


def _person(people: pd.DataFrame) -> pd.DataFrame:
    number = people.groupby("country").cumcount() + 1
    return pd.DataFrame(
        {
            "pid": people["country"] + "-" + number.astype(str).str.zfill(5),
            "country": people["country"].map(COUNTRY_CODES),
            "site": people["site"],
            "gender": people["gender"].map(GENDER_CODES),
            "birth_year": np.floor(people["interview_at"] - people["age"]),
            "interview_date": people["interview"],
            "education": people["education"],
            "primary_problem": people["problem"].map(PROBLEM_CODES),
            "severity": people["severity"],
            "onset_age": np.floor(people["onset_age"]),
        }
    )


def _first_help(lives: Lives, recovery: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    people = lives.people
    at, interview_at = people["help_at"].to_numpy(), people["interview_at"].to_numpy()
    known = knows_month(rng, lives.parameters.year_only, interview_at, [at])
    answers = _told(people.index, {"first_help": at}, known)
    low = np.floor(interview_at - people["age"].to_numpy() + people["onset_age"].to_numpy())
    high = np.fmin(recovery["rec1_start_year"].to_numpy(), np.floor(interview_at))
    heap(answers, "first_help", rng.random(len(people)) < lives.parameters.heaped, (low, high), interview_at)
    return answers


def _pathway(lives: Lives, pathway: str, rng: np.random.Generator) -> pd.DataFrame:
    """Answers about one pathway; the stop is blank while it goes on."""
    people = lives.people
    since, interview_at = people["since_help"].to_numpy(), people["interview_at"].to_numpy()
    start, stop = (people[f"{pathway}_{end}"].to_numpy() for end in ("start", "stop"))
    ever, now = start <= since, (start <= since) & (stop > since)
    start_at = people["help_at"].to_numpy() + np.where(ever, start, np.nan)
    stop_at = people["help_at"].to_numpy() + np.where(ever & ~now, stop, np.nan)
    known = knows_month(rng, lives.parameters.year_only, interview_at, [start_at, stop_at])
    answers = _told(people.index, {f"{pathway}_start": start_at, f"{pathway}_stop": stop_at}, known)
    bounds = (
        np.floor(interview_at - people["age"].to_numpy()) + 10,
        np.floor(np.fmin(stop_at, interview_at)),
    )
    chosen = rng.random(len(people)) < lives.parameters.heaped
    heap(answers, f"{pathway}_start", chosen, bounds, interview_at)
    return answers.assign(**{f"{pathway}_ever": ever.astype(int), f"{pathway}_now": np.where(ever, now, np.nan)})


def _told(index: pd.Index, dates: dict[str, np.ndarray], month_known: np.ndarray) -> pd.DataFrame:
    columns = {}
    for name, at in dates.items():
        columns[f"{name}_year"], columns[f"{name}_month"] = year_and_month(at, month_known)
    return pd.DataFrame(columns, index=index)


def _recovery(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """Recovery now, number of short attempts, and up to three spells of a year or more or still going on."""
    people = lives.people
    interview_at = people["interview_at"].to_numpy()
    dates = _spell_dates(lives)
    known = knows_month(rng, lives.parameters.year_only, interview_at, list(dates.values()))
    answers = _told(people.index, dates, known)
    before = people["help_at"].to_numpy() - 1
    for number in range(1, RECORDED_SPELLS + 1):
        after = np.fmin(dates[f"rec{number}_stop"], interview_at)
        chosen = rng.random(len(people)) < lives.parameters.heaped
        heap(answers, f"rec{number}_start", chosen, (np.floor(before), np.floor(after)), interview_at)
        before = dates[f"rec{number}_stop"]
    spells = lives.spells
    short = (spells["kind"] == "attempt") & (spells["stop"] <= people["since_help"].to_numpy()[spells["person"]])
    count = np.bincount(spells.loc[short, "person"], minlength=len(people))
    return answers.assign(recovery_now=in_recovery(people, spells), n_attempts=count)


def _spell_dates(lives: Lives) -> dict[str, np.ndarray]:
    """Calendar start and stop of the spells that are asked about; nan where there is none or it goes on."""
    people, spells = lives.people, lives.spells
    since = people["since_help"].to_numpy()[spells["person"]]
    ongoing = spells["stop"] > since
    told = spells[(spells["start"] <= since) & (ongoing | (spells["stop"] - spells["start"] >= 1.0))]
    rank = told.groupby("person").cumcount().to_numpy()
    help_at = people["help_at"].to_numpy()
    dates = {}
    for number in range(1, RECORDED_SPELLS + 1):
        these = told[rank == number - 1]
        start, stop = np.full((2, len(people)), np.nan)
        start[these["person"]] = help_at[these["person"]] + these["start"]
        stop[these["person"]] = help_at[these["person"]] + these["stop"].where(~ongoing[these.index])
        dates[f"rec{number}_start"], dates[f"rec{number}_stop"] = start, stop
    return dates


def _weight(people: pd.DataFrame) -> pd.Series:
    """Weight by gender and age: women and people under 35 were a little over-sampled."""
    raw = np.exp(-0.2 * (people["gender"] == "woman") - 0.15 * (people["age"] < 35))
    return (raw / raw.mean()).round(4).rename("weight")


def _unanswered(frame: pd.DataFrame, columns: tuple[str, ...], share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Replace a share of answers by refused, don't know or blank, completely at random."""
    frame = frame.copy()
    for column in columns:
        lost = rng.random(len(frame)) < share
        code = rng.choice([REFUSED, DONT_KNOW, np.nan], size=len(frame))
        frame[column] = frame[column].astype(float).where(~lost, code)
    return frame


def _undated(frame: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Replace the year of a share of dates by a missing code, the month by 98."""
    for name in ("first_help", *(f"{pathway}_start" for pathway in PATHWAYS), "rec1_start"):
        lost = (rng.random(len(frame)) < share) & frame[f"{name}_year"].notna().to_numpy()
        frame.loc[lost, f"{name}_year"] = float(DONT_KNOW)
        frame.loc[lost, f"{name}_month"] = float(UNKNOWN_MONTH)
    return frame
