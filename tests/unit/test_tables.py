"""Tables: numbers as released, nothing withheld told, every format labelled, the same bytes every time."""

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm

from recovery_analysis import formats, labels
from recovery_analysis.io import write_table
from recovery_analysis.schemas.results import RESULTS
from recovery_analysis.steps.render_table import render_table
from recovery_analysis.steps.write_quality_page import write_quality_page
from recovery_analysis.study import RecoveryTimeAnalysis
from recovery_analysis.tables.effects import effects_grid
from recovery_analysis.tables.grid import Grid
from recovery_analysis.tables.quality import quality_body
from recovery_analysis.tables.render import write_csv, write_docx, write_html
from recovery_analysis.tables.table_one import table_one_grid
from tests.unit import sample_results as sample

VARIABLES = ["age", "substance", "homeless"]


def people(table: pd.DataFrame | None = None) -> Grid:
    context = sample.context()
    frame = sample.table_one() if table is None else table
    words = (context.about, context.peer, context.disclosure)
    return table_one_grid(frame, "People <at> the start", VARIABLES, sample.VARIABLES, *words)


def effects(estimates: pd.DataFrame | None = None) -> Grid:
    context = sample.context()
    frame = sample.estimates() if estimates is None else estimates
    words = (context.about, context.peer, context.disclosure)
    return effects_grid(frame, "Effects", list(sample.ANALYSES), sample.ANALYSES, sample.OUTCOMES, *words)


def cell(grid: Grid, head: str, place: int) -> str:
    return next(row.cells[place] for row in grid.rows if row.head.startswith(head) and row.cells)


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_table_one_prints_counts_percentages_means():
    grid = people()
    assert cell(grid, "Age", 0) == "37.2 (9.8)"
    assert formats.plain(cell(grid, "Homeless", 0)) == "248 (20.0 %)"
    assert formats.plain(cell(grid, "Heroin", 0)) == "1 (<0.1 %)"
    assert not re.search(r"\(0\.0", " ".join(text for row in grid.rows for text in row.cells))


def test_table_one_columns_are_everyone_then_each_pathway_by_gender():
    upper, lower = people().heads
    assert [head.text for head in upper] == ["", "Everyone", sample.PEER.label, sample.PEER.reference]
    assert [head.span for head in upper] == [1, 1, 4, 4]
    told = [formats.plain(head.text) for head in lower]
    assert told[1:6] == [
        "n = 1,240",
        "All n = 744",
        "Women n = 360",
        "Men n = 354",
        "Non-binary people n = 15",
    ]


def test_genders_without_a_column_are_named():
    notes = " ".join(people().notes)
    assert "people of another gender and gender not disclosed" in notes


def test_withheld_cells_are_a_dash_with_a_note():
    grid = people()
    assert cell(grid, "Heroin", 4) == formats.MISSING
    assert labels.WITHHELD in grid.notes
    tidy = grid.tidy
    withheld = tidy[tidy["Note"] != ""]
    assert len(withheld) > 5
    assert withheld[["People", "Percent", "Mean", "SD", "Median"]].isna().all(axis=None)


def test_levels_come_in_the_order_of_the_configuration_and_unknowns_only_where_there_are_any():
    heads = [row.head for row in people().rows]
    assert heads.index("Alcohol") < heads.index("Heroin or another opioid")
    assert heads.count("not known") == 1


def test_effects_are_the_exponential_of_the_estimates():
    grid = effects()
    ok = sample.estimates().query("term == 'peer' and status == 'ok'")
    tidy = grid.tidy[grid.tidy["Estimate"].notna()]
    assert len(tidy) == len(ok) == 4 * 5
    ratio = np.where(ok["scale"] == "difference", ok["estimate"], np.exp(ok["estimate"]))
    low = np.where(ok["scale"] == "difference", ok["conf_low"], np.exp(ok["conf_low"]))
    assert tidy["Estimate"].to_numpy() == pytest.approx(ratio, rel=1e-5)
    assert tidy["Low"].to_numpy() == pytest.approx(low, rel=1e-5)
    assert cell(grid, "Everyone, adjusted", 3) == "1.12 (0.92 to 1.36)"
    assert cell(grid, "Everyone, adjusted", 4) == "<0.001"


