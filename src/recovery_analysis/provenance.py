"""Which source files a step depends on, so that a workflow reruns a job when, and only when, its own code changes."""

import ast
import os
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def code_of(step: str) -> list[str]:
    """Source files of the step module and of everything that it imports from this package.

    Parameters
    ----------
    step : name of a module in recovery_analysis.steps.

    Returns
    -------
    Sorted paths, relative to the working directory so that a moved project reruns nothing.
    """
    return sorted(os.path.relpath(path) for path in closure(PACKAGE / "steps" / f"{step}.py"))


@cache
def closure(module: Path) -> frozenset[Path]:
    """The module and all modules of this package that it imports, directly or not."""
    seen: set[Path] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += _imports(current)
    return frozenset(seen)


@cache
def _imports(module: Path) -> tuple[Path, ...]:
    """Files of this package that one module imports, also inside functions."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (base := _base(module, node)) is not None:
            found += _files(base)
            for name in node.names:
                found += _files(base / name.name)
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == PACKAGE.name:
                    found += _files(PACKAGE.joinpath(*name.name.split(".")[1:]))
    return tuple(found)


def _base(module: Path, node: ast.ImportFrom) -> Path | None:
    """Folder or module that a from-import looks into; None outside this package."""
    parts = node.module.split(".") if node.module else []
    if node.level:
        return module.parents[node.level - 1].joinpath(*parts)
    return PACKAGE.joinpath(*parts[1:]) if parts[:1] == [PACKAGE.name] else None


def _files(target: Path) -> list[Path]:
    """The module file or package initialiser at a path, if there is one."""
    candidates = (target.with_suffix(".py"), target / "__init__.py")
    return [path for path in candidates if path.is_file() and PACKAGE in path.parents]
