"""People who may be one person under two identifiers."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..study import Thresholds
from .tables import ORIGIN, Tables

KEYS = ["person_id", "country", "site", "gender", "age", "birth_year", "weight", *ORIGIN]
MISSING = -1
# Answers that more people of one year, gender and site give alike tell nobody from another.
MOST_ALIKE = 20
CHANCE = 0.001
# An odd number without a pattern: the highest bits of a product with it depend on every bit of the other factor.
SPREAD = np.uint64(0x9E3779B97F4A7C15)
TOP_BITS = np.uint64(57)
TOP_MARK = 129
ROWS_AT_ONCE = 2**14


def near_duplicates(tables: Tables) -> pd.DataFrame:
    """People of the same birth year (or age, where no birth year is known), gender and site as an earlier person,
    with nearly the same answers.

    Answers are the covariates of the person and the measures of each interview; those that neither of the two gave are
    not compared, nor is an interview that only one of them gave: somebody who came twice may have been followed once.
    The comparison is complete, over all answers, the person's own, and these with the first interview: two people who
    differ in at most a share 1 - s of their answers agree in every answer of at least one of the groups of fewer than
    1 / (1 - s) columns that the answers are cut into, so that only people who agree in such a group are compared.
    Groups of answers that more than MOST_ALIKE people of one birth year, gender and site give alike are passed over;
    so are pairs whose answers are so common that more than CHANCE other people would give them too if answers were
    independent (the u-probabilities of Fellegi & Sunter 1969, J Am Stat Assoc 64: 1183-1210).
    To find them, each answer is marked by one byte; equal answers have equal marks, and what is told of a pair is
    counted from the answers themselves.
    """
    limits = tables.settings.thresholds
    person = pd.Series(tables.person["persons"])
    first_rows = ((person >= 0) & ~person.duplicated()).to_numpy()
    people = tables.persons if first_rows.all() else tables.persons[first_rows]
    person = person.to_numpy()[first_rows]
    told = "birth_year" if people["birth_year"].notna().any() else "age"
    block = _codes(people[[told, "gender", "site"]].assign(**{told: np.floor(people[told])}))
    marks = _marks(people, person, tables)
    own, each = len(_covariates(people)), len(_measures(tables.waves))
    parts = {own, min(own + each, marks.shape[1]), marks.shape[1]}
    found = [_candidates(block, marks[:, :width], limits) for width in sorted(parts)]
    first, second = _likely(*np.unique(np.hstack(found), axis=1), marks, own, each, limits.near_duplicate_share)
    compared, equal = _compared(people, tables.waves, first, second)
    near = (equal >= limits.near_duplicate_share * compared) & (compared >= limits.near_duplicate_answers)
    near[near] = _alike_by_chance(block, marks, first[near], second[near]) <= CHANCE
    pairs = pd.DataFrame({"first": first, "second": second, "equal": equal, "compared": compared})[near]
    pairs = pairs.sort_values(["second", "first"]).drop_duplicates("second")
    words = {"birth_year": "birth year, gender and site", "age": "age, gender and site"}
    found = people.iloc[pairs["second"]]
    return found.assign(
        value=found["person_id"],
        other=people["person_id"].iloc[pairs["first"]].to_numpy(),
        equal=pairs["equal"].to_numpy(),
        compared=pairs["compared"].to_numpy(),
        same=words[told],
    )


def _covariates(people: pd.DataFrame) -> list[str]:
    return [name for name in people.columns if name not in KEYS]


def _measures(waves: pd.DataFrame) -> list[str]:
    return [name for name in waves.columns if name not in ("person_id", "wave", "time", *ORIGIN)]


def _marks(people: pd.DataFrame, person: np.ndarray, tables: Tables) -> np.ndarray:
    """A byte for each answer of each person, shape (people, answers): equal for equal answers, 0 where missing."""
    waves, n = tables.waves, len(people)
    row_of = np.full(len(tables.people) + 1, MISSING)
    row_of[person] = np.arange(n)
    wave = waves["wave"].to_numpy(dtype=float, na_value=np.nan)
    rows = row_of[tables.person["waves"]]
    known = (rows >= 0) & ~np.isnan(wave)
    nth, numbers = pd.factorize(wave[known], sort=True)
    own, measures = _covariates(people), _measures(waves)
    told = _mark(waves[measures], np.zeros((len(waves), len(measures)), dtype=np.uint8))
    answers = np.zeros((n, len(own) + len(numbers) * len(measures)), dtype=np.uint8)
    _mark(people[own], answers[:, : len(own)])
    at = np.flatnonzero(known)
    for which in range(len(numbers)):
        first = len(own) + which * len(measures)
        # Last assigned stays: from the end on, so that the first of two interviews with the same number counts.
        given = at[nth == which][::-1]
        answers[rows[given], first : first + len(measures)] = told[given]
    return answers


def _mark(frame: pd.DataFrame, marks: np.ndarray) -> np.ndarray:
    """The marks of the answers in a frame, written into an array of its shape that holds noughts."""
    columns = [_as_floats(frame[name]) for name in frame.columns]
    # Row by row of a few thousand: what is worked out on the way stays close to the processor.
    for start in range(0, len(frame), ROWS_AT_ONCE):
        for j, values in enumerate(columns):
            part = values[start : start + ROWS_AT_ONCE]
            spread = (part + 0.0).view(np.uint64) * SPREAD
            spread >>= TOP_BITS
            spread += np.uint64(1)
            spread *= ~np.isnan(part)
            marks[start : start + ROWS_AT_ONCE, j] = spread
    return marks


def _as_floats(column: pd.Series) -> np.ndarray:
    """Answers as numbers, equal for equal ones; not-a-number where missing."""
    if column.dtype.kind == "f":
        return column.to_numpy()
    codes = pd.factorize(column)[0].astype(float)
    return np.where(codes == MISSING, np.nan, codes)


def _candidates(block: np.ndarray, marks: np.ndarray, limits: Thresholds) -> np.ndarray:
    """Positions of pairs, shape (2, pairs), that agree in the block and in every mark of a group of columns, and do not
    differ in more marks than near duplicates may; the earlier one first."""
    p, share = marks.shape[1], limits.near_duplicate_share
    pairs = [np.empty((0, 2), dtype=int)]
    for a, b in _agreeing(block, marks, limits):
        same = (block[a] == block[b]).all(axis=1)
        same[same] = (marks[a[same]] != marks[b[same]]).sum(axis=1) <= np.ceil((1 - share) * p)
        pairs.append(np.column_stack([a[same], b[same]]))
    return np.concatenate(pairs).T


def _agreeing(block: np.ndarray, marks: np.ndarray, limits: Thresholds) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of people whose keys agree, group of columns by group of columns: a key is worked out from the block and
    the marks of the group, so that equal ones have equal keys. Only people of whom enough is known are compared, and
    only where one of the marks of the group is."""
    p, share = marks.shape[1], limits.near_duplicate_share
    width = p if share == 1 else max(1, int(np.ceil(round(1 / (1 - share), 6))) - 1)
    of_block = _of_block(block)
    for start in range(0, p, width or 1):
        group = _words(marks[:, start : start + width])
        keys = _there_twice(pd.Series(_folded(of_block, group)))
        at = keys.index.to_numpy()
        known = (block[at, 0] != MISSING) & group[at].any(axis=1)
        known[known] = np.count_nonzero(marks[at[known]], axis=1) >= limits.near_duplicate_answers
        keys = _there_twice(keys[known])
        same = pd.factorize(keys)[0]
        few = np.bincount(same)[same] <= MOST_ALIKE
        rows, same = keys.index.to_numpy()[few], same[few]
        order = np.argsort(same, kind="stable")
        for offset in range(1, int(np.bincount(same).max(initial=0))):
            hit = same[order[offset:]] == same[order[:-offset]]
            yield rows[order[:-offset]][hit], rows[order[offset:]][hit]


