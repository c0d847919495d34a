"""Cohort and periods → the tables of one parametric analysis."""

from ..errors import placed
from ..io import read_table
from ..models.flow import select_people
from ..models.parametric import ParametricSpec, analyse_parametric
from ..models.periods import person_periods
from ..models.person_times import person_times
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, PERIODS
from ..study import UNITS_PER_YEAR, StudyBlocks


@listed_unless_required
def fit_parametric(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    **tables: str,
) -> None:
    """Fit one parametric analysis and write its five tables.

    Parameters
    ----------
    tables : paths of estimates, curves, fits, diagnostics and flow, to be written.

    Raises
    ------
    ResearchError
        If nobody can be analysed, a covariate cannot be used, or a model of a required analysis fails.
    """
    plan = StudyBlocks.model_validate(study)
    analysis, where = plan.analyses[analysis_id], f"analyses.{analysis_id}"
    outcome = plan.outcomes[analysis.outcome]
    people, follow_up = read_table(cohort, COHORT), read_table(periods, PERIODS)
    changing = analysis.exposure == "time_varying"
    rows = person_periods(people, follow_up, analysis.outcome, analysis.exposure)
    frame = person_times(rows, people, outcome.unit, changing)
    sampling = sampling_of(analysis)
    needed = {"peer": plan.peer.label} | sampling.needed(plan.variables)
    chosen = select_people(frame, analysis.adjust, plan.variables, needed, where)
    spec = ParametricSpec(
        outcome=analysis.outcome,
        label=outcome.label,
        year=UNITS_PER_YEAR[outcome.unit],
        families=analysis.families,
        changing=changing,
        cure=analysis.cure,
        covariates=chosen.covariates,
        where=where,
        tolerance=analysis.second_fit_tolerance,
        sampling=sampling,
    )
    with placed(where):
        result = analyse_parametric(weigh(chosen.rows, sampling, where), spec, conf_level, chosen.missing)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)
