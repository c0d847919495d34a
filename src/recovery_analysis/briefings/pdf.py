"""Write the briefing as a tagged PDF."""

import json
import re
import shutil
from dataclasses import asdict
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import ResearchError
from . import words
from .content import Document
from .strength import MARKS
from .typst_template import TEMPLATE

# Height of the figure in cm and body text in points: the first pair that fits is taken, so that the words of the figure
# stay readable. A study with many findings may need more pages at the last one.
FITS = ((11.0, 11.5), *product((9.0, 8.2, 7.5, 6.2), (11.5, 11, 10.5, 10)))
MOST_PAGES = 2


def write_pdf(document: Document, picture: str | Path, path: str | Path) -> None:
    """Write the briefing as PDF/UA-1; the same content and picture give the same bytes.

    Parameters
    ----------
    document : the content.
    picture : the figure, svg or png.
    path : file to write.

    Raises
    ------
    ResearchError
        If the document cannot be set, with the typesetter's message.
    """
    picture, path = Path(picture), Path(path)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(picture, root / f"figure{picture.suffix}")
        (root / "briefing.typ").write_text(TEMPLATE, encoding="utf-8")
        data = as_data(document) | {"picture": f"figure{picture.suffix}"}
        for height, size in FITS:
            fit = {"size": size, "height": height}
            (root / "briefing.json").write_text(json.dumps(data | fit), encoding="utf-8")
            pdf = _typeset(root, path)
            if pages(pdf) <= MOST_PAGES:
                break
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pdf)


def _typeset(root: Path, path: Path) -> bytes:
    """Set briefing.typ in the folder `root`, with the fonts that come with the typesetter."""
    import typst

    try:
        return typst.compile(root / "briefing.typ", root=root, ignore_system_fonts=True, pdf_standards="ua-1")
    except RuntimeError as error:
        raise ResearchError(
            f"The briefing {path} could not be set as a PDF. The typesetter says: {error}. Look for unusual "
            "characters in the words of the study (about, peer, outcomes, briefing) and at the figure."
        ) from None


def pages(pdf: bytes) -> int:
    """Number of pages of a PDF whose page objects are not compressed, as this typesetter writes them."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def as_data(document: Document) -> dict[str, Any]:
    """The content as plain values for the layout; each finding with its strength in words."""
    data = asdict(document)
    data["findings"] = [
        {
            "heading": f.heading,
            "strength": f"{MARKS[f.everyone.strength]} {words.capital(f.everyone.strength.value)}",
            "answer": f.in_one,
        }
        for f in document.findings
    ]
    return data
