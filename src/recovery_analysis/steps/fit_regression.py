"""Cohort and wave pairs → the estimates, fits, diagnostics and flow of one regression (curves: none)."""

from ..errors import account
from ..io import read_table
from ..models.flow import complete_cases, needed_columns
from ..models.regression import RegressionSpec, analyse_regression, person_waves
from ..models.rows import write_analysis
from ..models.spec import covariates_of
from ..schemas.cohort import COHORT, WAVE_PAIRS
from ..study import StudyBlocks


def fit_regression(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    wave_pairs: str,
    estimates: str,
    curves: str,
    fits: str,
    diagnostics: str,
    flow: str,
) -> None:
    """Fit one regression of person-waves and write its five tables.

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
    covariates = covariates_of(analysis.adjust, plan.variables, frame, where, outcome.measure)
    needed = needed_columns(
        frame, covariates, {outcome.measure: outcome.label, "peer": f"{plan.peer.label}, at the wave before"}
    )
    rows, lost = complete_cases(frame, needed, where)
    unpaired = len(people) - frame["person_id"].nunique()
    if unpaired:
        lost = [("Not interviewed at two waves in a row", unpaired), *lost]
    parts = {"left_out": sum(n for _, n in lost), "analysed": rows["person_id"].nunique()}
    account(where, "people", len(people), **parts)
    spec = RegressionSpec(
        outcome=analysis.outcome,
        label=outcome.label,
        measure=outcome.measure,
        family=analysis.family,
        covariates=covariates,
        where=where,
        second_fit_tolerance=analysis.second_fit_tolerance,
    )
    result = analyse_regression(rows, spec, conf_level, n_missing=sum(n for _, n in lost))
    paths = {"estimates": estimates, "curves": curves, "fits": fits, "diagnostics": diagnostics, "flow": flow}
    write_analysis(result, lost, rows["person_id"].nunique(), analysis.required, (study_id, analysis_id), paths)
