"""Cohort and wave pairs → the estimates, fits, diagnostics and flow of one regression (curves: none)."""

from dataclasses import replace

from ..errors import account
from ..io import read_table
from ..models.flow import select_people
from ..models.regression import RegressionSpec, analyse_regression, person_waves
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, WAVE_PAIRS
from ..study import StudyBlocks


@listed_unless_required
def fit_regression(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    wave_pairs: str,
    **tables: str,
) -> None:
    """Fit one regression of person-waves and write its five tables.

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
    people = read_table(cohort, COHORT)
    frame = person_waves(people, read_table(wave_pairs, WAVE_PAIRS))
    sampling = sampling_of(analysis)
    needed = {outcome.measure: outcome.label, "peer": f"{plan.peer.label}, at the wave before"}
    needed |= sampling.needed(plan.variables)
    chosen = select_people(frame, analysis.adjust, plan.variables, needed, where, outcome.measure)
    unpaired = len(people) - frame["person_id"].nunique()
    if unpaired:
        chosen = replace(chosen, lost=[("Not interviewed at two waves in a row", unpaired), *chosen.lost])
    account(where, "people", len(people), left_out=chosen.missing, analysed=chosen.people)
    spec = RegressionSpec(
        outcome=analysis.outcome,
        label=outcome.label,
        measure=outcome.measure,
        family=analysis.family,
        covariates=chosen.covariates,
        where=where,
        second_fit_tolerance=analysis.second_fit_tolerance,
        sampling=sampling,
    )
    result = analyse_regression(weigh(chosen.rows, sampling, where), spec, conf_level, chosen.missing)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)
