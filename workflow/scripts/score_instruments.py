"""Adapter: the rule score_instruments calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.score_instruments import score_instruments

    score_instruments(**arguments)
