"""What the mapping must say of the columns that it fills: described, complete, and with names of their own."""

from collections.abc import Iterator

from .errors import nearest
from .instruments.plan import score_names
from .study import Study
from .study.sources import blocks

KEYS = ("person_id", "country", "site", "gender", "age", "birth_year", "weight", "wave", "time")
# Columns that the analysis makes itself: one of the study's own would be taken for it, or the other way round.
MADE = (
    *("peer", "peer_previous", "peer_from", "previous", "outcome", "start", "stop", "event", "competing", "lower"),
    *("earliest", "latest", "entry", "switch", "window", "origin", "target", "told_to_year"),
    *("source_file", "source_row"),
)


def column_rules(study: Study) -> Iterator[str]:
    """Sentences, each beginning with a dotted path, about columns of persons, of waves, and of instruments."""
    yield from _columns(study)
    yield from _taken(study)


def _columns(study: Study) -> Iterator[str]:
    mapped = [("mapping.persons", study.mapping.persons, ("person_id", "gender"))]
    for i, wave in enumerate(study.mapping.waves):
        mapped.append(
            (f"mapping.waves.{i}", wave, ("person_id", "time") if wave.waves else ("person_id", "wave", "time"))
        )
    for path, table, needed in mapped:
        written = {name: f"columns.{name}" for name in table.columns}
        for number, own in getattr(table, "at", {}).items():
            written |= {name: f"at.{number}.{name}" for name in own}
        for name, place in written.items():
            if name not in KEYS and name not in study.variables:
                known = [*KEYS, *study.variables]
                yield f"{path}.{place}: describe this column under `variables`. {nearest(name, known)}"
        for name in needed:
            each = [getattr(table, "at", {}).get(number, {}) for number in getattr(table, "waves", {}).values()]
            if name not in table.columns and not (each and all(name in own for own in each)):
                yield f"{path}.columns.{name}: this column is needed and is not mapped."


def _taken(study: Study) -> Iterator[str]:
    """Names that stand for something else already, so that one column would be analysed in place of another."""
    persons = [name for name in study.mapping.persons.columns if name not in KEYS]
    scores = score_names(study.instruments)
    asked = [name for _, wave in blocks(study.mapping, "waves") for name in wave.columns if name not in KEYS]
    measures = list(dict.fromkeys([*asked, *scores]))
    made = [*MADE, *(f"{name}_previous" for name in measures)]
    for name in dict.fromkeys([*persons, *measures]):
        path = f"instruments.{name}" if name in scores else f"variables.{name}"
        if name in made or name.startswith("pathway_"):
            yield (
                f"{path}: the analysis makes a column of this name itself, and one would be taken for the other. Give "
                f"it another name here, and wherever it is mapped or used, such as {name}_answer."
            )
        elif name in persons and name in measures:
            yield (
                f"mapping.persons.columns.{name}: the interviews have a measure of the same name, and a regression "
                "would take the later answer for what people said at the start. Give one of the two another name, "
                f"such as {name}_at_start."
            )
