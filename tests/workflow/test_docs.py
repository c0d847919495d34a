"""What the documents say exists, does; what they take from the code is in step with it."""

import csv
import difflib
import importlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

from recovery_analysis.project import load_project

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "config/README.md",
    ROOT / "data/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.<>-]*|[\w-]+\.(?:md|py|toml|yaml|yml|lock|cff|ipynb)")
FOLDERS = (
    "config",
    "data",
    "docs",
    "notebooks",
    "profiles",
    "src",
    "tests",
    "workflow",
    "benchmarks",
    "results",
)
MADE_BY_A_RUN = ("results/", "data/derived/", "data/raw/", "config/studies/harbour.yaml", "logs/")


sys.path.insert(0, str(ROOT / "docs"))
GENERATE, COLUMNS_AND_KEYS = (importlib.import_module(name) for name in ("generate", "columns_and_keys"))
sys.path.pop(0)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code(page: Path) -> Iterator[str]:
    """Every piece of code of a page: each line of its blocks of commands, and each piece inside a line."""
    text = text_of(page)
    for language, block in FENCE.findall(text):
        if language == "sh":
            yield from (line.split("#")[0].strip() for line in block.splitlines() if line.strip())
    yield from NAMED.findall(FENCE.sub("", text))


def commands(first: str) -> list[tuple[str, list[str]]]:
    """(page, words) of each command of that name that a page tells its reader to type."""
    found = []
    for page in PAGES:
        for piece in code(page):
            for part in re.split(r"&&|;", piece):
                words = part.split()
                if words and words[0].removeprefix(".venv/bin/") == first:
                    found.append((page.name, shlex.split(part)))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", text_of(page))):
        path, _, anchor = target.partition("#")
        if target.startswith(("http:", "https:")):
            continue
        aim = (page.parent / path).resolve() if path else page
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            broken.append(target)
    assert not broken


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def places(piece: str) -> Iterator[str]:
    """Paths of this project that a piece of code names."""
    for word in piece.split():
        if PATH.fullmatch(word) and word.split("/")[0] in FOLDERS and "<" not in word:
            yield word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_that_are_named_are_there(page: Path) -> None:
    named = {place for piece in code(page) for place in places(piece)}
    missing = [p for p in named if not p.startswith(MADE_BY_A_RUN) and not (ROOT / p).exists()]
    assert not missing, f"{page.name} names what is not there: {sorted(missing)}"


def test_every_page_is_in_the_index() -> None:
    index = text_of(ROOT / "docs" / "index.md")
    absent = [page.name for page in PAGES if page.parent.name == "docs" and f"({page.name})" not in index]
    assert absent == ["index.md"]


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {words[1] for _, words in commands("make") if len(words) > 1 and not words[1].startswith("PYTHON=")}
    assert named >= {"reproduce", "test", "setup"}
    assert named <= targets, f"no such target in the Makefile: {sorted(named - targets)}"


def test_subcommands_exist() -> None:
    from recovery_analysis.cli import _parser

    named = [words[1:] for _, words in commands("recovery-analysis") if len(words) > 1]
    assert {words[0] for words in named} == {"list", "init", "check", "run", "compare"}
    for words in named:
        options = _parser().parse_args(words)
        assert callable(options.run)


def test_studies_that_are_named_exist() -> None:
    _, studies = load_project(ROOT)
    for page in PAGES:
        named = re.findall(r"results/(\w+)/(?:figures|tables)/(\w+)\.", text_of(page))
        for study, shown in named:
            if study != "harbour":
                assert shown in [*studies[study].figures, *studies[study].tables], f"{page.name}: {study}, {shown}"


def test_generated_text_is_in_step() -> None:
    stale = []
    for name, text in GENERATE.generated().items():
        path = ROOT / name
        found = path.read_text(encoding="utf-8") if path.is_file() else ""
        if found != text:
            lines = difflib.unified_diff(
                found.splitlines(), text.splitlines(), name, "as it should be", lineterm="", n=0
            )
            stale.append("\n".join([*lines][:20]))
    assert not stale, f"Type `{GENERATE.COMMAND}`, which writes these anew:\n" + "\n".join(stale)


