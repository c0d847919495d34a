"""Cohort and periods → the peer effect by each way of counting engagement, as the five tables of an analysis."""

from ..io import read_table
from ..models.flow import select_people
from ..models.periods import SurvivalSpec, person_periods
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.target_trial import Timing, analyse_target_trial
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, PERIODS
from ..study import UNITS_PER_YEAR, StudyBlocks, TargetTrialAnalysis


@listed_unless_required
def fit_target_trial(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    **tables: str,
) -> None:
    """Fit one analysis of kind target_trial and write its five tables; there are no curves.

    Parameters
    ----------
    tables : paths of estimates, curves, fits, diagnostics and flow, to be written.

    Raises
    ------
    ResearchError
        If nobody can be analysed, a covariate cannot be used, or a model of a required analysis fails;
        nothing is written then.
    """
    plan = StudyBlocks.model_validate(study)
    analysis, where = plan.analyses[analysis_id], f"analyses.{analysis_id}"
    outcome = plan.outcomes[analysis.outcome]
    frame = person_periods(read_table(cohort, COHORT), read_table(periods, PERIODS), analysis.outcome, "time_varying")
    sampling = sampling_of(analysis)
    needed = {"peer": plan.peer.label} | sampling.needed(plan.variables)
    chosen = select_people(frame, analysis.adjust, plan.variables, needed, where)
    words = (analysis.outcome, outcome.label, "time_varying", chosen.covariates)
    spec = SurvivalSpec(*words, year=UNITS_PER_YEAR[outcome.unit], where=where, sampling=sampling)
    rows = weigh(chosen.rows, sampling, where)
    result = analyse_target_trial(rows, spec, timing(analysis, outcome.unit), conf_level, chosen.missing)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)


def timing(analysis: TargetTrialAnalysis, unit: str) -> Timing:
    """The times of the plan, written in years, in the unit of the outcome."""
    factor = UNITS_PER_YEAR[unit]
    return Timing(
        landmarks=tuple(at * factor for at in analysis.landmarks),
        names=tuple(analysis.landmark_model(at) for at in analysis.landmarks),
        grace=analysis.grace * factor,
        horizon=analysis.horizon * factor,
        replicates=analysis.replicates,
    )
