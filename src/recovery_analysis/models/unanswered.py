"""What stands in the result tables of an analysis that has no answer: a row that says why."""

from collections.abc import Callable
from functools import wraps

from ..errors import CannotAnalyse
from ..study import Analysis, MultistateAnalysis, RegressionAnalysis, StudyBlocks, TargetTrialAnalysis
from .effects import ESTIMAND, PEER
from .rows import AnalysisFrames, analysis_frames, estimate_row, write_analysis

TABLES = ("estimates", "curves", "fits", "diagnostics", "flow")
NOT_FITTED = "Not fitted."


def listed_unless_required(step: Callable[..., None]) -> Callable[..., None]:
    """Make a step write a row that says why, where an analysis with `required: false` has nothing to analyse.

    Parameters
    ----------
    step : called with study_id, analysis_id, study and more, and by name with the paths of TABLES.
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
            frames, tables = unanswered(analysis, plan, problem.note), {name: paths[name] for name in TABLES}
            write_analysis(frames, problem.lost, 0, False, (study_id, analysis_id), tables)

    return run


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
    row = estimate_row(analysis.outcome, model, "peer", estimand, **PEER | more | said)
    fit = {"model": model, "formula": NOT_FITTED} | said
    return analysis_frames([row], [], [fit], [], [])
