"""A study's instruments in its plan: their items and scores as measures of the waves."""

from collections.abc import Iterator

from ..errors import nearest
from ..study import ColumnMap, Questionnaire, Study, Variable, WaveMap
from ..study.instruments import BLOCK, WAVE
from .registry import INSTRUMENTS
from .scale import Instrument, Scale, WeightedScale

POINTS = "points"


def items_of(name: str, instrument: Instrument) -> list[str]:
    """Columns of the waves that hold the answers to each item, named after the place in the configuration."""
    return [f"{BLOCK}.{name}.item_{i}" for i in range(1, len(instrument.answers) + 1)]


def score_name(name: str, scale: Scale | WeightedScale) -> str:
    """Name of the measure that holds a score: the study's name of the instrument, and the scale's where it has one."""
    return f"{name}_{scale.name}" if scale.name else name


def score_names(questionnaires: dict[str, Questionnaire]) -> list[str]:
    """Measures that a study's instruments give; an instrument that is not known gives none."""
    known = {name: INSTRUMENTS[q.instrument] for name, q in questionnaires.items() if q.instrument in INSTRUMENTS}
    return [score_name(name, scale) for name, instrument in known.items() for scale in instrument.scales]


def with_instruments(study: Study) -> Study:
    """The study with the items of its instruments mapped, and items and scores described as measures.

    What the study itself says of a score under `variables` is kept.
    """
    if not study.instruments:
        return study
    described: dict[str, Variable] = {}
    for name, questionnaire in study.instruments.items():
        described |= _variables(name, INSTRUMENTS[questionnaire.instrument])
    waves = tuple(_with_items(block, study.instruments) for block in study.mapping.waves)
    mapping = study.mapping.model_copy(update={"waves": waves})
    return study.model_copy(update={"mapping": mapping, "variables": described | study.variables})


def _variables(name: str, instrument: Instrument) -> dict[str, Variable]:
    items = {
        item: Variable(
            label=f"{instrument.title}, item {i}", type="number", range=instrument.answers[i - 1], whole=True
        )
        for i, item in enumerate(items_of(name, instrument), 1)
    }
    return items | {
        score_name(name, scale): Variable(
            label=scale.label, type="number", range=(round(scale.low, 5), round(scale.high, 5)), unit=POINTS
        )
        for scale in instrument.scales
    }


def _with_items(block: WaveMap, questionnaires: dict[str, Questionnaire]) -> WaveMap:
    columns, at = dict(block.columns), {number: dict(own) for number, own in block.at.items()}
    for name, questionnaire in questionnaires.items():
        columns |= _items(name, questionnaire, questionnaire.items)
        for number in _numbers(block):
            own = _items(name, questionnaire, questionnaire.at.get(number, ()))
            if own and block.waves:
                at[number] = at.get(number, {}) | own
            else:
                columns |= own
    return block.model_copy(update={"columns": columns, "at": at})


def _items(name: str, questionnaire: Questionnaire, raw: tuple[str, ...]) -> dict[str, ColumnMap]:
    """Item → the raw column that holds its answers, with what the study says of its codes."""
    codes = questionnaire.model_dump(include={"missing", "quarantine", "recode"})
    items = items_of(name, INSTRUMENTS[questionnaire.instrument])
    return {item: ColumnMap(column=column, **codes) for item, column in zip(items, raw, strict=False)}


def _numbers(block: WaveMap) -> list[int]:
    """The numbers of the waves that a block is for, where the configuration says them."""
    written = block.columns["wave"].constant if "wave" in block.columns else None
    return list(block.waves.values()) or ([int(written)] if isinstance(written, int | float) else [])


def problems(study: Study) -> Iterator[str]:
    """What is wrong with a study's instruments: sentences that begin with a dotted path."""
    taken = {column for block in study.mapping.waves for columns in _columns_of(block) for column in columns}
    for name, questionnaire in study.instruments.items():
        path = f"instruments.{name}"
        instrument = INSTRUMENTS.get(questionnaire.instrument)
        if instrument is None:
            advice = nearest(questionnaire.instrument, INSTRUMENTS)
            yield f"{path}.instrument: there is no instrument '{questionnaire.instrument}'. {advice}"
            continue
        yield from _columns(path, questionnaire, instrument, study)
        for scale in instrument.scales:
            score = score_name(name, scale)
            if score in taken:
                yield (
                    f"{path}: '{score}' is the name of a score of this instrument, and of another measure of the "
                    "waves. Give one of the two another name."
                )
            taken.add(score)


def _columns_of(block: WaveMap) -> Iterator[dict[str, ColumnMap]]:
    yield block.columns
    yield from block.at.values()


def _columns(path: str, questionnaire: Questionnaire, instrument: Instrument, study: Study) -> Iterator[str]:
    if not study.mapping.waves:
        yield f"{path}: the items of an instrument are columns of the waves, but mapping.waves has no block."
    lists = {"items": questionnaire.items} if questionnaire.items else {}
    lists |= {f"at.{wave}": columns for wave, columns in questionnaire.at.items()}
    wanted = len(instrument.answers)
    for where, columns in lists.items():
        if len(columns) != wanted:
            yield f"{path}.{where}: found {len(columns)} columns, but {instrument.title} has {wanted} items."
        twice = sorted({column for column in columns if columns.count(column) > 1})
        if twice:
            yield f"{path}.{where}: the column {twice[0]} is named more than once; each item has a column of its own."
    yield from _marks(path, questionnaire, study)
    known = {number for block in study.mapping.waves for number in _numbers(block)}
    for wave in questionnaire.at:
        if wave not in known:
            yield (
                f"{path}.at.{wave}: no block of mapping.waves has `wave: {{constant: {wave}}}`, or {wave} under "
                f"`waves`. {nearest(wave, known)}"
            )


def _marks(path: str, questionnaire: Questionnaire, study: Study) -> Iterator[str]:
    """Items read at every wave are named with `{wave}` where a row holds several interviews, and only there."""
    if not questionnaire.items:
        return
    marked = all(WAVE in column for column in questionnaire.items)
    for i, block in enumerate(study.mapping.waves):
        if block.waves and not marked:
            yield (
                f"{path}.items: mapping.waves.{i} holds several interviews in each row, so the same answers would be "
                f"read for each. Write {WAVE} in the names of the items, or list the columns of each wave under `at`."
            )
        elif not block.waves and any(WAVE in column for column in questionnaire.items):
            yield (
                f"{path}.items: {WAVE} needs `waves` in mapping.waves.{i}, which says what takes its place. List the "
                "columns of each wave under `at` where only some files are wide."
            )
