"""The briefing as a document: numbers looked up, secrets kept, two pages, the same bytes, any character."""

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import typst
from docx import Document as open_docx

from recovery_analysis.briefings.compose import behind, compose
from recovery_analysis.briefings.content import Document
from recovery_analysis.briefings.lookup import as_estimate
from recovery_analysis.briefings.nouns import names_of
from recovery_analysis.briefings.pdf import FITS, as_data, pages, write_pdf
from recovery_analysis.briefings.typst_template import TEMPLATE
from recovery_analysis.briefings.word import write_docx
from recovery_analysis.errors import ResearchError
from recovery_analysis.io import write_table
from recovery_analysis.labels import SIMULATED
from recovery_analysis.schemas.results import CURVES, ESTIMATES, FLOW, TABLE_ONE
from recovery_analysis.steps.write_briefing import write_briefing
from tests.unit import briefing_sample as sample

AWKWARD = r"""#let $x$ *bold* _it_ @cite <label> \ "quoted" 'single' `raw` = // [a] {b} ~ £ é %"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="220"><rect width="480" height="220"/></svg>'


def document(plan: object = None, estimates: pd.DataFrame | None = None, **people: float | None) -> Document:
    return compose(
        plan or sample.plan(),
        sample.estimates() if estimates is None else estimates,
        sample.flow(),
        sample.table_one(**people),
        "Two curves; the first is higher.",
        0.95,
    )


def words(content: object) -> str:
    """Everything a document says, in one line."""
    return " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(as_data(content), ensure_ascii=False)))


@pytest.fixture
def svg(tmp_path: Path) -> Path:
    path = tmp_path / "picture.svg"
    path.write_text(PICTURE, encoding="utf-8")
    return path


@pytest.fixture
def png(tmp_path: Path) -> Path:
    from matplotlib.figure import Figure

    Figure(figsize=(4, 2)).savefig(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def docx_text(path: Path) -> str:
    word = open_docx(str(path))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in word.paragraphs] + cells)


def test_every_finding_has_a_sentence_and_a_row_of_numbers() -> None:
    made, asked = document(), sample.STUDY.briefing.findings
    assert [finding.heading for finding in made.findings] == [finding.heading for finding in asked]
    assert len(made.table.rows) == len(made.findings)
    assert made.table.rows[0] == (
        "Six months of sustained abstinence: times as likely",
        "1.34 (1.10 to 1.63)", "1.21 (0.85 to 1.72)", "1.40 (1.11 to 1.78)", "● Clear",
    )  # fmt: skip
    assert made.findings[0].people == "389 people, 173 with the outcome."


def test_every_number_comes_from_the_tables() -> None:
    frame = sample.estimates()
    numbers = ["estimate", "conf_low", "conf_high"]
    frame[numbers] = frame[numbers] + 0.7
    frame[["n", "n_events"]] = frame[["n", "n_events"]] + 311
    frame["conf_level"] = 0.9
    flow, people = sample.flow(), sample.table_one(woman=1234)
    flow["n"] = flow["n"] + 5000
    before = words(document())
    after = words(compose(sample.plan(), frame, flow, people, "", 0.9))
    for number in ("1.34", "389", "173", " 453 people", " 111 women", "95\u00a0%", "1 in 20"):
        assert number in before
        assert number not in after
    assert "2.69" in after and "700 people, 484 with the outcome" in after and "1,234 women" in after
    assert "1 in 10 " in after and "5,453 people" in after


def test_answers_are_gathered_by_how_sure_they_are() -> None:
    frame = sample.estimates(
        arrested={"gate": "events_per_parameter"}, in_jail=sample.GONE | {"status": "too_few_events"}
    )
    points = dict(document(estimates=frame).key_points.points[1:])
    assert points["Some sign of a difference:"] == "any arrest."
    assert points["Too few people to say:"] == "any night in jail."
    assert points["We could not tell:"].startswith("first use of any substance and people around")
    assert "no clear difference between genders" in points["By gender:"]


def test_genders_that_clearly_differ_are_a_key_point() -> None:
    frame = sample.estimates()
    frame.loc[(frame["term"] == "peer:gender") & (frame["analysis"] == "depression"), "p_value"] = 0.002
    assert dict(document(estimates=frame).key_points.points)["By gender:"].startswith(
        "genders clearly differ in the answer on depressive symptoms; no other"
    )


def test_an_answer_whose_genders_were_not_compared_is_none_of_no_difference() -> None:
    frame = sample.estimates()
    test = frame["term"] == "peer:gender"
    frame.loc[test & (frame["analysis"] == "depression"), ["status", "p_value"]] = ["suppressed", None]
    frame.loc[test & (frame["analysis"] == "in_jail"), "gate"] = "events_per_parameter"
    told = dict(document(estimates=frame).key_points.points)["By gender:"]
    assert told.startswith("there is no clear difference between genders in the answers that could be compared.")
    assert told.endswith("The data do not allow a comparison on any night in jail and depressive symptoms.")
    frame.loc[test, "gate"] = "clusters"
    told = dict(document(estimates=frame).key_points.points)["By gender:"]
    assert told == "the data do not allow a comparison between genders."


def test_what_can_be_missed_is_explained_where_it_is_told() -> None:
    frame = sample.estimates()
    assert "Can miss:" not in dict(document(estimates=frame).how_sure.points)
    women = (frame["analysis"] == "first_use") & (frame["group"] == "woman") & (frame["term"] == "peer")
    made = document(estimates=frame.assign(detectable=frame["detectable"].mask(women, 0.5)))
    assert "four of five studies of this size" in dict(made.how_sure.points)["Can miss:"]
    first = next(finding for finding in made.findings if "first use" in finding.heading)
    assert any("; can miss under 1.65 times)" in part for part in first.genders)


def test_a_gender_with_few_people_is_named_and_its_number_withheld() -> None:
    gone = sample.GONE | {"status": "suppressed"}
    few = sample.estimate("in_jail", "interaction", "non_binary", 0, 1, **gone)
    made = document(estimates=sample.estimates(few), non_binary=None)
    assert "non-binary people (number withheld)" in made.who[1]
    assert "Nobody is recorded among people of another gender" in made.who[1]
    jail = next(finding for finding in made.findings if "jail" in finding.heading)
    assert "Non-binary people: withheld, too few people." in jail.genders
    assert "Non-binary people: too few people to say." in made.findings[0].genders
    assert made.table.caption.endswith("Other genders: see the findings.")
    assert not document().table.caption.endswith("see the findings.")


def test_one_person_is_not_people() -> None:
    flow, people = sample.flow(), sample.table_one()
    flow.loc[flow["kind"] == "eligible", ["n", "suppressed"]] = [1, False]
    counts = people["variable"] == "people"
    people.loc[counts, ["n", "suppressed"]] = [1, False]
    told = words(compose(sample.plan(), sample.estimates(), flow, people, "", 0.95))
    for said in ("1 person could be analysed", "1 person reported", "1 woman and 1 man"):
        assert said in told


def test_an_effect_without_an_interval_prints_no_number() -> None:
    made = document(estimates=sample.estimates(in_jail={"conf_low": None, "conf_high": None}))
    jail = next(finding for finding in made.findings if "jail" in finding.heading)
    assert jail.everyone.brief == "The calculation gave no usable answer, so nothing can be said."
    assert next(row for row in made.table.rows if "jail" in row[0])[1] == "no answer"


def test_a_note_of_the_estimate_reaches_the_reader() -> None:
    note = "Not in this model: non-binary people"
    made = document(estimates=sample.estimates(in_jail={"note": note}))
    assert made.findings[5].people.endswith(f"{note}.")


def test_crude_numbers_are_used_only_where_nothing_was_adjusted() -> None:
    frame = sample.estimates()
    crude = frame[~((frame["analysis"] == "in_jail") & (frame["model"] == "adjusted"))]
    assert document(estimates=crude).table.rows[5][1].startswith(">1,000")
    assert document().table.rows[5][1].startswith("0.82")


def test_a_finding_without_estimates_is_reported_by_its_path() -> None:
    frame = sample.estimates()
    with pytest.raises(ResearchError, match=r"briefing\.findings.*'arrested'"):
        document(estimates=frame[frame["analysis"] != "arrested"])


def test_the_rule_for_small_numbers_is_told() -> None:
    assert "Counts are exact. The HELP data are public" in words(document())
    guarded = document(sample.plan(disclosure={"preset": "ons10", "reason": None}))
    assert "Counts under 10 are not shown, except some that are 0; other counts are rounded to the nearest 5." in words(
        guarded
    )


def test_definitions_of_outcomes_and_what_not_to_conclude_are_told() -> None:
    told = words(document())
    for finding in sample.STUDY.briefing.findings:
        outcome = sample.STUDY.outcomes[sample.STUDY.analyses[finding.analysis].outcome]
        assert outcome.definition.strip() in told
    assert "interval censoring" in told
    assert "They do not show why the groups differ" in told
    for caution in sample.STUDY.briefing.cautions:
        assert caution.strip() in told


def test_simulated_data_say_so_on_every_page_and_in_the_first_lines(png: Path, tmp_path: Path) -> None:
    made = document(sample.plan(about={"simulated": True}))
    assert made.label == SIMULATED and document().label == ""
    write_docx(made, png, tmp_path / "b.docx")
    word = open_docx(str(tmp_path / "b.docx"))
    assert word.sections[0].header.paragraphs[0].text == SIMULATED
    assert word.paragraphs[1].text.startswith(SIMULATED)
    assert 'header: if d.label != ""' in TEMPLATE and "par(strong(d.label" in TEMPLATE


def test_seven_findings_fit_two_pages_of_a_tagged_pdf(svg: Path, tmp_path: Path) -> None:
    for simulated in (False, True):
        write_pdf(document(sample.plan(about={"simulated": simulated})), svg, tmp_path / "b.pdf")
        pdf = (tmp_path / "b.pdf").read_bytes()
        assert pages(pdf) == 2
    assert b"/Marked true" in pdf and b"en-GB" in pdf and b"CreationDate" not in pdf
    assert sample.STUDY.briefing.title.encode() in pdf
    assert b"Two curves; the first is higher." in pdf


def test_findings_with_one_outcome_are_told_apart_by_their_titles() -> None:
    plan = sample.plan()
    outcomes = dict.fromkeys(("arrested", "in_jail"), plan.analyses["arrested"].outcome)
    same = {
        name: analysis.model_copy(update={"outcome": outcomes.get(name, analysis.outcome)})
        for name, analysis in plan.analyses.items()
    }
    named = names_of(replace(plan, analyses=same), ["arrested", "in_jail", "depression"])
    assert named["arrested"] != named["in_jail"] and named["depression"] == "depressive symptoms"
    assert named["in_jail"] == "any night in jail in the following six months"


def test_text_is_made_smaller_before_the_figure_is() -> None:
    heights, sizes = zip(*FITS, strict=True)
    assert heights == tuple(sorted(heights, reverse=True)) and FITS[0] == (11.0, 11.5)
    assert all(sizes[i] > sizes[i + 1] for i in range(len(FITS) - 1) if heights[i] == heights[i + 1])


def test_the_table_of_numbers_stays_with_its_heading(png: Path, tmp_path: Path) -> None:
    write_docx(document(), png, tmp_path / "b.docx")
    word = open_docx(str(tmp_path / "b.docx"))
    before = [p.text for p in word.paragraphs].index("The numbers") + 1
    assert word.paragraphs[before].paragraph_format.keep_with_next
    head = word.tables[0].rows[0].cells
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in head)


def test_a_study_without_findings_yet_has_a_briefing_that_says_so(svg: Path, png: Path, tmp_path: Path) -> None:
    made = document(sample.plan(briefing={"findings": ()}))
    write_pdf(made, svg, tmp_path / "b.pdf")
    assert pages((tmp_path / "b.pdf").read_bytes()) <= 2
    write_docx(made, png, tmp_path / "b.docx")
    told = docx_text(tmp_path / "b.docx")
    assert "No answers yet: the plan of this study names no findings." in " ".join(told.split())
    assert "The numbers" not in told and "What was measured" not in told


def test_a_study_with_more_findings_takes_more_pages_and_loses_none(svg: Path, tmp_path: Path) -> None:
    made = document()
    longer = replace(made, findings=made.findings * 3)
    write_pdf(longer, svg, tmp_path / "long.pdf")
    assert pages((tmp_path / "long.pdf").read_bytes()) == 3


def test_the_same_content_gives_the_same_bytes_wherever_it_is_written(svg: Path, png: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pdf(document(), svg, tmp_path / name / "b.pdf")
        write_docx(document(), png, tmp_path / name / "b.docx")
    for name in ("b.pdf", "b.docx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_no_character_of_a_study_is_read_as_markup(svg: Path, png: Path, tmp_path: Path) -> None:
    plan = sample.plan(
        briefing={"title": AWKWARD, "question": AWKWARD, "cautions": (AWKWARD,)},
        peer={"noun": AWKWARD, "label": AWKWARD, "reference": AWKWARD},
        about={"summary": AWKWARD, "citation": AWKWARD, "licence": AWKWARD, "title": AWKWARD},
    )
    made = document(plan)
    write_pdf(made, svg, tmp_path / "b.pdf")
    assert pages((tmp_path / "b.pdf").read_bytes()) >= 2
    data = as_data(made) | {"picture": "picture.svg", "size": 11, "height": 8}
    (tmp_path / "briefing.json").write_text(json.dumps(data), encoding="utf-8")
    (tmp_path / "briefing.typ").write_text(TEMPLATE, encoding="utf-8")
    headings = typst.query(str(tmp_path / "briefing.typ"), "heading.where(level: 1)", root=str(tmp_path))
    assert json.loads(headings)[0]["body"]["text"] == AWKWARD
    write_docx(made, png, tmp_path / "b.docx")
    assert open_docx(str(tmp_path / "b.docx")).paragraphs[0].text == AWKWARD


def test_a_typesetting_error_is_a_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    broken = tmp_path / "picture.svg"
    broken.write_text("no picture", encoding="utf-8")
    with pytest.raises(ResearchError, match="could not be set as a PDF") as caught:
        write_pdf(document(), broken, tmp_path / "b.pdf")
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert not (tmp_path / "b.pdf").exists()


def test_the_word_document_says_what_the_pdf_says(png: Path, tmp_path: Path) -> None:
    made = document()
    write_docx(made, png, tmp_path / "b.docx")
    told = docx_text(tmp_path / "b.docx")
    for section in (made.key_points, made.how_sure, made.cautions, made.method):
        for lead, text in section.points:
            assert lead in told and text in told
    for finding in made.findings:
        assert finding.heading in told and finding.in_one in told
    for row in made.table.rows:
        assert all(cell in told for cell in row)
    assert made.table.caption in told and made.question in told and made.comparison in told
    xml = zipfile.ZipFile(tmp_path / "b.docx").read("word/document.xml").decode()
    assert 'descr="Two curves; the first is higher."' in xml and "w:tblHeader" in xml


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_background() -> None:
    colours = dict(re.findall(r'#let (\w+) = rgb\("(#\w+)"\)', TEMPLATE)) | {"white": "#ffffff"}
    pairs = [
        ("ink", "white"),
        ("ink", "tint"),
        ("ink", "sand"),
        ("band", "tint"),
        ("band", "sand"),
        ("white", "band"),
    ]
    for front, back in pairs:
        dark, light = sorted((luminance(colours[front]), luminance(colours[back])))
        assert (light + 0.05) / (dark + 0.05) >= 7, (front, back)


def test_the_step_writes_both_documents_from_released_tables(tmp_path: Path) -> None:
    tables = {
        "estimates": (sample.estimates(), ESTIMATES),
        "curves": (sample.curves(), CURVES),
        "flow": (sample.flow(), FLOW),
        "table_one": (sample.table_one(), TABLE_ONE),
    }
    paths = {name: str(tmp_path / f"{name}.csv") for name in tables}
    for name, (frame, schema) in tables.items():
        write_table(frame, paths[name], schema)
    for turn in ("one", "two"):
        write_briefing(
            sample.STUDY.model_dump(),
            sample.FIGURE.model_dump(),
            **paths,
            pdf=str(tmp_path / turn / "briefing.pdf"),
            docx=str(tmp_path / turn / "briefing.docx"),
            conf_level=0.95,
        )
    for name in ("briefing.pdf", "briefing.docx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert pages((tmp_path / "one" / "briefing.pdf").read_bytes()) == 2
    assert "1.34 (1.10 to 1.63)" in docx_text(tmp_path / "one" / "briefing.docx")


def test_why_an_analysis_has_no_answer_stands_behind_it():
    """`Number of people: withheld` stood there, of a study that withholds nothing."""
    nobody = {"status": "failed", "note": "Nobody is left to analyse. Left out: Not known: Age.", "n": 0, "n_events": 0}
    row = as_estimate(pd.Series(sample.estimate("first_use", "adjusted", "all", 0.1, 0.1, **sample.GONE, **nobody)))
    told = behind(row)
    assert told == "0 people, 0 with the outcome. Nobody is left to analyse. Left out: Not known: Age."