def test_effects_of_people_in_recovery_say_within_what_time():
    asked = RecoveryTimeAnalysis(kind="recovery_time", title="Seen from recovery", outcome="stable", horizon=25)
    context, analyses = sample.context(), sample.ANALYSES | {"stable": asked}
    words = (context.about, context.peer, context.disclosure)
    grid = effects_grid(sample.estimates(), "Effects", list(analyses), analyses, sample.OUTCOMES, *words)
    assert "Seen from recovery: among people who get there within 25 years;" in " ".join(grid.notes)
    assert "get there within" not in " ".join(effects().notes)


def test_effects_show_minus_signs_in_print_and_hyphens_in_the_spreadsheet():
    grid = effects()
    row = [row for row in grid.rows if row.cells and row.cells[0] == "Difference"][1]
    assert row.cells[3] == "−7.25 (−7.45 to −7.05)"
    assert "-7.25 (-7.45 to -7.05)" in set(grid.tidy["As printed"])


def test_estimates_that_are_not_there_are_words():
    grid = effects()
    assert cell(grid, "People of another gender", 3) == labels.STATUS["suppressed"]
    assert cell(grid, "Gender not disclosed", 3) == labels.STATUS["too_few_events"]
    for row in grid.rows:
        if row.head in ("People of another gender", "Gender not disclosed"):
            assert not re.search(r"\d", row.cells[3] + row.cells[4])


def test_a_null_says_what_could_have_been_found_and_others_do_not():
    grid = effects()
    assert cell(grid, "Non-binary people", 5) == "3.00 or more, 0.33 or less"
    assert cell(grid, "Everyone, adjusted", 5) == ""
    differences = [row for row in grid.rows if row.cells and row.cells[0] == "Difference"]
    assert [row.cells[5] for row in differences if row.cells[5]] == ["1.1 up or down"]
    assert labels.COULD_FIND in grid.notes
    told = grid.tidy.dropna(subset="Could have been found")
    assert told["Could have been found"].tolist() == pytest.approx([np.exp(1.1)] * 3 + [1.1], rel=1e-5)


def test_an_estimate_that_is_not_there_says_why_in_a_footnote():
    estimates = sample.estimates()
    gone = estimates["group"].eq("undisclosed") & estimates["status"].eq("too_few_events")
    estimates.loc[gone, "note"] = "All outcomes happened at the same time: their order says nothing. And more."
    context = sample.context()
    words = (sample.OUTCOMES, context.about, context.peer, context.disclosure)
    grid = effects_grid(estimates, "Effects", list(sample.ANALYSES), sample.ANALYSES, *words)
    (note,) = [note for note in grid.notes if "No number: " in note]
    assert note.endswith("No number: All outcomes happened at the same time: their order says nothing.")
    assert cell(grid, "Gender not disclosed", 3) == labels.STATUS["too_few_events"] + note[0]


def test_gates_are_marked_and_said_in_words():
    grid = effects()
    assert cell(grid, "Women", 3).endswith("†")
    assert cell(grid, "Men", 3).endswith("†‡")
    assert f"† Read with care: {labels.GATE['proportional_hazards']}." in grid.notes


@pytest.mark.parametrize("make", [people, effects])
def test_every_format_says_that_data_are_simulated(make, tmp_path):
    grid = make()
    write_csv(grid, tmp_path / "t.csv")
    write_html(grid, tmp_path / "t.html")
    write_docx(grid, tmp_path / "t.docx")
    assert (pd.read_csv(tmp_path / "t.csv")["Data"] == labels.SIMULATED).all()
    assert labels.SIMULATED in (tmp_path / "t.html").read_text(encoding="utf-8")
    assert labels.SIMULATED in [p.text for p in Document(str(tmp_path / "t.docx")).paragraphs]


@pytest.mark.parametrize("make", [people, effects])
def test_html_is_whole_accessible_and_needs_nothing_else(make, tmp_path):
    grid = make()
    write_html(grid, tmp_path / "t.html")
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    parsed = Tags(page)
    assert ("html", {"lang": "en-GB"}) in parsed.tags
    assert [tag for tag, _ in parsed.tags].count("caption") == 1
    assert all(attrs.get("scope") for tag, attrs in parsed.tags if tag == "th")
    assert not re.search(r"https?://|src=|<script|@import", page)
    assert grid.caption in parsed.text and "<at>" not in page
    body = page[page.index("<tbody") :]
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.S):
        spans = [int(n) for n in re.findall(r'colspan="(\d+)"', row)]
        assert len(re.findall(r"<t[hd]", row)) + sum(n - 1 for n in spans) == grid.width


