"""The captions of report.html: words of a study are never taken for markup."""

from pathlib import Path
from types import SimpleNamespace

import docutils.core
import pytest
from jinja2 import Template

CAPTIONS = sorted((Path(__file__).parents[2] / "workflow" / "report").glob("*.rst"))
AWKWARD = "What *came* first_, `a` |or| \\b?"


@pytest.mark.parametrize("caption", CAPTIONS, ids=lambda path: path.stem)
def test_words_of_a_study_are_shown_as_they_are(caption: Path) -> None:
    block = {"title": AWKWARD, "caption": AWKWARD}
    about = {"about": {"label": AWKWARD, "simulated": True}}
    job = SimpleNamespace(
        params=SimpleNamespace(figure=block, table=block, study=about),
        output=SimpleNamespace(svg="a.svg", pdf="a.pdf", docx="a.docx", csv="a.csv"),
        config={"studies": ["help"], "conf_level": 0.9},
    )
    text = Template(caption.read_text(encoding="utf-8"), trim_blocks=True, lstrip_blocks=True).render(snakemake=job)
    settings = {"output_encoding": "unicode", "halt_level": 2, "report_level": 2}
    plain = docutils.core.publish_doctree(text, settings_overrides=settings).astext()
    assert "90 %" in plain if caption.stem == "workflow" else AWKWARD in plain
    assert ".The" not in plain and "?." not in plain.replace(f"{AWKWARD}.", "")
