"""docs/corpus.md says what the corpus holds."""

from .make_page import PAGE, page
from .registry import CASES


def test_the_page_is_in_step_with_the_corpus() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tests/corpus/write_page.py"


def test_every_case_has_a_name_of_its_own() -> None:
    names = [(fault.name, kind) for fault, kind in CASES]
    assert len(set(names)) == len(names) >= 250