def _there_twice(keys: pd.Series) -> pd.Series:
    """The keys that are there more than once; hardly any is, and to sort is many times as fast as to look each up."""
    ordered = np.sort(keys.to_numpy())
    return keys[keys.isin(ordered[1:][ordered[1:] == ordered[:-1]])]


def _words(marks: np.ndarray) -> np.ndarray:
    """The marks of each row, eight to a number."""
    n, p = marks.shape
    padded = np.zeros((n, -(-p // 8) * 8), dtype=np.uint8)
    padded[:, :p] = marks
    return padded.view(np.uint64)


def _of_block(block: np.ndarray) -> np.ndarray:
    return _folded(np.zeros(len(block), dtype=np.uint64), block.astype(np.uint64))


def _folded(keys: np.ndarray, columns: np.ndarray) -> np.ndarray:
    for j in range(columns.shape[1]):
        keys = (keys + columns[:, j]) * SPREAD
        keys = keys ^ (keys >> np.uint64(32))
    return keys


def _likely(
    first: np.ndarray, second: np.ndarray, marks: np.ndarray, own: int, each: int, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs without those that surely differ too much: equal answers have equal marks, so no pair has more equal
    answers than equal marks."""
    parts = np.split(marks, np.arange(own, marks.shape[1], each), axis=1) if each else [marks]
    compared, equal = _counted([(part[first], part[second]) for part in parts], missing=0)
    likely = equal >= share * compared
    return first[likely], second[likely]


def _compared(
    people: pd.DataFrame, waves: pd.DataFrame, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How many answers of each pair are compared, and how many of these are equal; of interviews that both gave."""
    used, at = np.unique(np.concatenate([first, second]), return_inverse=True)
    own = people.iloc[used]
    told = waves[waves["person_id"].isin(own["person_id"]) & waves["wave"].notna()] if len(used) else waves.iloc[:0]
    blocks = [_codes(own[_covariates(own)])]
    for _, rows in told.drop_duplicates(["person_id", "wave"]).groupby("wave"):
        blocks.append(_codes(rows.set_index("person_id")[_measures(waves)].reindex(own["person_id"])))
    a, b = at[: len(first)], at[len(first) :]
    return _counted([(answers[a], answers[b]) for answers in blocks], MISSING)


def _counted(blocks: list[tuple[np.ndarray, np.ndarray]], missing: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers of each pair that are compared, and those that are equal; each block holds the answers of both, shape
    (pairs, answers), and counts where both gave any."""
    compared = equal = np.zeros(len(blocks[0][0]), dtype=int)
    for a, b in blocks:
        both = (a != missing).any(axis=1) & (b != missing).any(axis=1)
        compared = compared + (((a != missing) | (b != missing)) & both[:, None]).sum(axis=1)
        equal = equal + ((a == b) & (a != missing)).sum(axis=1)
    return compared, equal


def _alike_by_chance(block: np.ndarray, marks: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How many of the people in a pair's block would give the answers that the two share, were answers independent; how
    common an answer is, is told by all others."""
    n = len(marks)
    if not len(first):
        return np.empty(0)
    keys, size = np.unique(_of_block(block), return_inverse=True, return_counts=True)[1:]
    log_expected = np.log(size[keys[first]])
    for j in range(marks.shape[1]):
        common = np.maximum(np.bincount(marks[:, j], minlength=TOP_MARK) - 2, 0) / max(n - 2, 1)
        own = marks[first, j]
        shared = (own == marks[second, j]) & (own > 0)
        with np.errstate(divide="ignore"):
            log_expected[shared] += np.log(common[own[shared]])
    return np.exp(log_expected)


def _codes(frame: pd.DataFrame) -> np.ndarray:
    columns = [pd.factorize(frame[name])[0] for name in frame.columns]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0), dtype=int)
