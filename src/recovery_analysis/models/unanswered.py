"""What stands in the result tables of an analysis that has no answer: a row that says why."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature

from ..errors import CannotAnalyse
from ..io import read_table
from ..schemas.cohort import COHORT, PERIODS, STATE_PATHS
from ..study import Analysis, MultistateAnalysis, RegressionAnalysis, StudyBlocks, TargetTrialAnalysis
from .effects import ESTIMAND, PEER
from .rows import AnalysisFrames, analysis_frames, estimate_row, write_analysis

TABLES = ("estimates", "curves", "fits", "diagnostics", "flow")
FOLLOWED = {"periods": PERIODS, "state_paths": STATE_PATHS}
NOT_FITTED = "Not fitted."
REST = "Not analysed, for the reason that stands beside the estimates"


def listed_unless_required(step: Callable[..., None]) -> Callable[..., None]:
    """Make a step write a row that says why, where an analysis with `required: false` has nothing to analyse.

    Parameters
    ----------
    step : called with study_id, analysis_id, study, conf_level, the paths of the cohort and of what people are followed
        by, and by name with the paths of TABLES.
    """

    @wraps(step)
    def run(study_id: str, analysis_id: str, study: dict, *settings: object, **paths: object) -> None:
        try:
            step(study_id, analysis_id, study, *settings, **paths)
        except CannotAnalyse as problem:
            plan = StudyBlocks.model_validate(study)
            analysis = plan.analyses[analysis_id]
            if analysis.required:
                raise
            given = signature(step).bind(study_id, analysis_id, study, *settings, **paths).arguments
            rest = people_in(given, analysis.outcome) - sum(n for _, n in problem.lost)
            lost, tables = [*problem.lost, *([(REST, rest)] if rest else [])], {name: paths[name] for name in TABLES}
            frames = unanswered(analysis, plan, problem.note)
            write_analysis(frames, lost, 0, False, (study_id, analysis_id), tables)

    return run


def people_in(given: Mapping[str, str], outcome: str) -> int:
    """People that a step was given: those who are followed for the outcome, or the cohort if nobody is followed."""
    for name, schema in FOLLOWED.items():
        if name in given:
            rows = read_table(given[name], schema)
            return rows.loc[rows["outcome"] == outcome, "person_id"].nunique()
    return len(read_table(given["cohort"], COHORT))


def unanswered(analysis: Analysis, plan: StudyBlocks, note: str) -> AnalysisFrames:
    """An estimate without a number, of the model that the plan relies on, and its fit; both say why."""
    model = "adjusted" if analysis.adjust else "crude"
    estimand, more = ESTIMAND["cox"], {}
    if isinstance(analysis, RegressionAnalysis):
        estimand = ESTIMAND[analysis.family]
    elif isinstance(analysis, TargetTrialAnalysis):
        model, more = "clone_censor_weight", {"horizon": analysis.horizon}
    elif isinstance(analysis, MultistateAnalysis):
        model, estimand = "standardised" if analysis.adjust else "states", "state_probability"
        state = plan.outcomes[analysis.outcome].states[-2]
        more = {"state": state, "horizon": analysis.horizons[-1], "scale": "difference"}
    said = {"status": "failed", "note": note, "engine": NOT_FITTED}
    row = estimate_row(analysis.outcome, model, "peer", estimand, n=0, n_events=0, **PEER | more | said)
    fit = {"model": model, "formula": NOT_FITTED, "n": 0} | said
    return analysis_frames([row], [], [fit], [], [])
