"""Rows of the result tables, with every column that a caller leaves out set to missing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import labels
from ..errors import ResearchError
from ..io import write_table
from ..schemas.results import CURVES, DETECTABLE, DIAGNOSTICS, ESTIMATES, FITS, RESULTS
from .flow import flow_rows

FILLED_BY_STEP = ("study", "analysis")
SCALE = {
    "hazard_ratio": "log_hazard",
    "retro_hazard_ratio": "log_hazard",
    "subdistribution_hazard_ratio": "log_hazard",
    "time_ratio": "log_time",
    "odds_ratio": "log_odds",
    "mean_difference": "difference",
    "lower_quartile_time": "time",
    "median_time": "time",
    "upper_quartile_time": "time",
    "conditional_median": "time",
    "never_share": "risk",
    "restricted_mean": "time",
    "restricted_mean_difference": "time",
    "restricted_mean_ratio": "log_ratio",
    "restricted_mean_lost": "time",
    "restricted_mean_lost_difference": "time",
    "restricted_mean_lost_ratio": "log_ratio",
    "risk": "risk",
    "risk_competing": "risk",
    "cumulative_hazard": "hazard",
    "frailty_variance": "variance",
    "risk_difference": "risk",
    "risk_ever": "risk",
    "test": "none",
    "state_probability": "probability",
    "still_in_recovery": "probability",
    "expected_years": "time",
    "transition_rate": "log_rate",
}


@dataclass(frozen=True)
class AnalysisFrames:
    """The four result tables of one analysis, without the columns study and analysis.

    `left_out` : (label, people) of those who are analysed, but not in every model.
    """

    estimates: pd.DataFrame
    curves: pd.DataFrame
    fits: pd.DataFrame
    diagnostics: pd.DataFrame
    left_out: list[tuple[str, int]]


def table(rows: list[dict], schema: object) -> pd.DataFrame:
    """Rows as a frame with the columns of the schema, in its order, except those that the step fills."""
    columns = [name for name in schema.columns if name not in FILLED_BY_STEP]
    return pd.DataFrame(rows, columns=columns)


def analysis_frames(
    estimates: list[dict],
    curves: list[pd.DataFrame],
    fits: list[dict],
    diagnostics: list[dict],
    left_out: list[tuple[str, int]],
) -> AnalysisFrames:
    """Gather rows into the four tables."""
    curve_columns = [name for name in CURVES.columns if name not in FILLED_BY_STEP]
    stacked = pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()
    checks = table(diagnostics, DIAGNOSTICS)
    return AnalysisFrames(
        _beside_nulls(table(estimates, ESTIMATES), checks),
        stacked.reindex(columns=curve_columns),
        table(fits, FITS),
        checks,
        left_out,
    )


def _beside_nulls(estimates: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """The estimates with what each null could have found, on its own scale; see `detectable`."""
    told = checks[checks["diagnostic"].isin(DETECTABLE)].set_index(["model", "term"])["value"]
    null = (estimates["term"] == "peer") & estimates["scale"].isin(labels.SCALE) & (estimates["status"] == "ok")
    null &= (estimates["conf_low"] <= 0) & (estimates["conf_high"] >= 0)
    term = ("peer:" + estimates["group"].astype(str)).where(estimates["group"] != "all", "peer")
    found = told.reindex(pd.MultiIndex.from_arrays([estimates["model"], term])).to_numpy(float)
    on_scale = np.where(estimates["scale"] == "difference", found, np.log(found))
    return estimates.assign(detectable=np.where(null & np.isfinite(on_scale), on_scale, np.nan))


def estimate_row(outcome: str, model: str, term: str, estimand: str, **values: object) -> dict:
    """One row of `estimates`; status ok, group all, gate passed unless given."""
    defaults = {"cohort": "all", "group": "all", "status": "ok", "gate": "passed", "scale": SCALE[estimand]}
    return defaults | {"outcome": outcome, "model": model, "term": term, "estimand": estimand} | values


def stop_if_failed(frames: AnalysisFrames, where: str) -> None:
    """Raise ResearchError if a model failed; for analyses that are `required`."""
    failed = frames.fits[frames.fits["status"] == "failed"]
    if len(failed):
        first = failed.iloc[0]
        raise ResearchError(
            f"{where}: the {first['model']} model failed. {first['note']} Mend it, or set `required: false` "
            "to have the failure listed among the results."
        )


def write_analysis(
    frames: AnalysisFrames,
    lost: list[tuple[str, int]],
    analysed: int,
    required: bool,
    named: tuple[str, str],
    paths: dict[str, str],
) -> None:
    """Write the five tables of an analysis; nothing is written if it is required and a model of it failed.

    Parameters
    ----------
    lost : (label, people) who are not analysed; `analysed` : people who are.
    named : study and analysis.
    paths : of estimates, curves, fits, diagnostics and flow.

    Raises
    ------
    ResearchError
        If a model of a required analysis failed.
    """
    study, analysis = named
    if required:
        stop_if_failed(frames, f"analyses.{analysis}")
    tables = {name: getattr(frames, name) for name in ("estimates", "curves", "fits", "diagnostics")}
    tables["flow"] = flow_rows(lost, analysed, frames.left_out)
    for name, rows in tables.items():
        write_table(rows.assign(study=study, analysis=analysis), paths[name], RESULTS[name])
