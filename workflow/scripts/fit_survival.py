"""Adapter: the rule fit_survival calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.fit_survival import fit_survival

    fit_survival(**arguments)
