"""Cohort and periods → the estimates, curves, fits, diagnostics and flow of one survival analysis."""

from ..io import read_table
from ..models.flow import select_people
from ..models.periods import SurvivalSpec, person_periods
from ..models.rows import write_analysis
from ..models.sampling import sampling_of, weigh
from ..models.spec import BUILT_IN
from ..models.survival import analyse_survival
from ..models.unanswered import listed_unless_required
from ..schemas.cohort import COHORT, PERIODS
from ..study import UNITS_PER_YEAR, StudyBlocks


@listed_unless_required
def fit_survival(
    study_id: str,
    analysis_id: str,
    study: dict,
    conf_level: float,
    cohort: str,
    periods: str,
    **tables: str,
) -> None:
    """Fit one survival analysis and write its five tables.

    People without follow-up for the outcome are counted where the follow-up is derived, not here.

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
    frame = person_periods(people, follow_up, analysis.outcome, analysis.exposure)
    sampling = sampling_of(analysis)
    needed = {"peer": plan.peer.label} | sampling.needed(plan.variables)
    needed |= {"site": BUILT_IN["site"]} if analysis.frailty == "site" else {}
    chosen = select_people(frame, analysis.adjust, plan.variables, needed, where)
    spec = SurvivalSpec(
        outcome=analysis.outcome,
        label=plan.outcomes[analysis.outcome].label,
        exposure=analysis.exposure,
        covariates=chosen.covariates,
        interval=bool(chosen.rows["lower"].notna().any()),
        naive=analysis.naive,
        year=UNITS_PER_YEAR[plan.outcomes[analysis.outcome].unit],
        where=where,
        horizon=analysis.horizon,
        times=analysis.times,
        competing=bool(getattr(plan.outcomes[analysis.outcome], "competing", ())),
        if_not_proportional=analysis.if_not_proportional,
        step_at=analysis.step_at,
        if_separated=analysis.if_separated if sampling.simple else "report",
        second_fit_tolerance=analysis.second_fit_tolerance,
        sampling=sampling,
        rho=analysis.rho,
        frailty=analysis.frailty,
    )
    result = analyse_survival(weigh(chosen.rows, sampling, where), spec, conf_level, chosen.missing)
    write_analysis(result, chosen.lost, chosen.people, analysis.required, (study_id, analysis_id), tables)
