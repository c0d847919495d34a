"""Adapter: the rule render_table calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.render_table import render_table

    render_table(**arguments)
