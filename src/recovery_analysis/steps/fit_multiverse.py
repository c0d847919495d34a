"""Cohort and periods → the peer effect and the median time under every definition of the outcome."""

from ..errors import CannotAnalyse
from ..io import read_table
from ..models.flow import select_people
from ..models.multiverse import Definition, analyse_multiverse
from ..models.periods import SurvivalSpec, person_periods
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, PERIODS
from ..study import UNITS_PER_YEAR, StudyBlocks, every_definition


@listed_unless_required
def fit_multiverse(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    **tables: str,
) -> None:
    """Fit one analysis of kind multiverse and write its five tables; there are no curves.

    The people are those who can be analysed by the study's own definition, so that what changes is the definition.

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
    people, follow_up = read_table(cohort, COHORT), read_table(periods, PERIODS)
    own = person_periods(people, follow_up, analysis.outcome, analysis.exposure)
    sampling = sampling_of(analysis)
    needed = {"peer": plan.peer.label} | sampling.needed(plan.variables)
    chosen = select_people(own, analysis.adjust, plan.variables, needed, where)
    definitions = []
    for name, outcome in every_definition(analysis.outcome, plan.outcomes[analysis.outcome]).items():
        frame = person_periods(people, follow_up, name, analysis.exposure)
        frame = frame[frame["person_id"].isin(chosen.rows["person_id"]) & frame["peer"].notna()].reset_index(drop=True)
        if frame.empty:
            raise CannotAnalyse(f"{where}: nobody can be judged by the definition '{name}'. Check its settings.")
        rows = weigh(frame, sampling, where)
        definitions.append(Definition(name, name.removeprefix(analysis.outcome), outcome.label, rows))
    words = (analysis.outcome, definitions[0].label, analysis.exposure, chosen.covariates)
    year = UNITS_PER_YEAR[plan.outcomes[analysis.outcome].unit]
    spec = SurvivalSpec(*words, where=where, year=year, sampling=sampling)
    result = analyse_multiverse(definitions, spec, conf_level, chosen.missing)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)
