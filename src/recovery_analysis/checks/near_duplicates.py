"""People who may be one person under two identifiers."""

import numpy as np
import pandas as pd

from .tables import ORIGIN, Tables

KEYS = ["person_id", "country", "site", "gender", "age", "birth_year", "weight", *ORIGIN]
MISSING = -1


def near_duplicates(tables: Tables) -> pd.DataFrame:
    """People of the same birth year (or age, where no birth year is known), gender and site as an earlier person,
    with nearly the same answers.

    Answers are the covariates of the person and the measures of each interview; those that neither of the two gave are
    not compared. The comparison is complete: two people who differ in at most a share 1 - s of their answers agree in
    every answer of at least one of the groups of fewer than 1 / (1 - s) columns that the answers are cut into, so that
    only people who agree in such a group need to be compared.
    """
    limits = tables.settings.thresholds
    people = tables.persons[tables.persons["person_id"].notna()].drop_duplicates("person_id")
    told = "birth_year" if people["birth_year"].notna().any() else "age"
    block = _codes(people[[told, "gender", "site"]].assign(**{told: np.floor(people[told])}))
    answers = _answers(people, tables.waves)
    usable = (block[:, 0] != MISSING) & ((answers != MISSING).sum(axis=1) >= limits.near_duplicate_answers)
    people, block, answers = people[usable], block[usable], answers[usable]
    first, second = _candidates(block, answers, limits.near_duplicate_share)
    a, b = answers[first], answers[second]
    compared = ((a != MISSING) | (b != MISSING)).sum(axis=1)
    equal = ((a == b) & (a != MISSING)).sum(axis=1)
    near = (equal >= limits.near_duplicate_share * compared) & (compared >= limits.near_duplicate_answers)
    pairs = pd.DataFrame({"first": first, "second": second, "equal": equal, "compared": compared})[near]
    pairs = pairs.sort_values(["second", "first"]).drop_duplicates("second")
    ids = people["person_id"].to_numpy()
    words = {"birth_year": "birth year, gender and site", "age": "age, gender and site"}
    found = people.iloc[pairs["second"]]
    return found.assign(
        value=found["person_id"],
        other=ids[pairs["first"]],
        equal=pairs["equal"].to_numpy(),
        compared=pairs["compared"].to_numpy(),
        same=words[told],
    )


def _answers(people: pd.DataFrame, waves: pd.DataFrame) -> np.ndarray:
    """Codes of every answer of each person, shape (people, answers)."""
    own = people[[c for c in people.columns if c not in KEYS]]
    measures = [c for c in waves.columns if c not in ("person_id", "wave", "time", *ORIGIN)]
    known = waves[waves["person_id"].notna() & waves["wave"].notna()].drop_duplicates(["person_id", "wave"])
    blocks = [_codes(own)]
    for _, rows in known.groupby("wave"):
        blocks.append(_codes(rows.set_index("person_id")[measures].reindex(people["person_id"])))
    return np.column_stack(blocks)


def _codes(frame: pd.DataFrame) -> np.ndarray:
    columns = [pd.factorize(frame[name])[0] for name in frame.columns]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0), dtype=int)


def _candidates(block: np.ndarray, answers: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions of pairs that agree in the block and in every answer of a group of columns; the earlier one first."""
    n, p = answers.shape
    width = p if share == 1 else max(1, int(np.ceil(round(1 / (1 - share), 6))) - 1)
    pairs = [np.empty((0, 2), dtype=int)]
    for start in range(0, p, width or 1):
        group = answers[:, start : start + width]
        rows = np.flatnonzero((group != MISSING).any(axis=1))
        keys = pd.DataFrame(np.column_stack([block[rows], group[rows]]))
        same = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy()
        order = np.argsort(same, kind="stable")
        for offset in range(1, int(np.bincount(same).max(initial=0))):
            hit = same[order[offset:]] == same[order[:-offset]]
            pairs.append(np.column_stack([rows[order[:-offset]][hit], rows[order[offset:]][hit]]))
    found = np.unique(np.concatenate(pairs), axis=0)
    return found[:, 0], found[:, 1]
