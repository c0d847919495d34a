"""Which raw columns a mapping reads, and blocks that stand for several: one per wave, one per numbered spell."""

from collections.abc import Iterator
from typing import Any

from .base import Strict
from .mapping import ColumnMap, EventMap, Mapping, SourceFile, SpellMap, TableMap, WaveMap

WAVE, NUMBER = "{wave}", "{n}"
NAMES = {
    "ColumnMap": ("column", "date"),
    "YearMonth": ("year", "month"),
    "YearMonthDay": ("year", "month", "day"),
    "AgeAt": ("age", "birth_year"),
    "AgeOn": ("birth_year",),
}
PARTS = ("any_of", "all_of", "first_of", "sum_of")
INSIDE = ("year_month", "year_month_day", "age_at", "age_on", "when")


class OneWave(TableMap):
    """One interview of a block that holds several.

    `repeated` are the raw columns of this interview alone; `further` the columns that only this interview has, with
    their place in the block.
    """

    repeated: tuple[str, ...]
    further: dict[str, str] = {}


def joined_files(files: dict[str, SourceFile], name: str) -> list[str]:
    """The files whose columns a file takes, one after the other: those it joins, and those that these join.

    The last is the file itself where the joins go round in a circle.
    """
    found: list[str] = []
    source = files.get(name)
    while source is not None and source.join is not None and source.join.file not in found:
        found.append(source.join.file)
        source = files.get(source.join.file)
    return found


def parts_of(spec: ColumnMap) -> tuple[ColumnMap, ...]:
    """The mappings that this one is put together from."""
    return next((getattr(spec, word) for word in PARTS if getattr(spec, word)), ())


def source_columns(spec: Strict) -> Iterator[str]:
    """Every raw column that a mapping reads."""
    for name in NAMES[type(spec).__name__]:
        if (column := getattr(spec, name)) is not None:
            yield column
    for word in INSIDE:
        if (inner := getattr(spec, word, None)) is not None:
            yield from source_columns(inner)
    if isinstance(spec, ColumnMap):
        for part in parts_of(spec):
            yield from source_columns(part)


def renamed(spec: Any, mark: str, text: str) -> Any:
    """The same mapping with a text in place of the mark, in names of raw columns only."""
    names = {n: getattr(spec, n) for n in NAMES[type(spec).__name__]}
    update: dict[str, Any] = {n: column.replace(mark, text) for n, column in names.items() if column is not None}
    update |= {w: renamed(i, mark, text) for w in INSIDE if (i := getattr(spec, w, None)) is not None}
    if isinstance(spec, ColumnMap):
        update |= {w: tuple(renamed(p, mark, text) for p in getattr(spec, w)) for w in PARTS if getattr(spec, w)}
    return spec.model_copy(update=update)


def sources(spec: TableMap) -> Iterator[tuple[str, ColumnMap]]:
    """Canonical column and mapping, those of single files included."""
    yield from spec.columns.items()
    for columns in spec.overrides.values():
        yield from ((name, source) for name, source in columns.items() if source is not None)


def raw_columns(spec: TableMap) -> set[str]:
    """Every raw column that a block reads, in any of its files."""
    every = [*(source for _, source in sources(spec)), *([] if spec.first_by is None else [spec.first_by])]
    return {*spec.rows, *(column for source in every for column in source_columns(source))}


def marked(spec: TableMap, mark: str) -> list[str]:
    """Canonical columns read from raw columns whose names have the mark."""
    return list(dict.fromkeys(name for name, source in sources(spec) if any(mark in c for c in source_columns(source))))


def blocks(mapping: Mapping, table: str) -> list[tuple[str, TableMap]]:
    """Dotted path and mapping of each block that fills a canonical table, written out wave by wave."""
    if table == "persons":
        return [("mapping.persons", mapping.persons)]
    written = enumerate(getattr(mapping, table))
    return [(f"mapping.{table}.{i}", single) for i, spec in written for single in _written_out(spec)]


def _written_out(spec: WaveMap | SpellMap | EventMap) -> Iterator[TableMap]:
    if isinstance(spec, WaveMap) and spec.waves:
        for text, number in spec.waves.items():
            single = _with_text(spec, WAVE, text)
            own = spec.at.get(number, {})
            every = {c for _, source in sources(spec) for c in source_columns(source) if WAVE in c}
            alone = {c.replace(WAVE, text) for c in every} | {c for s in own.values() for c in source_columns(s)}
            parts = {
                "files": spec.files,
                "rows": single.rows,
                "overrides": single.overrides,
                "columns": single.columns | own | {"wave": ColumnMap(constant=number)},
                "repeated": tuple(sorted(alone)),
                "further": {name: f"at.{number}.{name}" for name in own},
            }
            yield OneWave.model_construct(**parts)
    elif isinstance(spec, SpellMap) and spec.repeat:
        yield from (_with_text(spec, NUMBER, str(text)) for text in spec.repeat)
    else:
        yield spec


def _with_text(spec: TableMap, mark: str, text: str) -> TableMap:
    columns = {name: renamed(source, mark, text) for name, source in spec.columns.items()}
    overrides = {
        file: {name: source and renamed(source, mark, text) for name, source in own.items()}
        for file, own in spec.overrides.items()
    }
    rows = {column.replace(mark, text): codes for column, codes in spec.rows.items()}
    return spec.model_copy(update={"columns": columns, "overrides": overrides, "rows": rows})
