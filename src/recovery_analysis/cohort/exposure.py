"""Peer engagement of each person: at the start, from when on, and at the wave before."""

import pandas as pd

from ..study import Design, Peer


def peer_start(spells: pd.DataFrame, peer: Peer) -> pd.Series:
    """Time of first engagement with any peer pathway; index person_id, study clock in years.

    A person without a peer spell is not in the result. A spell whose start is unknown makes the person's first
    engagement unknown (missing), since it could be the first.
    """
    own = spells[spells["kind"].isin(peer.spells)]
    starts = own.groupby("person_id")["start"]
    return starts.min().where(starts.size() == starts.count())


def peer_at_start(persons: pd.DataFrame, spells: pd.DataFrame, waves: pd.DataFrame, peer: Peer) -> pd.Series:
    """0/1 per person: ever engaged before the interview where peers are spells, otherwise the measure at wave 0."""
    ids = persons["person_id"]
    if not peer.spells:
        first = waves[waves["wave"] == 0].set_index("person_id")[peer.measure]
        return ids.map(first).astype(float)
    return ids.isin(spells.loc[spells["kind"].isin(peer.spells), "person_id"]).astype(float)


def pathways(persons: pd.DataFrame, spells: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    """One 0/1 column `pathway_<kind>` per kind: ever used. People use several; `natural` means none of them."""
    used = {
        f"pathway_{kind}": persons["person_id"].isin(spells.loc[spells["kind"] == kind, "person_id"]).astype(float)
        for kind in kinds
        if kind != "natural"
    }
    frame = pd.DataFrame(used, index=persons.index)
    frame["pathway_natural"] = (frame.sum(axis=1) == 0).astype(float)
    return frame


def observed_until(
    persons: pd.DataFrame, spells: pd.DataFrame, events: pd.DataFrame, design: Design, peer: Peer
) -> dict[str, pd.Series]:
    """Columns `window` and `peer_from`: years from time zero to the interview, and to the first engagement with peers.

    `window` is how late a time could have been for the person to be in a file of people who have had the outcome.
    It is missing where no interview is dated. `peer_from` is 0 for people with peers before time zero, missing for
    those without, and where it is not known; the column is there only if peers have dates.
    """
    ids = persons["person_id"]
    seen = {name: rows.set_index("person_id")["time"] for name, rows in events[events["observed"]].groupby("event")}
    nobody: pd.Series[float] = pd.Series(dtype=float)
    zero, interview = (ids.map(seen.get(name, nobody)) for name in (design.time_zero, "interview"))
    zero = zero if design.calendar else pd.Series(0.0, index=persons.index)
    found = {"window": interview - zero}
    return found | {"peer_from": (ids.map(peer_start(spells, peer)) - zero).clip(lower=0.0)} if peer.spells else found
