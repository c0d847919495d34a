"""What a draft left for the researcher to write, and nobody has written yet."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from .study import PLACEHOLDER

PEER = "peer.measure"


def still_to_be_filled_in(path: Path, shown: Path) -> str | None:
    """One sentence that names each placeholder of a file of settings, by dotted path and line; None without any.

    Parameters
    ----------
    path : a file that has been read as YAML already.
    shown : its name as it is printed.
    """
    text = path.read_text(encoding="utf-8")
    if PLACEHOLDER not in text:
        return None
    found = list(_placeholders(yaml.compose(text, Loader=yaml.SafeLoader), ()))
    if not found:
        return None
    places = " and ".join(f"{where} (line {line})" for where, line in found)
    peer = ", for `peer` a yes/no measure under mapping.waves" if PEER in dict(found) else ""
    return f"{shown}: {PLACEHOLDER} is still to be filled in, at {places}: write the name of a column there{peer}."


def _placeholders(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _placeholders(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for i, part in enumerate(node.value):
            yield from _placeholders(part, (*path, str(i)))
    elif node.value == PLACEHOLDER:
        yield ".".join(path), node.start_mark.line + 1
