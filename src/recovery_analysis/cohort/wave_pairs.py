"""Each wave beside the wave before it: the outcome, and the exposure that came first."""

import pandas as pd


def pair_with_previous(waves: pd.DataFrame, measures: list[str], peer: str) -> tuple[pd.DataFrame, int]:
    """One row per person and follow-up wave whose directly preceding wave the person also answered.

    Parameters
    ----------
    waves : canonical waves.
    measures : measures to pair; each gives `<measure>` and `<measure>_previous`.
    peer : the measure of peer engagement, given as `peer_previous`.

    Returns
    -------
    pairs : person_id, wave, peer_previous, measures.
    unpaired : number of follow-up interviews without an interview at the wave before.
    """
    now = waves[["person_id", "wave", *measures]]
    before = now.assign(wave=now["wave"] + 1).rename(columns={name: f"{name}_previous" for name in measures})
    follow_up = now[now["wave"] > 0]
    pairs = follow_up.merge(before, on=["person_id", "wave"], how="inner", validate="1:1")
    pairs["peer_previous"] = pairs[f"{peer}_previous"]
    pairs = pairs.sort_values(["person_id", "wave"]).reset_index(drop=True)
    return pairs, len(follow_up) - len(pairs)
