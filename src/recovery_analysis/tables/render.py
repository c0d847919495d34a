"""A laid-out table → CSV, HTML and Word."""

from pathlib import Path
from typing import TYPE_CHECKING

from .. import formats
from ..documents import (
    keep_row_whole,
    mark_header_row,
    new_document,
    rule_rows,
    save_document,
    set_widths,
)
from .grid import Grid, Head, Row
from .page import template, write_page

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

# From this many columns on, the page lies on its side; text width of an A4 page either way, cm.
WIDE, PORTRAIT, LANDSCAPE = 7, 17.0, 25.7
# Characters of a cell beyond which its column grows no wider; sentences get more.
SHORT, LONG = 26, 48
# Width of a letter in the table, and of the margins and the indent of a cell, cm.
CHARACTER, MARGIN, INDENT = 0.19, 0.45, 0.4
TABLE = """
<div class="wide" role="region" aria-label="{{ grid.caption }}" tabindex="0">
<table>
<caption><h1>{{ grid.caption }}</h1></caption>
<thead>
{% for heads in grid.heads %}
<tr>{% for head in heads %}
{% if not head.text %}<td></td>
{% elif head.span > 1 %}<th scope="colgroup" colspan="{{ head.span }}">{{ head.text }}</th>
{% else %}<th scope="col"{% if loop.first or grid.words %} class="text"{% endif %}>{{ head.text }}</th>
{% endif %}
{% endfor %}</tr>
{% endfor %}
</thead>
{% for group in groups %}
<tbody>
{% for row in group %}
{% if row.cells %}
<tr><th scope="row"{% if row.indent %} class="level"{% endif %}>{{ row.head }}</th>
{% for cell in row.cells %}<td{% if grid.words %} class="text"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% else %}
<tr><th scope="rowgroup" colspan="{{ grid.width }}">{{ row.head }}</th></tr>
{% endif %}
{% endfor %}
</tbody>
{% endfor %}
</table>
</div>
<div class="notes">
{% for note in grid.notes %}<p>{{ note }}</p>
{% endfor %}
</div>
"""


def write_csv(grid: Grid, path: str | Path) -> None:
    """The tidy numbers; with a byte order mark, so that a spreadsheet reads accents."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    tidy = grid.tidy.map(lambda cell: formats.for_spreadsheet(cell) if isinstance(cell, str) else cell)
    tidy.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", float_format="%.10g")


def write_html(grid: Grid, path: str | Path) -> None:
    """A page with the table, its caption, header cells with their scope, and its notes."""
    write_page(path, grid.caption, grid.label, template(TABLE).render(grid=grid, groups=_groups(grid.rows)))


def write_docx(grid: Grid, path: str | Path) -> None:
    """A Word document with a real table: header rows that repeat, a caption, notes."""
    from docx.shared import Pt

    document = new_document(grid.caption, landscape=_lies(grid))
    if grid.label:
        document.add_paragraph().add_run(grid.label).bold = True
    document.add_paragraph(grid.caption, style="Caption").paragraph_format.keep_with_next = True
    _word_table(document, grid)
    for i, note in enumerate(grid.notes):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(6 if i == 0 else 0)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(note).font.size = Pt(9)
    save_document(document, path)


def _groups(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Rows that belong together: each that is not indented starts a group."""
    groups: list[list[Row]] = []
    for row in rows:
        if not groups or not row.indent:
            groups.append([])
        groups[-1].append(row)
    return groups


def _word_table(document: "Document", grid: Grid) -> None:
    table = document.add_table(rows=0, cols=grid.width)
    table.autofit = False
    rule_rows(table)
    for heads in grid.heads:
        _word_heads(table, heads, grid.words)
    for row in grid.rows:
        cells = table.add_row().cells
        keep_row_whole(table.rows[-1])
        if not row.cells:
            _write(cells[0].merge(cells[-1]), row.head, bold=True)
            continue
        _write(cells[0], row.head, indent=row.indent)
        for cell, text in zip(cells[1:], row.cells, strict=True):
            _write(cell, text, right=not grid.words)
    set_widths(table, _widths(grid))


def _lies(grid: Grid) -> bool:
    """Whether the page lies on its side: many columns, or sentences in nearly as many."""
    return grid.width >= (WIDE - 1 if grid.words else WIDE)


def _widths(grid: Grid) -> list[float]:
    """Column widths, cm: each column holds its longest word, and the rest is shared out by how much they say."""
    rows = [row for row in grid.rows if row.cells]
    longest = LONG if grid.words and _lies(grid) else SHORT
    needs = [max([12, *(min(len(row.head), SHORT) for row in rows)])]
    for i, head in enumerate(grid.heads[-1][1:]):
        words = max(len(word) for word in head.text.split(" "))
        needs.append(max([8, words + 2, *(min(len(row.cells[i]) + 1, longest) for row in rows)]))
    room = LANDSCAPE if _lies(grid) else PORTRAIT
    least = [MARGIN + CHARACTER * min(_longest_word(grid, i), SHORT) for i in range(len(needs))]
    least[0] += INDENT
    rest = room - sum(least)
    wants = [max(need - _longest_word(grid, i), 1) for i, need in enumerate(needs)]
    if rest < 0:
        return [room * width / sum(least) for width in least]
    return [width + rest * want / sum(wants) for width, want in zip(least, wants, strict=True)]


def _longest_word(grid: Grid, at: int) -> int:
    """Letters of the longest word in a column."""
    rows = [row for row in grid.rows if row.cells]
    texts = [row.head if at == 0 else row.cells[at - 1] for row in rows] + [grid.heads[-1][at].text]
    return max(len(word) for text in texts for word in text.split(" "))


def _word_heads(table: "Table", heads: tuple[Head, ...], words: bool) -> None:
    row = table.add_row()
    mark_header_row(row)
    keep_row_whole(row)
    place = 0
    for head in heads:
        cell = row.cells[place]
        if head.span > 1:
            cell = cell.merge(row.cells[place + head.span - 1])
        _write(cell, head.text, bold=True, right=place > 0 and head.span == 1 and not words)
        place += head.span


def _write(cell: "_Cell", text: str, bold: bool = False, right: bool = False, indent: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(9)
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if indent:
        paragraph.paragraph_format.left_indent = Cm(INDENT)
