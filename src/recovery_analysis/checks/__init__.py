"""Checks over the canonical tables: what is found, who is set aside, and the counts that may be shown."""

from .quarantine import Quarantined, set_aside
from .registry import CHECKS, Check, run_checks
from .summary import label_of, summarise_issues

__all__ = ["CHECKS", "Check", "Quarantined", "label_of", "run_checks", "set_aside", "summarise_issues"]
