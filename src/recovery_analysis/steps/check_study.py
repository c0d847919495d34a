"""Canonical tables → checked tables, the issues, and everything set aside with its reason."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .. import labels
from ..checks import Quarantined, label_of, run_checks, set_aside, stop_if_fatal
from ..checks.cells import with_severities
from ..checks.origin import in_raw_names, rows_of_issues
from ..checks.tables import TABLES, Tables
from ..errors import account
from ..ingest.tables import study_schema
from ..io import read_coded, read_table, write_table, write_tables
from ..schemas.results import FLOW, ISSUE_ROWS
from ..study import Study, StudyBlocks

DIFFERENT = ("duplicate_person", "duplicate_event", "duplicate_wave")
ROWS_ASIDE = "Set aside: not usable as recorded"


def check_study(
    study_id: str,
    study: dict | Study | StudyBlocks,
    persons_in: str,
    spells_in: str,
    events_in: str,
    waves_in: str,
    issues_in: str,
    flow_in: str,
    persons: str,
    spells: str,
    events: str,
    waves: str,
    issues: str,
    quarantine: str,
    flow: str,
    followed: Sequence[str] = (),
) -> None:
    """Check every row of the canonical tables and set aside what cannot be used.

    Parameters
    ----------
    study_id : name of the study.
    study : blocks mapping, variables, design and checks of its configuration.
    persons_in, spells_in, events_in, waves_in, issues_in, flow_in : what ingest_study wrote.
    persons, spells, events, waves : where the checked tables go.
    issues : where every issue goes, row by row.
    quarantine : where the rows set aside go: table, person_id, file, row, reason, check.
    flow : where the flow rows go: those that came in, people read, people set aside by reason.
    followed : events that outcomes count time to: where people are enrolled and then followed, none can come before.

    Raises
    ------
    ResearchError
        If a check whose severity is `fatal` found something, or a row or person is not accounted for; nothing is
        written then.
    """
    plan = StudyBlocks.model_validate(study) if isinstance(study, dict) else study
    paths = {"persons": persons_in, "spells": spells_in, "events": events_in, "waves": waves_in}
    tables = Tables(
        **read_coded(paths, "person_id"),
        calendar=plan.design.calendar,
        followed_later=plan.design.entry == "interview",
        time_zero=plan.design.time_zero,
        followed=tuple(followed) if plan.design.kind == "cohort" else None,
        settings=plan.checks,
        variables=plan.variables,
    )
    found = run_checks(tables)
    told = with_severities(read_table(issues_in, ISSUE_ROWS), plan.checks.severity)
    told = rows_of_issues(told, tables, plan.mapping)
    every = pd.concat([frame for frame in (told, found) if not frame.empty] or [told], ignore_index=True)
    stop_if_fatal(_listed(every, tables, plan))
    divided = set_aside(tables, every)
    steps = pd.concat([read_table(flow_in, FLOW), set_aside_flow(study_id, tables, divided)], ignore_index=True)
    goes_to = dict(zip(TABLES, (persons, spells, events, waves), strict=True))
    write_tables(divided.kept, goes_to, {table: study_schema(plan, table) for table in TABLES})
    write_table(_listed(every, tables, plan), issues, ISSUE_ROWS)
    write_table(divided.rows, quarantine)
    write_table(steps.assign(step=range(1, len(steps) + 1)), flow, FLOW)


def _listed(every: pd.DataFrame, tables: Tables, plan: Study | StudyBlocks) -> pd.DataFrame:
    """Issues as the researcher reads them: raw columns, and a fault of a whole row told once.

    A row that differs from another of its key in one table, and repeats it in the next, is told of the difference.
    """
    once = ~(every["row_only"] & every.duplicated(["check", "file", "row"]))
    at = pd.MultiIndex.from_frame(every[["file", "row"]])
    once &= ~((every["check"] == "duplicate_row") & at.isin(at[every["check"].isin(DIFFERENT)]))
    return in_raw_names(every[once], tables, plan.mapping)[list(ISSUE_ROWS.columns)]


def set_aside_flow(study_id: str, tables: Tables, divided: Quarantined) -> pd.DataFrame:
    """Flow rows: rows set aside from each table; people read, then people set aside by their first reason."""
    nameless = int(tables.persons["person_id"].isna().sum())
    named = tables.person["persons"][tables.person["persons"] >= 0]
    among = np.bincount(named, minlength=len(tables.people)) > 0
    known = tables.people[tables.people.isin(divided.people.index) & among]
    aside = divided.people[divided.people.index.isin(known)]
    reasons = aside["check"].value_counts(sort=False).to_dict()
    if nameless:
        reasons["person_id_missing"] = nameless
    read = int(among.sum()) + nameless
    account("The people", "people", read, set_aside=sum(reasons.values()), were_kept=len(divided.kept["persons"]))
    rows = [{"kind": "read", "label": "People in the files", "n": read}]
    rows += [{"kind": "quarantined", "label": f"Set aside: {label_of(c)}", "n": n} for c, n in reasons.items()]
    people = pd.DataFrame(rows).assign(unit="people")
    flow = pd.concat([_rows_set_aside(divided), people], ignore_index=True)
    return flow.assign(study=study_id, analysis=np.nan, step=0, suppressed=False)


def _rows_set_aside(divided: Quarantined) -> pd.DataFrame:
    """Flow rows: rows of each canonical table that are set aside."""
    counts = divided.rows["table"].value_counts().reindex(TABLES, fill_value=0)
    rows = [(labels.rows_of(table), n) for table, n in counts.items() if n]
    return pd.DataFrame(rows, columns=["unit", "n"]).astype({"n": int}).assign(kind="quarantined", label=ROWS_ASIDE)
