"""Mistakes in settings, in words: what is misspelt, missing or of the wrong kind, with the dotted path of each."""

import copy
import difflib
import types
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from .errors import nearest

# Keys that some kinds of analysis have and others cannot have.
SAMPLING = {
    "weights": "this kind of analysis has no form for sampling weights here. Valid with them: survival, regression, "
    "parametric, multiverse, target_trial, multistate.",
    "cluster": "this kind of analysis has no form for clusters here. Valid with them: survival, regression, "
    "parametric, multiverse, target_trial.",
}

# What pydantic says of a value in the terms of a programmer.
EXPECTED = {
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a number that is not infinite",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text; put it in quotes",
}
LIMITS = {"gt": "above {:g}", "ge": "of {:g} or more", "lt": "below {:g}", "le": "of {:g} or less"}


def sentences(model: type[BaseModel], error: ValidationError, path: Path) -> list[str]:
    """One sentence for each mistake, beginning with the file."""
    problems = error.errors()
    # A list is too short as well where one of its items is wrong.
    told = [p for p in problems if p["type"] != "too_short" or not _item_of(p["loc"], problems)]
    return [f"{path}: {_sentence(model, problem)}" for problem in told]


def _item_of(location: tuple[Any, ...], problems: list[Any]) -> bool:
    return any(p["loc"][: len(location)] == location and len(p["loc"]) > len(location) for p in problems)


def as_meant(model: type[BaseModel], content: dict[str, Any], error: ValidationError) -> dict[str, Any] | None:
    """The settings with unknown keys as they were probably meant, or without them; None where more is wrong."""
    problems = error.errors()
    if any(problem["type"] not in ("extra_forbidden", "missing") for problem in problems):
        return None
    meant = copy.deepcopy(content)
    for problem in problems:
        if problem["type"] == "missing":
            continue
        names, fields = _walk(model, problem["loc"])
        block = _block(meant, names[:-1])
        if block is None or names[-1] not in block:
            return None
        value = block.pop(names[-1])
        close = difflib.get_close_matches(names[-1], fields, n=1)
        if close and close[0] not in block:
            block[close[0]] = value
    return meant


def _block(content: Any, names: list[str]) -> dict[str, Any] | None:
    """The keys and values at a dotted path; None where the file writes them in a shorter way."""
    for name in names:
        if isinstance(content, list):
            content = dict(enumerate(content)).get(int(name)) if name.isdigit() else None
        else:
            content = content.get(name) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else None


def _sentence(model: type[BaseModel], problem: Any) -> str:
    """One mistake in words: dotted path, what was found, what was expected."""
    names, fields = _walk(model, problem["loc"])
    where = ".".join(names)
    found = problem["input"]
    match problem["type"]:
        case "extra_forbidden":
            if names[0] == "analyses" and names[-1] in SAMPLING:
                return f"{where}: {SAMPLING[names[-1]]}"
            return f"{where}: unknown key. {nearest(names[-1], fields)}"
        case "missing":
            return f"{where}: this key is needed and is not there."
        case "literal_error":
            allowed = [e.strip("'") for e in problem["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            return f"{where}: found '{found}'. {nearest(found, allowed)}"
        case "union_tag_invalid":
            allowed = [e.strip("'") for e in problem["ctx"]["expected_tags"].split(", ")]
            return f"{where}.kind: found '{problem['ctx']['tag']}'. {nearest(problem['ctx']['tag'], allowed)}"
        case "union_tag_not_found":
            return f"{where}: the key `kind` is needed and is not there."
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{where}: found '{found}', and expected keys with their values, such as {{key: value}}."
        case "tuple_type" | "list_type":
            return f"{where}: found '{found}', and expected a list, such as [{found}]."
        case kind if kind in EXPECTED:
            return f"{where}: found '{found}', and expected {EXPECTED[kind].format(**problem.get('ctx', {}))}."
        case "less_than" | "less_than_equal" | "greater_than" | "greater_than_equal":
            return f"{where}: found '{found}', and expected a number {_limit(problem)}."
        case "too_short":
            return f"{where}: this list is empty; name one thing at least."
        case _:
            shown = "" if isinstance(found, dict | list) else f" (found '{found}')"
            return f"{where}: {problem['msg'].removeprefix('Value error, ')}{shown}."


def _limit(problem: Any) -> str:
    """What a number must be, and how a percentage is written where one was meant."""
    [(name, limit)] = problem["ctx"].items()
    found = problem["input"]
    percent = name in ("lt", "le") and limit == 1 and isinstance(found, int | float) and 1 < found <= 100
    return LIMITS[name].format(limit) + (f", such as {found / 100:g} for {found:g} %" if percent else "")


def _walk(model: Any, location: tuple[Any, ...]) -> tuple[list[str], list[str]]:
    """Follow a pydantic location through the model; its dotted names, and the valid keys beside the last one."""
    names: list[str] = []
    here: Any = model
    fields: list[str] = []
    for step in location:
        options = _models(here)
        tagged = [m for m in options if len(options) > 1 and _tag(m) == step]
        if tagged:
            here = tagged[0]
            continue
        names.append(str(step))
        fields = sorted({name for m in options for name in m.model_fields})
        match = next((m.model_fields[step].annotation for m in options if step in m.model_fields), None)
        here = match if match is not None else _inner(here)
    return names, fields


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    values = typing.get_args(kind.annotation) if kind else ()
    return values[0] if len(values) == 1 else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return [m for part in typing.get_args(annotation) for m in _models(part)]
    return []


def _inner(annotation: Any) -> Any:
    """Element type of a dict or tuple, looking through optional types."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return next((_inner(part) for part in typing.get_args(annotation) if _inner(part) is not None), None)
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if typing.get_origin(annotation) is tuple else None
