"""The command `recovery-analysis`: start a study, check it, run it, compare extracts. Thin over `snakemake`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from .errors import ResearchError
from .project import STUDIES, load_study, read_yaml
from .study import Study

ROOT = Path()
# What a shell calls a command that was stopped with Ctrl-C.
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if not (ROOT / STUDIES).is_dir():
            raise ResearchError(f"There is no folder {STUDIES} here. Start this command in the project's folder.")
        return options.run(options)
    except ResearchError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'A file'} could not be read or written: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was done. Type the command again to start anew.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="recovery-analysis", description=__doc__.split(":")[1].strip())
    commands = parser.add_subparsers(required=True, metavar="{list,init,check,run,compare}")
    listing = commands.add_parser("list", help="name the studies in config/studies")
    listing.set_defaults(run=_list)
    starting = commands.add_parser("init", help="write the first settings of a study from its files")
    starting.add_argument("file", nargs="+", help="a raw file, or a data set such as package:mosaicData/HELPfull")
    starting.add_argument("--study", required=True, help="name of the new study: letters, digits, _ and -")
    starting.set_defaults(run=_init)
    checking = commands.add_parser("check", help="read and check a study's data, and fit nothing")
    checking.add_argument("study")
    checking.set_defaults(run=_check)
    running = commands.add_parser("run", help="run one or more studies from raw data to briefing")
    running.add_argument("study", nargs="*", help="all studies of config/config.yaml if none is named")
    running.set_defaults(run=_run)
    comparing = commands.add_parser("compare", help="say what changed from one extract to the next")
    comparing.add_argument("old", help="the extract that the settings were written for")
    comparing.add_argument("new", help="the extract that has come since")
    comparing.add_argument("--study", help="marks the columns that this study's settings read")
    comparing.set_defaults(run=_compare)
    return parser


def _list(_: argparse.Namespace) -> int:
    for path in sorted((ROOT / STUDIES).glob("*.yaml")):
        done = "  (results are there)" if (ROOT / "results" / path.stem / "briefing.pdf").is_file() else ""
        print(f"{path.stem:15} {_title(path)}{done}")
    return 0


def _title(path: Path) -> str:
    """The title of a study, or what keeps its settings from being read."""
    try:
        about = read_yaml(path).get("about")
    except ResearchError as error:
        return str(error)
    return str(about.get("title") or "") if isinstance(about, dict) else ""


def _init(options: argparse.Namespace) -> int:
    from .scaffold.draft import write_draft

    written = write_draft(ROOT, options.study, options.file)
    n = len(written.to_confirm)
    print(f"Wrote {written.path}. {n} {'line waits' if n == 1 else 'lines wait'} for you; each begins with `#?`.")
    for file, columns in written.rare.items():
        for column, codes in columns.items():
            print(f"{file}, {column}: fewer than 5 people have {', '.join(codes)}; the settings do not name these.")
    for file in written.unused:
        print(f"{file} has not the columns of the first file: it is listed, and not mapped yet.")
    print(f"Confirm or correct these lines, then type: recovery-analysis check {options.study}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from .steps.write_check_page import write_check_page

    _tell_unconfirmed(options.study)
    study = load_study(ROOT, options.study)
    folder = Path("data/derived") / options.study
    if _snakemake([options.study], [f"{folder}/data_checks.csv", "--quiet", "all"]) != 0:
        again = f"snakemake {folder}/data_checks.csv --config 'studies=[{options.study}]'"
        print(f"The study could not be read. If nothing above says why, type: {again}", file=sys.stderr)
        return 1
    text, fatal = write_check_page(study, ROOT / folder, ROOT / folder / "check.html")
    print(text)
    return int(fatal)


def _tell_unconfirmed(study: str) -> None:
    """Name the lines of a draft that nobody has confirmed yet; what they would have said is not there."""
    from .scaffold.draft import unconfirmed

    path = STUDIES / f"{study}.yaml"
    if (ROOT / path).is_file() and (lines := unconfirmed((ROOT / path).read_text(encoding="utf-8", errors="replace"))):
        places = ", ".join(map(str, lines))
        what = "line is" if len(lines) == 1 else "lines are"
        print(
            f"{path}: {len(lines)} {what} not confirmed yet ({places}). Delete `#? ` where a line is right, and "
            "correct it where it is not.",
            file=sys.stderr,
        )


def _run(options: argparse.Namespace) -> int:
    for study in options.study:
        load_study(ROOT, study)
    return _snakemake(options.study, [])


def _compare(options: argparse.Namespace) -> int:
    from .steps.compare_codebooks import compare_codebooks

    study: Study | None = load_study(ROOT, options.study) if options.study else None
    folder = Path("data/derived") / (options.study or "compared")
    print(compare_codebooks(ROOT, options.old, options.new, ROOT / folder / "codebook_changes.csv", study))
    return 0


def _snakemake(studies: list[str], targets: list[str]) -> int:
    """Start Snakemake for these studies, or for those of the configuration if none is named."""
    chosen = ["--config", f"studies=[{','.join(studies)}]"] if studies else []
    command = [sys.executable, "-m", "snakemake", *targets, *chosen]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode
