"""Adapter: the rule fit_regression calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.fit_regression import fit_regression

    fit_regression(**arguments)
