"""Adapter: the rule derive_cohort calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.derive_cohort import derive_cohort

    derive_cohort(**arguments)
