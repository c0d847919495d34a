"""Word documents whose bytes depend on their content only."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Row

EPOCH = datetime(2000, 1, 1)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
FONT = "Arial"


def new_document(title: str, landscape: bool = False, margin_cm: float = 2.0, size: float = 11) -> "Document":
    """An A4 document in British English with a title in its properties.

    Parameters
    ----------
    title : title in the document's properties, which screen readers announce.
    landscape : the page lies on its side.
    margin_cm : all four margins, cm.
    size : body text, points.
    """
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    section = document.sections[0]
    width, height = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(margin_cm))
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(size)
    caption = document.styles["Caption"].font
    caption.name, caption.size, caption.color.rgb = FONT, Pt(size), RGBColor(0x1A, 0x1A, 0x1A)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(kind), FONT)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, "", "en-GB"
    properties.last_modified_by, properties.comments, properties.revision = "", "", 1
    properties.created = properties.modified = EPOCH
    _set_language(document, "en-GB")
    return document


def save_document(document: "Document", path: str | Path) -> None:
    """Write the document with fixed times inside its zip, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            target.writestr(entry, source.read(name))


def mark_header_row(row: "_Row") -> None:
    """Tell Word that the row heads the table: announced by screen readers, repeated on each page."""
    _row_property(row, "w:tblHeader")


def keep_row_whole(row: "_Row") -> None:
    """Never break the row across two pages."""
    _row_property(row, "w:cantSplit")


def set_widths(table: "Table", widths: list[float]) -> None:
    """Give each column its width in cm, for every program that reads the file."""
    from docx.shared import Cm

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        place = 0
        for cell in row._tr.tc_lst:
            span = cell.grid_span
            cell.width = Cm(sum(widths[place : place + span]))
            place += span


def rule_rows(table: "Table") -> None:
    """Horizontal lines only: firm above and below, thin between the rows."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side, size, color in (("top", "8", "1A1A1A"), ("bottom", "8", "1A1A1A"), ("insideH", "4", "BBBBBB")):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", color)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _row_property(row: "_Row", name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)


def _set_language(document: "Document", language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = document.styles["Normal"].element.get_or_add_rPr()
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), language)
    properties.append(element)
    defaults = document.styles.element.find(".//" + qn("w:rPrDefault") + "//" + qn("w:lang"))
    if defaults is not None:
        defaults.set(qn("w:val"), language)
