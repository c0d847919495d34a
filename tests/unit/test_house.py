"""The rules of the house: the way imports go, the length of functions, words for people, and the lock."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "recovery_analysis"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A room imports from its own layer and those above it in this list, never from one below.
LAYERS = (
    {"", "errors", "labels", "study", "formats", "documents", "side_by_side"},
    {
        "instruments",
        "analysis_rules",
        "list_rules",
        "column_rules",
        "design_rules",
        "sampling_rules",
        "study_rules",
        "mistakes",
        "placeholders",
        "project",
        "job",
        "warm",
        "provenance",
    },
    {"schemas"},
    {"io", "columnar", "parquet"},
    {"ingest", "checks", "cohort", "simulate", "scaffold"},
    {"estimators"},
    {"models"},
    {"simulation_study"},
    {"disclosure"},
    {"steps"},
    {"cli", "__main__"},
)
LAYER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
# Rendering sees released tables only, so what it may import is named one by one.
RENDERING = {"figures", "tables", "briefings"}
RENDERING_IMPORTS = {"errors", "study", "labels", "formats", "documents", "schemas.results"}

PERSON = r"(?:people|persons?|participants?|they|he|she|who|someone|women|woman|men|man|citizens?)"
FORBIDDEN = {
    "addict": r"\baddicts?\b",
    "abuser": r"\babusers?\b",
    "service user": r"\bservice[ -]users?\b",
    "client": r"\bclients?\b",
    "relapser": r"\brelapsers?\b",
    "drug user": r"\b(?:drug|substance|alcohol|heroin|opioid|opiate)[ -]users?\b",
    "alcoholic": r"\balcoholics?\b",
    "junkie": r"\bjunk(?:ie|y|ies)\b",
    "clean (of people)": (
        r"\b(?:got|gets?|getting|stay|stays|stayed|staying|keep|kept) clean\b"
        rf"|\b{PERSON} (?:(?:is|are|was|were|be|been|being|has|have|had) )*clean\b"
        rf"|\bclean (?:and sober|time|date|days?|weeks?|months?|years?|urines?|{PERSON})\b"
    ),
}
# Taken out of a text before it is searched: a name is not ours to change.
PROPER_NAMES = ("Alcoholics Anonymous",)
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "CITATION.cff",
    "Snakefile",
    "config/**/*.yaml",
    "config/**/*.json",
    "workflow/**/*.smk",
    "workflow/report/**/*",
    "docs/**/*.md",
    "notebooks/**/*.ipynb",
    "data/README.md",
    "src/**/*.typ",
    "src/**/*.j2",
    "src/**/*.html",
    "src/**/*.md",
)


def module_name(path: Path) -> str:
    """Dotted name inside the package: "" for the package itself, "models.cox" for models/cox.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str:
    return name.partition(".")[0]


NAMES = {module_name(path): path for path in MODULES}


def modules_named(base: str, node: ast.ImportFrom) -> Iterator[str]:
    """Modules that one `from base import ...` reaches: a submodule where there is one, else the base."""
    for alias in node.names:
        submodule = f"{base}.{alias.name}"
        inside = submodule.removeprefix("recovery_analysis.")
        yield submodule if inside in NAMES else base


