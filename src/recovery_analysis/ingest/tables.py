"""Building the canonical tables of a study from its raw files."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ..errors import nearest
from ..schemas.canonical import COLUMNS, canonical_schema
from ..schemas.results import ISSUE_ROWS
from ..side_by_side import side_by_side
from ..study import EventMap, SpellMap, Study, StudyBlocks, TableMap
from ..study.sources import OneWave, blocks, joined_files, raw_columns, source_columns
from .chosen_rows import chosen_rows
from .columns import Evaluated, evaluate, not_in_file
from .findings import Findings, Place
from .formats import RawTable
from .recorded import of_events, of_spells, tell_events_without_time
from .row_counts import BlockRows, rule_in_words
from .targets import BINARY, Target, target_of
from .values import coded_texts, constant

Plan = Study | StudyBlocks
REQUIRED = {
    "persons": ("person_id",),
    "spells": ("person_id", "start"),
    "events": ("person_id", "time"),
    "waves": ("person_id", "wave"),
}
ONLY_IN_MAPPING = {"spells": ("present",), "events": (), "persons": (), "waves": ()}
FILLED_BY_MAPPING = {
    "spells": ("kind", "precision"),
    "events": ("event", "precision"),
    "persons": (),
    "waves": (),
}
YES_OR_NO = ("present", "ongoing", "observed")
TIMES = {"spells": ("start", "stop"), "events": ("time",), "waves": ("time",), "persons": ()}


def table_maps(study: Plan, table: str) -> list[tuple[str, TableMap]]:
    """Dotted path and mapping of each block that fills a canonical table."""
    return blocks(study.mapping, table)


def wanted_columns(study: Plan, name: str) -> set[str]:
    """Every raw column that the study reads from one entry of `files`; a file that is joined may have any of them."""
    readers = {name, *(n for n in study.files if name in joined_files(study.files, n))}
    joins = [study.files[n].join for n in readers if n in study.files]
    keys = {column for join in joins if join is not None for column in join.by}
    maps = [spec for table in COLUMNS for _, spec in table_maps(study, table) if readers & set(spec.files)]
    return keys.union(*(raw_columns(spec) for spec in maps))


def mapped_columns(study: Plan, table: str) -> list[str]:
    """Canonical columns that a study's mapping fills in one table."""
    return list(dict.fromkeys(c for _, spec in table_maps(study, table) for c in spec.columns))


def study_schema(study: Plan, table: str) -> pa.DataFrameSchema:
    """Strict schema of a canonical table of this study."""
    return canonical_schema(table, study.variables, _own(study, table))


def _own(study: Plan, table: str) -> list[str]:
    return mapped_columns(study, table) if table in ("persons", "waves") else []


def build_table(study: Plan, table: str, raws: Mapping[str, RawTable], findings: Findings) -> pd.DataFrame:
    """One canonical table, before its rows are checked: identifiers and waves may still be missing.

    Parameters
    ----------
    study : the study.
    table : persons, spells, events or waves.
    raws : the raw tables that could be read, by their name under `files`.
    findings : receives mistakes and cells that cannot be used.
    """
    schema = study_schema(study, table)
    targets = _targets(study, table, schema)
    frames = []
    for path, spec in table_maps(study, table):
        spec = _sound_part(study, table, spec, path, findings)
        chosen = {n: chosen_rows(table, spec, n, raws[n], path, findings) for n in spec.files if n in raws}
        if chosen and not any(raw.n for raw in chosen.values()):
            wanted = " and ".join(f"{c} equal to {' or '.join(map(str, v))}" for c, v in spec.rows.items())
            findings.mistake(f"{path}.rows", f"no row has {wanted}. Correct the column or the codes.")
        for name, raw in chosen.items():
            frames.append(_read_block(study, table, spec, name, targets, raw, path, findings))
            rule = rule_in_words(path, spec)
            findings.rows.append(BlockRows(table, rule, raws[name].n, raw.n, len(frames[-1])))
    stacked = _stacked(frames)
    stacked.index = pd.RangeIndex(len(stacked))
    return _typed(stacked, schema)


def _sound_part(study: Plan, table: str, spec: TableMap, path: str, findings: Findings) -> TableMap:
    """The block without columns that the table does not have; these, and what is missing, are noted."""
    core = [c for c in COLUMNS[table] if c not in FILLED_BY_MAPPING[table]] + list(ONLY_IN_MAPPING[table])
    known = [*core, *study.variables] if table in ("persons", "waves") else core
    for name in spec.files:
        if name not in study.files:
            findings.mistake(f"{path}.files", f"'{name}' is not under `files`. {nearest(name, study.files)}")
    for column in REQUIRED[table]:
        if column not in spec.columns:
            findings.mistake(f"{path}.columns", f"'{column}' is missing; every row of {table} needs it.")
    for column in spec.columns:
        if column not in known:
            findings.mistake(
                f"{path}.columns.{column}",
                f"'{column}' is neither a column of {table} nor under `variables`. {nearest(column, known)}",
            )
    columns = {column: source for column, source in spec.columns.items() if column in known}
    return spec.model_copy(update={"columns": columns})


def _targets(study: Plan, table: str, schema: pa.DataFrameSchema) -> dict[str, Target]:
    """What each canonical column that a mapping may name wants of its cells."""
    targets = {name: target_of(column) for name, column in schema.columns.items()}
    for name in targets:
        own = study.variables.get(name)
        years = name == "age" or (own is not None and own.unit == "years")
        targets[name] = replace(targets[name], variable=name if own and own.range else None, in_years=years)
    targets |= dict.fromkeys(YES_OR_NO, BINARY)
    return targets | dict.fromkeys(TIMES[table], Target("time", calendar=study.design.calendar))


def _read_block(
    study: Plan,
    table: str,
    spec: TableMap,
    name: str,
    targets: dict[str, Target],
    raw: RawTable,
    path: str,
    findings: Findings,
) -> pd.DataFrame:
    """Rows of one block of the mapping from one file; none if a column that every row needs is not mapped."""
    place = Place(raw.file, table, path, raw.rows)
    already = len(findings.cells)
    done = _evaluated(spec, name, targets, raw, place, findings)
    if not set(REQUIRED[table]) <= set(done):
        return pd.DataFrame()
    columns = {column: e.values for column, e in done.items()}
    columns |= {"source_file": coded_texts(constant(raw.file, raw.n)), "source_row": raw.rows}
    if table == "persons" and "weight" not in columns:
        columns["weight"] = np.ones(raw.n)
    kept = np.ones(raw.n, dtype=bool)
    if isinstance(spec, SpellMap):
        more, kept = of_spells(columns, spec, done, place, findings)
        columns |= more
    if isinstance(spec, EventMap):
        more, kept = of_events(columns, spec, done["time"].precision, place, findings)
        columns |= more
        if study.design.kind != "cohort" or columns["observed"][kept].all():
            tell_events_without_time(columns, spec, place, findings)
    findings.name_people(already, pd.Series(done["person_id"].values, raw.rows))
    if isinstance(spec, OneWave):
        kept = _asked(spec, name, raw)
    frame = pd.DataFrame(columns, copy=False)
    return frame if kept.all() else frame[kept]


def _asked(spec: OneWave, name: str, raw: RawTable) -> np.ndarray:
    """Which rows have anything in the raw columns of this interview alone."""
    mapped = spec.columns | spec.overrides.get(name, {})
    columns = {c for source in mapped.values() if source is not None for c in source_columns(source)}
    cells = [raw.cells(c) for c in columns if c in spec.repeated and c in raw.columns]
    return np.logical_or.reduce([c.spread(c.known) for c in cells]) if cells else np.zeros(raw.n, dtype=bool)


def _evaluated(
    spec: TableMap, name: str, targets: dict[str, Target], raw: RawTable, place: Place, findings: Findings
) -> dict[str, Evaluated]:
    """Every column of a block, as this file has it; worked out side by side, told in the order of the mapping."""
    own = spec.overrides.get(name, {})
    further = spec.further if isinstance(spec, OneWave) else {}

    def evaluated(column: str) -> tuple[Evaluated, Findings]:
        found = Findings()
        if column not in own:
            at = place.at(further[column]) if column in further else place.at("columns", column)
            return evaluate(spec.columns[column], raw, targets[column], at, found), found
        if own[column] is None:
            return not_in_file(raw), found
        at = place.at("overrides", name, column)
        return evaluate(own[column], raw, targets[column], at, found), found

    done = {}
    for column, (values, found) in zip(spec.columns, side_by_side(evaluated, spec.columns), strict=True):
        done[column] = values
        findings.add(found)
    return done


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all frames, in whatever order of columns; texts that are categories in each stay so."""
    frames = [frame for frame in frames if not frame.empty]
    if len(frames) < 2:
        return frames[0] if frames else pd.DataFrame()
    coded = {}
    for name in frames[0].columns:
        parts = [frame.get(name) for frame in frames]
        if all(part is not None and isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            coded[name] = _end_to_end([part.array for part in parts])
    rest = pd.concat([frame[[name for name in frame.columns if name not in coded]] for frame in frames])
    return rest.assign(**coded)


def _end_to_end(parts: list[pd.Categorical]) -> pd.Categorical:
    """What pandas does too, save that it goes through all texts again where they are the same in each part."""
    kind = parts[0].dtype
    if not all(part.dtype == kind for part in parts):
        every = parts[0].categories
        for part in parts[1:]:
            every = every.append(part.categories.difference(every, sort=False))
        parts, kind = [part.set_categories(every) for part in parts], pd.CategoricalDtype(every)
    return pd.Categorical.from_codes(np.concatenate([part.codes for part in parts]), dtype=kind)


def _typed(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Column types that can hold a missing identifier or wave, so that the checks can name the row; text may be
    categories."""
    types = {"float64": float, "int64": int, "bool": bool, "str": object}
    typed = {}
    for name, column in schema.columns.items():
        values, kind = frame[name] if name in frame else pd.Series(np.nan, frame.index), types[str(column.dtype)]
        if kind is object and isinstance(values.dtype, pd.CategoricalDtype):
            typed[name] = values
        else:
            typed[name] = values.astype("Int64" if kind is int and values.hasnans else kind, copy=False)
    return pd.DataFrame(typed, copy=False)


def issue_rows(findings: Findings) -> pd.DataFrame:
    """The cells that cannot be used, as schemas.results.ISSUE_ROWS.

    A cell is named once for the person and once for the interview that it belongs to, however many columns
    read it; a value worked out from several cells is not named where one of these is.
    """
    columns = list(ISSUE_ROWS.columns)
    if not findings.cells:
        return pd.DataFrame(columns=columns).astype({"row": int})
    rows = pd.concat(findings.cells, ignore_index=True).reindex(columns=columns)
    rows["level"] = rows["table"] == "waves"
    rows = rows.drop_duplicates(["level", "file", "row", "column", "check"], ignore_index=True)
    keys = ["level", "file", "row", "column"]
    parts = rows.assign(column=rows["column"].str.split(", ")).explode("column").reset_index(names="at")
    worked_out = rows["column"].str.contains(", ", regex=False)
    single = rows.loc[~worked_out & (rows["severity"] == "error"), keys].drop_duplicates()
    told = parts.merge(single, on=keys)["at"]
    return rows[~(worked_out & rows.index.isin(told))][columns].reset_index(drop=True)
