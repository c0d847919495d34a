"""Checked waves → waves with the scores of the study's instruments, and how reliable these scores are."""

import pandas as pd

from ..ingest.tables import mapped_columns
from ..instruments.plan import items_of, score_name, score_names
from ..instruments.registry import INSTRUMENTS
from ..instruments.reliability import reliability
from ..instruments.scoring import scores
from ..io import empty, read_table, write_table
from ..schemas.canonical import canonical_schema
from ..schemas.results import RELIABILITY
from ..study import Questionnaire, Study, StudyBlocks


def score_instruments(
    study_id: str,
    study: dict | Study | StudyBlocks,
    conf_level: float,
    persons: str,
    waves_in: str,
    waves: str,
    reliability: str,
) -> None:
    """Score every instrument of a study.

    Parameters
    ----------
    study_id : name of the study.
    study : blocks mapping, variables and instruments of its configuration.
    conf_level : level of intervals.
    persons, waves_in : checked canonical tables.
    waves : where the waves go, with a column for each score in place of the items.
    reliability : where Cronbach's alpha of each score goes, by wave and gender.
    """
    plan = StudyBlocks.model_validate(study) if isinstance(study, dict) else study
    interviews = read_table(waves_in)
    items = [i for name, q in plan.instruments.items() for i in items_of(name, INSTRUMENTS[q.instrument])]
    scored = interviews.drop(columns=items).assign(**scores_of(interviews, plan.instruments))
    mapped = [name for name in mapped_columns(plan, "waves") if name not in items]
    schema = canonical_schema("waves", plan.variables, [*mapped, *score_names(plan.instruments)])
    write_table(scored, waves, schema)
    write_table(_reliability(study_id, interviews, read_table(persons), plan, conf_level), reliability, RELIABILITY)


def scores_of(interviews: pd.DataFrame, questionnaires: dict[str, Questionnaire]) -> dict[str, pd.Series]:
    """Each score of each instrument, aligned with the interviews; missing where too few items have an answer."""
    found = {}
    for name, questionnaire in questionnaires.items():
        instrument = INSTRUMENTS[questionnaire.instrument]
        answers = interviews[items_of(name, instrument)].to_numpy(dtype=float)
        by_scale = scores(answers, instrument)
        for scale in instrument.scales:
            found[score_name(name, scale)] = pd.Series(by_scale[scale.name], interviews.index)
    return found


def _reliability(
    study_id: str, interviews: pd.DataFrame, people: pd.DataFrame, plan: Study | StudyBlocks, conf_level: float
) -> pd.DataFrame:
    gender = interviews["person_id"].map(people.set_index("person_id")["gender"])
    found = reliability(interviews, gender, plan.instruments, conf_level)
    return empty(RELIABILITY) if found.empty else found.assign(study=study_id)
