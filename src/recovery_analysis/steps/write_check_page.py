"""What `check` tells: checked tables and issues → a summary for the terminal, and the same as a private page."""

from pathlib import Path

import pandas as pd

from .. import formats, labels
from ..checks import summarise_issues
from ..checks.tables import TABLES
from ..io import read_table
from ..schemas.results import DATA_CHECK_ROWS, FLOW, ISSUE_ROWS
from ..study import Study
from ..tables.checked import Checked, checked_page
from ..tables.whole_study import concerns

MOST_GAPS = 5
LEFT_OUT = "Left out by "


def write_check_page(study: Study, folder: Path, html: Path) -> tuple[str, bool]:
    """Write the page and return the summary.

    Parameters
    ----------
    study : the study.
    folder : data/derived/<study>, where check_study has written.
    html : the page; it holds exact counts, and stays beside the data.

    Returns
    -------
    text : lines for a terminal.
    fatal : whether anything was found that stops the study.
    """
    checked = summary_of(folder)
    checked_page(checked, study.about, html)
    return in_lines(checked, folder, html), bool((checked.issues["severity"] == "fatal").any())


def summary_of(folder: Path) -> Checked:
    """What was read, kept, set aside and found, from what check_study has written."""
    flow = read_table(folder / "checked_flow.csv", FLOW)
    frames = {table: read_table(folder / f"{table}.parquet") for table in TABLES}
    found = read_table(folder / "issues.csv", ISSUE_ROWS)
    counted = summarise_issues(found)
    people = flow[flow["unit"] == "people"]
    read = people.loc[people["kind"] == "read", "n"].sum()
    aside = people.loc[people["kind"] == "quarantined", ["label", "n"]]
    return Checked(
        rows=tuple((labels.step(r.label), int(r.n)) for r in flow[_of_files(flow)].itertuples()),
        read=int(read),
        kept=int(frames["persons"]["person_id"].nunique()),
        aside=tuple((labels.step(r.label), int(r.n)) for r in aside.itertuples()),
        issues=_by_severity(counted),
        gaps=tuple(_gaps(frames)),
        whole=read_table(folder / "data_checks.csv", DATA_CHECK_ROWS),
    )


def _of_files(flow: pd.DataFrame) -> pd.Series:
    """Rows of files, and rows that a rule of the mapping leaves out."""
    return (flow["unit"] == "rows") | flow["label"].str.startswith(LEFT_OUT)


def _by_severity(issues: pd.DataFrame) -> pd.DataFrame:
    order = {name: place for place, name in enumerate(labels.SEVERITY)}
    ranked = issues.assign(order=issues["severity"].map(order), most=-issues["n"])
    keys = ["order", "most", "file", "table", "column", "check"]
    return ranked.sort_values(keys, kind="stable").reset_index(drop=True)


def _gaps(frames: dict[str, pd.DataFrame]) -> list[tuple[str, str, int, int]]:
    """Columns with most missing values: table, column, rows without, rows; a spell without an end may go on."""
    found = [
        (table, str(name), int(frame[name].isna().sum()), len(frame))
        for table, frame in frames.items()
        for name in frame.columns
        if not (table == "spells" and name == "stop") and not frame[name].isna().all()
    ]
    with_gaps = [gap for gap in found if gap[2]]
    return sorted(with_gaps, key=lambda gap: (-gap[2] / gap[3], gap[0], gap[1]))[:MOST_GAPS]


def in_lines(checked: Checked, folder: Path, html: Path) -> str:
    """The summary as lines of a terminal."""
    lines: list[str] = [f"{formats.count(n)} {label[:1].lower() + label[1:]}" for label, n in checked.rows]
    lines += [f"{formats.count(checked.read)} people read, {formats.count(checked.kept)} kept."]
    lines += [f"{n:6}  set aside: {label[:1].lower() + label[1:]}" for label, n in checked.aside]
    for severity, part in checked.issues.groupby("severity", sort=False):
        lines += ["", f"{labels.SEVERITY[str(severity)]}. {labels.SEVERITY_MEANING[str(severity)]}"]
        words = ["severity", "file", "column", "message", "action"]
        for r in part.groupby(words, dropna=False, sort=False)["n"].sum().reset_index().itertuples():
            where = f"{r.file}, {r.column}" if isinstance(r.column, str) else r.file
            lines.append(f"{r.n:6.0f}  {r.severity:8}{where}: {r.message} {r.action}")
    if checked.issues.empty:
        lines.append("Every row can be used; no issue was found.")
    if checked.gaps:
        lines += ["", "Columns with most missing values, among the rows kept:"]
    lines += [
        f"{formats.plain(formats.percent(100 * n / total)):>8}  {table}: {column}"
        for table, column, n, total in checked.gaps
    ]
    looked_at = list(concerns(checked.whole))
    lines += ["", "The study as a whole, to be looked at:"] if looked_at else []
    lines += [f"{found.replace(formats.NBSP, ' '):>12}  {what}" for found, what in looked_at]
    lines.append("")
    if not checked.issues.empty:
        lines.append(f"Row by row: {folder}/issues.csv; rows set aside: {folder}/quarantine.csv")
    lines.append(f"The same as a page, which stays on this machine: {html}")
    return "\n".join(lines)
