"""A complete HTML page that needs nothing from elsewhere, for screens, paper and screen readers."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

SHELL = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}{% if label %} ({{ label }}){% endif %}</title>
<style>
body { font: 1rem/1.5 Arial, Helvetica, sans-serif; color: #1a1a1a; background: #fff;
  margin: 2rem auto; padding: 0 1rem; max-width: 75rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2rem; } h3 { font-size: 1.1rem; }
.simulated { display: inline-block; border: 1px solid #1a1a1a; background: #fff4d6; font-weight: bold;
  padding: .2rem .6rem; margin: 0; }
.wide { overflow-x: auto; } .wide:focus { outline: 3px solid #12436d; }
summary { cursor: pointer; margin: .5rem 0; } summary:focus { outline: 3px solid #12436d; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding-bottom: .5rem; } caption h1 { font: inherit; margin: 0; }
th, td { padding: .35rem .7rem; text-align: right; vertical-align: top; font-variant-numeric: tabular-nums; }
th[scope=row], th[scope=rowgroup], td.text, th.text { text-align: left; }
th[scope=row] { font-weight: normal; } th.level { padding-left: 1.8rem; }
th[scope=row] { min-width: 9rem; }
thead th { border-bottom: 1px solid #767676; vertical-align: bottom; }
thead th[scope=colgroup] { text-align: center; }
thead th { overflow-wrap: normal; } td:not(.text) { white-space: nowrap; }
tbody + tbody, tbody th[scope=rowgroup] { border-top: 1px solid #bbb; }
table { border-top: 2px solid #1a1a1a; border-bottom: 2px solid #1a1a1a; }
.notes { font-size: .9rem; color: #3a3a3a; max-width: 50rem; } .notes p { margin: .3rem 0; }
@page { size: A4 landscape; margin: 1.5cm; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; }
  thead { display: table-header-group; } tr { break-inside: avoid; } }
@media (max-width: 40rem) { body { margin: 1rem auto; padding: 0 .7rem; } th, td { padding: .3rem .45rem; }
  .wide { border-right: 1px solid #767676; } .wide caption { position: sticky; left: 0; max-width: 88vw; }
  .wide th[scope=row] { position: sticky; left: 0; background: #fff; min-width: 7rem; max-width: 9rem; }
  .wide thead th { min-width: 4.5rem; } .wide:has(.stack) { border-right: 0; }
  .stack td:empty { display: none; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack caption { display: block; }
  .stack, .stack tbody, .stack tr, .stack td, .wide .stack th[scope=row] { display: block; text-align: left;
    white-space: normal; position: static; max-width: none; padding: .1rem 0; }
  .stack tr { border-bottom: 1px solid #bbb; padding: .4rem 0; } .wide .stack th[scope=row] { font-weight: bold; }
  .stack td::before { content: attr(data-head) ": "; color: #3a3a3a; } }
</style>
</head>
<body>
<main>
{% if label %}<p class="simulated">{{ label }}</p>
{% endif %}{{ body }}</main>
</body>
</html>
"""

# Header cells: text, and whether the column below is words.
Heads = tuple[tuple[str, bool], ...]
# listing(caption, heads, rows): a table that scrolls in a box of its own; one of words is stacked on a small screen,
# and the roles keep it a table for screen readers. The first cell of a row is
# its head.
LISTING = """
{% macro listing(caption, heads, rows) %}
<div class="wide" role="region" aria-label="{{ caption }}" tabindex="0">
<table role="table"{% if heads[1][1] %} class="stack"{% endif %}>
<caption>{{ caption }}</caption>
<thead role="rowgroup"><tr role="row">{% for text, words in heads %}
<th scope="col" role="columnheader"{% if words %} class="text"{% endif %}>{{ text }}</th>
{% endfor %}</tr></thead>
<tbody role="rowgroup">
{% for row in rows %}
<tr role="row"><th scope="row" role="rowheader">{{ row[0] }}</th>
{% for cell in row[1:] %}
<td role="cell" data-head="{{ heads[loop.index][0] }}"{% if heads[loop.index][1] %} class="text"{% endif %}>
{{ cell }}</td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% endmacro %}
"""


@lru_cache
def template(source: str) -> "Template":
    """Compile a template, which may use `listing`; it escapes every value, so that no label can turn into markup."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return environment.from_string(LISTING + source)


def write_page(path: str | Path, title: str, label: str | None, body: str) -> None:
    """Write a page around a body that is HTML already.

    Parameters
    ----------
    path : written.
    title : of the window.
    label : the label of simulated data; None for real data.
    body : escaped HTML.
    """
    from markupsafe import Markup

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    page = template(SHELL).render(title=title, label=label, body=Markup(body))
    path.write_text(page + "\n", encoding="utf-8", newline="\n")
