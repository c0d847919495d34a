"""Writing the first draft of a study's settings from its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ResearchError
from ..study import SourceFile
from .guess import Draft, guess
from .mapping_lines import dates_read, events_lines, file_lines, persons_lines, variables_lines, waves_lines
from .names import source_of, study_path
from .pattern_lines import dated_lines, join_lines, spell_lines, wide_lines, wide_variables
from .plan_lines import about_lines, analysis_lines, first_plan, question_lines, shown_lines
from .profile import plain_line
from .read import read_whole
from .start_stop_lines import start_stop_lines
from .text import ADD, CONFIRM
from .wide import as_interviews

HEAD = f"""\
# yaml-language-server: $schema=../schema.json
# A first draft, written by `recovery-analysis init`. What it rests on stands after each guess:
#   exact     the values themselves say it; look it over.
#   by label  a name or label says it, the values do not. The line begins with `{CONFIRM.strip()}`: confirm it by
#             deleting `{CONFIRM}`, or correct it.
#   unknown   nobody but you can know. It begins with `{CONFIRM.strip()}` where the study cannot do without.
# A line that begins with `{ADD.strip()}` is not needed; delete `{ADD}` to use that column.
# Counts under 10 are `<10`, the others rounded to 5; no code is written that fewer than five people have.
# Then type: recovery-analysis check {{study}}
"""


@dataclass(frozen=True)
class Written:
    """What `init` did.

    Attributes
    ----------
    path : the file that was written.
    to_confirm : its lines that wait to be confirmed, the first line being 1.
    rare : file → column → codes that fewer than five people have, which the file does not name.
    unused : files whose columns are not used, since they differ from those of the first.
    """

    path: Path
    to_confirm: list[int]
    rare: dict[str, dict[str, list[str]]]
    unused: list[str]


def write_draft(root: Path, study: str, files: list[str]) -> Written:
    """Write config/studies/<study>.yaml.

    Parameters
    ----------
    root : folder of the project.
    study : name of the new study.
    files : paths, or data sets of an installed package.

    Raises
    ------
    ResearchError
        If a name is refused, a file cannot be read, or the settings exist already.
    """
    path = study_path(root, study)
    sources: dict[str, SourceFile] = {}
    for written in files:
        key, source = source_of(root, written)
        sources[_free(key, sources)] = source
    drafts = {key: as_interviews(guess(read_whole(root, key, source))) for key, source in sources.items()}
    text = draft_text(study, sources, drafts)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ResearchError(f"{path} could not be written: {error.strerror}.") from None
    rare = {key: draft.rare for key, draft in drafts.items() if draft.rare}
    return Written(path, unconfirmed(text), rare, [key for key in drafts if key not in _alike(drafts)])


def _free(key: str, taken: dict[str, SourceFile]) -> str:
    number = 2
    unique = key
    while unique in taken:
        unique, number = f"{key}_{number}", number + 1
    return unique


def _alike(drafts: dict[str, Draft]) -> list[str]:
    """Files that can be stacked: those with all columns of the first."""
    first = next(iter(drafts.values()))
    return [key for key, draft in drafts.items() if set(first.raw.columns) <= set(draft.raw.columns)]


def draft_text(study: str, sources: dict[str, SourceFile], drafts: dict[str, Draft]) -> str:
    """The settings as text, as they are written.

    Parameters
    ----------
    sources, drafts : name under `files` → where it is, and what was guessed of it.
    """
    draft = next(iter(drafts.values()))
    stacked = _alike(drafts)
    plan = first_plan(draft)
    lines = [HEAD.format(study=study)]
    lines += about_lines(study, list(sources))
    lines += file_lines(sources, drafts, join_lines(drafts))
    lines += _about_files(drafts, stacked)
    lines += persons_lines(draft, stacked)
    lines += waves_lines(draft, stacked)
    lines += wide_lines(draft, stacked)
    lines += spell_lines(draft, stacked)
    lines += start_stop_lines(draft, stacked, study)
    lines += events_lines(draft, stacked)
    lines += [*dated_lines(draft, stacked), ""]
    read = {column.name for column in dates_read(draft)}
    left = [plain_line(d.name) for d in draft.dates if d.name not in read]
    lines += [f"# {name} holds dates; see `date` in docs/your-study.md." for name in left]
    lines += variables_lines(draft)
    lines += [*wide_variables(draft), ""]
    lines += question_lines(plan)
    lines += analysis_lines(plan)
    lines += shown_lines(plan, study)
    return "\n".join(lines) + "\n"


def _about_files(drafts: dict[str, Draft], stacked: list[str]) -> Iterator[str]:
    """What is not read of the files, or would be read wrongly."""
    for key, draft in drafts.items():
        if key not in stacked:
            yield f"# {key} is not mapped yet: it has not the columns of the first file. Add blocks for it."
        others = ", ".join(map(repr, draft.raw.declared.sheets[1:]))
        if others:
            yield f"# {key} is one sheet of its workbook, which also has {others}: `sheet:` names another."
        for column, cell in draft.raw.declared.without_results.items():
            what = f"the file does not hold the results of its formulas, such as {cell}, so it looks blank"
            yield f"# {key}, column {plain_line(column)}: {what}. Open the file in a spreadsheet program and save it."


def unconfirmed(text: str) -> list[int]:
    """Lines of a settings file that wait to be confirmed, the first line being 1."""
    return [number for number, line in enumerate(text.split("\n"), 1) if line.startswith(CONFIRM)]


def confirmed(text: str) -> str:
    """The settings with every guess taken as it stands."""
    return "\n".join(line.removeprefix(CONFIRM) for line in text.split("\n"))
