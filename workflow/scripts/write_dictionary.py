"""Adapter: the rule write_dictionary calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.write_dictionary import write_dictionary

    write_dictionary(**arguments)
