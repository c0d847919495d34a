"""Adapter: the rule check_study calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.check_study import check_study

    check_study(**arguments)
