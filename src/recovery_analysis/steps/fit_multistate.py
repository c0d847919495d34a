"""Cohort and state paths → the estimates, curves, fits, diagnostics and flow of one multi-state analysis."""

from dataclasses import replace

from ..io import read_table
from ..models.flow import select_people
from ..models.multistate import analyse_states
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.state_groups import StatesSpec
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, STATE_PATHS
from ..study import StudyBlocks


@listed_unless_required
def fit_multistate(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    state_paths: str,
    **tables: str,
) -> None:
    """Fit one multi-state analysis and write its five tables.

    People without a path are counted where the paths are derived, not here.

    Parameters
    ----------
    tables : paths of estimates, curves, fits, diagnostics and flow, to be written.

    Raises
    ------
    ResearchError
        If nobody can be analysed; nothing is written then.
    """
    plan = StudyBlocks.model_validate(study)
    analysis, where = plan.analyses[analysis_id], f"analyses.{analysis_id}"
    people, paths = read_table(cohort, COHORT), read_table(state_paths, STATE_PATHS)
    own = paths[paths["outcome"] == analysis.outcome].drop(columns=["outcome"])
    frame = own.merge(people.drop(columns=["peer"]), on="person_id", validate="m:1")
    frame = frame.sort_values(["person_id", "start"], kind="stable")
    known, sampling = {"peer": plan.peer.label}, sampling_of(analysis)
    chosen = select_people(frame, (), plan.variables, known, where)
    complete = select_people(chosen.rows, analysis.adjust, plan.variables, known, where) if analysis.adjust else None
    spec = StatesSpec(
        outcome=analysis.outcome,
        states=plan.outcomes[analysis.outcome].states,
        horizons=analysis.horizons,
        stay_years=analysis.stay_years,
        where=where,
        replicates=analysis.replicates,
        second_fit_tolerance=analysis.second_fit_tolerance,
        sampling=sampling,
    )
    if complete is not None:
        complete = replace(complete, rows=weigh(complete.rows, sampling, where))
    result = analyse_states(weigh(chosen.rows, sampling, where), spec, conf_level, chosen.missing, complete)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)
