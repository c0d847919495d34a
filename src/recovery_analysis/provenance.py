"""Which source files a step depends on, so that a workflow reruns a job when, and only when, its own code changes."""

import ast
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def code_of(step: str) -> str:
    """Digest of the source files of the step module and of everything that it imports from this package.

    As a parameter of a rule it makes a job rerun when its own code changes. The files themselves, as inputs, would be
    listed after the message of each job that fails.

    Parameters
    ----------
    step : name of a module in recovery_analysis.steps.

    Returns
    -------
    The same for the same code, wherever the project lies and whenever its files were written.
    """
    files = sorted(closure(PACKAGE / "steps" / f"{step}.py"))
    return sha256(
        "".join(f"{path.relative_to(PACKAGE).as_posix()} {_digest(path)}\n" for path in files).encode()
    ).hexdigest()


@cache
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


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
