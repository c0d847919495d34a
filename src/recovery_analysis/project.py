"""Reads config/config.yaml and config/studies/*.yaml, and tells every mistake in them at once."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .errors import ResearchError, nearest
from .instruments.plan import with_instruments
from .mistakes import as_meant, sentences
from .placeholders import still_to_be_filled_in
from .study import Project, Study
from .study_rules import contradictions

CONFIG = Path("config/config.yaml")
STUDIES = Path("config/studies")
MOST_VALUES = 1_000_000


class _UniqueKeys(yaml.SafeLoader):
    """A loader that refuses a key written twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict | set):
                raise yaml.constructor.ConstructorError(None, None, "a key must be one word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            _refuse_bomb(node)
        return node


def _refuse_bomb(root: yaml.Node) -> None:
    """Refuse a document that repeats parts of itself (`&name`, `*name`) until it fills the memory."""
    sizes: dict[int, int | None] = {}

    def size(node: yaml.Node) -> int:
        if isinstance(node, yaml.ScalarNode):
            return 1
        if sizes.setdefault(id(node), None) is None:
            if id(node) in open_nodes:
                raise yaml.composer.ComposerError(None, None, "a part that contains itself", node.start_mark)
            open_nodes.add(id(node))
            parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
            sizes[id(node)] = 1 + sum(map(size, parts))
            open_nodes.remove(id(node))
        return sizes[id(node)]

    open_nodes: set[int] = set()
    if size(root) > MOST_VALUES:
        raise yaml.composer.ComposerError(
            None, None, f"more than {MOST_VALUES} values once repeated parts are written out", root.start_mark
        )


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file of plain values.

    Raises
    ------
    ResearchError
        If the file is missing, is not YAML, or is not a set of keys; with the line where that can be told.
    """
    if path.is_dir():
        raise ResearchError(f"{path} is a folder, and a file of settings was expected. Give it another name.")
    if not path.is_file():
        raise ResearchError(
            f"{path}: there is no such file. {nearest(path.stem, [p.stem for p in path.parent.glob('*.yaml')])}"
        )
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "unknown line"
        advice = (
            " Does this line begin as far to the right as those beside it?" if "block" in str(error.problem) else ""
        )
        raise ResearchError(f"{path}, {where}: not valid YAML: {error.problem}.{advice}") from None
    except RecursionError:
        raise ResearchError(f"{path}: brackets or lists lie too deep in one another.") from None
    except UnicodeDecodeError as error:
        raise ResearchError(f"{path}: byte {error.start} is not UTF-8 text. Save the file as UTF-8.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ResearchError(f"{path}: not valid YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(content, dict):
        raise ResearchError(f"{path}: expected keys and values, found {type(content).__name__}.")
    return content


def load_project(root: Path, config: dict[str, Any] | None = None) -> tuple[Project, dict[str, Study]]:
    """Check the project configuration and every study that it names.

    Parameters
    ----------
    root : folder of the project.
    config : the content of config/config.yaml where it has been read already.

    Raises
    ------
    ResearchError
        One message that lists every mistake with its file and dotted path.
    """
    try:
        project = Project.model_validate(read_yaml(root / CONFIG) if config is None else config)
    except ValidationError as error:
        raise ResearchError("\n".join(sentences(Project, error, CONFIG))) from None
    studies: dict[str, Study] = {}
    mistakes = []
    for name in project.studies:
        try:
            studies[name] = load_study(root, name)
        except ResearchError as error:
            named = (root / STUDIES / f"{name}.yaml").is_file()
            mistakes.append(str(error) if named else f"{CONFIG}: studies: {error}")
    if mistakes:
        raise ResearchError("\n".join(mistakes))
    return project, studies


def load_study(root: Path, name: str) -> Study:
    """Read and check one study file, `config/studies/<name>.yaml`; its instruments become measures of the waves."""
    path = STUDIES / f"{name}.yaml"
    known = [p.stem for p in (root / STUDIES).glob("*.yaml")]
    if name not in known:
        raise ResearchError(f"'{name}' is not a study: there is no {path}. {nearest(name, known)}")
    content = read_yaml(root / path)
    if (placeholders := still_to_be_filled_in(root / path, path)) is not None:
        raise ResearchError(placeholders)
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        lines = sentences(Study, error, path) + _further(root, as_meant(Study, content, error), path)
        raise ResearchError("\n".join(lines)) from None
    if problems := _misfits(root, study):
        raise ResearchError("\n".join(f"{path}: {problem}" for problem in problems))
    return with_instruments(study)


def _misfits(root: Path, study: Study) -> list[str]:
    """What the parts of a study say against one another, and files that are not there."""
    return contradictions(study) + _missing_files(root, study) + _hook(root, study)


def _further(root: Path, meant: dict[str, Any] | None, path: Path) -> list[str]:
    """What does not fit together in settings whose spelling is mended, if that can be told already."""
    try:
        study = Study.model_validate(meant)
    except ValidationError:
        return [f"{path}: whether its parts fit together is looked at when this is mended."]
    return [f"{path}: {problem}" for problem in _misfits(root, study)]


def _missing_files(root: Path, study: Study) -> list[str]:
    """Raw files that are named and not there; a simulated study makes its own."""
    if study.simulate is not None:
        return []
    sentences = []
    for name, file in study.files.items():
        if file.path is not None and not (root / file.path).is_file():
            beside = [str(Path(file.path).with_name(p.name)) for p in (root / file.path).parent.glob("*")]
            sentences.append(f"files.{name}.path: there is no file {file.path}. {nearest(file.path, beside)}")
    return sentences


def _hook(root: Path, study: Study) -> list[str]:
    """What keeps a study's own Python from being found."""
    if study.hook is None:
        return []
    path = Path(study.hook)
    if path.is_absolute() or ".." in path.parts or path.suffix != ".py":
        return [f"hook: {study.hook} is not a Python file (.py) of this project, such as config/hooks/study.py."]
    beside = [str(path.with_name(p.name)) for p in (root / path).parent.glob("*.py")]
    return [] if (root / path).is_file() else [f"hook: there is no file {study.hook}. {nearest(study.hook, beside)}"]
