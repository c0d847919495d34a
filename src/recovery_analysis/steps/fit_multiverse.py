"""Cohort and periods → the peer effect and the median time under every definition of the outcome."""

from ..errors import ResearchError, account
from ..io import read_table
from ..models.flow import complete_cases, needed_columns
from ..models.multiverse import Definition, analyse_multiverse
from ..models.periods import SurvivalSpec, person_periods
from ..models.rows import write_analysis
from ..models.spec import covariates_of
from ..schemas.cohort import COHORT, PERIODS
from ..study import StudyBlocks, every_definition


def fit_multiverse(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    estimates: str,
    curves: str,
    fits: str,
    diagnostics: str,
    flow: str,
) -> None:
    """Fit one analysis of kind multiverse and write its five tables; there are no curves.

    The people are those who can be analysed by the study's own definition, so that what changes is the definition.

    Raises
    ------
    ResearchError
        If nobody can be analysed, a covariate cannot be used, or a model of a required analysis fails;
        nothing is written then.
    """
    plan = StudyBlocks.model_validate(study)
    analysis, where = plan.analyses[analysis_id], f"analyses.{analysis_id}"
    people, follow_up = read_table(cohort, COHORT), read_table(periods, PERIODS)
    own = person_periods(people, follow_up, analysis.outcome, analysis.exposure)
    covariates = covariates_of(analysis.adjust, plan.variables, own, where)
    needed = needed_columns(own, covariates, {"peer": plan.peer.label})
    rows, lost = complete_cases(own, needed, where)
    analysed, missing = rows["person_id"].nunique(), sum(n for _, n in lost)
    account(where, "people", own["person_id"].nunique(), left_out=missing, analysed=analysed)
    definitions = []
    for name, outcome in every_definition(analysis.outcome, plan.outcomes[analysis.outcome]).items():
        frame = person_periods(people, follow_up, name, analysis.exposure)
        frame = frame[frame["person_id"].isin(rows["person_id"]) & frame["peer"].notna()].reset_index(drop=True)
        if frame.empty:
            raise ResearchError(f"{where}: nobody can be judged by the definition '{name}'. Check its settings.")
        definitions.append(Definition(name, name.removeprefix(analysis.outcome), outcome.label, frame))
    spec = SurvivalSpec(analysis.outcome, definitions[0].label, analysis.exposure, covariates, where=where)
    result = analyse_multiverse(definitions, spec, conf_level, missing)
    paths = {"estimates": estimates, "curves": curves, "fits": fits, "diagnostics": diagnostics, "flow": flow}
    write_analysis(result, lost, analysed, analysis.required, (study_id, analysis_id), paths)
