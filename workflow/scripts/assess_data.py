"""Adapter: the rule assess_data calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.assess_data import assess_data

    assess_data(**arguments)
