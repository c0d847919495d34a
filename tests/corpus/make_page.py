"""The page docs/corpus.md, the table of the corpus; `python tests/corpus/write_page.py` writes it."""

from collections import Counter
from pathlib import Path

from .faults import Fault, Issues, Refused
from .faults_settings import PATHS, YAML
from .registry import CASES, SECTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "corpus.md"
HEAD = """# Bad inputs

The tests damage a small, right study in every way named here, and hold what comes of it: the issue is told and no
other, or one sentence says why the study cannot be read, or it is read and every value is right. None may end in a
traceback, take longer than ten seconds, or give a wrong number. The cases are in `tests/corpus/`. This page is
written by `.venv/bin/python tests/corpus/write_page.py`.

Each fault is tried in each format that can have it. A fault of a single cell is the only one of its file in one format,
each in turn; in the others, some sixty faults share a file, each with a person of its own, and the issue must name that
person, that row, that column and that value, and leave everybody else alone. `sas7bdat` is not among the formats: no
library at hand writes it.
"""


def outcome(fault: Fault, kind: str) -> str:
    """What must come of a fault in one format, in a few words."""
    expected = fault.expect(kind)
    if isinstance(expected, Issues):
        return "told: " + ", ".join(f"`{check}`" for check in expected.counts)
    return "refused" if isinstance(expected, Refused) else "read right"


def page() -> str:
    """The whole page."""
    counts = Counter(fault.expect(kind).outcome for fault, kind in CASES)
    counts[Refused.outcome] += len(PATHS) + len(YAML)
    lines = [HEAD, "| outcome | cases |", "|---|---:|"]
    lines += [f"| {name} | {n} |" for name, n in sorted(counts.items())] + [f"| all | {counts.total()} |"]
    for title, faults in SECTIONS.items():
        lines += ["", f"## {title}", "", "| fault | formats | outcome |", "|---|---|---|"]
        for fault in faults:
            by_outcome: dict[str, list[str]] = {}
            for kind in fault.formats:
                by_outcome.setdefault(outcome(fault, kind), []).append(kind)
            lines += [f"| {fault.name} | {' '.join(kinds)} | {said} |" for said, kinds in by_outcome.items()]
    lines += ["", "## Settings", "", "| fault | outcome |", "|---|---|"]
    lines += [f"| {name} | refused |" for name in (*PATHS, *YAML)]
    return "\n".join(lines) + "\n"
