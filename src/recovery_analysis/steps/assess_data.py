"""Checked tables, cohort and follow-up → findings about the study as a whole."""

from ..checks.whole import StudyData, assess, stop_if_fatal
from ..disclosure import PRESETS
from ..io import read_table, write_table
from ..schemas.cohort import COHORT, PERIODS, STATE_PATHS
from ..schemas.results import DATA_CHECK_ROWS
from ..study import StudyBlocks


def assess_data(
    study_id: str,
    study: dict,
    persons: str,
    spells: str,
    events: str,
    waves: str,
    cohort: str,
    periods: str,
    state_paths: str,
    data_checks: str,
) -> None:
    """Look at who is lost, what is rounded, what is missing, how files differ, and which groups are small.

    Parameters
    ----------
    study : blocks variables, design, peer, outcomes, checks and disclosure of the configuration.
    persons, spells, events, waves : checked canonical tables.
    cohort, periods, state_paths : who is analysed, their follow-up, and their way through the stages of recovery.
    data_checks : where the findings go, exact; the disclosure gate comes later.

    Raises
    ------
    ResearchError
        If a check whose severity is `fatal` found something; nothing is written then.
    """
    plan = StudyBlocks.model_validate(study)
    data = StudyData(
        persons=read_table(persons),
        spells=read_table(spells),
        events=read_table(events),
        waves=read_table(waves),
        cohort=read_table(cohort, COHORT),
        periods=read_table(periods, PERIODS),
        state_paths=read_table(state_paths, STATE_PATHS),
        plan=plan,
        largest_withheld=PRESETS[plan.disclosure.preset].largest,
    )
    rows = assess(data, study_id)
    stop_if_fatal(rows, data)
    write_table(rows, data_checks, DATA_CHECK_ROWS)
