"""The one exception that carries a sentence for the researcher."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ResearchError(Exception):
    """A problem that the researcher can mend: where it is, what was found, what was expected, what to do."""


class CannotAnalyse(ResearchError):
    """People or values that an analysis cannot do without are not there: it has no answer, and other analyses may.

    `note` : the sentence without numbers of people, for the tables that are published; what follows the place if not
    given. `lost` : (label, people) who are not analysed, where they are counted.
    """

    def __init__(self, message: str, note: str = "", lost: Iterable[tuple[str, int]] = ()) -> None:
        super().__init__(message)
        told = note or message.partition(": ")[2]
        self.note, self.lost = told[:1].upper() + told[1:], list(lost)


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Begin the sentence of an error with its place, such as `analyses.stable`, where it does not say it itself."""
    try:
        yield
    except ResearchError as error:
        if not str(error).startswith(where):
            error.args = (f"{where}: {error}",)
        raise


def nearest(name: object, known: Iterable[object]) -> str:
    """Return `` Did you mean 'x'?`` for the closest known name, or the list of valid names.

    Parameters
    ----------
    name : the name that was found.
    known : the names that are valid there.
    """
    names = sorted(str(k) for k in known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Valid names are: {', '.join(names) or '(none)'}."


def account(where: str, unit: str, came_in: int, **parts: int) -> None:
    """Hold that parts add up to what came in.

    Parameters
    ----------
    where : the step, as the sentence begins.
    unit : rows or people.
    came_in : how many there were before the step.
    parts : what became of them → how many.

    Raises
    ------
    ResearchError
        If the numbers do not add up.
    """
    if came_in != sum(parts.values()):
        told = " and ".join(f"{n} {name.replace('_', ' ')}" for name, n in parts.items())
        raise ResearchError(
            f"{where}: {came_in} {unit} came in, but {told}. This is a fault of the software; please report it."
        )
