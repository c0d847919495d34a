"""Canonical tables → the tables that models read."""

import pandas as pd

from .. import labels
from ..cohort.describe import describe
from ..cohort.eligibility import apply_rules
from ..cohort.exposure import observed_until, pathways, peer_at_start
from ..cohort.periods import follow_up
from ..cohort.state_paths import state_paths as paths_of
from ..cohort.wave_pairs import pair_with_previous
from ..errors import ResearchError, account
from ..io import read_table, write_table
from ..schemas.canonical import COLUMNS
from ..schemas.cohort import COHORT, PERIODS, STATE_PATHS, WAVE_PAIRS
from ..schemas.results import FLOW, TABLE_ONE
from ..study import MeasureOutcome, StatesOutcome, StudyBlocks, every_definition, pathway_variables

ROWS_LEFT_OUT = "Of people left out by a rule of the study"


def derive_cohort(
    study_id: str,
    study: dict,
    described: list[str],
    analysed: dict[str, str],
    persons: str,
    spells: str,
    events: str,
    waves: str,
    cohort: str,
    periods: str,
    state_paths: str,
    wave_pairs: str,
    table_one: str,
    flow: str,
) -> None:
    """Read the checked canonical tables; write the cohort, its periods, state paths and wave pairs, table 1, flow rows.

    Parameters
    ----------
    study : blocks mapping, variables, design, eligibility, peer and outcomes.
    described : columns of table 1.
    analysed : analysis → its outcome.
    """
    plan = StudyBlocks.model_validate(study)
    tables = {"spells": read_table(spells), "events": read_table(events), "waves": read_table(waves)}
    everyone = read_table(persons)
    eligible, excluded = apply_rules(everyone, tables["events"], plan.eligibility)
    account(study_id, "people", len(everyone), left_out=int(excluded["n"].sum()), eligible=len(eligible))
    if everyone.empty:
        raise ResearchError(
            f"{study_id}: every person is set aside, so nothing is left to analyse. data/derived/{study_id}/issues.csv "
            "says why, row by row."
        )
    if eligible.empty:
        raise ResearchError(nobody_eligible(study_id, excluded))
    people = cohort_table(eligible, tables, plan)
    write_table(people, cohort, COHORT)
    follow_ups = {
        name: follow_up(name, outcome, plan.design, plan.peer, eligible, tables)
        for stated in plan.outcomes.items()
        for name, outcome in every_definition(*stated).items()
        if not isinstance(outcome, MeasureOutcome | StatesOutcome)
    }
    staged = {n: o for n, o in plan.outcomes.items() if isinstance(o, StatesOutcome)}
    paths = {n: paths_of(n, o, plan.peer, eligible, tables) for n, o in staged.items()}
    for name, (followed, left_out) in (follow_ups | paths).items():
        parts = {"left_out": int(left_out["n"].sum()), "followed": followed["person_id"].nunique()}
        account(f"{study_id}: outcomes.{name}", "people", len(eligible), **parts)
    write_table(_stack([f for f, _ in follow_ups.values()], list(PERIODS.columns)), periods, PERIODS)
    write_table(_stack([f for f, _ in paths.values()], list(STATE_PATHS.columns)), state_paths, STATE_PATHS)
    write_table(wave_table(tables["waves"], eligible, plan), wave_pairs, WAVE_PAIRS)
    rows = describe(people, described, plan.variables | pathway_variables(plan.mapping), plan.peer.spells)
    write_table(rows.assign(study=study_id, suppressed=False), table_one, TABLE_ONE)
    rows = eligible_rows(tables | {"persons": everyone}, eligible)
    write_table(_flow(study_id, rows, analysed, excluded, len(eligible), follow_ups | paths), flow, FLOW)


def nobody_eligible(study_id: str, excluded: pd.DataFrame) -> str:
    """Which rules left everybody out, in a sentence; `excluded` : label and n of each rule."""
    told = "; ".join(f"'{rule.label}' ({rule.n})" for rule in excluded.itertuples() if rule.n)
    return (
        f"{study_id}: no person meets every rule under `eligibility`. People left out, by rule: {told}. Check these "
        "rules and the mapping of the columns that they look at: a value that is not known meets no rule."
    )


def cohort_table(eligible: pd.DataFrame, tables: dict[str, pd.DataFrame], plan: StudyBlocks) -> pd.DataFrame:
    """One row per eligible person: covariates, peer engagement at the start, pathways used."""
    people = eligible.assign(peer=peer_at_start(eligible, tables["spells"], tables["waves"], plan.peer))
    if plan.design.calendar or plan.peer.spells:
        people = people.assign(**observed_until(people, tables["spells"], tables["events"], plan.design, plan.peer))
    kinds = [name.removeprefix("pathway_") for name in pathway_variables(plan.mapping)]
    return people.join(pathways(eligible, tables["spells"], kinds)) if kinds else people


def wave_table(waves: pd.DataFrame, eligible: pd.DataFrame, plan: StudyBlocks) -> pd.DataFrame:
    """Each wave beside the one before, for the measures that outcomes use."""
    if plan.peer.measure is None:
        return pd.DataFrame(columns=list(WAVE_PAIRS.columns))
    used = {o.measure for o in plan.outcomes.values() if isinstance(o, MeasureOutcome)} | {plan.peer.measure}
    pairs, _ = pair_with_previous(
        waves[waves["person_id"].isin(eligible["person_id"])], sorted(used), plan.peer.measure
    )
    return pairs


def _stack(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def eligible_rows(tables: dict[str, pd.DataFrame], eligible: pd.DataFrame) -> list[dict]:
    """Flow rows: rows of each table of people who are left out by a rule of the study, and of the others."""
    rows = []
    for name in COLUMNS:
        kept = int(tables[name]["person_id"].isin(eligible["person_id"]).sum())
        left_out = len(tables[name]) - kept
        parts = [
            ("excluded", ROWS_LEFT_OUT, left_out),
            ("eligible", f"Rows kept for {labels.TABLE[name].lower()}", kept),
        ]
        rows += [{"kind": kind, "unit": labels.rows_of(name), "label": label, "n": n} for kind, label, n in parts if n]
    return rows


def _flow(
    study_id: str,
    rows: list[dict],
    analysed: dict[str, str],
    excluded: pd.DataFrame,
    n_eligible: int,
    follow_ups: dict[str, tuple[pd.DataFrame, pd.DataFrame]],
) -> pd.DataFrame:
    rows = rows + [{"kind": "excluded", "label": r.label, "n": r.n} for r in excluded.itertuples()]
    rows.append({"kind": "eligible", "label": "People in the study", "n": n_eligible})
    for name, outcome in analysed.items():
        if outcome in follow_ups:
            left_out = follow_ups[outcome][1]
            rows += [
                {"kind": "excluded", "analysis": name, "label": r.label, "n": r.n} for r in left_out.itertuples() if r.n
            ]
    frame = pd.DataFrame(rows).reindex(columns=["kind", "unit", "analysis", "label", "n"])
    frame["unit"] = frame["unit"].fillna("people")
    return frame.assign(study=study_id, step=range(1, len(frame) + 1), suppressed=False)
