"""A study's own Python, called between reading and mapping: for what the mapping has no word for."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ResearchError, nearest
from .formats import RawTable
from .values import as_objects

PREPARE = "prepare"
TASK = "It must give back the dictionary of frames it was given, by their names under `files`."


def prepared(hook: str, root: Path, raws: dict[str, RawTable]) -> dict[str, RawTable]:
    """The files as the function `prepare` of a hook leaves them.

    Parameters
    ----------
    hook : path of the Python file, relative to the project.
    root : folder of the project.
    raws : every file of the study.

    Raises
    ------
    ResearchError
        A sentence that begins with `hook: `, for anything that goes wrong in the file, with its line.
    """
    frames = {name: _plain_frame(raw) for name, raw in raws.items()}
    prepare = _load(hook, root / hook)
    given = _guarded(hook, root / hook, lambda: prepare(frames))
    if not isinstance(given, dict):
        raise ResearchError(f"hook: {hook}: `{PREPARE}` gave back {_kind(given)}. {TASK}")
    for name in given:
        if name not in raws:
            raise ResearchError(
                f"hook: {hook}: `{PREPARE}` gave back '{name}', which is not under `files`. {nearest(name, raws)}"
            )
    for name in raws:
        if not isinstance(given.get(name), pd.DataFrame):
            found = _kind(given[name]) if name in given else "nothing"
            raise ResearchError(f"hook: {hook}: `{PREPARE}` gave back {found} for '{name}'. {TASK}")
    return {name: _table(hook, raw, given[name]) for name, raw in raws.items()}


def _plain_frame(raw: RawTable) -> pd.DataFrame:
    """A copy that a hook may do with as it likes: text as text, and the row of the file as index."""
    frame = raw.frame.copy()
    for name in frame.columns:
        frame[name] = as_objects(frame[name])
    return frame.set_axis(pd.Index(raw.rows, name=None), axis=0)


def _load(hook: str, path: Path) -> Callable[[dict[str, pd.DataFrame]], Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResearchError(f"hook: {hook} cannot be read: {error}.") from None
    space: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    _guarded(hook, path, lambda: exec(compile(text, str(path), "exec"), space))
    if not callable(space.get(PREPARE)):
        raise ResearchError(f"hook: {hook} has no function `{PREPARE}`. {TASK}")
    return space[PREPARE]


def _guarded(hook: str, path: Path, call: Callable[[], Any]) -> Any:
    """Call, and turn whatever goes wrong into a sentence with the line of the hook."""
    try:
        return call()
    except SyntaxError as error:
        if error.filename != str(path):
            raise ResearchError(f"hook: {hook}: {error}.") from None
        raise ResearchError(f"hook: {hook}, line {error.lineno}: this is not Python: {error.msg}.") from None
    except (Exception, SystemExit) as error:
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = f", line {own[-1].lineno} (`{own[-1].line}`)" if own else ""
        said = " ".join(str(error).split()) or "without a word"
        raise ResearchError(f"hook: {hook}{line}: {type(error).__name__}: {said}. Mend the hook.") from None


def _kind(given: object) -> str:
    return "nothing" if given is None else f"a {type(given).__name__}"


def _table(hook: str, raw: RawTable, frame: pd.DataFrame) -> RawTable:
    """The frame of a hook as a raw table; its index is the row in the file where it still can be."""
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ResearchError(f"hook: {hook}: `{PREPARE}` gave back more than one column '{twice}' for {raw.file}.")
    index = frame.index
    kept = pd.api.types.is_integer_dtype(index) and index.is_unique and (index > 0).all()
    rows = index.to_numpy() if kept else np.arange(1, len(frame) + 1)
    only_left_out = kept and index.isin(raw.rows).all()
    left_out = raw.left_out | {f"Left out by the hook {hook}": raw.n - len(frame)} if only_left_out else {}
    missing = dict.fromkeys(names, next(iter(raw.missing.values()), ()))
    plain = frame.set_axis(names, axis=1)
    changes = {"frame": plain, "rows": rows, "columns": tuple(names), "missing": missing, "left_out": left_out}
    return replace(raw, **changes, _seen={})
