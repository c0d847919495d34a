"""The last gate before results/: small cells withheld, counts rounded, percentages recomputed.

Row-level data never passes. What is withheld is missing and flagged; a total never gives it back, since the next
smallest cell of the same total is withheld too (secondary suppression), and every count is rounded on its own.

Presets: `ons10` (Office for National Statistics, Secure Research Service: counts under 10 withheld, the others
rounded to 5), `opensafely` (1 to 7 withheld, then rounded to 5), `hes` (Hospital Episode Statistics: 1 to 7 withheld,
rounded to 5), `ndtms` (National Drug Treatment Monitoring System: 1 to 4 withheld), `open` (public data).
"""

from .counts import release_counts, release_flow, release_issues
from .curves import release_curves
from .data_checks import release_data_checks
from .diagnostics import release_diagnostics
from .estimates import release_estimates, release_fits
from .precision import digits_of
from .reliability import release_reliability
from .rules import PRESETS, Rules
from .table_one import release_table_one

__all__ = [
    "PRESETS",
    "Rules",
    "digits_of",
    "release_counts",
    "release_curves",
    "release_data_checks",
    "release_diagnostics",
    "release_estimates",
    "release_fits",
    "release_flow",
    "release_issues",
    "release_reliability",
    "release_table_one",
]
