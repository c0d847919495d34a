"""Adapter: the rule simulate_extracts calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.simulate_extracts import simulate_extracts

    simulate_extracts(**arguments)
