"""Simulated lives as canonical tables, without questionnaire or recall: what really happened until the interview."""

import numpy as np
import pandas as pd

from recovery_analysis.cohort.state_paths import state_paths
from recovery_analysis.simulate.lives import Lives
from recovery_analysis.study import Peer, StatesOutcome

PEERS = Peer(label="With peers", reference="Without peers", noun="peers", spells=("mutual_aid",))
STAGES = StatesOutcome(kind="states", label="Stages of recovery", definition="Where people are.", stages=(1, 5))


def onset_of(lives: Lives) -> np.ndarray:
    """Calendar time of onset."""
    people = lives.people
    return (people["help_at"] - (people["help_age"] - people["onset_age"])).to_numpy()


def paths_of(lives: Lives, spells: pd.DataFrame, until: np.ndarray, peer_start: np.ndarray) -> pd.DataFrame:
    """State paths, with gender, of people who are followed until calendar time `until`.

    Parameters
    ----------
    spells : recovery spells of the lives; attempts under a year are left out, as in the questionnaire.
    peer_start : years from first help to first engagement with peers; infinite if never.
    """
    people = lives.people
    ids, help_at = np.array([f"p{i:05d}" for i in range(len(people))]), people["help_at"].to_numpy()
    times = {"onset": onset_of(lives), "first_help": help_at, "interview": until}
    events = [pd.DataFrame({"person_id": ids, "event": name, "time": time}) for name, time in times.items()]
    own = spells[spells["kind"] == "stable"]
    person = own["person"].to_numpy()
    recovery = _spells("recovery", ids[person], help_at[person] + own[["start", "stop"]].to_numpy().T, until[person])
    met = np.isfinite(peer_start)
    dates = np.array([help_at[met] + peer_start[met], np.full(met.sum(), np.inf)])
    peers = _spells("mutual_aid", ids[met], dates, until[met])
    tables = {"events": pd.concat(events).assign(observed=True, precision="day")}
    tables["spells"] = pd.concat([recovery, peers]).assign(precision="day")
    persons = pd.DataFrame({"person_id": ids, "gender": people["gender"]})
    paths, left_out = state_paths("stages", STAGES, PEERS, persons, tables)
    assert left_out["n"].sum() == 0
    return paths.merge(persons, on="person_id")


def _spells(kind: str, ids: np.ndarray, dates: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """Spells that began before the end of follow-up; those that last longer go on."""
    start, stop = dates
    frame = pd.DataFrame({"person_id": ids, "kind": kind, "start": start, "stop": stop, "ongoing": stop > until})
    return frame[start < until]
