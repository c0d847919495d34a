"""Adapter: the rule write_briefing calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.write_briefing import write_briefing

    write_briefing(**arguments)
