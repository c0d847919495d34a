"""The adapter of every rule: calls the step that has the rule's name."""

import sys

from recovery_analysis.job import job_of
from recovery_analysis.warm import performed_warm

sys.exit(performed_warm(job_of(snakemake)))
