"""Counts whose rows stand alone: the flow of people and rows, and the issues."""

import pandas as pd

from .rules import Rules

ALL_FILES = "several files"
SET_ASIDE_TOGETHER = "Set aside: not usable as recorded"


def release_counts(frame: pd.DataFrame, rules: Rules, column: str = "n") -> pd.DataFrame:
    """Withhold and round one count; for flow and issues, whose rows stand alone. Zero stays zero."""
    if not rules.protects:
        return frame
    small = rules.small(frame[column]) & (frame[column] > 0)
    counts = rules.rounded(frame[column]).mask(small)
    return frame.assign(**{column: counts, "suppressed": small})


def release_flow(flow: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold and round the counts of the flow; reasons that are too rare on their own are told together."""
    aside = (flow["kind"] == "quarantined") & (flow["unit"] == "people")
    if rules.protects and rules.small(flow.loc[aside, "n"]).any():
        together = flow[aside].iloc[:1].assign(n=flow.loc[aside, "n"].sum(), label=SET_ASIDE_TOGETHER)
        flow = pd.concat([flow[~aside], together]).sort_values("step", kind="stable")
    released = release_counts(flow, rules)
    if not rules.protects or "analysis" not in flow:
        return released
    return released.assign(n=released["n"].mask(_later(flow), release_counts(flow, rules.overlapping)["n"]))


def _later(flow: pd.DataFrame) -> pd.Series:
    """True for people who are analysed, but not in every model: those of one model may be among those of another."""
    analysed = (flow["kind"] == "analysed").groupby(flow["analysis"].fillna("")).cumsum() > 0
    return analysed & (flow["kind"] == "excluded") & flow["analysis"].notna()


def release_issues(issues: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Withhold and round the counts of issues; those that are rare in each file are told for all files together."""
    if not rules.protects:
        return issues
    keys = [name for name in issues.columns if name not in ("file", "n", "suppressed")]
    groups = issues.groupby(keys, dropna=False, sort=False)
    rare = groups["n"].transform("min").between(rules.smallest, rules.largest)
    files = groups["file"].transform("nunique")
    issues = issues.assign(file=issues["file"].mask(rare & (files > 1), ALL_FILES))
    summed = issues.groupby([*keys, "file"], dropna=False, sort=False, as_index=False)["n"].sum()
    return release_counts(summed.assign(suppressed=False), rules)
