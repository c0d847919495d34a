"""Cohort and periods → the tables of one analysis of right-truncated times."""

import json
from dataclasses import replace
from pathlib import Path

from ..errors import CannotAnalyse, account, placed
from ..io import read_table
from ..models.flow import select_people
from ..models.periods import person_periods
from ..models.person_times import person_times, within_reach
from ..models.recovery_rows import RecoverySpec
from ..models.recovery_time import analyse_recovery_time
from ..models.rows import write_analysis
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, PERIODS
from ..study import UNITS_PER_YEAR, StudyBlocks


@listed_unless_required
def fit_recovery_time(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    truth: str | list[str],
    **tables: str,
) -> None:
    """Fit one analysis of right-truncated times and write its five tables.

    Parameters
    ----------
    truth : what the simulator says is true, JSON; becomes rows of model `truth`. An empty list for real data.
    tables : paths of estimates, curves, fits, diagnostics and flow, to be written.

    Raises
    ------
    ResearchError
        If nobody can be analysed, the horizon is out of reach, or a model of a required analysis fails.
    """
    plan = StudyBlocks.model_validate(study)
    analysis, where = plan.analyses[analysis_id], f"analyses.{analysis_id}"
    outcome = plan.outcomes[analysis.outcome]
    people, follow_up = read_table(cohort, COHORT), read_table(periods, PERIODS)
    rows = person_periods(people, follow_up, analysis.outcome, "time_varying")
    frame = person_times(rows, people, outcome.unit, changing=True)
    chosen = select_people(frame, analysis.adjust, plan.variables, {"peer": plan.peer.label}, where)
    reached, late = within_reach(chosen.rows, analysis.horizon, where)
    if reached.empty:
        message = f"{where}: nobody has '{outcome.label}' within {analysis.horizon:g} {outcome.unit}."
        raise CannotAnalyse(message, lost=[*chosen.lost, *late])
    chosen = replace(chosen, rows=reached, lost=[*chosen.lost, *late])
    account(where, "people", len(frame), left_out=chosen.missing, analysed=chosen.people)
    spec = RecoverySpec(
        outcome=analysis.outcome,
        label=outcome.label,
        unit=outcome.unit,
        year=UNITS_PER_YEAR[outcome.unit],
        horizon=analysis.horizon,
        families=analysis.families,
        knots=analysis.knots,
        covariates=chosen.covariates,
        naive=analysis.naive,
        where=where,
        tolerance=analysis.second_fit_tolerance,
    )
    naive = rows[rows["person_id"].isin(reached["person_id"])].reset_index(drop=True)
    with placed(where):
        result = analyse_recovery_time(reached, naive, spec, conf_level, chosen.missing, _known(truth))
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)


def _known(truth: str | list[str]) -> dict | None:
    return json.loads(Path(truth).read_text(encoding="utf-8"))["recovery_sample"] if truth else None
