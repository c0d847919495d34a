"""Raw extracts of a study → its canonical tables."""

from pathlib import Path

import pandas as pd

from ..errors import ResearchError
from ..ingest.findings import Findings
from ..ingest.formats import RawTable, read_source
from ..ingest.hooks import prepared
from ..ingest.joins import joined
from ..ingest.readers import no_result
from ..ingest.row_counts import rows_of_files, rows_of_tables
from ..ingest.tables import build_table, issue_rows, wanted_columns
from ..io import write_table, write_tables
from ..schemas.results import FLOW, ISSUE_ROWS
from ..side_by_side import side_by_side
from ..study import Study, StudyBlocks
from ..study.sources import joined_files

# Snakemake deletes the outputs of a step that failed, and this is none.
SO_FAR = "issues_so_far.csv"


def ingest_study(
    study_id: str,
    study: dict | Study | StudyBlocks,
    root: str | Path,
    persons: str,
    spells: str,
    events: str,
    waves: str,
    issues: str,
    flow: str,
) -> None:
    """Read every file of a study, evaluate its mapping, and write the canonical tables.

    Parameters
    ----------
    study_id : name of the study.
    study : blocks files, hook, mapping, variables and design of its configuration.
    root : the folder that the paths of raw files are relative to.
    persons, spells, events, waves : where the canonical tables go.
    issues : where the cells that cannot be used go, row by row.
    flow : where the number of rows goes: those of each file, and those left out on the way to each table.

    Raises
    ------
    ResearchError
        With every mistake in the files or the mapping that keeps the study from being read.
    """
    plan = StudyBlocks.model_validate(study) if isinstance(study, dict) else study
    findings = Findings()
    raws = read_files(plan, Path(root), findings)
    outputs = {"persons": persons, "spells": spells, "events": events, "waves": waves}
    tables = build_tables(plan, list(outputs), raws, findings)
    _stop_if_mistaken(findings, study_id, Path(issues).with_name(SO_FAR))
    write_tables(tables, outputs)
    write_table(issue_rows(findings), issues, ISSUE_ROWS)
    write_table(rows_flow(study_id, raws, tables, findings), flow, FLOW)


def build_tables(
    plan: Study | StudyBlocks, names: list[str], raws: dict[str, RawTable], findings: Findings
) -> dict[str, pd.DataFrame]:
    """The canonical tables; the first by itself, since the others use the identifiers that it looks up."""

    def built(table: str) -> tuple[pd.DataFrame, Findings]:
        own = Findings()
        return build_table(plan, table, raws, own), own

    # Interviews and events, of which there are most, begin first.
    made = [built(names[0]), *reversed(side_by_side(built, names[:0:-1]))]
    for _, own in made:
        findings.add(own)
    return {name: table for name, (table, _) in zip(names, made, strict=True)}


def _stop_if_mistaken(findings: Findings, study_id: str, so_far: Path) -> None:
    """Stop where there are mistakes, with every cell that cannot be used in a file of its own."""
    so_far.unlink(missing_ok=True)
    if findings.mistakes and findings.cells:
        write_table(issue_rows(findings), str(so_far), ISSUE_ROWS)
        findings.stop_if_mistaken(
            f"Every cell that cannot be used, row by row: data/derived/{study_id}/ingested/{SO_FAR}"
        )
    findings.stop_if_mistaken()


def read_files(plan: Study | StudyBlocks, root: Path, findings: Findings) -> dict[str, RawTable]:
    """Every file that can be read, as the hook leaves it and with what is joined; one that cannot is a mistake."""
    raws = {}
    for name, source in plan.files.items():
        wanted = None if plan.hook else wanted_columns(plan, name)
        try:
            raws[name] = read_source(name, source, root, wanted)
            if plan.hook and (formulas := raws[name].declared.without_results):
                raise ResearchError(f"files.{name}: {no_result(raws[name].file, next(iter(formulas.values())))}")
        except ResearchError as error:
            where, _, sentence = str(error).partition(": ")
            findings.mistake(where, sentence)
    if plan.hook and not findings.mistakes:
        raws = prepared(plan.hook, root, raws)
    for name in sorted(raws, key=lambda name: len(joined_files(plan.files, name))):
        if (join := plan.files[name].join) is not None:
            raws[name] = joined(name, join, raws, findings)
    return raws


def rows_flow(
    study_id: str, raws: dict[str, RawTable], tables: dict[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    """Flow rows: how many rows each file has, and how many each canonical table takes or leaves out by which rule."""
    parts = [rows_of_files(raws.values()), rows_of_tables(findings.rows, tables)]
    frame = pd.concat(parts, ignore_index=True).reindex(columns=["kind", "unit", "label", "n", "analysis"])
    return frame.assign(study=study_id, step=range(1, len(frame) + 1), suppressed=False)