def imports(path: Path) -> Iterator[str]:
    """Full dotted names of every module that a file imports, inside functions too."""
    package = ["recovery_analysis", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from modules_named(base, node)


def own_imports(path: Path) -> set[str]:
    """Modules of this package that a file imports, without the package's name."""
    own = {name for name in imports(path) if name.split(".")[0] == "recovery_analysis"}
    return {name.removeprefix("recovery_analysis").removeprefix(".") for name in own}


def may_import(importer: str, imported: str) -> bool:
    """Whether the module called `importer` is allowed to import the one called `imported`."""
    if room(importer) == room(imported):
        return True
    if room(importer) in RENDERING:
        return imported in RENDERING_IMPORTS
    if room(imported) in RENDERING:
        return LAYER[room(importer)] >= LAYER["steps"]
    return LAYER[room(imported)] <= LAYER[room(importer)]


def test_every_module_has_a_place_in_the_order() -> None:
    strangers = {room(name) for name in NAMES} - set(LAYER) - RENDERING
    assert not strangers, f"give these rooms a place in LAYERS: {sorted(strangers)}"


def test_imports_go_one_way() -> None:
    wrong = [
        f"{name or '__init__'} imports {other}"
        for name, path in NAMES.items()
        for other in sorted(own_imports(path))
        if not may_import(name, other)
    ]
    assert not wrong, "\n".join(wrong)


def test_rooms_do_not_import_one_another_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in NAMES.items():
        graph.setdefault(room(name), set()).update(room(other) for other in own_imports(path))
    edges = {source: targets - {source} for source, targets in graph.items()}
    while free := [source for source, targets in edges.items() if not targets & set(edges)]:
        for source in free:
            del edges[source]
    assert not edges, f"rooms that import one another in a circle: {sorted(edges)}"


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("models.cox", "schemas.results", True),
        ("steps.fit_models", "figures.curves", True),
        ("figures.curves", "schemas.results", True),
        ("figures.curves", "schemas.cohort", False),
        ("briefings.compose", "io", False),
        ("briefings.compose", "figures.curves", False),
        ("cohort.periods", "models.cox", False),
        ("study", "schemas", False),
        ("disclosure", "figures.curves", False),
    ],
)
def test_the_order_of_imports_is_the_one_designed(importer: str, imported: str, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


def test_the_package_does_not_know_its_workflow_manager() -> None:
    knowing = [name for name, path in NAMES.items() if any(room(other) == "snakemake" for other in imports(path))]
    assert not knowing, f"these import snakemake: {knowing}"


def statement_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring: what it says about shapes and units is not code."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_functions_have_fifty_lines_at_most() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {statement_lines(node)} lines"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and statement_lines(node) > 50
    ]
    assert not long, "\n".join(long)


def test_every_rule_with_a_script_has_a_step_of_the_same_name() -> None:
    scripted = {
        rule
        for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))
        for rule, body in re.findall(
            r"^rule (\w+):\n((?:    .*\n|\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        if "script:" in body
    }
    assert len(scripted) > 10
    assert scripted <= {name.removeprefix("steps.") for name in NAMES}


def forbidden_words(text: str) -> list[str]:
    """Words in `text` that this project does not use of people, each with what was written."""
    text = text.replace("_", " ")
    for name in PROPER_NAMES:
        text = text.replace(name, "")
    found = ((word, re.search(pattern, text, re.IGNORECASE)) for word, pattern in FORBIDDEN.items())
    return [f"{word}: {match.group()!r}" for word, match in found if match]


def rendered_texts() -> Iterator[tuple[str, str]]:
    """Where each text stands, and the text: the package's string constants, and lines of other files."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for path in sorted({path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def test_people_come_first_in_every_text() -> None:
    found = [f"{place} {word}" for place, text in rendered_texts() for word in forbidden_words(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Addicts in the sample",
        "drug abuser",
        "service users by site",
        "n_clients",
        "Client satisfaction",
        "share of relapsers",
        "People who got clean",
        "participants were clean",
        "clean time (years)",
        "years clean and sober",
        "heroin users",
        "alcoholics",
    ],
)
def test_words_that_define_people_by_a_problem_are_found(text: str) -> None:
    assert forbidden_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "addiction",
        "Addiction Severity Index",
        "people who use drugs",
        "Alcoholics Anonymous",
        "a clean clone",
        "make clean",
        "cleaned data",
        "alcohol use",
        "return to use",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert not forbidden_words(text)


def locked() -> dict[str, list[Requirement]]:
    """Pins of requirements.lock by package; a package has several where versions of Python need their own."""
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        requirement = Requirement(line)
        pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


def test_the_lock_holds_exact_versions_and_no_address() -> None:
    loose = [
        str(pin)
        for pins in locked().values()
        for pin in pins
        if pin.url or [clause.operator for clause in pin.specifier] != ["=="] or "*" in str(pin.specifier)
    ]
    assert not loose, f"not pinned to one version: {loose}"


def test_the_lock_covers_what_the_project_says_it_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = locked()
    missing = []
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        found = pins.get(canonicalize_name(wanted.name), [])
        versions = [next(iter(pin.specifier)).version for pin in found]
        if not versions or not all(wanted.specifier.contains(version) for version in versions):
            missing.append(f"{text}: the lock has {versions or 'nothing'}")
    assert not missing, "run `make lock`: " + "; ".join(missing)
