"""All fits of a study → results/<study>/*.csv, through the disclosure gate: the only writer of result tables."""

import pandas as pd

from ..checks import account_for_flow, summarise_issues
from ..disclosure import (
    PRESETS,
    digits_of,
    release_curves,
    release_data_checks,
    release_diagnostics,
    release_estimates,
    release_fits,
    release_flow,
    release_issues,
    release_reliability,
    release_table_one,
)
from ..io import empty, read_table, write_table
from ..schemas.results import DATA_CHECK_ROWS, ISSUE_ROWS, RELIABILITY, RESULTS, TABLE_ONE


def release_results(
    study_id: str,
    preset: str,
    estimates_in: list[str],
    curves_in: list[str],
    fits_in: list[str],
    diagnostics_in: list[str],
    flow_in: list[str],
    analysis_flow_in: list[str],
    table_one_in: str,
    issues_in: str,
    data_checks_in: str,
    reliability_in: str,
    **results: str,
) -> None:
    """Gather the tables of every analysis, protect them and write them.

    Parameters
    ----------
    preset : name of a preset of disclosure.PRESETS.
    estimates_in, curves_in, fits_in, diagnostics_in, analysis_flow_in : one path per analysis; a study may have none.
    flow_in : flow tables of the steps before, in their order.
    table_one_in, issues_in, reliability_in : table 1, the issues row by row, and the reliability of scores.
    data_checks_in : findings about the study as a whole.
    results : name of each table of schemas.results.RESULTS → path to write.
    """
    flow = _numbered(_gather([*flow_in, *analysis_flow_in], "flow"))
    account_for_flow(flow)
    fits, estimates, curves = _gather(fits_in, "fits"), _gather(estimates_in, "estimates"), _gather(curves_in, "curves")
    described = read_table(table_one_in, TABLE_ONE)
    rules = digits_of(described, estimates, curves, PRESETS[preset])
    counted = summarise_issues(read_table(issues_in, ISSUE_ROWS)).assign(study=study_id)
    released = {
        "estimates": release_estimates(estimates, fits, rules),
        "curves": release_curves(curves, rules),
        "fits": release_fits(fits, rules),
        "diagnostics": release_diagnostics(_gather(diagnostics_in, "diagnostics"), rules),
        "flow": _numbered(release_flow(flow, rules)),
        "issues": release_issues(counted, rules),
        "table_one": release_table_one(described, rules),
        "data_checks": release_data_checks(read_table(data_checks_in, DATA_CHECK_ROWS), rules),
        "reliability": release_reliability(read_table(reliability_in, RELIABILITY), rules),
    }
    for name, table in released.items():
        write_table(table, results[name], RESULTS[name])


def _numbered(flow: pd.DataFrame) -> pd.DataFrame:
    return flow.assign(step=range(1, len(flow) + 1))


def _gather(paths: list[str], name: str) -> pd.DataFrame:
    """Stack tables in order; empty ones lend their columns only if all are empty, the schema if there are none."""
    frames = [read_table(path) for path in paths] or [empty(RESULTS[name])]
    kept = [frame for frame in frames if not frame.empty] or frames[:1]
    return pd.concat(kept, ignore_index=True)