def test_every_block_of_the_configuration_is_explained() -> None:
    page = text_of(ROOT / "config" / "README.md")
    absent = [model.__name__ for model in COLUMNS_AND_KEYS.models() if f"<!-- keys {model.__name__} -->" not in page]
    assert not absent, f"give each a heading and a mark in config/README.md: {absent}"


def test_every_table_is_explained() -> None:
    pages = text_of(ROOT / "docs" / "outputs.md") + text_of(ROOT / "docs" / "data-dictionary.md")
    absent = [name for name in COLUMNS_AND_KEYS.SCHEMAS if f"<!-- columns {name} -->" not in pages]
    assert not absent, f"give each a heading and a mark in docs/: {absent}"


def test_valid_values_of_a_column_are_told() -> None:
    table = COLUMNS_AND_KEYS.column_table(COLUMNS_AND_KEYS.SCHEMAS["results.estimates"])
    line = next(line for line in table.splitlines() if line.startswith("| `status` |"))
    assert "| no |" in line and "`ok`" in line and "`suppressed`" in line


@pytest.mark.parametrize("path", sorted((ROOT / "config/studies").glob("*.yaml")), ids=lambda path: path.stem)
def test_studies_fit_the_schema_for_editors(path: Path) -> None:
    schema = json.loads(text_of(ROOT / "config" / "schema.json"))
    content = json.loads(json.dumps(yaml.safe_load(text_of(path))))
    errors = [
        f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(content)
    ]
    assert not errors
    assert text_of(path).startswith("# yaml-language-server: $schema=../schema.json\n")


def test_schema_for_editors_marks_a_misspelt_key() -> None:
    schema = json.loads(text_of(ROOT / "config" / "schema.json"))
    content = json.loads(json.dumps(yaml.safe_load(text_of(ROOT / "config/studies/help.yaml"))))
    content["about"]["titel"] = content["about"].pop("title")
    paths = {error.json_path for error in jsonschema.Draft202012Validator(schema).iter_errors(content)}
    assert paths == {"$.about"}


def table_after(mark: str, page: Path) -> list[list[str]]:
    """Cells of the first table after a mark, without its two lines of heading."""
    rest = text_of(page).split(mark, 1)[1]
    lines = re.search(r"(?:^\|.*\|\n)+", rest, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


METHODS = ROOT / "docs" / "methods.md"
GOLDEN = re.findall(r"<!-- golden (\w+\.csv): ([\w, ]+) -->", text_of(METHODS))


@pytest.mark.parametrize(("name", "columns"), GOLDEN, ids=[name for name, _ in GOLDEN])
def test_numbers_are_those_of_the_golden_tests(name: str, columns: str) -> None:
    """Each row is found by its first two cells; the others are the reference, rounded as shown."""
    names = columns.split(", ")
    with (ROOT / "tests" / "golden" / "r" / name).open(encoding="utf-8", newline="") as file:
        reference = {tuple(row[column] for column in names[:2]): row for row in csv.DictReader(file)}
    rows = table_after(f"<!-- golden {name}: {columns} -->", METHODS)
    assert len(rows) >= 4
    for row in rows:
        for column, shown in zip(names[2:], row[2:], strict=True):
            decimals = len(shown.partition(".")[2])
            assert f"{float(reference[tuple(row[:2])][column]):.{decimals}f}" == shown, row


def test_the_curve_worked_by_hand_is_what_is_computed() -> None:
    from recovery_analysis.estimators.kaplan_meier import kaplan_meier

    stop, event = np.array([2.0, 3.0, 3.0, 5.0, 6.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    curve = kaplan_meier(np.zeros(5), stop, event, 0.95).iloc[1:]
    computed = curve[["time", "n_risk", "n_event", "estimate"]].to_numpy()
    shown = np.array(table_after("<!-- worked kaplan_meier -->", METHODS), dtype=float)
    assert computed == pytest.approx(shown)


def test_snakemake_knows_the_files_that_are_named(finished_project: Path, run: Any) -> None:
    calls = [words for _, words in commands("snakemake") if "--report" not in words]
    targets = {word for words in calls for word in words[1:] if word.startswith("results/")}
    assert "results/help/briefing.pdf" in targets
    done = run(finished_project, "snakemake", "-n", *sorted(targets))
    assert "Nothing to be done" in done.stdout + done.stderr


def test_no_row_of_data_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "data"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(listed.split()) <= {"data/README.md"}
