"""Adapter: the rule ingest_study calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.ingest_study import ingest_study

    ingest_study(**arguments)
