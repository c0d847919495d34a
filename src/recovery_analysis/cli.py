"""The command `recovery-analysis`: list the studies, check one, run it. Thin over `snakemake`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from .errors import ResearchError
from .project import STUDIES, load_study, read_yaml

ROOT = Path()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except ResearchError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="recovery-analysis", description=__doc__.split(":")[1].strip())
    commands = parser.add_subparsers(required=True, metavar="{list,check,run}")
    listing = commands.add_parser("list", help="name the studies in config/studies")
    listing.set_defaults(run=_list)
    checking = commands.add_parser("check", help="read and check a study's data, and fit nothing")
    checking.add_argument("study")
    checking.set_defaults(run=_check)
    running = commands.add_parser("run", help="run one or more studies from raw data to briefing")
    running.add_argument("study", nargs="*", help="all studies of config/config.yaml if none is named")
    running.set_defaults(run=_run)
    return parser


def _list(_: argparse.Namespace) -> int:
    if not (ROOT / STUDIES).is_dir():
        raise ResearchError(f"There is no folder {STUDIES} here. Start this command in the project's folder.")
    for path in sorted((ROOT / STUDIES).glob("*.yaml")):
        done = "  (results are there)" if (ROOT / "results" / path.stem / "briefing.pdf").is_file() else ""
        print(f"{path.stem:15} {read_yaml(path).get('about', {}).get('title', '')}{done}")
    return 0


def _check(options: argparse.Namespace) -> int:
    load_study(ROOT, options.study)
    status = _snakemake([options.study], [f"data/derived/{options.study}/issues.csv"])
    if status == 0:
        print(_summary(options.study))
    return status


def _summary(study: str) -> str:
    """The issues of a study as lines for a terminal: this stays on the researcher's machine."""
    from .checks import summarise_issues
    from .io import read_table
    from .schemas.results import ISSUE_ROWS

    folder = Path(f"data/derived/{study}")
    rows = read_table(ROOT / folder / "issues.csv", ISSUE_ROWS)
    if rows.empty:
        return f"{study}: every row can be used; no issue was found."
    counted = summarise_issues(rows)
    lines = [f"{r.n:6.0f}  {r.severity:8}{r.file}, {r.column}: {r.message} {r.action}" for r in counted.itertuples()]
    return "\n".join([*lines, f"Row by row: {folder}/issues.csv; rows set aside: {folder}/quarantine.csv"])


def _run(options: argparse.Namespace) -> int:
    for study in options.study:
        load_study(ROOT, study)
    return _snakemake(options.study, [])


def _snakemake(studies: list[str], targets: list[str]) -> int:
    """Start Snakemake for these studies, or for those of the configuration if none is named."""
    chosen = ["--config", f"studies=[{','.join(studies)}]"] if studies else []
    command = [sys.executable, "-m", "snakemake", *targets, *chosen]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode
