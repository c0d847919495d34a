"""Write the briefing as a Word document, with real headings, lists and table headers."""

from pathlib import Path
from typing import TYPE_CHECKING

from .. import documents
from . import words
from .content import Document, FindingText, NumbersTable, Section
from .strength import MARKS

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

BAND, TINT, SAND = "173F5F", "E8F0F6", "F6F1E4"
SMALL = 8.5
BODY = 10.0
PICTURE_CM = (18.0, 8.2)


def write_docx(document: Document, picture: str | Path, path: str | Path) -> None:
    """Write the briefing as a Word document; the same content and picture give the same bytes.

    Parameters
    ----------
    document : the content.
    picture : the figure as png.
    path : file to write.
    """
    word = documents.new_document(document.title, margin_cm=1.5, size=BODY)
    _styles(word)
    _frame(word, document)
    _opening(word, document)
    _list(word, document.key_points, TINT)
    _figure(word, document, picture)
    _list(word, document.how_sure, SAND, style="Normal")
    if document.findings:
        word.add_heading("The numbers", 2)
        _table(word, document.table)
        word.add_heading("The findings", 2)
        word.add_paragraph(document.comparison).paragraph_format.keep_with_next = True
    for finding in document.findings:
        _finding(word, finding)
    _list(word, document.cautions, TINT)
    _small(word, document.method.heading, (*document.method.points, *document.source))
    documents.save_document(word, path)


def _styles(word: "WordDocument") -> None:
    from docx.shared import Pt, RGBColor

    headings = (("Heading 1", 16, 0, 4), ("Heading 2", 12, 5, 2), ("Heading 3", 10, 3, 0))
    for name, size, before, after in headings:
        style = word.styles[name]
        style.font.name, style.font.size, style.font.bold = documents.FONT, Pt(size), True
        style.font.color.rgb = RGBColor.from_string("FFFFFF" if name == "Heading 1" else BAND)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        _theme_font(style)
    for name in ("Normal", "List Bullet"):
        form = word.styles[name].paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(2.5), 1.0


def _theme_font(style) -> None:
    """A heading's theme font would win over its font name."""
    from docx.oxml.ns import qn

    fonts = style.element.rPr.rFonts
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)


def _frame(word: "WordDocument", document: Document) -> None:
    """Label of simulated data above, page number below, on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    section = word.sections[0]
    section.header_distance = section.footer_distance = Cm(0.7)
    if document.label:
        line = section.header.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(document.label).bold = True
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{document.title}. Page ").font.size = Pt(SMALL)
    _page_number(foot)


def _page_number(paragraph: "Paragraph") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run()
    run.font.size = Pt(SMALL)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _opening(word: "WordDocument", document: Document) -> None:
    _shade(word.add_heading(document.title, 1), BAND)
    if document.label:
        word.add_paragraph().add_run(f"{document.label}.").bold = True
    word.add_paragraph().add_run(document.study).italic = True
    _lead(word.add_paragraph(), "The question.", document.question)
    _lead(word.add_paragraph(), "Who took part.", " ".join(document.who))


def _figure(word: "WordDocument", document: Document, picture: str | Path) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    word.add_heading(document.figure.title, 2)
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(str(picture), height=Cm(PICTURE_CM[1]))
    if shape.width > Cm(PICTURE_CM[0]):
        shape.width, shape.height = Cm(PICTURE_CM[0]), int(shape.height * Cm(PICTURE_CM[0]) / shape.width)
    shape._inline.docPr.set("descr", document.figure.alt)
    shape._inline.docPr.set("title", document.figure.title)
    if document.figure.caption:
        word.add_paragraph().add_run(document.figure.caption).font.size = Pt(SMALL)


def _list(word: "WordDocument", section: Section, colour: str, style: str = "List Bullet") -> None:
    _shade(word.add_heading(section.heading, 2), colour)
    for lead, text in section.points:
        paragraph = word.add_paragraph(style=style)
        _lead(paragraph, lead, text)
        _shade(paragraph, colour)


def _small(word: "WordDocument", heading: str, points: tuple[tuple[str, str], ...]) -> None:
    from docx.shared import Pt

    word.add_heading(heading, 2)
    for lead, text in points:
        paragraph = word.add_paragraph()
        _lead(paragraph, lead, text)
        for run in paragraph.runs:
            run.font.size = Pt(SMALL)


def _finding(word: "WordDocument", finding: FindingText) -> None:
    word.add_heading(finding.heading, 3)
    sure = finding.everyone.strength
    _lead(word.add_paragraph(), f"{MARKS[sure]} {words.capital(sure.value)}:", finding.in_one)


def _table(word: "WordDocument", numbers: NumbersTable) -> None:
    from docx.shared import Cm, Pt

    caption = word.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.add_run(numbers.caption).font.size = Pt(SMALL)
    table = word.add_table(rows=0, cols=len(numbers.header), style="Table Grid")
    table.autofit = False
    between = len(numbers.header) - 2
    widths = [Cm(5.7), *([Cm(10.0 / between)] * between), Cm(2.3)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for i, cells in enumerate((numbers.header, *numbers.rows)):
        row = table.add_row()
        documents.keep_row_whole(row)
        for cell, text, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].paragraph_format.keep_with_next = i == 0
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(SMALL), i == 0
    documents.mark_header_row(table.rows[0])


def _lead(paragraph: "Paragraph", lead: str, text: str) -> None:
    if lead:
        paragraph.add_run(f"{lead} ").bold = True
    paragraph.add_run(text)


def _shade(paragraph: "Paragraph", colour: str) -> None:
    """A filled paragraph."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    paragraph._p.get_or_add_pPr().append(shade)
