"""Settings that every test shares."""

import os
from collections import Counter
from typing import Any

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The same examples on every run and machine, and no failure because a machine was busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many cases of the corpus of bad inputs were tried, and what came of them."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    told = [dict(report.user_properties).get("corpus") for report in reports if report.when == "call"]
    counts = Counter(outcome for outcome in told if outcome is not None)
    if counts:
        words = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
        terminalreporter.write_line(f"corpus of bad inputs: {counts.total()} cases: {words}")
