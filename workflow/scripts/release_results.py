"""Adapter: the rule release_results calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.release_results import release_results

    release_results(**arguments)
