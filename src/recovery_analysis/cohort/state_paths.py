"""Each person's path through the stages of recovery, from onset on: counting-process rows of states.

A stage of recovery begins when the spell has lasted so long, never before. A spell of recovery that ends leads back
to where the person was: sought help, or not yet. Peer engagement counts from its first day on.
"""

import numpy as np
import pandas as pd

from ..study import UNITS_PER_YEAR, Peer, StatesOutcome
from .exposure import peer_start
from .recalled import HALF_WIDTH

HALF_A_DAY = 0.5 / UNITS_PER_YEAR["days"]
RECALL_YEARS = 1.0
DECIMALS = 6
SAME_DATE = 10.0**-DECIMALS
MOST_SHORT = 0.01
DEATH = "death"
COLUMNS = ["person_id", "outcome", "start", "stop", "origin", "target", "peer", "told_to_year"]
REASONS = {
    "unknown": "Date of onset, first help or interview not known",
    "order": "Onset after first help, a spell of recovery or the interview",
    "recovery": "Dates of a spell of recovery not known",
}


def state_paths(
    name: str, outcome: StatesOutcome, peer: Peer, persons: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of states since onset, and the people who have none, by reason.

    Parameters
    ----------
    name, outcome : the outcome as the study names and defines it: its stages, the events that start the clock and
        mean first help.
    persons : eligible persons; tables: canonical spells and events, in calendar years.

    Returns
    -------
    paths : columns of schemas.cohort.STATE_PATHS.
    left_out : columns label, n.
    """
    people = _clocks(outcome, persons, tables["events"])
    spells = tables["spells"]
    spells = spells[(spells["kind"] == outcome.spell) & spells["person_id"].isin(people.index)]
    spells = _since_onset(spells, people)
    undated = spells["start"].isna() | spells["stop"].isna()
    before = (spells["start"] < -RECALL_YEARS) | (spells["stop"] <= 0)
    why = pd.Series("", index=people.index)
    why[people.index.isin(spells.loc[undated, "person_id"])] = "recovery"
    too_early = people.index.isin(spells.loc[before, "person_id"]) | (people["help"] < -RECALL_YEARS)
    why[too_early | (people["end"] <= HALF_A_DAY)] = "order"
    why[people[["zero", "interview"]].isna().any(axis=1) | people["help_unknown"]] = "unknown"
    people = people[why == ""]
    spells = spells[spells["person_id"].isin(people.index)]
    paths = _rows(_moments(outcome, people, _merged(spells), _only_long(spells, outcome.stages[0])), people)
    left_out = [{"label": label, "n": int((why == reason).sum())} for reason, label in REASONS.items()]
    paths = _with_peers(paths, people, peer_start(tables["spells"], peer))
    return paths.assign(outcome=name)[COLUMNS], pd.DataFrame(left_out)


def _clocks(outcome: StatesOutcome, persons: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Per person, in years since onset: first help (infinite if it has not happened), death, end of follow-up; and half
    the width of what the dates of onset, help and death can mean (`told_`)."""
    names = [outcome.onset, outcome.first_help, DEATH, "interview"]
    own = events[events["person_id"].isin(persons["person_id"]) & events["event"].isin(names) & events["observed"]]
    seen = own.pivot(index="person_id", columns="event", values="time").reindex(persons["person_id"], columns=names)
    frame = pd.DataFrame({"zero": seen[outcome.onset], "interview": seen["interview"]})
    told = own.assign(half=own["precision"].map(HALF_WIDTH)).pivot(index="person_id", columns="event", values="half")
    told = told.reindex(persons["person_id"], columns=names).fillna(0.0)
    for name, event in (("told_zero", outcome.onset), ("told_help", outcome.first_help), ("told_death", DEATH)):
        frame[name] = told[event]
    helped = own.loc[own["event"] == outcome.first_help, "person_id"]
    frame["help_unknown"] = frame.index.isin(helped) & seen[outcome.first_help].isna()
    frame["help"] = (seen[outcome.first_help] - frame["zero"]).fillna(np.inf)
    frame["death"] = (seen[DEATH] - frame["zero"]).fillna(np.inf)
    frame["end"] = np.minimum(frame["interview"] - frame["zero"], frame["death"])
    return frame


def _since_onset(spells: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Spells on the clock of each person; those that go on last until the end of follow-up."""
    zero, end = (spells["person_id"].map(people[name]) for name in ("zero", "end"))
    stop = (spells["stop"] - zero).mask(spells["ongoing"], end)
    columns = {"person_id": spells["person_id"], "start": spells["start"] - zero, "stop": stop}
    columns["ongoing"] = spells["ongoing"].astype(bool)
    return pd.DataFrame(columns | {"told": spells["precision"].map(HALF_WIDTH)})


def _merged(spells: pd.DataFrame) -> pd.DataFrame:
    """Spells that overlap or adjoin, as one; two of which the first ends in the month or year that the second begins in
    are apart, since a return to use lies between them."""
    spells = spells.assign(start=spells["start"].clip(lower=0.0)).sort_values(["person_id", "start"], kind="stable")
    spells = _apart(spells)
    reach = spells.groupby("person_id")["stop"].cummax().groupby(spells["person_id"]).shift()
    number = (~(spells["start"] <= reach)).cumsum()
    joined = spells.groupby(number).agg({"person_id": "first", "start": "first", "stop": "max", "told": "first"})
    return joined.reset_index(drop=True)


def _apart(spells: pd.DataFrame) -> pd.DataFrame:
    """Sorted spells, the break put between two that meet at a date told to the month or year: the first ends a third of
    that month or year after its beginning, the second begins a third before its end, as two dates do on average that
    are anywhere in it, one after the other. Neither spell loses more than half of its length."""
    following = spells.groupby("person_id")[["start", "told"]].shift(-1)
    # Dates on the clock of a person are differences of calendar years: equal but for rounding.
    meets = (following["start"] - spells["stop"]).abs().lt(SAME_DATE) & spells["told"].gt(0) & following["told"].gt(0)
    begins, half = meets.groupby(spells["person_id"]).shift(fill_value=False), (spells["stop"] - spells["start"]) / 2
    shift = np.minimum(spells["told"] / 3, half)
    start, stop = spells["start"] + shift.where(begins, 0.0), spells["stop"] - shift.where(meets, 0.0)
    return spells.assign(start=start, stop=stop)


def _only_long(spells: pd.DataFrame, first: float) -> bool:
    """Whether hardly any spell is shorter than the first stage, as in questionnaires that date only those that reached
    it: one dated to the month or year that is just as long did so."""
    length = spells["stop"] - spells["start"]
    ended = length[~spells["ongoing"]]
    return len(ended) > 0 and float((ended < first - SAME_DATE).mean()) <= MOST_SHORT


def _moments(outcome: StatesOutcome, people: pd.DataFrame, recovery: pd.DataFrame, only_long: bool) -> pd.DataFrame:
    """Times at which a person's state changes, and the state from then on; sorted by person and time."""
    before, helped, *stages = outcome.states[:-1]
    help_at = people["help"].clip(lower=HALF_A_DAY)
    held = recovery.set_index("person_id")
    asked = held["start"].add(outcome.stages[0])
    sheltered = held.index[(asked <= help_at.reindex(held.index)) & (help_at.reindex(held.index) < held["stop"])]
    help_at = help_at[np.isfinite(help_at) & ~help_at.index.isin(sheltered)]
    told_help = people["told_help"].reindex(help_at.index)
    parts = [_points(people.index, 0.0, before, 0.0), _points(help_at.index, help_at, helped, told_help)]
    back = np.where(recovery["stop"] >= recovery["person_id"].map(people["help"]), helped, before)
    parts.append(_points(recovery["person_id"], recovery["stop"], back, recovery["told"]))
    for years, stage in zip(outcome.stages, stages, strict=True):
        length = recovery["stop"] - recovery["start"]
        just = recovery["told"].gt(0) & (length > years - SAME_DATE) & (only_long and years == outcome.stages[0])
        reached = recovery[just | (length > years + SAME_DATE)]
        at = np.minimum(reached["start"] + years, reached["stop"] - HALF_A_DAY)
        parts.append(_points(reached["person_id"], at, stage, reached["told"]))
    moments = pd.concat(parts, ignore_index=True).sort_values(["person_id", "time"], kind="stable")
    moments = moments.drop_duplicates(["person_id", "time"], keep="last")
    moments = moments[moments["time"] < moments["person_id"].map(people["end"]).round(DECIMALS)]
    return moments[moments["state"] != moments.groupby("person_id")["state"].shift()]


def _points(person_id: object, time: object, state: object, told: object) -> pd.DataFrame:
    """`told` : half the width of what the date can mean, years."""
    frame = pd.DataFrame({"person_id": np.asarray(person_id)})
    time = np.round(np.asarray(time, dtype=float), DECIMALS)
    return frame.assign(time=time, state=np.asarray(state), told=np.asarray(told, dtype=float))


def _rows(moments: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Each moment until the next, or until death or the end of follow-up."""
    person = moments.groupby("person_id")
    following, end = person["time"].shift(-1), moments["person_id"].map(people["end"]).round(DECIMALS)
    died = moments["person_id"].map(people["death"] <= people["end"])
    last = pd.Series(np.where(died, "died", None), index=moments.index, dtype=object)
    target = person["state"].shift(-1).where(following.notna(), last)
    told = person["told"].shift(-1).where(following.notna(), moments["person_id"].map(people["told_death"]))
    told = told + moments["person_id"].map(people["told_zero"])
    columns = {
        "person_id": moments["person_id"],
        "start": moments["time"],
        "stop": following.fillna(end),
        "origin": moments["state"],
        "target": target,
        "told_to_year": target.notna() & (2 * told >= 1.0 - HALF_A_DAY),
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _with_peers(paths: pd.DataFrame, people: pd.DataFrame, first: pd.Series) -> pd.DataFrame:
    """Split rows at first peer engagement: 0 before it, 1 from then on, missing if its date is not known."""
    known = (first - people["zero"].reindex(first.index)).round(DECIMALS)
    joined = paths["person_id"].map(known.dropna()).fillna(np.inf)
    unknown = paths["person_id"].isin(first.index[first.isna()])
    cut = (paths["start"] < joined) & (joined < paths["stop"])
    earlier = paths[cut].assign(stop=joined[cut], target=None, peer=0.0, told_to_year=False)
    rest = paths.assign(start=paths["start"].mask(cut, joined), peer=(joined < paths["stop"]).astype(float))
    rest["peer"] = rest["peer"].mask(unknown)
    return pd.concat([earlier, rest]).sort_values(["person_id", "start"], ignore_index=True)
