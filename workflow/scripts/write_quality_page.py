"""Adapter: the rule write_quality_page calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.write_quality_page import write_quality_page

    write_quality_page(**arguments)
