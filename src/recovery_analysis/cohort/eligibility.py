"""Who is analysed: the study's stated rules, each counted."""

import pandas as pd

from ..study import Eligibility


def apply_rules(
    persons: pd.DataFrame, events: pd.DataFrame, rules: tuple[Eligibility, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the people who meet every rule; a person is counted under the first rule that they do not meet.

    Parameters
    ----------
    persons, events : canonical tables.
    rules : the study's rules, in order.

    Returns
    -------
    The eligible persons, and one row per rule with columns label and n (people excluded).
    """
    counts = []
    for rule in rules:
        meets = _meets(persons, events, rule)
        counts.append({"label": rule.label, "n": int((~meets).sum())})
        persons = persons[meets]
    return persons.reset_index(drop=True), pd.DataFrame(counts, columns=["label", "n"])


def _meets(persons: pd.DataFrame, events: pd.DataFrame, rule: Eligibility) -> pd.Series:
    meets = pd.Series(True, index=persons.index)
    if rule.event is not None:
        happened = events.loc[(events["event"] == rule.event) & events["observed"], "person_id"]
        meets &= persons["person_id"].isin(happened)
    if rule.variable is not None:
        value = persons[rule.variable]
        meets &= value.notna()
        if rule.at_least is not None:
            meets &= value >= rule.at_least
        if rule.at_most is not None:
            meets &= value <= rule.at_most
    return meets
