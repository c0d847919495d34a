"""Checks over the canonical tables: what is found, who is set aside, and the counts that may be shown."""

from .accounting import account_for_flow
from .check import Check
from .quarantine import Quarantined, set_aside
from .registry import CHECKS, run_checks, stop_if_fatal
from .summary import label_of, summarise_issues

__all__ = [
    "CHECKS",
    "Check",
    "Quarantined",
    "account_for_flow",
    "label_of",
    "run_checks",
    "set_aside",
    "stop_if_fatal",
    "summarise_issues",
]
