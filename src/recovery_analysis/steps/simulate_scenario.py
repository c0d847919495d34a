"""One scenario of the simulation study → the estimates of all its replicates."""

from pathlib import Path

from ..simulation_study.replicates import run_replicates


def simulate_scenario(scenario: str, plan: dict[str, int], replicates: str) -> None:
    """Draw the samples of a scenario, and try every estimator on each.

    Parameters
    ----------
    scenario : its name.
    plan : replicates, people (in each sample) and seed.
    replicates : written: replicate, method, estimate, std_error.
    """
    rows = run_replicates(scenario, plan["replicates"], plan["people"], plan["seed"])
    Path(replicates).parent.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(replicates, index=False)