@pytest.mark.parametrize("make", [people, effects])
def test_word_has_a_table_whose_header_rows_repeat(make, tmp_path):
    grid = make()
    write_docx(grid, tmp_path / "t.docx")
    document = Document(str(tmp_path / "t.docx"))
    (table,) = document.tables
    marked = [row._tr.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None for row in table.rows]
    assert sum(marked) == len(grid.heads) and all(marked[: len(grid.heads)])
    assert len(table.rows) == len(grid.heads) + len(grid.rows)
    assert grid.caption in [p.text for p in document.paragraphs if p.style.name == "Caption"]
    room = document.sections[0].page_width - document.sections[0].left_margin - document.sections[0].right_margin
    assert sum(column.width for column in table.columns) <= room + Cm(0.1)


@pytest.mark.parametrize("make", [people, effects])
def test_same_bytes_twice(make, tmp_path):
    for run in ("first", "second"):
        for write, kind in ((write_csv, "csv"), (write_html, "html"), (write_docx, "docx")):
            write(make(), tmp_path / f"{run}.{kind}")
    for kind in ("csv", "html", "docx"):
        assert (tmp_path / f"first.{kind}").read_bytes() == (tmp_path / f"second.{kind}").read_bytes()
    dates = {entry.date_time for entry in zipfile.ZipFile(tmp_path / "first.docx").infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_empty_tables_say_so():
    assert effects(sample.estimates().head(0)).notes == (labels.EMPTY["effects"],)
    assert people(sample.table_one().head(0)).rows == ()


def released(folder: Path) -> dict[str, str]:
    paths = {}
    for name in ("estimates", "table_one", "issues", "flow", "data_checks"):
        paths[name] = str(folder / f"{name}.csv")
        write_table(getattr(sample, name)(), paths[name], RESULTS[name])
    return paths


def test_step_renders_from_files_what_the_functions_render_from_frames(tmp_path):
    paths, context = released(tmp_path), sample.context()
    study = {
        "about": context.about.model_dump(),
        "mapping": {"persons": {"files": ["a"], "columns": {"person_id": "ID"}}},
        "variables": {name: variable.model_dump() for name, variable in sample.VARIABLES.items()},
        "peer": context.peer.model_dump(),
        "outcomes": {name: outcome.model_dump() for name, outcome in sample.OUTCOMES.items()},
        "analyses": {name: analysis.model_dump() for name, analysis in sample.ANALYSES.items()},
        "disclosure": context.disclosure.model_dump(),
    }
    out = {kind: str(tmp_path / f"t.{kind}") for kind in ("csv", "html", "docx")}
    tables = {name: paths[name] for name in ("estimates", "table_one")} | {"diagnostics": "not read"}
    block = {"kind": "effects", "title": "Effects", "analyses": list(sample.ANALYSES)}
    render_table(block, study, **tables, **out)
    write_html(effects(), tmp_path / "direct.html")
    assert Path(out["html"]).read_bytes() == (tmp_path / "direct.html").read_bytes()
    render_table({"kind": "table_one", "title": "T", "variables": VARIABLES}, study, **tables, **out)
    assert "Heroin or another opioid" in Path(out["html"]).read_text(encoding="utf-8")


def test_quality_page_tells_counts_as_released_by_severity(tmp_path):
    paths, context = released(tmp_path), sample.context()
    study = {"about": context.about.model_dump(), "disclosure": context.disclosure.model_dump()}
    titles = {name: analysis.title for name, analysis in sample.ANALYSES.items()}
    write_quality_page(study, titles, paths["issues"], paths["flow"], paths["data_checks"], str(tmp_path / "q.html"))
    page = Tags((tmp_path / "q.html").read_text(encoding="utf-8"))
    text = formats.plain(page.text)
    places = [text.index(labels.SEVERITY_MEANING[name]) for name in labels.SEVERITY]
    assert places == sorted(places)
    for told in (
        "4,211 rows",
        "– people",
        "Values outside 0 to 14.",
        "Ask the data owner.",
        "2 of 3 findings to be looked at.",
        "45 %",
        "p < 0.001",
        "index 131",
        "0.61 SD",
        "1 group",
        f"Analysed ({titles['stable']})",
        labels.SIMULATED,
    ):
        assert told in text
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")


def test_quality_page_without_findings_says_so():
    context = sample.context()
    titles = {name: analysis.title for name, analysis in sample.ANALYSES.items()}
    tables = (sample.issues().head(0), sample.flow(), sample.data_checks().head(0))
    body = quality_body(*tables, context.about, context.disclosure, titles)
    assert "The checks found nothing to report." in body
