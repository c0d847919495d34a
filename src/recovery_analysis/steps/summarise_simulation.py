"""Replicates of every scenario → bias, standard errors, coverage and power of each estimator."""

import pandas as pd

from ..io import write_table
from ..schemas.results import PERFORMANCE
from ..simulation_study.performance import summarise_replicates


def summarise_simulation(scenarios: list[str], conf_level: float, replicates: list[str], performance: str) -> None:
    """Write how each estimator does in each scenario.

    Parameters
    ----------
    scenarios : names, in the order of `replicates`.
    replicates : written by `simulate_scenario`.
    performance : written.
    """
    parts = [
        summarise_replicates(name, pd.read_parquet(path), conf_level)
        for name, path in zip(scenarios, replicates, strict=True)
    ]
    write_table(pd.concat(parts, ignore_index=True), performance, PERFORMANCE)
